"""KataGo's JSON analysis protocol around a policy: `queries` reads, `responses` answers, `server` keeps the queue."""

"""Other programs: GTP and KataGo's JSON protocol around a policy, and a client for engines that speak GTP."""

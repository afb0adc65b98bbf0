"""Other programs: GTP (`gtp`) and KataGo's JSON analysis (`kata`) around a policy, other engines, players, matches.

`candidates` and `parameters` are what both protocols share; `streams` and `client` know lines and no Go.
"""

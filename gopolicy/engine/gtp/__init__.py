"""The Go Text Protocol around a policy: `protocol` frames lines, `gtp_state` holds the game, `*_commands` obey.

A new command is a function of the state and the arguments, and a line in the table at the end of its module.
"""

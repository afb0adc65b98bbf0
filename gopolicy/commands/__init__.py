"""The commands, one module each; see `gopolicy.__main__`.  Nothing imports them but the command line."""

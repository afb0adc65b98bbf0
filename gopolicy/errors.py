"""The base class of what a user can cause; the command line prints such an error as one line, anything else is a bug.

Each package derives its own (`RecordError`, `CheckpointError`, ...), next to what raises it.  The text says what is
wrong, where (file, game, move) and, where it helps, what to do.
"""


class GopolicyError(Exception):
    """Something a user can cause and mend: bad input, a missing file, a full disk."""

"""The base class of what a user can cause; the command line prints such an error as one line, anything else is a bug.

Each package derives its own (`RecordError`, `CheckpointError`, ...), next to what raises it.  The text says what is
wrong, where (file, game, move) and, where it helps, what to do.
"""

from typing import Final

OUT_OF_MEMORY: Final = (  # what torch's errors of it say: of a GPU, of its library, of Linux, of Windows
    "out of memory",
    "ALLOC_FAILED",
    "can't allocate memory",
    "not enough memory",
)


class GopolicyError(Exception):
    """Something a user can cause and mend: bad input, a missing file, a full disk."""


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an error means too little memory: Python's, or torch's of a GPU or of the machine."""
    torchs = isinstance(error, RuntimeError) and any(text in str(error) for text in OUT_OF_MEMORY)
    return isinstance(error, MemoryError) or torchs

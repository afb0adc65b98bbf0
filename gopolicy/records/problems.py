"""What can be wrong with a record, in words that can be counted.

A reason is a short stable phrase, or such a phrase, a colon and the detail: "broken SGF: no node".  Tables
count the phrase, messages show all of it.
"""

from typing import Final

from gopolicy.errors import GopolicyError
from gopolicy.go.coords import Size, size_name

NO_SGF: Final = "no SGF data found"
BROKEN: Final = "broken SGF"
NOT_GO: Final = "not a game of Go"
BAD_SIZE: Final = "unusable board size"
UNREADABLE: Final = "unreadable file"
TOO_LARGE: Final = "file too large"
TOO_LONG: Final = "game too long"
UNEXPECTED: Final = "unexpected error"
IN_FOLDER: Final = "a corpus in a folder, which must be named itself"


class RecordError(GopolicyError, ValueError):
    """A record or a source of records that cannot be read; `reason` is the short why."""

    def __init__(self, reason: str, source: str = "") -> None:
        super().__init__(f"{source}: {reason}" if source else reason)
        self.reason = reason


def excerpt(value: str) -> str:
    """Return a value for a message: its beginning, if it is long."""
    return value if len(value) <= 40 else value[:40] + "..."


def other_size(size: Size, wanted: Size) -> str:
    """Return the reason why a game on a board of another size is left out."""
    return f"board is {size_name(size)}, not {size_name(wanted)}"


def reason_of(error: Exception) -> str:
    """Return the reason why a game or file cannot be read, whatever reading it raised."""
    if isinstance(error, RecordError):
        return error.reason
    return f"{UNEXPECTED}: {type(error).__name__}: {' '.join(str(error).split())[:200]}"


def phrase(reason: str) -> str:
    """Return the countable part of a reason, without its detail."""
    return reason.partition(":")[0]

"""Which records to keep for a corpus, and a count of why the others went."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from gopolicy.go import events as ev
from gopolicy.go.coords import BOARD_SIZE
from gopolicy.records.problems import phrase
from gopolicy.records.record import Record

NO_MOVES: Final = "no moves"
TOO_SHORT: Final = "too few moves"
DUPLICATE: Final = "duplicate"
CUT_TAIL: Final = "cut at an illegal move"
LATE_SETUP: Final = "setup after the first move"


class Counts:
    """How many games were read, kept and dropped, and why; `drop` serves as `on_drop` of `read_records`.

    kept: games kept; dropped: reason -> games; notes: what is true of kept games -> games.
    """

    def __init__(self) -> None:
        self.kept = 0
        self.dropped: Counter[str] = Counter()
        self.notes: Counter[str] = Counter()

    def drop(self, source: str, reason: str) -> None:
        """Count a game that is not kept; of the reason only the phrase without its detail."""
        self.dropped[phrase(reason)] += 1

    def table(self) -> str:
        """Return the counts as lines of text, the most frequent reasons first."""
        rows = [("games kept", self.kept)]
        rows += [(f"  of them {note}", count) for note, count in self.notes.most_common()]
        rows += [("games dropped", self.dropped.total())]
        rows += [(f"  {reason}", count) for reason, count in self.dropped.most_common()]
        width = max(len(name) for name, _ in rows)
        return "\n".join(f"{name:<{width}} {count:>9,}" for name, count in rows)


@dataclass(frozen=True)
class Selection:
    """What a record must be to be kept."""

    size: int = BOARD_SIZE
    """Lines of the board."""
    min_moves: int = 0
    """Turns that a record has at least, passes not counted."""
    drop_duplicates: bool = True
    """Keep only the first of several records with the same moves and setup."""

    def keep(self, records: Iterable[Record], counts: Counts) -> Iterator[Record]:
        """Yield the records that are kept, and count in `counts` what becomes of each.

        A record whose end was illegal is kept up to there, one with setup in the middle as it is; both are noted.
        """
        seen: set[bytes] = set()
        for record in records:
            reason = self.why_not(record)
            if reason is None and self.drop_duplicates:
                reason = DUPLICATE if record.digest in seen else None
                seen.add(record.digest)
            if reason is not None:
                counts.drop(record.source, reason)
                continue
            counts.kept += 1
            if record.cut:
                counts.notes[CUT_TAIL] += 1
            if has_late_setup(record):
                counts.notes[LATE_SETUP] += 1
            yield record

    def why_not(self, record: Record) -> str | None:
        """Return why a record is not kept, for what can be told from it alone, or None."""
        if record.size != self.size:
            return f"size is not {self.size}"
        moves = int(np.count_nonzero((record.events < ev.SETUP) & (record.events & ev.POINT_MASK != ev.NO_POINT)))
        if not moves:
            return NO_MOVES
        return TOO_SHORT if moves < self.min_moves else None


def has_late_setup(record: Record) -> bool:
    """Return whether stones are put down or taken away after the first turn."""
    setup = record.events >= ev.SETUP
    turns = np.flatnonzero(~setup)
    return len(turns) > 0 and bool(setup[turns[0] :].any())

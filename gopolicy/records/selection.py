"""Which games to keep for a corpus, whose moves in them are targets, and a count of why the others went."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from gopolicy.errors import GopolicyError
from gopolicy.go import events as ev
from gopolicy.go.coords import BLACK, BOARD_SIZE, WHITE, Size
from gopolicy.records.corpus_format import is_target
from gopolicy.records.problems import other_size, phrase
from gopolicy.records.properties import rank_number, year_of
from gopolicy.records.record import Record

NO_MOVES: Final = "no moves"
TOO_SHORT: Final = "too few moves"
DUPLICATE: Final = "duplicate"
OTHER_SIDES: Final = "no side of that player or rank"
OTHER_YEAR: Final = "another year or none"
CUT_TAIL: Final = "cut at an illegal move"
LATE_SETUP: Final = "setup after the first move"


class SelectionError(GopolicyError, ValueError):
    """A choice of games that means nothing, such as ranks that are none."""


class Counts:
    """How many games were read, kept and dropped, and why; `drop` serves as `on_drop` of `read_records`.

    kept: games kept; dropped: reason -> games; first: reason -> the first game dropped for it;
    notes: what is true of kept games -> games.
    """

    def __init__(self) -> None:
        self.kept = 0
        self.dropped: Counter[str] = Counter()
        self.first: dict[str, str] = {}
        self.notes: Counter[str] = Counter()

    def drop(self, source: str, reason: str) -> None:
        """Count a game that is not kept; of the reason only the phrase without its detail."""
        self.dropped[phrase(reason)] += 1
        self.first.setdefault(phrase(reason), source)

    def add(self, other: "Counts") -> None:
        """Add the counts of other games."""
        self.kept += other.kept
        self.dropped.update(other.dropped)
        self.first = other.first | self.first
        self.notes.update(other.notes)

    def table(self) -> str:
        """Return the counts as lines of text, the most frequent reasons first, each with its first game."""
        rows = [("games kept", self.kept, "")]
        rows += [(f"  of all read, {note}", count, "") for note, count in self.notes.most_common()]
        rows += [("games dropped", self.dropped.total(), "")]
        rows += [(f"  {reason}", count, self.first.get(reason, "")) for reason, count in self.dropped.most_common()]
        width = max(len(name) for name, *_ in rows)
        return "\n".join(f"{name:<{width}} {count:>9,}  {first}".rstrip() for name, count, first in rows)


class Side(NamedTuple):
    """A player of a game: name, "" if unknown, and rank as `rank_number` has it."""

    player: str
    rank: int


@dataclass(frozen=True)
class Selection:
    """What a game must be to be kept, and which of its moves are targets."""

    size: Size = BOARD_SIZE
    """Lines of the board."""
    min_moves: int = 0
    """Turns that a record has at least, passes not counted."""
    drop_duplicates: bool = True
    """Keep only the first of several records with the same moves and setup."""
    players: tuple[str, ...] = ()
    """Names of players; only their moves are targets.  Empty: everybody's."""
    ranks: tuple[int, int] | None = None
    """The weakest and the strongest rank of a player whose moves are targets."""
    years: tuple[int, int] | None = None
    """The first and the last year of a game."""

    @property
    def is_choosy(self) -> bool:
        """Whether a sound game can be dropped for more than being a duplicate, or lose a side."""
        return bool(self.players or self.ranks or self.years or self.min_moves)

    def sides(self, black: Side, white: Side, year: int) -> int:
        """Return whose moves are targets: BLACK, WHITE or their sum; 0 for nobody's."""
        if self.years and not self.years[0] <= year <= self.years[1]:
            return 0
        return sum(color for color, side in ((BLACK, black), (WHITE, white)) if self._fits(side))

    def _fits(self, side: Side) -> bool:
        names = [folded(name) for name in self.players]
        if names and folded(side.player) not in names:
            return False
        return not self.ranks or (side.rank != 0 and self.ranks[0] <= side.rank <= self.ranks[1])

    def keep(self, records: Iterable[Record], counts: Counts) -> Iterator[tuple[Record, int]]:
        """Yield the records that are kept with the sides whose moves are targets, and count all in `counts`.

        A record whose end was illegal is kept up to there, one with setup in the middle as it is; both are noted.
        """
        seen: set[bytes] = set()
        for record in records:
            sides = self.sides(*_sides_of(record), year_of(record.date)) if self.is_choosy else BLACK + WHITE
            reason = self.why_not(record, sides)
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
            yield record, sides

    def why_not(self, record: Record, sides: int) -> str | None:
        """Return why a record with targets of `sides` is not kept, as far as it alone decides, or None."""
        if record.size != self.size:
            return other_size(record.size, self.size)
        if not sides:
            return self.why_no_side(year_of(record.date))
        if not is_target(record.events, sides).any():
            return NO_MOVES
        if self.min_moves and np.count_nonzero(is_target(record.events, BLACK + WHITE)) < self.min_moves:
            return TOO_SHORT
        return None

    def why_no_side(self, year: int) -> str:
        """Return why no side of a game of `year` was chosen."""
        return OTHER_YEAR if self.years and not self.years[0] <= year <= self.years[1] else OTHER_SIDES


def _sides_of(record: Record) -> tuple[Side, Side]:
    black = Side(record.black, rank_number(record.black_rank))
    return black, Side(record.white, rank_number(record.white_rank))


def parse_ranks(text: str) -> tuple[int, int]:
    """Return the (weakest, strongest) rank that `9k-1k`, `5d` or `1p-9p` names; raise SelectionError."""
    ends = text.split("-")
    ranks = sorted(rank_number(end) for end in ends)
    if 0 in ranks or len(ends) > 2:
        raise SelectionError(f"ranks {text!r}: write two ranks such as 9k-1k, 1d-9d or 1p-9p, or one")
    return ranks[0], ranks[-1]


def parse_years(text: str) -> tuple[int, int]:
    """Return the (first, last) year that `1950-1999` or `1846` names; raise SelectionError."""
    ends = text.split("-")
    years = sorted(year_of(end) for end in ends)
    if 0 in years or len(ends) > 2:
        raise SelectionError(f"years {text!r}: write two years such as 1950-1999, or one")
    return years[0], years[-1]


def has_late_setup(record: Record) -> bool:
    """Return whether stones are put down or taken away after the first turn."""
    setup = record.events >= ev.SETUP
    turns = np.flatnonzero(~setup)
    return len(turns) > 0 and bool(setup[turns[0] :].any())


def folded(name: str) -> str:
    """Return a player's name as names are compared: without case and extra blanks."""
    return " ".join(name.split()).casefold()

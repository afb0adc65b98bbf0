"""What was played in a position of an archive: next moves with counts, results, years and games.

Positions are the same up to the symmetries of the board and swapped colors; moves that are equal by a symmetry of the
position itself are counted as one, the one nearest to the upper right.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.archive.index_building import build_index
from gopolicy.archive.position_index import PositionIndex, index_path
from gopolicy.archive.position_keys import POINTS, position_key
from gopolicy.archive.region_search import BY_CAPTURE, BY_END, Occurrences, Region, find_region
from gopolicy.errors import GopolicyError
from gopolicy.features.symmetry import NUM_SYMMETRIES
from gopolicy.go.coords import BLACK, BOARD_SIZE, WHITE, Color, Move, Point, size_name, to_vertex
from gopolicy.go.events import COLOR_SHIFT, NO_POINT, POINT_MASK, SETUP
from gopolicy.go.game import Game
from gopolicy.prediction import Prediction, wilson
from gopolicy.records.corpus import Corpus

PASS: Final = -3  # among points, for a pass
LISTED: Final = 5  # of the most probable moves, that are listed though nobody played them
LEAST_LISTED: Final = 0.01  # and their least probability

OnProgress = Callable[[int], object]


class ArchiveError(GopolicyError, ValueError):
    """A question that an archive cannot answer; the text says why."""


@dataclass(frozen=True)
class GameReference:
    """A game of the archive at a move.

    number: of the game in the corpus.  turn: of the move, from 1 on, passes counted.  winner: BLACK, WHITE or None.
    year: 0 if unknown.
    """

    number: int
    turn: int
    black: str
    white: str
    winner: Color | None
    year: int
    source: str


@dataclass(frozen=True)
class Continuation:
    """A next move.

    own: whether the player to move played it; the opponent may, where a region is searched.  count: turns at which it
    was played.  wins, losses: of who played it, where the winner is known.  years: the first and the last, 0 if
    unknown.  equal: the points that are the same by symmetry, `move` included.  probability: the network's, of all of
    them together.  games: the latest.
    """

    move: Move
    own: bool
    count: int
    wins: int
    losses: int
    years: tuple[int, int]
    equal: tuple[Point, ...]
    probability: float | None
    games: tuple[GameReference, ...]

    @property
    def vertex(self) -> str:
        """The move as GTP writes it."""
        return to_vertex(self.move, BOARD_SIZE)

    @property
    def win_share(self) -> float | None:
        """Share of the games that who played the move won, None if none is known."""
        decided = self.wins + self.losses
        return self.wins / decided if decided else None

    @property
    def win_interval(self) -> tuple[float, float]:
        """The 95 % interval of `win_share`."""
        return wilson(self.wins, self.wins + self.losses)


@dataclass(frozen=True)
class Exploration:
    """What an archive holds of a position or a region.

    count: times that it occurred, in `games` games.  continuations: the most frequent first, behind them candidates of
    the network that nobody played.  unchanged: times that the game ended as it stood; captured: that it was changed
    from outside a region.
    """

    count: int
    games: int
    continuations: tuple[Continuation, ...]
    unchanged: int = 0
    captured: int = 0


@dataclass(frozen=True)
class Archive:
    """A corpus with its index."""

    corpus: Corpus
    index: PositionIndex

    @classmethod
    def open(cls, path: Path, *, rebuild: bool = False, on_progress: OnProgress | None = None) -> "Archive":
        """Open a corpus file and the index beside it, which is built where there is none, or with `rebuild`.

        on_progress: called with the number of new games while the index is built.
        Raises CorpusError, PositionIndexError for an index that does not fit, and FileError.
        """
        corpus, index = Corpus.open(path), index_path(path)
        if rebuild or not index.exists():
            build_index(corpus, index, on_progress)
        return cls(corpus, PositionIndex.open(index, corpus))

    def explore(self, game: Game, prediction: Prediction | None = None, *, games: int = 3) -> Exploration:
        """Return the next moves in a position; prediction: the network's; games: how many are listed for each move.

        Raises ArchiveError for a board that is not 19x19.
        """
        occurrences, orbits = self.turns(game)
        return _summary(self.corpus, occurrences, _by_orbit(orbits), prediction, games)

    def turns(self, game: Game) -> tuple[Occurrences, NDArray[np.int64]]:
        """Return (the turns before which a position stood on the board, orbits), points on the board of `game`.

        The point of a pass is PASS.  orbits: int64 `[361]`, the point that stands for each point and those equal to it
        by symmetry, among the turns too.
        """
        _check_size(game)
        key = position_key(game)
        events, symmetries = self.index.find(key)
        turns = np.asarray(self.corpus.all_events)[events]
        played = turns & POINT_MASK
        images = np.stack([key.from_image(symmetry) for symmetry in range(NUM_SYMMETRIES)])  # [8, 361]
        orbits = key.orbits()
        points = np.where(played == NO_POINT, PASS, orbits[images[symmetries, np.minimum(played, POINTS - 1)]])
        movers = (turns >> COLOR_SHIFT & 3).astype(np.uint8)
        return self._once(Occurrences(events, points, np.ones(len(points), np.bool_), movers)), orbits

    @cached_property
    def _repeated(self) -> NDArray[np.bool_]:
        return self.corpus.is_repeated()

    def _once(self, occurrences: Occurrences) -> Occurrences:
        """Return what occurs in a game, but not again in another entry of the same game."""
        repeated = self._repeated
        if not repeated.any():
            return occurrences
        numbers = np.searchsorted(self.corpus.index["start"], occurrences.events, "right") - 1
        found, points, own, movers = occurrences
        fresh = ~repeated[numbers]
        return Occurrences(found[fresh], points[fresh], own[fresh], movers[fresh])

    def explore_region(
        self,
        game: Game,
        region: Region,
        prediction: Prediction | None = None,
        *,
        games: int = 3,
        on_progress: OnProgress | None = None,
    ) -> Exploration:
        """Return the next moves in a region of a position, by either player; else as `explore`.

        on_progress: called with the number of new games.
        """
        _check_size(game)
        occurrences = self._once(find_region(self.corpus, region, on_progress))
        stands_for = region.orbits()[:, 1, 0]
        equal = {move: points for move, points in _by_orbit(stands_for).items() if move in region.points}
        return _summary(self.corpus, occurrences, equal, prediction, games)


def _by_orbit(orbits: NDArray[np.int64]) -> dict[Point, tuple[Point, ...]]:
    """Return the points that each point of int64 `[361]` stands for."""
    found: dict[Point, list[Point]] = {}
    for point, stands_for in enumerate(orbits.tolist()):
        found.setdefault(stands_for, []).append(point)
    return {point: tuple(points) for point, points in found.items()}


def _summary(
    corpus: Corpus,
    occurrences: Occurrences,
    equal: dict[Point, tuple[Point, ...]],
    prediction: Prediction | None,
    listed: int,
) -> Exploration:
    """Return what occurrences have in common.

    equal: the points that are the same as a move of the player to move, for all that the network may be asked about.
    """
    points = occurrences.points
    codes = (2 * points + occurrences.own).astype(np.int16)  # which NumPy sorts in linear time
    order = np.argsort(codes, kind="stable")
    found, codes, turns = [], codes[order], _Turns(corpus, occurrences, order)
    firsts = np.flatnonzero(np.diff(codes, prepend=np.iinfo(np.int16).min))
    for first, last in pairwise([*firsts.tolist(), len(codes)]):
        point, mine = divmod(int(codes[first]), 2)
        if point not in (BY_END, BY_CAPTURE):
            move = None if point == PASS else point
            alike = equal.get(point, (point,)) if mine and move is not None else () if move is None else (move,)
            found.append(_continuation(turns, slice(first, last), move, bool(mine), alike, prediction, listed))
    found.sort(key=lambda continuation: (-continuation.count, -(continuation.probability or 0)))
    return Exploration(
        count=len(points),
        games=_count_games(turns.numbers, len(corpus)),
        continuations=(*found, *_not_played(found, equal, prediction)),
        unchanged=int((points == BY_END).sum()),
        captured=int((points == BY_CAPTURE).sum()),
    )


class _Turns:
    """Turns of a corpus in an order that brings those with the same move together: events, games, years, results."""

    def __init__(self, corpus: Corpus, occurrences: Occurrences, order: NDArray[np.int64]) -> None:
        games = np.asarray(corpus.index)
        numbers = np.searchsorted(games["start"], occurrences.events, "right") - 1
        winners = games["winner"][numbers]
        won = winners == occurrences.movers
        self.corpus, self.events, self.numbers = corpus, occurrences.events[order], numbers[order]
        self.years = games["year"][numbers][order]
        self.won, self.lost = won[order], (~won & (winners > 0))[order]


def _continuation(
    turns: _Turns,
    chosen: slice,
    move: Move,
    own: bool,
    equal: tuple[Point, ...],
    prediction: Prediction | None,
    listed: int,
) -> Continuation:
    years, numbers, events = turns.years[chosen], turns.numbers[chosen], turns.events[chosen]
    known = years[years > 0]
    latest = _greatest(years.astype(np.int64) << 32 | numbers, listed)
    return Continuation(
        move=move,
        own=own,
        count=len(events),
        wins=int(turns.won[chosen].sum()),
        losses=int(turns.lost[chosen].sum()),
        years=(int(known.min()), int(known.max())) if len(known) else (0, 0),
        equal=equal,
        probability=_probability(prediction, equal) if own and move is not None else None,
        games=tuple(_reference(turns.corpus, int(numbers[row]), int(events[row])) for row in latest),
    )


def _count_games(numbers: NDArray[np.int64], games: int) -> int:
    """Return how many different numbers there are below `games`."""
    occurs = np.zeros(games, np.bool_)
    occurs[numbers] = True
    return int(occurs.sum())


def _greatest(values: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return the places of the `count` greatest values, the greatest first."""
    places = np.argpartition(values, -count)[-count:] if len(values) > count > 0 else np.arange(len(values))
    return places[np.argsort(values[places])[::-1]][:count]


def _probability(prediction: Prediction | None, points: tuple[Point, ...]) -> float | None:
    return None if prediction is None else sum(prediction.probability(point) for point in points)


def _not_played(
    found: list[Continuation], equal: dict[Point, tuple[Point, ...]], prediction: Prediction | None
) -> list[Continuation]:
    """Return the moves among the network's first LISTED that nobody played."""
    if prediction is None:
        return []
    played = {continuation.move for continuation in found if continuation.own}
    moves = [(_probability(prediction, points) or 0.0, move) for move, points in equal.items()]
    best = sorted(moves, reverse=True)[:LISTED]
    return [
        Continuation(move, True, 0, 0, 0, (0, 0), equal[move], probability, ())
        for probability, move in best
        if move not in played and probability >= LEAST_LISTED
    ]


def _reference(corpus: Corpus, number: int, event: int) -> GameReference:
    entry = corpus.index[number]
    earlier = corpus.all_events[int(entry["start"]) : event]
    return GameReference(
        number=number,
        turn=1 + int((earlier < SETUP).sum()),
        black=corpus.player(number, BLACK),
        white=corpus.player(number, WHITE),
        winner=int(entry["winner"]) or None,
        year=int(entry["year"]),
        source=corpus.source(number),
    )


def _check_size(game: Game) -> None:
    if game.size != BOARD_SIZE:
        raise ArchiveError(f"the archive holds {BOARD_SIZE}x{BOARD_SIZE} games, not {size_name(game.size)}")

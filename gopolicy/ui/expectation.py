"""What the network expects, in numbers that people read: candidates, ranks, bits, and a review of a whole game.

Knows no windows.  The network's answers are kept by position, so that going back costs nothing.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.coords import BLACK, COLORS, Color, Move, Point
from gopolicy.records.tree import Node
from gopolicy.ui.network import Grid

KEPT: Final = 6000  # answers kept, 1.4 KB each
LEAST: Final = 1e-9  # what a probability counts for at least, so that one impossible move does not decide a mean
# The bounds that the rest of the package counts by.
PHASES: Final = (("opening", 1, 50), ("middle game", 51, 150), ("endgame", 151, 10_000))


@dataclass(frozen=True)
class Candidate:
    """A point the network expects; rank from 1."""

    point: Point
    probability: float
    rank: int


@dataclass(frozen=True)
class Judged:
    """A turn of the record with what the network expected; a pass has no rank."""

    node: Node
    number: int
    color: Color
    move: Move
    probability: float
    rank: int | None
    entropy: float

    @property
    def bits(self) -> float:
        """The surprise, -log2 of the probability."""
        return surprise(self.probability)


@dataclass(frozen=True)
class Tally:
    """Means over some judged moves: bits a move, and the shares that were first and among the first five."""

    moves: int
    bits: float
    first: float
    first_five: float


class Answers:
    """The network's probabilities by position; the oldest go when there are too many."""

    def __init__(self) -> None:
        self._grids: dict[bytes, Grid] = {}

    def __contains__(self, key: bytes) -> bool:
        return key in self._grids

    def get(self, key: bytes) -> Grid | None:
        """Return float32 `[19, 19]`, or None if the network has not been asked."""
        return self._grids.get(key)

    def put(self, key: bytes, grid: Grid) -> None:
        """Keep an answer."""
        if len(self._grids) >= KEPT:
            self._grids.pop(next(iter(self._grids)))
        self._grids[key] = grid

    def clear(self) -> None:
        """Forget everything."""
        self._grids.clear()


def surprise(probability: float) -> float:
    """Return -log2 of a probability, at most 30 bits."""
    return -math.log2(max(probability, LEAST))


def entropy(grid: Grid) -> float:
    """Return the entropy of probabilities `[19, 19]` in bits."""
    values = np.asarray(grid, np.float64).ravel()
    values = values[values > 0]
    return float(-(values * np.log2(values)).sum())


def candidates(grid: Grid, most: int, threshold: float = 0.0) -> list[Candidate]:
    """Return the likeliest points, at most `most`, none under `threshold`, likeliest first."""
    values = grid.ravel()
    order = np.argsort(-values, kind="stable")[:most]
    return [
        Candidate(int(point), float(values[point]), rank)
        for rank, point in enumerate(order, start=1)
        if values[point] > 0 and values[point] >= threshold
    ]


def rank_of(grid: Grid, point: Point) -> int:
    """Return how many points are likelier, plus one."""
    values = grid.ravel()
    return 1 + int((values > values[point]).sum())


def judge(node: Node, number: int, grid: Grid) -> Judged | None:
    """Return what a node's turn looked like to the network, or None if there is no turn to judge, or it passed."""
    color, move = node.turn or (0, None)
    if move is None:
        return None
    probability = float(grid.ravel()[move])
    return Judged(node, number, color, move, probability, rank_of(grid, move), entropy(grid))


def tally(judged: Iterable[Judged]) -> Tally | None:
    """Return the means of some moves, or None for no moves."""
    moves = list(judged)
    if not moves:
        return None
    count = len(moves)
    return Tally(
        moves=count,
        bits=sum(move.bits for move in moves) / count,
        first=sum(move.rank == 1 for move in moves) / count,
        first_five=sum(move.rank is not None and move.rank <= 5 for move in moves) / count,
    )


def tallies(judged: Sequence[Judged]) -> dict[str, dict[Color, Tally | None]]:
    """Return the tallies of both colors over the game ("game") and over each phase."""
    parts = {"game": (1, 10_000)} | {name: (first, last) for name, first, last in PHASES}
    return {
        name: {
            color: tally(move for move in judged if move.color == color and first <= move.number <= last)
            for color in COLORS
        }
        for name, (first, last) in parts.items()
    }


def most_surprising(judged: Sequence[Judged], count: int = 5) -> list[Judged]:
    """Return the moves with the most bits, most surprising first."""
    return sorted(judged, key=lambda move: (-move.bits, move.number))[:count]


def expected_run(judged: Sequence[Judged]) -> tuple[int, int] | None:
    """Return (first, last) move number of the longest run of moves that were each the likeliest, or None."""
    best: tuple[int, int] | None = None
    start: int | None = None
    for move in judged:
        start = (move.number if start is None else start) if move.rank == 1 else None
        if start is not None and (best is None or move.number - start > best[1] - best[0]):
            best = (start, move.number)
    return best


def wanted_by_both(own: Grid, other: Grid) -> Grid:
    """Return float32 `[19, 19]`: the geometric mean of what the two colors would play, each moving first."""
    both: NDArray[np.float32] = np.sqrt(np.maximum(own, 0) * np.maximum(other, 0)).astype(np.float32)
    return both


def percent(probability: float) -> str:
    """Return a probability as a disc shows it: 41, 5.2, or nothing below one percent."""
    value = 100 * probability
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}" if value >= 0.995 else ""


def ordinal(rank: int) -> str:
    """Return 1st, 2nd, 3rd, 11th."""
    ending = "th" if 10 <= rank % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"


def side(color: Color) -> int:
    """Return 1 for black and -1 for white, as ownership is signed."""
    return 1 if color == BLACK else -1

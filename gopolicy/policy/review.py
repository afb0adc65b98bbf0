"""Review: how expected was each move that was played?

For every turn that plays a point: the probability that the network gave it, its rank among all points, its
surprise in bits (-log2 of the probability; 1 bit is as good as a coin), and what was expected instead.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.coords import COLORS, Color, Move, Point, to_vertex
from gopolicy.go.game import Game
from gopolicy.policy.policy import Policy, Suggestion, rank_moves

BATCH: Final = 64
TOP: Final = 5
# (name, first turn, last turn); the bounds that training's evaluation counts by.
PHASES: Final = (("moves 1-50", 1, 50), ("moves 51-150", 51, 150), ("moves 151-", 151, 1 << 30))
# What a probability counts for at least, so that one impossible move does not decide an average.
LEAST_PROBABILITY: Final = 1e-9


@dataclass(frozen=True)
class MoveReview:
    """What the network expected where `move` was played.

    number: of the turn, from 1, passes counted.  probability, rank: of the move; ranks start at 1.
    bits: its surprise.  top: the likeliest moves, the likeliest first.
    """

    number: int
    color: Color
    move: Point
    vertex: str
    probability: float
    rank: int
    bits: float
    top: tuple[Suggestion, ...]


def review_positions(
    policy: Policy,
    positions: Iterable[tuple[Game, Move]],
    *,
    symmetries: int | None = None,
    top: int = TOP,
    batch: int = BATCH,
    legal_only: bool = True,
) -> Iterator[MoveReview]:
    """Yield a review for each position, a game before a turn and the turn's move; passes are left out.

    The network looks at `batch` positions at once; each review comes when its batch is done.
    legal_only: if False, illegal points count as candidates, as in the paper and in `gopolicy evaluate`.
    Raises PolicyError for boards that the network does not know.
    """
    rest = iter(positions)
    while part := list(islice(rest, batch)):
        played = [(game, move) for game, move in part if move is not None]
        if played:
            games = [game for game, _ in played]
            found = policy.probabilities_batch(games, symmetries=symmetries, legal_only=legal_only)
            for (game, move), probabilities in zip(played, found, strict=True):
                yield review_move(game, move, probabilities, top=top)


def review_move(game: Game, move: Point, probabilities: NDArray[np.float32], *, top: int = TOP) -> MoveReview:
    """Return the review of `move` in `game`, from the network's `probabilities`, `[19, 19]`."""
    values = probabilities.ravel()
    p = float(values[move])
    return MoveReview(
        number=len(game.moves) + 1,
        color=game.to_play,
        move=move,
        vertex=to_vertex(move, game.size),
        probability=p,
        rank=int((values > p).sum()) + 1,
        bits=-math.log2(max(p, LEAST_PROBABILITY)),
        top=tuple(rank_moves(probabilities, top)),
    )


@dataclass
class Totals:
    """Sums over reviews: moves, how many were the likeliest and among the five likeliest, and bits."""

    moves: int = 0
    first: int = 0
    fifth: int = 0
    bits: float = 0.0

    def add(self, review: MoveReview) -> None:
        """Count one move."""
        self.moves += 1
        self.first += review.rank == 1
        self.fifth += review.rank <= TOP
        self.bits += review.bits

    @property
    def top1(self) -> float:
        """Share of the moves that were the likeliest."""
        return self.first / max(self.moves, 1)

    @property
    def top5(self) -> float:
        """Share of the moves that were among the five likeliest."""
        return self.fifth / max(self.moves, 1)

    @property
    def mean_bits(self) -> float:
        """Mean surprise in bits."""
        return self.bits / max(self.moves, 1)


class ReviewTable:
    """Totals per color and phase, and of all."""

    def __init__(self) -> None:
        self.cells = {(color, name): Totals() for color in COLORS for name, _, _ in PHASES}

    def add(self, review: MoveReview) -> None:
        """Count one move."""
        phase = next(name for name, first, last in PHASES if first <= review.number <= last)
        self.cells[review.color, phase].add(review)

    def totals(self, color: Color | None = None, phase: str | None = None) -> Totals:
        """Return the totals of a color and a phase; None stands for all."""
        result = Totals()
        for (cell_color, cell_phase), cell in self.cells.items():
            if color in (None, cell_color) and phase in (None, cell_phase):
                result.moves += cell.moves
                result.first += cell.first
                result.fifth += cell.fifth
                result.bits += cell.bits
        return result

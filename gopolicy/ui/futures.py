"""Likely futures: the tree of continuations that the network expects, with odds, grown a batch at a time.

A line goes on while its moves are likely, and ends where the next move is in doubt: where the entropy has
jumped, play has stopped being forced.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from gopolicy.go.board import IllegalMoveError
from gopolicy.go.coords import Color, Point
from gopolicy.go.game import Game
from gopolicy.ui.expectation import candidates, entropy
from gopolicy.ui.network import AskProbabilities, Grid, position_key

BRANCHES: Final = 16  # positions in a batch
PLIES: Final = 6
LIKELY: Final = 0.12  # moves under this odds are not followed
CHOICES: Final = 3
OPEN_BITS: Final = 3.5  # from here on the next move is anybody's guess


@dataclass
class Future:
    """A move of the tree; `joint` is the probability of the whole line to it, `bits` the entropy after it."""

    point: Point
    color: Color
    probability: float
    joint: float
    game: Game
    parent: "Future | None" = None
    children: "list[Future]" = field(default_factory=list)
    bits: float | None = None
    open_end: bool = False

    @property
    def line(self) -> "list[Future]":
        """The moves from the root to this one."""
        return ([*self.parent.line] if self.parent else []) + [self]

    @property
    def depth(self) -> int:
        """How many moves stand before it."""
        return len(self.line) - 1


class Futures:
    """The tree from one position on.

    key: the position.  chosen: the line that is shown on the board, an index of `ends`.
    """

    def __init__(self, game: Game) -> None:
        self.key = position_key(game)
        self.start = game.copy()
        self.first: list[Future] = []
        self.bits: float | None = None
        self.chosen = 0
        self._ply = 0
        self._waiting: list[Future] = []

    def question(self) -> AskProbabilities | None:
        """Return the next batch to ask, or None when the tree is grown."""
        if self.bits is None:
            return AskProbabilities(self.key, (self.start,))
        if self._ply >= PLIES or not self._waiting:
            return None
        return AskProbabilities(self.key, tuple(future.game for future in self._waiting))

    def grow(self, question: AskProbabilities, grids: Grid) -> None:
        """Take the answer to the last question; answers to others are ignored."""
        if self.bits is None:
            self.bits = entropy(grids[0])
            self.first = self._children(None, self.start, grids[0], least=0.03)
            level = self.first
        elif len(question.games) == len(self._waiting) and question.games[0] is self._waiting[0].game:
            level = []
            for future, grid in zip(self._waiting, grids, strict=True):
                future.bits = entropy(grid)
                future.open_end = future.bits > OPEN_BITS
                if not future.open_end:
                    future.children = self._children(future, future.game, grid, least=LIKELY)
                    level += future.children
        else:
            return
        self._ply += 1
        self._waiting = sorted(level, key=lambda future: -future.joint)[:BRANCHES]

    def _children(self, parent: Future | None, game: Game, grid: Grid, least: float) -> list[Future]:
        found = []
        for candidate in candidates(grid, CHOICES, least):
            after = game.copy()
            try:
                after.play(candidate.point)
            except IllegalMoveError:
                continue
            joint = candidate.probability * (parent.joint if parent else 1.0)
            found.append(Future(candidate.point, game.to_play, candidate.probability, joint, after, parent))
        return found

    @property
    def rows(self) -> list[Future]:
        """The moves in reading order: each line to its end before the next branch, likelier branches first."""

        def walk(futures: list[Future]) -> Iterator[Future]:
            for future in futures:
                yield future
                yield from walk(future.children)

        return list(walk(self.first))

    @property
    def ends(self) -> list[Future]:
        """The ends of the lines, in reading order: the first is the one that follows the likeliest move each time."""
        return [future for future in self.rows if not future.children]

    @property
    def shown(self) -> list[Future]:
        """The moves of the chosen line."""
        ends = self.ends
        return ends[min(self.chosen, len(ends) - 1)].line if ends else []

    def choose(self, by: int) -> None:
        """Choose the next (-1: previous) line."""
        self.chosen = (self.chosen + by) % max(1, len(self.ends))

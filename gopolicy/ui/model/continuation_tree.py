"""Likely continuations: the tree of lines that the network predicts, with odds, extended a batch at a time.

A line goes on while its moves are likely, and ends where the next move is in doubt: where the entropy has
jumped, play has stopped being forced.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from gopolicy.go.board import IllegalMoveError
from gopolicy.go.coords import Color, Point
from gopolicy.go.game import Game
from gopolicy.prediction import Prediction
from gopolicy.ui.model.positions import position_key
from gopolicy.ui.model.tasks import Grid, Predict

BRANCHES: Final = 16  # positions in a batch
PLIES: Final = 6
LIKELY: Final = 0.12  # moves under this odds are not followed
CHOICES: Final = 3
OPEN_BITS: Final = 3.5  # from here on the next move is anybody's guess


@dataclass
class TreeMove:
    """A move of the tree; `joint` is the probability of the whole line to it, `bits` the entropy after it."""

    point: Point
    color: Color
    probability: float
    joint: float
    game: Game
    parent: "TreeMove | None" = None
    children: "list[TreeMove]" = field(default_factory=list)
    bits: float | None = None
    open_end: bool = False

    @property
    def line(self) -> "list[TreeMove]":
        """The moves from the root to this one."""
        return ([*self.parent.line] if self.parent else []) + [self]

    @property
    def depth(self) -> int:
        """How many moves stand before it."""
        return len(self.line) - 1


class ContinuationTree:
    """The tree from one position on.

    key: the position.  chosen: the line that is shown on the board, an index of `ends`.
    """

    def __init__(self, game: Game) -> None:
        self.key = position_key(game)
        self.start = game.copy()
        self.first: list[TreeMove] = []
        self.bits: float | None = None
        self.chosen = 0
        self._ply = 0
        self._waiting: list[TreeMove] = []

    def task(self) -> Predict | None:
        """Return the next batch to evaluate, or None when the tree is complete."""
        if self.bits is None:
            return Predict(self.key, (self.start,)) if self.start.legal_mask().any() else None
        if self._ply >= PLIES or not self._waiting:
            return None
        return Predict(self.key, tuple(move.game for move in self._waiting))

    def extend(self, task: Predict, grids: Grid) -> None:
        """Take the answer to the last task; answers to others are ignored."""
        if self.bits is None:
            if position_key(task.games[0]) != self.key:
                return
            prediction = Prediction(grids[0])
            self.bits = prediction.entropy
            self.first = self._children(None, self.start, prediction, least=0.03)
            level = self.first
        elif len(task.games) == len(self._waiting) and task.games[0] is self._waiting[0].game:
            level = []
            for move, grid in zip(self._waiting, grids, strict=True):
                prediction = Prediction(grid)
                move.bits = prediction.entropy
                move.open_end = move.bits > OPEN_BITS
                if not move.open_end:
                    move.children = self._children(move, move.game, prediction, least=LIKELY)
                    level += move.children
        else:
            return
        self._ply += 1
        going_on = (move for move in level if move.game.legal_mask().any())
        self._waiting = sorted(going_on, key=lambda move: -move.joint)[:BRANCHES]

    def _children(self, parent: TreeMove | None, game: Game, prediction: Prediction, least: float) -> list[TreeMove]:
        found = []
        for candidate in prediction.candidates(CHOICES, threshold=least):
            if candidate.move is None:
                continue
            after = game.copy()
            try:
                after.play(candidate.move)
            except IllegalMoveError:
                continue
            joint = candidate.probability * (parent.joint if parent else 1.0)
            found.append(TreeMove(candidate.move, game.to_play, candidate.probability, joint, after, parent))
        return found

    @property
    def rows(self) -> list[TreeMove]:
        """The moves in reading order: each line to its end before the next branch, the more likely branches first."""

        def in_order(continuations: list[TreeMove]) -> Iterator[TreeMove]:
            for move in continuations:
                yield move
                yield from in_order(move.children)

        return list(in_order(self.first))

    @property
    def ends(self) -> list[TreeMove]:
        """The ends of the lines, in reading order: the first is the one that follows the top move each time."""
        return [move for move in self.rows if not move.children]

    @property
    def shown(self) -> list[TreeMove]:
        """The moves of the chosen line."""
        ends = self.ends
        return ends[min(self.chosen, len(ends) - 1)].line if ends else []

    def choose(self, by: int) -> None:
        """Choose the next (-1: previous) line."""
        self.chosen = (self.chosen + by) % max(1, len(self.ends))

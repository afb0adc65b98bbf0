"""Variations of top candidates, which both analysis protocols report as `pv`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from gopolicy.go.coords import to_vertex
from gopolicy.go.game import Game
from gopolicy.prediction import Candidate

if TYPE_CHECKING:
    pass

VARIATIONS: Final = 8  # candidates that get one


class Variations:
    """The continuations of the first `count` candidates of a position; each begins as the candidate alone."""

    def __init__(self, game: Game, candidates: Sequence[Candidate], *, count: int = VARIATIONS) -> None:
        from gopolicy.policy.continuations import Continuation

        self.lines = [
            Continuation.after(game, candidate.move, candidate.probability)
            for candidate in candidates[:count]
            if candidate.move is not None
        ]

    def vertices(self, order: int, candidate: Candidate) -> list[str]:
        """Return the variation of candidate number `order`, from 0, as far as it is known: one vertex or more."""
        if order >= len(self.lines):
            return [candidate.vertex]
        line = self.lines[order]
        return [to_vertex(move, line.game.size) for move in line.moves]

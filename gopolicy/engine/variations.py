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
        self._by_move = {line.moves[0]: line for line in self.lines}

    def vertices(self, candidate: Candidate) -> list[str]:
        """Return the variation of a candidate as far as it is known: one vertex or more."""
        line = None if candidate.move is None else self._by_move.get(candidate.move)
        return [candidate.vertex] if line is None else [to_vertex(move, line.game.size) for move in line.moves]

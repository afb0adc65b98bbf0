"""How the network would play on after each candidate of a position, and the line that is pointed at."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from gopolicy.go.coords import Color, Point, opponent
from gopolicy.ui.model.positions import PositionKey

LEAST: Final = 0.08  # a line ends before a move that is less probable than this
SHORTEST: Final = 2


class Line(NamedTuple):
    """Moves one after the other and the probability of each where it is played, the first of which is given."""

    moves: tuple[Point, ...]
    probabilities: tuple[float, ...]

    @property
    def likely(self) -> tuple[Point, ...]:
        """The moves up to the first improbable one, at least the first and its answer."""
        pairs = enumerate(zip(self.moves, self.probabilities, strict=True))
        end = next((i for i, (_, p) in pairs if p < LEAST and i >= SHORTEST), len(self.moves))
        return self.moves[:end]


class CandidateLines:
    """The lines of the candidates of one position; key: the position."""

    def __init__(self, key: PositionKey, lines: Sequence[Line]) -> None:
        self.key = key
        self._lines = {line.moves[0]: line for line in lines if line.moves}

    def __contains__(self, move: Point) -> bool:
        return move in self._lines

    def stones(self, move: Point, color: Color) -> list[tuple[Color, Point]]:
        """Return the colored moves of the line that `move` by `color` begins, none where it is not known."""
        line = self._lines.get(move)
        moves = line.likely if line is not None else ()
        return [(color if i % 2 == 0 else opponent(color), point) for i, point in enumerate(moves)]

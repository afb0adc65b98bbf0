"""Candidates in the words of programs that search: which to show, with which visits and win rate.

Leela Zero's and KataGo's protocols want visits and a win rate.  A policy has neither: visits are the probability per
mille, at least 1, so that what programs draw by visits is drawn by probability; the win rate is 50 %, or on request
the probability with equal visits.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.engine.parameters import Parameters
from gopolicy.go.coords import BOARD_SIZE, Color, Move
from gopolicy.prediction import Candidate, Prediction

MAX_MOVES: Final = 40  # long lines slow Lizzie down
VISITS: Final = 1000  # stand for a probability of 1
EVEN: Final = 0.5
PASS: Final = Candidate(None, "pass", 1.0, 1)
NOTHING_LEFT: Final = Candidate(None, "pass", 0.0, 1)


@dataclass
class Selection:
    """Which candidates to show: from `min_moves` to `max_moves`, none of `avoid`, only `allow` where that is given."""

    min_moves: int = 0
    max_moves: int = MAX_MOVES
    avoid: dict[Color, set[Move]] = field(default_factory=dict)
    allow: dict[Color, set[Move]] = field(default_factory=dict)

    def permits(self, move: Move, color: Color) -> bool:
        """Return whether `color` may be shown `move`."""
        return move not in self.avoid.get(color, ()) and move in self.allow.get(color, (move,))

    def mask(self, color: Color) -> NDArray[np.bool_]:
        """Return the points that `permits` lets `color` be shown: bool `[19, 19]`."""
        points = [self.permits(point, color) for point in range(BOARD_SIZE**2)]
        return np.array(points).reshape(BOARD_SIZE, BOARD_SIZE)

    def select(self, prediction: Prediction, color: Color, *, threshold: float) -> list[Candidate]:
        """Return the candidates to show, the most probable first; a pass of probability 0 if there are none.

        Those of probability `threshold` or more, at most `max_moves`, at least `min_moves` and one.
        """
        permitted = [candidate for candidate in prediction.candidates() if self.permits(candidate.move, color)]
        least, most = max(self.min_moves, 1), max(self.max_moves, 1)
        shown = [c for i, c in enumerate(permitted[:most]) if i < least or c.probability >= threshold]
        return shown or [NOTHING_LEFT]


def visits_and_winrate(probability: float, parameters: Parameters) -> tuple[int, float]:
    """Return the visits and the win rate to report of a move; see the module's docstring."""
    if parameters.report_winrate == "prior":
        return VISITS, probability
    return max(1, round(VISITS * probability)), EVEN

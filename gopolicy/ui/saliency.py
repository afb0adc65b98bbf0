"""Saliency: which points and features moved the probability of a move, as the overlay and the panel show it."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from gopolicy.features.planes import by_feature
from gopolicy.go.coords import Point
from gopolicy.ui.network import Grid

FADING: Final = 0.6  # power of the shades: small credits stay visible
LABELED: Final = 6  # points that carry their number
LEAST: Final = 0.1  # bits from which a point is labeled


@dataclass(frozen=True, eq=False)
class Saliency:
    """What the network says of one move of a position.

    key: the position.  point: the move.  values: float32 `[planes, 19, 19]`, bits, see `Network.saliency`.
    """

    key: bytes
    point: Point
    values: Grid

    @property
    def bits(self) -> float:
        """How much likelier the move is here than on the empty board, in bits."""
        return float(self.values.sum(dtype=np.float64))

    @property
    def points(self) -> Grid:
        """What each point adds: float32 `[19, 19]`, bits."""
        return np.asarray(self.values.sum(axis=0), np.float32)

    @property
    def shades(self) -> Grid:
        """The points as shades, float32 `[19, 19]`, -1 to 1; the greatest has size 1."""
        points = self.points
        shares = points / max(float(np.abs(points).max()), 1e-12)
        return np.asarray(np.sign(shares) * np.abs(shares) ** FADING, np.float32)

    @property
    def labels(self) -> dict[Point, str]:
        """The points that add or take most, with their bits."""
        points = self.points.ravel()
        order = np.argsort(-np.abs(points), kind="stable")[:LABELED]
        return {int(point): f"{points[point]:+.1f}" for point in order if abs(points[point]) >= LEAST}

    @property
    def features(self) -> list[tuple[str, float]]:
        """What each feature adds, in bits, in the order of the planes."""
        return [(name, float(part.sum())) for name, part in by_feature(self.values).items()]

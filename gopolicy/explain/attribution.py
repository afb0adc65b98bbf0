"""The attribution of one move as pictures and tables show it: by point, by feature, in bits; pure NumPy."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.features.planes import by_feature
from gopolicy.go.coords import Point

SHADE_POWER: Final = 0.6  # of the shades: small values stay visible
STRONGEST: Final = 6  # points that carry their number


@dataclass(frozen=True, eq=False)
class Attribution:
    """Which points and planes moved the probability of a move.

    point: the move.  values: float32 `[48, 19, 19]`, in bits, see `integrated_gradients.attribute`.
    """

    point: Point
    values: NDArray[np.float32]

    @property
    def bits(self) -> float:
        """Log2 of the probability of the move here over that on the baseline."""
        return float(self.values.sum(dtype=np.float64))

    @property
    def by_point(self) -> NDArray[np.float32]:
        """What each point adds: float32 `[19, 19]`, bits."""
        return np.asarray(self.values.sum(axis=0), np.float32)

    @property
    def by_feature(self) -> dict[str, float]:
        """What each feature adds, in bits, in the order of the planes."""
        return {name: float(part.sum(dtype=np.float64)) for name, part in by_feature(self.values).items()}

    @property
    def shades(self) -> NDArray[np.float32]:
        """The points as shades, float32 `[19, 19]`, -1 to 1; the greatest has size 1."""
        shares = self.by_point / max(float(np.abs(self.by_point).max()), 1e-12)
        return np.asarray(np.sign(shares) * np.abs(shares) ** SHADE_POWER, np.float32)

    def strongest(self, count: int = STRONGEST, *, least: float = 0.0) -> dict[Point, float]:
        """Return the `count` points that add or take most, with their bits, the strongest first; none under `least`."""
        points = self.by_point.ravel()
        order = np.argsort(-np.abs(points), kind="stable")[:count]
        return {int(point): float(points[point]) for point in order if abs(points[point]) >= least}

"""How sure a counted share is."""

import math
from typing import Final

Z: Final = 1.959964  # standard deviations that hold 95 % of a normal distribution


def wilson(successes: float, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927), as two shares; (0, 1) of no trials.

    successes: 0 to `trials`; a drawn game is half of one.
    """
    if not trials:
        return 0.0, 1.0
    share = successes / trials
    center = share + Z * Z / (2 * trials)
    half = Z * math.sqrt(share * (1 - share) / trials + Z * Z / (4 * trials * trials))
    whole = 1 + Z * Z / trials
    return max(0.0, (center - half) / whole), min(1.0, (center + half) / whole)

"""Probabilities and signed values as colors; pure NumPy, for pictures and the board window alike.

Policies are steep: the top move often has a hundred times the tenth's probability.  The fourth root keeps the
small ones visible (KataGo's human network window does the same), and one hue from pale to deep is read alike by
every kind of color vision.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

POWER: Final = 0.25
PALE: Final = (56, 136, 240)
DEEP: Final = (12, 66, 170)
ORANGE: Final = (214, 96, 8)
FLOOR: Final = 0.0005  # below one in two thousand a point stays untinted


def levels(probabilities: NDArray[np.float32], *, floor: float = FLOOR) -> NDArray[np.float32]:
    """Return the strength of each tint, float32 of the same shape, 0 to 1; the greatest is 1.

    floor: probabilities below it get 0.  An array without a positive value gives zeros.
    """
    values = np.nan_to_num(np.asarray(probabilities, np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    greatest = float(values.max(initial=0.0))
    if greatest <= 0:
        return np.zeros_like(values)
    return np.where(values < min(floor, greatest), 0, (np.maximum(values, 0) / greatest) ** POWER).astype(np.float32)


def colors(strengths: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return RGB for strengths of 0 to 1, uint8 `[..., 3]`, from pale to deep blue."""
    share = np.clip(np.asarray(strengths, np.float32), 0, 1)[..., None]
    return np.rint(np.asarray(PALE) * (1 - share) + np.asarray(DEEP) * share).astype(np.uint8)


def signed_colors(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return RGB for values of -1 to 1, uint8 `[..., 3]`: orange below 0, white at 0, blue above."""
    share = np.clip(np.asarray(values, np.float32), -1, 1)[..., None]
    blue, orange, white = np.asarray(DEEP), np.asarray(ORANGE), np.asarray((255, 255, 255))
    mixed = white * (1 - np.abs(share)) + np.where(share > 0, blue, orange) * np.abs(share)
    return np.asarray(np.rint(mixed), np.uint8)

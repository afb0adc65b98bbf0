"""The eight symmetries of the board, on points, planes and policies.

Symmetry s = 4 m + r mirrors the board left to right if m is 1 and then turns it r quarter turns
clockwise; 0 leaves it as it is.  AlphaGo trains under all eight and averages over them.
"""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

NUM_SYMMETRIES: Final = 8


@lru_cache
def point_tables(size: int) -> NDArray[np.int64]:
    """Return int64 `[8, size * size]`, read-only: entry [s, q] is the point that symmetry s carries to q.

    So `values[..., tables[s]]` is the image under s of values `[..., size * size]`.
    """
    board = np.arange(size * size).reshape(size, size)
    images = [np.rot90(board[:, ::-1] if s >= 4 else board, -(s % 4)).reshape(-1) for s in range(NUM_SYMMETRIES)]
    tables = np.stack(images).astype(np.int64)
    tables.flags.writeable = False
    return tables


@lru_cache
def image_tables(size: int) -> NDArray[np.int64]:
    """Return int64 `[8, size * size]`, read-only: entry [s, p] is where symmetry s carries point p."""
    tables = np.argsort(point_tables(size), axis=1)
    tables.flags.writeable = False
    return tables


def inverse(symmetry: int) -> int:
    """Return the symmetry that takes `symmetry` back."""
    return symmetry if symmetry >= 4 else -symmetry % 4

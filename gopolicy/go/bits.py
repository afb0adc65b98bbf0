"""Bit sets of points: uint64 `[k, W]`, one set a row, point p in bit p % 64 of word p // 64.

The compiled functions take the whole array and a row, because passing a row alone would cost more than
what most of them do.
"""

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.compiled import compiled, popcount
from gopolicy.go.events import NO_POINT


@compiled
def set_bit(sets: NDArray[np.uint64], row: int, point: int) -> None:
    """Put `point` into the bit set in a row."""
    sets[row, np.uint64(point) >> np.uint64(6)] |= np.uint64(1) << (np.uint64(point) & np.uint64(63))


@compiled
def clear_bit(sets: NDArray[np.uint64], row: int, point: int) -> None:
    """Take `point` out of the bit set in a row."""
    sets[row, np.uint64(point) >> np.uint64(6)] &= ~(np.uint64(1) << (np.uint64(point) & np.uint64(63)))


@compiled
def has_bit(sets: NDArray[np.uint64], row: int, point: int) -> bool:
    """Return whether `point` is in the bit set in a row."""
    word = sets[row, np.uint64(point) >> np.uint64(6)]
    return bool((word >> (np.uint64(point) & np.uint64(63))) & np.uint64(1))


@compiled
def count_bits(sets: NDArray[np.uint64], row: int, words: int) -> int:
    """Return the number of points in the bit set in a row."""
    count = 0
    for i in range(words):
        count += popcount(sets[row, i])
    return count


@compiled
def first_bit(sets: NDArray[np.uint64], row: int, start: int, words: int) -> int:
    """Return the smallest point from `start` on in the bit set in a row, or NO_POINT."""
    for i in range(start >> 6, words):
        word = sets[row, i]
        if i == start >> 6:
            word &= ~np.uint64(0) << (np.uint64(start) & np.uint64(63))
        if word != np.uint64(0):
            lowest = word & (~word + np.uint64(1))
            return 64 * i + int(popcount(lowest - np.uint64(1)))
    return NO_POINT

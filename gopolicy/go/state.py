"""A position as plain arrays, for compiled code: what a State and a Trail hold, and how to make them.

Chains are circular lists through `next_stone`; every stone knows its chain's head, and the data of a
chain stand at its head.  Liberties are bit sets, so that joining chains is an OR and a play in a reader
is taken back without searching.  What may be done with a State is in `moves`.
"""

from functools import lru_cache
from typing import Final, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.coords import EMPTY, MAX_SIZE, Size, columns_rows, point_count
from gopolicy.go.events import NO_POINT

WALL: Final = 3  # what the table's off-board entry holds
OFF_BOARD: Final = MAX_SIZE * MAX_SIZE  # the index of that entry
MAX_WORDS: Final = (OFF_BOARD + 63) // 64
OLD: Final = -1_000_000  # the turn of setup stones: older than any turn a feature tells apart

# Indices of State.info
TURN, KO_POINT, KO_COLOR, CAPTURED_BLACK, CAPTURED_WHITE, POINTS, WORDS = range(7)

# Columns of Trail.frames
F_POINT, F_KO_POINT, F_KO_COLOR, F_BASE, F_BASE_STONES, F_BASE_LIBERTIES = range(6)
F_OLD_NEXT, F_OLD_HEAD, F_JOINED, F_CAPTURED = 6, 7, 8, 12  # counts, each followed by up to 4 heads
FRAME_WIDTH: Final = 18
TRAIL_DEPTH: Final = 408  # plies that a reader may look ahead, and some rows for its caller


class State(Protocol):
    """A position: one numpy record of type STATE, large enough for the largest board.

    Only the first `info[POINTS]` entries and `info[WORDS]` words mean something; entry OFF_BOARD is the
    wall.  A record rather than a tuple of arrays, because compiled code then passes one pointer and
    counts no references: that alone made the planes five times faster.

    color: EMPTY, BLACK, WHITE or WALL.
    head, next_stone: the chain's head and the next stone of the chain's circle, where a stone stands.
    stones, liberty_count: of the chain, at its head.
    liberties: bit set of the chain's liberties, at its head.
    placed: the turn in which the stone was put down, OLD for setup stones.
    info: turns played, ko point (or NO_POINT), color banned there, captured black, captured white,
        points of the board, words of its bit sets.
    neighbors, diagonals: the four points next to a point, OFF_BOARD where the board ends.
    """

    color: NDArray[np.uint8]
    head: NDArray[np.uint16]
    next_stone: NDArray[np.uint16]
    stones: NDArray[np.int16]
    liberty_count: NDArray[np.int16]
    liberties: NDArray[np.uint64]
    placed: NDArray[np.int32]
    info: NDArray[np.int32]
    neighbors: NDArray[np.uint16]
    diagonals: NDArray[np.uint16]


class Trail(Protocol):
    """What is needed to take plays back, one row a ply: a record of type TRAIL.

    frames: what a play changed; liberties: the joined chain's before; marks: bit sets, free for a reader.
    """

    frames: NDArray[np.int32]
    liberties: NDArray[np.uint64]
    marks: NDArray[np.uint64]


ENTRIES: Final = OFF_BOARD + 1
STATE: Final = np.dtype(
    [
        ("color", np.uint8, (ENTRIES,)),
        ("head", np.uint16, (ENTRIES,)),
        ("next_stone", np.uint16, (ENTRIES,)),
        ("stones", np.int16, (ENTRIES,)),
        ("liberty_count", np.int16, (ENTRIES,)),
        ("liberties", np.uint64, (ENTRIES, MAX_WORDS)),
        ("placed", np.int32, (ENTRIES,)),
        ("info", np.int32, (7,)),
        ("neighbors", np.uint16, (ENTRIES, 4)),
        ("diagonals", np.uint16, (ENTRIES, 4)),
    ],
    align=True,
)
TRAIL: Final = np.dtype(
    [
        ("frames", np.int32, (TRAIL_DEPTH, FRAME_WIDTH)),
        ("liberties", np.uint64, (TRAIL_DEPTH, MAX_WORDS)),
        ("marks", np.uint64, (TRAIL_DEPTH, MAX_WORDS)),
    ],
    align=True,
)


def _table(size: Size, steps: tuple[tuple[int, int], ...]) -> NDArray[np.uint16]:
    columns, rows = columns_rows(size)
    table = np.full((ENTRIES, 4), OFF_BOARD, np.uint16)
    for row in range(rows):
        for column in range(columns):
            for i, (down, right) in enumerate(steps):
                if 0 <= row + down < rows and 0 <= column + right < columns:
                    table[row * columns + column, i] = (row + down) * columns + column + right
    return table


def word_count(size: Size) -> int:
    """Return the number of 64-bit words that hold one bit a point."""
    return (point_count(size) + 63) // 64


@lru_cache
def _empty_board(size: Size) -> NDArray[np.void]:
    board = np.zeros(1, STATE).view(np.recarray)
    state = cast(State, board[0])
    state.color[OFF_BOARD] = WALL
    state.info[:] = (0, NO_POINT, EMPTY, 0, 0, point_count(size), word_count(size))
    state.neighbors[:] = _table(size, ((-1, 0), (0, -1), (0, 1), (1, 0)))
    state.diagonals[:] = _table(size, ((-1, -1), (-1, 1), (1, -1), (1, 1)))
    return board


def new_state(size: Size) -> State:
    """Return the empty board of `size`."""
    return cast(State, _empty_board(size).copy()[0])


def copy_state(state: State) -> State:
    """Return an independent copy."""
    return cast(State, np.array([state], STATE).view(np.recarray)[0])


def new_trail() -> Trail:
    """Return a trail of TRAIL_DEPTH plays for a board of any size."""
    return cast(Trail, np.empty(1, TRAIL).view(np.recarray)[0])

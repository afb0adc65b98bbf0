"""Area score: stones on the board and the empty points that only one color's stones surround."""

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.board import Board
from gopolicy.go.compiled import compiled
from gopolicy.go.coords import BLACK, EMPTY, WHITE, Color, Point
from gopolicy.go.state import State


@compiled
def _fill_area(state: State, owner: NDArray[np.uint8]) -> None:
    """Write each point's owner into `owner` `[n]`: EMPTY where both colors or none reach."""
    n = owner.shape[0]
    seen = np.zeros(n, np.bool_)
    region = np.empty(n, np.int64)
    for start in range(n):
        if state.color[start] != EMPTY:
            owner[start] = state.color[start]
        elif not seen[start]:
            region[0], length, reached, i = start, 1, 0, 0
            seen[start] = True
            while i < length:
                for j in range(4):
                    neighbor = state.neighbors[region[i], j]
                    holds = state.color[neighbor]
                    if holds == BLACK or holds == WHITE:
                        reached |= holds
                    elif holds == EMPTY and not seen[neighbor]:
                        seen[neighbor] = True
                        region[length] = neighbor
                        length += 1
                i += 1
            for k in range(length):
                owner[region[k]] = reached if reached != BLACK | WHITE else EMPTY


def area(board: Board, dead: set[Point] | None = None) -> NDArray[np.uint8]:
    """Return each point's owner, uint8 `[size, size]`: BLACK, WHITE, or EMPTY for neutral points.

    dead: stones to take off first.  All other stones count as alive.
    """
    if dead:
        board = board.copy()
        board.set_stones(dict.fromkeys(dead, EMPTY))
    owner = np.zeros(board.size**2, np.uint8)
    _fill_area(board.state, owner)
    return owner.reshape(board.size, board.size)


def area_score(board: Board, komi: float, dead: set[Point] | None = None) -> float:
    """Return Black's area minus White's minus komi, in points; positive if Black is ahead."""
    owner = area(board, dead)
    return float((owner == BLACK).sum()) - float((owner == WHITE).sum()) - komi


def format_score(score: float) -> str:
    """Return a score as SGF and GTP write it: B+3.5, W+0.5 or 0."""
    if score == 0:
        return "0"
    winner: Color = BLACK if score > 0 else WHITE
    return f"{'B' if winner == BLACK else 'W'}+{abs(score):g}"

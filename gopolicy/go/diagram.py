"""Text diagrams: a board as lines of `.XO`, with labels on points that a message names.

. X O .      X is black, O is white, . or + is empty
"""

from collections.abc import Mapping

from gopolicy.go.board import Board
from gopolicy.go.coords import BLACK, EMPTY, WHITE, Point, column_names, star_points

SYMBOLS = {EMPTY: ".", BLACK: "X", WHITE: "O"}


def draw_diagram(board: Board, labels: Mapping[Point, str] | None = None, *, coordinates: bool = False) -> str:
    """Return the diagram of a board, with `labels` (one character) on points that they name.

    coordinates: add column letters and row numbers on all sides, and + on star points.
    """
    stars = star_points(board.size) if coordinates else []
    symbols = [SYMBOLS[color] for color in board.colors.ravel().tolist()]
    for point in stars:
        symbols[point] = symbols[point].replace(".", "+")
    for point, label in (labels or {}).items():
        symbols[point] = label
    lines, columns = board.shape
    rows = [" ".join(symbols[i : i + columns]) for i in range(0, len(symbols), columns)]
    if not coordinates:
        return "\n".join(rows)
    letters = "   " + " ".join(column_names(board.size))
    numbered = [f"{lines - i:2} {row} {lines - i}" for i, row in enumerate(rows)]
    return "\n".join([letters, *numbered, letters])

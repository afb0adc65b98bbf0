"""Text diagrams: a board as lines of `.XO`, with letters for points that a test or a message names.

. X O .      X is black, O is white, . is empty (+ also reads as empty)
. a X .      any lower-case letter marks an empty point
"""

from collections.abc import Mapping

from gopolicy.go.board import Board
from gopolicy.go.coords import BLACK, COLUMN_LETTERS, EMPTY, WHITE, Point, point_at, star_points

SYMBOLS = {EMPTY: ".", BLACK: "X", WHITE: "O"}


def parse_diagram(text: str) -> tuple[Board, dict[str, Point]]:
    """Return the board that a diagram draws, and the point of each lower-case letter in it.

    Rows are lines, blank ones left out; spaces do not count.  Raises ValueError unless it is a square of
    known symbols, IllegalMoveError for a chain without liberties.
    """
    rows = [line.replace(" ", "") for line in text.splitlines() if line.strip()]
    if any(len(row) != len(rows) for row in rows):
        raise ValueError(f"a diagram is a square, not rows of {[len(row) for row in rows]} points:\n{text}")
    board, letters, stones = Board(len(rows)), {}, {}
    for i, row in enumerate(rows):
        for j, symbol in enumerate(row):
            point = point_at(i, j, board.size)
            if symbol in "XO":
                stones[point] = BLACK if symbol == "X" else WHITE
            elif symbol.islower():
                letters[symbol] = point
            elif symbol not in ".+":
                raise ValueError(f"{symbol!r} in row {i + 1} of a diagram is none of . + X O or a letter")
    board.set_stones(stones)
    return board, letters


def draw_diagram(board: Board, labels: Mapping[Point, str] | None = None, *, coordinates: bool = False) -> str:
    """Return the diagram of a board, with `labels` (one character) on points that they name.

    coordinates: add column letters and row numbers on all sides, and + on star points.
    """
    stars = star_points(board.size) if coordinates else []
    symbols = [SYMBOLS[board.color_at(point)] for point in range(board.size**2)]
    for point in stars:
        symbols[point] = symbols[point].replace(".", "+")
    for point, label in (labels or {}).items():
        symbols[point] = label
    rows = [" ".join(symbols[i : i + board.size]) for i in range(0, len(symbols), board.size)]
    if not coordinates:
        return "\n".join(rows)
    letters = "   " + " ".join(COLUMN_LETTERS[: board.size])
    numbered = [f"{board.size - i:2} {row} {board.size - i}" for i, row in enumerate(rows)]
    return "\n".join([letters, *numbered, letters])

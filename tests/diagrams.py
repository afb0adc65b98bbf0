"""Text diagrams read as boards, with letters for the points that a test names; `draw_diagram` is the way back.

. X O .      X is black, O is white, . is empty (+ also reads as empty)
. a X .      any lower-case letter marks an empty point
"""

from gopolicy.go.board import Board
from gopolicy.go.coords import BLACK, WHITE, Point, point_at


def parse_diagram(text: str) -> tuple[Board, dict[str, Point]]:
    """Return the board that a diagram draws, and the point of each lower-case letter in it.

    Rows are lines, blank ones left out; spaces do not count.  Raises ValueError unless it is a rectangle of
    known symbols, IllegalMoveError for a chain without liberties.
    """
    rows = [line.replace(" ", "") for line in text.splitlines() if line.strip()]
    if len({len(row) for row in rows}) > 1:
        raise ValueError(f"a diagram is a rectangle, not rows of {[len(row) for row in rows]} points:\n{text}")
    board, letters, stones = Board((max(map(len, rows), default=0), len(rows))), {}, {}
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

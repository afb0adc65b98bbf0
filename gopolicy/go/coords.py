"""Points, moves, colors, board sizes, and the three ways people write points.

A point is an int, row * columns + column, with row 0 at the top, as on a printed diagram.  A move is a
point, or None for a pass.  A color is BLACK or WHITE; EMPTY is what a point without a stone holds.
Nothing outside this module parses or formats a coordinate or a size.

    19x19            upper left   upper right   lower left   pass
    point            0            18            342          None
    vertex (GTP)     A19          T19           A1           pass
    SGF              aa           sa            as           empty, or tt up to 19x19
"""

import re
from typing import Final

from gopolicy.errors import GopolicyError

EMPTY: Final = 0
BLACK: Final = 1
WHITE: Final = 2
COLORS: Final = (BLACK, WHITE)
COLOR_NAMES: Final = {BLACK: "black", WHITE: "white"}

BOARD_SIZE: Final = 19  # of a new game, of corpora, and the only one that the network knows
MIN_SIZE: Final = 2
MAX_SIZE: Final = 25
# GTP skips I so that it is not read as J or 1.
COLUMN_LETTERS: Final = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
SGF_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"

Point = int
Move = int | None
Color = int
Size = int | tuple[int, int]  # lines, or (columns, rows) where these differ, as in SGF


class CoordinateError(GopolicyError, ValueError):
    """A text or number that names no point, color or size."""


def opponent(color: Color) -> Color:
    """Return the other color."""
    return BLACK + WHITE - color


def columns_rows(size: Size) -> tuple[int, int]:
    """Return (columns, rows)."""
    return (size, size) if isinstance(size, int) else size


def point_count(size: Size) -> int:
    """Return the number of points."""
    columns, rows = columns_rows(size)
    return columns * rows


def size_name(size: Size) -> str:
    """Return a size as people write it: 19x19, 19x13; columns come first."""
    columns, rows = columns_rows(size)
    return f"{columns}x{rows}"


def size_to_sgf(size: Size) -> str:
    """Return a size as SGF's SZ has it: 19, 19:13."""
    return str(size) if isinstance(size, int) else f"{size[0]}:{size[1]}"


def parse_size(text: str) -> Size:
    """Return the size that 19, 19x13 or 19:13 names, columns first; raise CoordinateError."""
    found = re.fullmatch(r"\s*([0-9]{1,9})\s*(?:[x:]\s*([0-9]{1,9})\s*)?", text.lower(), re.ASCII)
    if not found:
        raise CoordinateError(f"{text!r} is not a board size; write 13, or columns and rows: 19x13")
    return check_size((int(found[1]), int(found[2] or found[1])))


def check_size(size: Size) -> Size:
    """Return `size` if a board of it can be played on, as a number if it is square; raise CoordinateError otherwise."""
    columns, rows = columns_rows(size)
    for side in (columns, rows):
        if not MIN_SIZE <= side <= MAX_SIZE:
            raise CoordinateError(f"board size {side!r} is not from {MIN_SIZE} to {MAX_SIZE}")
    return columns if columns == rows else (columns, rows)


def row_column(point: Point, size: Size) -> tuple[int, int]:
    """Return (row, column) of a point, row 0 at the top."""
    return divmod(point, columns_rows(size)[0])


def point_at(row: int, column: int, size: Size) -> Point:
    """Return the point in `row` (0 at the top) and `column`; raise CoordinateError off the board."""
    columns, rows = columns_rows(size)
    if not (0 <= row < rows and 0 <= column < columns):
        raise CoordinateError(f"row {row}, column {column} is off the {size_name(size)} board")
    return row * columns + column


def parse_color(text: str) -> Color:
    """Return the color that b, w, black or white names, in any case; raise CoordinateError."""
    for color, name in COLOR_NAMES.items():
        if text.lower() in (name, name[0]):
            return color
    raise CoordinateError(f"{text!r} is not a color; write b, w, black or white")


def to_vertex(move: Move, size: Size) -> str:
    """Return a move as a GTP vertex, such as `Q16` or `pass`."""
    if move is None:
        return "pass"
    row, column = row_column(move, size)
    return f"{COLUMN_LETTERS[column]}{columns_rows(size)[1] - row}"


def column_names(size: Size) -> str:
    """Return the letters of the columns from left to right."""
    return COLUMN_LETTERS[: columns_rows(size)[0]]


def parse_vertex(text: str, size: Size) -> Move:
    """Return the move that a GTP vertex names, in any case; raise CoordinateError."""
    if text.lower() == "pass":
        return None
    columns, rows = columns_rows(size)
    column = COLUMN_LETTERS[:columns].find(text[:1].upper()) if text else -1
    digits = text[1:]
    if column < 0 or not (digits.isascii() and digits.isdigit()) or not 1 <= int(digits) <= rows:
        raise CoordinateError(f"{text!r} is not a vertex of a {size_name(size)} board")
    return point_at(rows - int(digits), column, size)


def to_sgf(move: Move, size: Size) -> str:
    """Return a move as an SGF value, column letter first; a pass is the empty value."""
    if move is None:
        return ""
    row, column = row_column(move, size)
    return SGF_LETTERS[column] + SGF_LETTERS[row]


def parse_sgf(text: str, size: Size) -> Move:
    """Return the move that an SGF value names; "" is a pass, and so is tt up to 19x19.

    Letters count in any case, because some programs write them large.  Raises CoordinateError for
    anything else; what a reader makes of a bad value is the reader's decision.
    """
    columns, rows = columns_rows(size)
    if text == "" or (text == "tt" and max(columns, rows) <= BOARD_SIZE):
        return None
    if len(text) == 2:
        column, row = SGF_LETTERS[:columns].find(text[0].lower()), SGF_LETTERS[:rows].find(text[1].lower())
        if column >= 0 and row >= 0:
            return point_at(row, column, size)
    raise CoordinateError(f"{text!r} is not an SGF point of a {size_name(size)} board")


def star_points(size: Size) -> list[Point]:
    """Return the points that are printed as dots: corners, then center and sides where there are nine."""
    columns, rows = columns_rows(size)
    if min(columns, rows) < 7:
        return []
    (left, center, right), (top, middle, bottom) = _star_lines(columns), _star_lines(rows)
    stars = [(row, column) for row in (top, bottom) for column in (left, right)]
    if columns % 2 and rows % 2:
        stars.append((middle, center))
        stars += [(middle, left), (middle, right)] if rows >= 13 else []
        stars += [(top, center), (bottom, center)] if columns >= 13 else []
    return [point_at(row, column, size) for row, column in stars]


def _star_lines(lines: int) -> tuple[int, int, int]:
    edge = 2 if lines < 13 else 3
    return edge, lines // 2, lines - 1 - edge


def handicap_points(stones: int, size: Size) -> list[Point]:
    """Return the fixed handicap points in the order of the GTP specification, section 4.1.1.

    Raises CoordinateError where the specification has no placement: fewer than 2 stones, more than 9,
    more than 4 where a side is even or 7, and boards with a side under 7.  Where columns and rows differ,
    which it does not foresee, each side counts by itself.
    """
    columns, rows = columns_rows(size)
    odd = columns % 2 and rows % 2 and min(columns, rows) > 7
    if not 2 <= stones <= (9 if odd else 4 if min(columns, rows) >= 7 else 0):
        raise CoordinateError(f"no fixed placement for {stones} handicap stones on {size_name(size)}")
    (left, center, right), (top, middle, bottom) = _star_lines(columns), _star_lines(rows)
    corners = [(bottom, left), (top, right), (top, left), (bottom, right)]  # D4 Q16 D16 Q4
    between = [(middle, left), (middle, right), (bottom, center), (top, center)]
    chosen = corners[: min(stones, 4)] + between[: {6: 2, 7: 2, 8: 4, 9: 4}.get(stones, 0)]
    if stones in (5, 7, 9):
        chosen.append((middle, center))
    return [point_at(row, column, size) for row, column in chosen]

"""Points, moves, colors and the three ways people write them.

A point is an int, row * size + column, with row 0 at the top, as on a printed diagram.  A move is a
point, or None for a pass.  A color is BLACK or WHITE; EMPTY is what a point without a stone holds.
Nothing outside this module parses or formats a coordinate.

    19x19            upper left   upper right   lower left   pass
    point            0            18            342          None
    vertex (GTP)     A19          T19           A1           pass
    SGF              aa           sa            as           empty, or tt up to 19x19
"""

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


class CoordinateError(GopolicyError, ValueError):
    """A text or number that names no point, color or size."""


def opponent(color: Color) -> Color:
    """Return the other color."""
    return BLACK + WHITE - color


def check_size(size: int) -> int:
    """Return `size` if a board of it can be played on; raise CoordinateError otherwise."""
    if not MIN_SIZE <= size <= MAX_SIZE:
        raise CoordinateError(f"board size {size!r} is not from {MIN_SIZE} to {MAX_SIZE}")
    return size


def row_column(point: Point, size: int) -> tuple[int, int]:
    """Return (row, column) of a point, row 0 at the top."""
    return divmod(point, size)


def point_at(row: int, column: int, size: int) -> Point:
    """Return the point in `row` (0 at the top) and `column`; raise CoordinateError off the board."""
    if not (0 <= row < size and 0 <= column < size):
        raise CoordinateError(f"row {row}, column {column} is off the {size}x{size} board")
    return row * size + column


def parse_color(text: str) -> Color:
    """Return the color that b, w, black or white names, in any case; raise CoordinateError."""
    for color, name in COLOR_NAMES.items():
        if text.lower() in (name, name[0]):
            return color
    raise CoordinateError(f"{text!r} is not a color; write b, w, black or white")


def to_vertex(move: Move, size: int) -> str:
    """Return a move as a GTP vertex, such as `Q16` or `pass`."""
    if move is None:
        return "pass"
    row, column = row_column(move, size)
    return f"{COLUMN_LETTERS[column]}{size - row}"


def column_names(size: int) -> str:
    """Return the letters of the columns from left to right."""
    return COLUMN_LETTERS[:size]


def parse_vertex(text: str, size: int) -> Move:
    """Return the move that a GTP vertex names, in any case; raise CoordinateError."""
    if text.lower() == "pass":
        return None
    column = COLUMN_LETTERS[:size].find(text[:1].upper()) if text else -1
    digits = text[1:]
    if column < 0 or not (digits.isascii() and digits.isdigit()) or not 1 <= int(digits) <= size:
        raise CoordinateError(f"{text!r} is not a vertex of a {size}x{size} board")
    return point_at(size - int(digits), column, size)


def to_sgf(move: Move, size: int) -> str:
    """Return a move as an SGF value, column letter first; a pass is the empty value."""
    if move is None:
        return ""
    row, column = row_column(move, size)
    return SGF_LETTERS[column] + SGF_LETTERS[row]


def parse_sgf(text: str, size: int) -> Move:
    """Return the move that an SGF value names; "" is a pass, and so is tt up to 19x19.

    Letters count in any case, because some programs write them large.  Raises CoordinateError for
    anything else; what a reader makes of a bad value is the reader's decision.
    """
    if text == "" or (text == "tt" and size <= BOARD_SIZE):
        return None
    if len(text) == 2:
        column, row = (SGF_LETTERS[:size].find(letter) for letter in text.lower())
        if column >= 0 and row >= 0:
            return point_at(row, column, size)
    raise CoordinateError(f"{text!r} is not an SGF point of a {size}x{size} board")


def star_points(size: int) -> list[Point]:
    """Return the points that are printed as dots: corners, then sides and center where there are nine."""
    if size < 7:
        return []
    edge = 2 if size < 13 else 3
    lines = (edge, size // 2, size - 1 - edge)
    corners = [(lines[i], lines[j]) for i in (0, 2) for j in (0, 2)]
    rest = []
    if size % 2:
        rest.append((lines[1], lines[1]))
        if size >= 13:
            rest += [(lines[1], lines[0]), (lines[1], lines[2]), (lines[0], lines[1]), (lines[2], lines[1])]
    return [point_at(row, column, size) for row, column in corners + rest]


def handicap_points(stones: int, size: int) -> list[Point]:
    """Return the fixed handicap points in the order of the GTP specification, section 4.1.1.

    Raises CoordinateError where the specification has no placement: fewer than 2 stones, more than 9,
    more than 4 on an even board or on 7x7, and boards under 7x7.
    """
    most = 0 if size < 7 else 4 if size % 2 == 0 or size == 7 else 9
    if not 2 <= stones <= most:
        raise CoordinateError(f"no fixed placement for {stones} handicap stones on {size}x{size}")
    edge = 2 if size < 13 else 3
    low, middle, high = edge, size // 2, size - 1 - edge
    corners = [(high, low), (low, high), (low, low), (high, high)]  # D4 Q16 D16 Q4
    sides = [(middle, low), (middle, high), (high, middle), (low, middle)]
    chosen = corners[: min(stones, 4)] + sides[: {6: 2, 7: 2, 8: 4, 9: 4}.get(stones, 0)]
    if stones in (5, 7, 9):
        chosen.append((middle, middle))
    return [point_at(row, column, size) for row, column in chosen]

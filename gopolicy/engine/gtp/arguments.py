"""The arguments of GTP commands: what each must be, or else `syntax error` (GTP 2.6.4)."""

import math

from gopolicy.engine.gtp.protocol import GtpError
from gopolicy.go.coords import Color, CoordinateError, Move, Point, parse_color, parse_vertex

SYNTAX_ERROR = "syntax error"


def text_at(arguments: list[str], index: int) -> str:
    """Return the argument at `index`; raise GtpError if there are fewer."""
    if index >= len(arguments):
        raise GtpError(SYNTAX_ERROR)
    return arguments[index]


def integer_at(arguments: list[str], index: int, default: int | None = None) -> int:
    """Return the argument at `index` as an int, or `default` if there are fewer; raise GtpError."""
    if index >= len(arguments) and default is not None:
        return default
    try:
        return int(text_at(arguments, index))
    except ValueError:
        raise GtpError(SYNTAX_ERROR) from None


def number_at(arguments: list[str], index: int) -> float:
    """Return the argument at `index` as a finite float; raise GtpError."""
    try:
        number = float(text_at(arguments, index))
    except ValueError:
        raise GtpError(SYNTAX_ERROR) from None
    if not math.isfinite(number):
        raise GtpError(SYNTAX_ERROR)
    return number


def color_at(arguments: list[str], index: int) -> Color:
    """Return the argument at `index` as a color; raise GtpError."""
    try:
        return parse_color(text_at(arguments, index))
    except CoordinateError:
        raise GtpError(SYNTAX_ERROR) from None


def move_at(arguments: list[str], index: int, size: int) -> Move:
    """Return the argument at `index`, a vertex or `pass`, as a move; raise GtpError."""
    try:
        return parse_vertex(text_at(arguments, index), size)
    except CoordinateError:
        raise GtpError(SYNTAX_ERROR) from None


def point_at(arguments: list[str], index: int, size: int) -> Point:
    """Return the argument at `index` as a point; raise GtpError, also for a pass."""
    move = move_at(arguments, index, size)
    if move is None:
        raise GtpError(SYNTAX_ERROR)
    return move


def split_color(arguments: list[str]) -> tuple[Color | None, list[str]]:
    """Return the color that the arguments may start with, and the other arguments."""
    try:
        return parse_color(arguments[0]), arguments[1:]
    except (IndexError, CoordinateError):
        return None, arguments

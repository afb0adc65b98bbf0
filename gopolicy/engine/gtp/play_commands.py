"""GTP commands of play: board, moves, handicap.

Reference: the Go Text Protocol, version 2, draft 2, sections 4 to 6, whose error texts are used.
"""

from collections.abc import Callable
from typing import Final

from gopolicy.engine.gtp.arguments import SYNTAX_ERROR, color_at, integer_at, move_at, number_at, point_at, text_at
from gopolicy.engine.gtp.gtp_state import GtpState
from gopolicy.engine.gtp.protocol import GtpError
from gopolicy.go.board import IllegalMoveError
from gopolicy.go.coords import BLACK, BOARD_SIZE, WHITE, CoordinateError, Point, to_vertex
from gopolicy.go.diagram import draw_diagram
from gopolicy.go.game import Game

MAX_HANDICAP: Final = 9


def boardsize(state: GtpState, arguments: list[str]) -> str:
    """`boardsize 19`: clear the board; no other size is acceptable, nor columns and rows that differ (`19 13`)."""
    columns = integer_at(arguments, 0)
    state.has_other_size = {columns, integer_at(arguments, 1, columns)} != {BOARD_SIZE}
    if state.has_other_size:
        raise GtpError("unacceptable size")
    state.clear()
    return ""


def clear_board(state: GtpState, arguments: list[str]) -> str:
    """`clear_board`: begin a game."""
    state.clear()
    return ""


def komi(state: GtpState, arguments: list[str]) -> str:
    """`komi 7.5`: any finite number."""
    state.set_komi(number_at(arguments, 0))
    return ""


def play(state: GtpState, arguments: list[str]) -> str:
    """`play COLOR VERTEX`: also out of turn, since controllers replay setup stones as moves."""
    color = color_at(arguments, 0)
    if text_at(arguments, 1).lower() == "resign":
        return ""
    move = move_at(arguments, 1, BOARD_SIZE)
    try:
        state.game.play(move, color)
    except IllegalMoveError:
        raise GtpError("illegal move") from None
    return ""


def undo(state: GtpState, arguments: list[str]) -> str:
    """`undo`: take the last move back."""
    try:
        state.game.undo()
    except IllegalMoveError:
        raise GtpError("cannot undo") from None
    return ""


def genmove(state: GtpState, arguments: list[str]) -> str:
    """`genmove COLOR`: choose a move and play it."""
    return _play_chosen(state, arguments, cleanup=False)


def genmove_cleanup(state: GtpState, arguments: list[str]) -> str:
    """`kgs-genmove_cleanup COLOR`: genmove that takes dead stones off the board before it passes."""
    return _play_chosen(state, arguments, cleanup=True)


def _play_chosen(state: GtpState, arguments: list[str], *, cleanup: bool) -> str:
    color = color_at(arguments, 0)
    move = state.choose(color, cleanup=cleanup)
    state.game.play(move, color)
    return to_vertex(move, BOARD_SIZE)


def reg_genmove(state: GtpState, arguments: list[str]) -> str:
    """`reg_genmove COLOR`: genmove that plays nothing."""
    return to_vertex(state.choose(color_at(arguments, 0)), BOARD_SIZE)


def search_cancellable(state: GtpState, arguments: list[str]) -> str:
    """`kata-search_cancellable COLOR`: reg_genmove, without a move if another line waits by then."""
    move = reg_genmove(state, arguments)
    return "cancelled" if state.has_input() else move


def fixed_handicap(state: GtpState, arguments: list[str]) -> str:
    """`fixed_handicap N`: put 2 to 9 stones on their points and name them."""
    return _place_handicap(state, integer_at(arguments, 0))


def place_free_handicap(state: GtpState, arguments: list[str]) -> str:
    """`place_free_handicap N`: the same points; of more than 9 stones 9, which the protocol allows."""
    return _place_handicap(state, min(integer_at(arguments, 0), MAX_HANDICAP))


def _place_handicap(state: GtpState, stones: int) -> str:
    _need_empty_board(state)
    try:
        points = state.game.place_handicap(stones)
    except CoordinateError:
        raise GtpError("invalid number of stones") from None
    return _vertices(points)


def set_free_handicap(state: GtpState, arguments: list[str]) -> str:
    """`set_free_handicap VERTEX VERTEX ...`: put down the stones that the opponent chose."""
    points = [point_at(arguments, i, BOARD_SIZE) for i in range(len(arguments))]
    if not points or len(set(points)) < len(points):
        raise GtpError("bad vertex list")
    _need_empty_board(state)
    try:
        state.game.set_stones(dict.fromkeys(points, BLACK))
    except IllegalMoveError:
        raise GtpError("bad vertex list") from None
    state.game.to_play = WHITE
    return ""


def set_position(state: GtpState, arguments: list[str]) -> str:
    """`set_position COLOR VERTEX ...`: begin a game with these stones on the board, Black to play."""
    if len(arguments) % 2:
        raise GtpError(SYNTAX_ERROR)
    game = Game(BOARD_SIZE, komi=state.komi)
    stones = {point_at(arguments, i + 1, BOARD_SIZE): color_at(arguments, i) for i in range(0, len(arguments), 2)}
    if 2 * len(stones) < len(arguments):
        raise GtpError("illegal position")
    try:
        game.set_stones(stones)
    except IllegalMoveError:
        raise GtpError("illegal position") from None
    state.game = game
    return ""


def _need_empty_board(state: GtpState) -> None:
    if state.game.board.colors.any() or state.game.moves:
        raise GtpError("board not empty")


def showboard(state: GtpState, arguments: list[str]) -> str:
    """`showboard`: the position, whose turn it is, and prisoners."""
    game = state.game
    moves = game.moves
    last = f", last {to_vertex(moves[-1][1], game.size)}" if moves else ""
    turn = "Black" if game.to_play == BLACK else "White"
    return (
        f"\n{draw_diagram(game.board, coordinates=True)}\n"
        f"{turn} to play, move {len(moves) + 1}{last}, komi {game.komi:g}\n"
        f"Black X has lost {game.board.captured(BLACK)} stones, White O {game.board.captured(WHITE)}"
    )


def _vertices(points: list[Point]) -> str:
    return " ".join(to_vertex(point, BOARD_SIZE) for point in points)


COMMANDS: Final[dict[str, Callable[[GtpState, list[str]], str]]] = {
    "boardsize": boardsize,
    "clear_board": clear_board,
    "komi": komi,
    "play": play,
    "undo": undo,
    "genmove": genmove,
    "reg_genmove": reg_genmove,
    "kata-search": reg_genmove,
    "kata-search_cancellable": search_cancellable,
    "set_position": set_position,
    "kgs-genmove_cleanup": genmove_cleanup,
    "fixed_handicap": fixed_handicap,
    "place_free_handicap": place_free_handicap,
    "set_free_handicap": set_free_handicap,
    "showboard": showboard,
}

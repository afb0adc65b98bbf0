"""The GTP commands of play: board, moves, handicap, scoring and records around a policy.

Reference: the Go Text Protocol, version 2, draft 2, sections 4 to 6, whose error texts are used.  Each command
is a function of the state and the arguments; a new one is a function and a line in a table.  The tables
of the other modules (`files`, `analyze`, `kata`, `gogui`) are joined with this one in `commands`.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

from gopolicy.engine import analyze, files, gogui, kata
from gopolicy.engine.arguments import SYNTAX_ERROR, color_at, integer_at, move_at, number_at, point_at, text_at
from gopolicy.engine.protocol import GtpError, Handler
from gopolicy.engine.state import GtpState
from gopolicy.go.board import IllegalMoveError
from gopolicy.go.coords import BLACK, BOARD_SIZE, WHITE, CoordinateError, Point, to_vertex
from gopolicy.go.diagram import draw_diagram
from gopolicy.go.scoring import area_score, format_score

StateCommand = Callable[[GtpState, list[str]], str]
MAX_HANDICAP: Final = 9


def commands(state: GtpState) -> dict[str, Handler]:
    """Return every GTP command of the engine, bound to `state`."""
    tables = (COMMANDS, files.COMMANDS, analyze.COMMANDS, kata.COMMANDS, gogui.COMMANDS)
    return {name: partial(function, state) for table in tables for name, function in table.items()}


def boardsize(state: GtpState, arguments: list[str]) -> str:
    """`boardsize 19`: clear the board; no other size is acceptable."""
    if integer_at(arguments, 0) != BOARD_SIZE:
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
    """`kgs-genmove_cleanup COLOR`: genmove that does not pass while a sensible move is left."""
    return _play_chosen(state, arguments, cleanup=True)


def _play_chosen(state: GtpState, arguments: list[str], *, cleanup: bool) -> str:
    color = color_at(arguments, 0)
    move = state.choose(color, cleanup=cleanup)
    state.game.play(move, color)
    return to_vertex(move, BOARD_SIZE)


def reg_genmove(state: GtpState, arguments: list[str]) -> str:
    """`reg_genmove COLOR`: genmove that plays nothing."""
    return to_vertex(state.choose(color_at(arguments, 0)), BOARD_SIZE)


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
    if len(points) < 2 or len(set(points)) < len(points):
        raise GtpError("bad vertex list")
    _need_empty_board(state)
    try:
        state.game.set_stones(dict.fromkeys(points, BLACK))
    except IllegalMoveError:
        raise GtpError("bad vertex list") from None
    state.game.to_play = WHITE
    return ""


def _need_empty_board(state: GtpState) -> None:
    if state.game.board.colors.any():
        raise GtpError("board not empty")


def ignored(state: GtpState, arguments: list[str]) -> str:
    """Accept a command about time, chat or caches; one look at the board takes no time worth managing."""
    return ""


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


def final_score(state: GtpState, arguments: list[str]) -> str:
    """`final_score`: area score without the stones that the network's playouts lose."""
    return format_score(area_score(state.game.board, state.game.komi, state.dead_stones()))


def final_status_list(state: GtpState, arguments: list[str]) -> str:
    """`final_status_list dead|alive|seki`: chains, one a line; playouts know no seki."""
    status = text_at(arguments, 0).lower()
    if status not in ("dead", "alive", "seki"):
        raise GtpError(SYNTAX_ERROR)
    dead = set() if status == "seki" else state.dead_stones()
    board = state.game.board
    chains = []
    for point in range(BOARD_SIZE**2):
        chain = board.chain(point)
        if chain and chain[0] == point and status != "seki" and (point in dead) == (status == "dead"):
            chains.append(_vertices(chain))
    return "\n".join(chains)


def kgs_rules(state: GtpState, arguments: list[str]) -> str:
    """`kgs-rules japanese|chinese|aga|new_zealand`: KGS forbids repeating a position under its Chinese rules."""
    name = text_at(arguments, 0).lower().replace("_", "-")
    return kata.set_rules(state, ["chinese-kgs" if name == "chinese" else name])


def kgs_chat(state: GtpState, arguments: list[str]) -> str:
    """`kgs-chat game|private NAME TEXT`: say what this is and what it expects."""
    if state.game.is_over:
        return "Thank you for the game."
    return "I am a policy network without search. Next I expect " + ", ".join(
        f"{to_vertex(move, BOARD_SIZE)} {100 * p:.0f} %" for move, p in analyze.candidates(state, None)[:3]
    )


def _vertices(points: list[Point]) -> str:
    return " ".join(to_vertex(point, BOARD_SIZE) for point in points)


COMMANDS: Final[dict[str, StateCommand]] = {
    "boardsize": boardsize,
    "clear_board": clear_board,
    "komi": komi,
    "play": play,
    "undo": undo,
    "genmove": genmove,
    "reg_genmove": reg_genmove,
    "kgs-genmove_cleanup": genmove_cleanup,
    "fixed_handicap": fixed_handicap,
    "place_free_handicap": place_free_handicap,
    "set_free_handicap": set_free_handicap,
    "time_settings": ignored,
    "kgs-time_settings": ignored,
    "time_left": ignored,
    "kgs-game_over": ignored,
    "stop": ignored,
    "clear_cache": ignored,
    "showboard": showboard,
    "final_score": final_score,
    "final_status_list": final_status_list,
    "kgs-rules": kgs_rules,
    "kgs-chat": kgs_chat,
}

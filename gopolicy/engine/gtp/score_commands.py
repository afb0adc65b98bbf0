"""GTP commands about the end of a game: its score and the status of its stones."""

from collections.abc import Callable
from typing import Final

from gopolicy.engine.gtp.arguments import SYNTAX_ERROR, text_at
from gopolicy.engine.gtp.gtp_state import GtpState
from gopolicy.engine.gtp.protocol import GtpError
from gopolicy.go.coords import BOARD_SIZE, to_vertex
from gopolicy.go.scoring import area_score, format_score


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
            chains.append(" ".join(to_vertex(stone, BOARD_SIZE) for stone in chain))
    return "\n".join(chains)


COMMANDS: Final[dict[str, Callable[[GtpState, list[str]], str]]] = {
    "final_score": final_score,
    "final_status_list": final_status_list,
}

"""GTP commands about the end of a game: its score and the status of its stones."""

from collections.abc import Callable, Collection
from typing import Final

import numpy as np

from gopolicy.engine.gtp.arguments import SYNTAX_ERROR, text_at
from gopolicy.engine.gtp.gtp_state import GtpState
from gopolicy.engine.gtp.protocol import GtpError
from gopolicy.go.coords import BLACK, BOARD_SIZE, WHITE, Point, to_vertex
from gopolicy.go.scoring import format_score, score, territory

STATUSES: Final = ("dead", "alive", "seki", "black_territory", "white_territory")


def final_score(state: GtpState, arguments: list[str]) -> str:
    """`final_score`: the score by the rules in force, dead stones taken off; an estimate before the end."""
    settlement = state.settlement()
    rules, komi, handicap = state.rules.scoring, state.game.komi, state.handicap()
    if settlement is None:
        return format_score(score(state.game.board, komi, rules, handicap=handicap))
    return format_score(settlement.score(rules, komi, handicap=handicap))


def final_status_list(state: GtpState, arguments: list[str]) -> str:
    """`final_status_list dead|alive|seki|black_territory|white_territory`: chains, one a line, or points."""
    status = text_at(arguments, 0).lower()
    if status not in STATUSES:
        raise GtpError(SYNTAX_ERROR)
    settlement = state.settlement()
    board = state.game.board
    dead = settlement.dead if settlement else frozenset[int]()
    seki = settlement.seki if settlement else frozenset[int]()
    if status.endswith("territory"):
        color = BLACK if status.startswith("black") else WHITE
        points = np.flatnonzero(territory(board, dead, seki) == color)
        return " ".join(to_vertex(int(point), BOARD_SIZE) for point in points)
    lines = []
    for point in range(BOARD_SIZE**2):
        chain = board.chain(point)
        if chain and chain[0] == point and _status(point, dead, seki) == status:
            lines.append(" ".join(to_vertex(stone, BOARD_SIZE) for stone in chain))
    return "\n".join(lines)


def _status(stone: Point, dead: Collection[Point], seki: Collection[Point]) -> str:
    return "dead" if stone in dead else "seki" if stone in seki else "alive"


COMMANDS: Final[dict[str, Callable[[GtpState, list[str]], str]]] = {
    "final_score": final_score,
    "final_status_list": final_status_list,
}

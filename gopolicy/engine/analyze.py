"""lz-analyze and kata-analyze: candidate moves of the policy in the words of programs that search.

Leela Zero's and KataGo's `info` lines want visits and a win rate.  A policy has neither: visits are the
probability per mille, at least 1, so that what programs draw by visits is drawn by probability; the win
rate is 50 %, or on request the probability.  `prior` is the probability itself.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.engine.arguments import SYNTAX_ERROR, color_at, integer_at, split_color, text_at
from gopolicy.engine.protocol import GtpError, Stream
from gopolicy.engine.state import GtpState
from gopolicy.go.coords import BOARD_SIZE, Color, CoordinateError, Move, parse_vertex, to_vertex

Candidates = list[tuple[Move, float]]

MAX_MOVES: Final = 40  # long lines slow Lizzie down
LEAST_PROBABILITY: Final = 0.001
INTERVAL_CENTISECONDS: Final = 100
LEAST_INTERVAL_CENTISECONDS: Final = 10
# kata-analyze's switches; what they would add is beyond a policy and is left out.
KATA_SWITCHES: Final = (
    "rootinfo",
    "ownership",
    "ownershipstdev",
    "movesownership",
    "movesownershipstdev",
    "pvvisits",
    "pvedgevisits",
    "noresultvalue",
)


@dataclass
class Request:
    """What an analyze command asks for.

    avoid, allow: moves not to show and the only ones to show, by color.
    """

    color: Color | None = None
    interval_centiseconds: int = INTERVAL_CENTISECONDS
    min_moves: int = 0
    max_moves: int = MAX_MOVES
    avoid: dict[Color, set[Move]] = field(default_factory=dict)
    allow: dict[Color, set[Move]] = field(default_factory=dict)

    @classmethod
    def parse(cls, arguments: list[str], *, is_kata: bool) -> "Request":
        """Return what `[COLOR] [CENTISECONDS] {KEY VALUE ...}` says; raise GtpError for what it does not know."""
        request = cls()
        request.color, rest = split_color(arguments)
        if rest and rest[0].isascii() and rest[0].isdigit():
            request.interval_centiseconds, rest = int(rest[0]), rest[1:]
        while rest:
            rest = rest[request._take(rest, is_kata) :]
        return request

    def _take(self, words: list[str], is_kata: bool) -> int:
        """Obey the key that `words` start with; return how many words it took."""
        key = words[0].lower()
        if key == "interval":
            self.interval_centiseconds = integer_at(words, 1)
        elif key == "minmoves":
            self.min_moves = integer_at(words, 1)
        elif key == "maxmoves":
            self.max_moves = integer_at(words, 1)
        elif key in ("avoid", "allow"):
            restricted = self.avoid if key == "avoid" else self.allow
            restricted.setdefault(color_at(words, 1), set()).update(_moves(text_at(words, 2)))
            integer_at(words, 3)  # the depth: here there is only the first move
            return 4
        elif is_kata and key in KATA_SWITCHES:
            if text_at(words, 1).lower() not in ("true", "false"):
                raise GtpError(SYNTAX_ERROR)
        else:
            raise GtpError(f"unknown key {words[0]!r}")
        return 2

    def choose(self, policy: NDArray[np.float32], color: Color) -> Candidates:
        """Return the moves of `policy` (`[19, 19]`) to show, the likeliest first; an unlikely pass if there are none.

        That is at most `max_moves` moves of LEAST_PROBABILITY or more, but at least `min_moves`.
        """
        avoided, allowed = self.avoid.get(color, set()), self.allow.get(color)
        values = policy.ravel()
        found: Candidates = []
        for point in np.argsort(-values, kind="stable"):
            move, p = int(point), float(values[point])
            is_shown = p >= LEAST_PROBABILITY or len(found) < max(self.min_moves, 1)
            if p <= 0 or not is_shown or len(found) >= max(self.max_moves, 1):
                break
            if move not in avoided and (allowed is None or move in allowed):
                found.append((move, p))
        return found or [(None, 0.0)]


def _moves(text: str) -> list[Move]:
    try:
        return [parse_vertex(vertex, BOARD_SIZE) for vertex in text.split(",") if vertex]
    except CoordinateError:
        raise GtpError(SYNTAX_ERROR) from None


def candidates(state: GtpState, color: Color | None, request: Request | None = None) -> Candidates:
    """Return `request.choose` of the policy for `color` (default: to play); a pass where no sensible move is left."""
    from gopolicy.policy import sensible_mask

    color = state.game.to_play if color is None else color
    if not sensible_mask(state.game_for(color)).any():
        return [(None, 1.0)]
    return (request or Request()).choose(state.probabilities(color), color)


def visits_and_winrate(p: float, *, use_prior: bool) -> tuple[int, float]:
    """Return what stands for visits and win rate of a move with probability `p`; see the module's docstring."""
    return (1000, p) if use_prior else (max(1, round(1000 * p)), 0.5)


def info_line(state: GtpState, found: Candidates, *, is_kata: bool) -> str:
    """Return candidates as one line of `info` segments, with lz's integers or kata's decimals."""
    segment = _kata_segment if is_kata else _lz_segment
    use_prior = state.parameters.report_winrate == "prior"
    segments = []
    for order, (move, p) in enumerate(found):
        visits, winrate = visits_and_winrate(p, use_prior=use_prior)
        segments.append(segment(to_vertex(move, BOARD_SIZE), visits, winrate, p, order))
    return " ".join(segments)


def _lz_segment(vertex: str, visits: int, winrate: float, prior: float, order: int) -> str:
    rate, share = round(10000 * winrate), round(10000 * prior)
    return f"info move {vertex} visits {visits} winrate {rate} prior {share} lcb {rate} order {order} pv {vertex}"


def _kata_segment(vertex: str, visits: int, winrate: float, prior: float, order: int) -> str:
    return (
        f"info move {vertex} visits {visits} utility 0.0 winrate {winrate:.4f} scoreMean 0.0 scoreStdev 0.0 "
        f"scoreLead 0.0 scoreSelfplay 0.0 prior {prior:.4f} lcb {winrate:.4f} utilityLcb 0.0 "
        f"weight {visits:.1f} order {order} pv {vertex}"
    )


def _analyze(state: GtpState, arguments: list[str], *, is_kata: bool) -> Stream:
    request = Request.parse(arguments, is_kata=is_kata)
    line = info_line(state, candidates(state, request.color, request), is_kata=is_kata)
    return Stream(line, max(request.interval_centiseconds, LEAST_INTERVAL_CENTISECONDS) / 100)


def _genmove_analyze(state: GtpState, arguments: list[str], *, is_kata: bool) -> str:
    request = Request.parse(arguments, is_kata=is_kata)
    found = candidates(state, request.color, request)
    color = state.game.to_play if request.color is None else request.color
    move = state.choose(color)
    state.game.play(move, color)
    shown: Candidates = found if move is not None else [(None, 1.0)]
    return f"\n{info_line(state, shown, is_kata=is_kata)}\nplay {to_vertex(move, BOARD_SIZE)}"


def lz_analyze(state: GtpState, arguments: list[str]) -> Stream:
    """`lz-analyze [COLOR] [CENTISECONDS] {KEY VALUE}`: candidates again and again until input arrives."""
    return _analyze(state, arguments, is_kata=False)


def kata_analyze(state: GtpState, arguments: list[str]) -> Stream:
    """`kata-analyze ...`: lz-analyze with KataGo's keys."""
    return _analyze(state, arguments, is_kata=True)


def lz_genmove_analyze(state: GtpState, arguments: list[str]) -> str:
    """`lz-genmove_analyze ...`: candidates, then the move that is played."""
    return _genmove_analyze(state, arguments, is_kata=False)


def kata_genmove_analyze(state: GtpState, arguments: list[str]) -> str:
    """`kata-genmove_analyze ...`: lz-genmove_analyze with KataGo's keys."""
    return _genmove_analyze(state, arguments, is_kata=True)


COMMANDS: Final[dict[str, Callable[[GtpState, list[str]], str | Stream]]] = {
    "lz-analyze": lz_analyze,
    "kata-analyze": kata_analyze,
    "lz-genmove_analyze": lz_genmove_analyze,
    "kata-genmove_analyze": kata_genmove_analyze,
}

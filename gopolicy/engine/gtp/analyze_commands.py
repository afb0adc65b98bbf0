"""lz-analyze and kata-analyze: candidates of the policy as Leela Zero and KataGo write them.

What stands for visits and win rate: `gopolicy.engine.candidates`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from gopolicy.engine.candidates import PASS, Selection, visits_and_winrate
from gopolicy.engine.gtp.arguments import SYNTAX_ERROR, color_at, integer_at, split_color, text_at
from gopolicy.engine.gtp.gtp_state import GtpState
from gopolicy.engine.gtp.protocol import GtpError, Stream
from gopolicy.go.coords import BOARD_SIZE, Color, CoordinateError, Move, parse_vertex, to_vertex
from gopolicy.prediction import Candidate

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
class AnalyzeRequest:
    """What an analyze command asks for."""

    color: Color | None = None
    interval_centiseconds: int = INTERVAL_CENTISECONDS
    selection: Selection = field(default_factory=Selection)

    @classmethod
    def parse(cls, arguments: list[str], *, is_kata: bool) -> "AnalyzeRequest":
        """Return what `[COLOR] [CENTISECONDS] {KEY VALUE ...}` says; raise GtpError for what it does not know."""
        request = cls()
        request.color, rest = split_color(arguments)
        if rest and rest[0].isascii() and rest[0].isdigit():
            request.interval_centiseconds, rest = integer_at(rest, 0), rest[1:]
        while rest:
            rest = rest[request._take(rest, is_kata) :]
        return request

    def _take(self, words: list[str], is_kata: bool) -> int:
        """Obey the key that `words` start with; return how many words it took."""
        key, selection = words[0].lower(), self.selection
        if key == "interval":
            self.interval_centiseconds = integer_at(words, 1)
        elif key == "minmoves":
            selection.min_moves = integer_at(words, 1)
        elif key == "maxmoves":
            selection.max_moves = integer_at(words, 1)
        elif key in ("avoid", "allow"):
            restricted = selection.avoid if key == "avoid" else selection.allow
            restricted.setdefault(color_at(words, 1), set()).update(_moves(text_at(words, 2)))
            integer_at(words, 3)  # the depth: here there is only the first move
            return 4
        elif is_kata and key in KATA_SWITCHES:
            if text_at(words, 1).lower() not in ("true", "false"):
                raise GtpError(SYNTAX_ERROR)
        else:
            raise GtpError(f"unknown key {words[0]!r}")
        return 2


def _moves(text: str) -> list[Move]:
    try:
        return [parse_vertex(vertex, BOARD_SIZE) for vertex in text.split(",") if vertex]
    except CoordinateError:
        raise GtpError(SYNTAX_ERROR) from None


def info_line(state: GtpState, candidates: list[Candidate], *, is_kata: bool) -> str:
    """Return candidates as one line of `info` segments, with lz's integers or kata's decimals."""
    segment = _kata_segment if is_kata else _lz_segment
    segments = []
    for order, candidate in enumerate(candidates):
        visits, winrate = visits_and_winrate(candidate.probability, state.parameters)
        segments.append(segment(candidate, visits, winrate, order))
    return " ".join(segments)


def _lz_segment(candidate: Candidate, visits: int, winrate: float, order: int) -> str:
    rate, prior, vertex = round(10000 * winrate), round(10000 * candidate.probability), candidate.vertex
    return f"info move {vertex} visits {visits} winrate {rate} prior {prior} lcb {rate} order {order} pv {vertex}"


def _kata_segment(candidate: Candidate, visits: int, winrate: float, order: int) -> str:
    return (
        f"info move {candidate.vertex} visits {visits} utility 0.0 winrate {winrate:.4f} scoreMean 0.0 scoreStdev 0.0 "
        f"scoreLead 0.0 scoreSelfplay 0.0 prior {candidate.probability:.4f} lcb {winrate:.4f} utilityLcb 0.0 "
        f"weight {visits:.1f} order {order} pv {candidate.vertex}"
    )


def _analyze(state: GtpState, arguments: list[str], *, is_kata: bool) -> Stream:
    request = AnalyzeRequest.parse(arguments, is_kata=is_kata)
    line = info_line(state, state.candidates(request.color, request.selection), is_kata=is_kata)
    return Stream(line, max(request.interval_centiseconds, LEAST_INTERVAL_CENTISECONDS) / 100)


def _genmove_analyze(state: GtpState, arguments: list[str], *, is_kata: bool) -> str:
    request = AnalyzeRequest.parse(arguments, is_kata=is_kata)
    candidates = state.candidates(request.color, request.selection)
    color = state.game.to_play if request.color is None else request.color
    move = state.choose(color)
    state.game.play(move, color)
    shown = candidates if move is not None else [PASS]
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

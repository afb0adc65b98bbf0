"""lz-analyze and kata-analyze: candidates of the policy as Leela Zero and KataGo write them.

Their visits and win rates: `gopolicy.engine.candidates`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.engine.candidates import EVEN, PASS, VISITS, Selection, visits_and_winrate
from gopolicy.engine.gtp.arguments import SYNTAX_ERROR, color_at, integer_at, number_at, split_color, text_at
from gopolicy.engine.gtp.gtp_state import GtpState
from gopolicy.engine.gtp.protocol import GtpError, Stream
from gopolicy.engine.variations import VARIATIONS, Variations
from gopolicy.go.coords import BLACK, BOARD_SIZE, Color, CoordinateError, Move, parse_vertex, to_vertex
from gopolicy.prediction import Candidate

CENTISECONDS: Final = 100.0
LEAST_CENTISECONDS: Final = 10.0
MOST_CENTISECONDS: Final = 360_000.0  # an hour; threads cannot wait for ever longer times
NUMBER: Final = re.compile(r"[0-9]+(\.[0-9]*)?")  # Ogatak has 14.000000000000002
# kata-analyze's switches; those about visits and spread add nothing that a policy knows.
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
    interval_centiseconds: float = CENTISECONDS
    selection: Selection = field(default_factory=Selection)
    switches: set[str] = field(default_factory=set)

    @classmethod
    def parse(cls, arguments: list[str], *, is_kata: bool) -> "AnalyzeRequest":
        """Return what `[COLOR] [CENTISECONDS] {KEY VALUE ...}` says; raise GtpError for what it does not know."""
        request = cls()
        request.color, rest = split_color(arguments)
        if rest and NUMBER.fullmatch(rest[0]):
            request.interval_centiseconds, rest = number_at(rest, 0), rest[1:]
        while rest:
            rest = rest[request._take(rest, is_kata) :]
        return request

    def _take(self, words: list[str], is_kata: bool) -> int:
        """Obey the key that `words` start with; return how many words it took."""
        key, selection = words[0].lower(), self.selection
        if key == "interval":
            self.interval_centiseconds = number_at(words, 1)
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
            is_on = text_at(words, 1).lower()
            if is_on not in ("true", "false"):
                raise GtpError(SYNTAX_ERROR)
            self.switches = self.switches | {key} if is_on == "true" else self.switches - {key}
        else:
            raise GtpError(f"unknown key {words[0]!r}")
        return 2


def _moves(text: str) -> list[Move]:
    try:
        return [parse_vertex(vertex, BOARD_SIZE) for vertex in text.split(",") if vertex]
    except CoordinateError:
        raise GtpError(SYNTAX_ERROR) from None


@dataclass
class Analysis:
    """What is known of a position so far, with a way to know more; stop: what ends the first look at it early."""

    state: GtpState
    request: AnalyzeRequest
    is_kata: bool
    stop: Callable[[], bool] | None = None

    def __post_init__(self) -> None:
        self.game = self.state.game_for(self.request.color)
        self.candidates = self.state.candidates(self.request.color, self.request.selection, stop=self.stop)
        self.variations = Variations(self.game, self.candidates)
        self.ownership: NDArray[np.float32] | None = None
        self.moves_ownership: list[NDArray[np.float32]] = []

    def lines(self) -> Iterator[str]:
        """Yield the line again and again, each time with more in it."""
        yield self.line()
        for _ in self._work():
            yield self.line()

    def _work(self) -> Iterator[None]:
        state, switches = self.state, self.request.switches
        settler = state.settler
        settler.stop = state.has_input
        if "ownership" in switches:
            self.ownership = settler.at_once(self.game).ownership
            yield
        yield from state.extend(self.variations.lines, state.parameters.pv_moves)
        if "movesownership" in switches:
            for candidate in self.candidates[:VARIATIONS]:
                after = self.game.copy()
                after.play(candidate.move)
                self.moves_ownership.append(settler.at_once(after).ownership)
                yield
        if "ownership" in switches:
            for settlement in settler.refine(self.game, seconds=settler.seconds):
                self.ownership = settlement.ownership
                yield

    def line(self) -> str:
        """Return candidates as one line of `info` segments, with lz's integers or kata's decimals."""
        segment = _kata_segment if self.is_kata else _lz_segment
        words = []
        for order, candidate in enumerate(self.candidates):
            visits, winrate = visits_and_winrate(candidate.probability, self.state.parameters)
            words.append(f"{segment(candidate, visits, winrate)} order {order} pv")
            words += self.variations.vertices(candidate)
            if order < len(self.moves_ownership):
                words.append(f"movesOwnership {self._owners(self.moves_ownership[order])}")
        if "rootinfo" in self.request.switches:
            words.append(f"rootInfo {_kata_estimates(VISITS, EVEN)}")
        if self.ownership is not None:
            words.append(f"ownership {self._owners(self.ownership)}")
        return " ".join(words)

    def _owners(self, ownership: NDArray[np.float32]) -> str:
        """Return the owners of the points as text, 1 for the color to play and -1 for its opponent."""
        sign = 1 if self.game.to_play == BLACK else -1
        return " ".join(f"{sign * value:.3f}" for value in ownership.ravel())


def _lz_segment(candidate: Candidate, visits: int, winrate: float) -> str:
    rate, prior = round(10000 * winrate), round(10000 * candidate.probability)
    return f"info move {candidate.vertex} visits {visits} winrate {rate} prior {prior} lcb {rate}"


def _kata_segment(candidate: Candidate, visits: int, winrate: float) -> str:
    return (
        f"info move {candidate.vertex} {_kata_estimates(visits, winrate)} prior {candidate.probability:.4f} "
        f"lcb {winrate:.4f} utilityLcb 0.0 weight {visits:.1f}"
    )


def _kata_estimates(visits: int, winrate: float) -> str:
    return (
        f"visits {visits} utility 0.0 winrate {winrate:.4f} "
        "scoreMean 0.0 scoreStdev 0.0 scoreLead 0.0 scoreSelfplay 0.0"
    )


def _analyze(state: GtpState, arguments: list[str], *, is_kata: bool) -> Stream:
    request = AnalyzeRequest.parse(arguments, is_kata=is_kata)
    seconds = min(max(request.interval_centiseconds, LEAST_CENTISECONDS), MOST_CENTISECONDS) / 100
    lines = Analysis(state, request, is_kata, state.has_input).lines()
    return Stream(next(lines), seconds, lines)


def _genmove_analyze(state: GtpState, arguments: list[str], *, is_kata: bool, is_played: bool = True) -> str:
    request = AnalyzeRequest.parse(arguments, is_kata=is_kata)
    color = state.game.to_play if request.color is None else request.color
    move = state.choose(color, selection=request.selection)
    analysis = Analysis(state, request, is_kata)
    if move is None:
        analysis.candidates = [PASS]
    elif all(candidate.move != move for candidate in analysis.candidates):
        analysis.candidates += state.candidates(color, Selection(allow={color: {move}}))
    analysis.variations = Variations(analysis.game, analysis.candidates)
    *_, line = analysis.lines()
    if is_played:
        state.game.play(move, color)
    return f"\n{line}\nplay {to_vertex(move, BOARD_SIZE)}"


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


def kata_search_analyze(state: GtpState, arguments: list[str]) -> str:
    """`kata-search_analyze ...`: kata-genmove_analyze that plays nothing."""
    return _genmove_analyze(state, arguments, is_kata=True, is_played=False)


def kata_search_analyze_cancellable(state: GtpState, arguments: list[str]) -> str:
    """`kata-search_analyze_cancellable ...`: the same, without a move if another line waits by then."""
    text = kata_search_analyze(state, arguments)
    return f"{text.rpartition(' ')[0]} cancelled" if state.has_input() else text


COMMANDS: Final[dict[str, Callable[[GtpState, list[str]], str | Stream]]] = {
    "lz-analyze": lz_analyze,
    "kata-analyze": kata_analyze,
    "lz-genmove_analyze": lz_genmove_analyze,
    "kata-genmove_analyze": kata_genmove_analyze,
    "kata-search_analyze": kata_search_analyze,
    "kata-search_analyze_cancellable": kata_search_analyze_cancellable,
}

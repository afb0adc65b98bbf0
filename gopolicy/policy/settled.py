"""The end of a game: which points are settled and whose, which stones are dead or in seki, and what the score is.

The network knows no scores, so positions are played out.  A first answer comes from random games that are finished by
compiled code (`gopolicy.go.random_games`) in some 50 ms; it is refined by lines that the policy plays where it is not
settled yet, a batch at a time, each finished randomly many times.  Of games ended by two passes, and of early boards,
the first answer is the answer.  Of 437 finished games of KGS it names the winner as the players did in 429 and their
score within two points in 417 (engine/README.md).

    settler = Settler(policy)              # keep it: it remembers positions
    settled = settler.settle(game)         # at most 2 s; an empty or early board at once
    settled.ownership, settled.dead, settled.seki, settled.is_estimate, settled.score(rules, komi)
    for settled in settler.refine(game): ...   # better and better, for a window that shows them as they come

`is_estimate` is True while stones or territory are open: such a score is a guess, and whoever shows it says so.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.board import Board
from gopolicy.go.coords import BLACK, EMPTY, WHITE, Color, Point
from gopolicy.go.game import Game
from gopolicy.go.random_games import finish_randomly
from gopolicy.go.scoring import AREA, MANY_OPEN, ScoringRules, area, open_correction, score
from gopolicy.go.state import OFF_BOARD
from gopolicy.policy.sensible import AsksProbabilities, sensible_mask

SETTLED: Final = 0.6  # a chain is settled from this mean ownership on, dead or alive
SETTLED_TERRITORY: Final = 0.3  # an empty point that only one side's living stones surround, from this on
NEUTRAL: Final = 0.5  # a point is no one's for good from this share of endings on
RANDOM_GAMES: Final = 400  # of the first answer
LINES: Final = 8  # played by the policy in a batch
GAMES_A_LINE: Final = 50  # that finish a line
BATCHES: Final = 4
LINE_LENGTH: Final = 80
STEADY: Final = 0.1  # a batch that changes no ownership by more is the last
SHARPNESS: Final = 2.0  # lines draw moves by this power of their probabilities
SECONDS: Final = 2.0
KEPT: Final = 256  # positions


@dataclass(frozen=True, eq=False)
class Settlement:
    """How a position ends.

    board: the position.  owners: float64 `[3, rows, columns]`, the shares of endings in which each point is no one's,
    Black's and White's.  lines: how many the policy played; 0 for random games alone, which count as much as a batch.
    """

    board: Board
    owners: NDArray[np.float64]
    lines: int

    @cached_property
    def ownership(self) -> NDArray[np.float32]:
        """The mean owner of each point: float32 `[rows, columns]`, +1 Black, -1 White."""
        mean: NDArray[np.float32] = (self.owners[BLACK] - self.owners[WHITE]).astype(np.float32)
        return mean

    @cached_property
    def unsettled(self) -> NDArray[np.bool_]:
        """Where it is open whose the point will be, bool `[rows, columns]`; dame count, liberties in seki do not."""
        flat = self.ownership.reshape(-1)
        owner = area(self.board, self.dead).reshape(-1)
        sides = np.select([owner == BLACK, owner == WHITE], [1.0, -1.0])
        # Random games invade large territories and live there now and then: what is fenced in needs less agreement.
        result = sides * flat < SETTLED_TERRITORY
        result[self.owners[EMPTY].reshape(-1) > NEUTRAL] = False
        for _, chain in self._chains:
            result[chain] = abs(float(np.mean(flat[chain]))) < SETTLED
        return result.reshape(self.board.shape)

    @property
    def is_estimate(self) -> bool:
        """Whether stones or territory are still open, so that the score is a guess."""
        return bool((self.unsettled & ~self.dame).any())

    @cached_property
    def dame(self) -> NDArray[np.bool_]:
        """Empty points between living stones of both colors, for either side to take: bool `[rows, columns]`."""
        result = np.zeros(self.board.colors.size, np.bool_)
        colors, dead, open_points = self.board.colors.reshape(-1), self.dead, self.unsettled.reshape(-1)
        for point in np.flatnonzero(open_points & (colors == EMPTY)).tolist():
            near = {int(colors[n]) for n in _neighbors(self.board, point) if n not in dead and not open_points[n]}
            result[point] = {BLACK, WHITE} <= near
        return result.reshape(self.board.shape)

    @cached_property
    def dead(self) -> frozenset[Point]:
        """The stones that are taken or stay to be taken: whole chains that mostly end as the opponent's points."""
        flat = self.ownership.reshape(-1)
        return frozenset(
            point
            for color, chain in self._chains
            if (1 if color == BLACK else -1) * float(np.mean(flat[chain])) < 0
            for point in chain
        )

    @cached_property
    def seki(self) -> frozenset[Point]:
        """The living stones next to points that mostly end as no one's."""
        neutral = self.owners[EMPTY].reshape(-1) > NEUTRAL
        return frozenset(
            point
            for _, chain in self._chains
            if not self.dead & set(chain) and any(neutral[n] for p in chain for n in _neighbors(self.board, p))
            for point in chain
        )

    @cached_property
    def _chains(self) -> list[tuple[Color, list[Point]]]:
        heads = self.board.state.head
        return [
            (self.board.color_at(point), self.board.chain(point))
            for point in range(self.board.colors.size)
            if self.board.color_at(point) != EMPTY and heads[point] == point
        ]

    def score(self, rules: ScoringRules = AREA, komi: float = 7.5, *, handicap: int = 0) -> float:
        """Return Black's points minus White's if all is as settled here; see `gopolicy.go.scoring.score`.

        Where many points are open they count by their mean owner, see `open_correction`.
        """
        points = score(self.board, komi, rules, handicap=handicap, dead=self.dead, seki=self.seki)
        return points + open_correction(area(self.board, self.dead), self.ownership, self.unsettled & ~self.dame)


@dataclass
class _Work:
    """What is known of a position so far."""

    random: NDArray[np.float64]
    sums: NDArray[np.float64]
    lines: int = 0
    is_done: bool = False


class Settler:
    """Finds out how positions end, and remembers them.

    policy: what plays the lines; None for random games alone.  seed: of everything random.
    """

    def __init__(self, policy: AsksProbabilities | None, *, seed: int = 0) -> None:
        self._policy = policy.quick() if policy else None
        self._seed = seed
        self._known: OrderedDict[bytes, _Work] = OrderedDict()

    def at_once(self, game: Game) -> Settlement:
        """Return what is known of a position, else what random games say (some 50 ms)."""
        return _settlement(game, self._work(game))

    def settle(
        self, game: Game, *, seconds: float = SECONDS, is_stopped: Callable[[], bool] = lambda: False
    ) -> Settlement:
        """Return how a position ends, after `seconds` at most or when it does not change any more.

        is_stopped: asked between two batches of network evaluations; True ends the work with what is known.
        """
        return list(self.refine(game, seconds=seconds, is_stopped=is_stopped))[-1]

    def refine(
        self, game: Game, *, seconds: float = SECONDS, is_stopped: Callable[[], bool] = lambda: False
    ) -> Iterator[Settlement]:
        """Yield better and better answers, the first at once, until they do not change or time is up."""
        until = time.monotonic() + seconds
        work = self._work(game)
        yield _settlement(game, work)
        while not work.is_done and not is_stopped() and time.monotonic() < until:
            before = _settlement(game, work)
            if not self._add_lines(game, work, before, is_stopped, until):
                return
            after = _settlement(game, work)
            change = float(np.abs(after.ownership - before.ownership).max())
            work.is_done = change <= STEADY or work.lines >= BATCHES * LINES
            yield after

    def _work(self, game: Game) -> _Work:
        ko = -1 if game.board.ko_point is None else game.board.ko_point
        key = game.board.colors.tobytes() + bytes([game.to_play, game.is_over]) + ko.to_bytes(2, "big", signed=True)
        work = self._known.pop(key, None)
        if work is None:
            counts = finish_randomly(game, RANDOM_GAMES, self._seed).astype(np.float64)
            work = _Work(counts / RANDOM_GAMES, np.zeros_like(counts))
            opened = int(_settlement(game, work).unsettled.sum())
            # Of finished games lines know no more: players who both passed left nothing to play.
            work.is_done = self._policy is None or game.is_over or opened > MANY_OPEN or opened == 0
        self._known[key] = work
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
        return work

    def _add_lines(
        self, game: Game, work: _Work, before: Settlement, is_stopped: Callable[[], bool], until: float
    ) -> bool:
        """Let the policy play LINES lines and count how they end, as far as they are when time is up.

        Return False, and count none, if the work was stopped: finishing the lines takes a while.
        """
        assert self._policy is not None
        rng = np.random.default_rng([self._seed, work.lines])
        lines = [game.copy() for _ in range(LINES)]
        region = near(before.unsettled)
        going, passes = list(range(LINES)), [0] * LINES
        for _ in range(LINE_LENGTH):
            if is_stopped():
                return False
            if not going or time.monotonic() >= until:
                break
            moved = _advance(self._policy, [lines[i] for i in going], region, rng)
            for i, did in zip(going, moved, strict=True):
                passes[i] = 0 if did else passes[i] + 1
            going = [i for i in going if passes[i] < 2]
        for i, line in enumerate(lines):
            work.sums += finish_randomly(line, GAMES_A_LINE, self._seed + 1 + work.lines + i) / GAMES_A_LINE
        work.lines += LINES
        return True


def _settlement(game: Game, work: _Work) -> Settlement:
    owners = (work.sums + LINES * work.random) / (work.lines + LINES)
    return Settlement(game.board.copy(), owners, work.lines)


def _advance(
    policy: AsksProbabilities, games: list[Game], region: NDArray[np.bool_], rng: np.random.Generator
) -> list[bool]:
    """Play a move or a pass in each game; return which ones moved.

    region: bool `[rows, columns]`, where it is open; a move that the policy would play elsewhere is a pass here.
    """
    masks = [sensible_mask(game) for game in games]
    movers = [i for i, mask in enumerate(masks) if mask.any()]
    found = policy.probabilities_batch([games[i] for i in movers], 1) if movers else ()
    chosen: dict[int, Point] = {}
    for i, probabilities in zip(movers, found, strict=True):
        weights = np.where(masks[i], probabilities, 0.0).reshape(-1).astype(np.float64) ** SHARPNESS
        point = int(rng.choice(len(weights), p=weights / weights.sum())) if weights.sum() > 0 else None
        if point is not None and region.reshape(-1)[point]:
            chosen[i] = point
    for i, game in enumerate(games):
        game.play(chosen.get(i))
    return [i in chosen for i in range(len(games))]


def near(points: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a mask and all points next to it: bool `[rows, columns]`."""
    result = points.copy()
    result[1:] |= points[:-1]
    result[:-1] |= points[1:]
    result[:, 1:] |= points[:, :-1]
    result[:, :-1] |= points[:, 1:]
    return result


def _neighbors(board: Board, point: Point) -> list[Point]:
    return [int(n) for n in board.state.neighbors[point] if n != OFF_BOARD]

"""What the window asks of a network, as types; the network itself is made elsewhere and lives in a thread.

A task carries copies of everything it is about, so that the thread shares nothing with the session.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from gopolicy.archive.exploration import Exploration
from gopolicy.go.coords import Move, Point
from gopolicy.go.game import Game
from gopolicy.go.scoring import ScoringRules
from gopolicy.prediction import Prediction
from gopolicy.ui.model.archive_view import ArchiveView, Rectangle
from gopolicy.ui.model.candidate_lines import Line
from gopolicy.ui.model.positions import PositionKey

LINE_LENGTH: Final = 8  # moves of a candidate's continuation
SETTLING: Final = 2.0  # seconds for the second look at how a position ends; the first is taken at once

Grid = NDArray[np.float32]
OnProgress = Callable[[float], None]


@dataclass(frozen=True)
class Style:
    """How the network picks its moves from its probabilities."""

    temperature: float = 0.25
    """0 always takes the top move, 1 draws as the network expects people to play"""
    top_p: float = 0.95
    """draw only among the top moves that make up this share"""
    greedy_after: int | None = None
    """always the top move from this move number on"""


class Network(Protocol):
    """A policy with the judgments that play needs."""

    @property
    def name(self) -> str:
        """What to call it in the window and in records."""

    @property
    def profiles(self) -> tuple[str, ...]:
        """Names of the profiles that it can predict and play as."""

    @property
    def profile(self) -> str:
        """Name of the one that it does, "" for none."""

    def use_profile(self, profile: str) -> None:
        """Predict and play as a profile from now on, "" for none."""

    def probabilities_batch(self, games: Sequence[Game]) -> Grid:
        """Return float32 `[B, 19, 19]`: the probability of each point as the next move."""

    def probabilities_as(self, profile: str, games: Sequence[Game]) -> Grid:
        """Return what `probabilities_batch` would as a profile, "" for none."""

    def choose_move(self, game: Game, style: Style, rules: ScoringRules, rng: np.random.Generator) -> Move:
        """Return a move for the color to play, None for a pass."""

    def settle(self, game: Game, rules: ScoringRules, seconds: float, is_stopped: Callable[[], bool]) -> "Ending":
        """Return how a game ends, found at once (0 seconds) or with more care; on boards of any size."""

    def pass_share(self, game: Game, probabilities: Grid, rules: ScoringRules) -> float:
        """Return the probability of a pass beside `probabilities`, 0 while a move can gain something."""

    def continue_lines(
        self, game: Game, moves: Sequence[Point], length: int, between: Callable[[], None]
    ) -> list[Line]:
        """Return a line of up to `length` moves after each of `moves`; calls `between` batches, which may raise."""

    def attribution(self, game: Game, point: Point) -> Grid:
        """Return float32 `[planes, 19, 19]`: what each plane's points add to the log probability of a move, in bits."""


class Ending(NamedTuple):
    """How a position ends.

    ownership: float32 `[rows, columns]`, 1 black to -1 white.  dead, seki: stones.  is_open: bool `[rows, columns]`,
    points that are not decided, which makes a score an estimate.
    """

    ownership: Grid
    dead: frozenset[Point]
    seki: frozenset[Point]
    is_open: NDArray[np.bool_]


class AbandonedError(Exception):
    """A task that nobody waits for any more; raised inside the network's own progress call."""


@dataclass(frozen=True, eq=False)
class Task:
    """Something to find out about `games`; `key` is the position on the board when it was queued."""

    key: PositionKey
    games: tuple[Game, ...]
    dropped: Event = field(default_factory=Event, init=False)

    def run(self, network: Network, on_progress: OnProgress) -> object:
        """Find it out; runs in the network's thread.  on_progress: called with the share done of long tasks."""
        raise NotImplementedError

    def check(self) -> None:
        """Raise AbandonedError if nobody waits for the answer."""
        if self.dropped.is_set():
            raise AbandonedError


@dataclass(frozen=True, eq=False)
class Predict(Task):
    """The probabilities of every game: float32 `[B, 19, 19]`."""

    def run(self, network: Network, on_progress: OnProgress) -> Grid:
        """Run one batch."""
        self.check()
        return np.asarray(network.probabilities_batch(self.games), np.float32)


@dataclass(frozen=True, eq=False)
class PredictAs(Task):
    """The probabilities of every game as a profile, "" for none: float32 `[B, 19, 19]`."""

    profile: str

    def run(self, network: Network, on_progress: OnProgress) -> Grid:
        """Run one batch."""
        self.check()
        return np.asarray(network.probabilities_as(self.profile, self.games), np.float32)


@dataclass(frozen=True, eq=False)
class UseProfile(Task):
    """The network's name once it predicts and plays as a profile, "" for none."""

    profile: str

    def run(self, network: Network, on_progress: OnProgress) -> str:
        """Change over."""
        network.use_profile(self.profile)
        return network.name


@dataclass(frozen=True, eq=False)
class ChooseMove(Task):
    """The network's own move: a Move."""

    style: Style
    rules: ScoringRules
    seed: int

    def run(self, network: Network, on_progress: OnProgress) -> Move:
        """Let the network choose."""
        return network.choose_move(self.games[0], self.style, self.rules, np.random.default_rng(self.seed))


@dataclass(frozen=True, eq=False)
class Continue(Task):
    """How the network would play on after each of `moves`: a list of Lines."""

    moves: tuple[Point, ...]

    def run(self, network: Network, on_progress: OnProgress) -> list[Line]:
        """Play on, all lines in one batch a move."""
        return network.continue_lines(self.games[0], self.moves, LINE_LENGTH, self.check)


@dataclass(frozen=True, eq=False)
class Attribute(Task):
    """What made `point` likely: float32 `[planes, 19, 19]`."""

    point: Point

    def run(self, network: Network, on_progress: OnProgress) -> Grid:
        """Follow the gradients."""
        self.check()
        return np.asarray(network.attribution(self.games[0], self.point), np.float32)


@dataclass(frozen=True, eq=False)
class Explore(Task):
    """What was played in the position, or in a region of it, in an archive: an Exploration; needs no network."""

    archive: ArchiveView
    prediction: Prediction | None
    region: Rectangle | None

    def run(self, network: Network, on_progress: OnProgress) -> Exploration:
        """Look it up; gives a region up as soon as the task is dropped."""

        def note(share: float) -> None:
            self.check()
            on_progress(share)

        self.check()
        return self.archive.explore(self.games[0], self.prediction, self.region, note)


@dataclass(frozen=True, eq=False)
class Settle(Task):
    """How the position ends: an Ending, found within some seconds or (0) at once."""

    rules: ScoringRules
    seconds: float = 0.0

    def run(self, network: Network, on_progress: OnProgress) -> Ending:
        """Play the game out; gives up as soon as the task is dropped."""
        self.check()
        ending = network.settle(self.games[0], self.rules, self.seconds, self.dropped.is_set)
        self.check()
        return ending


@dataclass(frozen=True, eq=False)
class SharePass(Task):
    """The probability of a pass beside a prediction: a float."""

    probabilities: Grid
    rules: ScoringRules

    def run(self, network: Network, on_progress: OnProgress) -> float:
        """Find out whether a move can still gain something."""
        self.check()
        return network.pass_share(self.games[0], self.probabilities, self.rules)

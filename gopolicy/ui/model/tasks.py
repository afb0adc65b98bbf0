"""What the window asks of a network, as types; the network itself is made elsewhere and lives in a thread.

A task carries copies of everything it is about, so that the thread shares nothing with the session.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.coords import Move, Point
from gopolicy.go.game import Game
from gopolicy.ui.model.candidate_lines import Line
from gopolicy.ui.model.positions import PositionKey

# Playouts are slow, so a first estimate comes from few of them and is refined while it is looked at.
PLAYOUTS: Final = 4
ROUNDS: Final = 4
LINE_LENGTH: Final = 8  # moves of a candidate's continuation

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

    def probabilities_batch(self, games: Sequence[Game]) -> Grid:
        """Return float32 `[B, 19, 19]`: the probability of each point as the next move."""

    def choose_move(self, game: Game, style: Style, rng: np.random.Generator) -> Move:
        """Return a move for the color to play, None for a pass."""

    def estimate_ownership(self, game: Game, playouts: int, seed: int, progress: OnProgress) -> Grid:
        """Return float32 `[19, 19]`, 1 black to -1 white; calls `progress` with the share done, which may raise."""

    def dead_stones(self, game: Game, ownership: Grid) -> set[Point]:
        """Return the stones that an estimate of ownership gives to the other color."""

    def continue_lines(
        self, game: Game, moves: Sequence[Point], length: int, between: Callable[[], None]
    ) -> list[Line]:
        """Return a line of up to `length` moves after each of `moves`; calls `between` batches, which may raise."""

    def attribution(self, game: Game, point: Point) -> Grid:
        """Return float32 `[planes, 19, 19]`: what each plane's points add to the log probability of a move, in bits."""


class Estimate(NamedTuple):
    """What playouts say of a position: float32 `[19, 19]`, 1 black to -1 white, and the stones that die."""

    ownership: Grid
    dead: set[Point]


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
class ChooseMove(Task):
    """The network's own move: a Move."""

    style: Style
    seed: int

    def run(self, network: Network, on_progress: OnProgress) -> Move:
        """Let the network choose."""
        return network.choose_move(self.games[0], self.style, np.random.default_rng(self.seed))


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
class EstimateOwnership(Task):
    """Who will own each point: an Estimate; `known` is the one of the rounds before, which this one refines."""

    rounds: int = 0
    known: Grid | None = None

    def run(self, network: Network, on_progress: OnProgress) -> Estimate:
        """Play the game out a few times; gives up as soon as the task is dropped."""

        def progress(share: float) -> None:
            self.check()
            on_progress(share)

        ownership = network.estimate_ownership(self.games[0], PLAYOUTS, self.rounds, progress)
        if self.known is not None:
            ownership = ((self.known * self.rounds + ownership) / (self.rounds + 1)).astype(np.float32)
        return Estimate(ownership, network.dead_stones(self.games[0], ownership))

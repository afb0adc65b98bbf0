"""The network as a player: the move it is to show next, and what holds it back."""

import time
from collections.abc import Callable
from typing import Final

import numpy as np

from gopolicy.go.coords import Move
from gopolicy.ui.model.positions import PositionKey
from gopolicy.ui.model.requests import DueMove

LEAST_PAUSE: Final = 0.4  # seconds from a stone to the network's answer, so that the eye can follow


class Opponent:
    """See the module.

    due: the move it has chosen.  forced: a position in which it was asked to move, whoever's turn it is.
    paused: it was told to wait.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last_stone = clock()
        self._choices = 0
        self.first_seed = 0
        self.due: DueMove | None = None
        self.forced: PositionKey | None = None
        self.paused = False

    def reset(self) -> None:
        """Begin a game."""
        self._last_stone = self._clock()
        self.due, self.forced, self.paused = None, None, False

    def stone_played(self) -> None:
        """Note when the last stone was put down."""
        self._last_stone = self._clock()

    def choose(self, key: PositionKey, move: Move) -> None:
        """Note the move that it chose in a position, due when the pause is over."""
        self.due = DueMove(key, move, self._last_stone + LEAST_PAUSE)

    def stop(self, *, pause: bool = False) -> None:
        """Forget what it was about to play; pause: and let it wait."""
        self.due = self.forced = None
        self.paused = self.paused or pause

    def go_on(self, key: PositionKey | None = None) -> None:
        """End a pause; key: and have it move in this position."""
        self.paused, self.forced = False, key

    def seconds_until_due(self) -> float | None:
        """Return how long until its move is to be played, 0 if now, None if none is waiting."""
        return None if self.due is None else max(0.0, self.due.due - self._clock())

    def next_seed(self, number: int) -> int:
        """Return the seed for its next choice, at move `number`; the same first seed gives the same seeds."""
        self._choices += 1
        return int(np.random.SeedSequence([self.first_seed, self._choices, number]).generate_state(1)[0])

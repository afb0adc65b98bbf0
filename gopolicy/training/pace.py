"""How many steps fit into the minutes of a run: its speed, measured from the start on."""

import time
from collections.abc import Callable
from typing import Final

FIRST_STEPS: Final = 2  # of a process, slower than the others: they compile, and ask for memory
LEAST_SECONDS: Final = 1.0  # of steps, before the speed is believed
ENDING_SHARE: Final = 0.02  # of the time, kept for the last measurement and saving until one has been timed


class Pace:
    """Fits the number of steps to the time that is left.

    seconds: from now to the end of the run.  clock: in seconds.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds
        self._ending = ENDING_SHARE * seconds
        self._first: tuple[int, float] | None = None
        self._steps = 0

    def pause(self, seconds: float) -> None:
        """Note how long measuring and saving took: the run's end takes as long."""
        self._ending = seconds

    def fit(self, step: int, planned: int) -> int:
        """Return the steps of the whole run, now that `step` of them are made.

        planned: what is returned until the speed is known, and one step more at least.
        """
        now = self._clock()
        left = self._end - self._ending - now
        if left <= 0:
            return step
        if self._first is None:
            self._steps += 1
            if self._steps >= FIRST_STEPS:
                self._first = step, now
            return max(planned, step + 1)
        steps, seconds = step - self._first[0], now - self._first[1]
        if seconds < LEAST_SECONDS or not steps:
            return max(planned, step + 1)
        return step + int(left * steps / seconds)

"""The games of a corpus as compiled code replays them, with the board to do it on."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.coords import BOARD_SIZE
from gopolicy.go.state import State, Trail, new_state, new_trail
from gopolicy.records.corpus import Corpus


class Replay(NamedTuple):
    """Some games, and a board and its trail, which a replay changes.

    events: uint16 `[k]`, read-only.  spans: int64 `[games, 2]`, the first event of a game and the one behind its last.
    """

    state: State
    trail: Trail
    events: NDArray[np.uint16]
    spans: NDArray[np.int64]

    def part(self, first: int, last: int) -> "Replay":
        """Return the games from number `first` up to `last`, on the same board."""
        return self._replace(spans=self.spans[first:last])


def replay_of(corpus: Corpus) -> Replay:
    """Return all games of a corpus."""
    events = np.asarray(corpus.all_events).view()
    events.flags.writeable = False  # one type for compiled code, whether mapped from a file or not
    begins = corpus.index["start"].astype(np.int64)
    spans = np.stack([begins, begins + corpus.index["events"]], axis=1)
    return Replay(new_state(BOARD_SIZE), new_trail(), events, spans)

"""A line of play as events: how far the rules allow it."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gopolicy.go import events as ev
from gopolicy.go.board import REASONS
from gopolicy.go.coords import COLOR_NAMES, Size, to_vertex
from gopolicy.go.moves import KO, NO_LIBERTIES, OCCUPIED, SOUND, SUICIDE, clear, replay_events
from gopolicy.go.state import State, Trail, new_state, new_trail

# Why a line was cut, for programs: `Record.cut`.
CUTS = {OCCUPIED: "occupied", KO: "ko", SUICIDE: "suicide", NO_LIBERTIES: "setup without liberties"}
UNREADABLE_MOVE = "unreadable move"


class Soundness(NamedTuple):
    """How far a line of events can be played: `length` of them; `cut` and `warning` say why no further."""

    length: int
    cut: str | None
    warning: str | None


@lru_cache
def _scratch(size: Size) -> tuple[State, Trail]:
    return new_state(size), new_trail()  # nothing in them outlives a call


def soundness(size: Size, events: NDArray[np.uint16]) -> Soundness:
    """Replay `events` (uint16 `[k]`) from the empty board; return how many of them the rules allow, and why no more."""
    state, trail = _scratch(size)
    clear(state)
    applied, wrong = replay_events(state, trail, events)
    if wrong == SOUND:
        return Soundness(len(events), None, None)
    event = events[applied]
    if wrong == NO_LIBERTIES:  # setup stones take effect together, so the whole run goes
        while applied and ev.is_setup(events[applied - 1]):
            applied -= 1
        return Soundness(applied, CUTS[wrong], f"illegal setup: {REASONS[wrong]}")
    number = 1 + sum(not ev.is_setup(earlier) for earlier in events[:applied])
    color = COLOR_NAMES[ev.event_color(event)][0].upper()
    warning = f"illegal move {number} {color} {to_vertex(ev.event_move(event), size)}: {REASONS[wrong]}"
    return Soundness(applied, CUTS[wrong], warning)

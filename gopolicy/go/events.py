"""A record's nodes as numbers: one uint16 for a move, a pass or a setup stone.

    bits 0-9    point, or NO_POINT for a pass
    bits 10-11  color: BLACK, WHITE, or EMPTY for a point that setup clears
    bit 12      set for setup stones, clear for moves

An array of events is the whole course of a game: records hold it, the corpus stores it, compiled code
replays it.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.coords import BLACK, WHITE, Color, Move, Point, opponent

NO_POINT: Final = 1023
POINT_MASK: Final = 1023
COLOR_SHIFT: Final = 10
SETUP: Final = 1 << 12


def move_event(color: Color, move: Move) -> int:
    """Return the event of a move or a pass by `color`."""
    return color << COLOR_SHIFT | (NO_POINT if move is None else move)


def setup_event(color: Color, point: Point) -> int:
    """Return the event that makes `point` hold `color`, or nothing for EMPTY."""
    return SETUP | color << COLOR_SHIFT | point


def event_color(event: int) -> Color:
    """Return the color of an event."""
    return int(event) >> COLOR_SHIFT & 3


def event_move(event: int) -> Move:
    """Return the point of an event, None for a pass."""
    point = int(event) & POINT_MASK
    return None if point == NO_POINT else point


def is_setup(event: int) -> bool:
    """Return whether an event is a setup stone."""
    return bool(int(event) & SETUP)


def to_play_after(events: Sequence[int] | NDArray[np.uint16]) -> Color:
    """Return whose turn comes after `events`: the opponent of the last mover, White after black stones only.

    A record may say otherwise (PL); that is for its reader to put first.
    """
    for event in reversed(events):
        if not is_setup(int(event)):
            return opponent(event_color(int(event)))
    handicap = len(events) > 0 and all(event_color(int(event)) == BLACK for event in events)
    return WHITE if handicap else BLACK

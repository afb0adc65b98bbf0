"""Planes of many positions of many games in one compiled call."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gopolicy.features.planes import NUM_PLANES, encode_state
from gopolicy.go.compiled import compiled
from gopolicy.go.coords import BOARD_SIZE, EMPTY
from gopolicy.go.events import COLOR_SHIFT, NO_POINT, POINT_MASK, SETUP
from gopolicy.go.moves import SOUND, apply_event
from gopolicy.go.state import (
    CAPTURED_BLACK,
    CAPTURED_WHITE,
    KO_POINT,
    POINTS,
    TURN,
    State,
    Trail,
    new_state,
    new_trail,
    word_count,
)

if TYPE_CHECKING:
    from gopolicy.records.corpus import Corpus


@compiled
def _clear(state: State) -> None:
    """Make the board empty and forget what happened on it."""
    for point in range(state.info[POINTS]):
        state.color[point] = EMPTY
    state.info[TURN] = 0
    state.info[KO_POINT] = NO_POINT
    state.info[CAPTURED_BLACK] = 0
    state.info[CAPTURED_WHITE] = 0


@compiled
def encode_chosen(
    state: State,
    trail: Trail,
    events: NDArray[np.uint16],
    wanted: NDArray[np.int64],
    rows: NDArray[np.int64],
    planes: NDArray[np.uint64],
    points: NDArray[np.int64],
) -> int:
    """Replay one game and write the planes before chosen moves; return how many were found.

    events: uint16 `[k]`.  wanted: int64 `[m]`, increasing move numbers from 0, passes and setup not counted.
    rows: int64 `[m]`, where in planes (uint64 `[n, NUM_PLANES, W]`) and points (int64 `[n]`) each goes.
    """
    _clear(state)
    move, found = 0, 0
    for i in range(events.shape[0]):
        event = events[i]
        point = event & POINT_MASK
        if not event & SETUP and point != NO_POINT:
            if move == wanted[found]:
                encode_state(state, trail, (event >> COLOR_SHIFT) & 3, planes[rows[found]])
                points[rows[found]] = point
                found += 1
                if found == wanted.shape[0]:
                    return found
            move += 1
        if apply_event(state, trail, events, i) != SOUND:
            return found
    return found


@compiled
def _encode_games(
    state: State,
    trail: Trail,
    events: NDArray[np.uint16],
    spans: NDArray[np.int64],
    wanted: NDArray[np.int64],
    rows: NDArray[np.int64],
    planes: NDArray[np.uint64],
    points: NDArray[np.int64],
) -> int:
    """Encode chosen positions of several games; return how many were found.

    spans: int64 `[games, 4]`: the game's first event and the one behind its last in `events`, its first entry
    and the one behind its last in `wanted` and `rows`.  The rest as in `encode_chosen`.
    """
    found = 0
    for i in range(spans.shape[0]):
        first, last = spans[i, 2], spans[i, 3]
        game = events[spans[i, 0] : spans[i, 1]]
        found += encode_chosen(state, trail, game, wanted[first:last], rows[first:last], planes, points)
    return found


def encode_positions(
    corpus: "Corpus",
    games: NDArray[np.int64],
    moves: NDArray[np.int64],
    planes: NDArray[np.uint64] | None = None,
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return bit planes, uint64 `[n, NUM_PLANES, W]`, and the points played, int64 `[n]`, of chosen positions.

    games, moves: int64 `[n]` in any order: the game in the corpus and the number of the move from 0 on,
    passes not counted.  A game is replayed once for all its positions; rows in the order of the games are
    written fastest.  planes: an array to write to instead of a new one.
    """
    if planes is None:
        planes = np.empty((len(games), NUM_PLANES, word_count(BOARD_SIZE)), np.uint64)
    points = np.empty(len(games), np.int64)
    order = np.lexsort((moves, games))
    bounds = np.flatnonzero(np.diff(games[order], prepend=-1, append=-1))
    entries = corpus.index[games[order[bounds[:-1]]]]
    starts = entries["start"].astype(np.int64)
    spans = np.stack([starts, starts + entries["events"], bounds[:-1], bounds[1:]], axis=1)
    events = np.asarray(corpus.all_events).view()
    events.flags.writeable = False  # one type for compiled code, whether mapped from a file or not
    found = _encode_games(new_state(BOARD_SIZE), new_trail(), events, spans, moves[order], order, planes, points)
    assert found == len(games), "a corpus holds sound games"
    return planes, points

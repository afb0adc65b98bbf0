"""Planes of many positions of whole games in one compiled call."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.features.planes import NUM_PLANES, encode_state
from gopolicy.go.compiled import compiled
from gopolicy.go.coords import BLACK, BOARD_SIZE, WHITE
from gopolicy.go.events import COLOR_SHIFT, NO_POINT, POINT_MASK, SETUP
from gopolicy.go.moves import SOUND, apply_event, clear
from gopolicy.go.state import (
    State,
    Trail,
    new_state,
    new_trail,
    word_count,
)
from gopolicy.records.corpus import Corpus, CorpusError
from gopolicy.records.record import Record

# Which turns `encode_chosen` numbers: the sides as a sum of BLACK and WHITE, and PASSES for their passes too.
PASSES: Final = 4


@compiled
def encode_chosen(
    state: State,
    trail: Trail,
    events: NDArray[np.uint16],
    turns: int,
    chosen: NDArray[np.int64],
    rows: NDArray[np.int64],
    planes: NDArray[np.uint64],
    points: NDArray[np.int64],
) -> int:
    """Replay one game and write the planes before chosen turns; return how many were found.

    events: uint16 `[k]`; the replay ends at a wrong one.  turns: which turns are numbered: BLACK + WHITE for the moves
    of both, more with PASSES.  chosen: int64 `[m]`, increasing numbers of those turns from 0.
    rows: int64 `[m]`, where in planes (uint64 `[n, NUM_PLANES, W]`) and points (int64 `[n]`, -1 for a pass) each goes.
    """
    clear(state)
    turn, found = 0, 0
    for i in range(events.shape[0]):
        if found == chosen.shape[0]:
            break
        event, is_chosen = events[i], 0
        point, color = event & POINT_MASK, (event >> COLOR_SHIFT) & 3
        if not event & SETUP and (color == BLACK or color == WHITE) and color & turns:
            if point != NO_POINT or turns & PASSES:
                if turn == chosen[found]:
                    encode_state(state, trail, color, planes[rows[found]])
                    points[rows[found]] = -1 if point == NO_POINT else point
                    is_chosen = 1
                turn += 1
        if apply_event(state, trail, events, i) != SOUND:
            break
        found += is_chosen
    return found


@compiled
def _encode_games(
    state: State,
    trail: Trail,
    events: NDArray[np.uint16],
    spans: NDArray[np.int64],
    chosen: NDArray[np.int64],
    rows: NDArray[np.int64],
    planes: NDArray[np.uint64],
    points: NDArray[np.int64],
) -> int:
    """Encode chosen turns of several games as `encode_chosen` does; return how many were found.

    spans: int64 `[games, 5]`: the game's first event and the one behind its last in `events`, its first entry and the
    one behind its last in `chosen` and `rows`, and which turns are numbered.
    """
    found = 0
    for i in range(spans.shape[0]):
        game, first, last = events[spans[i, 0] : spans[i, 1]], spans[i, 2], spans[i, 3]
        found += encode_chosen(state, trail, game, spans[i, 4], chosen[first:last], rows[first:last], planes, points)
    return found


def encode_positions(
    corpus: Corpus,
    games: NDArray[np.int64],
    moves: NDArray[np.int64],
    planes: NDArray[np.uint64] | None = None,
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return bit planes, uint64 `[n, NUM_PLANES, W]`, and the points played, int64 `[n]`, of chosen positions.

    games, moves: int64 `[n]` in any order: the game in the corpus and the number of its target from 0 on.
    A game is replayed once for all its positions; rows in the order of the games are written fastest.
    planes: an array to write to instead of a new one.  Raises CorpusError if a game does not hold what it should.
    """
    if planes is None:
        planes = np.empty((len(games), NUM_PLANES, word_count(BOARD_SIZE)), np.uint64)
    points = np.empty(len(games), np.int64)
    order = np.lexsort((moves, games))
    bounds = np.flatnonzero(np.diff(games[order], prepend=-1, append=-1))
    entries = corpus.index[games[order[bounds[:-1]]]]
    starts = entries["start"].astype(np.int64)
    ends = starts + entries["events"]
    spans = np.stack([starts, ends, bounds[:-1], bounds[1:], entries["sides"]], axis=1)
    found = _encode_games(
        new_state(BOARD_SIZE), new_trail(), _read_only(corpus.all_events), spans, moves[order], order, planes, points
    )
    if found != len(games):
        raise CorpusError("a game of the corpus is not what its entry says; prepare the corpus again")
    return planes, points


def encode_record(
    record: Record, plies: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the bit planes before each turn of a record and the points played, in one compiled call.

    plies: increasing turn numbers from 0, passes counted; None for all.
    Returns planes, uint64 `[k, 48, W]`, and points, int64 `[k]`, -1 for a pass.  `unpack(planes[i])` equals
    `encode` of the game before that turn.
    """
    chosen = np.arange(record.turns) if plies is None else np.asarray(plies, np.int64)
    planes = np.empty((len(chosen), NUM_PLANES, word_count(record.size)), np.uint64)
    points, rows = np.empty(len(chosen), np.int64), np.arange(len(chosen))
    state, turns = new_state(record.size), BLACK + WHITE + PASSES
    found = encode_chosen(state, new_trail(), _read_only(record.events), turns, chosen, rows, planes, points)
    if found != len(chosen):
        raise IndexError(f"the record has {record.turns} turns, not {chosen[-1] + 1}")
    return planes, points


def _read_only(events: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Return a read-only view: one type for compiled code, whether mapped from a file or not."""
    view = np.asarray(events).view()
    view.flags.writeable = False
    return view

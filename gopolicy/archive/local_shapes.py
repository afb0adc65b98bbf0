"""Keys of the surroundings of a move, and in how many games of an archive a move was played in the same ones.

The surroundings are the 9x9 points around it, the edge of the board included, up to symmetry and with the stones as
those of who moves and of the opponent.  Where they lie on the board does not count.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.archive.position_keys import POINTS, SEED, mixed
from gopolicy.archive.replaying import Replay, replay_of
from gopolicy.features.symmetry import NUM_SYMMETRIES, image_tables
from gopolicy.go.compiled import compiled
from gopolicy.go.coords import BLACK, BOARD_SIZE, EMPTY, WHITE
from gopolicy.go.events import COLOR_SHIFT, POINT_MASK, SETUP
from gopolicy.go.moves import SOUND, apply_event, clear
from gopolicy.go.state import State
from gopolicy.records.corpus import Corpus

REACH: Final = 4
SIDE: Final = 2 * REACH + 1
LEAST_STONES: Final = 4  # with fewer around it a move says nothing of a shape
NO_SHAPE: Final = 0
CHUNK_GAMES: Final = 2000

OnProgress = Callable[[int], object]


@lru_cache
def _table() -> NDArray[np.uint64]:
    """Return uint64 `[81, 3, 8]`: the number of an own stone, an opponent's or the outside by place and symmetry."""
    numbers = np.random.PCG64(SEED + 1).random_raw(3 * SIDE * SIDE).reshape(3, -1)
    table = np.ascontiguousarray(numbers[:, image_tables(SIDE)].transpose(2, 0, 1))
    table.flags.writeable = False
    return table


@compiled
def _shape_key(state: State, table: NDArray[np.uint64], point: int, color: int) -> np.uint64:
    """Return the key of the surroundings of a move of `color`, NO_SHAPE if they hold too few stones."""
    hashes = np.zeros(NUM_SYMMETRIES, np.uint64)
    row, column, stones = point // BOARD_SIZE, point % BOARD_SIZE, 0
    for down in range(SIDE):
        for right in range(SIDE):
            i, j = row + down - REACH, column + right - REACH
            content = 2
            if 0 <= i < BOARD_SIZE and 0 <= j < BOARD_SIZE:
                holds = state.color[i * BOARD_SIZE + j]
                if holds == EMPTY:
                    continue
                content = 0 if holds == color else 1
                stones += 1
            for symmetry in range(NUM_SYMMETRIES):
                hashes[symmetry] ^= table[down * SIDE + right, content, symmetry]
    if stones < LEAST_STONES:
        return np.uint64(NO_SHAPE)
    least = hashes[0]
    for symmetry in range(1, NUM_SYMMETRIES):
        if hashes[symmetry] < least:
            least = hashes[symmetry]
    return mixed(least)


@compiled
def _shape_keys(games: Replay, table: NDArray[np.uint64], keys: NDArray[np.uint64]) -> None:
    """Write the shape key of each event of the games, NO_SHAPE for passes and setup, into uint64 `[events]`."""
    state, trail, events, spans = games
    keys[:] = np.uint64(NO_SHAPE)
    for game in range(spans.shape[0]):
        clear(state)
        record = events[spans[game, 0] : spans[game, 1]]
        for i in range(record.shape[0]):
            point, color = record[i] & POINT_MASK, (record[i] >> COLOR_SHIFT) & 3
            if not record[i] & SETUP and point < POINTS and (color == BLACK or color == WHITE):
                keys[spans[game, 0] - spans[0, 0] + i] = _shape_key(state, table, point, color)
            if apply_event(state, trail, record, i) != SOUND:
                break


def shape_keys(corpus: Corpus, games: NDArray[np.int64]) -> dict[int, NDArray[np.uint64]]:
    """Return by game the shape key before each of its events, uint64 `[events]`, NO_SHAPE where there is none."""
    replay, found = replay_of(corpus), {}
    for game in np.unique(games).tolist():
        found[game] = np.empty(int(corpus.index["events"][game]), np.uint64)
        _shape_keys(replay.part(game, game + 1), _table(), found[game])
    return found


def count_games(
    corpus: Corpus, keys: NDArray[np.uint64], left_out: NDArray[np.uint64], on_progress: OnProgress | None = None
) -> NDArray[np.int64]:
    """Return in how many games a move was played in surroundings of each key: int64 `[n]`.

    left_out: uint64 `[n]`, the digest of a game that does not count for each.  on_progress: called with the number of
    new games.
    """
    wanted, places = np.unique(keys, return_inverse=True)
    rows_of = [np.flatnonzero(places == place) for place in range(len(wanted))]
    counts = np.zeros(len(keys), np.int64)
    replay, repeated = replay_of(corpus), corpus.is_repeated()
    for first in range(0, len(corpus), CHUNK_GAMES):
        games = replay.part(first, first + CHUNK_GAMES)
        part = games.spans
        found = np.empty(int(part[-1, 1] - part[0, 0]), np.uint64)
        _shape_keys(games, _table(), found)
        rows = np.minimum(np.searchsorted(wanted, found), max(len(wanted) - 1, 0))
        hits = np.flatnonzero((wanted[rows] == found) & (found != NO_SHAPE)) if len(wanted) else np.zeros(0, np.int64)
        numbers = np.searchsorted(part[:, 0], hits + part[0, 0], "right") - 1 + first
        fresh = ~repeated[numbers]
        pairs = np.unique(np.stack([rows[hits], numbers], axis=1)[fresh], axis=0)  # a game counts once
        for key, game in pairs.tolist():
            asked = rows_of[key]
            counts[asked] += left_out[asked] != corpus.index["digest"][game]
        if on_progress:
            on_progress(len(part))
    return counts

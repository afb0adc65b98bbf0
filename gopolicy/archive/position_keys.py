"""64-bit keys of positions that are equal for the eight symmetries of the board and for swapped colors.

A position is the stones on the board and whose turn it is; ko bans and the way there do not count.  Stones are taken
as those of the player to move and those of the opponent, which makes swapped colors the same.  Each of the eight
images of the board has a Zobrist hash (1970), a random number for each stone, joined by exclusive or: a move changes
it by one operation.  The key is the least of the eight, mixed so that its bits are evenly spread.
"""

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gopolicy.archive.replaying import Replay
from gopolicy.features.symmetry import NUM_SYMMETRIES, image_tables, inverse
from gopolicy.go.compiled import compiled
from gopolicy.go.coords import BLACK, BOARD_SIZE, EMPTY, WHITE, Point, row_column
from gopolicy.go.events import COLOR_SHIFT, NO_POINT, POINT_MASK, SETUP
from gopolicy.go.game import Game
from gopolicy.go.moves import SOUND, apply_event, clear
from gopolicy.go.state import CAPTURED_BLACK, CAPTURED_WHITE, State

SEED: Final = 2016  # of the random numbers; another one makes every index useless
POINTS: Final = BOARD_SIZE * BOARD_SIZE


@lru_cache
def zobrist_table() -> NDArray[np.uint64]:
    """Return uint64 `[361, 2, 8]`, read-only: the number of a stone at a point by its side (0 own) and symmetry."""
    numbers = np.random.PCG64(SEED).random_raw(2 * POINTS).reshape(2, POINTS)
    table = np.ascontiguousarray(numbers[:, image_tables(BOARD_SIZE)].transpose(2, 0, 1))
    table.flags.writeable = False
    return table


@compiled
def mixed(key: np.uint64) -> np.uint64:
    """Return a bijection of 64-bit numbers that spreads their bits (the finalizer of SplitMix64)."""
    key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return key ^ (key >> np.uint64(31))


@compiled
def _update(
    state: State, board: NDArray[np.uint8], hashes: NDArray[np.uint64], table: NDArray[np.uint64], point: int
) -> None:
    """Bring the hashes, uint64 `[2, 8]` (Black to play, White to play), up to date at one point."""
    for color in (board[point], state.color[point]):
        if color != EMPTY:
            own = 0 if color == BLACK else 1
            for symmetry in range(NUM_SYMMETRIES):
                hashes[0, symmetry] ^= table[point, own, symmetry]
                hashes[1, symmetry] ^= table[point, 1 - own, symmetry]
    board[point] = state.color[point]


@compiled
def turn_keys(games: Replay, table: NDArray[np.uint64], keys: NDArray[np.uint64], turns: NDArray[np.uint32]) -> int:
    """Write the key of the position before each turn of some games; return how many turns there were.

    turns: 8 times the number of the event, plus the symmetry that leads to the key's image.  keys and turns have
    room for all events.
    """
    state, trail, events, spans = games
    board, hashes = np.zeros(POINTS, np.uint8), np.zeros((2, NUM_SYMMETRIES), np.uint64)
    found = 0
    for game in range(spans.shape[0]):
        clear(state)
        board[:] = EMPTY
        hashes[:] = np.uint64(0)
        record = events[spans[game, 0] : spans[game, 1]]
        for i in range(record.shape[0]):
            point, color = record[i] & POINT_MASK, (record[i] >> COLOR_SHIFT) & 3
            before = state.info[CAPTURED_BLACK] + state.info[CAPTURED_WHITE]
            if not record[i] & SETUP and (color == BLACK or color == WHITE):
                best = 0
                for symmetry in range(1, NUM_SYMMETRIES):
                    if hashes[color - BLACK, symmetry] < hashes[color - BLACK, best]:
                        best = symmetry
                keys[found] = mixed(hashes[color - BLACK, best])
                turns[found] = np.uint32((spans[game, 0] + i) * NUM_SYMMETRIES + best)
                found += 1
            if apply_event(state, trail, record, i) != SOUND:
                break
            if point != NO_POINT:
                _update(state, board, hashes, table, point)
            if state.info[CAPTURED_BLACK] + state.info[CAPTURED_WHITE] != before:
                for other in range(POINTS):
                    if board[other] != state.color[other]:
                        _update(state, board, hashes, table, other)
    return found


class PositionKey(NamedTuple):
    """The key of a position, and the symmetries that lead to its image, several if the position is symmetric."""

    value: int
    symmetries: tuple[int, ...]

    def from_image(self, symmetry: int) -> NDArray[np.int64]:
        """Return int64 `[361]`: where a point of a position with this key lies in this one.

        symmetry: what leads from that position to the image.
        """
        images = image_tables(BOARD_SIZE)
        return np.asarray(images[inverse(self.symmetries[0])][images[symmetry]])

    def orbits(self) -> NDArray[np.int64]:
        """Return int64 `[361]`: for each point the one that stands for all points equal to it by symmetry."""
        moved = np.stack([self.from_image(symmetry) for symmetry in self.symmetries])  # [symmetries, 361]
        order = np.array([upper_right_first(point) for point in range(POINTS)])
        chosen = order[moved].argmin(axis=0)
        return np.asarray(moved[chosen, np.arange(POINTS)])


def position_key(game: Game) -> PositionKey:
    """Return the key of a 19x19 position."""
    colors = game.board.colors.reshape(-1)
    hashes = np.zeros(NUM_SYMMETRIES, np.uint64)
    for point in np.flatnonzero(colors):
        hashes ^= zobrist_table()[point, int(colors[point] != game.to_play)]
    least = hashes.min()
    with np.errstate(over="ignore"):
        value = int(mixed(least))
    return PositionKey(value, tuple(np.flatnonzero(hashes == least).tolist()))


def upper_right_first(point: Point) -> int:
    """Return a number that is least where first moves are shown by custom: in the upper right."""
    row, column = row_column(point, BOARD_SIZE)
    return row * BOARD_SIZE + BOARD_SIZE - 1 - column

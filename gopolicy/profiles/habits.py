"""Habits: how often a player chose which reply in the situations of the opening, counted from games.

Two kinds of situations are known again, also turned and mirrored: the corner of the last move with its stones, and the
whole board.  Where a situation was counted before, the prediction of the network is the Dirichlet prior of the replies,
worth PRIOR of them, and the counts do the rest; first for the corner, then for the board.  What comes out is a
distribution over the points again, so that its bits can be compared with any other's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.features.planes import OPPONENT, OWN, TURNS_SINCE
from gopolicy.features.symmetry import image_tables
from gopolicy.go.coords import BOARD_SIZE

OPENING: Final = 60  # stones on the board at most
EARLY: Final = OPENING + 20  # moves of a game among which those of the opening are: captures take stones away
CORNER: Final = 10  # lines of a corner
PRIOR: Final = 4.0  # replies that the network's prediction is worth
MOST: Final = 16_384  # entries of a profile, 128 KB; the rarest situations are left out first
SEED: Final = 2016  # of the random numbers; another one makes all counted habits useless
POINTS: Final = BOARD_SIZE * BOARD_SIZE
ELSEWHERE: Final = POINTS  # the reply outside the corner
REPLIES: Final = POINTS + 1
ANY: Final = REPLIES  # in a key: all replies together
UNKNOWN: Final = np.uint64(0)  # no situation: the corner of a last move that is none
KINDS: Final = ("corner", "board")
ROWS: Final = 1024  # positions looked at together, which bounds the memory


@dataclass(frozen=True, eq=False)
class Habits:
    """Counted replies.

    keys: int32 `[n]`, increasing, each of a situation and a reply, or of a situation and ANY.  counts: int32 `[n]`.
    """

    keys: NDArray[np.int32]
    counts: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.keys)

    def predict(self, planes: NDArray[np.uint64], probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return predictions with the habits in them, float32 `[n, 361]`.

        planes: uint64 `[n, 48, words]`.  probabilities: float32 `[n, 361]`, the network's.
        """
        if not len(self):
            return probabilities
        predicted = probabilities.copy()
        for rows in _openings(planes):
            for kind in KINDS:
                situations, replies = _situations(planes[rows], kind)
                totals = np.where(situations == UNKNOWN, 0, self._count(_keys(situations, np.array(ANY))))
                for place in np.flatnonzero(totals):
                    counts = self._count(_keys(situations[place : place + 1], np.arange(REPLIES)))
                    predicted[rows[place]] = _posterior(predicted[rows[place]], replies[place], counts, totals[place])
        return predicted

    def _count(self, keys: NDArray[np.int32]) -> NDArray[np.int64]:
        places = np.minimum(np.searchsorted(self.keys, keys), len(self) - 1)
        return np.where(self.keys[places] == keys, self.counts[places], 0).astype(np.int64)


NO_HABITS: Final = Habits(np.zeros(0, np.int32), np.zeros(0, np.int32))


def opening_replies(planes: NDArray[np.uint64], points: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return the situations and replies of moves, uint64 `[k, 2]`, for `count_habits`; only those of the opening.

    planes: uint64 `[n, 48, words]`.  points: int64 `[n]`, the moves played.
    """
    found = [np.zeros((0, 2), np.uint64)]
    for rows in _openings(planes):
        for kind in KINDS:
            situations, replies = _situations(planes[rows], kind)
            played = replies[np.arange(len(rows)), points[rows]].astype(np.uint64)
            found.append(np.stack([situations, played], axis=1)[situations != UNKNOWN])
    return np.concatenate(found)


def count_habits(replies: NDArray[np.uint64], most: int = MOST) -> Habits:
    """Return the habits of replies, uint64 `[k, 2]`, as `opening_replies` has them: `most` entries at most."""
    _, numbers, totals = np.unique(replies[:, 0], return_inverse=True, return_counts=True)
    often = totals[numbers.reshape(-1)]
    least = 1
    while True:
        situations, played = replies[often >= least].T
        both = np.concatenate([_keys(situations, played), _keys(situations, np.array(ANY))])
        keys, counts = np.unique(both, return_counts=True)
        if len(keys) <= most:
            return Habits(keys, counts.astype(np.int32))
        least += 1


def opening_positions(planes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the numbers of the positions that belong to the opening, int64 `[k]`."""
    return np.flatnonzero(sum(_points(planes[:, plane]).sum(axis=1) for plane in (OWN, OPPONENT)) <= OPENING)


def _openings(planes: NDArray[np.uint64]) -> Iterator[NDArray[np.int64]]:
    rows = opening_positions(planes)
    for first in range(0, len(rows), ROWS):
        yield rows[first : first + ROWS]


def _posterior(
    prior: NDArray[np.float32], replies: NDArray[np.int64], counts: NDArray[np.int64], total: int
) -> NDArray[np.float64]:
    """Return a prediction `[361]` after counts of its replies, `[REPLIES]`; replies: which one each point is."""
    shares = np.bincount(replies, prior, REPLIES)
    factors = (counts + PRIOR * shares) / ((total + PRIOR) * np.maximum(shares, np.finfo(np.float32).tiny))
    posterior: NDArray[np.float64] = prior * factors[replies]
    posterior /= posterior.sum()  # of corners that are alike, a counted reply may be no point's
    return posterior


def _situations(planes: NDArray[np.uint64], kind: str) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the situations, uint64 `[n]`, and which reply each point is in them, int64 `[n, 361]`.

    A situation is the least hash among the images of a position; points that images of that hash carry to one another
    are one reply.
    """
    own, opponent, last = (_points(planes[:, plane]) for plane in (OWN, OPPONENT, TURNS_SINCE))
    last &= opponent
    table = _table(kind)
    hashes = own @ table[0] + opponent @ table[1] + last @ table[2] | np.uint64(1)  # modulo 2 ** 64, [n, 8]
    images = image_tables(BOARD_SIZE)  # [8, 361]
    if kind == "corner":
        images = np.where(_corner()[images], images, ELSEWHERE)
        in_corner = last @ (images != ELSEWHERE).T.astype(np.uint64) > 0  # [n, 8]
        hashes = np.where(in_corner, hashes, np.iinfo(np.uint64).max)
    least = hashes.min(axis=1)
    replies = np.full((len(planes), POINTS), ANY, np.int64)
    for symmetry, image in enumerate(images):
        is_least = hashes[:, symmetry] == least
        replies = np.where(is_least[:, None], np.minimum(replies, image), replies)
    return np.where(least == np.iinfo(np.uint64).max, UNKNOWN, least), replies


def _points(plane: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the bits of planes, uint64 `[n, words]`, as numbers, uint64 `[n, 361]`."""
    places = np.ascontiguousarray(plane).view(np.uint8)
    return np.unpackbits(places, axis=1, count=POINTS, bitorder="little").astype(np.uint64)


def _corner() -> NDArray[np.bool_]:
    """Return which points are in the upper left corner, bool `[361]`."""
    lines = np.arange(BOARD_SIZE) < CORNER
    return (lines[:, None] & lines).reshape(-1)


@lru_cache
def _table(kind: str) -> NDArray[np.uint64]:
    """Return the numbers of an own stone, an opponent's and the last move by point and symmetry: `[3, 361, 8]`."""
    numbers = np.random.PCG64(SEED + KINDS.index(kind)).random_raw(3 * POINTS).reshape(3, POINTS)
    if kind == "corner":
        numbers[:, ~_corner()] = 0
    else:
        numbers[2] = 0  # a board is the same whatever its last move was
    return np.ascontiguousarray(numbers[:, image_tables(BOARD_SIZE)].transpose(0, 2, 1))


def _keys(situations: NDArray[np.uint64], replies: NDArray[np.int64] | NDArray[np.uint64]) -> NDArray[np.int32]:
    """Return the keys of situations and replies that go together, int32 (the finalizer of SplitMix64)."""
    key = situations + replies.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    keys: NDArray[np.int32] = (key >> np.uint64(32)).astype(np.uint32).view(np.int32)
    return keys

"""How many bits each move costs a network, move by move, so that networks can be compared on the same moves."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from gopolicy.features.batch import encode_positions
from gopolicy.nn.inference import Unpacker, average_probabilities
from gopolicy.nn.network import PolicyNetwork
from gopolicy.prediction import LEAST_PROBABILITY, Score, clustered_mean, standings
from gopolicy.profiles.habits import EARLY, NO_HABITS, Habits, opening_positions
from gopolicy.records.corpus import Corpus
from gopolicy.training.evaluation import sample_positions


@dataclass(frozen=True)
class Moves:
    """Moves that were played, encoded once for all networks that are to predict them.

    games: int64 `[n]`, the game of each.  planes: uint64 `[n, 48, words]`.  points: int64 `[n]`.
    """

    games: NDArray[np.int64]
    planes: NDArray[np.uint64]
    points: NDArray[np.int64]

    @classmethod
    def of(cls, corpus: Corpus, games: NDArray[np.int64], count: int | None = None, seed: int = 0) -> "Moves":
        """Return the moves to learn from of some games, all or `count` drawn by `seed`."""
        which, moves = sample_positions(corpus, games, count, seed)
        planes, points = encode_positions(corpus, which, moves)
        return cls(which, planes, points)

    @classmethod
    def of_opening(cls, corpus: Corpus, games: NDArray[np.int64], count: int, seed: int = 0) -> "Moves":
        """Return the moves to learn from in the opening of some games, `count` at most, drawn by `seed`."""
        which, moves = sample_positions(corpus, games, None, seed)
        order = np.random.default_rng(seed).permutation(np.flatnonzero(moves < EARLY))
        early = order[: 2 * count]  # of one side's early moves about half are in the opening
        planes, points = encode_positions(corpus, which[early], moves[early])
        chosen = opening_positions(planes)[:count]
        chosen = chosen[np.argsort(early[chosen])]
        return cls(which[early][chosen], planes[chosen], points[chosen])

    def __len__(self) -> int:
        return len(self.points)

    @cached_property
    def groups(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The number of each move's game among those that have moves, int64 `[n]`, and the moves of each game."""
        _, numbers, counts = np.unique(self.games, return_inverse=True, return_counts=True)
        return numbers.reshape(-1), counts


@dataclass(frozen=True)
class MoveBits:
    """What moves cost one network: bits, float64 `[n]`, and ranks, int64 `[n]`."""

    bits: NDArray[np.float64]
    ranks: NDArray[np.int64]

    @property
    def score(self) -> Score:
        """The score of all moves."""
        score = Score()
        score.add(self.ranks, np.exp2(-self.bits))
        return score


def measure(
    network: PolicyNetwork,
    moves: Moves,
    *,
    habits: Habits = NO_HABITS,
    batch: int = 256,
    dtype: torch.dtype = torch.float32,
    on_progress: Callable[[int], object] = lambda count: None,
) -> MoveBits:
    """Return what moves cost a network that is in evaluation mode on its device; over all points, legal or not.

    habits: of a profile, which the predictions are made with.
    """
    unpacker = Unpacker(network.position_bias.device, network.config.planes)
    ranks, bits = [np.zeros(0, np.int64)], [np.zeros(0)]
    for first in range(0, len(moves), batch):
        planes = moves.planes[first : first + batch]
        packed = torch.from_numpy(planes.view(np.uint8))
        found = average_probabilities(network, unpacker, packed, dtype=dtype, forward=batch).cpu().numpy()
        some, probabilities = standings(habits.predict(planes, found), moves.points[first : first + batch])
        ranks.append(some)
        bits.append(-np.log2(np.maximum(probabilities.astype(np.float64), LEAST_PROBABILITY)))
        on_progress(len(some))
    return MoveBits(np.concatenate(bits), np.concatenate(ranks))


def difference(moves: Moves, values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the mean of values of moves, `[n]`, with its 95 % interval by game: (mean, low, high)."""
    numbers, counts = moves.groups
    return clustered_mean(np.bincount(numbers, values, len(counts)).astype(np.float64), counts)

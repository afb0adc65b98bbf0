"""How well a network predicts moves: loss, top-1 and top-5 with counts and intervals.

Accuracy is counted as in the paper: over all 361 points, legal or not; passes are no positions.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from gopolicy.features.batch import encode_positions
from gopolicy.features.planes import hide_history
from gopolicy.nn.inference import Unpacker, average_probabilities
from gopolicy.nn.network import NetworkConfig
from gopolicy.prediction import PHASES, Score, standings
from gopolicy.profiles.habits import NO_HABITS, Habits
from gopolicy.records.corpus import Corpus

BATCH: Final = 256  # positions in a forward pass


@dataclass
class Evaluation:
    """Scores of all positions and of those groups that hold any: phases, even and handicap games."""

    total: Score = field(default_factory=Score)
    groups: dict[str, Score] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the scores and their intervals, as JSON takes them."""
        return {**self.total.as_dict(), "groups": {name: score.as_dict() for name, score in self.groups.items()}}


@dataclass(frozen=True)
class EvaluatedModel:
    """A model under a number of symmetries: its shape, and how well it predicts test games, perhaps training games.

    model: where its file lies.  results: by "test" and "train".
    """

    model: str
    network: NetworkConfig
    symmetries: int
    results: dict[str, Evaluation]

    def as_dict(self) -> dict[str, Any]:
        """Return the shape, the numbers of the test games, then those of the training games, as JSON takes them."""
        shape = {"filters": self.network.filters, "layers": self.network.layers, "planes": self.network.planes}
        others = {name: result.as_dict() for name, result in self.results.items() if name != "test"}
        return {"model": self.model, **shape, "symmetries": self.symmetries, **self.results["test"].as_dict(), **others}


def sample_positions(
    corpus: Corpus, games: NDArray[np.int64], count: int | None = None, seed: int = 0
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (games, moves), int64 `[n]`: all positions of `games`, or `count` of them drawn at random, in order."""
    lengths = corpus.index["targets"][games].astype(np.int64)
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    if count is None or count >= total:
        chosen = np.arange(total)
    else:
        chosen = np.sort(np.random.default_rng(seed).choice(total, count, replace=False))
    place = np.searchsorted(ends, chosen, side="right")
    return games[place], chosen - (ends - lengths)[place]


def evaluate(
    network: nn.Module,
    corpus: Corpus,
    positions: tuple[NDArray[np.int64], NDArray[np.int64]],
    *,
    symmetries: int = 1,
    dtype: torch.dtype = torch.float32,
    habits: Habits = NO_HABITS,
    hidden: bool = False,
    on_predictions: Callable[[NDArray[np.float32], NDArray[np.int64]], None] | None = None,
) -> Evaluation:
    """Measure a network (in evaluation mode, on its device) on positions.

    positions: (games, moves), int64 `[n]`, as `sample_positions` returns them.
    symmetries: 1 to 8, averaged.
    habits: of a profile, which the predictions are made with.
    hidden: show all stones as old, as in positions set up by hand.
    on_predictions: called with the probabilities of each batch, `[n, 361]`, and the points played, int64 `[n]`.
    """
    config = getattr(network, "config")  # noqa: B009 - any module with a NetworkConfig
    unpacker = Unpacker(next(network.parameters()).device, config.planes)
    evaluation = Evaluation()
    for first in range(0, len(positions[0]), BATCH):
        which, moves = (numbers[first : first + BATCH] for numbers in positions)
        planes, points = encode_positions(corpus, which, moves)
        if hidden:
            hide_history(planes)
        packed = torch.from_numpy(planes.view(np.uint8))
        found = average_probabilities(network, unpacker, packed, symmetries, dtype=dtype, forward=BATCH)
        predicted = habits.predict(planes, found.cpu().numpy())
        if on_predictions:
            on_predictions(predicted, points)
        ranks, probabilities = standings(predicted, points)
        evaluation.total.add(ranks, probabilities)
        for name, mask in _groups(_turns(corpus, which, moves), corpus.index["handicap"][which] > 0).items():
            evaluation.groups.setdefault(name, Score()).add(ranks[mask], probabilities[mask])
    evaluation.groups = {name: score for name, score in evaluation.groups.items() if score.moves}
    return evaluation


def _turns(corpus: Corpus, games: NDArray[np.int64], moves: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return which turn of its game each position is, from 1 on."""
    turns = {game: corpus.turn_numbers(game) for game in np.unique(games).tolist()}
    return np.array([turns[game][move] for game, move in zip(games.tolist(), moves.tolist(), strict=True)])


def _groups(numbers: NDArray[np.int64], handicap: NDArray[np.bool_]) -> dict[str, NDArray[np.bool_]]:
    """Return which positions belong to each group, bool `[n]`; numbers: of the turns, from 1 on."""
    phases = {phase.name: (numbers >= phase.first) & (numbers <= phase.last) for phase in PHASES}
    return {**phases, "even games": ~handicap, "handicap games": handicap}

"""How well a network predicts moves: loss, top-1 and top-5 with counts and intervals.

Accuracy is counted as in the paper: over all 361 points, legal or not; passes are no positions.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gopolicy.features.symmetry import NUM_SYMMETRIES
from gopolicy.prediction import wilson
from gopolicy.records.corpus import Corpus
from gopolicy.training.dataset import Batch, Unpacker, make_batch

PHASES: Final = (("moves 1-50", 0, 50), ("moves 51-150", 50, 150), ("moves 151-", 150, 1 << 30))
TOP: Final = 5


@dataclass
class Tally:
    """Counts of one group of positions: how many, how many guessed at the first and within five, the summed loss."""

    positions: int = 0
    first: int = 0
    fifth: int = 0
    nats: float = 0.0

    def add(self, ranks: NDArray[np.int64], losses: NDArray[np.float64]) -> None:
        """Count positions by the rank (from 0) and the loss (nats) of the move that was played."""
        self.positions += len(ranks)
        self.first += int((ranks == 0).sum())
        self.fifth += int((ranks < TOP).sum())
        self.nats += float(losses.sum())

    @property
    def loss(self) -> float:
        """Mean cross-entropy in nats."""
        return self.nats / max(self.positions, 1)

    @property
    def top1(self) -> float:
        """Share of positions whose move was the likeliest."""
        return self.first / max(self.positions, 1)

    @property
    def top5(self) -> float:
        """Share of positions whose move was among the five likeliest."""
        return self.fifth / max(self.positions, 1)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of top-1."""
        return wilson(self.first, self.positions)

    def as_dict(self) -> dict[str, object]:
        """Return the numbers and their 95 % intervals."""
        return {
            "positions": self.positions,
            "loss": self.loss,
            "top1": self.top1,
            "top1_interval": self.interval,
            "top5": self.top5,
            "top5_interval": wilson(self.fifth, self.positions),
        }


@dataclass
class Evaluation:
    """Tallies of all positions and of groups of them."""

    total: Tally = field(default_factory=Tally)
    groups: dict[str, Tally] = field(default_factory=dict)


def sample_positions(
    corpus: Corpus, games: NDArray[np.int64], count: int | None, seed: int
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


@torch.no_grad()
def predict(network: nn.Module, unpacker: Unpacker, batch: Batch, symmetries: int, dtype: torch.dtype) -> Tensor:
    """Return log probabilities, float32 `[B, 361]`, averaged (as probabilities) over the first `symmetries`."""
    total: Tensor | None = None
    for symmetry in range(symmetries):
        turned = Batch(batch.packed, batch.points, torch.full_like(batch.points, symmetry))
        planes, _ = unpacker(turned)
        with torch.autocast(unpacker.device.type, dtype, enabled=dtype != torch.float32):
            logits = network(planes)
        probabilities = logits.float().softmax(1)[:, unpacker.images[symmetry]]
        total = probabilities if total is None else total + probabilities
    assert total is not None
    return (total / symmetries).clamp_min(1e-30).log()


def evaluate(
    network: nn.Module,
    corpus: Corpus,
    games: NDArray[np.int64],
    *,
    count: int | None = None,
    seed: int = 0,
    symmetries: int = 1,
    batch_size: int = 256,
    device: torch.device | None = None,
    dtype: torch.dtype = torch.float32,
    progress: Callable[[int], None] | None = None,
) -> Evaluation:
    """Measure a network (in evaluation mode) on positions of `games`, all or `count` drawn by `seed`.

    symmetries: 1 to 8, averaged.  progress: called with the positions of each batch.
    """
    if not 1 <= symmetries <= NUM_SYMMETRIES:
        raise ValueError(f"symmetries must be from 1 to {NUM_SYMMETRIES}, not {symmetries}")
    config = getattr(network, "config")  # noqa: B009 - any module with a NetworkConfig
    unpacker = Unpacker(device or torch.device("cpu"), config.planes)
    evaluation = Evaluation()
    chosen_games, chosen_moves = sample_positions(corpus, games, count, seed)
    for first in range(0, len(chosen_games), batch_size):
        part = slice(first, first + batch_size)
        which, moves = chosen_games[part], chosen_moves[part]
        batch = make_batch(corpus, which, moves, np.zeros(len(which), np.int64))
        scores = predict(network, unpacker, batch, symmetries, dtype)
        played = scores.gather(1, batch.points.to(scores.device).unsqueeze(1))
        ranks = (scores > played).sum(1).cpu().numpy()
        losses = -played.squeeze(1).double().cpu().numpy()
        _count(evaluation, corpus, which, moves, ranks, losses)
        if progress:
            progress(len(which))
    return evaluation


def _count(
    evaluation: Evaluation,
    corpus: Corpus,
    games: NDArray[np.int64],
    moves: NDArray[np.int64],
    ranks: NDArray[np.int64],
    losses: NDArray[np.float64],
) -> None:
    evaluation.total.add(ranks, losses)
    handicap = corpus.index["handicap"][games] > 0
    groups = {name: (moves >= low) & (moves < high) for name, low, high in PHASES}
    groups |= {"even games": ~handicap, "handicap games": handicap}
    for name, mask in groups.items():
        evaluation.groups.setdefault(name, Tally()).add(ranks[mask], losses[mask])

"""Training and measuring comparison networks: the same positions in the same order for each of them."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from itertools import islice
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from gopolicy.explain.lesson.comparisons import NETWORKS, LessonError, NetworkSpec
from gopolicy.explain.lesson.measuring import CPU, measure, operations
from gopolicy.explain.lesson.networks import ComparisonNetwork
from gopolicy.explain.lesson.results import Results
from gopolicy.nn.network import parameter_count
from gopolicy.records.corpus import Corpus
from gopolicy.training.config import TrainingConfig
from gopolicy.training.evaluation import sample_positions
from gopolicy.training.loader import Batch, batches, make_batch
from gopolicy.training.loop import Trainer
from gopolicy.training.order import Order
from gopolicy.training.run import fingerprint


@dataclass(frozen=True)
class Settings:
    """What is the same for all networks of a comparison."""

    positions: int = 32_000
    """Positions that each network learns from."""
    batch: int = 128
    """Positions a step."""
    measured: int = 8192
    """Held-out positions that each network is measured on at the end."""
    curve_positions: int = 1024
    """Of them, positions for each point of a learning curve."""
    curve_points: int = 8
    """Points of a learning curve."""
    precision: str = "float32"
    """float32 or bfloat16."""


QUICK: Final = Settings(positions=10_000, measured=2048, curve_points=4)


@dataclass(frozen=True)
class Material:
    """The games to learn from and the games to measure on, int64 indices into their corpora."""

    corpus: Corpus
    games: NDArray[np.int64]
    held_out_corpus: Corpus
    held_out: NDArray[np.int64]

    @classmethod
    def of(cls, corpus: Corpus, held_out: Corpus | None, share: float = 0.1) -> "Material":
        """Return all games of two corpora, or one corpus in which a share of the games is held out."""
        if held_out is not None:
            return cls(corpus, np.arange(len(corpus)), held_out, np.arange(len(held_out)))
        games, rest = corpus.split(share)
        if not len(games) or not len(rest):
            raise LessonError(f"{len(corpus)} games: too few to hold some out; give more, or --validation")
        return cls(corpus, games, corpus, rest)

    def facts(self, settings: Settings) -> dict[str, Any]:
        """Return what results must have in common to be compared, as JSON takes it."""
        share = len(self.games), len(self.held_out)
        corpora = {"corpus": fingerprint(self.corpus), "measured on": fingerprint(self.held_out_corpus)}
        positions = int(self.held_out_corpus.index["targets"][self.held_out].sum(dtype=np.int64))
        sample = {"measured": min(settings.measured, positions)}
        return asdict(settings) | sample | corpora | {"games to learn from": share[0], "games to measure on": share[1]}

    def training_batches(self, settings: Settings, seed: int, times: float = 1) -> Iterator[Batch]:
        """Yield the batches of a seed, in the order that all networks share, `times` as many."""
        order = Order(self.corpus, self.games, seed)
        return islice(batches(order, settings.batch), round(settings.positions * times) // settings.batch)

    def test_batch(self, settings: Settings) -> Batch:
        """Return the positions to measure on, in random order: the first of them are a sample, too."""
        games, moves = sample_positions(self.held_out_corpus, self.held_out, settings.measured, 0)
        shuffled = np.random.default_rng(0).permutation(len(games))
        return make_batch(self.held_out_corpus, games[shuffled], moves[shuffled], np.zeros(len(games), np.int64))


def train_and_measure(
    spec: NetworkSpec,
    seed: int,
    training: Iterable[Batch],
    test: Batch,
    settings: Settings,
    on_progress: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """Train one network on `training` and return what was measured, as JSON takes it.

    on_progress: called with the positions of each step.
    """
    torch.manual_seed(seed)
    config = recipe(spec, seed, settings)
    trainer = Trainer(config, ComparisonNetwork(spec.design), CPU, settings.precision)
    marks = {round(config.steps * (i + 1) / settings.curve_points) for i in range(settings.curve_points)}
    sample = test.part(0, min(settings.curve_positions, len(test)))
    curve: list[list[float]] = []
    begun, measuring = time.monotonic(), 0.0
    for batch in training:
        trainer.step(batch)
        if trainer.step_number in marks:
            paused = time.monotonic()
            shares = measure(trainer.model(), sample, trainer.dtype).shares
            curve.append([trainer.step_number * settings.batch, shares["loss"], shares["top1"]])
            measuring += time.monotonic() - paused
        if on_progress:
            on_progress(len(batch))
    seconds = time.monotonic() - begun - measuring
    model = trainer.model()
    cost = {"parameters": parameter_count(model), "flops": operations(model), "seconds": round(seconds, 1)}
    return {**cost, "curve": curve, **measure(model, test, trainer.dtype).as_dict()}


def recipe(spec: NetworkSpec, seed: int, settings: Settings) -> TrainingConfig:
    """Return how a network is trained: all alike, but for the learning rate of its kind."""
    return TrainingConfig(
        positions=round(settings.positions * spec.times),
        batch=settings.batch,
        optimizer="adamw",
        lr=spec.rate,
        warmup=0.05,
        seed=seed,
        precision=settings.precision,
    )


def compare(
    material: Material,
    names: list[str],
    seeds: int,
    settings: Settings,
    results: Results,
    on_progress: Callable[[str, int, int], None],
) -> None:
    """Train and measure what `results` lacks, seed by seed, so that a run broken off has whole rounds.

    on_progress: called with the name, the seed and the positions of each step.
    """
    test = material.test_batch(settings)
    for seed in range(1, seeds + 1):
        missing = [name for name in names if not results.has(name, seed)]
        # Encoded once, 2 KB a position, for all networks of the round.
        shared = list(material.training_batches(settings, seed)) if missing else []
        for name in missing:
            spec = NETWORKS[name]
            more = spec.times > 1
            own = material.training_batches(settings, seed, spec.times) if more else shared
            measured = train_and_measure(spec, seed, own, test, settings, partial(on_progress, name, seed))
            results.add(name, seed, measured)

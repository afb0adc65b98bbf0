"""How fast a device trains, beside how fast it multiplies matrices in the same minute, and where the time goes."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean, median
from typing import Final

import torch

from gopolicy.go.coords import BOARD_SIZE
from gopolicy.nn.network import NetworkConfig, PolicyNetwork
from gopolicy.training.loader import Batch
from gopolicy.training.loop import Trainer
from gopolicy.training.order import Order
from gopolicy.training.run_loop import training_batches

MATRIX: Final = {"cpu": 2048, "cuda": 8192}  # side of the matrices that are multiplied
WARM_STEPS: Final = 3  # they compile, choose kernels and ask for memory
PARTS: Final = ("waiting for the batch", "forward, from planes to loss", "backward", "optimizer and averaging")


@dataclass(frozen=True)
class Speed:
    """What was measured.

    positions: a second, end to end: best and median.  matrix: operations a second of a matrix product in the same
    precision, with the same threads, before or after, whichever is higher.  share: of it, at the best speed, that
    went into the multiplications of the paper's network.  parts: mean seconds by PARTS of other steps, in which the
    device was waited for after each part; they sum to a step.
    """

    positions: tuple[float, float]
    matrix: float
    share: float
    parts: dict[str, float]


def training_operations(config: NetworkConfig) -> int:
    """Return the operations of training on one position, a multiplication and an addition as two.

    Those of the fused network's convolutions: forward, and backward for weights and inputs, but for the planes.
    """
    with torch.device("meta"):
        weights = [layer.weight.numel() for layer in PolicyNetwork(config).hidden()]
    return 2 * BOARD_SIZE * BOARD_SIZE * (3 * sum(weights) - weights[0])


def matrix_rate(device: torch.device, dtype: torch.dtype, seconds: float = 0.5) -> float:
    """Return the operations a second of a large matrix product, the best of `seconds`."""
    side = MATRIX.get(device.type, MATRIX["cpu"])
    matrix = torch.ones(side, side, dtype=dtype, device=device)
    begun = time.perf_counter()
    times: list[float] = []
    while len(times) < 3 or time.perf_counter() - begun < seconds:
        start = now(device)
        matrix @ matrix
        times.append(now(device) - start)
    return 2 * side**3 / min(times)


def measure_training(trainer: Trainer, order: Order, *, workers: int | None, steps: int, runs: int) -> Speed:
    """Measure a trainer on the batches of an order: `runs` times `steps` steps, then as many part by part."""
    device, batch = trainer.device, trainer.config.batch
    with training_batches(order, trainer, workers) as source:
        for _ in range(WARM_STEPS):
            trainer.step(next(source))
        rate = matrix_rate(device, trainer.dtype)
        times = []
        for _ in range(runs):
            begun = now(device)
            for _ in range(steps):
                trainer.step(next(source))
            times.append(now(device) - begun)
        rate = max(rate, matrix_rate(device, trainer.dtype))
        parts = _parts(trainer, source, steps)
    trainer.results()
    positions = steps * batch / min(times), steps * batch / median(times)
    return Speed(positions, rate, positions[0] * training_operations(trainer.network.config) / rate, parts)


def _parts(trainer: Trainer, source: Iterator[Batch], steps: int) -> dict[str, float]:
    """Return the mean seconds of each part of a step."""
    device = trainer.device
    rows = []
    for _ in range(steps):
        marks = [now(device)]
        batch = next(source)
        marks.append(now(device))
        loss, top1 = trainer.forward(batch)
        marks.append(now(device))
        loss.backward()  # type: ignore[no-untyped-call]
        marks.append(now(device))
        trainer.update(loss, top1)
        marks.append(now(device))
        rows.append([after - before for before, after in pairwise(marks)])
    return dict(zip(PARTS, map(mean, zip(*rows, strict=True)), strict=True))


def now(device: torch.device) -> float:
    """Return the time when the device has done all it was given, in seconds."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()

"""The batch of a run by measurement: the fastest that fits into the device's memory and leaves enough steps."""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

import torch

from gopolicy.errors import is_out_of_memory
from gopolicy.features.planes import NUM_PLANES
from gopolicy.features.symmetry import NUM_SYMMETRIES
from gopolicy.go.coords import BOARD_SIZE
from gopolicy.go.state import word_count
from gopolicy.nn.network import NetworkConfig
from gopolicy.nn.training_form import NormalizedNetwork
from gopolicy.training.config import MOST_BATCH, TrainingConfig, TrainingError, for_batch
from gopolicy.training.device import adapted
from gopolicy.training.loader import Batch
from gopolicy.training.loop import Trainer
from gopolicy.training.processes import ALONE, Processes
from gopolicy.training.speed import WARM_STEPS, now

GAIN: Final = 1.05  # a batch must be so many times as fast as half of it, since more steps learn more
LEAST_STEPS: Final = 1000  # of a run, that a batch larger than the default leaves
TRIAL_SECONDS: Final = 2.0  # of steps, to measure one batch
ALL_SECONDS: Final = 60.0  # after which no larger batch is tried
MEMORY: Final = 0.85  # of a GPU's memory that a trial may take; the rest is for measuring and fetching ahead

Measure = Callable[[int], float | None]


@dataclass(frozen=True)
class Chosen:
    """A batch, and what was tried: positions a second by batch, None where it did not fit into memory."""

    batch: int
    tried: dict[int, float | None]

    def __str__(self) -> str:
        tried = (f"{batch}: {'no memory' if rate is None else f'{rate:,.0f}'}" for batch, rate in self.tried.items())
        return f"positions a second by batch ({', '.join(tried)}); taken: {self.batch}"


def choose_batch(
    measure: Measure, config: TrainingConfig, clock: Callable[[], float] = time.monotonic, most: int = MOST_BATCH
) -> Chosen:
    """Return the default batch, doubled as long as that makes the device faster, or halved until it fits.

    measure: positions a second of a batch, None if it does not fit into memory.  config: of it counts how long the run
    is.  clock: in seconds.  most: the largest to try.  Raises TrainingError if nothing fits.
    """
    begun, batch = clock(), TrainingConfig.batch
    tried = {batch: measure(batch)}
    while tried[batch] is None:
        if batch == 1:
            raise TrainingError("--batch auto: not one position fits into the device's memory; take a smaller network")
        batch //= 2
        tried[batch] = measure(batch)
    while (rate := tried[batch]) and 2 * batch not in tried and clock() - begun < ALL_SECONDS:
        positions = 60 * config.minutes * rate or config.positions
        if 2 * batch > min(most, positions / LEAST_STEPS):
            break
        larger = tried[2 * batch] = measure(2 * batch)
        if larger is None or larger < GAIN * rate:
            break
        batch *= 2
    return Chosen(batch, tried)


def with_measured_batch(
    config: TrainingConfig,
    network: NetworkConfig,
    device: torch.device,
    *,
    given: Collection[str] = (),
    processes: Processes = ALONE,
) -> tuple[TrainingConfig, Chosen]:
    """Return the recipe with a batch measured on the device, and what was measured there.

    given: fields that `for_batch` leaves alone.  Of several processes each measures its share, and the first decides.
    """
    share = replace(config, positions=max(1, config.positions // processes.size))
    most = MOST_BATCH // processes.size
    chosen = choose_batch(lambda batch: measured_speed(share, network, device, batch), share, most=most)
    _, batch = processes.agree(False, chosen.batch)
    return for_batch(config, batch * processes.size, given), chosen


def measured_speed(config: TrainingConfig, network: NetworkConfig, device: torch.device, batch: int) -> float | None:
    """Return the positions a second of uncompiled steps, without loading; None if they do not fit into memory."""
    with _limited_memory(device):
        try:
            return _speed(replace(config, batch=batch), network, device)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            return None


def _speed(config: TrainingConfig, network: NetworkConfig, device: torch.device) -> float:
    config = adapted(config, network, device)
    trainer = Trainer(config, NormalizedNetwork(network, branches=config.branches), device, config.precision)
    width = 8 * word_count(BOARD_SIZE)
    batch = Batch(
        torch.randint(256, (config.batch, NUM_PLANES, width), dtype=torch.uint8, device=device),
        torch.randint(BOARD_SIZE * BOARD_SIZE, (config.batch,), device=device),
        torch.randint(NUM_SYMMETRIES, (config.batch,), device=device),
    )
    for _ in range(WARM_STEPS):
        trainer.step(batch)
    begun, steps = now(device), 0
    while not steps or now(device) - begun < TRIAL_SECONDS:
        trainer.step(batch)
        steps += 1
    return steps * config.batch / (now(device) - begun)


@contextmanager
def _limited_memory(device: torch.device) -> Iterator[None]:
    """Within the context a GPU gives MEMORY of its memory; afterwards all is free again."""
    if device.type != "cuda":
        yield
        return
    torch.cuda.set_per_process_memory_fraction(MEMORY, device)
    try:
        yield
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0, device)
        torch.cuda.empty_cache()

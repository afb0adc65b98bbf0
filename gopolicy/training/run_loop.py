"""A session of training: a run works until its end, a signal or an error, and reports, measures and saves meanwhile."""

import contextlib
import logging
import math
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from types import FrameType
from typing import Final, TypeVar

import torch

from gopolicy.files import FileError
from gopolicy.training.config import TrainingError
from gopolicy.training.device import default_workers
from gopolicy.training.evaluation import Evaluation
from gopolicy.training.loader import Batch, Prefetched, batches
from gopolicy.training.loop import StepResult, Trainer
from gopolicy.training.order import Order
from gopolicy.training.pace import Pace
from gopolicy.training.run import Run
from gopolicy.training.workers import fitting_workers

Result = TypeVar("Result")

SYNC_STEPS: Final = {"cpu": 1, "cuda": 20}  # how often the host waits for the device, and processes agree


@dataclass(frozen=True)
class SessionOptions:
    """How a session works; nothing of it changes what is learned."""

    workers: int | None = None
    """Processes that encode; None for what suits the device and fits into the shared memory."""
    save_seconds: float = 300.0
    """Between checkpoints."""
    measure_steps: int = 1000
    """Between measurements on the held-out games."""
    measure_positions: int = 4096
    """Positions of a measurement."""
    report_steps: int = 20
    """Between reports."""

    def __post_init__(self) -> None:
        least = {"workers": 0, "save_seconds": 0, "measure_steps": 1, "measure_positions": 1, "report_steps": 1}
        for name, bound in least.items():
            value = getattr(self, name)
            if value is not None and not value >= bound:
                raise TrainingError(f"{name.replace('_', ' ')}: must be {bound} or more, not {value}")


@dataclass(frozen=True)
class Report:
    """How a run is doing: what a progress bar shows.

    step, steps: made and to make.  recent: means over the steps since the last report.  measured: on the
    held-out games, where this report comes with a measurement.  seconds: of training since the run began.
    """

    step: int
    steps: int
    recent: StepResult
    seconds: float
    measured: Evaluation | None = None

    def as_dict(self) -> dict[str, float]:
        """Return the measured numbers by name."""
        row = {name: value for name, value in asdict(self.recent).items() if name != "skipped" or value}
        if self.measured:
            total = self.measured.total
            row |= {"validation_loss": total.loss, "validation_top1": total.top1, "validation_top5": total.top5}
            row["validation_positions"] = total.moves
        return row


def train(
    run: Run,
    options: SessionOptions = SessionOptions(),  # noqa: B008 - frozen
    on_progress: Callable[[Report], None] | None = None,
    *,
    begun: float | None = None,
) -> bool:
    """Train to the end and return True, or until SIGINT or SIGTERM, save, and return False.

    begun: when the program began (`time.monotonic`), from which the minutes of a run count; default: now.
    Raises TrainingError if no loss is a finite number; the last checkpoint is then the last good state.
    """
    session = _Session(run, options, on_progress, time.monotonic() if begun is None else begun)
    with ExitStack() as stack:
        source = stack.enter_context(training_batches(run.order, run.trainer, options.workers))
        stopped = stack.enter_context(stop_on_signals())
        session.work(source, stopped)
        run.save(session.seconds())
    return session.ended()


@contextlib.contextmanager
def stop_on_signals() -> Iterator[Callable[[], bool]]:
    """Within the context, SIGINT and SIGTERM only make the given function return True."""
    caught: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        if caught:
            raise KeyboardInterrupt  # the second time at once
        caught.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(caught)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def training_batches(order: Order, trainer: Trainer, workers: int | None = None) -> Iterator[Iterator[Batch]]:
    """Yield the batches of an order from the trainer's step on, fetched ahead for a GPU, and end what makes them.

    workers: processes that encode; None for what suits the device and fits into the shared memory.
    """
    if workers is None:
        workers = fitting_workers(default_workers(trainer.device), order.capacity)
    source = batches(
        order, trainer.config.batch, step=trainer.step_number, processes=trainer.processes, workers=workers
    )
    if trainer.device.type == "cpu":
        with contextlib.closing(source):
            yield source
    else:  # fetch and copy the next batches while the GPU works on this one
        with Prefetched(source, trainer.device) as fetched:
            yield fetched


class _Session:
    """The loop of `train` and its clocks."""

    def __init__(
        self, run: Run, options: SessionOptions, on_progress: Callable[[Report], None] | None, begun: float
    ) -> None:
        self.run, self.options, self.on_progress = run, options, on_progress
        self.trainer = run.trainer
        self._begun, self._saved = begun, time.monotonic()
        self._paused = {"measuring": 0.0, "saving": 0.0}  # how long the last of each took
        minutes = self.trainer.config.minutes
        self._pace = Pace(60 * minutes - self.seconds()) if minutes else None
        self._sync_steps = SYNC_STEPS[self.trainer.device.type]

    def seconds(self) -> float:
        """Return the seconds of training since the run began."""
        return self.run.facts.seconds + time.monotonic() - self._begun

    def ended(self) -> bool:
        """Return whether all steps are made."""
        return self.trainer.step_number >= self.trainer.config.steps

    def work(self, source: Iterator[Batch], stopped: Callable[[], bool]) -> None:
        """Make the steps."""
        if self.ended():
            self._synchronize(False)  # given more minutes, the run goes on
        while not self.ended():
            self.trainer.step(next(source))
            step = self.trainer.step_number
            planned_end = self._pace and self.ended()  # by the clock there may be more to do
            if (step % self._sync_steps == 0 or planned_end) and self._synchronize(stopped()):
                return
            measuring = self.ended() or step % self.options.measure_steps == 0
            if measuring or step % self.options.report_steps == 0:
                self._report(measuring)
            if time.monotonic() - self._saved > self.options.save_seconds and not self.ended():
                self._timed("saving", self._save)
                self._saved = time.monotonic()

    def _save(self) -> None:
        """Write a checkpoint; the run goes on without one where it cannot be written."""
        try:
            self.run.save(self.seconds())
        except FileError as error:
            logging.getLogger(__name__).warning("no checkpoint now, but the last one is kept: %s", error)

    def _synchronize(self, stop: bool) -> bool:
        """Fit the steps to the time that is left, and return whether to stop; alike in all processes."""
        trainer = self.trainer
        planned = trainer.config.steps
        if self._pace:
            if trainer.device.type == "cuda":
                torch.cuda.synchronize(trainer.device)
            planned = self._pace.fit(trainer.step_number, planned)
        stop, planned = trainer.processes.agree(stop, planned)
        if self._pace:
            trainer.config = replace(trainer.config, positions=planned * trainer.config.batch)
        return stop

    def _report(self, measuring: bool) -> None:
        recent = self.trainer.results()  # by all processes: one that finds no finite loss must not leave the others
        if not self.trainer.processes.first:
            return
        measured = None
        if measuring and len(self.run.validation):
            measured = self._timed("measuring", lambda: self.run.measure(self.options.measure_positions))
        config = self.trainer.config
        report = Report(self.trainer.step_number, config.steps, recent, self.seconds(), measured)
        self.run.metrics.append(
            {
                "step": report.step,
                "positions": report.step * config.batch,
                "seconds": round(report.seconds, 1),
                **{name: round(value, 4) for name, value in report.as_dict().items() if math.isfinite(value)},
            }
        )
        if self.on_progress:
            self.on_progress(report)

    def _timed(self, what: str, work: Callable[[], Result]) -> Result:
        begun = time.monotonic()
        result = work()
        self._paused[what] = time.monotonic() - begun
        if self._pace:
            self._pace.pause(sum(self._paused.values()))
        return result

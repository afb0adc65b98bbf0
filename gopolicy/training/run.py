"""A training run on disk: its folder, checkpoints, measurements and signals.

checkpoint-*.safetensors   everything needed to go on, the newest and the one before it
model.safetensors          the averaged network, fused: what board, query and engines use
metrics.jsonl              one line a measurement
"""

import contextlib
import json
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any, Final

import numpy as np
import torch

from gopolicy.files import FileError, write_file
from gopolicy.nn.inference import Unpacker
from gopolicy.nn.model_file import FILE_NAME, ModelFacts, load_model, save_model
from gopolicy.nn.network import NetworkConfig, PolicyNetwork, on_device
from gopolicy.nn.tensor_file import CheckpointError
from gopolicy.nn.training_form import NormalizedNetwork
from gopolicy.records.corpus import Corpus
from gopolicy.training.checkpoint import Checkpoint, CheckpointFolder, RunFacts
from gopolicy.training.config import TrainingConfig, TrainingError
from gopolicy.training.dataset import Order, batches, in_background
from gopolicy.training.device import pick_precision
from gopolicy.training.evaluation import Evaluation, evaluate
from gopolicy.training.loop import StepResult, Trainer
from gopolicy.training.processes import ALONE, Processes

METRICS: Final = "metrics.jsonl"
STATISTICS_POSITIONS: Final = 512  # to measure normalization on when a run starts from a fused model


@dataclass(frozen=True)
class Report:
    """How a run is doing: what a progress bar shows.

    step, steps: made and to make.  recent: means over the steps since the last report.  measured: on the
    held-out games, where this report comes with a measurement.  seconds: since this process began.
    """

    step: int
    steps: int
    recent: StepResult
    seconds: float
    measured: Evaluation | None = None

    def as_dict(self) -> dict[str, float]:
        """Return the measured numbers by name."""
        row = asdict(self.recent)
        if self.measured:
            total = self.measured.total
            row |= {"validation_loss": total.loss, "validation_top1": total.top1, "validation_top5": total.top5}
            row["validation_positions"] = total.moves
        return row


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


class Run:
    """A training run in a folder: new, or continued from its checkpoint.

    `Run.begin` and `Run.resume` make one; `train` works until the end, a signal or an error.
    """

    def __init__(
        self, checkpoints: CheckpointFolder, corpus: Corpus, trainer: Trainer, network: NetworkConfig, facts: RunFacts
    ) -> None:
        self.checkpoints = checkpoints
        self.folder = checkpoints.folder
        self.corpus = corpus
        self.trainer = trainer
        self.network = network
        self.facts = facts
        training, validation = corpus.split(trainer.config.validation)
        self.order = Order(corpus, training, trainer.config.seed)
        self.validation = validation

    @classmethod
    def begin(
        cls,
        folder: Path,
        corpus: Corpus,
        config: TrainingConfig,
        start: NetworkConfig | Path,
        device: torch.device,
        *,
        processes: Processes = ALONE,
        compiled: bool = False,
    ) -> "Run":
        """Begin a run in a folder that holds none, from random weights or from a model file.

        processes, compiled: as for `Trainer`; of several processes only the first writes files.
        Raises TrainingError if there is a run already, CheckpointError for a bad model, FileError for a bad folder.
        """
        checkpoints = CheckpointFolder(folder)
        if not checkpoints.is_empty():
            raise TrainingError(f"{folder}: holds a run already; add --resume to go on, or choose another --out")
        if processes.first:
            cls._make_folder(folder)
        fast = processes.any(pick_precision(config.precision, device) == "bfloat16")  # all processes choose alike
        config = replace(config, precision="bfloat16" if fast else "float32")
        facts = RunFacts(corpus=fingerprint(corpus))
        if isinstance(start, Path):
            model, known = load_model(start)
            network, form = model.config, cls._training_form(model, corpus, config)
            facts = replace(facts, started_from=str(start), seen_before=known.positions_seen)
        else:
            torch.manual_seed(config.seed)
            network, form = start, NormalizedNetwork(start, branches=config.branches)
        trainer = Trainer(config, form, device, config.precision, processes=processes, compiled=compiled)
        return cls(checkpoints, corpus, trainer, network, facts)

    @staticmethod
    def _make_folder(folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(f"{folder}: cannot be made: {error.strerror}") from None
        write_file(folder / METRICS, "")

    @staticmethod
    def _training_form(model: PolicyNetwork, corpus: Corpus, config: TrainingConfig) -> NormalizedNetwork:
        order = Order(corpus, corpus.split(config.validation)[0], config.seed)
        count = min(STATISTICS_POSITIONS, order.positions)
        unpacker = Unpacker(torch.device("cpu"), model.config.planes)
        planes, _ = next(batches(order, count)).unpack(unpacker)
        torch.manual_seed(config.seed)
        return NormalizedNetwork.from_fused(model, planes, branches=config.branches)

    @classmethod
    def resume(
        cls,
        folder: Path,
        corpus: Corpus,
        device: torch.device,
        *,
        processes: Processes = ALONE,
        compiled: bool = False,
    ) -> "Run":
        """Continue the run in a folder from its newest sound checkpoint.

        Raises CheckpointError if there is none, or if the corpus is another.
        """
        checkpoints = CheckpointFolder(folder)
        saved = checkpoints.load()
        if saved.facts.corpus != fingerprint(corpus):
            raise CheckpointError(
                f"{folder}: the run was made on another corpus; give the same files in the same order"
            )
        config = saved.training
        form = NormalizedNetwork(saved.network, branches=config.branches)
        trainer = Trainer(config, form, device, config.precision, processes=processes, compiled=compiled)
        try:
            trainer.load(saved.state)
        except (RuntimeError, KeyError, ValueError, TypeError) as error:
            reason = str(error).splitlines()[0]
            raise CheckpointError(f"{folder}: the checkpoint does not fit its own network: {reason}") from None
        return cls(checkpoints, corpus, trainer, saved.network, saved.facts)

    def save(self) -> None:
        """Write the checkpoint and the model; raises FileError, the files before unharmed, if it cannot."""
        trainer = self.trainer
        if not trainer.processes.first:
            return
        self.checkpoints.save(Checkpoint(self.network, trainer.config, self.facts, trainer.state()))
        model = trainer.model()
        assert isinstance(model, PolicyNetwork)
        facts = ModelFacts(
            positions_seen=self.facts.seen_before + trainer.step_number * trainer.config.batch,
            corpus=self.facts.corpus,
            started_from=self.facts.started_from,
            training=asdict(trainer.config),
        )
        save_model(self.folder / FILE_NAME, model, facts)

    def measure(self, count: int) -> Evaluation:
        """Return how well the averaged network predicts `count` held-out positions, always the same ones."""
        device, dtype = self.trainer.device, self.trainer.dtype
        model = on_device(self.trainer.model(), device)
        return evaluate(model, self.corpus, self.validation, count=count, device=device, dtype=dtype)

    def train(
        self,
        *,
        workers: int = 0,
        save_seconds: float = 300,
        measure_steps: int = 1000,
        measure_positions: int = 4096,
        report_steps: int = 20,
        on_progress: Callable[[Report], None] | None = None,
    ) -> bool:
        """Train to the end and return True, or until SIGINT or SIGTERM, save, and return False.

        Raises TrainingError if the loss is no number; the last checkpoint is then the last good state.
        """
        trainer, config = self.trainer, self.trainer.config
        processes, on_gpu = trainer.processes, trainer.device.type == "cuda"
        source = batches(
            self.order,
            config.batch,
            step=trainer.step_number,
            rank=processes.rank,
            ranks=processes.size,
            workers=workers,
            pin_memory=on_gpu,
        )
        if on_gpu:  # gather the next batches while the GPU works on this one
            source = in_background(source)
        begun = saved = time.monotonic()
        recent: list[StepResult] = []
        with stop_on_signals() as stopped:
            while trainer.step_number < config.steps and not processes.any(stopped()):
                recent.append(trainer.step(next(source)))
                step = trainer.step_number
                last = step == config.steps
                measured = None
                if processes.first and len(self.validation) and (last or step % measure_steps == 0):
                    measured = self.measure(measure_positions)
                if processes.first and (measured or last or step % report_steps == 0):
                    report = Report(step, config.steps, _mean(recent), time.monotonic() - begun, measured)
                    recent = []
                    self._log(report)
                    if on_progress:
                        on_progress(report)
                if time.monotonic() - saved > save_seconds:
                    self.save()
                    saved = time.monotonic()
            self.save()
        return trainer.step_number >= config.steps

    def _log(self, report: Report) -> None:
        row: dict[str, Any] = {
            "step": report.step,
            "positions": report.step * self.trainer.config.batch,
            "seconds": round(report.seconds, 1),
            **{name: round(value, 4) for name, value in report.as_dict().items()},
        }
        with open(self.folder / METRICS, "a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def _mean(results: list[StepResult]) -> StepResult:
    rows = np.array([(result.loss, result.top1, result.gradient) for result in results])
    return StepResult(*(float(value) for value in rows.mean(0)))


def fingerprint(corpus: Corpus) -> str:
    """Return a text that differs between corpora: games, positions and a sum over the digests."""
    digests = int(corpus.index["digest"].sum(dtype=np.uint64))
    return f"{len(corpus)} games, {corpus.positions} positions, {digests:016x}"

"""A training run on disk: its folder, checkpoints, measurements and signals.

checkpoint.safetensors   everything needed to go on; written under another name first, then renamed
previous.safetensors     the checkpoint before it, should the last be damaged
model.safetensors        the averaged network, folded: what board, query and engines use
metrics.jsonl            one line a measurement
"""

import contextlib
import json
import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any, Final

import numpy as np
import torch

from gopolicy.nn.checkpoint import (
    RUN,
    CheckpointError,
    flatten,
    load_file,
    load_model,
    planes_name,
    save_file,
    save_model,
    unflatten,
)
from gopolicy.nn.inference import Unpacker
from gopolicy.nn.network import NetworkConfig, PolicyNetwork, on_device
from gopolicy.nn.normalization import NormalizedNetwork
from gopolicy.records.corpus import Corpus
from gopolicy.training.config import TrainingConfig
from gopolicy.training.dataset import Order, batches, in_background
from gopolicy.training.device import pick_precision
from gopolicy.training.evaluation import Evaluation, evaluate
from gopolicy.training.loop import StepResult, Trainer, TrainingError
from gopolicy.training.processes import ALONE, Processes

CHECKPOINT: Final = "checkpoint.safetensors"
PREVIOUS: Final = "previous.safetensors"
MODEL_FILE: Final = "model.safetensors"
METRICS: Final = "metrics.jsonl"
STATISTICS_POSITIONS: Final = 512  # to measure normalization on when a run starts from a folded model


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
            raise KeyboardInterrupt  # asked twice: at once
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

    def __init__(self, folder: Path, corpus: Corpus, trainer: Trainer, facts: dict[str, Any]) -> None:
        self.folder = folder
        self.corpus = corpus
        self.trainer = trainer
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
        Raises TrainingError if there is a run already, CheckpointError for a bad model, OSError for a bad folder.
        """
        if (folder / CHECKPOINT).exists() or (folder / PREVIOUS).exists():
            raise TrainingError(f"{folder}: holds a run already; add --resume to go on, or choose another --out")
        if processes.first:
            cls._make_folder(folder)
        fast = processes.any(pick_precision(config.precision, device) == "bfloat16")  # all processes choose alike
        config = replace(config, precision="bfloat16" if fast else "float32")
        network: NetworkConfig | NormalizedNetwork
        facts = {"corpus": fingerprint(corpus), "started from": "", "seen before": 0}
        if isinstance(start, Path):
            model, known = load_model(start)
            network = cls._unfolded(model, corpus, config)
            facts |= {"started from": str(start), "seen before": known.get("positions seen", 0)}
        else:
            network = start
        trainer = Trainer(config, network, device, config.precision, processes=processes, compiled=compiled)
        return cls(folder, corpus, trainer, facts)

    @staticmethod
    def _make_folder(folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / METRICS).write_text("", encoding="utf-8")
        except OSError as error:
            raise TrainingError(f"{folder}: cannot be written: {error.strerror}") from None

    @staticmethod
    def _unfolded(model: PolicyNetwork, corpus: Corpus, config: TrainingConfig) -> NormalizedNetwork:
        order = Order(corpus, corpus.split(config.validation)[0], config.seed)
        count = min(STATISTICS_POSITIONS, order.positions)
        unpacker = Unpacker(torch.device("cpu"), model.config.planes)
        return NormalizedNetwork.unfold(model, next(batches(order, count)).unpack(unpacker)[0])

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
        """Continue the run in a folder from its newest good checkpoint.

        Raises CheckpointError if there is none, or if the corpus is another.
        """
        path, tensors, facts = _newest(folder)
        if facts["corpus"] != fingerprint(corpus):
            raise CheckpointError(f"{path}: the run was made on another corpus; give the same files in the same order")
        config, network = TrainingConfig(**facts["training"]), NetworkConfig(**facts["network"])
        trainer = Trainer(config, network, device, config.precision, processes=processes, compiled=compiled)
        try:
            trainer.load(unflatten(tensors, facts["state"]))
        except (RuntimeError, KeyError, ValueError) as error:
            raise CheckpointError(f"{path}: does not fit its own network: {str(error).splitlines()[0]}") from None
        return cls(
            folder, corpus, trainer, {key: facts.get(key, 0) for key in ("corpus", "started from", "seen before")}
        )

    def save(self) -> None:
        """Write the checkpoint and the model; raises CheckpointError, the files before unharmed, if it cannot."""
        trainer = self.trainer
        if not trainer.processes.first:
            return
        tensors, rest = flatten(trainer.state())
        network = asdict(trainer.network.config)
        training = asdict(trainer.config)
        facts = {**self.facts, "planes": planes_name(), "network": network, "training": training, "state": rest}
        path, written = self.folder / CHECKPOINT, self.folder / "next.safetensors"
        save_file(written, tensors, {**facts, "kind": RUN})
        if path.exists():
            os.replace(path, self.folder / PREVIOUS)
        os.replace(written, path)
        seen = self.facts["seen before"] + trainer.step_number * trainer.config.batch
        model = trainer.model()
        assert isinstance(model, PolicyNetwork)
        known = {key: self.facts[key] for key in ("corpus", "started from")}
        save_model(self.folder / MODEL_FILE, model, {**known, "positions seen": seen, "training": training})

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
        tell: Callable[[Report], None] | None = None,
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
                    if tell:
                        tell(report)
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


def _newest(folder: Path) -> tuple[Path, dict[str, torch.Tensor], dict[str, Any]]:
    """Return the newest checkpoint of a folder that can be read: its path, tensors and facts."""
    path, before = folder / CHECKPOINT, folder / PREVIOUS
    try:
        tensors, facts = load_file(path)
    except CheckpointError as error:
        if not before.exists():
            raise
        logging.getLogger(__name__).warning("%s; going on from %s", error, before)
        path = before
        tensors, facts = load_file(path)
    if facts["kind"] != RUN:
        raise CheckpointError(f"{path}: a {facts['kind']}, not a training run")
    return path, tensors, facts


def _mean(results: list[StepResult]) -> StepResult:
    rows = np.array([(result.loss, result.top1, result.gradient) for result in results])
    return StepResult(*(float(value) for value in rows.mean(0)))


def fingerprint(corpus: Corpus) -> str:
    """Return a text that differs between corpora: games, positions and a sum over the digests."""
    digests = int(corpus.index["digest"].sum(dtype=np.uint64))
    return f"{len(corpus)} games, {corpus.positions} positions, {digests:016x}"

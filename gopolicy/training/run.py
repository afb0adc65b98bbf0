"""A training run on disk: its folder, checkpoints, measurements and signals.

checkpoint.safetensors   everything needed to go on; written under another name first, then renamed
model.safetensors        the averaged network, folded: what board, query and engines use
metrics.jsonl            one line a measurement
"""

import contextlib
import json
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
from gopolicy.nn.network import NetworkConfig, PolicyNetwork, on_device
from gopolicy.nn.normalization import NormalizedNetwork
from gopolicy.records.corpus import Corpus
from gopolicy.training.config import TrainingConfig
from gopolicy.training.dataset import Order, Unpacker, batches
from gopolicy.training.evaluation import Evaluation, evaluate
from gopolicy.training.loop import StepResult, Trainer, TrainingError

CHECKPOINT: Final = "checkpoint.safetensors"
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


def pick_device(name: str = "auto") -> torch.device:
    """Return the device of a name, for auto CUDA where there is one; raises TrainingError."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise TrainingError(f"device {name!r}: torch sees no CUDA device here; use --device cpu")
    try:
        return torch.device(name)
    except RuntimeError:
        raise TrainingError(f"unknown device {name!r}: auto, cpu or cuda") from None


def pick_precision(name: str, device: torch.device) -> str:
    """Return float32 or bfloat16; for auto the one whose matrix product is clearly faster on `device`."""
    if name in ("float32", "bfloat16"):
        return name
    if name != "auto":
        raise TrainingError(f"unknown precision {name!r}: auto, float32 or bfloat16")
    return "bfloat16" if _seconds(torch.bfloat16, device) * 1.5 < _seconds(torch.float32, device) else "float32"


def _seconds(dtype: torch.dtype, device: torch.device) -> float:
    matrix = torch.ones(1024, 1024, dtype=dtype, device=device)
    times = []
    for _ in range(4):
        begun = time.perf_counter()
        float((matrix @ matrix)[0, 0])  # reading a number waits for the device
        times.append(time.perf_counter() - begun)
    return min(times)


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
    ) -> "Run":
        """Begin a run in a folder that holds none, from random weights or from a model file.

        Raises TrainingError if there is a run already, CheckpointError for a bad model, OSError for a bad folder.
        """
        if (folder / CHECKPOINT).exists():
            raise TrainingError(f"{folder}: holds a run already; add --resume to go on, or choose another --out")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / METRICS).write_text("", encoding="utf-8")
        except OSError as error:
            raise TrainingError(f"{folder}: cannot be written: {error.strerror}") from None
        config = replace(config, precision=pick_precision(config.precision, device))
        network: NetworkConfig | NormalizedNetwork
        if isinstance(start, Path):
            network = cls._started_from(start, corpus, config)
        else:
            network = start
        facts = {"corpus": fingerprint(corpus), "started from": str(start) if isinstance(start, Path) else ""}
        return cls(folder, corpus, Trainer(config, network, device, config.precision), facts)

    @staticmethod
    def _started_from(path: Path, corpus: Corpus, config: TrainingConfig) -> NormalizedNetwork:
        model, _ = load_model(path)
        order = Order(corpus, corpus.split(config.validation)[0], config.seed)
        count = min(STATISTICS_POSITIONS, order.positions)
        unpacker = Unpacker(torch.device("cpu"), model.config.planes)
        return NormalizedNetwork.unfold(model, unpacker(next(batches(order, count)))[0])

    @classmethod
    def resume(cls, folder: Path, corpus: Corpus, device: torch.device) -> "Run":
        """Continue the run in a folder; raises CheckpointError if there is none, or if the corpus is another."""
        path = folder / CHECKPOINT
        tensors, facts = load_file(path)
        if facts["kind"] != RUN:
            raise CheckpointError(f"{path}: a {facts['kind']}, not a training run")
        if facts["corpus"] != fingerprint(corpus):
            raise CheckpointError(f"{path}: the run was made on another corpus; give the same files in the same order")
        config = TrainingConfig(**facts["training"])
        trainer = Trainer(config, NetworkConfig(**facts["network"]), device, config.precision)
        try:
            trainer.load(unflatten(tensors, facts["state"]))
        except (RuntimeError, KeyError, ValueError) as error:
            raise CheckpointError(f"{path}: does not fit its own network: {str(error).splitlines()[0]}") from None
        return cls(folder, corpus, trainer, {"corpus": facts["corpus"], "started from": facts["started from"]})

    def save(self) -> None:
        """Write the checkpoint and the model; raises CheckpointError, the files before unharmed, if it cannot."""
        trainer = self.trainer
        tensors, rest = flatten(trainer.state())
        network = asdict(trainer.network.config)
        training = asdict(trainer.config)
        facts = {**self.facts, "planes": planes_name(), "network": network, "training": training, "state": rest}
        save_file(self.folder / CHECKPOINT, tensors, {**facts, "kind": RUN})
        seen = {"positions seen": trainer.step_number * trainer.config.batch, "training": training}
        model = trainer.model()
        assert isinstance(model, PolicyNetwork)
        save_model(self.folder / MODEL_FILE, model, {**self.facts, **seen})

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
        pinned = trainer.device.type == "cuda"
        source = batches(self.order, config.batch, step=trainer.step_number, workers=workers, pin_memory=pinned)
        begun = saved = time.monotonic()
        recent: list[StepResult] = []
        with stop_on_signals() as stopped:
            while trainer.step_number < config.steps and not stopped():
                recent.append(trainer.step(next(source)))
                step = trainer.step_number
                last = step == config.steps
                measured = None
                if len(self.validation) and (last or step % measure_steps == 0):
                    measured = self.measure(measure_positions)
                if measured or last or step % report_steps == 0:
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
            **{name: round(value, 4) for name, value in asdict(report.recent).items()},
        }
        if report.measured:
            total = report.measured.total
            row |= {"validation_loss": round(total.loss, 4), "validation_top1": round(total.top1, 4)}
            row |= {"validation_top5": round(total.top5, 4), "validation_positions": total.positions}
        with open(self.folder / METRICS, "a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def _mean(results: list[StepResult]) -> StepResult:
    rows = np.array([(result.loss, result.top1, result.gradient) for result in results])
    return StepResult(*(float(value) for value in rows.mean(0)))


def fingerprint(corpus: Corpus) -> str:
    """Return a text that differs between corpora: games, positions and a sum over the digests."""
    digests = int(corpus.index["digest"].sum(dtype=np.uint64))
    return f"{len(corpus)} games, {corpus.positions} positions, {digests:016x}"


def default_workers(device: torch.device) -> int:
    """Return how many encoding processes suit: none on a CPU that the network needs itself, else the cores."""
    return 0 if device.type == "cpu" else max(1, min(16, (os.cpu_count() or 1) - 1))

"""A training run on disk: its folder, checkpoints and measurements.

checkpoint-*.safetensors   everything needed to go on, the newest and the one before it
model.safetensors          the averaged network, fused: what board, query and engines use
metrics.jsonl              one line a measurement
"""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from gopolicy.files import make_folder
from gopolicy.folder_lock import FolderLock
from gopolicy.nn.growth import grow
from gopolicy.nn.inference import Unpacker
from gopolicy.nn.model_file import FILE_NAME, ModelFacts, load_model, save_model
from gopolicy.nn.network import NetworkConfig, PolicyNetwork, on_device
from gopolicy.nn.tensor_file import CheckpointError
from gopolicy.nn.training_form import NormalizedNetwork
from gopolicy.records.corpus import Corpus
from gopolicy.training.checkpoint import Checkpoint, CheckpointFolder, RunFacts
from gopolicy.training.config import TrainingConfig, TrainingError, extended
from gopolicy.training.device import adapted, torch_dtype
from gopolicy.training.evaluation import Evaluation, evaluate, sample_positions
from gopolicy.training.loader import batches
from gopolicy.training.loop import Trainer
from gopolicy.training.metrics import Metrics
from gopolicy.training.order import Order
from gopolicy.training.processes import ALONE, Processes
from gopolicy.training.teacher import Teacher

METRICS: Final = "metrics.jsonl"
STATISTICS_POSITIONS: Final = 512  # to measure normalization on when a run starts from a fused model


class Run:
    """A training run in a folder: new, or continued from its checkpoint.

    `Run.begin` and `Run.resume` make one, `gopolicy.training.run_loop.train` lets it work.  While it lives no other
    process can train in its folder.
    """

    def __init__(
        self, checkpoints: CheckpointFolder, corpus: Corpus, trainer: Trainer, network: NetworkConfig, facts: RunFacts
    ) -> None:
        self.checkpoints = checkpoints
        self.folder = checkpoints.folder
        self.lock: FolderLock | None = None
        self.metrics = Metrics(self.folder / METRICS)
        self.corpus = corpus
        self.trainer = trainer
        self.network = network
        self.facts = facts
        training, validation = corpus.split(trainer.config.validation)
        self.order = Order(corpus, training, trainer.config.seed, hide_history=trainer.config.hide_history)
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
        filters: int | None = None,
        processes: Processes = ALONE,
        compile_mode: str = "off",
    ) -> "Run":
        """Begin a run in a folder that holds none, from random weights or from a model file.

        filters: what the network of a model file grows to, None for as many as it has.
        processes, compile_mode: as for `Trainer`; of several processes only the first writes files.
        Raises TrainingError if there is a run already, NetworkError for fewer filters, CheckpointError for a bad model,
        FileError for a bad folder.
        """
        check_is_free(folder)
        checkpoints = CheckpointFolder(folder)
        facts = RunFacts(corpus=fingerprint(corpus))
        if isinstance(start, Path):
            model, known = load_model(start)
            form = cls._training_form(model, filters or model.config.filters, corpus, config)
            network = form.config
            facts = replace(facts, started_from=str(start), seen_before=known.positions_seen)
        else:
            torch.manual_seed(config.seed)
            network, form = start, NormalizedNetwork(start, branches=config.branches)
        chosen = adapted(config, network, device, compile_mode=compile_mode)  # below, all processes choose alike
        half, winograd = processes.any(chosen.precision == "bfloat16"), processes.any(chosen.convolution == "winograd")
        config = replace(
            config, precision="bfloat16" if half else "float32", convolution="winograd" if winograd else "direct"
        )
        trainer = cls._trainer(config, form, device, processes, compile_mode)
        run = cls(checkpoints, corpus, trainer, network, facts)
        if processes.first:
            make_folder(folder)
            run.lock = FolderLock(folder)
            run.metrics.clear()
        return run

    @staticmethod
    def _trainer(
        config: TrainingConfig, form: NormalizedNetwork, device: torch.device, processes: Processes, compile_mode: str
    ) -> Trainer:
        dtype = torch_dtype(config.precision)
        teacher = Teacher(Path(config.teacher), device, dtype) if config.teacher else None
        return Trainer(
            config, form, device, config.precision, processes=processes, compile_mode=compile_mode, teacher=teacher
        )

    @staticmethod
    def _training_form(model: PolicyNetwork, filters: int, corpus: Corpus, config: TrainingConfig) -> NormalizedNetwork:
        order = Order(corpus, corpus.split(config.validation)[0], config.seed)
        count = min(STATISTICS_POSITIONS, order.positions)
        unpacker = Unpacker(torch.device("cpu"), model.config.planes)
        planes, _ = next(batches(order, count)).unpack(unpacker)
        torch.manual_seed(config.seed)
        if filters != model.config.filters:
            model = grow(model, filters, planes)
        return NormalizedNetwork.from_fused(model, planes, branches=config.branches)

    @classmethod
    def resume(
        cls,
        folder: Path,
        corpus: Corpus,
        device: torch.device,
        *,
        changes: Mapping[str, Any] | None = None,
        processes: Processes = ALONE,
        compile_mode: str = "off",
    ) -> "Run":
        """Continue the run in a folder from its newest sound checkpoint, to the last bit on a CPU.

        changes: fields of the configuration as `extended` takes them.  What was measured after the checkpoint is
        dropped.  Raises CheckpointError if there is no checkpoint or the corpus is another, TrainingError for changes.
        """
        with ExitStack() as stack:
            lock = FolderLock(folder) if processes.first and folder.is_dir() else None
            if lock:
                stack.callback(lock.close)
            run = cls._continued(folder, corpus, device, changes or {}, processes, compile_mode)
            stack.pop_all()
        run.lock = lock
        if processes.first:
            run.metrics.cut_back(run.trainer.step_number)
        return run

    @classmethod
    def _continued(
        cls,
        folder: Path,
        corpus: Corpus,
        device: torch.device,
        changes: Mapping[str, Any],
        processes: Processes,
        compile_mode: str,
    ) -> "Run":
        checkpoints = CheckpointFolder(folder)
        saved = checkpoints.load()
        if saved.facts.corpus not in (fingerprint(corpus), _unordered_fingerprint(corpus)):
            raise CheckpointError(
                f"{folder}: the run was made on another corpus; give the same files in the same order"
            )
        config = extended(saved.training, changes)
        form = NormalizedNetwork(saved.network, branches=config.branches)
        trainer = cls._trainer(config, form, device, processes, compile_mode)
        try:
            trainer.load(saved.state)
        except (RuntimeError, KeyError, ValueError, TypeError) as error:
            reason = (str(error).splitlines() or [""])[0]
            raise CheckpointError(f"{folder}: the checkpoint does not fit its own network: {reason}") from None
        _, first = processes.agree(False, trainer.step_number)
        if processes.any(first != trainer.step_number):
            raise TrainingError(f"{folder}: not all processes find the same checkpoint; --out must be a shared folder")
        seen = trainer.step_number * config.batch
        if config.positions != saved.training.positions and config.positions < seen:
            raise TrainingError(f"--positions {config.positions}: the run has seen {seen} already")
        if checkpoints.newest_is_damaged and config.positions <= seen:  # its model would replace a better one
            raise CheckpointError(
                f"{folder}: the newest checkpoint is damaged, and the one before it is at its end of {seen} positions; "
                "give more --positions to go on from it"
            )
        return cls(checkpoints, corpus, trainer, saved.network, saved.facts)

    def save(self, seconds: float = 0.0) -> None:
        """Write the checkpoint and the model; raises FileError, the files before unharmed, if it cannot.

        seconds: of training so far.  Raises TrainingError if the weights are no finite numbers.
        """
        trainer = self.trainer
        if not trainer.processes.first:
            return
        remembered = replace(self.facts, seconds=round(seconds, 1))
        self.checkpoints.save(Checkpoint(self.network, trainer.config, remembered, trainer.state()))
        model = trainer.model()
        assert isinstance(model, PolicyNetwork)
        facts = ModelFacts(
            positions_seen=self.facts.seen_before + trainer.step_number * trainer.config.batch,
            corpus=self.facts.corpus,
            started_from=self.facts.started_from,
            training=asdict(trainer.config),
        )
        save_model(self.folder / FILE_NAME, model, facts)

    def close(self) -> None:
        """Give the folder back to other processes."""
        if self.lock:
            self.lock.close()

    def measure(self, count: int) -> Evaluation:
        """Return how well the averaged network predicts `count` held-out positions, always the same ones."""
        model = on_device(self.trainer.model(), self.trainer.device)
        positions = sample_positions(self.corpus, self.validation, count)
        return evaluate(model, self.corpus, positions, dtype=self.trainer.dtype)


def check_is_free(folder: Path) -> None:
    """Raise TrainingError where a folder holds a run or a model already."""
    if not CheckpointFolder(folder).is_empty():
        raise TrainingError(f"{folder}: holds a run already; add --resume to go on, or choose another --out")
    if (folder / FILE_NAME).exists():
        raise TrainingError(f"{folder}: holds a model already; choose another --out")


def fingerprint(corpus: Corpus) -> str:
    """Return a text that differs between corpora, also between those of the same games in another order."""
    order = blake2b(corpus.index["digest"].tobytes() + corpus.index["sides"].tobytes(), digest_size=8).hexdigest()
    return f"{len(corpus)} games, {corpus.positions} positions, order {order}"


def _unordered_fingerprint(corpus: Corpus) -> str:
    """Return what `fingerprint` was before it knew the order."""
    digests = int(corpus.index["digest"].sum(dtype=np.uint64))
    return f"{len(corpus)} games, {corpus.positions} positions, {digests:016x}"

"""Checkpoints of a training run: everything needed to go on, in files of at most PART_BYTES.

A checkpoint is the files `checkpoint-STEP-I-of-N.safetensors`; it counts only if all of them are there, sound and of
one saving.  The one before it stays, should the last be damaged.  Runs of older versions have `checkpoint.safetensors`
and `previous.safetensors` instead.
"""

import contextlib
import hashlib
import logging
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from gopolicy.nn.network import NetworkConfig
from gopolicy.nn.tensor_file import CheckpointError, read_fields, read_tensors, write_tensors
from gopolicy.training.config import TrainingConfig, TrainingError

KIND: Final = "gopolicy training run"
PART_BYTES: Final = 15_000_000  # tensors of a part; with its header a file stays under 16 MB
NAME: Final = re.compile(r"checkpoint-(?P<step>\d+)-(?P<part>\d+)-of-(?P<parts>\d+)\.safetensors")
OLD_NAMES: Final = ("checkpoint.safetensors", "previous.safetensors")
RENAMED: Final = {"started from": "started_from", "seen before": "seen_before"}


@dataclass(frozen=True)
class RunFacts:
    """What a run remembers besides its configuration."""

    corpus: str = ""
    """Fingerprint of the games, see `gopolicy.training.run.fingerprint`."""
    started_from: str = ""
    """The model file that it started from; empty for random weights."""
    seen_before: int = 0
    """Positions that this model had been trained on."""
    seconds: float = 0.0
    """Time spent in training so far."""


@dataclass(frozen=True)
class Checkpoint:
    """A run as it is saved; state: that of a `Trainer`, nested dicts of tensors and numbers."""

    network: NetworkConfig
    training: TrainingConfig
    facts: RunFacts = field(default_factory=RunFacts)
    state: Mapping[str, Any] = field(default_factory=dict)


class CheckpointFolder:
    """The checkpoints in the folder of a run: the newest and the one before it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.newest_is_damaged = False  # of those that `load` met
        self._sound: list[list[Path]] = []  # files of the checkpoints that were written or read here, the newest last

    def is_empty(self) -> bool:
        """Return whether the folder holds no run, neither sound nor damaged."""
        return not _saved(self.folder)

    def save(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint, then remove all but the one before it; raises FileError, the others unharmed.

        Raises TrainingError if a weight is no finite number: no checkpoint of it could be read.
        """
        tensors, rest = flatten(checkpoint.state)
        if not all(torch.isfinite(tensor).all() for tensor in tensors.values() if tensor.is_floating_point()):
            saved = "nothing of the run was saved" if self.is_empty() else "the last checkpoint is sound"
            raise TrainingError(f"{self.folder}: weights are no finite numbers; {saved}; begin again with a lower --lr")
        parts = _split(tensors)
        shared = {"kind": KIND, "saving": _digest(tensors)}
        facts = {
            "network": asdict(checkpoint.network),
            "training": asdict(checkpoint.training),
            "run": asdict(checkpoint.facts),
            "state": rest,
        }
        written = []
        for number, part in enumerate(parts, start=1):
            name = f"checkpoint-{rest['step']:09}-{number}-of-{len(parts)}.safetensors"
            write_tensors(self.folder / name, part, {**shared, **(facts if number == 1 else {})})
            written.append(self.folder / name)
        self._sound = [*[files for files in self._sound if files != written][-1:], written]
        kept = {path for files in self._sound for path in files}
        for path in {path for files in _saved(self.folder) for path in files} - kept:
            with contextlib.suppress(OSError):  # Windows refuses while another program reads it: the next time
                path.unlink(missing_ok=True)

    def load(self) -> Checkpoint:
        """Return the newest sound checkpoint; a damaged one before it is named in a warning.

        Raises CheckpointError if there is none.
        """
        problems: list[CheckpointError] = []
        for files in _saved(self.folder):
            try:
                checkpoint = _load(files)
            except CheckpointError as error:
                problems.append(error)
                continue
            for problem in problems:
                logging.getLogger(__name__).warning("%s; going on from %s", problem, files[0].name)
            self._sound, self.newest_is_damaged = [files], bool(problems)
            return checkpoint
        raise (
            problems[0]
            if problems
            else CheckpointError(f"{self.folder}: holds no checkpoint; leave out --resume to begin a run")
        )


def _digest(tensors: Mapping[str, Tensor]) -> str:
    """Return what tells a saving from others: saved again at the same step, its files fit those that are there."""
    digest = hashlib.blake2b(digest_size=8)
    for name, tensor in sorted(tensors.items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _saved(folder: Path) -> list[list[Path]]:
    """Return the files of each checkpoint, the newest first, those of older versions last."""
    steps: dict[tuple[int, int], list[Path]] = defaultdict(list)
    for path in folder.glob("checkpoint-*.safetensors"):
        found = NAME.fullmatch(path.name)
        if found:
            steps[int(found["step"]), int(found["parts"])].append(path)
    newest = [sorted(steps[key]) for key in sorted(steps, reverse=True)]
    return newest + [[folder / name] for name in OLD_NAMES if (folder / name).exists()]


def _complete(files: list[Path]) -> bool:
    found = NAME.fullmatch(files[0].name)
    return found is None or len(files) == int(found["parts"])


def _load(files: list[Path]) -> Checkpoint:
    if not _complete(files):
        raise CheckpointError(f"{files[0]}: other parts of this checkpoint are missing")
    tensors, header = read_tensors(files[0])
    if header.get("kind") != KIND:
        raise CheckpointError(f"{files[0]}: a {header.get('kind')}, not a training run")
    for path in files[1:]:
        more, facts = read_tensors(path)
        if facts.get("saving") != header.get("saving"):
            raise CheckpointError(f"{path}: belongs to another saving of this checkpoint")
        tensors |= more
    first = files[0]
    training = header.get("training")
    if isinstance(training, dict):  # early runs do not say whether they have branches
        training = {"branches": "network/branches.0.weight" in tensors, **training}
    rest = header.get("state")
    if not isinstance(rest, dict) or not isinstance(rest.get("step"), int):
        raise CheckpointError(f"{first}: damaged: its header has no state")
    return Checkpoint(
        read_fields(NetworkConfig, header.get("network"), first),
        read_fields(TrainingConfig, training, first),
        read_fields(RunFacts, header.get("run") or {k: v for k, v in header.items() if v}, first, RENAMED),
        unflatten(tensors, rest),
    )


def _split(tensors: Mapping[str, Tensor]) -> list[dict[str, Tensor]]:
    """Return the tensors in groups of at most PART_BYTES; a larger one is alone in its group."""
    groups: list[dict[str, Tensor]] = [{}]
    size = 0
    for name, tensor in tensors.items():
        if groups[-1] and size + tensor.nbytes > PART_BYTES:
            groups.append({})
            size = 0
        groups[-1][name] = tensor
        size += tensor.nbytes
    return groups


def flatten(state: Mapping[str, Any], prefix: str = "") -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Split a nested state (dicts with string keys) into its tensors and the rest, by path."""
    tensors: dict[str, Tensor] = {}
    rest: dict[str, Any] = {}
    for key, value in state.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            inner = flatten(value, f"{name}/")
            tensors.update(inner[0])
            rest.update(inner[1])
        elif isinstance(value, Tensor):
            tensors[name] = value.detach().clone(memory_format=torch.contiguous_format)
        else:
            rest[name] = value
    return tensors, rest


def unflatten(tensors: Mapping[str, Tensor], rest: Mapping[str, Any]) -> dict[str, Any]:
    """Take back `flatten`."""
    state: dict[str, Any] = {}
    for name, value in {**tensors, **rest}.items():
        inner = state
        *path, key = name.split("/")
        for part in path:
            inner = inner.setdefault(part, {})
        inner[key] = value
    return state

"""Files of tensors: safetensors with facts as JSON in the header and a digest over both, never a pickle.

The header's entry `gopolicy` is a JSON object with `version`, `digest`, `planes` and what the kind of file adds
(`gopolicy.nn.model_file`, `gopolicy.training.checkpoint`).  Files of version 1 have neither version nor digest.
"""

import dataclasses
import json
import logging
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from gopolicy.errors import GopolicyError
from gopolicy.features import FEATURES
from gopolicy.files import write_file

VERSION: Final = 2
ENTRY: Final = "gopolicy"
# What networks and optimizers have; of others not all of torch works.
MAX_DIMENSIONS: Final = 8
DTYPES: Final = frozenset(
    (torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.bool, torch.uint8, torch.int32, torch.int64)
)

Facts = TypeVar("Facts")


class CheckpointError(GopolicyError, ValueError):
    """A file of weights that cannot be used; the text says which file and why."""


def planes_name() -> str:
    """Return the name of the plane set of this gopolicy: how many, and a fingerprint of names and order."""
    table = ";".join(f"{feature.name}:{feature.width}" for feature in FEATURES)
    total = sum(feature.width for feature in FEATURES)
    return f"{total} planes {blake2b(table.encode(), digest_size=4).hexdigest()}"


def write_tensors(path: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Write tensors and facts (as JSON takes them); raises FileError, what was there unharmed, if that fails."""
    kept = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
    header = {**facts, "version": VERSION, "planes": planes_name()}
    write_file(path, save(kept, {ENTRY: json.dumps({**header, "digest": _digest(kept, header)})}))


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return (tensors, facts) of a file that `write_tensors` or an older gopolicy wrote.

    Raises CheckpointError if the file is missing, cut short, changed, of a newer version, made for other planes, or
    has weights that are no finite numbers.  A file without a digest is read, and a note of it logged.
    """
    tensors, metadata = _read(path)
    facts = _header(path, metadata)
    version, digest = facts.get("version", 1), facts.pop("digest", None)
    if not isinstance(version, int) or version > VERSION:
        raise CheckpointError(
            f"{path}: written by a newer gopolicy (version {version!r}, this one reads up to {VERSION}); update it"
        )
    if digest is None and version == 1:
        logging.getLogger(__name__).info("%s: has no digest, so that damage to its weights goes unseen", path)
    elif digest != _digest(tensors, facts):
        raise CheckpointError(f"{path}: damaged: its digest is wrong; copy or train it again")
    if facts.get("planes") != planes_name():
        raise CheckpointError(f"{path}: made for {facts.get('planes')!r}, this gopolicy has {planes_name()!r}")
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise CheckpointError(f"{path}: damaged: {name} holds values that are no finite numbers")
    return tensors, facts


def read_fields(kind: type[Facts], values: object, path: Path, renamed: Mapping[str, str] | None = None) -> Facts:
    """Return a dataclass of defaults from an object of a file's header.

    Fields that the header lacks keep their default, and entries that are no fields are left out, so that files of
    other versions can be read.  renamed: field by the name that older files have for it.
    Raises CheckpointError, naming the file, for a value of another type and for what the dataclass refuses.
    """
    if not isinstance(values, dict):
        raise CheckpointError(f"{path}: damaged: its header has no {kind.__name__}")
    values = {(renamed or {}).get(name, name): value for name, value in values.items()}
    chosen: dict[str, Any] = {}
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]  # a dataclass, which has no type of its own
        default = field.default_factory() if callable(field.default_factory) else field.default
        value = values.get(field.name, default)
        if isinstance(default, float) and type(value) is int:
            value = float(value)
        if type(value) is not type(default):
            raise CheckpointError(f"{path}: its header says {field.name} = {str(value)[:40]!r}, of a wrong type")
        chosen[field.name] = value
    try:
        return kind(**chosen)
    except GopolicyError as error:
        raise CheckpointError(f"{path}: {error}") from None


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    if not path.is_file():
        raise CheckpointError(f"{path}: {'not a regular file' if path.exists() else 'no such file'}")
    try:
        data = path.read_bytes()  # safetensors opens no file whose name is no UTF-8
        tensors = load(data)
        metadata = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")]).get("__metadata__") or {}
    except (OSError, SafetensorError, ValueError, TypeError, KeyError, AssertionError, RuntimeError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise CheckpointError(f"{path}: cut short or no safetensors file ({reason[:200]})") from None
    for name, tensor in tensors.items():
        if tensor.dim() > MAX_DIMENSIONS or tensor.dtype not in DTYPES:
            raise CheckpointError(f"{path}: {name[:100]!r} is no tensor of a network")
    return tensors, metadata


def _header(path: Path, metadata: dict[str, str]) -> dict[str, Any]:
    if ENTRY not in metadata:
        raise CheckpointError(f"{path}: weights of another program, without a gopolicy header")
    try:
        facts = json.loads(metadata[ENTRY])
    except (ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict):
        raise CheckpointError(f"{path}: damaged: its header is no JSON object")
    return facts


def _digest(tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> str:
    hasher = blake2b(json.dumps(facts, sort_keys=True).encode(), digest_size=16)
    for name in sorted(tensors):
        tensor = tensors[name].detach().cpu().contiguous()
        hasher.update(f"\0{name} {tensor.dtype} {list(tensor.shape)}\0".encode("utf-8", "surrogatepass"))
        hasher.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return hasher.hexdigest()

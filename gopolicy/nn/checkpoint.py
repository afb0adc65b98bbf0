"""Files of networks and of training runs: safetensors with the facts as JSON in the header, never a pickle."""

import json
import os
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from gopolicy.errors import GopolicyError
from gopolicy.features import FEATURES
from gopolicy.nn.network import NetworkConfig, PolicyNetwork

MODEL: Final = "gopolicy model"
RUN: Final = "gopolicy training run"


class CheckpointError(GopolicyError, ValueError):
    """A file of weights that cannot be used; the text says which file and why."""


def planes_name() -> str:
    """Return the name of the plane set of this gopolicy: how many, and a fingerprint of names and order."""
    table = ";".join(f"{feature.name}:{feature.width}" for feature in FEATURES)
    total = sum(feature.width for feature in FEATURES)
    return f"{total} planes {blake2b(table.encode(), digest_size=4).hexdigest()}"


def save_file(path: Path, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
    """Write tensors and facts under a temporary name, then rename; raises CheckpointError if that fails."""
    data = save({name: tensor.contiguous() for name, tensor in tensors.items()}, {"gopolicy": json.dumps(facts)})
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise CheckpointError(f"{path}: cannot be written: {error.strerror}; what was there is unharmed") from None


def load_file(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return (tensors, facts) of a file that `save_file` wrote; raises CheckpointError."""
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    except (OSError, SafetensorError, ValueError) as error:
        reason = "no such file" if not Path(path).exists() else f"cut short or no safetensors file ({error})"
        raise CheckpointError(f"{path}: {reason}") from None
    if "gopolicy" not in metadata:
        raise CheckpointError(f"{path}: weights of another program, without a gopolicy header")
    facts: dict[str, Any] = json.loads(metadata["gopolicy"])
    if facts["planes"] != planes_name():
        raise CheckpointError(f"{path}: made for {facts['planes']!r}, this gopolicy has {planes_name()!r}")
    return tensors, facts


def save_model(path: Path, network: PolicyNetwork, facts: dict[str, Any], *, half: bool = False) -> None:
    """Write a network that can be used on its own.

    facts: anything worth telling, such as positions seen; half: keep the weights in half precision.
    """
    tensors = {name: tensor.half() if half else tensor for name, tensor in network.state_dict().items()}
    save_file(path, tensors, {**facts, "kind": MODEL, "planes": planes_name(), "network": asdict(network.config)})


def load_model(path: Path) -> tuple[PolicyNetwork, dict[str, Any]]:
    """Return (network in float32 and evaluation mode, facts); raises CheckpointError.

    A folder is taken for a training run: its `model.safetensors` is loaded.
    """
    if path.is_dir():
        path = path / "model.safetensors"
    tensors, facts = load_file(path)
    if facts["kind"] != MODEL:
        raise CheckpointError(f"{path}: a {facts['kind']}, not a model; use the model.safetensors beside it")
    network = PolicyNetwork(NetworkConfig(**facts["network"]))
    try:
        network.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
    except RuntimeError as error:
        raise CheckpointError(f"{path}: weights do not fit {facts['network']}: {str(error).splitlines()[0]}") from None
    return network.eval(), facts


def flatten(state: dict[str, Any], prefix: str = "") -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Split a nested state (dicts with string keys) into its tensors and the rest, by path."""
    tensors: dict[str, Tensor] = {}
    rest: dict[str, Any] = {}
    for key, value in state.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            inner = flatten(value, f"{name}/")
            tensors.update(inner[0])
            rest.update(inner[1])
        elif isinstance(value, Tensor):
            tensors[name] = value.detach().clone(memory_format=torch.contiguous_format)
        else:
            rest[name] = value
    return tensors, rest


def unflatten(tensors: dict[str, Tensor], rest: dict[str, Any]) -> dict[str, Any]:
    """Take back `flatten`."""
    state: dict[str, Any] = {}
    for name, value in {**tensors, **rest}.items():
        inner = state
        *path, key = name.split("/")
        for part in path:
            inner = inner.setdefault(part, {})
        inner[key] = value
    return state

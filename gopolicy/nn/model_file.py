"""The model file: a network that can be used on its own, and what it says of itself."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from gopolicy.files import display_name
from gopolicy.nn.network import NetworkConfig, PolicyNetwork
from gopolicy.nn.tensor_file import CheckpointError, read_fields, read_tensors, write_tensors

KIND: Final = "gopolicy model"
FILE_NAME: Final = "model.safetensors"  # in the folder of a training run
FLOATS: Final = (torch.float32, torch.float16, torch.bfloat16)
# Names of version 1.
RENAMED: Final = {"positions seen": "positions_seen", "started from": "started_from"}


@dataclass(frozen=True)
class ModelFacts:
    """What a model file says of its making."""

    positions_seen: int = 0
    """Positions trained on, those of the model that it was started from included."""
    corpus: str = ""
    """Which games it was trained on: counts and a fingerprint."""
    started_from: str = ""
    """The model file that training started from; empty for random weights."""
    training: Mapping[str, Any] = field(default_factory=dict)
    """The recipe by the names of the options of `gopolicy train`."""
    temperature: float = 1.0
    """What the logits of the trained network were divided by, so that a move called 17 % comes in 17 % of cases."""


def save_model(path: Path, network: PolicyNetwork, facts: ModelFacts = ModelFacts(), *, half: bool = False) -> None:  # noqa: B008 - frozen
    """Write a model file; raises FileError.  half: keep the weights in half precision."""
    tensors = {name: tensor.half() if half else tensor for name, tensor in network.state_dict().items()}
    write_tensors(path, tensors, {**asdict(facts), "kind": KIND, "network": asdict(network.config)})


def model_file(path: Path) -> Path:
    """Return the file of a model: of the folder of a training run the one in it."""
    return path / FILE_NAME if path.is_dir() else path


def load_model(path: Path) -> tuple[PolicyNetwork, ModelFacts]:
    """Return (network in float32 and evaluation mode, facts); raises CheckpointError.

    A folder is taken for a training run: its `model.safetensors` is loaded.
    """
    path = model_file(path)
    tensors, header = read_tensors(path)
    if header.get("kind") != KIND:
        kind = str(header.get("kind"))
        advice = "give it as --profile beside a model" if "profile" in kind else f"use the {FILE_NAME} beside it"
        raise CheckpointError(f"{path}: a file of {kind}, not a model; {advice}")
    config = read_fields(NetworkConfig, header.get("network"), path)
    _check_shapes(path, config, tensors)
    network = PolicyNetwork(config)
    network.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
    return network.eval(), read_fields(ModelFacts, header, path, RENAMED)


def average_models(paths: Sequence[Path], shares: Sequence[float]) -> tuple[PolicyNetwork, ModelFacts]:
    """Return the network of averaged weights and its facts, for networks that training from one start has made.

    shares: one a model, positive; only their ratios count.  The average may predict better than each of them (Wortsman
    et al. 2022, "Model soups").  Raises CheckpointError for models of different sizes and as `load_model` does.
    """
    models = [load_model(path) for path in paths]
    network = models[0][0]
    for path, (other, _) in zip(paths, models, strict=True):
        if other.config != network.config:
            raise CheckpointError(f"{path}: is {other.config}, {paths[0]}: {network.config}; only equal sizes average")
    weights = [other.state_dict() for other, _ in models]
    network.load_state_dict(
        {
            name: sum(share / sum(shares) * one[name] for share, one in zip(shares, weights, strict=True))
            for name in weights[0]
        }
    )
    facts = max((facts for _, facts in models), key=lambda facts: facts.positions_seen)
    parts = ", ".join(
        f"{share / sum(shares):.3g} of {display_name(path)}" for share, path in zip(shares, paths, strict=True)
    )
    return network, replace(facts, started_from=f"the average of {parts}", training={}, temperature=1.0)


def is_half(path: Path) -> bool:
    """Return whether a model file keeps its weights in half precision; raises CheckpointError."""
    tensors, _ = read_tensors(model_file(path))
    return all(tensor.dtype == torch.float16 for tensor in tensors.values())


def _check_shapes(path: Path, config: NetworkConfig, tensors: Mapping[str, Tensor]) -> None:
    """Refuse weights that do not fit `config`, before a network of it takes any memory."""
    with torch.device("meta"):
        wanted = {name: tensor.shape for name, tensor in PolicyNetwork(config).state_dict().items()}
    found = {name: tensor.shape for name, tensor in tensors.items()}
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) != found.get(name) or tensors[name].dtype not in FLOATS:
            raise CheckpointError(f"{path}: weights do not fit {config}: {name[:80]!r}")

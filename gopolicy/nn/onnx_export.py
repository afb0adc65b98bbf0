"""The network as an ONNX file, for programs without torch: planes in, probabilities out.

    planes          uint8 `[batch, planes, 19, 19]`, as `gopolicy.features.encode` gives them; any batch
    probabilities   float32 `[batch, 361]`, row by row from the upper left; position bias and softmax are inside

Illegal points are not masked out: legality is the rules' business.  Needs the packages of the `export` extra.
"""

import importlib
import json
import logging
import warnings
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gopolicy.errors import GopolicyError
from gopolicy.features import FEATURES
from gopolicy.files import write_file
from gopolicy.go.coords import BOARD_SIZE
from gopolicy.nn.network import PolicyNetwork
from gopolicy.nn.tensor_file import planes_name

INPUT: Final = "planes"
OUTPUT: Final = "probabilities"
OPSET: Final = 18
BATCH: Final = 64


class ExportError(GopolicyError, RuntimeError):
    """An export that cannot be made or checked; the text says what is missing."""


class _Probabilities(nn.Module):
    """The network with its input as it is stored and its output as it is used."""

    def __init__(self, network: PolicyNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, planes: Tensor) -> Tensor:
        logits: Tensor = self.network(planes.float())  # [B, planes, 19, 19] -> [B, 361]
        return logits.softmax(1)


def export_onnx(network: PolicyNetwork, path: Path, facts: dict[str, Any] | None = None) -> None:
    """Write `network` to `path`; `facts` go into the file's metadata.  Raises ExportError without the extra."""
    _need("onnx")
    _need("onnxscript")
    example = torch.zeros((2, network.config.planes, BOARD_SIZE, BOARD_SIZE), dtype=torch.uint8)
    module = _Probabilities(network).eval()
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            module,
            (example,),
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_shapes=({0: torch.export.Dim("batch", min=1)},),
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    model = program.model_proto
    model.doc_string = describe(network.config.planes)
    for key, value in _metadata(network, facts or {}).items():
        model.metadata_props.add(key=key, value=str(value))
    write_file(path, model.SerializeToString())


def plane_names() -> list[str]:
    """Return the name of every plane in order: the feature's, and from 1 on which of its planes."""
    return [f"{f.name} {i}" if f.width > 1 else f.name for f in FEATURES for i in range(1, f.width + 1)]


def describe(planes: int) -> str:
    """Return what someone who only has the file must know: input, output, what is not done."""
    return (
        f"A policy network for the game of Go, {BOARD_SIZE}x{BOARD_SIZE}.\n"
        f"Input '{INPUT}': uint8 [batch, {planes}, {BOARD_SIZE}, {BOARD_SIZE}], 0 or 1, row 0 at the top of the board "
        "(line 19), column 0 at the left (letter A), from the point of view of the player to move. The names of the "
        "planes in order are in the metadata under 'plane_names'; a feature of eight planes shows a value v >= 1 in "
        "its plane min(v, 8), and 0 in none. They are AlphaGo's (Silver et al. 2016, Extended Data Table 2); "
        "gopolicy.features.encode makes them, and planes.js of `gopolicy export --web`.\n"
        f"Output '{OUTPUT}': float32 [batch, {BOARD_SIZE**2}], the probability of each point as the next move, "
        "row by row from the upper left: row * 19 + column. Position bias and softmax are inside. Illegal points are "
        "not masked, and there is no pass.\n"
    )


def _metadata(network: PolicyNetwork, facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "planes": planes_name(),
        "plane_names": json.dumps(plane_names()[: network.config.planes]),
        "orientation": "row 0 at the top (line 19), column 0 at the left (letter A), the player to move is 'own'",
        "output_order": "row * 19 + column",
        "illegal_points": "not masked",
        "network": json.dumps(asdict(network.config)),
        **facts,
    }


def run_onnx(path: Path, planes: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return float32 `[B, 361]` from an exported file for uint8 `[B, planes, 19, 19]`.

    Raises ExportError without the extra.
    """
    session = _need("onnxruntime").InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    parts = [session.run([OUTPUT], {INPUT: planes[i : i + BATCH]})[0] for i in range(0, len(planes), BATCH)]
    return np.concatenate(parts)


@torch.inference_mode()
def largest_difference(network: PolicyNetwork, path: Path, planes: NDArray[np.uint8]) -> float:
    """Return the largest difference of a probability between torch and the exported file, over `planes`.

    planes: uint8 `[B, planes, 19, 19]`, of real positions, because others say little.
    """
    module = _Probabilities(network).eval()
    wanted = torch.cat([module(torch.from_numpy(planes[i : i + BATCH])) for i in range(0, len(planes), BATCH)])
    return float(np.abs(run_onnx(path, planes) - wanted.numpy()).max())


def _need(package: str) -> ModuleType:
    try:
        return importlib.import_module(package)
    except ImportError:
        raise ExportError(f"the package {package} is missing: pip install 'gopolicy[export]'") from None

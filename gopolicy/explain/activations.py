"""Outputs of layers and filters, before and after the rectifier."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from gopolicy.errors import GopolicyError
from gopolicy.nn.network import PolicyNetwork


class ExplainError(GopolicyError, ValueError):
    """A layer, filter, point or shape that there is not; the text names it and what there is."""


@dataclass(frozen=True)
class Unit:
    """Something that an input can activate.

    A filter at a point (layer, filter, point), a filter on the whole board (point None), or an output point
    (layer None): the log probability of the move there.
    """

    layer: int | None = None
    filter: int = 0
    point: int | None = None


def layer_outputs(network: PolicyNetwork, planes: Tensor, last: int | None = None) -> Iterator[Tensor]:
    """Yield each hidden layer's output before its rectifier, float `[B, k, 19, 19]`, from layer 1 to `last`.

    planes: float `[B, planes, 19, 19]`.  last: None for all hidden layers.
    """
    x = planes
    for number, convolution in enumerate(network.hidden(), start=1):
        outputs: Tensor = convolution(x)
        yield outputs
        if number == last:
            return
        x = functional.relu(outputs)


def layer_output(network: PolicyNetwork, planes: Tensor, layer: int) -> Tensor:
    """Return the output of `layer` before its rectifier, float `[B, k, 19, 19]`.

    Raises ExplainError for a layer that the network does not have.
    """
    check_layers(network, [layer])
    *_, outputs = layer_outputs(network, planes, layer)
    return outputs


def filter_values(outputs: Tensor, filters: Tensor, point: int | None, leak: float = 0.0) -> Tensor:
    """Return the activation of one filter an input, float `[B]`: at `point`, or summed over the board.

    outputs: float `[B, k, 19, 19]` before the rectifier.  filters: int64 `[B]`.  Sums are of rectified outputs;
    leak: the slope of that rectifier below zero.
    """
    maps = outputs.flatten(2)[torch.arange(len(filters)), filters]  # [B, 361]
    if point is not None:
        return maps[:, point]
    return functional.leaky_relu(maps, leak).sum(1)


def unit_values(network: PolicyNetwork, planes: Tensor, units: Sequence[Unit], leak: float = 0.0) -> Tensor:
    """Return the value of each unit for its input, float `[B]`.

    units: of one layer and all, or none, at a point.  planes: float `[B, 48, 19, 19]`; a network of fewer planes takes
    the first.  A filter at a point has its output before the rectifier; on the whole board the lectures' degree of
    activation, a_k = the sum of the rectified outputs; an output point its log probability.
    """
    used = planes[:, : network.config.planes]
    first = units[0]
    points = torch.tensor([-1 if unit.point is None else unit.point for unit in units])
    if first.layer is None:
        return network(used).log_softmax(1)[torch.arange(len(units)), points]  # type: ignore[no-any-return]  # a module's call
    check_filters(network, [unit.filter for unit in units])
    assert {unit.layer for unit in units} == {first.layer}, "units of one layer"
    filters = torch.tensor([unit.filter for unit in units])
    return filter_values(layer_output(network, used, first.layer), filters, first.point, leak)


@torch.inference_mode()
def greatest_values(network: PolicyNetwork, planes: NDArray[np.uint8], units: Sequence[Unit]) -> NDArray[np.float32]:
    """Return the greatest value of each unit over real positions, uint8 `[n, 48, 19, 19]`: float32 `[B]`.

    A filter at a point may have it anywhere on the board: it is the same filter at every point.
    """
    best = np.full(len(units), -np.inf, np.float32)
    for part in np.array_split(planes, max(1, len(planes) // 64)):
        inputs = torch.from_numpy(part[:, : network.config.planes]).float()
        log_probabilities = network(inputs).log_softmax(1)
        outputs = list(layer_outputs(network, inputs))
        for i, unit in enumerate(units):
            if unit.layer is None:
                assert unit.point is not None
                values = log_probabilities[:, unit.point]
            else:
                maps = outputs[unit.layer - 1][:, unit.filter].flatten(1)  # [n, 361]
                values = maps.relu().sum(1) if unit.point is None else maps.amax(1)
            best[i] = max(best[i], float(values.max()))
    return best


def check_layers(network: PolicyNetwork, layers: Sequence[int]) -> None:
    """Raise ExplainError for hidden layers that the network does not have."""
    last = network.config.layers
    wrong = [layer for layer in layers if not 1 <= layer <= last]
    if wrong:
        raise ExplainError(f"layer {wrong[0]}: the network has hidden layers 1 to {last}")


def check_filters(network: PolicyNetwork, filters: Sequence[int]) -> None:
    """Raise ExplainError for filters that the network's hidden layers do not have."""
    most = network.config.filters
    wrong = [number for number in filters if not 0 <= number < most]
    if wrong:
        raise ExplainError(f"filter {wrong[0]}: each layer has filters 0 to {most - 1}")

"""What the layers answer to an input: outputs of filters, before and after the rectifier."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from gopolicy.nn.network import PolicyNetwork

LEAK = 0.01  # slope below zero while climbing: a filter that is silent still shows the way up


def responses(network: PolicyNetwork, planes: Tensor, last: int | None = None) -> Iterator[Tensor]:
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


def response(network: PolicyNetwork, planes: Tensor, layer: int) -> Tensor:
    """Return the output of `layer` before its rectifier, float `[B, k, 19, 19]`.

    Raises ValueError for a layer that the network does not have.
    """
    if not 1 <= layer <= network.config.layers:
        raise ValueError(f"layer {layer}: the network has hidden layers 1 to {network.config.layers}")
    *_, outputs = responses(network, planes, layer)
    return outputs


def filter_values(outputs: Tensor, filters: Tensor, point: int | None, leak: float = 0.0) -> Tensor:
    """Return what one filter an input answers, float `[B]`: at `point`, or summed over the board after the rectifier.

    outputs: float `[B, k, 19, 19]` before the rectifier.  filters: int64 `[B]`.
    """
    maps = outputs.flatten(2)[torch.arange(len(filters)), filters]  # [B, 361]
    if point is not None:
        return maps[:, point]
    return functional.leaky_relu(maps, leak).sum(1)


def unit_values(
    network: PolicyNetwork, planes: Tensor, layer: int, filters: Tensor, point: int | None = None
) -> Tensor:
    """Return the activation of one filter an input, float `[B]`.

    planes: float `[B, planes, 19, 19]`.  filters: int64 `[B]`.
    point: the activation there, before the rectifier; None for the lectures' degree of activation,
    a_k = the sum over the board of the rectified outputs.
    """
    return filter_values(response(network, planes, layer), filters, point)


def check_filters(network: PolicyNetwork, filters: "list[int]") -> None:
    """Raise ValueError for filters that the network's hidden layers do not have."""
    most = network.config.filters
    wrong = [number for number in filters if not 0 <= number < most]
    if wrong:
        raise ValueError(f"filter {wrong[0]}: each layer has filters 0 to {most - 1}")

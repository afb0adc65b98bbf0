"""The size arithmetic of a network's layers: sides, parameters, receptive fields.

A layer with filters of F x F over W x W x D, padding P and stride S gives (W - F + 2 P) / S + 1 points a
side, and K of them have F * F * D * K weights and K biases, whatever the size of the board.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import nn

from gopolicy.explain.activations import ExplainError
from gopolicy.features.planes import by_feature
from gopolicy.go.coords import BOARD_SIZE
from gopolicy.nn.network import PolicyNetwork


@dataclass(frozen=True)
class LayerSize:
    """One layer: its input `side x side x depth`, its `filters` of `kernel x kernel`, and what follows from them.

    output: points a side of what comes out.  field: points a side that one output depends on, edge or not.
    """

    number: int
    side: int
    depth: int
    filters: int
    kernel: int
    padding: int
    stride: int
    weights: int
    biases: int
    field: int

    @property
    def output(self) -> int:
        """Points a side of the output."""
        return (self.side - self.kernel + 2 * self.padding) // self.stride + 1

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return self.weights + self.biases

    @property
    def connected(self) -> int:
        """Parameters of a fully connected layer from the same input to as many outputs."""
        outputs = self.output**2 * self.filters
        return self.side**2 * self.depth * outputs + outputs


def layer_sizes(network: PolicyNetwork) -> list[LayerSize]:
    """Return the sizes of all layers; their parameters sum to `parameter_count(network)`."""
    sizes: list[LayerSize] = []
    side, field, spacing = BOARD_SIZE, 1, 1
    for number, convolution in enumerate([*network.hidden(), network.last], start=1):
        kernel, stride, padding = convolution.kernel_size[0], convolution.stride[0], convolution.padding[0]
        assert not isinstance(padding, str)
        field += (kernel - 1) * spacing
        spacing *= stride
        # The output layer has a bias for each position instead of one for its filter.
        biases = network.position_bias.numel() if convolution.bias is None else convolution.bias.numel()
        depth, filters, weights = convolution.in_channels, convolution.out_channels, convolution.weight.numel()
        sizes.append(LayerSize(number, side, depth, filters, kernel, padding, stride, weights, biases, field))
        side = sizes[-1].output
    return sizes


def receptive_field(network: PolicyNetwork, layer: int) -> int:
    """Return how many points a side an output of `layer` depends on; raises ExplainError for no such layer."""
    sizes = layer_sizes(network)
    if not 1 <= layer <= len(sizes):
        raise ExplainError(f"layer {layer}: the network has layers 1 to {len(sizes) - 1}, {len(sizes)} is its output")
    return sizes[layer - 1].field


def first_layer_shares(network: PolicyNetwork) -> dict[str, NDArray[np.float32]]:
    """Return by feature the share that its planes have in each first-layer filter's squared weights: float32 `[k]`.

    The shares of a filter sum to 1.
    """
    first: nn.Conv2d = next(network.hidden())
    weights = first.weight.detach().cpu().numpy().astype(np.float32)  # [k, planes, 5, 5]
    squares = np.square(weights).sum(axis=(2, 3))
    squares /= np.maximum(squares.sum(axis=1, keepdims=True), 1e-30)
    # A network of fewer planes reads nothing of the last features.
    parts = by_feature(squares.T).items()  # [planes, k]
    return {name: part.sum(axis=0) for name, part in parts}

"""AlphaGo's policy network (Silver et al. 2016, Methods, "Neural network architecture").

    The input is 19x19x48.  The first hidden layer pads it with zeros to 23x23 and convolves k filters of
    5x5; layers 2 to 12 pad to 21x21 and convolve k filters of 3x3; each is followed by a rectifier.  The
    last layer convolves one filter of 1x1, with a different bias for each position, and a softmax.

No pooling: a Go board does not survive subsampling.  k is 192 in the match version.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from gopolicy.features import NUM_PLANES
from gopolicy.go.coords import BOARD_SIZE

Network = TypeVar("Network", bound=nn.Module)


@dataclass(frozen=True)
class NetworkConfig:
    """The shape of a policy network."""

    filters: int = 192
    """k, the filters of each hidden layer."""
    layers: int = 12
    """Hidden layers, the first of them 5x5."""
    planes: int = NUM_PLANES
    """Input planes; fewer means the first so many."""

    def __post_init__(self) -> None:
        if min(self.filters, self.layers, self.planes) < 1 or self.planes > NUM_PLANES:
            raise ValueError(f"impossible network: {self}")


class PolicyNetwork(nn.Module):
    """The network: planes, float `[B, planes, 19, 19]`, to logits, float `[B, 361]`.

    The softmax is left to the loss or to the caller.
    """

    def __init__(self, config: NetworkConfig = NetworkConfig()) -> None:  # noqa: B008 - frozen
        super().__init__()
        self.config = config
        k = config.filters
        self.convolutions = nn.ModuleList(
            [nn.Conv2d(config.planes, k, 5, padding=2)]
            + [nn.Conv2d(k, k, 3, padding=1) for _ in range(config.layers - 1)]
        )
        self.last = nn.Conv2d(k, 1, 1, bias=False)
        self.position_bias = nn.Parameter(torch.zeros(BOARD_SIZE * BOARD_SIZE))
        for convolution in self.hidden():
            assert convolution.bias is not None
            nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
            nn.init.zeros_(convolution.bias)

    def hidden(self) -> Iterator[nn.Conv2d]:
        """Yield the convolutions of the hidden layers in order."""
        for convolution in self.convolutions:
            yield cast(nn.Conv2d, convolution)

    def forward(self, planes: Tensor) -> Tensor:
        """Return logits `[B, 361]`, point by point, row 0 at the top."""
        x = planes
        for convolution in self.hidden():
            x = functional.relu(convolution(x))  # [B, k, 19, 19]
        logits: Tensor = self.last(x).flatten(1) + self.position_bias  # [B, 1, 19, 19] -> [B, 361]
        return logits


class Learner(nn.Module):
    """A network in the form in which it is trained, from planes to logits as `PolicyNetwork`.

    config: the planes it takes, and whatever else its kind has.
    """

    config: NetworkConfig

    def fold(self) -> nn.Module:
        """Return the network for use: the same logits as this one in evaluation mode, without the training's aids."""
        raise NotImplementedError


def parameter_count(network: nn.Module) -> int:
    """Return the number of trained numbers."""
    return sum(parameter.numel() for parameter in network.parameters())


def on_device(network: Network, device: torch.device) -> Network:
    """Return a network moved to a device, its weights in channels_last order, which convolutions are faster in."""
    moved: Network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stub lacks it
    return moved

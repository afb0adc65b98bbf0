"""AlphaGo's policy network (Silver et al. 2016, Methods, "Neural network architecture").

    The input is 19x19x48.  The first hidden layer pads it with zeros to 23x23 and convolves k filters of
    5x5; layers 2 to 12 pad to 21x21 and convolve k filters of 3x3; each is followed by a rectifier.  The
    last layer convolves one filter of 1x1, with a different bias for each position, and a softmax.

No pooling: a Go board does not survive subsampling.  k is 192 in the match version.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeVar, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from gopolicy.errors import GopolicyError
from gopolicy.features import NUM_PLANES
from gopolicy.go.coords import BOARD_SIZE

Network = TypeVar("Network", bound=nn.Module)

# Far beyond what anyone trains on a 19x19 board; a damaged file must not take all memory.
MOST_FILTERS: Final = 4096
MOST_LAYERS: Final = 256


class NetworkError(GopolicyError, ValueError):
    """A network that cannot be built."""


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
        limits = {"filters": MOST_FILTERS, "layers": MOST_LAYERS, "planes": NUM_PLANES}
        for name, most in limits.items():
            if not 1 <= getattr(self, name) <= most:
                raise NetworkError(f"impossible network: {name} must be from 1 to {most}, not {getattr(self, name)}")


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
            if convolution.weight.is_meta:  # shapes alone; to draw numbers for them, torch would load its compiler
                continue
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
        return in_full_precision(self.last, x).flatten(1) + self.position_bias  # [B, 1, 19, 19] -> [B, 361]


class TrainableNetwork(nn.Module):
    """A network in the form in which it is trained, from planes to logits as `PolicyNetwork`.

    config: the planes it takes, and whatever else its kind has.  winograd: whether its 3x3 convolutions are computed
    by `gopolicy.nn.winograd` in training, if its kind can.
    """

    config: NetworkConfig
    winograd: bool = False

    def fuse(self) -> nn.Module:
        """Return the network for use, of the same logits as this one in evaluation mode."""
        raise NotImplementedError


def in_full_precision(layer: nn.Module, x: Tensor) -> Tensor:
    """Return `layer(x)` in float32, also under autocast: bfloat16 logits near 8 are 0.03 to 0.06 apart."""
    outputs: Tensor
    if torch.is_autocast_enabled(x.device.type):
        with torch.autocast(x.device.type, enabled=False):
            outputs = layer(x.float())
    else:
        outputs = layer(x)
    return outputs


def parameter_count(network: nn.Module) -> int:
    """Return the number of trained numbers."""
    return sum(parameter.numel() for parameter in network.parameters())


def on_device(network: Network, device: torch.device) -> Network:
    """Return a network moved to a device, its weights in channels_last order, which convolutions are faster in."""
    moved: Network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stub lacks it
    return moved

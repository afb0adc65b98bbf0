"""The networks that are compared: convolutional, pooled, locally and fully connected, of one set of parts.

Each is a list of stages from planes to logits, trained by the same loop as the paper's network.  As there,
every hidden layer is a linear map, a batch normalization that is fused into it for use, and a rectifier.
"""

import copy
from dataclasses import dataclass
from typing import Final, cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from gopolicy.features.planes import ONES, OPPONENT, OWN
from gopolicy.go.coords import BOARD_SIZE
from gopolicy.nn.network import NetworkConfig, NetworkError, TrainableNetwork

POINTS: Final = BOARD_SIZE * BOARD_SIZE
INPUTS: Final = ("planes", "all but ones", "board", "board and ones")
KINDS: Final = ("convolution", "local", "full")
HEADS: Final = ("point", "full")
PADDINGS: Final = ("zeros", "torus")
HEAD_FILTERS: Final = 8  # in front of a fully connected head: what AlphaGo Zero does with 2


@dataclass(frozen=True)
class Design(NetworkConfig):
    """What a comparison network is made of; the defaults are the baseline that the others differ from."""

    filters: int = 32
    """Filters of each hidden layer; its outputs, where it is fully connected."""
    layers: int = 6
    """Hidden layers."""
    kind: str = "convolution"
    """Of the hidden layers: convolution, local (the same without sharing weights), full (fully connected)."""
    input: str = "planes"
    """planes; all but ones; board (one plane: own stones 1, the opponent's -1); board and ones."""
    first: int = 5
    """Side of the first layer's filters; the others have 3."""
    padding: str = "zeros"
    """zeros, or torus: behind the last line comes the first one again, so that there is no edge."""
    pools: tuple[int, ...] = ()
    """The hidden layers behind which 2x2 points become their maximum."""
    upsample: int = 0
    """The hidden layer behind which a pooled board becomes 19x19 again; 0 for none."""
    head: str = "point"
    """point: a 1x1 filter at each point; full: every point from all the board, through a layer of few 1x1 filters."""

    def __post_init__(self) -> None:
        super().__post_init__()
        known = self.input in INPUTS and self.kind in KINDS and self.head in HEADS and self.padding in PADDINGS
        named = self.kind == "full" or self.head == "full" or not self.pools or self.upsample >= max(self.pools)
        if not known or not named:
            raise NetworkError(f"impossible network: {self}")

    @property
    def channels(self) -> int:
        """Input planes of the first layer."""
        return {"planes": self.planes, "all but ones": self.planes - 1, "board": 1, "board and ones": 2}[self.input]


class InputPlanes(nn.Module):
    """The input of a network, `[B, channels, 19, 19]`, from the planes `[B, planes, 19, 19]`."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def forward(self, planes: Tensor) -> Tensor:
        """Choose planes, or make the board of 1, -1 and 0."""
        if self.kind == "planes":
            return planes
        if self.kind == "all but ones":
            return torch.cat([planes[:, :ONES], planes[:, ONES + 1 :]], 1)
        board = planes[:, OWN : OWN + 1] - planes[:, OPPONENT : OPPONENT + 1]
        return board if self.kind == "board" else torch.cat([board, planes[:, ONES : ONES + 1]], 1)


class LocallyConnected(nn.Module):
    """A convolution that does not share its weights: each point has its own filters.

    weight: float `[361, side * side * inputs, filters]`; inputs and outputs `[B, channels, 19, 19]`.
    """

    def __init__(self, inputs: int, filters: int, side: int) -> None:
        super().__init__()
        self.side = side
        rows = inputs * side * side
        self.weight = nn.Parameter(torch.randn(POINTS, rows, filters) * (2 / rows) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(filters))

    def forward(self, x: Tensor) -> Tensor:
        """Multiply the surroundings of each point with the point's own weights."""
        if torch.is_autocast_enabled(x.device.type):
            x = x.to(torch.get_autocast_dtype(x.device.type))  # half the bytes to copy
        x = functional.pad(x, [self.side // 2] * 4).permute(2, 3, 0, 1)  # [rows, columns, B, inputs]
        shifts = [(i, j) for i in range(self.side) for j in range(self.side)]
        windows = torch.cat([x[i : i + BOARD_SIZE, j : j + BOARD_SIZE] for i, j in shifts], 3)
        rows = windows.flatten(0, 1)  # [361, B, side * side * inputs]
        outputs: Tensor = torch.bmm(rows, self.weight).permute(1, 2, 0)  # [B, filters, 361]
        return outputs.reshape(*outputs.shape[:2], BOARD_SIZE, BOARD_SIZE) + self.bias[:, None, None]


class TorusConvolution(nn.Conv2d):
    """A convolution for which the board has no edge: behind the last line comes the first one again."""

    def forward(self, x: Tensor) -> Tensor:
        """Return `[B, filters, 19, 19]` of `[B, inputs, 19, 19]`."""
        reach = self.kernel_size[0] // 2
        if reach:
            x = torch.cat([x[..., -reach:], x, x[..., :reach]], 3)
            x = torch.cat([x[..., -reach:, :], x, x[..., :reach, :]], 2)
        return functional.conv2d(x, self.weight, self.bias)


class Hidden(nn.Module):
    """A hidden layer: a linear map, its normalization, a rectifier."""

    def __init__(self, linear: nn.Module, normalization: nn.Module) -> None:
        super().__init__()
        self.linear = linear
        self.normalization = normalization

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs of the layer, in the shape that its linear map gives."""
        return functional.relu(self.normalization(self.linear(x)))

    def fuse(self) -> "Hidden":
        """Return the layer in evaluation mode with the normalization inside the linear map."""
        linear, normalization = copy.deepcopy(self.linear).eval(), copy.deepcopy(self.normalization).eval()
        if isinstance(linear, nn.Conv2d):
            linear = fuse_conv_bn_eval(linear, cast(nn.BatchNorm2d, normalization))
        elif isinstance(linear, nn.Linear):
            linear = fuse_linear_bn_eval(linear, cast(nn.BatchNorm1d, normalization))
        else:
            _fuse_local(cast(LocallyConnected, linear), cast(nn.BatchNorm2d, normalization))
        return Hidden(linear, nn.Identity())


@torch.no_grad()
def _fuse_local(linear: LocallyConnected, normalization: nn.BatchNorm2d) -> None:
    mean, variance = normalization.running_mean, normalization.running_var
    assert mean is not None and variance is not None
    scale = normalization.weight / torch.sqrt(variance + normalization.eps)  # [filters]
    linear.weight.mul_(scale)
    linear.bias.copy_((linear.bias - mean) * scale + normalization.bias)


class Upsample(nn.Module):
    """Makes 19x19 of a pooled board: each value fills the points that it was the maximum of."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def forward(self, x: Tensor) -> Tensor:
        """Return `[B, channels, 19, 19]`."""
        return functional.interpolate(x, scale_factor=self.times, mode="nearest")[:, :, :BOARD_SIZE, :BOARD_SIZE]


class PointHead(nn.Module):
    """The paper's last layer: one filter of 1x1 and a bias for each point."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.filter = nn.Conv2d(inputs, 1, 1, bias=False)
        self.position_bias = nn.Parameter(torch.zeros(POINTS))

    def forward(self, x: Tensor) -> Tensor:
        """Return logits `[B, 361]` of `[B, inputs, 19, 19]`."""
        logits: Tensor = self.filter(x).flatten(1) + self.position_bias
        return logits


class ComparisonNetwork(TrainableNetwork):
    """A network of a design: planes, float `[B, planes, 19, 19]`, to logits, float `[B, 361]`."""

    def __init__(self, design: Design) -> None:
        super().__init__()
        self.config = design
        stages = _full_stages(design) if design.kind == "full" else _board_stages(design)
        self.stages = nn.Sequential(InputPlanes(design.input), *stages)

    def forward(self, planes: Tensor) -> Tensor:
        """Return logits `[B, 361]`, point by point, row 0 at the top."""
        logits: Tensor = self.stages(planes)
        return logits

    def fuse(self) -> nn.Module:
        """Return the network without normalizations, of the same logits as this one in evaluation mode."""
        fused = copy.copy(self)
        fused._modules = {}
        stages = [stage.fuse() if isinstance(stage, Hidden) else copy.deepcopy(stage) for stage in self.stages]
        fused.stages = nn.Sequential(*stages)
        return fused.eval()


def _hidden(linear: nn.Module, outputs: int, board: bool = True) -> Hidden:
    if not isinstance(linear, LocallyConnected):
        nn.init.kaiming_normal_(cast(Tensor, linear.weight), nonlinearity="relu")
    return Hidden(linear, nn.BatchNorm2d(outputs) if board else nn.BatchNorm1d(outputs))


def _full_stages(design: Design) -> list[nn.Module]:
    sizes = [design.channels * POINTS] + [design.filters] * design.layers
    hidden = [_hidden(nn.Linear(i, o, bias=False), o, board=False) for i, o in zip(sizes, sizes[1:], strict=False)]
    return [nn.Flatten(), *hidden, nn.Linear(design.filters, POINTS)]


def _board_stages(design: Design) -> list[nn.Module]:
    stages: list[nn.Module] = []
    inputs, side, times = design.channels, BOARD_SIZE, 1
    for number in range(1, design.layers + 1):
        stages.append(_hidden(_board_layer(design, inputs, design.first if number == 1 else 3), design.filters))
        inputs = design.filters
        if number in design.pools:
            stages.append(nn.MaxPool2d(2, ceil_mode=True))  # the last row and column are pooled alone
            side, times = (side + 1) // 2, times * 2
        if number == design.upsample:
            stages.append(Upsample(times))
            side, times = BOARD_SIZE, 1
    if design.head == "full":
        narrow = _hidden(nn.Conv2d(inputs, HEAD_FILTERS, 1, bias=False), HEAD_FILTERS)
        return [*stages, narrow, nn.Flatten(), nn.Linear(HEAD_FILTERS * side * side, POINTS)]
    return [*stages, PointHead(inputs)]


def _board_layer(design: Design, inputs: int, side: int) -> nn.Module:
    if design.kind == "local":
        return LocallyConnected(inputs, design.filters, side)
    if design.padding == "torus":
        return TorusConvolution(inputs, design.filters, side, bias=False)
    return nn.Conv2d(inputs, design.filters, side, padding=side // 2, bias=False)

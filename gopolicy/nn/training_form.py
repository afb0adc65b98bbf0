"""The form in which a network is trained: batch normalization and 1x1 branches, both fused for use.

Beside each convolution a 1x1 convolution with a normalization of its own is summed before the rectifier (RepVGG, Ding
et al. 2021).  Sum and normalizations are linear in evaluation mode, so the fused network is the paper's to the letter.
"""

from collections.abc import Iterator
from typing import Final, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from gopolicy.nn.hidden_layer import hidden_layer, suits
from gopolicy.nn.network import NetworkConfig, PolicyNetwork, TrainableNetwork, in_full_precision
from gopolicy.nn.winograd import convolve

# What the constructor's scale is multiplied by when training goes on from a fused network: weights after a run of the
# default recipe are 6.5 to 8 times those at a random start, measured layer by layer.
INIT_SCALE: Final = 7.0


class NormalizedNetwork(TrainableNetwork):
    """A policy network with a batch normalization between each convolution and its rectifier.

    branches: whether a normalized 1x1 convolution stands beside each convolution.
    Takes and gives what `PolicyNetwork` does.
    """

    def __init__(self, config: NetworkConfig, *, branches: bool = True) -> None:
        super().__init__()
        self.config = config
        plain = PolicyNetwork(config)
        self.convolutions = plain.convolutions
        for convolution in plain.hidden():
            convolution.bias = None  # the normalization has one
        self.normalizations = nn.ModuleList(nn.BatchNorm2d(config.filters) for _ in self.convolutions)
        self.branches = nn.ModuleList()
        self.branch_normalizations = nn.ModuleList()
        if branches:
            for convolution in plain.hidden():
                self.branches.append(nn.Conv2d(convolution.in_channels, config.filters, 1, bias=False))
                self.branch_normalizations.append(nn.BatchNorm2d(config.filters))
        self.last = plain.last
        self.position_bias = plain.position_bias

    def layers(self) -> Iterator[tuple[nn.Conv2d, nn.BatchNorm2d]]:
        """Yield the hidden layers in order: a convolution and its normalization."""
        for convolution, normalization in zip(self.convolutions, self.normalizations, strict=True):
            yield cast(nn.Conv2d, convolution), cast(nn.BatchNorm2d, normalization)

    def branch_layers(self) -> Iterator[tuple[nn.Conv2d, nn.BatchNorm2d]]:
        """Yield the branches in order, a 1x1 convolution and its normalization; nothing where there are none."""
        for convolution, normalization in zip(self.branches, self.branch_normalizations, strict=True):
            yield cast(nn.Conv2d, convolution), cast(nn.BatchNorm2d, normalization)

    def forward(self, planes: Tensor) -> Tensor:
        """Return logits `[B, 361]` of planes `[B, planes, 19, 19]`."""
        x = planes
        for number, main in enumerate(self.layers()):
            by_winograd = self.winograd and self.training and main[0].kernel_size == (3, 3)
            if len(self.branches):  # by number: torch 2.6 compiles an iterator taken from in two places wrongly
                branch = (
                    cast(nn.Conv2d, self.branches[number]),
                    cast(nn.BatchNorm2d, self.branch_normalizations[number]),
                )
                if self.training and suits(x, main[1], branch[1]):
                    x = hidden_layer(x, main, branch, by_winograd=by_winograd)
                    continue
            outputs = main[1](convolve(x, main[0].weight) if by_winograd else main[0](x))
            if len(self.branches):
                outputs = outputs + branch[1](branch[0](x))
            x = functional.relu(outputs)
        return in_full_precision(self.last, x).flatten(1) + self.position_bias

    @torch.no_grad()
    def fuse(self) -> PolicyNetwork:
        """Return the policy network that gives the same logits as this one in evaluation mode."""
        network = PolicyNetwork(self.config).to(self.last.weight.device)
        for plain, layer in zip(network.hidden(), self.layers(), strict=True):
            weight, bias = _fused(*layer)
            plain.weight.copy_(weight)
            _bias(plain).copy_(bias)
        for plain, layer in zip(network.hidden(), self.branch_layers(), strict=False):
            weight, bias = _fused(*layer)
            center = plain.weight.shape[-1] // 2
            plain.weight[:, :, center, center] += weight[:, :, 0, 0]
            _bias(plain).add_(bias)
        network.last.weight.copy_(self.last.weight)
        network.position_bias.copy_(self.position_bias)
        return network

    @classmethod
    @torch.no_grad()
    def from_fused(cls, network: PolicyNetwork, planes: Tensor, *, branches: bool = True) -> "NormalizedNetwork":
        """Return a network for further training that begins as `network`.

        The statistics of each normalization are measured on `planes` `[B, planes, 19, 19]`, and its scale
        and shift are set to take them back, so that in evaluation mode the logits are the same.  Branches begin
        silent: the scale of their normalization is zero.
        """
        normalized = cls(network.config, branches=branches)
        for _, normalization in normalized.branch_layers():
            normalization.weight.zero_()
        x = planes
        for plain, (convolution, normalization) in zip(network.hidden(), normalized.layers(), strict=True):
            # Normalization hides the size of the weights, but a step of the optimizer soon overwrites small ones.
            norm = plain.weight.square().mean(dim=(1, 2, 3)).sqrt().clamp_min(1e-12)
            size = INIT_SCALE * (2 / plain.weight[0].numel()) ** 0.5 / norm  # [k]
            convolution.weight.copy_(plain.weight * size[:, None, None, None])
            outputs = convolution(x)
            mean, variance = _statistics(normalization)
            variance.copy_(outputs.var(dim=(0, 2, 3), correction=0))
            mean.copy_(outputs.mean(dim=(0, 2, 3)))
            normalization.weight.copy_(torch.sqrt(variance + normalization.eps) / size)
            normalization.bias.copy_(mean / size + _bias(plain))
            outputs = outputs / size[:, None, None]
            x = functional.relu(outputs + _bias(plain)[:, None, None])
        normalized.last.weight.copy_(network.last.weight)
        normalized.position_bias.copy_(network.position_bias)
        return normalized


def _fused(convolution: nn.Conv2d, normalization: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """Return weight and bias of the convolution that does what the two do in evaluation mode."""
    mean, variance = _statistics(normalization)
    scale = normalization.weight / torch.sqrt(variance + normalization.eps)  # [k]
    return convolution.weight * scale[:, None, None, None], normalization.bias - mean * scale


def _bias(convolution: nn.Conv2d) -> Tensor:
    assert convolution.bias is not None
    return convolution.bias


def _statistics(normalization: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """Return the running mean and variance."""
    assert normalization.running_mean is not None and normalization.running_var is not None
    return normalization.running_mean, normalization.running_var

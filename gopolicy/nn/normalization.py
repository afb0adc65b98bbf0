"""Batch normalization for the time of training: put in before the rectifiers, folded away on export.

The trained network is the paper's to the letter; only the road to it is shorter.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from gopolicy.nn.network import NetworkConfig, PolicyNetwork


class NormalizedNetwork(nn.Module):
    """A policy network with a batch normalization between each convolution and its rectifier.

    Takes and gives what `PolicyNetwork` does.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        plain = PolicyNetwork(config)
        self.convolutions = plain.convolutions
        for convolution in self.convolutions:
            convolution.bias = None  # the normalization has one
        self.normalizations = nn.ModuleList(nn.BatchNorm2d(config.filters) for _ in self.convolutions)
        self.last = plain.last
        self.position_bias = plain.position_bias

    def forward(self, planes: Tensor) -> Tensor:
        """Return logits `[B, 361]` of planes `[B, planes, 19, 19]`."""
        x = planes
        for convolution, normalization in zip(self.convolutions, self.normalizations, strict=True):
            x = functional.relu(normalization(convolution(x)))
        return self.last(x).flatten(1) + self.position_bias

    @torch.no_grad()
    def fold(self) -> PolicyNetwork:
        """Return the policy network that gives the same logits as this one in evaluation mode."""
        network = PolicyNetwork(self.config)
        for plain, convolution, normalization in zip(
            network.convolutions, self.convolutions, self.normalizations, strict=True
        ):
            scale = normalization.weight / torch.sqrt(normalization.running_var + normalization.eps)
            plain.weight.copy_(convolution.weight * scale[:, None, None, None])
            plain.bias.copy_(normalization.bias - normalization.running_mean * scale)
        network.last.weight.copy_(self.last.weight)
        network.position_bias.copy_(self.position_bias)
        return network

    @classmethod
    @torch.no_grad()
    def unfold(cls, network: PolicyNetwork, planes: Tensor) -> "NormalizedNetwork":
        """Return a network for further training that begins as `network`.

        The statistics of each normalization are measured on `planes` `[B, planes, 19, 19]`, and its scale
        and shift are set to take them back, so that in evaluation mode the logits are the same.
        """
        normalized = cls(network.config)
        x = planes
        for plain, convolution, normalization in zip(
            network.convolutions, normalized.convolutions, normalized.normalizations, strict=True
        ):
            convolution.weight.copy_(plain.weight)
            outputs = functional.conv2d(x, plain.weight, padding="same")
            variance, mean = torch.var_mean(outputs, dim=(0, 2, 3), unbiased=False)
            normalization.running_mean.copy_(mean)
            normalization.running_var.copy_(variance)
            normalization.weight.copy_(torch.sqrt(variance + normalization.eps))
            normalization.bias.copy_(mean + plain.bias)
            x = functional.relu(outputs + plain.bias[:, None, None])
        normalized.last.weight.copy_(network.last.weight)
        normalized.position_bias.copy_(network.position_bias)
        return normalized

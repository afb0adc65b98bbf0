"""A network with more filters that begins as a trained one, to go on learning where its size holds it back.

As in Net2Net (Chen et al. 2016, "Net2Net: accelerating learning via knowledge transfer") the larger network gives the
same logits at first; here the new filters are random, and what reads them begins at zero.
"""

from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn import functional

from gopolicy.nn.network import NetworkError, PolicyNetwork


@torch.no_grad()
def grow(network: PolicyNetwork, filters: int, planes: Tensor) -> PolicyNetwork:
    """Return a network of `filters` filters a layer that gives the logits of `network`, which has no more.

    planes: float `[B, planes, 19, 19]`, on which each new filter is given, before its rectifier, the median mean and
    deviation of its layer's old ones.  The random numbers are torch's.  Raises NetworkError for fewer filters.
    """
    old = network.config.filters
    if filters < old:
        raise NetworkError(f"a network of {old} filters cannot grow to {filters}")
    grown = PolicyNetwork(replace(network.config, filters=filters)).to(network.position_bias.device)
    x = planes
    for known, layer in zip(network.hidden(), grown.hidden(), strict=True):
        weight, bias = layer.weight, layer.bias
        assert known.bias is not None and bias is not None
        weight[:old] = 0
        weight[:old, : known.in_channels] = known.weight
        bias[:old] = known.bias
        if filters > old:
            _adjust(layer, old, layer(x))
        x = functional.relu(layer(x))
    grown.last.weight.zero_()
    grown.last.weight[:, :old] = network.last.weight
    grown.position_bias.copy_(network.position_bias)
    return grown


def _adjust(layer: nn.Conv2d, old: int, outputs: Tensor) -> None:
    """Give the filters from `old` on the median mean and deviation of those before, in outputs `[B, k, 19, 19]`."""
    assert layer.bias is not None
    deviation, mean = torch.std_mean(outputs, dim=(0, 2, 3))
    scale = deviation[:old].median() / deviation[old:].clamp_min(1e-12)
    layer.weight[old:] *= scale[:, None, None, None]
    layer.bias[old:] = mean[:old].median() - mean[old:] * scale

"""The form in which a profile is learned: its numbers move, the network around them is frozen."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from gopolicy.nn.network import PolicyNetwork
from gopolicy.profiles.profile import NUMBERS, Profile, check_fits


class ProfileNetwork(nn.Module):
    """A frozen network with the numbers of a profile as its only parameters.

    Takes and gives what `PolicyNetwork` does.  The scale of a filter multiplies what its convolution gives, so no
    gradient of the base weights is ever needed, which a third of a training step goes into.
    Raises ProfileError if `start` is of a network of another shape.
    """

    scale: Tensor
    shift: Tensor
    last: Tensor
    point: Tensor
    zeros: Tensor
    ones: Tensor

    def __init__(self, base: PolicyNetwork, start: Profile) -> None:
        super().__init__()
        check_fits(base, start)
        self.base = base.requires_grad_(False)
        for name, tensor in start.tensors().items():
            self.register_parameter(name, nn.Parameter(tensor.clone()))
        self.register_buffer("zeros", torch.zeros(base.config.filters), persistent=False)
        self.register_buffer("ones", torch.ones(base.config.filters), persistent=False)

    def numbers(self) -> dict[str, Tensor]:
        """Return the parameters by the names that a profile gives them."""
        return {name: getattr(self, name) for name in NUMBERS}

    def forward(self, planes: Tensor) -> Tensor:
        """Return logits `[B, 361]` of planes `[B, planes, 19, 19]`."""
        x = planes
        for convolution, scale, shift in zip(self.base.hidden(), self.scale, self.shift, strict=True):
            assert convolution.bias is not None
            x = functional.conv2d(x, convolution.weight, padding=convolution.weight.shape[-1] // 2)
            # A normalization that normalizes nothing: scale, shift and their gradients in one pass over memory.
            x = functional.batch_norm(x, self.zeros, self.ones, 1 + scale, convolution.bias + shift, eps=0.0)
            x = functional.relu(x)
        with torch.autocast(x.device.type, enabled=False):  # as `in_full_precision`
            last = functional.conv2d(x.float(), self.base.last.weight + self.last[None, :, None, None])
        return last.flatten(1) + self.base.position_bias + self.point

"""Batch normalization over the batches of all processes, on processors that torch's own does not support."""

from typing import Any, cast

import torch
import torch.distributed as distributed
from torch import Tensor, nn


class SharedBatchNorm(nn.BatchNorm2d):
    """Batch normalization whose statistics are those of all processes' inputs, of equal sizes."""

    @classmethod
    def of(cls, module: nn.BatchNorm2d) -> "SharedBatchNorm":
        """Return a normalization with the weights and statistics of another: the same tensors."""
        shared = cls(module.num_features, module.eps, module.momentum)
        shared.weight, shared.bias = module.weight, module.bias
        shared.running_mean, shared.running_var = module.running_mean, module.running_var
        shared.num_batches_tracked = module.num_batches_tracked
        return shared.train(module.training)

    def forward(self, input: Tensor) -> Tensor:
        """Normalize `[B, C, H, W]`; in training by the statistics of all processes' inputs, of equal sizes."""
        if not self.training:
            return super().forward(input)
        x, size = input.float(), distributed.get_world_size()
        mean = _sum(x.mean(dim=(0, 2, 3))) / size
        centered = x - mean[:, None, None]
        variance = _sum(centered.square().mean(dim=(0, 2, 3))) / size
        count = size * x.numel() / x.shape[1]
        remember(self, mean.detach(), variance.detach() * count / (count - 1))
        scale = self.weight * torch.rsqrt(variance + self.eps)
        return (centered * scale[:, None, None] + self.bias[:, None, None]).to(input.dtype)


@torch.no_grad()
def remember(normalization: nn.BatchNorm2d, mean: Tensor, variance: Tensor) -> None:
    """Update the running statistics by those of a batch, `[C]` each."""
    statistics = normalization.running_mean, normalization.running_var
    for running, value in zip(statistics, (mean, variance), strict=True):
        assert running is not None and normalization.momentum is not None
        running.lerp_(value.to(running.dtype), normalization.momentum)
    if normalization.num_batches_tracked is not None:
        normalization.num_batches_tracked.add_(1)


class _Sum(torch.autograd.Function):
    """The sum over the processes; each gets the sum of all gradients back."""

    @staticmethod
    def forward(ctx: Any, values: Tensor) -> Tensor:
        total = values.clone()
        distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        total = gradient.clone(memory_format=torch.contiguous_format)
        distributed.all_reduce(total)
        return total


def _sum(values: Tensor) -> Tensor:
    return cast(Tensor, _Sum.apply(values))  # type: ignore[no-untyped-call]  # torch's

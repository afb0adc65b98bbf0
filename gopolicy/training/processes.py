"""Training by several processes, as `torchrun` starts them: each sees its share of every batch.

The gradients are averaged by torch's DistributedDataParallel.  The normalization's statistics are taken over the
whole batch too, so that a run does not depend on how many processes share it, but for rounding.
"""

import os
from dataclasses import dataclass
from typing import Any, Final, cast

import torch
import torch.distributed as distributed
from torch import Tensor, nn


@dataclass(frozen=True)
class Processes:
    """The processes of a run: how many (`size`), and which of them this is (`rank`, from 0)."""

    rank: int = 0
    size: int = 1

    @property
    def first(self) -> bool:
        """Whether this is the process that writes files and tells what happens."""
        return self.rank == 0

    def shared(self, network: nn.Module) -> nn.Module:
        """Return what to call instead of `network`, which stays equal in all processes."""
        if self.size == 1:
            return network
        device = next(network.parameters()).device
        if device.type == "cuda":
            synchronized = nn.SyncBatchNorm.convert_sync_batchnorm(network)  # type: ignore[no-untyped-call]  # torch's
            return nn.parallel.DistributedDataParallel(synchronized, device_ids=[device])
        for parent in list(network.modules()):
            for name, module in parent.named_children():
                if isinstance(module, nn.BatchNorm2d):
                    setattr(parent, name, SharedBatchNorm.of(module))
        return nn.parallel.DistributedDataParallel(network)

    def mean(self, values: Tensor) -> Tensor:
        """Return the mean of each process's values."""
        if self.size == 1:
            return values
        distributed.all_reduce(values)
        return values / self.size

    def any(self, value: bool) -> bool:
        """Return whether a flag is set in any process."""
        return self.agree(value, 0)[0]

    def agree(self, flag: bool, number: int) -> tuple[bool, int]:
        """Return whether a flag is set in any process, and the number of the first process; waits for all."""
        if self.size == 1:
            return flag, number
        device = "cuda" if distributed.get_backend() == "nccl" else "cpu"
        both = torch.tensor([int(flag), number if self.first else 0], device=device)
        distributed.all_reduce(both)
        flags, agreed = both.tolist()
        return flags > 0, agreed


ALONE: Final = Processes()


class SharedBatchNorm(nn.BatchNorm2d):
    """Batch normalization over the batches of all processes, for processors that torch's own does not support."""

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
        self._remember(mean.detach(), variance.detach() * count / (count - 1))
        scale = self.weight * torch.rsqrt(variance + self.eps)
        return (centered * scale[:, None, None] + self.bias[:, None, None]).to(input.dtype)

    @torch.no_grad()
    def _remember(self, mean: Tensor, variance: Tensor) -> None:
        assert self.running_mean is not None and self.running_var is not None and self.momentum is not None
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance, self.momentum)
        if self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)


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


def join_processes(device: torch.device) -> Processes:
    """Return this process's place among those that `torchrun` started; alone if it was not started so.

    device: cuda or cpu; of several GPUs each process takes the one of its local rank.
    """
    if "RANK" not in os.environ or int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return ALONE
    if not distributed.is_initialized():
        distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    return Processes(distributed.get_rank(), distributed.get_world_size())


def own_device(device: torch.device) -> torch.device:
    """Return the device of this process: of several GPUs the one of its local rank."""
    if device.type != "cuda" or "LOCAL_RANK" not in os.environ:
        return device
    own = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
    torch.cuda.set_device(own)
    return own


def leave_processes() -> None:
    """End what `join_processes` began."""
    if distributed.is_available() and distributed.is_initialized():
        distributed.destroy_process_group()

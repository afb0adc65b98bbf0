"""Training by several processes, as `torchrun` starts them: each sees its share of every batch.

The gradients are averaged by torch's DistributedDataParallel.  The normalization's statistics are taken over the
whole batch too, so that a run does not depend on how many processes share it, but for rounding.
"""

import os
from dataclasses import dataclass
from typing import Final

import torch
import torch.distributed as distributed
from torch import Tensor, nn

from gopolicy.nn.shared_normalization import SharedBatchNorm
from gopolicy.training.config import TrainingError


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


def join_processes(device: torch.device) -> Processes:
    """Return this process's place among those that `torchrun` started; alone if it was not started so.

    device: the one that this process computes on.
    """
    if "RANK" not in os.environ or int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return ALONE
    if not distributed.is_initialized():
        distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    return Processes(distributed.get_rank(), distributed.get_world_size())


def take_own_gpu(device: str) -> None:
    """Make the GPU of this process's local rank the current one, if `torchrun` started several processes.

    device: the name that the user gave.  Raises TrainingError if the machine has none for it.
    """
    if device == "cpu" or not torch.cuda.is_available() or int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return
    own, count = int(os.environ.get("LOCAL_RANK", "0")), torch.cuda.device_count()
    if ":" in device:
        raise TrainingError(f"--device {device}: of several processes each takes a GPU of its own; give --device cuda")
    if own >= count:
        raise TrainingError(f"--nproc-per-node: torch sees {count} CUDA devices here; start at most {count} processes")
    torch.cuda.set_device(own)


def leave_processes() -> None:
    """End what `join_processes` began."""
    if distributed.is_available() and distributed.is_initialized():
        distributed.destroy_process_group()

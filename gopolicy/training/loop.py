"""The training loop: one step, and the state that makes a run resumable.

It knows neither files nor screens: it takes batches and gives numbers.
"""

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from gopolicy.nn.inference import Unpacker
from gopolicy.nn.network import TrainableNetwork, on_device
from gopolicy.training.config import TrainingConfig, TrainingError, schedule
from gopolicy.training.dataset import Batch
from gopolicy.training.optimizer import Optimizers
from gopolicy.training.processes import ALONE, Processes


@dataclass(frozen=True)
class StepResult:
    """What one step measured on its batch, before learning from it: mean loss (nats), top-1 (share), gradient norm."""

    loss: float
    top1: float
    gradient: float


class Trainer:
    """A network in training.

    step_number: steps made.  network: the one to train, in training mode.  average: a second network
    that holds the exponential average of its weights.

    processes: those of a distributed run; each steps on its share of a batch and they stay equal.
    compiled: let torch compile the network (for GPUs; where it cannot, the network runs as it is).
    """

    def __init__(
        self,
        config: TrainingConfig,
        network: TrainableNetwork,
        device: torch.device,
        precision: str,
        *,
        processes: Processes = ALONE,
        compiled: bool = False,
    ) -> None:
        self.config = config
        self.device = device
        self.dtype = torch.bfloat16 if precision == "bfloat16" else torch.float32
        self.network = on_device(network, device).train()
        self.average = copy.deepcopy(self.network)
        self._averaged = _numbers(self.average), _numbers(self.network)
        self.optimizers = Optimizers(self.network, config.optimizer, config.lr, config.weight_decay)
        self.unpacker = Unpacker(device, network.config.planes)
        self.processes = processes
        self.module = processes.shared(self.network)  # what is called
        if compiled:
            self.module = compile_network(self.module)
        self.step_number = 0

    def step(self, batch: Batch) -> StepResult:
        """Learn from one batch; raises TrainingError, the weights unharmed, if the loss is not finite."""
        planes, points = batch.unpack(self.unpacker)
        with torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32):
            logits = self.module(planes)
        loss = functional.cross_entropy(logits.float(), points)
        loss.backward()  # type: ignore[no-untyped-call]
        clip = self.config.clip or math.inf
        norm = nn.utils.clip_grad_norm_(self.network.parameters(), clip)
        top1 = (logits.detach().argmax(1) == points).float().mean()
        measured = self.processes.mean(torch.stack([loss.detach(), top1, norm]))
        loss_value, top1_value, norm_value = measured.tolist()
        if not math.isfinite(loss_value) or not math.isfinite(norm_value):
            raise TrainingError(f"step {self.step_number}: the loss is {loss_value}, the gradient {norm_value}")
        self.optimizers.step(schedule(self.step_number, self.config))
        self.step_number += 1
        self._average()
        return StepResult(loss_value, top1_value, norm_value)

    @torch.no_grad()
    def _average(self) -> None:
        # The first steps count less, so that the average soon forgets the random start.
        decay = min(self.config.averaging, self.step_number / (self.step_number + 9))
        mine, theirs = self._averaged
        torch._foreach_lerp_(mine, theirs, 1 - decay)

    def model(self) -> nn.Module:
        """Return the averaged network fused, on the CPU: what a run leaves behind."""
        return self.average.fuse().cpu().eval()

    def state(self) -> dict[str, Any]:
        """Return all that a resumed run needs, as nested dicts of tensors and numbers."""
        return {
            "step": self.step_number,
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimizers": self.optimizers.state(),
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Continue from a state of a run with the same configuration."""
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimizers.load(state["optimizers"])
        self.step_number = int(state["step"])


def _numbers(network: nn.Module) -> list[Tensor]:
    """Return the weights and the statistics of a network, not its counters."""
    return [value for value in network.state_dict().values() if value.is_floating_point()]


def compile_network(network: nn.Module) -> nn.Module:
    """Return the network compiled by torch; what its compiler cannot do runs uncompiled."""
    import torch._dynamo

    torch._dynamo.config.suppress_errors = True
    compiled: nn.Module = torch.compile(network)  # type: ignore[assignment]  # typed as a plain function
    return compiled

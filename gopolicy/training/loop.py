"""The training loop: one step, and the state that makes a run resumable.

It knows neither files nor screens: it takes batches and gives numbers.  A step does not wait for its device: what it
measured stays there until `Trainer.results` reads it.
"""

import copy
import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from gopolicy.errors import is_out_of_memory
from gopolicy.nn.inference import Unpacker
from gopolicy.nn.network import TrainableNetwork, on_device
from gopolicy.training.config import TrainingConfig, TrainingError, schedule
from gopolicy.training.device import torch_dtype
from gopolicy.training.loader import Batch
from gopolicy.training.optimizer import Optimizers
from gopolicy.training.processes import ALONE, Processes
from gopolicy.training.teacher import Teacher

COMPILE_MODES: Final = ("auto", "on", "graphs", "off")


@dataclass(frozen=True)
class StepResult:
    """Means over some steps, measured on each batch before learning from it.

    loss: cross-entropy in nats.  top1: share of the moves.  gradient: its norm.
    skipped: how many of the steps were left out of it, and not made, because their loss was no finite number.
    """

    loss: float
    top1: float
    gradient: float
    skipped: int = 0


class Loss(nn.Module):
    """What torch compiles as one: unpacking, the network and its loss; the backward pass is derived from it."""

    def __init__(self, network: nn.Module, unpacker: Unpacker, dtype: torch.dtype, teacher_share: float = 0.0) -> None:
        super().__init__()
        self.network, self.unpacker, self.dtype, self.teacher_share = network, unpacker, dtype, teacher_share

    def forward(
        self, packed: Tensor, points: Tensor, symmetries: Tensor, taught: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return (loss, top-1), scalars on the device, of the tensors of a `Batch`; taught: as `Teacher` predicts."""
        planes = self.unpacker.unpack(packed, symmetries, self.dtype)
        points = self.unpacker.images(points, symmetries)
        with torch.autocast(planes.device.type, self.dtype, enabled=self.dtype != torch.float32):
            logits = self.network(planes)
        loss = functional.cross_entropy(logits.float(), points)
        if taught is not None:
            loss = loss.lerp(functional.cross_entropy(logits.float(), taught), self.teacher_share)
        return loss, (logits.detach().argmax(1) == points).float().mean()


class Trainer:
    """A network in training.

    step_number: steps made.  network: the one to train, in training mode.  average: a second network
    that holds the exponential average of its weights.

    processes: those of a distributed run; each steps on its share of a batch and they stay equal.
    compile_mode: off; on: torch compiles `Loss` and its backward pass; graphs: and replays its launches on a GPU;
    auto: on for one process with a GPU, off with a warning where torch cannot.  On and graphs raise TrainingError at
    the first step instead, and at once where several processes train.
    teacher: whose predictions are `config.teacher_share` of what is learned, the moves played the rest.
    """

    def __init__(
        self,
        config: TrainingConfig,
        network: TrainableNetwork,
        device: torch.device,
        precision: str,
        *,
        processes: Processes = ALONE,
        compile_mode: str = "off",
        teacher: Teacher | None = None,
    ) -> None:
        self.config = config
        self.teacher = teacher
        self.device = device
        self.dtype = torch_dtype(precision)
        self.network = on_device(network, device).train()
        self.network.winograd = config.convolution == "winograd" and device.type == "cpu"
        self.average = copy.deepcopy(self.network)
        self.processes = processes
        self._averaged = _numbers(self.average), _numbers(self.network)
        self._statistics = [value for value in self.network.buffers() if value.is_floating_point()]
        self.optimizers = Optimizers(self.network, config.optimizer, config.lr, config.weight_decay, self.dtype)
        self.unpacker = Unpacker(device, network.config.planes)
        self._required = compile_mode in ("on", "graphs")
        self._plain = Loss(processes.shared(self.network), self.unpacker, self.dtype, config.teacher_share)
        self._loss = self._compiled(compile_mode)  # what is called
        self._proven = not self.compiled  # whether it has worked once
        self._before = self._flat_statistics()
        self.step_number = 0
        self._measured = torch.zeros(4, device=device)  # summed over the steps not read yet
        self._unread = 0

    @property
    def compiled(self) -> bool:
        """Whether torch compiles the steps; false also after it was given up."""
        return self._loss is not self._plain

    def step(self, batch: Batch) -> None:
        """Learn from one batch; a step whose loss or gradient is no finite number changes nothing."""
        self.update(*self._learn(batch))

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return (loss, top-1) of a batch, scalars on the device, the loss to go backward from before `update`."""
        self._before = self._flat_statistics()
        tensors = [tensor.to(self.device, non_blocking=True) for tensor in batch.tensors]
        if self.teacher:
            tensors.append(self.teacher.predict(batch, self.step_number))
        loss, top1 = self._loss(*tensors)
        return loss, top1

    def update(self, loss: Tensor, top1: Tensor) -> None:
        """Step by the gradients of a batch, and forget them."""
        norm = nn.utils.clip_grad_norm_(self.network.parameters(), self.config.clip or math.inf)
        measured = self.processes.mean(torch.stack([loss.detach(), top1, norm]))
        skip = 1 - torch.isfinite(measured).all().float()
        self.optimizers.step(schedule(self.step_number, self.config), skip)
        self._set_statistics(torch.where(skip.bool(), self._before, self._flat_statistics()))
        self._measured += torch.cat([torch.where(skip.bool(), 0.0, measured), skip.view(1)])
        self._unread += 1
        self.step_number += 1
        self._average()

    def results(self) -> StepResult:
        """Return what the steps since the last call measured; waits for the device.

        Raises TrainingError if all of them were skipped; the weights are those before.
        """
        loss, top1, gradient, skipped = self._measured.tolist()
        steps, made = self._unread, self._unread - round(skipped)
        self._measured.zero_()
        self._unread = 0
        if steps and not made:
            raise TrainingError(
                f"step {self.step_number - steps}: the loss of {steps} steps is no finite number; "
                "checkpoints saved before are sound; begin again with a lower --lr"
            )
        if skipped:
            logging.getLogger(__name__).warning("%d of %d steps skipped: no finite loss", steps - made, steps)
        return StepResult(loss / max(made, 1), top1 / max(made, 1), gradient / max(made, 1), steps - made)

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
        self.optimizers.load(state.get("optimizers", {}))  # empty at step 0
        self.step_number = int(state["step"])

    def _learn(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Compute the gradients; return (loss, top-1).  What cannot be compiled is given up here."""
        try:
            learned = self._gradients(batch)
            self._proven = True
            return learned
        except Exception as error:
            if self._proven or is_out_of_memory(error):
                raise
            reason = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0][:200]}"
            if self._required:
                raise TrainingError(f"--compile: torch cannot compile the network here ({reason})") from error
            logging.getLogger(__name__).warning("training goes on uncompiled: torch cannot compile here (%s)", reason)
        self._loss = self._plain
        self._set_statistics(self._before)
        for parameter in self.network.parameters():
            parameter.grad = None
        return self._gradients(batch)

    def _gradients(self, batch: Batch) -> tuple[Tensor, Tensor]:
        loss, top1 = self.forward(batch)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss, top1

    def _compiled(self, mode: str) -> nn.Module:
        if mode not in COMPILE_MODES:
            raise TrainingError(f"--compile {mode!r}: unknown; {', '.join(COMPILE_MODES)}")
        if self._required and self.processes.size > 1:
            raise TrainingError(f"--compile {mode}: several processes train uncompiled; leave it out")
        if self._required and self.network.winograd:
            raise TrainingError(
                f"--compile {mode}: convolutions by Winograd's algorithm train uncompiled; leave it out"
            )
        if mode == "off" or (mode == "auto" and (self.device.type != "cuda" or self.processes.size > 1)):
            return self._plain
        compiled: nn.Module = torch.compile(  # type: ignore[assignment]  # typed as a plain function
            self._plain, mode="reduce-overhead" if mode == "graphs" else None
        )
        return compiled

    def _flat_statistics(self) -> Tensor:
        """Return a copy of the statistics of all normalizations, in one row."""
        return torch.cat([value.flatten() for value in self._statistics]) if self._statistics else torch.zeros(0)

    def _set_statistics(self, flat: Tensor) -> None:
        if self._statistics:
            parts = torch.split(flat, [value.numel() for value in self._statistics])
            shaped = [part.view_as(value) for value, part in zip(self._statistics, parts, strict=True)]
            torch._foreach_copy_(self._statistics, shaped)

    @torch.no_grad()
    def _average(self) -> None:
        # The first steps count less, so that the average soon forgets the random start.
        decay = min(self.config.averaging, self.step_number / (self.step_number + 9))
        mine, theirs = self._averaged
        torch._foreach_lerp_(mine, theirs, 1 - decay)


def _numbers(network: nn.Module) -> list[Tensor]:
    """Return the weights and the statistics of a network, not its counters."""
    return [value for value in network.state_dict().values() if value.is_floating_point()]

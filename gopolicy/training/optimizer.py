"""The optimizers: Muon for the convolutions, SGD with Nesterov momentum for everything else, or for all.

Muon (Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks") makes the momentum of
a weight matrix orthogonal by a few Newton-Schulz steps, so that all directions are learned at one pace.
A convolution's weights count as a matrix of [filters, inputs * height * width].
"""

from collections.abc import Iterable
from typing import Any, Final

import torch
from torch import Tensor, nn

NEWTON_SCHULZ: Final = (3.4445, -4.7750, 2.0315)  # the quintic of the reference, steep at zero
STEPS: Final = 5


def orthogonalize(matrix: Tensor) -> Tensor:
    """Return about U V^T for a matrix U S V^T, float32 `[rows, columns]`."""
    a, b, c = NEWTON_SCHULZ
    x: Tensor = matrix / (matrix.norm() + 1e-7)
    wide = x.shape[0] <= x.shape[1]
    x = x if wide else x.T
    for _ in range(STEPS):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x if wide else x.T


class Muon(torch.optim.Optimizer):
    """Momentum, made orthogonal, with decoupled weight decay; for weights of two and more dimensions.

    The step has a root mean square of 0.2 a weight at lr 1, like Adam's, whatever the shape (Liu et al. 2025).
    """

    def __init__(self, params: Iterable[Tensor], lr: float, momentum: float = 0.95, weight_decay: float = 0.0) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]  # the closure's result is not used
        """Make one step."""
        assert closure is None
        for group in self.param_groups:
            for weights in group["params"]:
                if weights.grad is None:
                    continue
                state = self.state[weights]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(weights, memory_format=torch.contiguous_format)
                momentum: Tensor = state["momentum"]
                momentum.lerp_(weights.grad, 1 - group["momentum"])
                direction = weights.grad.lerp(momentum, group["momentum"])  # Nesterov's look ahead
                matrix = direction.flatten(1) if direction.is_contiguous() else direction.contiguous().flatten(1)
                update = orthogonalize(matrix).view(weights.shape)
                weights.mul_(1 - group["lr"] * group["weight_decay"])
                weights.add_(update, alpha=-0.2 * max(matrix.shape) ** 0.5 * group["lr"])


class Optimizers:
    """The optimizers of a network as one; `lr` of each is its peak times what the schedule says."""

    def __init__(self, network: nn.Module, kind: str, lr: float, weight_decay: float) -> None:
        matrices = [p for p in network.parameters() if p.ndim >= 2]
        others = [p for p in network.parameters() if p.ndim < 2]  # biases and normalization: no weight decay
        self.all: list[torch.optim.Optimizer]
        if kind == "muon":
            adam = torch.optim.AdamW(others, lr=lr, betas=(0.9, 0.95), weight_decay=0.0)
            self.all = [Muon(matrices, lr=lr, weight_decay=weight_decay), adam]
        elif kind == "sgd":
            groups = [{"params": matrices, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
            self.all = [torch.optim.SGD(groups, lr=lr, momentum=0.9, nesterov=True)]
        elif kind == "adamw":
            groups = [{"params": matrices, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
            self.all = [torch.optim.AdamW(groups, lr=lr)]
        else:
            raise ValueError(f"unknown optimizer {kind!r}: muon, sgd or adamw")
        self._peaks = [[group["lr"] for group in optimizer.param_groups] for optimizer in self.all]

    def step(self, factor: float) -> None:
        """Make one step at `factor` times the peak learning rates, and forget the gradients."""
        for optimizer, peaks in zip(self.all, self._peaks, strict=True):
            for group, peak in zip(optimizer.param_groups, peaks, strict=True):
                group["lr"] = peak * factor
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)

    def state(self) -> dict[str, Any]:
        """Return the state as nested dicts with string keys: what `load` takes."""
        return {
            str(i): {str(key): value for key, value in optimizer.state_dict()["state"].items()}
            for i, optimizer in enumerate(self.all)
        }

    def load(self, state: dict[str, Any]) -> None:
        """Continue from a state; raises ValueError or KeyError if it is another network's."""
        for i, optimizer in enumerate(self.all):
            whole = optimizer.state_dict()
            whole["state"] = {int(key): value for key, value in state.get(str(i), {}).items()}
            optimizer.load_state_dict(whole)

"""The optimizers: Muon for the convolutions and AdamW for the rest, or AdamW or SGD with Nesterov momentum for all.

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


def orthogonalize(matrices: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """Return about U V^T for each matrix U S V^T of float32 `[n, rows, columns]`, computed and returned in `dtype`."""
    a, b, c = NEWTON_SCHULZ
    x: Tensor = (matrices / (matrices.norm(dim=(1, 2), keepdim=True) + 1e-7)).to(dtype)
    wide = x.shape[1] <= x.shape[2]
    x = x if wide else x.mT
    for _ in range(STEPS):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x if wide else x.mT


class Muon(torch.optim.Optimizer):
    """Momentum, made orthogonal, with decoupled weight decay; for weights of two and more dimensions.

    The step has a root mean square of 0.2 a weight at lr 1, like Adam's, whatever the shape (Liu et al. 2025).
    dtype: of the matrix products; bfloat16, as the reference has, where that is fast.
    found_inf: float32 scalar, 1 to leave weights and momentum as they are, as torch's fused optimizers take it.
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float,
        momentum: float = 0.95,
        weight_decay: float = 0.0,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})
        self.dtype = dtype
        self.found_inf: Tensor | None = None

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]  # the closure's result is not used
        """Make one step."""
        assert closure is None
        for group in self.param_groups:
            alike: dict[torch.Size, list[Tensor]] = {}  # weights of one shape are stepped together
            for weights in group["params"]:
                if weights.grad is not None:
                    alike.setdefault(weights.shape, []).append(weights)
            for weights in alike.values():
                self._step(weights, group["lr"], group["momentum"], group["weight_decay"])

    def _step(self, weights: list[Tensor], lr: float, momentum: float, weight_decay: float) -> None:
        skip = torch.zeros((), device=weights[0].device) if self.found_inf is None else self.found_inf
        used = 1 - skip
        directions = []
        for one in weights:
            state = self.state[one]
            if "momentum" not in state:
                state["momentum"] = torch.zeros_like(one)
            assert one.grad is not None
            gradient = torch.where(skip.bool(), 0.0, one.grad)
            state["momentum"].lerp_(gradient, (1 - momentum) * used)
            directions.append(gradient.lerp(state["momentum"], momentum).flatten(1))  # Nesterov's look ahead
        matrices = torch.stack(directions)  # [n, filters, inputs * height * width]
        size = 0.2 * max(matrices.shape[1:]) ** 0.5
        updates = orthogonalize(matrices, self.dtype).float() * (size * lr * used)
        for one, update in zip(weights, updates, strict=True):
            one.mul_(1 - lr * weight_decay * used)
            one.sub_(update.view(one.shape))


class Optimizers:
    """The optimizers of a network as one; `lr` of each is its peak times what the schedule says.

    dtype: what the network computes in.
    """

    def __init__(
        self, network: nn.Module, kind: str, lr: float, weight_decay: float, dtype: torch.dtype = torch.float32
    ) -> None:
        matrices = [p for p in network.parameters() if p.ndim >= 2]
        others = [p for p in network.parameters() if p.ndim < 2]  # biases and normalization: no weight decay
        groups = [{"params": matrices, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
        self.all: list[torch.optim.Optimizer]
        # The fused ones are one launch on a GPU, and skip a step without the host knowing.
        if kind == "muon":
            adam = torch.optim.AdamW(others, lr=lr, betas=(0.9, 0.95), weight_decay=0.0, fused=True)
            self.all = [Muon(matrices, lr=lr, weight_decay=weight_decay, dtype=dtype), adam]
        elif kind == "sgd":
            self.all = [torch.optim.SGD(groups, lr=lr, momentum=0.9, nesterov=True, fused=True)]
        else:
            assert kind == "adamw"
            self.all = [torch.optim.AdamW(groups, lr=lr, fused=True)]
        self._peaks = [[group["lr"] for group in optimizer.param_groups] for optimizer in self.all]

    def step(self, factor: float, skip: Tensor | None = None) -> None:
        """Make one step at `factor` times the peak learning rates, and forget the gradients.

        skip: float32 scalar on the device, 1 to leave the weights as they are.
        """
        for optimizer, peaks in zip(self.all, self._peaks, strict=True):
            for group, peak in zip(optimizer.param_groups, peaks, strict=True):
                group["lr"] = peak * factor
            optimizer.found_inf = skip  # type: ignore[attr-defined]  # where torch's gradient scaler puts it
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
            for weights, values in optimizer.state.items():
                for key, value in values.items():
                    if value.shape == weights.shape:  # fused optimizers want it in the order of the weights
                        values[key] = torch.empty_like(weights).copy_(value)

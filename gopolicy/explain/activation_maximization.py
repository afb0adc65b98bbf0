"""Inputs that activate a filter or an output point most, by gradient ascent on the input with the weights fixed.

Simonyan et al. (2014), "Deep inside convolutional networks", section 2.  The input is a `SoftPlanes`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gopolicy.explain.activations import Unit, unit_values
from gopolicy.explain.soft_planes import SoftPlanes
from gopolicy.nn.network import PolicyNetwork

RATE: Final = 0.2  # of Adam
LEAK: Final = 0.01  # slope below zero during the ascent: a filter that is silent has a gradient, too
OnProgress = Callable[[int], object]


@dataclass(frozen=True)
class MaximizingInputs:
    """Inputs that were found, one a unit.

    planes: float32 `[B, 48, 19, 19]`.  colors: float32 `[B, 3, 19, 19]`, probabilities of own, opponent, empty.
    values: float32 `[B]`, of the units.  stones: float32 `[B]`, mean number of stones.
    """

    planes: NDArray[np.float32]
    colors: NDArray[np.float32]
    values: NDArray[np.float32]
    stones: NDArray[np.float32]


def maximizing_inputs(
    network: PolicyNetwork,
    units: Sequence[Unit],
    *,
    penalty: float = 0.0,
    steps: int = 200,
    seed: int = 0,
    moves: NDArray[np.uint8] | None = None,
    on_progress: OnProgress | None = None,
) -> MaximizingInputs:
    """Return x* = argmax over x of y(x) - penalty * (mean number of stones), by `steps` of gradient ascent a layer.

    units: all, or none, at a point; those of one layer are optimized together.  The penalty is the lectures' L1
    term: |x_ij| on a board of 1, -1 and 0 is the probability of a stone.  Each unit's value is taken in shares of the
    start, so that a penalty means the same for any filter.  moves: uint8 `[48, 19, 19]`, a position whose features of
    moves hold throughout, usually the empty board's: then only stones change.  on_progress: called with the steps done.
    """
    layers = list(dict.fromkeys(unit.layer for unit in units))
    kept = None if moves is None else torch.from_numpy(moves).float()
    found = [
        _ascend(network, [unit for unit in units if unit.layer == layer], penalty, steps, seed, kept, on_progress)
        for layer in layers
    ]
    order = np.argsort([i for layer in layers for i, unit in enumerate(units) if unit.layer == layer])
    names = [field.name for field in fields(MaximizingInputs)]
    return MaximizingInputs(*(np.concatenate([getattr(part, name) for part in found])[order] for name in names))


def _ascend(
    network: PolicyNetwork,
    units: Sequence[Unit],
    penalty: float,
    steps: int,
    seed: int,
    moves: Tensor | None,
    on_progress: OnProgress | None,
) -> MaximizingInputs:
    """Return the inputs for units of one layer, by Adam on the soft planes alone."""
    soft = SoftPlanes(len(units), seed=seed, moves=moves)
    parameters = list(soft.parameters())
    optimizer = torch.optim.Adam(parameters, lr=RATE, maximize=True)
    scale = None
    for _ in range(steps):
        values = unit_values(network, soft(), units, LEAK)
        scale = values.detach().abs().clamp_min(1.0) if scale is None else scale
        score = (values / scale - penalty * soft.stones()).sum()
        for parameter, gradient in zip(
            parameters, torch.autograd.grad(score, parameters, allow_unused=True), strict=True
        ):
            parameter.grad = gradient
        optimizer.step()
        if on_progress:
            on_progress(1)
    with torch.no_grad():
        planes = soft()
        arrays = (planes, soft.colors(), unit_values(network, planes, units), soft.stones())
    return MaximizingInputs(*(array.numpy().astype(np.float32) for array in arrays))

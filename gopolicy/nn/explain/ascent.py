"""Inputs found by climbing: what a filter or an output likes best, and what a layer would add to a position.

The weights stay fixed and the input changes along the gradient, as a mixture at each point, see `mixture`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gopolicy.nn.explain.activations import LEAK, check_filters, filter_values, response, responses
from gopolicy.nn.explain.mixture import PlaneMixture
from gopolicy.nn.network import PolicyNetwork

RATE: Final = 0.2  # of Adam
DREAM_RATE: Final = 0.5  # in logits
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Unit:
    """Something that an input can excite.

    A filter at a point (layer, filter, point), a filter on the whole board (point None), or an output point
    (layer None): the log probability of the move there.
    """

    layer: int | None = None
    filter: int = 0
    point: int | None = None


@dataclass(frozen=True)
class Favorites:
    """Inputs that were found, one a unit.

    planes: float32 `[B, 48, 19, 19]`.  colors: float32 `[B, 3, 19, 19]`, probabilities of own, opponent, empty.
    values: float32 `[B]`, what the units answer to them.  stones: float32 `[B]`, mean number of stones.
    """

    planes: NDArray[np.float32]
    colors: NDArray[np.float32]
    values: NDArray[np.float32]
    stones: NDArray[np.float32]


def unit_scores(network: PolicyNetwork, planes: Tensor, units: Sequence[Unit], leak: float = 0.0) -> Tensor:
    """Return what each unit answers to its input, float `[B]`; the units are of one layer and all, or none, at a point.

    planes: float `[B, 48, 19, 19]`; a network of fewer planes takes the first.
    """
    used = planes[:, : network.config.planes]
    first = units[0]
    points = torch.tensor([-1 if unit.point is None else unit.point for unit in units])
    if first.layer is None:
        return network(used).log_softmax(1)[torch.arange(len(units)), points]  # type: ignore[no-any-return]  # a module's call
    check_filters(network, [unit.filter for unit in units])
    assert {unit.layer for unit in units} == {first.layer}, "units of one layer"
    filters = torch.tensor([unit.filter for unit in units])
    return filter_values(response(network, used, first.layer), filters, first.point, leak)


def favorite_inputs(
    network: PolicyNetwork,
    units: Sequence[Unit],
    *,
    penalty: float = 0.0,
    steps: int = 200,
    rate: float = RATE,
    seed: int = 0,
    moves: NDArray[np.uint8] | None = None,
    progress: Progress | None = None,
) -> Favorites:
    """Return x* = argmax over x of y(x) - penalty * (mean number of stones), by `steps` of gradient ascent.

    units: of one layer, and at one point or on the whole board.  The penalty is the lectures' L1 term: |x_ij|
    on a board of 1, -1 and 0 is the probability of a stone.  Each unit's value is taken in shares of the
    start, so that a penalty means the same to a loud filter as to a quiet one.  moves: uint8 `[48, 19, 19]`, a
    position whose features of moves hold throughout, usually the empty board's: then only stones speak.
    """
    mixture = PlaneMixture(len(units), seed=seed, moves=None if moves is None else torch.from_numpy(moves).float())
    scale = torch.ones(len(units))

    def objective(count: int) -> Tensor:
        nonlocal scale
        scores = unit_scores(network, mixture(), units, LEAK)
        if count == 0:
            scale = scores.detach().abs().clamp_min(1.0)
        return (scores / scale - penalty * mixture.stones()).sum()

    _climb(mixture, objective, steps, rate, progress)
    return _favorites(network, mixture, units)


def _favorites(network: PolicyNetwork, mixture: PlaneMixture, units: Sequence[Unit]) -> Favorites:
    with torch.no_grad():
        planes = mixture()
        values = unit_scores(network, planes, units)
        arrays = (planes, mixture.colors(), values, mixture.stones())
    return Favorites(*(array.numpy().astype(np.float32) for array in arrays))


def dream(
    network: PolicyNetwork,
    planes: NDArray[np.uint8],
    layer: int,
    *,
    stones: int = 12,
    steps: int = 200,
    rate: float = DREAM_RATE,
    seed: int = 0,
) -> NDArray[np.float32]:
    """Return a position as `layer` would have it: probabilities of own, opponent, empty, float32 `[3, 19, 19]`.

    planes: uint8 `[48, 19, 19]`.  Deep Dream: positive outputs of the layer (before the rectifier) grow and
    negative ones fall, by gradient ascent on half the sum of their squares.  The position's stones stay; the
    ascent ends when `stones` points have become likelier a stone than empty, or after `steps`.  Each step is
    as long as the others, so what the layer wants most comes first.
    """
    mixture = PlaneMixture(1, seed=seed, planes=torch.from_numpy(planes).float(), keep_stones=True)
    used = network.config.planes
    real = int(planes[:2].sum())
    colors = mixture.colors().detach()
    for _ in range(steps):
        outputs = response(network, mixture()[:, :used], layer)
        _step(mixture, outputs.square().sum() / 2, rate)
        colors = mixture.colors().detach()
        if int((colors[:, 2] < 0.5).sum()) >= real + stones:  # kept points hold no empty
            break
    result: NDArray[np.float32] = colors[0].numpy().astype(np.float32)
    return result


def _step(mixture: PlaneMixture, score: Tensor, rate: float) -> None:
    """Move every logit along its gradient, the largest by `rate`."""
    parameters = list(mixture.parameters())
    gradients = torch.autograd.grad(score, parameters)
    most = max(float(gradient.abs().max()) for gradient in gradients)
    with torch.no_grad():
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.add_(gradient, alpha=rate / max(most, 1e-30))


def _climb(
    mixture: PlaneMixture, objective: Callable[[int], Tensor], steps: int, rate: float, progress: Progress | None
) -> None:
    """Raise `objective` by `steps` of Adam on the mixture alone."""
    optimizer = torch.optim.Adam(mixture.parameters(), lr=rate, maximize=True)
    for count in range(steps):
        gradients = torch.autograd.grad(objective(count), list(mixture.parameters()), allow_unused=True)
        for parameter, gradient in zip(mixture.parameters(), gradients, strict=True):
            parameter.grad = gradient
        optimizer.step()
        if progress:
            progress(1)


def greatest_values(network: PolicyNetwork, planes: NDArray[np.uint8], units: Sequence[Unit]) -> NDArray[np.float32]:
    """Return the most that each unit answers to real positions, uint8 `[n, 48, 19, 19]`: float32 `[B]`.

    A filter at a point may answer anywhere on the board: it is the same filter at every point.
    """
    best = np.full(len(units), -np.inf, np.float32)
    for part in np.array_split(planes, max(1, len(planes) // 64)):
        inputs = torch.from_numpy(part[:, : network.config.planes]).float()
        log_probabilities = network(inputs).log_softmax(1)
        outputs = list(responses(network, inputs))
        for i, unit in enumerate(units):
            if unit.layer is None:
                assert unit.point is not None
                values = log_probabilities[:, unit.point]
            else:
                maps = outputs[unit.layer - 1][:, unit.filter].flatten(1)  # [n, 361]
                values = maps.relu().sum(1) if unit.point is None else maps.amax(1)
            best[i] = max(best[i], float(values.max()))
    return best

"""From the gradients of moves to better numbers of a profile: a natural gradient step, damped by cross-validation.

The step is (F + damping * D)^-1 g, where g is the mean gradient and F the mean of its products with itself (the
empirical Fisher matrix, which says how much the prediction changes), and D the diagonal of F with a floor: a normal
prior around the numbers to begin with, in the units in which each number matters.
"""

from typing import Final

import torch
from torch import Tensor

FOLDS: Final = 4
DAMPINGS: Final = (0.3, 1.0, 2.0, 4.0, 8.0, 16.0, 64.0)
FLOOR: Final = 0.1  # of the mean of a kind of numbers: a filter that hardly ever answers must not be moved far


class Evidence:
    """What moves say of the numbers of a profile: sums of gradients by fold, and of their products.

    blocks: how many numbers there are of each kind.
    """

    def __init__(self, blocks: list[int], device: torch.device) -> None:
        size = sum(blocks)
        self._blocks = blocks
        self._sums = torch.zeros(FOLDS, size, device=device)
        self._counts = torch.zeros(FOLDS, device=device)
        self._products = torch.zeros(size, size, device=device)

    def add(self, gradients: Tensor, games: Tensor) -> None:
        """Add gradients, float32 `[B, n]`, of moves of games, int64 `[B]`; a game's fold is its number modulo FOLDS."""
        folds = (games % FOLDS).to(gradients.device)
        self._sums.index_add_(0, folds, gradients)
        self._counts += torch.bincount(folds, minlength=FOLDS)
        self._products += gradients.T @ gradients

    @property
    def gradient(self) -> Tensor:
        """The mean gradient, `[n]`."""
        return self._sums.sum(0) / self._counts.sum()

    @property
    def fisher(self) -> Tensor:
        """The mean of the products, `[n, n]`."""
        return self._products / self._counts.sum()

    def prior(self) -> Tensor:
        """Return the precision of the prior at damping 1, `[n]`."""
        diagonal = self.fisher.diagonal()
        means = torch.cat([block.mean().expand(len(block)) for block in torch.split(diagonal, self._blocks)])
        return diagonal + FLOOR * means + torch.finfo(torch.float32).tiny

    def best_damping(self, prior: Tensor) -> float:
        """Return the damping whose step from all folds but one gains most on that one, in second order."""
        units = prior.rsqrt()
        powers, basis = torch.linalg.eigh(self.fisher * units * units[:, None])
        sums = (self._sums * units) @ basis  # [FOLDS, n]
        gains = []
        for damping in DAMPINGS:
            gain = 0.0
            for fold in range(FOLDS):
                rest = (sums.sum(0) - sums[fold]) / (self._counts.sum() - self._counts[fold]).clamp(min=1)
                step = rest / (powers.clamp(min=0) + damping)
                gain += float(sums[fold] @ step - self._counts[fold] * (powers * step * step).sum() / 2)
            gains.append(gain)
        return DAMPINGS[gains.index(max(gains))]


def improved(numbers: Tensor, start: Tensor, evidence: Evidence, prior: Tensor, damping: float) -> Tensor:
    """Return numbers after a step from `numbers`, all `[n]`, where the prior is around `start`."""
    precision = damping * prior
    gradient = evidence.gradient - precision * (numbers - start)
    step: Tensor = torch.linalg.solve(evidence.fisher + precision.diag(), gradient)
    return numbers + step

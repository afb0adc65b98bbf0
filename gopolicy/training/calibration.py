"""Whether percents come true: of the moves called 17 %, do 17 % come?  And the temperature that makes them.

A network that is too sure of itself is mended by one number (Guo et al. 2017, "On Calibration of Modern Neural
Networks"): its logits are divided by a temperature fitted on games that it did not learn from.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from gopolicy.nn.network import PolicyNetwork

BINS: Final = 20  # of 5 % each
LEAST_CALLED: Final = 0.01  # moves under 1 % are not called: nobody is shown them
TEMPERATURES: Final = (0.25, 4.0)
FIT_STEPS: Final = 40
MOST_FITTED: Final = 200_000  # positions, 1.4 KB each


@dataclass(frozen=True)
class Bin:
    """Moves of similar probability: how many were called, their mean probability, the share of them that came."""

    count: int
    called: float
    came: float


class Reliability:
    """Counts of called moves by their probability, and of those that came; for all moves and for top moves alone."""

    def __init__(self) -> None:
        self._all = np.zeros((3, BINS))
        self._top = np.zeros((3, BINS))

    def add(self, probabilities: NDArray[np.float32], points: NDArray[np.int64]) -> None:
        """Count predictions: probabilities `[n, 361]`, and the points played, int64 `[n]`."""
        came = np.zeros(probabilities.shape, bool)
        came[np.arange(len(points)), points] = True
        called = probabilities >= LEAST_CALLED
        _count(self._all, probabilities[called], came[called])
        top = np.arange(len(points)), probabilities.argmax(1)
        _count(self._top, probabilities[top], came[top])

    def bins(self, *, top: bool = False) -> list[Bin]:
        """Return the bins that hold moves, in order; top: of the most probable move of each position alone."""
        columns = (self._top if top else self._all).T
        return [Bin(int(n), called / n, came / n) for n, called, came in columns.tolist() if n]

    @property
    def expected_error(self) -> float:
        """The expected calibration error: how far probability and frequency of top moves differ, on average."""
        bins = self.bins(top=True)
        total = sum(one.count for one in bins)
        return sum(one.count * abs(one.called - one.came) for one in bins) / max(total, 1)


class TemperatureFit:
    """The temperature under which the moves played are most probable.

    Of more than MOST_FITTED positions it takes every second one, of more than twice as many every fourth, and so on.
    """

    def __init__(self) -> None:
        self._logs: list[NDArray[np.float32]] = []
        self._points: list[NDArray[np.int64]] = []
        self._seen, self._every = 0, 1

    def add(self, probabilities: NDArray[np.float32], points: NDArray[np.int64]) -> None:
        """Take predictions: probabilities `[n, 361]`, and the points played, int64 `[n]`."""
        taken = slice(-self._seen % self._every, None, self._every)
        self._seen += len(points)
        self._logs.append(np.log(np.maximum(probabilities[taken], 1e-30)))
        self._points.append(points[taken])
        if self._seen > MOST_FITTED * self._every:
            self._every *= 2
            self._logs = [np.concatenate(self._logs)[::2]]
            self._points = [np.concatenate(self._points)[::2]]

    def temperature(self) -> float:
        """Return the temperature, by golden section of the loss, which has one minimum."""
        low, high = (math.log(bound) for bound in TEMPERATURES)
        ratio = (math.sqrt(5) - 1) / 2
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        losses = self._loss(left), self._loss(right)
        for _ in range(FIT_STEPS):
            if losses[0] < losses[1]:
                high, right = right, left
                left = high - ratio * (high - low)
                losses = self._loss(left), losses[0]
            else:
                low, left = left, right
                right = low + ratio * (high - low)
                losses = losses[1], self._loss(right)
            if high - low < 1e-4:
                break
        return math.exp((low + high) / 2)

    def _loss(self, log_temperature: float) -> float:
        """Return the summed cross-entropy in nats at a temperature."""
        inverse, total = math.exp(-log_temperature), 0.0
        for logs, points in zip(self._logs, self._points, strict=True):
            scaled = logs * inverse  # [n, 361]
            largest = scaled.max(1)
            sums = np.log(np.exp(scaled - largest[:, None]).sum(1)) + largest
            total += float((sums - scaled[np.arange(len(points)), points]).sum(dtype=np.float64))
        return total


@torch.no_grad()
def divide_logits(network: PolicyNetwork, temperature: float) -> None:
    """Divide the logits of a network by a temperature, in its last weights, so that all that use it are calibrated."""
    for weights in (network.last.weight, network.position_bias):
        weights.div_(temperature)


def _count(table: NDArray[np.float64], probabilities: NDArray[np.float32], came: NDArray[np.bool_]) -> None:
    places = np.minimum((probabilities * BINS).astype(np.int64), BINS - 1)
    for row, weights in enumerate((None, probabilities, came)):
        table[row] += np.bincount(places, weights, BINS)

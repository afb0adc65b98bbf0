"""The real positions that activate filters most: one pass over positions, the best places of every filter kept.

Of each game only the best place of a filter counts, so that its examples differ.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from gopolicy.explain.activations import check_layers, layer_outputs
from gopolicy.nn.network import PolicyNetwork


class Positions(NamedTuple):
    """Some positions.

    planes: uint8 `[B, planes, 19, 19]`.  numbers: int64 `[B]`, what the caller calls each.
    games: int64 `[B]`, the game that each is of.
    """

    planes: NDArray[np.uint8]
    numbers: NDArray[np.int64]
    games: NDArray[np.int64]


@dataclass
class Patterns:
    """The places where each filter of a layer was activated most, the strongest first.

    values: float32 `[k, top]`, rectified; 0 where a filter was active in fewer games.
    positions: int64 `[k, top]`, numbers of the positions, -1 for none.
    points: int64 `[k, top]`, where on the board.  games: int64 `[k, top]`.
    """

    values: NDArray[np.float32]
    positions: NDArray[np.int64]
    points: NDArray[np.int64]
    games: NDArray[np.int64]

    @classmethod
    def empty(cls, filters: int, top: int) -> "Patterns":
        """Return a table without entries."""
        shape = (filters, top)
        none = [np.full(shape, -1, np.int64) for _ in range(3)]
        return cls(np.zeros(shape, np.float32), *none)

    def add(self, values: NDArray[np.float32], points: NDArray[np.int64], batch: Positions) -> None:
        """Enter each filter's best place of each position of a batch: values and points `[B, k]`."""
        better = values > self.values[:, -1]
        # The strongest first: then few of the others are still good enough when their turn comes.
        rows, columns = np.nonzero(better)
        order = np.argsort(-values[rows, columns], kind="stable")
        for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
            entry = float(values[row, column]), int(batch.numbers[row]), int(points[row, column])
            self._enter(column, *entry, int(batch.games[row]))

    def _enter(self, number: int, value: float, position: int, point: int, game: int) -> None:
        held = self.values[number]
        if value <= held[-1]:
            return
        same = np.flatnonzero(self.games[number] == game)
        last = int(same[0]) if len(same) else len(held) - 1  # the entry that goes
        if len(same) and value <= held[last]:
            return
        place = int(np.searchsorted(-held[:last], -value, side="right"))
        for line in (held, self.positions[number], self.points[number], self.games[number]):
            line[place + 1 : last + 1] = line[place:last].copy()
        self.values[number, place] = value
        self.positions[number, place], self.points[number, place], self.games[number, place] = position, point, game


@torch.inference_mode()
def find_patterns(
    network: PolicyNetwork,
    batches: Iterable[Positions],
    layers: Sequence[int],
    *,
    top: int = 10,
    dtype: torch.dtype = torch.float32,
) -> dict[int, Patterns]:
    """Return by layer the `top` places where each of its filters is activated most, at most one a game.

    A position counts with the filter's greatest rectified output on the board.  dtype: of the convolutions;
    bfloat16 is several times faster on recent CPUs and may swap places that are within a percent.
    Raises ExplainError for a layer that the network does not have.
    """
    check_layers(network, layers)
    device = next(network.parameters()).device
    found = {layer: Patterns.empty(network.config.filters, top) for layer in layers}
    for batch in batches:
        planes = torch.from_numpy(batch.planes[:, : network.config.planes]).to(device).float()
        planes = planes.contiguous(memory_format=torch.channels_last)
        with torch.autocast(device.type, dtype, enabled=dtype != torch.float32):
            for layer, outputs in enumerate(layer_outputs(network, planes, max(layers)), start=1):
                if layer in found:
                    values, points = outputs.float().flatten(2).max(2)  # [B, k, 361] -> [B, k]
                    found[layer].add(values.cpu().numpy(), points.cpu().numpy(), batch)
    return found

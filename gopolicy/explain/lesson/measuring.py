"""What is measured of a comparison network: how often it is right, and how far off it is where it is not.

The distance of two points is the larger of the lines between them across and down: 1 for all eight
neighbors.  A cell is a square of 2x2 points as a pooling from the upper left corner makes them one.
"""

from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from gopolicy.features.planes import NUM_PLANES, ONES, OWN
from gopolicy.go.coords import BOARD_SIZE
from gopolicy.nn.inference import Unpacker, average_probabilities
from gopolicy.prediction import Score, standings
from gopolicy.training.loader import Batch

REACH: Final = 3  # offsets of a prediction are counted up to here in each direction
BATCH: Final = 512
CPU: Final = torch.device("cpu")


@dataclass(frozen=True)
class Measurement:
    """Counts over some positions.

    score: of the played moves.
    distances: positions by the distance of the top point to the played one, 0 to 18.
    cells: wrong positions whose top point was in the cell of the played one.
    stones: positions whose top point was not empty.
    offsets: positions by the top point relative to the played one, REACH points up to REACH points down.
    """

    score: Score
    distances: list[int]
    cells: int
    stones: int
    offsets: list[list[int]]

    def as_dict(self) -> dict[str, Any]:
        """Return the counts by name, as JSON takes them."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Measurement":
        """Return what `as_dict` made a dictionary of, which may hold more."""
        counts = {field.name: values[field.name] for field in fields(cls)}
        return cls(**counts | {"score": Score(**counts["score"])})

    @property
    def counts(self) -> dict[str, tuple[int, int]]:
        """Return the measures that are shares, by name: of how many (second) how many (first)."""
        near, total, right = self.distances[1], self.score.moves, self.score.first
        return {
            "top1": (right, total),
            "top5": (self.score.within_top, total),
            "near": (near, total - right),
            "within 1": (right + near, total),
            "cell": (right + self.cells, total),
            "point in cell": (right, right + self.cells),
            "near in cell": (self.cells, near),
            "on stones": (self.stones, total),
        }

    @property
    def shares(self) -> dict[str, float]:
        """Return all measures by name: shares; loss in nats a position; mean distances in points."""
        shares = {name: count / max(total, 1) for name, (count, total) in self.counts.items()}
        steps = sum(distance * count for distance, count in enumerate(self.distances))
        wrong = max(self.score.moves - self.score.first, 1)
        return {
            **shares,
            "loss": self.score.loss,
            "distance": steps / max(self.score.moves, 1),
            "error distance": steps / wrong,
        }


@torch.no_grad()
def measure(network: nn.Module, batch: Batch, dtype: torch.dtype = torch.float32) -> Measurement:
    """Measure a network in evaluation mode on positions; their symmetries are not applied."""
    unpacker = Unpacker(CPU, getattr(network, "config").planes)  # noqa: B009 - any network with a configuration
    probabilities = average_probabilities(network, unpacker, batch.packed, dtype=dtype, forward=BATCH)
    score = Score()
    score.add(*standings(probabilities.numpy(), batch.points.numpy()))
    return _counted(score, probabilities.argmax(1), batch)


def _counted(score: Score, guesses: Tensor, batch: Batch) -> Measurement:
    # A tie for the first place goes to the point that argmax names, so that all counts speak of one guess.
    right = (guesses == batch.points).numpy()
    rows, columns = np.unravel_index(np.stack([guesses.numpy(), batch.points.numpy()]), (BOARD_SIZE, BOARD_SIZE))
    down, across = rows[0] - rows[1], columns[0] - columns[1]
    distance = np.maximum(np.abs(down), np.abs(across))
    same_cell = (rows[0] // 2 == rows[1] // 2) & (columns[0] // 2 == columns[1] // 2)
    near = distance <= REACH
    side = 2 * REACH + 1
    offsets = np.bincount((down[near] + REACH) * side + across[near] + REACH, minlength=side * side)
    return Measurement(
        score=replace(score, first=int(right.sum())),
        distances=np.bincount(distance, minlength=BOARD_SIZE).tolist(),
        cells=int((same_cell & ~right).sum()),
        stones=int(_occupied(batch, guesses).sum()),
        offsets=offsets.reshape(side, side).tolist(),
    )


def _occupied(batch: Batch, points: Tensor) -> Tensor:
    """Return whether a point of each position, int64 `[B]`, holds a stone: bool `[B]`."""
    stones = batch.packed[:, OWN] | batch.packed[:, OWN + 1]  # uint8 [B, bytes]
    octets = stones.gather(1, (points >> 3).unsqueeze(1)).squeeze(1)
    return ((octets >> (points & 7).to(torch.uint8)) & 1).bool()


def operations(network: nn.Module) -> int:
    """Return the floating-point operations of one position, a multiplication and an addition as two."""
    planes = torch.zeros(1, NUM_PLANES, BOARD_SIZE, BOARD_SIZE)[:, : getattr(network, "config").planes]  # noqa: B009 - as above
    planes[:, ONES] = 1
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(planes)
    return int(counter.get_total_flops())

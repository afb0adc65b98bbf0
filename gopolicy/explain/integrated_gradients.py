"""Attribution by integrated gradients (Sundararajan et al. 2017) from the empty board to a position.

The planes go in a straight line from a baseline to the position; each number is credited with its change times
the mean gradient along the line.  The values sum to the change of the output, and a plane that the network does
not read gets exactly 0; occlusion, the other usual way, promises neither and cannot take a single plane away
without breaking the position.  Points between the ends are no positions; that is the price.
"""

import math
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from gopolicy.explain.activations import ExplainError, Unit, unit_values
from gopolicy.go.coords import BOARD_SIZE
from gopolicy.nn.network import PolicyNetwork

BATCH: Final = 8


def attribute(
    network: PolicyNetwork,
    planes: NDArray[np.uint8],
    baseline: NDArray[np.uint8],
    unit: Unit,
    *,
    steps: int = 32,
) -> NDArray[np.float32]:
    """Return what each number of `planes` contributed to the value of `unit`: float32 `[48, 19, 19]`.

    planes, baseline: uint8 `[48, 19, 19]`; the baseline is usually that of the empty board.  For an output point
    they are bits: they sum to log2 of the probability of the move on `planes` over that on `baseline`, but for
    the error of `steps` midpoints; probabilities are of all 361 points.  For a filter they are in its own
    measure, before the rectifier at a point.  Raises ExplainError for a point off the board.
    """
    if unit.point is not None and not 0 <= unit.point < BOARD_SIZE * BOARD_SIZE:
        raise ExplainError(f"point {unit.point} is not on the {BOARD_SIZE}x{BOARD_SIZE} board")
    used = network.config.planes
    device = next(network.parameters()).device
    start = torch.from_numpy(baseline[:used].astype(np.float32)).to(device)
    change = torch.from_numpy(planes[:used].astype(np.float32)).to(device) - start
    shares = (torch.arange(steps, device=device) + 0.5) / steps
    total = torch.zeros_like(change)
    for first in range(0, steps, BATCH):
        part = shares[first : first + BATCH, None, None, None]
        inputs = (start + part * change).requires_grad_()
        score = unit_values(network, inputs, [unit] * len(part)).sum()
        (gradient,) = torch.autograd.grad(score, inputs)
        total += gradient.sum(0)
    result = np.zeros(planes.shape, np.float32)
    scale = steps * (math.log(2) if unit.layer is None else 1)
    result[:used] = (change * total / scale).cpu().numpy()
    return result

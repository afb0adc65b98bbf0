"""Deep Dream on a position: the stones that a layer would add (Mordvintsev et al. 2015, "Inceptionism")."""

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from gopolicy.explain.activations import layer_output
from gopolicy.explain.soft_planes import SoftPlanes
from gopolicy.nn.network import PolicyNetwork

STEP: Final = 0.5  # the largest change of a logit in a step


def dream(
    network: PolicyNetwork,
    planes: NDArray[np.uint8],
    layer: int,
    *,
    stones: int = 12,
    steps: int = 200,
    seed: int = 0,
) -> NDArray[np.float32]:
    """Return a position as `layer` would change it: probabilities of own, opponent, empty, float32 `[3, 19, 19]`.

    planes: uint8 `[48, 19, 19]`.  Positive outputs of the layer (before the rectifier) grow and negative ones fall, by
    gradient ascent on half the sum of their squares.  The position's stones stay; the ascent ends when `stones` points
    are more probably a stone than empty, or after `steps`.  Each step is as long as the others, so what changes the
    outputs most comes first.
    """
    soft = SoftPlanes(1, seed=seed, planes=torch.from_numpy(planes).float(), keep_stones=True)
    parameters = list(soft.parameters())
    real = int(planes[:2].sum())
    colors = soft.colors().detach()
    for _ in range(steps):
        score = layer_output(network, soft()[:, : network.config.planes], layer).square().sum() / 2
        gradients = torch.autograd.grad(score, parameters)
        greatest = max(float(gradient.abs().max()) for gradient in gradients)
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter.add_(gradient, alpha=STEP / max(greatest, 1e-30))
        colors = soft.colors().detach()
        if int((colors[:, 2] < 0.5).sum()) >= real + stones:  # kept points hold no empty
            break
    result: NDArray[np.float32] = colors[0].numpy().astype(np.float32)
    return result

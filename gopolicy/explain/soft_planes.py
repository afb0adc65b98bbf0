"""Planes that gradients can change: at each point probabilities of what the point can hold.

A real point is own, opponent's or empty; a stone has one age and one number of liberties; an empty point has
one value, or none, in each feature about moves.  Here each of these choices is a softmax: the color of the
point over 3, the features of stones over their 8 planes times the probability of a stone, the features of
moves over their planes and none times the probability of an empty point.  Ones and zeros stay.  So every input
is an average of points that exist; whether they fit each other (whether a stone with three liberties has three
empty points around its chain) is not checked.
"""

from typing import Final

import torch
from torch import Tensor, nn

from gopolicy.features.planes import FEATURES, NUM_PLANES, OFFSETS
from gopolicy.go.coords import BOARD_SIZE

COLOR: Final = "stone color"
OF_STONES: Final = frozenset({"turns since", "liberties"})
CONSTANT: Final = frozenset({"ones", "zeros"})
SURE: Final = 4.0  # the logit of what a real position holds, over the others' 0
NOISE: Final = 0.1


class SoftPlanes(nn.Module):
    """B soft positions that start near equal probabilities everywhere, or near a real position.

    `forward()` gives planes, float `[B, 48, 19, 19]`.
    """

    def __init__(
        self,
        count: int,
        *,
        seed: int = 0,
        planes: Tensor | None = None,
        keep_stones: bool = False,
        moves: Tensor | None = None,
    ) -> None:
        """Start `count` of them from noise of `seed`, or all of them from `planes` (float `[48, 19, 19]`).

        keep_stones: points that hold a stone in `planes` stay what they are.
        moves: empty points hold these planes' features of moves, float `[48, 19, 19]`, and only stones change.
        """
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.logits = nn.ParameterDict()
        for feature in FEATURES:
            about_moves = feature.name != COLOR and feature.name not in OF_STONES
            if feature.name in CONSTANT or (about_moves and moves is not None):
                continue
            choices = feature.width + about_moves
            start = NOISE * torch.randn(count, choices, BOARD_SIZE, BOARD_SIZE, generator=generator)
            if planes is not None:
                start = start + SURE * _choices(planes, feature.name, feature.width)
            self.logits[feature.name] = nn.Parameter(start)
        kept = torch.zeros(BOARD_SIZE, BOARD_SIZE, dtype=torch.bool) if planes is None else planes[:2].sum(0) > 0
        self.register_buffer("kept", kept & keep_stones)
        self.register_buffer("moves", moves)
        self.register_buffer(
            "real", torch.zeros(NUM_PLANES, BOARD_SIZE, BOARD_SIZE) if planes is None else planes.float()
        )

    def colors(self) -> Tensor:
        """Return the probabilities of own stone, opponent's stone and empty: float `[B, 3, 19, 19]`."""
        mixed = self.logits[COLOR].softmax(1)
        return torch.where(self.get_buffer("kept"), self.get_buffer("real")[:3], mixed)

    def stones(self) -> Tensor:
        """Return how many stones there are on average, the lectures' sum of |x_ij|: float `[B]`."""
        return self.colors()[:, :2].sum(dim=(1, 2, 3))

    def forward(self) -> Tensor:
        """Return the planes, float `[B, 48, 19, 19]`."""
        colors = self.colors()
        empty = colors[:, 2:]
        parts = []
        for feature in FEATURES:
            if feature.name == COLOR:
                parts.append(colors)
            elif feature.name in CONSTANT:
                parts.append(torch.full_like(empty, float(feature.name == "ones")))
            elif feature.name in OF_STONES:
                parts.append(self.logits[feature.name].softmax(1) * (1 - empty))
            elif feature.name not in self.logits:
                first = OFFSETS[feature.name]
                parts.append(self.get_buffer("moves")[first : first + feature.width] * empty)
            else:
                parts.append(self.logits[feature.name].softmax(1)[:, 1:] * empty)
        return torch.where(self.get_buffer("kept"), self.get_buffer("real"), torch.cat(parts, 1))


def _choices(planes: Tensor, name: str, width: int) -> Tensor:
    """Return what a real position holds of a feature, one-hot, float `[choices, 19, 19]`; "none" comes first."""
    held = planes[OFFSETS[name] : OFFSETS[name] + width].float()
    if name == COLOR or name in OF_STONES:
        return held
    return torch.cat([1 - held.sum(0, keepdim=True), held])

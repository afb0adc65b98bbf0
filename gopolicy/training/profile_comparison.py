"""Which of several profiles explains moves best, and whether the games can tell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import torch

from gopolicy.nn.network import PolicyNetwork, on_device
from gopolicy.prediction import Score
from gopolicy.profiles.profile import Profile, fuse_profile
from gopolicy.training.move_bits import MoveBits, Moves, difference, measure

NOBODY: Final = "no profile"  # what the network without one is called among profiles


@dataclass(frozen=True)
class Explanation:
    """How well a profile explains moves.

    behind: bits a move that it is behind the best, with the 95 % interval by game: (mean, low, high).
    """

    name: str
    score: Score
    behind: tuple[float, float, float]

    @property
    def is_possible(self) -> bool:
        """Whether the games cannot tell it from the best."""
        return self.behind[1] <= 0


def explain_moves(
    base: PolicyNetwork,
    profiles: Sequence[Profile],
    moves: Moves,
    *,
    dtype: torch.dtype = torch.float32,
    on_progress: Callable[[int], object] = lambda count: None,
) -> list[Explanation]:
    """Return how well the network without a profile and each profile explain moves, the best first.

    base: on the device to compute on.  profiles: no two of one name.
    on_progress: called with numbers of predictions, one for a move and a profile.
    """
    found = {NOBODY: measure(base, moves, dtype=dtype, on_progress=on_progress)}
    for profile in profiles:
        network = on_device(fuse_profile(base, profile), base.position_bias.device)
        found[profile.name] = measure(network, moves, habits=profile.habits, dtype=dtype, on_progress=on_progress)
    return rank_explanations(found, moves)


def rank_explanations(found: Mapping[str, MoveBits], moves: Moves) -> list[Explanation]:
    """Return what moves cost each network, by its name, as explanations, the best first."""
    order = sorted(found, key=lambda name: found[name].score.bits)
    best = found[order[0]].bits
    return [Explanation(name, found[name].score, difference(moves, found[name].bits - best)) for name in order]


def verdict(explanations: Sequence[Explanation]) -> str | None:
    """Return the name of the only possible explanation, None where the games cannot tell."""
    best, *others = explanations
    return None if any(other.is_possible for other in others) else best.name

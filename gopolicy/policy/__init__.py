"""The facade: `Policy.load()` gives a network that predicts and suggests moves; `choose_move` plays with it.

`Settler` finds out how a game ends: settled points, dead stones, seki, the score.
"""

from gopolicy.policy.choice import Passing, Sampling, choose_move
from gopolicy.policy.policy import Policy, PolicyError
from gopolicy.policy.sensible import sensible_mask
from gopolicy.policy.settled import Settlement, Settler

__all__ = [
    "Passing",
    "Policy",
    "PolicyError",
    "Sampling",
    "Settlement",
    "Settler",
    "choose_move",
    "sensible_mask",
]

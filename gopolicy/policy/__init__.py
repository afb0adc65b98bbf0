"""The facade: `Policy.load()` gives a network that predicts, suggests and chooses moves.

`Settler` finds out how a game ends: settled points, dead stones, seki, the score.
"""

from gopolicy.policy.choice import choose_move
from gopolicy.policy.playouts import dead_stones, estimate_ownership
from gopolicy.policy.policy import Policy, PolicyError
from gopolicy.policy.sensible import sensible_mask
from gopolicy.policy.settled import Settlement, Settler

__all__ = [
    "Policy",
    "PolicyError",
    "Settlement",
    "Settler",
    "choose_move",
    "dead_stones",
    "estimate_ownership",
    "sensible_mask",
]

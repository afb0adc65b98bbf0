"""The facade: `Policy.load()` gives a network that predicts, suggests and chooses moves."""

from gopolicy.policy.choice import choose_move, sensible_mask
from gopolicy.policy.playouts import dead_stones, estimate_ownership
from gopolicy.policy.policy import Policy, PolicyError

__all__ = [
    "Policy",
    "PolicyError",
    "choose_move",
    "dead_stones",
    "estimate_ownership",
    "sensible_mask",
]

"""The facade: `Policy.load()` gives a network to ask for probabilities, suggestions and moves."""

from gopolicy.policy.choice import choose_move, sensible_mask
from gopolicy.policy.playouts import dead_stones, estimate_ownership
from gopolicy.policy.policy import Policy, PolicyError, Suggestion

__all__ = [
    "Policy",
    "PolicyError",
    "Suggestion",
    "choose_move",
    "dead_stones",
    "estimate_ownership",
    "sensible_mask",
]

"""What a policy network has learned, as arrays: its sizes, what excites its filters, what moves its answers.

    layer_sizes           the size arithmetic of every layer
    find_patterns         the real positions that excite filters most
    favorite_inputs       the inputs that filters or output points like best, by gradient ascent
    dream                 the stones that a layer would see more of, added to a position
    attributions          which points and planes moved the probability of a move

Layers count from 1, as in the paper: layer 0 would be the planes, and the layer after the last hidden one
is the output.  Filters count from 0, as in the arrays of weights.  Nothing here draws.
"""

from gopolicy.nn.explain.activations import responses, unit_values
from gopolicy.nn.explain.ascent import Favorites, Unit, dream, favorite_inputs
from gopolicy.nn.explain.attribution import attributions, sum_by_feature
from gopolicy.nn.explain.mixture import PlaneMixture
from gopolicy.nn.explain.patterns import Patterns, find_patterns
from gopolicy.nn.explain.sizes import LayerSize, first_layer_shares, layer_sizes, receptive_field

__all__ = [
    "Favorites",
    "LayerSize",
    "Patterns",
    "PlaneMixture",
    "Unit",
    "attributions",
    "dream",
    "favorite_inputs",
    "find_patterns",
    "first_layer_shares",
    "layer_sizes",
    "receptive_field",
    "responses",
    "sum_by_feature",
    "unit_values",
]

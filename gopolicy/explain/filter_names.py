"""How filters are written, 3:17 for filter 17 of layer 3, and read from a command line."""

import re
from collections.abc import Sequence

from gopolicy.explain.activations import ExplainError, Unit
from gopolicy.go.coords import BOARD_SIZE, to_vertex
from gopolicy.nn.network import PolicyNetwork

Filter = tuple[int, int]  # layer, number


def parse_filters(texts: Sequence[str] | None, network: PolicyNetwork) -> list[Filter]:
    """Return the filters that texts such as "5:0-11,40" name; "all" alone names all of them.

    None means the first 12 of a layer in the middle.  Raises ExplainError for text that names none of the network's.
    """
    layers, most = network.config.layers, network.config.filters
    if texts is None:
        return [((layers + 1) // 2, number) for number in range(min(12, most))]
    if list(texts) == ["all"]:
        return [(layer, number) for layer in range(1, layers + 1) for number in range(most)]
    found: list[Filter] = []
    for text in texts:
        match = re.fullmatch(r"(\d+):(\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)", text)
        spans = [] if match is None else [[int(end) for end in part.split("-")] for part in match[2].split(",")]
        if match is None or any(span[0] > span[-1] for span in spans):
            raise ExplainError(f"--filters {text!r}: write a layer and its filters, such as 3:17 or 5:0-11,40")
        layer, last = int(match[1]), max(span[-1] for span in spans)
        if not (1 <= layer <= layers and last < most):
            raise ExplainError(
                f"--filters {layer}:{last}: the network has layers 1 to {layers}, filters 0 to {most - 1}"
            )
        found += [(layer, number) for span in spans for number in range(span[0], span[-1] + 1)]
    return found


def unit_name(unit: Unit) -> str:
    """Return how a unit is written: 3:17, 3:17 sum (over the board), output Q16."""
    if unit.layer is None:
        return f"output {to_vertex(unit.point, BOARD_SIZE)}"
    return f"{unit.layer}:{unit.filter}" + ("" if unit.point is not None else " sum")

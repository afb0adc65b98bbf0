"""The sheet of patterns: a row a filter, a Go diagram an example."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.explain.activations import Unit
from gopolicy.explain.drawing.diagrams import GRAY, Diagram, Sheet, Window, own_as_black
from gopolicy.explain.filter_names import Filter
from gopolicy.explain.integrated_gradients import attribute
from gopolicy.explain.layer_sizes import receptive_field
from gopolicy.explain.position_sample import Example
from gopolicy.features import encode
from gopolicy.go.coords import BOARD_SIZE
from gopolicy.go.game import Game
from gopolicy.nn import PolicyNetwork

FAINT: Final = 0.05  # stones with less than this share of the greatest attribution are drawn faintly
STEPS: Final = 8  # of the integrated gradients: enough to see what mattered
WIDEST: Final = 20.0  # inches
CELL: Final = 0.16  # inches, of a sheet that is not too wide
LEGEND: Final = (
    "Black is to play.  Blue square: the point that activates the filter; orange ring: the next move; "
    "faint stones hardly mattered."
)


def draw_patterns(
    network: PolicyNetwork,
    examples: Mapping[Filter, Sequence[Example]],
    titles: Mapping[Filter, str],
    *,
    side: int,
    searched: str,
) -> Sheet:
    """Return the sheet; titles: a line above each filter's number; side: the most points of a diagram."""
    sides = {layer: min(receptive_field(network, layer), side, BOARD_SIZE) for layer, _ in examples}
    step = max(sides.values()) + 1.2
    columns = max(1, *(len(found) for found in examples.values()))
    inches = min(CELL, WIDEST / (columns * step))
    letter = CELL / inches  # so that letters are as large on every sheet
    label = letter * max(5.6, 0.62 * max(len(title) for title in titles.values()))
    head = 3.4 * letter
    height = head + sum(sides[layer] + 1.4 + letter for layer, _ in examples)
    sheet = Sheet(label + columns * step, height, inches=inches)
    sheet.text(0.6, letter, f"What activates filters most: the best of {searched}", size=0.95 * letter, weight="bold")
    sheet.text(0.6, 2.3 * letter, LEGEND, size=0.75 * letter)
    y = head
    for (layer, number), found in examples.items():
        middle = y + sides[layer] / 2
        sheet.text(0.6, middle - 0.7 * letter, titles[layer, number], size=0.9 * letter, weight="bold")
        sheet.text(0.6, middle + 0.7 * letter, f"{layer}:{number}", size=0.9 * letter)
        if not found:
            sheet.text(label, middle, "silent on all of them", size=0.9 * letter, color=GRAY)
        for place, example in enumerate(found):
            x = label + place * step + (step - 1.2 - sides[layer]) / 2
            _draw_example(sheet, x, y, network, Unit(layer, number, example.point), example, sides[layer], letter)
        y += sides[layer] + 1.4 + letter
    return sheet


def _draw_example(
    sheet: Sheet, x: float, y: float, network: PolicyNetwork, unit: Unit, example: Example, side: int, letter: float
) -> None:
    planes = encode(example.game)
    diagram = Diagram(
        own_as_black(planes),
        framed=example.point,
        ringed=example.played,
        faint=_hardly_mattered(network, planes, unit),
    )
    sheet.board(x, y, diagram, Window.around(example.point, side))
    below = y + side + 0.5 * letter
    sheet.text(x + side / 2, below, f"{example.value:.1f}", size=0.65 * letter, ha="center", color=GRAY)


def _hardly_mattered(network: PolicyNetwork, planes: NDArray[np.uint8], unit: Unit) -> NDArray[np.bool_]:
    """Return where a position's planes had little to do with the value of a filter: bool `[19, 19]`."""
    values = np.abs(attribute(network, planes, encode(Game()), unit, steps=STEPS)).sum(axis=0)
    return np.asarray(values < FAINT * values.max())

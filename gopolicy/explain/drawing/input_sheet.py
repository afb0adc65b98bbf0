"""The sheet of inputs by activation maximization: pairs of diagrams, without and with the penalty on stones."""

import math
from collections.abc import Sequence
from typing import Final

from gopolicy.explain.activation_maximization import MaximizingInputs
from gopolicy.explain.activations import Unit
from gopolicy.explain.drawing.diagrams import Diagram, Sheet, Window
from gopolicy.explain.filter_names import unit_name
from gopolicy.explain.layer_sizes import receptive_field
from gopolicy.go.coords import BOARD_SIZE
from gopolicy.nn import PolicyNetwork

WIDE: Final = 100.0  # cells that a sheet is wide, about
LINES: Final = (
    "Activation maximization: left without, right with the L1 term on stones.",
    "Black: the player to move.  The larger and darker, the more probable.",
)


def value_text(unit: Unit, value: float) -> str:
    """Return the value of a unit as text: an output point's log probability as a percentage."""
    return f"{100 * math.exp(value):.3g} %" if unit.layer is None else f"{value:.1f}"


def draw_inputs(
    network: PolicyNetwork,
    units: Sequence[Unit],
    pair: tuple[MaximizingInputs, MaximizingInputs],
    real: Sequence[float] | None,
) -> Sheet:
    """Return the sheet; real: the greatest value of each unit over real positions, None if that is not known."""
    windows = [_window(network, unit) for unit in units]
    side = max(window.side for window in windows)
    width = 2 * side + 3.0
    columns = max(1, min(len(units), round(WIDE / width), 2 if len(units) <= 4 else 3))
    rows = [range(first, min(first + columns, len(units))) for first in range(0, len(units), columns)]
    heights = [max(windows[i].side for i in row) + 3.6 for row in rows]
    inches = min(0.2, 18 / (columns * width))
    letter = 0.14 / inches
    sheet = Sheet(max(columns * width + 0.6, 34 * letter), sum(heights) + 3.6 * letter, inches=inches)
    sheet.text(0.8, letter, LINES[0], size=letter, weight="bold")
    sheet.text(0.8, 2.3 * letter, LINES[1], size=0.85 * letter)
    y = 3.6 * letter
    for row, height in zip(rows, heights, strict=True):
        for place, i in enumerate(row):
            x = place * width + 0.8
            answers = " and ".join(value_text(units[i], float(found.values[i])) for found in pair)
            reached = "" if real is None else f"; real: {value_text(units[i], real[i])}"
            words = f"{unit_name(units[i])}  {answers}{reached}"
            sheet.text(x, y + 0.6, words, size=0.75 * letter)
            for shift, found in zip((0.0, windows[i].side + 0.8), pair, strict=True):
                diagram = Diagram(found.colors[i, :2], framed=units[i].point)
                sheet.board(x + shift, y + 1.8, diagram, windows[i])
        y += height
    return sheet


def _window(network: PolicyNetwork, unit: Unit) -> Window:
    """Return the receptive field of a unit."""
    if unit.layer is None or unit.point is None:
        return Window(0, 0, BOARD_SIZE)
    return Window.around(unit.point, receptive_field(network, unit.layer))

"""The sheet of first-layer filters: their weights plane by plane, in the groups of the features."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.explain.drawing.diagrams import Sheet

GAP: Final = 3.0  # cells between features
LABEL: Final = 9.0
HEAD: Final = 16.0
WIDE: Final = 280.0  # cells: a sheet takes as many filters side by side as fit


def draw_filters(weights: NDArray[np.float32], numbers: Sequence[int], groups: Mapping[str, Sequence[int]]) -> Sheet:
    """Return the sheet of filters `numbers`, each scaled to the largest weight shown: blue above 0, orange below.

    weights: float32 `[k, planes, side, side]`.  groups: the planes to draw by feature.
    """
    side = weights.shape[-1]
    block = LABEL + sum(len(planes) * (side + 1) + GAP for planes in groups.values())
    columns = max(1, min(len(numbers), int(WIDE // block)))
    rows = -(-len(numbers) // columns)
    sheet = Sheet(columns * block + 2, HEAD + rows * (side + 2) + 2, inches=0.06)
    for column in range(columns):
        _draw_heading(sheet, column * block + LABEL, groups, side)
    shown = [plane for planes in groups.values() for plane in planes]
    for place, number in enumerate(numbers):
        column, row = place // rows, place % rows
        top = HEAD + row * (side + 2)
        x = column * block + LABEL
        sheet.text(x - 2, top + side / 2, str(number), size=3.2, ha="right")
        scaled = weights[number] / max(float(abs(weights[number][shown]).max()), 1e-12)
        for planes in groups.values():
            for plane in planes:
                sheet.array(x, top, scaled[plane])
                x += side + 1
            x += GAP
    return sheet


def _draw_heading(sheet: Sheet, x: float, groups: Mapping[str, Sequence[int]], side: int) -> None:
    """Write the features' names, aslant where they have one plane, and the values of their planes."""
    for name, planes in groups.items():
        if len(planes) == 1:
            sheet.text(x + 1, HEAD - 2, name, size=2.4, rotation=40, va="bottom")
        else:
            sheet.text(x, HEAD - 7, name, size=3.2, weight="bold")
            values = ["own", "opp.", "empty"] if name == "stone color" else [str(i + 1) for i in range(len(planes))]
            values[-1] += "+" if name != "stone color" else ""
            for i, value in enumerate(values):
                sheet.text(x + i * (side + 1) + side / 2, HEAD - 2.5, value, size=1.9, ha="center")
        x += len(planes) * (side + 1) + GAP

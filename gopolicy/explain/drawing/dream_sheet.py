"""The sheet of Deep Dream: a position, and beside it the same with the stones that layers add."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gopolicy.explain.drawing.diagrams import Diagram, Sheet, Window, own_as_black, real_colors
from gopolicy.features import encode
from gopolicy.go.coords import BOARD_SIZE
from gopolicy.go.game import Game


def draw_dreams(game: Game, dreams: Mapping[int, NDArray[np.float32]], title: str) -> Sheet:
    """Return the sheet; dreams: what `dream` returned, by layer; title: the line above the position."""
    sheet = Sheet(22.0 * (len(dreams) + 1), 23.5, inches=0.2)
    whole, real = Window(0, 0, BOARD_SIZE), own_as_black(encode(game))
    sheet.text(2.0, 1.2, title, weight="bold")
    sheet.board(2.0, 2.4, Diagram(real_colors(real, game)), whole, coordinates=True)
    for place, (layer, colors) in enumerate(dreams.items(), start=1):
        sheet.text(2.0 + 22 * place, 1.2, f"layer {layer} adds", weight="bold")
        added = (real.sum(0) == 0) & (colors[:2].max(0) > 0)
        sheet.board(2.0 + 22 * place, 2.4, Diagram(real_colors(colors[:2], game), added=added), whole, coordinates=True)
    return sheet

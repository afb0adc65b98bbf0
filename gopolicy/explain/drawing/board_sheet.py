"""The sheet of one 19x19 position with labeled and tinted points."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.explain.drawing.diagrams import Diagram, Sheet, Window
from gopolicy.go.coords import BLACK, BOARD_SIZE, WHITE, Point
from gopolicy.go.game import Game

PALENESS: Final = np.float32(0.5)  # so that black labels can be read on the deepest tint


def draw_board(game: Game, labels: Mapping[Point, str], tints: NDArray[np.float32], title: str, summary: str) -> Sheet:
    """Return the sheet; tints: float32 `[19, 19]`, 0 to 1; title, summary: the lines above the board."""
    colors = game.board.colors
    stones = np.stack([colors == BLACK, colors == WHITE]).astype(np.float32)
    sheet = Sheet(BOARD_SIZE + 3, BOARD_SIZE + 5, inches=0.3)
    sheet.text(2.0, 1.0, title, weight="bold", size=0.7)
    sheet.text(2.0, 2.1, summary, size=0.55)
    diagram = Diagram(stones, heat=PALENESS * tints, labels=labels)
    sheet.board(2.0, 3.0, diagram, Window(0, 0, BOARD_SIZE), coordinates=True)
    return sheet

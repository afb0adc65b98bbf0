"""A sheet of Go diagrams and small arrays as one picture.  Lengths are in cells of a board."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle
from numpy.typing import NDArray
from PIL import Image

from gopolicy.explain.color_scales import signed_colors
from gopolicy.files import replacing
from gopolicy.go.coords import BLACK, BOARD_SIZE, Point, column_names, row_column, star_points
from gopolicy.go.game import Game

WOOD: Final = "#e8c88f"
PAPER: Final = "#fbfaf5"  # under heat, whose colors wood would change
LINE: Final = "#5a401c"
BLUE: Final = "#0054be"
ORANGE: Final = "#d64a00"
GRAY: Final = "#666666"
COLORS: Final = 200  # of a picture: half the size of one in full color
LEAST: Final = 0.34  # below this probability a stone is not drawn


@dataclass(frozen=True)
class Window:
    """A square part of the board: its upper left point (may lie off the board) and its side."""

    top: int
    left: int
    side: int

    @classmethod
    def around(cls, point: Point | None, side: int, size: int = BOARD_SIZE) -> "Window":
        """Return the window of `side` points around `point`; the whole board if it is as large, or for None."""
        if point is None or side >= size:
            return cls(0, 0, size)
        row, column = row_column(point, size)
        return cls(row - side // 2, column - side // 2, side)


@dataclass(frozen=True)
class Diagram:
    """A position to draw.

    stones: float `[2, size, size]`, probabilities of a black and a white stone, 0 to 1.
    heat: float `[size, size]`, -1 to 1, under the stones.  framed: a point in a blue square.
    ringed: a point in an orange ring.  added: bool `[size, size]`, stones with a blue rim.
    labels: short words on points.  faint: bool `[size, size]`, stones to draw palely.
    """

    stones: NDArray[np.float32]
    heat: NDArray[np.float32] | None = None
    framed: Point | None = None
    ringed: Point | None = None
    added: NDArray[np.bool_] | None = None
    labels: Mapping[Point, str] = field(default_factory=dict)
    faint: NDArray[np.bool_] | None = None


class Sheet:
    """A sheet of `width` x `height` cells; `inches` is the size of a cell."""

    def __init__(self, width: float, height: float, *, inches: float = 0.16) -> None:
        self.figure = Figure(figsize=(width * inches, height * inches), facecolor="white")
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set(xlim=(0, width), ylim=(height, 0))
        self.axes.set_axis_off()
        self.inches = inches

    def text(self, x: float, y: float, words: str, *, size: float = 1.0, **style: Any) -> None:
        """Write words; size: the height of a letter in cells."""
        style = {"ha": "left", "va": "center", **style}
        self.axes.text(x, y, words, fontsize=size * self.inches * 72, **style)

    def array(self, x: float, y: float, values: NDArray[np.float32], *, cell: float = 1.0) -> None:
        """Draw an array of -1 to 1, float `[rows, columns]`, as blue (above 0) and orange squares."""
        rows, columns = values.shape
        extent = (x, x + columns * cell, y + rows * cell, y)
        self.axes.imshow(signed_colors(values), extent=extent, interpolation="nearest", aspect="auto", zorder=2)
        rim = {"edgecolor": "#999999", "facecolor": "none", "linewidth": 0.5, "zorder": 3}
        self._rectangle(x, y, columns * cell, rows * cell, **rim)

    def bar(self, x: float, y: float, width: float, height: float, color: str) -> None:
        """Draw a filled bar from x on; a negative width goes to the left."""
        self._rectangle(min(x, x + width), y, abs(width), height, facecolor=color, edgecolor="none")

    def board(self, x: float, y: float, diagram: Diagram, window: Window, *, coordinates: bool = False) -> None:
        """Draw a window of a position with its upper left corner at (x, y); it is `window.side` cells wide."""
        size = diagram.stones.shape[-1]
        self._wood(x, y, window, size, WOOD if diagram.heat is None else PAPER)
        points = [
            (row, column)
            for row in range(max(0, window.top), min(size, window.top + window.side))
            for column in range(max(0, window.left), min(size, window.left + window.side))
        ]

        def center(row: int, column: int) -> tuple[float, float]:
            return x + column - window.left + 0.5, y + row - window.top + 0.5

        if diagram.heat is not None:
            self._heat(diagram.heat, points, center)
        self._stars(points, size, center)
        self._stones(diagram, points, center)
        for marked, color in ((diagram.framed, BLUE), (diagram.ringed, ORANGE)):
            if marked is not None and row_column(marked, size) in points:
                self._mark(*center(*row_column(marked, size)), color, square=marked is diagram.framed)
        for point, words in diagram.labels.items():
            place = row_column(point, size)
            if place in points:
                ink = "white" if diagram.stones[(0, *place)] > 0.5 else "black"
                self.text(*center(*place), words, size=0.3, color=ink, ha="center", zorder=7)
        if coordinates:
            self._coordinates(x, y, window, size)

    def save(self, path: Path, *, dpi: int = 110) -> None:
        """Write the picture as PNG, in few colors; raises FileError."""
        canvas = FigureCanvasAgg(self.figure)
        self.figure.set_dpi(dpi)
        canvas.draw()
        picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
        with replacing(path) as file:
            picture.quantize(COLORS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)

    def _rectangle(self, x: float, y: float, width: float, height: float, **style: Any) -> None:
        self.axes.add_patch(Rectangle((x, y), width, height, **{"zorder": 1, **style}))

    def _wood(self, x: float, y: float, window: Window, size: int, color: str) -> None:
        """Draw the wood and the lines; lines end half a cell outside where the board goes on."""
        top, bottom = max(0, window.top), min(size, window.top + window.side)
        left, right = max(0, window.left), min(size, window.left + window.side)
        dx, dy = x - window.left, y - window.top
        self._rectangle(dx + left, dy + top, right - left, bottom - top, facecolor=color)
        ends_x = (left + 0.5 * (left == 0), right - 0.5 * (right == size))
        ends_y = (top + 0.5 * (top == 0), bottom - 0.5 * (bottom == size))
        segments, widths = [], []
        for row in range(top, bottom):
            segments.append([(dx + ends_x[0], dy + row + 0.5), (dx + ends_x[1], dy + row + 0.5)])
            widths.append(1.3 if row in (0, size - 1) else 0.5)
        for column in range(left, right):
            segments.append([(dx + column + 0.5, dy + ends_y[0]), (dx + column + 0.5, dy + ends_y[1])])
            widths.append(1.3 if column in (0, size - 1) else 0.5)
        scale = self.inches / 0.16
        lines = LineCollection(segments, colors=LINE, linewidths=[w * scale for w in widths], zorder=2)
        self.axes.add_collection(lines)

    def _stars(self, points: list[tuple[int, int]], size: int, center: Any) -> None:
        shown = [row_column(point, size) for point in star_points(size)]
        dots = [Circle(center(*place), 0.1) for place in shown if place in points]
        self.axes.add_collection(PatchCollection(dots, facecolor=LINE, zorder=3))

    def _heat(self, heat: NDArray[np.float32], points: list[tuple[int, int]], center: Any) -> None:
        for place in points:
            value = float(heat[place])
            if abs(value) > 0.01:
                px, py = center(*place)
                color = signed_colors(np.array(value, np.float32)) / 255
                self._rectangle(px - 0.5, py - 0.5, 1, 1, zorder=1.5, facecolor=color, linewidth=0)

    def _stones(self, diagram: Diagram, points: list[tuple[int, int]], center: Any) -> None:
        """Draw the more probable stone of each point: the more probable, the larger and the darker."""
        circles, faces, rims, widths = [], [], [], []
        largest = 0.47 if diagram.heat is None else 0.4  # the heat shows around the stones
        for place in points:
            black, white = (float(value) for value in diagram.stones[(slice(None), *place)])
            probability = max(black, white)
            if probability < LEAST:
                continue
            circles.append(Circle(center(*place), largest * min(1.0, probability) ** 0.5))
            alpha = 1.0 if probability > 0.97 else 0.25 + 0.65 * probability
            if diagram.faint is not None and diagram.faint[place]:
                alpha = 0.22
            faces.append((0, 0, 0, alpha) if black >= white else (1, 1, 1, alpha))
            new = diagram.added is not None and bool(diagram.added[place])
            rims.append(BLUE if new else (0, 0, 0, alpha))
            widths.append((2.2 if new else 0.7) * self.inches / 0.16)
        collection = PatchCollection(circles, facecolors=faces, edgecolors=rims, linewidths=widths, zorder=4)
        self.axes.add_collection(collection)

    def _mark(self, px: float, py: float, color: str, *, square: bool) -> None:
        width = 1.6 * self.inches / 0.16
        if square:
            self._rectangle(px - 0.5, py - 0.5, 1, 1, edgecolor=color, facecolor="none", linewidth=width, zorder=5)
        else:
            ring = Circle((px, py), 0.27, edgecolor=color, facecolor="none", linewidth=width, zorder=6)
            self.axes.add_patch(ring)

    def _coordinates(self, x: float, y: float, window: Window, size: int) -> None:
        style: dict[str, Any] = {"size": 0.55, "color": GRAY, "ha": "center"}
        for place in range(window.side):
            row, column = window.top + place, window.left + place
            if 0 <= column < size:
                self.text(x + place + 0.5, y + window.side + 0.45, column_names(size)[column], **style)
            if 0 <= row < size:
                self.text(x - 0.5, y + place + 0.5, str(size - row), **style)


def own_as_black(planes: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the stones of a position's planes as `Diagram` takes them, the player to move as Black."""
    return planes[:2].astype(np.float32)


def real_colors(stones: NDArray[np.float32], game: Game) -> NDArray[np.float32]:
    """Return own and opponent's stones, float32 `[2, size, size]`, as black and white ones."""
    return stones if game.to_play == BLACK else stones[::-1]

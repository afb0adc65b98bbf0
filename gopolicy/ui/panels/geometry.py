"""Where everything is: pixels to points and back, and the rectangles of the window's parts.

All of it follows from the window's size in pixels, so any size and any screen density works: `unit`, the
height of the text, grows with the window, and the board takes whole pixels a cell, so that lines are even.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from gopolicy.go.coords import BOARD_SIZE, Point, point_at, row_column

SMALLEST: Final = (320, 240)
BOARD_EDGE: Final = 0.72  # cells from the outermost line to the edge of the wood, without coordinates
TOOL_ROW: Final = 1.95  # height of a row of tools in units
TOOL_ROWS: Final = 2
TREE_LEAST: Final = 7  # units, of the variation tree's height
PANEL_LEAST: Final = 23  # units, of the panel above it
LABEL_EDGE: Final = 1.12  # the same where letters and numbers stand


class Rect(NamedTuple):
    """A rectangle in pixels, x to the right and y down."""

    x: int
    y: int
    w: int
    h: int

    @property
    def right(self) -> int:
        """The first column right of it."""
        return self.x + self.w

    @property
    def bottom(self) -> int:
        """The first row below it."""
        return self.y + self.h

    @property
    def center(self) -> tuple[int, int]:
        """The pixel in the middle."""
        return self.x + self.w // 2, self.y + self.h // 2

    def holds(self, x: float, y: float) -> bool:
        """Return whether a pixel is inside."""
        return self.x <= x < self.right and self.y <= y < self.bottom

    def inset(self, by: int, down: int | None = None) -> "Rect":
        """Return the rectangle that is smaller by `by` at each side (`down` at top and bottom)."""
        down = by if down is None else down
        return Rect(self.x + by, self.y + down, max(0, self.w - 2 * by), max(0, self.h - 2 * down))


@dataclass(frozen=True)
class Geometry:
    """The layout of one window size.

    size: lines of the board.  unit: height of the text.  cell: distance of two lines; (left, top): pixel
    of the upper left point.  A part that is not shown has no width or no height.
    """

    width: int
    height: int
    size: int
    unit: int
    cell: int
    left: int
    top: int
    board: Rect
    panel: Rect
    graph: Rect
    bar: Rect
    tools: Rect
    tree: Rect

    def pixel(self, point: Point) -> tuple[int, int]:
        """Return the pixel (x, y) at the middle of a point."""
        row, column = row_column(point, self.size)
        return self.left + column * self.cell, self.top + row * self.cell

    def point(self, x: float, y: float) -> Point | None:
        """Return the point whose cell a pixel is in, or None beside the board."""
        column = round((x - self.left) / self.cell)
        row = round((y - self.top) / self.cell)
        if not (0 <= row < self.size and 0 <= column < self.size and self.board.holds(x, y)):
            return None
        return point_at(row, column, self.size)


def layout(
    width: int,
    height: int,
    size: int = BOARD_SIZE,
    *,
    graph: bool = True,
    tree: bool = False,
    plain: bool = False,
    coordinates: bool = True,
) -> Geometry:
    """Return the layout of a window.

    graph: leave space for the graph under the board; tree: for the variation tree.  plain: nothing but the board.
    Windows under 320x240 are laid out as 320x240, which then does not fit.
    """
    width, height = max(width, SMALLEST[0]), max(height, SMALLEST[1])
    unit = max(11, min(round(4 + height / 68), round(width / 60)))
    gap = unit // 2
    bar = Rect(0, height, width, 0) if plain else Rect(0, height - round(2.4 * unit), width, round(2.4 * unit))
    graph_height = max(3 * unit, height // 12) if graph and not plain else 0
    graph_rect = Rect(gap, bar.y - graph_height, width - 2 * gap, graph_height)
    room = graph_rect.y - gap
    tall = not plain and width < height * 0.95  # panel below the board
    if plain:
        space, panel = Rect(0, 0, width, height), Rect(width, 0, 0, height)
    elif tall:
        side = min(width, room - min(room // 3, 16 * unit))
        space, panel = Rect(0, 0, width, side), Rect(gap, side, width - 2 * gap, room - side)
    else:
        panel_width = min(max(width - room - 2 * gap, 17 * unit), 28 * unit, width // 2)
        panel = Rect(width - panel_width - gap, gap, panel_width, room - gap)
        space = Rect(0, 0, panel.x, room + gap // 2)
    tools = Rect(panel.x, panel.bottom, panel.w, 0)
    if panel.h > 22 * unit and panel.w >= 12 * unit:
        tools_height = TOOL_ROWS * round(TOOL_ROW * unit)
        tools = Rect(panel.x, panel.bottom - tools_height, panel.w, tools_height)
        panel = panel._replace(h=panel.h - tools_height - gap)
    panel, tree_rect = split_for_tree(panel, unit) if tree and not plain else (panel, panel._replace(h=0))
    edge = LABEL_EDGE if coordinates else BOARD_EDGE
    side = min(space.w, space.h) - (0 if plain else gap)
    cell = max(4, int(side / (size - 1 + 2 * edge)))
    wood = round(cell * (size - 1 + 2 * edge))
    left, top = space.x + (space.w - wood) // 2, space.y + (space.h - wood) // 2
    return Geometry(
        width=width,
        height=height,
        size=size,
        unit=unit,
        cell=cell,
        left=left + round(edge * cell),
        top=top + round(edge * cell),
        board=Rect(left, top, wood, wood),
        panel=panel,
        graph=graph_rect,
        bar=bar,
        tools=tools,
        tree=tree_rect,
    )


def split_for_tree(panel: Rect, unit: int) -> tuple[Rect, Rect]:
    """Return what is left of the panel, and the variation tree's part: below it, or beside it in a wide panel.

    Where the panel is small the tree has no height.
    """
    gap = unit // 2
    if panel.w > 46 * unit and panel.h > 10 * unit:
        width = panel.w // 2
        return panel._replace(w=panel.w - width - gap), panel._replace(x=panel.right - width, w=width)
    height = max(TREE_LEAST * unit, panel.h // 4)
    if panel.h < (TREE_LEAST + PANEL_LEAST) * unit:
        return panel, panel._replace(y=panel.bottom, h=0)
    return panel._replace(h=panel.h - height - gap), panel._replace(y=panel.bottom - height, h=height)


def flow(labels: Sequence[str], rect: Rect, unit: int) -> list[Rect]:
    """Return a rectangle a label, side by side in `rect`, as wide as the text needs; "" is a gap.

    Labels that no longer fit get a rectangle without width.  The text's width is reckoned, not measured,
    so that the controller finds the same rectangles without a font.
    """
    pad = round(unit * 0.5)
    height = rect.h - 2 * max(2, unit // 4)
    x, y = rect.x + unit // 2, rect.y + (rect.h - height) // 2
    result = []
    for label in labels:
        if not label:
            result.append(Rect(x, y, 0, height))
            x += pad
            continue
        width = max(height, round(text_width(label, unit * 0.92)) + 2 * pad)
        fits = x + width <= rect.right - unit // 4
        result.append(Rect(x, y, width if fits else 0, height))
        x += width + max(2, unit // 6) if fits else 0
    return result


def grid(count: int, rect: Rect, unit: int, rows: int = TOOL_ROWS) -> list[Rect]:
    """Return `count` equal rectangles in `rows` rows that fill `rect`."""
    if rect.h <= 0 or count == 0:
        return [Rect(rect.x, rect.y, 0, 0)] * count
    columns = -(-count // rows)
    gap = max(2, unit // 6)
    result = []
    for index in range(count):
        row, column = index // columns, index % columns  # style: buttons, not points
        left = rect.x + column * (rect.w + gap) // columns
        right = rect.x + (column + 1) * (rect.w + gap) // columns - gap
        top = rect.y + row * (rect.h + gap) // rows
        bottom = rect.y + (row + 1) * (rect.h + gap) // rows - gap
        result.append(Rect(left, top, right - left, bottom - top))
    return result


def text_width(text: str, size: float, narrow: float = 0.58) -> float:
    """Reckon the width of a text in pixels; by default a little above what common faces need."""
    return sum(1.0 if ord(letter) > 0x2E80 else narrow for letter in text) * size

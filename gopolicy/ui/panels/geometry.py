"""Where everything is: pixels to points and back, and the rectangles of the window's parts.

All of it follows from the window's size in pixels, so any size and any screen density works: `unit`, the
height of the text, grows with the window, and the board takes whole pixels a cell, so that lines are even.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypedDict

from gopolicy.go.coords import BOARD_SIZE, Point, Size, columns_rows, point_at, row_column

SMALLEST: Final = (320, 240)
BOARD_EDGE: Final = 0.72  # cells from the outermost line to the edge of the wood, without coordinates
TOOL_ROW: Final = 1.95  # height of a row of tools in units
TOOL_ROWS: Final = 3
LARGEST_UNIT: Final = 20  # text grows no further: a large window shows more instead
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


class View(NamedTuple):
    """How the board is seen: turned clockwise by quarters, then mirrored left to right."""

    turns: int = 0
    mirrored: bool = False

    def sides(self, size: Size) -> tuple[int, int]:
        """Return the (columns, rows) in the window of a board."""
        columns, rows = columns_rows(size)
        return (rows, columns) if self.turns % 2 else (columns, rows)

    def place(self, row: int, column: int, size: Size) -> tuple[int, int]:
        """Return the (row, column) in the window of a point's row and column."""
        columns, rows = columns_rows(size)
        for _ in range(self.turns % 4):
            row, column = column, rows - 1 - row
            columns, rows = rows, columns
        return row, columns - 1 - column if self.mirrored else column

    def point(self, row: int, column: int, size: Size) -> tuple[int, int]:
        """Return the row and column of the point at (row, column) of the window."""
        columns, rows = self.sides(size)
        column = columns - 1 - column if self.mirrored else column
        for _ in range(self.turns % 4):
            row, column = columns - 1 - column, row
            columns, rows = rows, columns
        return row, column


STRAIGHT: Final = View()


@dataclass(frozen=True)
class Geometry:
    """The layout of one window size.

    size: of the board, as `coords` has it.  view: how it is turned.  unit: height of the text.
    cell: distance of two lines; (left, top): pixel
    of the upper left point.  tree: filled in by `placing`.  A part that is not
    shown has no width or no height.
    """

    width: int
    height: int
    size: Size
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
    view: View

    def pixel(self, point: Point) -> tuple[int, int]:
        """Return the pixel (x, y) at the middle of a point."""
        row, column = self.view.place(*row_column(point, self.size), self.size)
        return self.left + column * self.cell, self.top + row * self.cell

    def point(self, x: float, y: float) -> Point | None:
        """Return the point whose cell a pixel is in, or None beside the board."""
        column = round((x - self.left) / self.cell)
        row = round((y - self.top) / self.cell)
        columns, rows = self.view.sides(self.size)
        if not (0 <= row < rows and 0 <= column < columns and self.board.holds(x, y)):
            return None
        return point_at(*self.view.point(row, column, self.size), self.size)


def layout(
    width: int,
    height: int,
    size: Size = BOARD_SIZE,
    *,
    plain: bool = False,
    coordinates: bool = True,
    view: View = STRAIGHT,
) -> Geometry:
    """Return the layout of a window.

    plain: nothing but the board.  view: how the board is turned.  Windows under 320x240 are laid out as 320x240,
    which then does not fit.
    """
    width, height = max(width, SMALLEST[0]), max(height, SMALLEST[1])
    unit = max(11, min(round(4 + height / 68), round(width / 60), LARGEST_UNIT))
    gap = unit // 2
    bar = Rect(0, height, width, 0) if plain else Rect(0, height - round(2.4 * unit), width, round(2.4 * unit))
    graph_height = 0 if plain or height < 360 else max(5 * unit, min(height // 9, 9 * unit))
    graph = Rect(gap, bar.y - graph_height, width - 2 * gap, graph_height)
    room = graph.y - gap
    tall = not plain and width < height * 0.95  # panel below the board
    if plain:
        space, panel = Rect(0, 0, width, height), Rect(width, 0, 0, height)
    elif tall:
        side = min(width, room - min(room * 2 // 5, 23 * unit))
        space, panel = Rect(0, 0, width, side), Rect(gap, side, width - 2 * gap, room - side)
    else:
        panel_width = min(max(width - room - 2 * gap, 19 * unit), 56 * unit, width // 2)
        panel = Rect(width - panel_width - gap, gap, panel_width, room - gap)
        space = Rect(0, 0, panel.x, room + gap // 2)
    tools = Rect(panel.x, panel.bottom, panel.w, 0)
    if panel.h > 20 * unit and panel.w >= 12 * unit:
        tools_height = TOOL_ROWS * round(TOOL_ROW * unit)
        tools = Rect(panel.x, panel.bottom - tools_height, panel.w, tools_height)
        panel = panel._replace(h=panel.h - tools_height - gap)
    return Geometry(
        width=width,
        height=height,
        size=size,
        unit=unit,
        **_board_in(space, view.sides(size), margin=0 if plain else gap, coordinates=coordinates),
        panel=panel,
        graph=graph,
        bar=bar,
        tools=tools,
        tree=panel._replace(h=0),
        view=view,
    )


class _Board(TypedDict):
    cell: int
    left: int
    top: int
    board: Rect


def _board_in(space: Rect, sides: tuple[int, int], *, margin: int, coordinates: bool) -> _Board:
    """Return where the largest board in the middle of a rectangle is, in whole pixels a cell."""
    edge = LABEL_EDGE if coordinates else BOARD_EDGE
    across, down = (lines - 1 + 2 * edge for lines in sides)
    cell = max(4, int(min((space.w - margin) / across, (space.h - margin) / down)))
    width, height = round(cell * across), round(cell * down)
    left, top = space.x + (space.w - width) // 2, space.y + (space.h - height) // 2
    first = round(edge * cell)
    return {"cell": cell, "left": left + first, "top": top + first, "board": Rect(left, top, width, height)}


def flow(labels: Sequence[str], rect: Rect, unit: int) -> list[Rect]:
    """Return a rectangle a label, side by side in `rect`, as wide as the text needs; "" is a gap.

    Labels that no longer fit get a rectangle without width.  The text's width is estimated, not measured,
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


def row_of(labels: Sequence[str], rect: Rect, unit: int) -> list[Rect]:
    """Return a rectangle a label, side by side, that fill `rect`: as wide as their texts are long."""
    gap = max(2, unit // 6)
    weights = [text_width(label, unit) + 1.6 * unit for label in labels]
    whole = sum(weights)
    edges = [rect.x + round((rect.w + gap) * sum(weights[:i]) / whole) for i in range(len(labels) + 1)]
    return [Rect(x, rect.y, right - x - gap, rect.h) for x, right in zip(edges, edges[1:], strict=False)]


def rows_of(count: int, rect: Rect, unit: int) -> list[Rect]:
    """Return `count` rows of equal height that fill `rect`."""
    gap = max(2, unit // 6)
    edges = [rect.y + (rect.h + gap) * i // count for i in range(count + 1)]
    return [Rect(rect.x, y, rect.w, bottom - y - gap) for y, bottom in zip(edges, edges[1:], strict=False)]


def text_width(text: str, size: float, narrow: float = 0.58) -> float:
    """Estimate the width of a text in pixels; by default a little above what common faces need."""
    return sum(1.0 if ord(letter) > 0x2E80 else narrow for letter in text) * size

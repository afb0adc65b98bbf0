"""The variation tree in the window: which nodes are in view, where, and what a click there does.  No pixels drawn."""

from typing import Final, NamedTuple

from gopolicy.go.coords import EMPTY, Color
from gopolicy.records.node import Node
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.tree_layout import Place
from gopolicy.ui.panels.geometry import Geometry, Rect, text_width

SLOT: Final = 1.55  # distance of two nodes in units
HEAD: Final = 1.9  # height of the heading in units
LEAST_FOR_HEAD: Final = 6.0  # units of height, from which there is one

Pixel = tuple[int, int]


class Dot(NamedTuple):
    """A node in view.

    color: of its move, EMPTY where it holds none.  mark: `pass`, `setup`, `move` or `start`.
    noted: it has a comment or a name.
    """

    center: Pixel
    place: Place
    color: Color
    mark: str
    noted: bool
    on_line: bool
    current: bool


class TreeMap(NamedTuple):
    """What is in view: the nodes, the connections between them as (from, to, on the cursor's line), a node's size.

    hidden: whether the tree is larger than the view.
    """

    dots: list[Dot]
    edges: list[tuple[list[Pixel], bool]]
    slot: int
    hidden: bool


def has_head(geometry: Geometry) -> bool:
    """Return whether the tree has a heading with buttons: a low one shows nodes there instead."""
    return geometry.tree.h >= LEAST_FOR_HEAD * geometry.unit


def tree_bar(labels: list[str], geometry: Geometry) -> list[Rect]:
    """Return the buttons in the tree's heading, at its right end."""
    unit, rect = geometry.unit, geometry.tree
    widths = [round(text_width(label, unit * 0.8) + unit) for label in labels]
    gap, x = max(2, unit // 6), rect.right - unit // 3
    result: list[Rect] = []
    for width in reversed(widths):
        x -= width
        result.insert(0, Rect(x, rect.y + unit // 4, width, round(1.4 * unit)))
        x -= gap
    return result


def view_of(geometry: Geometry) -> Rect:
    """Return the part of the tree's rectangle that shows nodes."""
    head = round(HEAD * geometry.unit) if has_head(geometry) else 0
    rect = geometry.tree
    return Rect(rect.x, rect.y + head, rect.w, max(0, rect.h - head))


def view_size(geometry: Geometry) -> tuple[int, int]:
    """Return how many columns and rows of nodes are in view."""
    view, slot = view_of(geometry), round(SLOT * geometry.unit)
    return max(1, view.w // slot), max(1, view.h // slot)


def tree_map(session: Session, geometry: Geometry) -> TreeMap | None:
    """Return what the view shows, None where the tree has no place."""
    if geometry.tree.h <= 0 or geometry.tree.w <= 0:
        return None
    layout = session.tree_view.layout
    columns, rows = view_size(geometry)
    corner = session.tree_view.corner(columns, rows)
    line = set(session.cursor.line)
    shown = [
        (node, Place(column, row))
        for column in range(corner.column, corner.column + columns)
        for row in range(corner.row, corner.row + rows)
        if (node := layout.nodes.get(Place(column, row))) is not None
    ]
    spot = _Spots(geometry, corner)
    edges = [_edge(layout.places[node.parent], place, spot, node in line) for node, place in shown if node.parent]
    edges += _edges_to_hidden(session, corner, (columns, rows), spot, line)
    dots = [_dot(session, node, place, spot, line) for node, place in shown]
    return TreeMap(dots, edges, spot.slot, layout.columns > columns or layout.rows > rows)


def call_at(session: Session, geometry: Geometry, x: int, y: int) -> Call | None:
    """Return what a click at a pixel of the tree does."""
    view = view_of(geometry)
    if geometry.tree.h <= 0 or not view.holds(x, y):
        return None
    slot = round(SLOT * geometry.unit)
    columns, rows = view_size(geometry)
    corner = session.tree_view.corner(columns, rows)
    place = Place(corner.column + (x - view.x) // slot, corner.row + (y - view.y) // slot)
    return Call("tree.go_to", place) if session.tree_view.node_at(place) is not None else None


class _Spots:
    """Pixels of places."""

    def __init__(self, geometry: Geometry, corner: Place) -> None:
        self.view, self.corner = view_of(geometry), corner
        self.slot = round(SLOT * geometry.unit)

    def __call__(self, column: float, row: float) -> Pixel:
        x = self.view.x + int((column - self.corner.column + 0.5) * self.slot)
        return x, self.view.y + int((row - self.corner.row + 0.5) * self.slot)


def _edge(parent: Place, child: Place, spot: _Spots, on_line: bool) -> tuple[list[Pixel], bool]:
    """Return the corners of a connection: down in the parent's column, then aslant to the child."""
    corners = [spot(parent.column, parent.row), spot(child.column, child.row)]
    if child.row > parent.row + 1:
        corners.insert(1, spot(parent.column, child.row - 1))
    return corners, on_line


def _edges_to_hidden(
    session: Session, corner: Place, size: tuple[int, int], spot: _Spots, line: set[Node]
) -> list[tuple[list[Pixel], bool]]:
    """Return the connections that pass through the view to nodes right of it or below it."""
    layout, (columns, rows) = session.tree_view.layout, size
    edges = []
    for column in range(max(0, corner.column - 1), corner.column + columns):
        for node in layout.forks.get(column, ()):
            top = layout.places[node]
            for child in node.children:
                place = layout.places[child]
                below = place.row >= corner.row + rows or place.column >= corner.column + columns
                if below and top.row < corner.row + rows:
                    edges.append(_edge(top, place, spot, child in line))
    last = corner.column + columns - 1
    for row in range(corner.row, corner.row + rows):
        hidden = layout.nodes.get(Place(last, row))
        if hidden is not None and hidden.children:
            edges.append(_edge(Place(last, row), Place(last + 1, row), spot, hidden.children[0] in line))
    return edges


def _dot(session: Session, node: Node, place: Place, spot: _Spots, line: set[Node]) -> Dot:
    turn = node.turn
    mark = "start" if node.parent is None else "setup" if turn is None else "pass" if turn[1] is None else "move"
    color = turn[0] if turn is not None and turn[1] is not None else EMPTY
    return Dot(
        spot(place.column, place.row),
        place,
        color,
        mark,
        bool(node.text),
        node in line,
        node is session.cursor.node,
    )

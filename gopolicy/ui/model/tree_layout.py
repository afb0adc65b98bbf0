"""Where the nodes of a game tree stand when it is drawn: columns by depth, a row for each variation, no crossings."""

from dataclasses import dataclass, field
from typing import NamedTuple

from gopolicy.records.node import Node


class Place(NamedTuple):
    """A place in the drawn tree, both from 0 on: column by column the moves, row by row the variations."""

    column: int
    row: int


@dataclass
class TreeLayout:
    """Where each node stands, and which node stands where; forks: by column, the nodes with several continuations."""

    places: dict[Node, Place] = field(default_factory=dict)
    nodes: dict[Place, Node] = field(default_factory=dict)
    forks: dict[int, list[Node]] = field(default_factory=dict)
    columns: int = 0
    rows: int = 0

    def put(self, node: Node, place: Place) -> None:
        """Note where a node stands."""
        self.places[node] = place
        self.nodes[place] = node

    def extend(self, node: Node) -> bool:
        """Add a new leaf behind the last column, where nothing can be in its way; return whether it is such a one."""
        parent = None if node.parent is None else self.places.get(node.parent)
        if parent is None or node in self.places or parent.column != self.columns - 1:
            return False
        if node.children or node.parent is None or len(node.parent.children) > 1:
            return False
        self.put(node, Place(self.columns, parent.row))
        self.columns += 1
        return True


def lay_out(root: Node) -> TreeLayout:
    """Return the layout of a tree, in time linear in its nodes.

    A line of first children keeps its row.  Variations stand below the line they leave, the ones that leave it last
    nearest to it, so that no connection crosses another.
    """
    layout = TreeLayout()
    lowest: list[int] = []  # by column, the last row in use
    waiting = [(root, 0)]
    while waiting:
        first, column = waiting.pop()
        line = [first]
        while line[-1].children:
            line.append(line[-1].children[0])
        lowest += [-1] * (column + len(line) - len(lowest))
        start = max(column - 1, 0)  # the connection to the parent needs its column too
        row = 1 + max(lowest[start : column + len(line)])
        lowest[start : column + len(line)] = [row] * (column + len(line) - start)
        for place in map(Place, range(column, column + len(line)), [row] * len(line)):
            node = line[place.column - column]
            layout.put(node, place)
            if len(node.children) > 1:
                layout.forks.setdefault(place.column, []).append(node)
                waiting += [(child, place.column + 1) for child in reversed(node.children[1:])]
        layout.rows = max(layout.rows, row + 1)
    layout.columns = len(lowest)
    return layout

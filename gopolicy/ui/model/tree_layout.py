"""Where the nodes of a game tree stand when it is drawn: columns by depth, a row for each variation, no crossings."""

from dataclasses import dataclass, field
from typing import NamedTuple

from gopolicy.records.tree import Node


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
        for place, node in enumerate(line, start=column):
            layout.places[node] = Place(place, row)
            layout.nodes[Place(place, row)] = node
            if len(node.children) > 1:
                layout.forks.setdefault(place, []).append(node)
                waiting += [(child, place + 1) for child in reversed(node.children[1:])]
        layout.rows = max(layout.rows, row + 1)
    layout.columns = len(lowest)
    return layout

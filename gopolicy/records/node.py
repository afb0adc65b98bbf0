"""A node of a record's tree."""

from gopolicy.go import events as ev
from gopolicy.go.coords import Color, Move
from gopolicy.records.encoding import readable
from gopolicy.records.properties import Properties


class Node:
    """A node of a tree: at most one turn, the setup stones before it, and every property.

    parent, children: the nodes around it; the first child is the main line.
    properties: identifier -> values, free text unescaped, every other value as it was written; for showing them,
        `encoding.readable`.
    events: what the node does, setup first, as numbers of `gopolicy.go.events`.
    fault: why the node's move could not be read, or ""; no line goes on through such a node.
    """

    __slots__ = ("parent", "children", "properties", "events", "fault")

    def __init__(self, parent: "Node | None", properties: Properties, events: list[int], fault: str = "") -> None:
        self.parent = parent
        self.children: list[Node] = []
        self.properties = properties
        self.events = events
        self.fault = fault

    @property
    def comment(self) -> str:
        """The node's comment as readable text; may be set."""
        return readable("\n".join(self.properties.get("C", ())))

    @comment.setter
    def comment(self, text: str) -> None:
        if text == self.comment:
            return  # what cannot be read in it stays as it was written
        self.properties.pop("C", None)
        if text:
            self.properties["C"] = [text]

    @property
    def text(self) -> str:
        """All that a viewer shows of the node in words: its name, the comment on the game, its comment."""
        values = (value.strip() for name in ("N", "GC", "C") for value in self.properties.get(name, ()))
        return readable("\n".join(value for value in values if value))

    @property
    def turn(self) -> tuple[Color, Move] | None:
        """The color and move (None: pass) that the node holds, or None if it holds none."""
        if not self.events or ev.is_setup(self.events[-1]):
            return None
        return ev.event_color(self.events[-1]), ev.event_move(self.events[-1])

    def path(self) -> "list[Node]":
        """Return the nodes from the root to this one."""
        nodes, node = [self], self.parent
        while node is not None:
            nodes.append(node)
            node = node.parent
        return nodes[::-1]

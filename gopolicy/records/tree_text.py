"""A tree as SGF text, kept in parts, so that the text of a large tree that has changed a little costs little.

A part is a run of nodes: from one node on, through only children, at most RUN of them.  A change of a node makes the
parts that hold it anew.  One thread may ask for the text while another one changes the tree: what it gets then is the
text before or after each change, and what is kept is never older than the last change that was noted.
"""

import re
import threading
from typing import Final, Protocol

from gopolicy.go import events as ev
from gopolicy.go.coords import Size, to_sgf
from gopolicy.records import properties as props
from gopolicy.records.encoding import KEEP, text_bytes
from gopolicy.records.node import Node

FIRST: Final = ("FF", "CA", "AP")  # by which a file is read, and not found behind a long value
# Properties that are free text by the specification: the only ones whose escapes are resolved.
TEXT: Final = frozenset("AN AP BR BT C CA CP DT EV GC GN N ON OT PB PC PW RE RO RU SO US WR WT".split())
RUN: Final = 256  # nodes of a part
WIDTH: Final = 79  # of a line, where it can be broken
# In a value, what a reader of damaged records would take for the next one.
_QUOTED_ROOT: Final = re.compile(r"(\(\s*+;\s*+[A-Z]{2}\s*+)\[", re.ASCII)
_LETTERS: Final = {color: letter for letter, color in props.MOVES.items()}


class SavedTree(Protocol):
    """What is written of a tree."""

    size: Size
    root: Node

    def saved_properties(self, node: Node) -> props.Properties:
        """Return the properties that are saved of a node."""
        ...


class TreeText:
    """See the module."""

    def __init__(self, tree: SavedTree) -> None:
        self._tree = tree
        self._parts: dict[Node, tuple[str, Node]] = {}  # by their first node: the text, and the last node
        self._moves: dict[int, tuple[str, str]] = {}  # by event: a move's letter, and a node that holds nothing else
        self._lock = threading.Lock()
        self._changes = 0

    def changed(self, *nodes: Node) -> None:
        """Note that the properties or the children of these nodes have changed, or that they are new; none: of any."""
        with self._lock:
            self._changes += 1
            if not nodes:
                self._parts.clear()
            for node in nodes:
                above: Node | None = node
                for _ in range(RUN + 1):  # one more, for the children of a new node's parent
                    if above is None:
                        break
                    self._parts.pop(above, None)
                    above = above.parent

    def whole(self) -> str:
        """Return the text of the tree, FF[4] and CA[UTF-8], for `gopolicy.files.write_file`.

        Bytes that could not be read stand in it as `encoding.KEEP` keeps them and are written as they were.
        """
        self.changed(self._tree.root)  # game information is changed without being noted
        texts: list[str] = []
        waiting: list[Node | str] = [")\n", self._tree.root, "("]
        while waiting:
            node = waiting.pop()
            if isinstance(node, str):
                texts.append(node)
                continue
            text, last = self._part(node)
            texts.append(text)
            if len(last.children) == 1:
                waiting += (last.children[0], "\n")
            else:
                for child in reversed(last.children):
                    waiting += (")", child, "\n(")
        return "".join(texts)

    def _part(self, first: Node) -> tuple[str, Node]:
        """Return the text of the run that begins with a node, and its last node."""
        with self._lock:
            known, changes = self._parts.get(first), self._changes
        if known is not None:
            return known
        lines, line, node = [], "", first
        for count in range(RUN):
            for piece in self._pieces(node):
                if line and len(line) + len(piece) > WIDTH:
                    lines.append(line)
                    line = ""
                line += piece
            if count == RUN - 1 or len(node.children) != 1:
                break
            node = node.children[0]
        found = "\n".join([*lines, line]), node
        with self._lock:
            if changes == self._changes:
                self._parts[first] = found
        return found

    def _pieces(self, node: Node) -> list[str]:
        """Return the text of a node in pieces between which lines may be broken."""
        if len(node.events) == 1 and len(node.properties) == 1 and node.parent is not None:
            letter, text = self._move(node.events[0])
            if letter in node.properties and not self._kept(node):
                return [text]
        saved = self._tree.saved_properties(node)
        if node.turn is not None:
            color, move = node.turn
            saved = saved | {_LETTERS[color]: [self._kept(node) or to_sgf(move, self._tree.size)]}
        others = sorted(name for name in saved if saved[name] and name not in FIRST)
        names = [name for name in FIRST if saved.get(name)] + others
        pieces = [name + "".join([f"[{_escaped(name, value)}]" for value in saved[name]]) for name in names]
        return [f";{pieces[0]}", *pieces[1:]] if pieces else [";"]

    def _kept(self, node: Node) -> str:
        """Return the move of a node as it was written if it is off the board, which is read as a pass, else ""."""
        color, move = node.turn or (0, 0)
        return props.unread_move(node.properties, _LETTERS[color]) if move is None else ""

    def _move(self, event: int) -> tuple[str, str]:
        """Return the letter of a move ("" for setup) and the text of a node that holds nothing else."""
        known = self._moves.get(event)
        if known is None:
            letter = "" if ev.is_setup(event) else _LETTERS[ev.event_color(event)]
            known = letter, f";{letter}[{to_sgf(ev.event_move(event), self._tree.size)}]"
            self._moves[event] = known
        return known


def _escaped(name: str, value: str) -> str:
    """Return a value as it stands between brackets."""
    if not value.isascii():
        value = text_bytes(value).decode("utf-8", KEEP)
    if name in TEXT:
        value = value.replace("\\", "\\\\").replace("]", "\\]")
    return _QUOTED_ROOT.sub(r"\1\\[", value)

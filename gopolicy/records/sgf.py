"""Reading SGF: bytes -> games -> trees, with the faults of real files; one bad game does not harm its neighbors.

sgfmill's grammar does the parsing.  Around it stand the cutting of a collection into games, so that each is
parsed on its own and only when it is asked for, a repair of the usual damage, and, where even that does not
help, a search for the moves of the main line.  Text is decoded as a whole before anything looks at it,
because in Big5, GBK and Shift JIS the second byte of a character can be a bracket or a backslash.
"""

import logging
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from gopolicy.go.coords import CoordinateError, Size
from gopolicy.go.events import move_event
from gopolicy.limits import MAX_GAMES, MAX_NODES, MAX_SETUP_STONES
from gopolicy.records import properties as props
from gopolicy.records.encoding import KEEP, decode
from gopolicy.records.grammar import grammar
from gopolicy.records.node import Node
from gopolicy.records.problems import NO_SGF, TOO_LARGE, RecordError, excerpt, reason_of
from gopolicy.records.properties import Properties
from gopolicy.records.repair import VALUE, parse_tolerantly
from gopolicy.records.tree import GameTree
from gopolicy.records.tree_text import TEXT

log = logging.getLogger(__name__)

# A game starts with a node, or with a property whose node mark was forgotten (Sina).
_START = re.compile(r"\(\s*(?:;|[A-Z]{1,2}\s*\[)")
# What only roots have, and what they have nearly always: where games were merged into one tree, variations begin so.
# In a comment that quotes a game, the closing brackets are escaped.
_ROOT, _LIKELY_ROOT = (
    re.compile(rf"\(\s*+;\s*+(?:{names})\s*+\[[^\\\]]{{0,1000}}+\]")
    for names in ("FF|GM|CA|SZ|AP", "FF|GM|CA|SZ|AP|GN|EV|PB|PW|US")
)
_TO_BRACKET = re.compile(rf"(?:[^()\[]++|{VALUE})*+([()])", re.DOTALL)
_FIRST_NODE = re.compile(rf"\(\s*;(?:\s*+[A-Za-z]++(?:\s*+{VALUE})++)*+", re.DOTALL)
_PLAIN_REST = re.compile(r"(?:\s*+;\s*+[BW]\[[a-z]{0,2}\])*+\s*+\)")
_NOT_PLAIN = re.compile(rb"[\\\x00-\x1f]")
_PLAIN_MOVE = re.compile(r"([BW])\[([a-z]*)\]")


def read_trees(data: bytes, *, encoding: str | None = None) -> list[GameTree]:
    """Return every readable game of an SGF file; games that are none are logged.

    encoding: read the bytes so; default: find out (see `encoding`).
    Raises RecordError if not one game can be read.
    """
    trees, first_problem = [], None
    for number, text in enumerate(islice(split_games(decode(data, encoding)), MAX_GAMES), start=1):
        try:
            trees.append(parse_game(text))
        except Exception as error:  # whatever one game raises, the others are read
            reason = reason_of(error)
            first_problem = first_problem or RecordError(reason)
            log.warning("game %d: %s", number, reason)
    if not trees:
        raise first_problem or RecordError(NO_SGF)
    return trees


def split_games(text: str) -> Iterator[str]:
    """Yield the text of each game of a collection, as it is reached; skip what stands between games."""
    position, roots, root = 0, _roots(text), -1
    while start := _START.search(text, position):
        while root < start.end():
            root = next(roots, len(text))
        position = _end_of_game(text, start.start(), root)
        game = text[start.start() : position]
        if "[" in game:
            yield game


def _is_sound(text: str) -> bool:
    """Return whether every bracket of a text is closed and no value swallows a root, so that it can be believed."""
    depth, position, roots = 0, 0, _LIKELY_ROOT.finditer(text)
    root = next(roots, None)
    while depth >= 0 and (bracket := _TO_BRACKET.match(text, position)):
        position = bracket.end()
        depth += 1 if bracket.group(1) == "(" else -1
        if root and root.start() < position:
            if root.start() < position - 1:
                return False
            root = next(roots, None)
    return depth == 0 and not root and "[" not in text[position:]


def _roots(text: str) -> Iterator[int]:
    """Yield where a line, or the text behind a game, starts with what roots have; a game goes no further."""
    for found in (_ROOT if _is_sound(text) else _LIKELY_ROOT).finditer(text):
        before = found.start() - 1
        while before >= 0 and text[before].isspace() and text[before] not in "\n\r":
            before -= 1
        if before >= 0 and text[before] in ")\n\r":
            yield found.start()


def _end_of_game(text: str, start: int, limit: int) -> int:
    """Return the position behind the bracket that closes the game, or `limit` if none does before it."""
    depth, position = 0, start
    while bracket := _TO_BRACKET.match(text, position, limit):
        position = bracket.end()
        depth += 1 if bracket.group(1) == "(" else -1
        if depth == 0:
            return position
    return limit


def parse_game(text: str) -> GameTree:
    """Return the tree of one game; raise RecordError if it is none of Go or cannot be read at all."""
    warnings: list[str] = []
    first = _FIRST_NODE.match(text)
    if first and _PLAIN_REST.fullmatch(text, first.end()):
        # Nearly every record: information, then moves and nothing else; only the first node needs a parser.
        coarse = parse_tolerantly(first.group() + ")", warnings)
        rest = _PLAIN_MOVE.findall(text, first.end())
    else:
        coarse, rest = parse_tolerantly(text, warnings), []
    properties = _decoded(coarse.sequence[0])
    size = props.read_size(properties, warnings)
    tree = GameTree(size, _TreeBuilder(size, warnings).build(coarse, rest), warnings)
    tree.add_star_points()
    return tree


def _decoded(raw: dict[str, list[bytes]]) -> Properties:
    """Return sgfmill's property map as text, without properties that have no capital letter in their name."""
    return {
        identifier: [_text(value) if identifier in TEXT else value.decode("utf-8", KEEP) for value in values]
        for identifier, values in raw.items()
        if identifier
    }


def _text(value: bytes) -> str:
    text: bytes = grammar().text_value(value) if _NOT_PLAIN.search(value) else value
    return text.decode("utf-8", KEEP)


class _TreeBuilder:
    """Makes nodes from properties, within the limits on nodes and setup stones of a game."""

    def __init__(self, size: Size, warnings: list[str]) -> None:
        self._size, self._warnings = size, warnings
        self._nodes, self._stones = 0, 0

    def build(self, coarse: Any, rest: list[tuple[str, str]]) -> Node:
        """Return the root of the tree that sgfmill's `coarse` describes, the moves of `rest` behind its last node."""
        above = node = Node(None, {}, [])  # the root's parent until all is built
        waiting = [(coarse, above)]
        while waiting:
            branch, node = waiting.pop()
            for i, raw in enumerate(branch.sequence):
                node = self._attach(node, _decoded(raw))
                branch.sequence[i] = None  # a third of the memory of a long record
            waiting += [(child, node) for child in reversed(branch.children)]
        self._count(len(rest), 0)
        known = props.plain_moves(self._size)
        for letter, value in rest:
            event = known.get((letter, value))
            if event is None:
                node = self._attach(node, {letter: [value]})
            else:
                parent, node = node, Node(node, {letter: [value]}, [event])
                parent.children.append(node)
        root = above.children[0]
        root.parent = None
        return root

    def _count(self, nodes: int, stones: int) -> None:
        self._nodes += nodes
        self._stones += stones
        if self._nodes > MAX_NODES or self._stones > MAX_SETUP_STONES:
            raise RecordError(f"{TOO_LARGE}: more than {MAX_NODES:,} nodes or {MAX_SETUP_STONES:,} stones")

    def _add(self, parent: Node, properties: Properties, events: list[int]) -> Node:
        self._count(1, len(events))
        node = Node(parent, properties, events)
        parent.children.append(node)
        return node

    def _attach(self, parent: Node, properties: Properties) -> Node:
        """Add a node for `properties` and return it; a node with several moves becomes as many nodes."""
        turns = [(letter, value) for letter in properties if letter in props.MOVES for value in properties[letter]]
        node = self._add(parent, properties, props.setup_events(properties, self._size, self._warnings))
        if len(turns) > 1:
            self._warnings.append("several moves in one node: taken one after the other")
            for letter in props.MOVES:
                properties.pop(letter, None)
        for i, (letter, value) in enumerate(turns):
            if i:
                node = self._add(node, {}, [])
            node.properties[letter] = [value]
            try:
                move = props.move_of(value, self._size, self._warnings)
            except CoordinateError:
                node.fault = f"unreadable move {letter}[{excerpt(value)}]"
                self._warnings.append(node.fault)
            else:
                node.events.append(move_event(props.MOVES[letter], move))
        return node

"""SGF as it is found: bytes -> games -> trees, forgiving; one bad game does not harm its neighbors.

sgfmill's grammar does the parsing.  Around it stand the cutting of a collection into games, so that each is
parsed on its own and only when it is asked for, a repair of the usual damage, and, where even that does not
help, a search for the moves of the main line.  Text is decoded as a whole before anything looks at it,
because in Big5, GBK and Shift JIS the second byte of a character can be a bracket or a backslash.
"""

import logging
import re
from collections.abc import Iterator
from typing import Any

from gopolicy.go.coords import CoordinateError
from gopolicy.go.events import move_event
from gopolicy.records import properties as props
from gopolicy.records.encoding import decode
from gopolicy.records.grammar import grammar
from gopolicy.records.problems import NO_SGF, RecordError
from gopolicy.records.properties import Properties
from gopolicy.records.repair import VALUE, parse_tolerantly
from gopolicy.records.tree import TEXT, GameTree, Node

log = logging.getLogger(__name__)

# A game starts with a node, or with a property whose node mark was forgotten (Sina).
_START = re.compile(r"\(\s*(?:;|[A-Z]{1,2}\s*\[)")
# A new game starts where a line, or the text behind a game, starts with what only roots have.  In a comment
# that quotes a game, the closing brackets are escaped.
_ROOT_AHEAD = re.compile(r"[)\n\r]\s*(?=\(\s*;\s*(?:FF|GM|CA|SZ|AP|GN|EV|PB|PW|US)\s*\[[^\\\]]*\])")
_TO_BRACKET = re.compile(rf"(?:[^()\[]++|{VALUE})*+([()])", re.DOTALL)
_FIRST_NODE = re.compile(rf"\(\s*;(?:\s*+[A-Za-z]++(?:\s*+{VALUE})++)*+", re.DOTALL)
_PLAIN_REST = re.compile(r"(?:\s*+;\s*+[BW]\[[a-z]{0,2}\])*+\s*+\)")
_PLAIN_MOVE = re.compile(r"([BW])\[([a-z]*)\]")


def read_trees(data: bytes, *, encoding: str | None = None) -> list[GameTree]:
    """Return every readable game of an SGF file; games that are none are logged.

    encoding: read the bytes so; default: find out (see `encoding`).
    Raises RecordError if not one game can be read.
    """
    trees, first_problem = [], None
    for number, text in enumerate(split_games(decode(data, encoding)), start=1):
        try:
            trees.append(parse_game(text))
        except RecordError as error:
            first_problem = first_problem or error
            log.warning("game %d: %s", number, error.reason)
    if not trees:
        raise first_problem or RecordError(NO_SGF)
    return trees


def split_games(text: str) -> Iterator[str]:
    """Yield the text of each game of a collection, as it is reached; skip what stands between games."""
    position = 0
    while start := _START.search(text, position):
        ahead = _ROOT_AHEAD.search(text, start.end())
        limit = ahead.end() if ahead else len(text)
        position = _end_of_game(text, start.start(), limit)
        game = text[start.start() : position]
        if "[" in game:
            yield game


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
    root = _grow(coarse, size, rest, warnings)
    tree = GameTree(size, root, warnings)
    tree.add_star_points()
    return tree


def _decoded(raw: dict[str, list[bytes]]) -> Properties:
    """Return sgfmill's property map as text; properties without a capital letter have no name there and go."""
    return {
        identifier: [_text(value) if identifier in TEXT else value.decode("utf-8") for value in values]
        for identifier, values in raw.items()
        if identifier
    }


def _text(value: bytes) -> str:
    text: bytes = grammar().text_value(value)
    return text.decode("utf-8")


def _grow(coarse: Any, size: int, rest: list[tuple[str, str]], warnings: list[str]) -> Node:
    """Return the root of the tree that sgfmill's `coarse` describes, with the moves of `rest` behind its last node."""
    top = Node(None, {}, [])  # stands above the root until all is built
    node = top
    waiting = [(coarse, top)]
    while waiting:
        branch, node = waiting.pop()
        for raw in branch.sequence:
            node = _attach(node, _decoded(raw), size, warnings)
        waiting += [(child, node) for child in reversed(branch.children)]
    known = props.plain_moves(size)
    for letter, value in rest:
        event = known.get((letter, value))
        if event is None:
            node = _attach(node, {letter: [value]}, size, warnings)
        else:
            parent, node = node, Node(node, {letter: [value]}, [event])
            parent.children.append(node)
    root = top.children[0]
    root.parent = None
    return root


def _attach(parent: Node, properties: Properties, size: int, warnings: list[str]) -> Node:
    """Add a node for `properties` and return it; a node with several moves becomes as many nodes."""
    turns = [(letter, value) for letter in properties if letter in props.MOVES for value in properties[letter]]
    node = Node(parent, properties, props.setup_events(properties, size, warnings))
    parent.children.append(node)
    if len(turns) > 1:
        warnings.append("several moves in one node: taken one after the other")
        for letter in props.MOVES:
            properties.pop(letter, None)
    for i, (letter, value) in enumerate(turns):
        if i:
            parent, node = node, Node(node, {}, [])
            parent.children.append(node)
        node.properties[letter] = [value]
        try:
            move = props.move_of(value, size, warnings)
        except CoordinateError:
            node.fault = f"unreadable move {letter}[{value}]"
            warnings.append(node.fault)
        else:
            node.events.append(move_event(props.MOVES[letter], move))
    return node

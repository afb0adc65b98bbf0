"""Reviews written into a game record: comments, labels and marks that any SGF viewer shows.

The node of a move says how expected the move was; the candidates for the next move stand in the comment and as
labels 1 to 5 of the same node.  Surprises are marked as viewers find them, by HO (hotspot); an improbable move need
not be a bad one.  Annotating again replaces what was written before.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from gopolicy.go.coords import CoordinateError, Size, parse_vertex, to_sgf
from gopolicy.prediction import Candidate, JudgedMove
from gopolicy.records.node import Node
from gopolicy.records.tree import GameTree

SURPRISE_BITS: Final = 6.0  # about one chance in sixty
SIGN: Final = "gopolicy: "
SURPRISE: Final = f"{SIGN}A surprise: "
MARKED_SURPRISE: Final = f"{SIGN}A surprise, marked before: "
JUDGED_SURPRISE: Final = f"{SIGN}Surprise: "  # by versions that wrote BM or DO, too
CANDIDATES: Final = f"{SIGN}Candidates: "
MARKS: Final = {"HO": ["1"], "BM": ["1"], "DO": [""]}


def annotate(tree: GameTree, moves: Iterable[JudgedMove]) -> None:
    """Write judged moves of the main line of a tree, numbered by its turns, into their nodes and those before."""
    nodes = [node for node in tree.main_line() if node.turn]
    for node in tree.main_line():
        _remove_earlier(node, tree.size)
    for move in moves:
        node = nodes[move.number - 1]
        surprise = SIGN
        if move.bits >= SURPRISE_BITS:
            surprise = MARKED_SURPRISE if "HO" in node.properties else SURPRISE
            node.properties.setdefault("HO", ["1"])
        rank = f"{move.vertex} was number {move.rank}, {_percent(move.probability)}, {move.bits:.1f} bits."
        _add_paragraph(node, surprise + rank, before=CANDIDATES)
        if node.parent is not None:
            _add_candidates(node.parent, move.candidates, tree.size)


def _add_candidates(node: Node, candidates: Iterable[Candidate], size: Size) -> None:
    names = ", ".join(f"{c.rank} {c.vertex} {_percent(c.probability)}" for c in candidates)
    _add_paragraph(node, CANDIDATES + names)
    labels = node.properties.setdefault("LB", [])
    taken = {label.partition(":")[0] for label in labels}
    points = [(to_sgf(c.move, size), c.rank) for c in candidates if c.move is not None]
    labels += [f"{point}:{rank}" for point, rank in points if point not in taken]


def _add_paragraph(node: Node, text: str, before: str | None = None) -> None:
    """Add a paragraph to the comment, in front of the one that begins with `before` if there is one."""
    paragraphs = _comment(node).split("\n\n") if _comment(node) else []
    at = next((i for i, part in enumerate(paragraphs) if before and part.startswith(before)), len(paragraphs))
    node.properties["C"] = ["\n\n".join([*paragraphs[:at], text, *paragraphs[at:]])]


def _remove_earlier(node: Node, size: Size) -> None:
    """Take away what an earlier review wrote into a node: its paragraphs, its labels, its marks."""
    paragraphs = _comment(node).split("\n\n")
    ours = [part for part in paragraphs if part.startswith(SIGN)]
    if not ours:
        return
    rest = "\n\n".join(part for part in paragraphs if not part.startswith(SIGN))
    node.properties.pop("C")
    node.properties |= {"C": [rest]} if rest else {}
    for part in ours:
        marks = ("HO",) if part.startswith(SURPRISE) else MARKS if part.startswith(JUDGED_SURPRISE) else ()
        for name in marks:
            if node.properties.get(name) == MARKS[name]:
                del node.properties[name]
        if part.startswith(CANDIDATES):
            labels = set()
            for rank, vertex in re.findall(r"(\d+) ([A-Z]\d+) ", part[len(CANDIDATES) :]):
                with suppress(CoordinateError):  # somebody wrote it
                    labels.add(f"{to_sgf(parse_vertex(vertex, size), size)}:{rank}")
            left = [label for label in node.properties.get("LB", []) if label not in labels]
            node.properties.pop("LB", None)
            node.properties |= {"LB": left} if left else {}


def _comment(node: Node) -> str:
    """Return a node's comment as it was written, bytes that cannot be read with it."""
    return "\n".join(node.properties.get("C", ()))


def _percent(p: float) -> str:
    return f"{100 * p:.1f} %" if p >= 0.001 else "under 0.1 %"

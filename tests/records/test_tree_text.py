"""The text of a tree is the same, whether it was made in parts or at once, and however it has changed."""

import random
import threading

from sgfmill.sgf_grammar import parse_sgf_game

from gopolicy.go.coords import BLACK, WHITE
from gopolicy.records.encoding import text_bytes
from gopolicy.records.node import Node
from gopolicy.records.sgf import read_trees
from gopolicy.records.tree import GameTree
from gopolicy.records.tree_text import RUN, TreeText


def change(tree: GameTree, nodes: list[Node], rng: random.Random) -> list[Node]:
    """Change a tree in one of the ways that an editor does; return what is to be noted."""
    node = rng.choice(nodes[-20:] if rng.random() < 0.7 else nodes)
    kind = rng.random()
    if kind < 0.5 or node.parent is None:
        added = []
        for _ in range(rng.choice((1, 1, 40))):
            node = tree.add_move(node, rng.choice((BLACK, WHITE)), rng.randrange(361))
            added.append(node)
        nodes += added
        return added
    if kind < 0.7:
        node.comment = f"{rng.random()} ]\\ (;FF[4]"
        return [node]
    if kind < 0.8:
        node.properties.setdefault("LB", []).append("aa:é")
        return [node]
    if kind < 0.9:
        siblings = node.parent.children
        siblings.insert(0, siblings.pop())
        return [node.parent]
    parent = node.parent
    tree.remove(node)
    nodes[:] = [other for other in nodes if other.path()[0] is tree.root]
    return [parent]


def test_text_that_is_kept_in_parts_is_that_of_the_whole_tree() -> None:
    rng = random.Random(1)
    tree = GameTree.new()
    text, nodes = TreeText(tree), [tree.root]
    for number in range(1500):
        for node in change(tree, nodes, rng):
            text.changed(node)
        if rng.random() < 0.3:
            tree.names[BLACK] = f"name {number}"  # game information needs no note
        if rng.random() < 0.5:
            assert text.whole() == tree.to_sgf()
    assert len(nodes) > 3 * RUN and max(len(node.path()) for node in nodes) > RUN


def test_what_is_written_is_read_again_by_sgfmill_and_by_us() -> None:
    rng = random.Random(2)
    tree = GameTree.new(komi=6.5)
    nodes = [tree.root]
    for _ in range(400):
        change(tree, nodes, rng)
    text = tree.to_sgf()
    assert text.startswith("(;FF[4]CA[UTF-8]AP[") and max(map(len, text.splitlines())) < 200
    coarse = parse_sgf_game(text.encode())
    assert sum(1 for _ in _nodes(coarse)) == len({id(node) for node in nodes if node.path()[0] is tree.root})
    [again] = read_trees(text.encode())
    assert again.to_sgf() == text and again.warnings == []


def _nodes(coarse: object):  # type: ignore[no-untyped-def]  # of sgfmill, which has no types
    waiting = [coarse]
    while waiting:
        branch = waiting.pop()
        yield from branch.sequence
        waiting += branch.children


def test_a_change_while_the_text_is_made_is_in_the_next_one() -> None:
    tree = GameTree.new()
    node = tree.root
    for number in range(3000):
        node = tree.add_move(node, BLACK, number % 361)
    text, line, stop = TreeText(tree), tree.main_line(), threading.Event()

    def make() -> None:
        while not stop.is_set():
            text.whole()

    thread = threading.Thread(target=make)
    thread.start()
    rng = random.Random(3)
    for number in range(300):
        changed = rng.choice(line)
        changed.properties = changed.properties | {"C": [str(number)]}
        text.changed(changed)
    stop.set()
    thread.join()
    assert text.whole() == tree.to_sgf()


def test_what_a_file_is_read_by_stands_before_the_longest_value() -> None:
    damaged = b"(;B[" + b"(" * 70_000 + b"\xf3\x90 \xc5" + b"]PB[\xe9t\xe9])"
    saved = read_trees(damaged)[0].to_sgf()
    [again] = read_trees(text_bytes(saved))
    assert again.to_sgf() == saved

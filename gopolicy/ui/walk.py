"""A cursor in a game tree: stepping, playing, taking back; every position worked out once.

Nothing here knows of networks or windows.  Moves that are played go into the tree; a move taken back
leaves it again if it was played here, so that records that were opened keep all they held.
"""

from typing import Final

from gopolicy.go.board import IllegalMoveError
from gopolicy.go.coords import Color, Move, Point
from gopolicy.go.game import Game
from gopolicy.records.tree import GameTree, Node

KEPT_GAMES: Final = 1500  # positions kept; some 25 KB each


class Walk:
    """A tree and the node on the board.

    tree, node: to be read; changed through the methods.  version: counts changes of either.
    """

    def __init__(self, tree: GameTree) -> None:
        self.tree = tree
        self.node = tree.root
        self.version = 0
        self._games: dict[int, tuple[Node, Game]] = {}
        self._played: dict[int, Node] = {}
        self._taken: list[tuple[Node, Node]] = []  # parent and child
        self._line: tuple[int, list[Node]] = (-1, [])

    @property
    def game(self) -> Game:
        """The game at the cursor; a copy is needed to change it."""
        return self.game_at(self.node)

    @property
    def line(self) -> list[Node]:
        """The nodes from the root through the cursor to the end of its first continuation."""
        if self._line[0] != self.version:
            self._line = (self.version, self.tree.main_line(self.node))
        return self._line[1]

    @property
    def depth(self) -> int:
        """The cursor's index in `line`."""
        return self.index_of(self.node)

    @property
    def number(self) -> int:
        """How many turns have been played at the cursor."""
        return len(self.game.moves)

    @property
    def total(self) -> int:
        """How many turns the line has."""
        return sum(node.turn is not None for node in self.line)

    @property
    def next_move(self) -> tuple[Color, Move] | None:
        """The turn of the record that follows, or None at the end."""
        return self.node.children[0].turn if self.node.children else None

    def index_of(self, node: Node) -> int:
        """Return how many nodes stand before `node`."""
        depth = 0
        while node.parent is not None:
            depth, node = depth + 1, node.parent
        return depth

    def game_at(self, node: Node) -> Game:
        """Return the game at a node, kept until too many are; not to be changed.

        Where the record goes on with an illegal move, the game stays as it was before it.
        """
        kept = self._games.get(id(node))
        if kept is None:
            if len(self._games) >= KEPT_GAMES:
                self._games.clear()
            kept = self._games[id(node)] = (node, self.tree.game_at(node))
        return kept[1]

    def game_before(self, node: Node) -> Game:
        """Return the game in which a node's move is played, that color to play."""
        turn = node.turn
        game = self.game_at(node.parent or node)
        if turn is not None and game.to_play != turn[0]:
            game = game.copy()
            game.to_play = turn[0]
        return game

    def is_whole(self, node: Node) -> bool:
        """Tell whether everything up to a node could be played."""
        path = node.path()
        return not any(step.fault for step in path) and sum(len(step.events) for step in path) == len(
            self.game_at(node).events
        )

    def go(self, node: Node) -> bool:
        """Put the cursor on a node of the tree; tell whether it moved."""
        moved = node is not self.node
        if moved:
            self.node = node
            self.version += 1
        return moved

    def step(self, nodes: int) -> bool:
        """Go forward (or back, below 0) along the line; tell whether the cursor moved."""
        line = self.line
        here = self.depth
        if nodes > 0 and here == len(line) - 1:
            return self.redo()
        return self.go(line[min(max(here + nodes, 0), len(line) - 1)])

    def to_number(self, number: int) -> bool:
        """Go to where `number` turns have been played on the line, or as near as it has them."""
        turns = 0
        target = self.line[0]
        for node in self.line:
            turns += node.turn is not None
            if turns > number:
                break
            target = node
        return self.go(target)

    def to_variation(self, by: int) -> bool:
        """Go to the next (-1: previous) sibling at the last fork at or before the cursor."""
        node = self.node
        while node.parent is not None and len(node.parent.children) < 2:
            node = node.parent
        if node.parent is None:
            return False
        siblings = node.parent.children
        return self.go(siblings[(siblings.index(node) + by) % len(siblings)])

    def play(self, move: Move) -> int:
        """Play for the color whose turn it is, in the tree too; return stones captured.

        Raises IllegalMoveError, and changes nothing then.
        """
        if not self.is_whole(self.node):
            raise IllegalMoveError("the record goes on with an illegal move here: go back first", "illegal record")
        game = self.game.copy()
        color = game.to_play
        captured = game.play(move, color)
        known = {id(child) for child in self.node.children}
        node = self.tree.add_move(self.node, color, move)
        if id(node) not in known:
            self._played[id(node)] = node
            self._games[id(node)] = (node, game)
        self._taken.clear()
        self.node = node
        self.version += 1
        return captured

    def take_back(self) -> bool:
        """Go back by one node, and take the node out of the tree if it was played here and nothing follows it."""
        node = self.node
        if node.parent is None:
            return False
        self.node = node.parent
        if id(node) in self._played and not node.children:
            self.tree.remove(node)
            self._taken.append((self.node, node))
            self._games.pop(id(node), None)
        self.version += 1
        return True

    def redo(self) -> bool:
        """Play again what was taken back last, if the cursor is where it was played; tell whether it was."""
        if not self._taken or self._taken[-1][0] is not self.node:
            return False
        *rest, (_, node) = self._taken
        try:
            self.play(node.turn[1] if node.turn else None)
        except IllegalMoveError:
            return False
        self._taken = [(self.node if parent is node else parent, child) for parent, child in rest]
        return True

    def node_with_stone(self, point: Point) -> Node | None:
        """Return the node that put down the stone standing on `point`, or None for setup stones."""
        color = self.game.board.color_at(point)
        node: Node | None = self.node
        while node is not None:
            if color and node.turn == (color, point):
                return node
            node = node.parent
        return None

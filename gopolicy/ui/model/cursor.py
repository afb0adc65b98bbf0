"""A cursor in a game tree: stepping, playing, taking back.

Positions are continued from the nearest one that is kept, so a line of n moves costs n steps, however it is read.
Moves that are played go into the tree; a move taken back leaves it again if it was played here, is not saved and
nothing is written on it, so that records keep all they held.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from gopolicy.go import events as ev
from gopolicy.go.board import IllegalMoveError
from gopolicy.go.coords import EMPTY, Color, Move, Point
from gopolicy.go.game import Game
from gopolicy.records.node import Node
from gopolicy.records.properties import read_player
from gopolicy.records.tree import GameTree
from gopolicy.ui.model.positions import PositionKey, extended, key_of

RECENT: Final = 64  # positions kept, some 25 KB each
MILESTONE: Final = 24  # nodes from one position that is always kept to the next


@dataclass(frozen=True)
class Reached:
    """The game after a node, whole if everything up to the node could be played.

    stopped: an illegal or unreadable move before it ended the line, so that nothing below changes the board.
    to_play: whose turn the record says it is, None if it does not.
    """

    game: Game
    whole: bool
    stopped: bool
    to_play: Color | None
    digest: int


class Turn(NamedTuple):
    """A turn of the line: its node, its number from 1 on, and the key of the position it was played in."""

    node: Node
    number: int
    key: PositionKey


class Cursor:
    """A tree and the node on the board.

    tree, node: to be read; changed through the methods.  version: counts changes of either; edits: of the tree.
    """

    def __init__(self, tree: GameTree) -> None:
        self.tree = tree
        self.node = tree.root
        self.version = 0
        self.edits = 0
        self._reached: dict[Node, Reached] = {}
        self._milestones: dict[Node, Reached] = {}
        self._played: set[Node] = set()
        self._taken: list[tuple[Node, Node]] = []  # parent and child
        self._edited = True  # since the line was found
        self._nodes: list[Node] = []
        self._places: dict[Node, int] = {}
        self._turns: list[Turn] | None = None

    @property
    def game(self) -> Game:
        """The game at the cursor; a copy is needed to change it."""
        return self.game_at(self.node)

    @property
    def line(self) -> list[Node]:
        """The nodes from the root through the cursor to the end; stepping back does not leave a variation."""
        self._find_line()
        return self._nodes

    @property
    def depth(self) -> int:
        """The cursor's index in `line`."""
        self._find_line()
        return self._places[self.node]

    def _find_line(self) -> None:
        """Find the line anew, unless the cursor only moved along it."""
        if self.node in self._places and not self._edited:
            return
        self._nodes = self.tree.main_line(self.node)
        self._places = {node: place for place, node in enumerate(self._nodes)}
        self._turns = None
        self._edited = False

    @property
    def number(self) -> int:
        """How many turns have been played at the cursor."""
        return self.game.board.turns

    @property
    def total(self) -> int:
        """How many turns of the line can be played."""
        return len(self.turns)

    @property
    def turns(self) -> list[Turn]:
        """The turns of the line, up to the first that is illegal or cannot be read."""
        line = self.line
        if self._turns is None:
            self._turns, digest = [], 0
            all_whole = self.is_whole(line[-1])
            for node in line:
                if not all_whole and not self.is_whole(node):
                    break
                if node.turn is not None:
                    self._turns.append(Turn(node, len(self._turns) + 1, key_of(digest, node.turn[0], self.tree.size)))
                digest = extended(digest, _events_of(node))
        return self._turns

    @property
    def following(self) -> Node | None:
        """The next node of the line, None at its end."""
        line, place = self.line, self.depth + 1
        return line[place] if place < len(line) else None

    @property
    def next_move(self) -> tuple[Color, Move] | None:
        """The turn of the record that follows, or None at the end."""
        return self.following.turn if self.following else None

    def game_at(self, node: Node) -> Game:
        """Return the game at a node; not to be changed.

        Where the record goes on with an illegal move, the game stays as it was before it.  The color to play is
        what the record says, else that of its next move, else the one whose turn it is.
        """
        reached = self._reach(node)
        following = next((child.turn[0] for child in node.children if child.turn is not None), None)
        if reached.to_play is not None or following in (None, reached.game.to_play) or not reached.whole:
            return reached.game
        game = reached.game.copy()
        game.to_play = following
        return game

    def key_at(self, node: Node) -> PositionKey:
        """Return the key of the position at a node."""
        return key_of(self._reach(node).digest, self.game_at(node).to_play, self.tree.size)

    def game_before(self, node: Node) -> Game:
        """Return the game in which a node's move is played, that color to play."""
        turn = node.turn
        game = self.game_at(node.parent or node)
        if turn is not None and game.to_play != turn[0]:
            game = game.copy()
            game.to_play = turn[0]
        return game

    def is_whole(self, node: Node) -> bool:
        """Return whether everything up to a node could be played."""
        return self._reach(node).whole

    def _reach(self, node: Node) -> Reached:
        waiting: list[Node] = []
        step: Node | None = node
        while step is not None and step not in self._reached and step not in self._milestones:
            waiting.append(step)
            step = step.parent
        reached = None if step is None else self._reached.get(step) or self._milestones[step]
        if reached is None and not waiting:
            raise AssertionError("a node without a root")
        for step in reversed(waiting):
            reached = self._advance(reached, step)
            if reached.game.board.turns % MILESTONE == 0:
                self._milestones[step] = reached
        assert reached is not None
        if node not in self._reached:
            if len(self._reached) >= RECENT:
                for old in list(self._reached)[: RECENT // 2]:
                    del self._reached[old]
            self._reached[node] = reached
        return reached

    def _advance(self, before: Reached | None, node: Node) -> Reached:
        """Return what is reached by a node from what its parent reached."""
        if before is not None and before.stopped:
            return before
        if before is not None and not before.whole or node.fault:
            return self._replayed(before, node)
        game = before.game.copy() if before else Game(self.tree.size, komi=self.tree.komi)
        setup = {event & ev.POINT_MASK: ev.event_color(event) for event in node.events if ev.is_setup(event)}
        try:
            if setup:
                game.set_stones(setup)
            if node.turn is not None:
                game.play(node.turn[1], node.turn[0])
        except IllegalMoveError:
            return self._replayed(before, node)
        to_play = None
        if node.turn is None:
            to_play = read_player(node.properties) or (before.to_play if before else None)
            game.to_play = to_play or ev.to_play_after(game.events)
        return Reached(game, True, False, to_play, extended(before.digest if before else 0, _events_of(node)))

    def _replayed(self, before: Reached | None, node: Node) -> Reached:
        """Return what is reached where the record cannot be played on, as the tree decides it."""
        game = self.tree.game_at(node)
        stopped = bool(node.fault) or (bool(node.events) and not ev.is_setup(node.events[-1]))
        return Reached(game, False, stopped, None, extended(0, game.events.tolist()))

    def go(self, node: Node) -> bool:
        """Put the cursor on a node of the tree; return whether it moved."""
        moved = node is not self.node
        if moved:
            self.node = node
            self.version += 1
        return moved

    def step(self, nodes: int) -> bool:
        """Go forward (or back, below 0) along the line; return whether the cursor moved."""
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

    @property
    def fork(self) -> Node | None:
        """The last node at or before the cursor that has siblings: where this variation begins; None if none has."""
        node = self.node
        while node.parent is not None and len(node.parent.children) < 2:
            node = node.parent
        return node if node.parent is not None else None

    def to_variation(self, by: int) -> bool:
        """Go to the next (-1: previous) sibling at the last fork at or before the cursor; return whether one is there.

        Just before a fork, that is the second (-1: the last) of its continuations.
        """
        node, children = self.fork, self.node.children
        if len(children) > 1 and node is not self.node:
            return self.go(children[by % len(children)])
        if node is None or node.parent is None:
            return False
        siblings = node.parent.children
        return self.go(siblings[(siblings.index(node) + by) % len(siblings)])

    def play(self, move: Move, color: Color | None = None) -> int:
        """Play for `color` (default: whose turn it is), in the tree too; return stones captured.

        Raises IllegalMoveError, and changes nothing then.
        """
        reached = self._reach(self.node)
        if not reached.whole:
            raise IllegalMoveError("the record goes on with an illegal move here: go back first", "illegal record")
        game = self.game_at(self.node).copy()
        color = color or game.to_play
        captured = game.play(move, color)
        children = len(self.node.children)
        node = self.tree.add_move(self.node, color, move)
        if len(self.node.children) > children:
            self._played.add(node)
            self._reached[node] = Reached(game, True, False, None, extended(reached.digest, _events_of(node)))
        self._taken.clear()
        self.node = node
        self.edited()
        return captured

    def edited(self, below: Node | None = None) -> None:
        """Note that the tree has changed; below: positions at and behind this node are other ones now."""
        if below is not None:
            self._reached.clear()
            self._milestones.clear()
        self._edited = True
        self.version += 1
        self.edits += 1

    def take_back(self) -> bool:
        """Go back by one node; take it out of the tree if it was played here, is not saved and holds but a move."""
        node = self.node
        if node.parent is None:
            return False
        self.node = node.parent
        if node in self._played and not node.children and len(node.properties) == 1:
            self.tree.remove(node)
            self._taken.append((self.node, node))
            self._reached.pop(node, None)
            self._milestones.pop(node, None)
            self.edited()
        else:
            self.version += 1
        return True

    def saved(self, *, goes_on: bool = False) -> None:
        """Note that the tree is saved: what was played here stays in it, but for the moves of a game that goes on."""
        self._played &= set(self.tree.main_line()) if goes_on else set()

    def played_before(self) -> None:
        """Note that the moves of the main line were played here too, in an earlier window."""
        self._played |= set(self.tree.main_line()[1:])

    @property
    def can_redo(self) -> bool:
        """Whether a move that was taken back here can be played again."""
        return bool(self._taken) and self._taken[-1][0] is self.node

    def redo(self) -> bool:
        """Put back what was taken back last, if the cursor is where it was played; return whether it was."""
        if not self.can_redo:
            return False
        parent, node = self._taken[-1]
        node.parent = parent
        if not self.is_whole(parent) or (node.turn and self.game_before(node).why_illegal(node.turn[1])):
            node.parent = None
            return False
        parent.children.append(node)
        self._taken.pop()
        self._played.add(node)
        self.node = node
        self.edited()
        return True

    def node_with_stone(self, point: Point) -> Node | None:
        """Return the node that put down the stone standing on `point`, or None for setup stones."""
        color = self.game.board.color_at(point)
        node: Node | None = self.node
        while node is not None and color != EMPTY:
            if node.turn == (color, point):
                return node
            node = node.parent
        return None


def _events_of(node: Node) -> list[int]:
    """Return what a node does as a game keeps it: of setup that speaks of one point twice, the last."""
    setup = {event & ev.POINT_MASK: event for event in node.events if ev.is_setup(event)}
    return [*setup.values(), *(event for event in node.events if not ev.is_setup(event))]

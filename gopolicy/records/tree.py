"""The tree of a record: nodes with their variations and all their properties, to be browsed, edited and saved.

Reading is `sgf`'s work.  Here a tree is made anew or changed, a position is taken from it, and it is written
as SGF, with everything in it that this package does not understand.
"""

import importlib
from collections.abc import Mapping

import numpy as np

from gopolicy.go import events as ev
from gopolicy.go.coords import (
    BLACK,
    BOARD_SIZE,
    WHITE,
    Color,
    CoordinateError,
    Move,
    Point,
    Size,
    handicap_points,
    size_to_sgf,
    to_sgf,
)
from gopolicy.go.game import Game
from gopolicy.records import properties as props
from gopolicy.records.line import soundness
from gopolicy.records.node import Node
from gopolicy.records.problems import RecordError
from gopolicy.records.properties import Properties
from gopolicy.records.tree_text import TreeText

# Of the root by the specification; at the start of another node they would make it one.
_ROOT_ONLY = frozenset("AP CA FF GM SZ".split())
_LETTERS = {color: letter for letter, color in props.MOVES.items()}
_SETUP_LETTERS = {color: letters for letters, color in props.SETUPS.items()}


class GameTree:
    """A game record with variations.

    size, root: the board's lines, or (columns, rows) where these differ, and the first node.
    komi, handicap, result, names, ranks, date, rules, event, place, application: the game information of the
        root, "" where it has none; what is changed here is saved.
    warnings: what a reader had to repair or guess.
    """

    def __init__(self, size: Size, root: Node, warnings: list[str] | None = None) -> None:
        self.size = size
        self.root = root
        self.warnings: list[str] = [] if warnings is None else warnings
        found = root.properties
        self.handicap = props.read_handicap(found, self.warnings)
        self.komi = props.read_komi(found, self.handicap, self.warnings)
        self.result = props.read_result(found)
        self.names = {BLACK: props.first_value(found, "PB"), WHITE: props.first_value(found, "PW")}
        self.ranks = {BLACK: props.first_value(found, "BR"), WHITE: props.first_value(found, "WR")}
        self.date = props.first_value(found, "DT")
        self.rules = props.first_value(found, "RU")
        self.event = props.first_value(found, "EV")
        self.place = props.first_value(found, "PC")
        self.application = props.first_value(found, "AP")

    @classmethod
    def new(cls, size: Size = BOARD_SIZE, komi: float = 7.5, handicap: int = 0) -> "GameTree":
        """Return a tree of one node, with the fixed handicap stones on the board.

        Raises CoordinateError where no placement of that many stones is defined.
        """
        root = Node(None, {"SZ": [size_to_sgf(size)], "KM": [f"{komi:g}"]}, [])
        tree = cls(size, root)
        tree.komi = komi
        if handicap:
            root.properties["HA"] = [str(handicap)]
            tree.handicap = handicap
            tree.add_setup(root, dict.fromkeys(handicap_points(handicap, size), BLACK))
        return tree

    @classmethod
    def from_game(cls, game: Game) -> "GameTree":
        """Return the record of a game as it was played; handicap is black setup before the first turn."""
        tree = cls.new(game.size, game.komi)
        node = tree.root
        for event in game.events:
            color, move = ev.event_color(event), ev.event_move(event)
            if ev.is_setup(event) and move is not None:
                node = tree.add_setup(node, {move: color})
            else:
                node = tree.add_move(node, color, move)
        if tree.root.events:
            first = game.moves[0][0] if game.moves else game.to_play
            tree.root.properties["PL"] = [_LETTERS[first]]
            is_handicap = all(ev.event_color(event) == BLACK for event in tree.root.events)
            tree.handicap = len(tree.root.events) if is_handicap and len(tree.root.events) > 1 else 0
        if game.to_play != ev.to_play_after(game.events):
            if game.moves:
                node.children.append(node := Node(node, {}, []))
            node.properties["PL"] = [_LETTERS[game.to_play]]
        return tree

    def main_line(self, node: Node | None = None) -> list[Node]:
        """Return the nodes from the root through first children to the end, through `node` if it is given."""
        line = (node or self.root).path()
        while line[-1].children:
            line.append(line[-1].children[0])
        return line

    def add_move(self, node: Node, color: Color, move: Move) -> Node:
        """Return the child of `node` that holds this move, made if there is none; legality is not checked."""
        event = ev.move_event(color, move)
        for child in node.children:
            if child.events == [event]:
                return child
        child = Node(node, {_LETTERS[color]: [to_sgf(move, self.size)]}, [event])
        node.children.append(child)
        return child

    def add_setup(self, node: Node, stones: Mapping[Point, Color]) -> Node:
        """Make points hold stones, or nothing (EMPTY): in `node` if it holds no turn, else in a new child.

        Return the node that got the stones.
        """
        if node.turn is not None or node.fault:
            child = Node(node, {}, [])
            node.children.append(child)
            node = child
        merged = {event & ev.POINT_MASK: ev.event_color(event) for event in node.events} | dict(stones)
        node.events = [ev.setup_event(color, point) for point, color in merged.items()]
        for color, identifier in _SETUP_LETTERS.items():
            values = [to_sgf(point, self.size) for point, holds in merged.items() if holds == color]
            values += props.unread_setup(node.properties.pop(identifier, ()), self.size)
            if values:
                node.properties[identifier] = values
        return node

    def make_main_line(self, node: Node) -> list[Node]:
        """Make the line that leads to a node the main line; return the nodes whose children changed places."""
        changed = []
        for step in node.path()[1:]:
            assert step.parent is not None
            siblings = step.parent.children
            if siblings[0] is not step:
                siblings.remove(step)
                siblings.insert(0, step)
                changed.append(step.parent)
        return changed

    def remove(self, node: Node) -> None:
        """Take `node` and all that follows it out of the tree; raise RecordError for the root."""
        if node.parent is None:
            raise RecordError("the root of a record cannot be removed")
        node.parent.children.remove(node)
        node.parent = None

    def game_at(self, node: Node) -> Game:
        """Return the game after `node`, replayed from the root; its turn is what the record says.

        Stops before the first illegal move and notes it in `warnings`.
        """
        events: list[int] = []
        to_play = None
        for step in node.path():
            if step.fault:
                break
            events += step.events
            to_play = None if step.turn else props.read_player(step.properties) or to_play
        line = np.array(events, np.uint16)
        sound = soundness(self.size, line)
        if sound.warning and sound.warning not in self.warnings:
            self.warnings.append(sound.warning)
        game = Game.from_events(self.size, line[: sound.length], komi=self.komi)
        if sound.cut and not ev.is_setup(events[sound.length]):
            to_play = ev.event_color(events[sound.length])
        game.to_play = to_play or ev.to_play_after(line[: sound.length])
        return game

    def add_star_points(self) -> None:
        """Put down the stones of a handicap that the record only counts (HA without AB), and say so.

        Not where the first moves are the handicap, where the root has setup, or where the game plays on
        such a point soon, so that the stones cannot have been there.
        """
        if self.handicap < 2 or self._has_setup_before_play():
            return
        opening = [node.turn for node in self.main_line() if node.turn][:20]
        black_first = next((i for i, (color, _) in enumerate(opening) if color != BLACK), len(opening))
        if black_first >= self.handicap:
            return
        try:
            points = handicap_points(self.handicap, self.size)
        except CoordinateError as error:
            self.warnings.append(f"HA[{self.handicap}] without stones: {error}")
            return
        if any(move in points for _, move in opening):
            self.warnings.append(f"HA[{self.handicap}] without stones, and moves on the handicap points: none put down")
            return
        self.root.events = [ev.setup_event(BLACK, point) for point in points] + self.root.events
        self.root.properties["AB"] = [to_sgf(point, self.size) for point in points]
        self.warnings.append(f"HA[{self.handicap}] without stones: {self.handicap} put on the handicap points")

    def _has_setup_before_play(self) -> bool:
        for node in self.main_line():
            if any(ev.is_setup(event) for event in node.events):
                return True
            if node.turn:
                return False
        return False

    def to_sgf(self) -> str:
        """Return the record as SGF text, FF[4] and CA[UTF-8], for `gopolicy.files.write_file`.

        Bytes that could not be read stand in it as `encoding.KEEP` keeps them and are written as they were.
        """
        return TreeText(self).whole()

    def saved_properties(self, node: Node) -> Properties:
        """Return the properties that are saved of a node: of the root, with what was changed in the attributes."""
        if node is self.root:
            return node.properties | self._changed_information()
        return {name: values for name, values in node.properties.items() if name not in _ROOT_ONLY}

    def _changed_information(self) -> Properties:
        """Return the root properties that saving sets: the format's own, and attributes that were changed."""
        version = importlib.import_module("gopolicy").__version__
        saved = {
            "FF": ["4"],
            "GM": ["1"],
            "CA": ["UTF-8"],
            "SZ": [size_to_sgf(self.size)],
            "AP": [f"gopolicy:{version}"],
        }
        now = self._information()
        for _ in range(2):  # what stands there counts by who wrote it and by the rules, which are among these
            read = GameTree(self.size, Node(None, self.root.properties | saved, []))._information()
            saved |= {name: [value] if value else [] for name, value in now.items() if value != read[name]}
        return saved

    def _information(self) -> dict[str, str]:
        handicap = str(self.handicap) if self.handicap else ""
        found = {"KM": f"{self.komi:g}", "HA": handicap, "RE": self.result}
        found |= {"DT": self.date, "RU": self.rules, "EV": self.event, "PC": self.place}
        for color, name, rank in ((BLACK, "PB", "BR"), (WHITE, "PW", "WR")):
            found |= {name: self.names[color], rank: self.ranks[color]}
        return found

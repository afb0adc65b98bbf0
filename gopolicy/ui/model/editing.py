"""Changing a record: comments, setup stones, markup, and what it says of the game."""

import unicodedata
from collections.abc import Callable
from functools import partial
from operator import setitem
from typing import Final

from gopolicy.errors import GopolicyError
from gopolicy.go import events as ev
from gopolicy.go.board import IllegalMoveError
from gopolicy.go.coords import BLACK, COLORS, EMPTY, WHITE, Color, Point, to_vertex
from gopolicy.records.node import Node
from gopolicy.records.properties import is_komi
from gopolicy.records.tree import GameTree
from gopolicy.ui.model import markup
from gopolicy.ui.model.dialogs import Dialog, Entry, ask_text
from gopolicy.ui.model.language import color_name, tr
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import TOOLS, Mode, Tool

STONES: Final = {Tool.BLACK: BLACK, Tool.WHITE: WHITE}
SHAPES: Final = {Tool.TRIANGLE: "TR", Tool.SQUARE: "SQ", Tool.CIRCLE: "CR", Tool.CROSS: "MA"}


class Editing:
    """The commands that change a record."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # Edit mode

    def toggle(self) -> None:
        """Edit the position and its markup by clicks, or stop."""
        session = self._session
        if session.mode is Mode.EDIT:
            session.stop_editing()
            return
        session.edit_here()
        session.screen.say(tr("choose a tool, click on the board; Escape ends"))

    def choose_tool(self, index: int) -> None:
        """Choose what a click does."""
        self._session.tool = TOOLS[index % len(TOOLS)]
        self._session.screen.touch()

    def apply(self, point: Point) -> None:
        """Do what the tool says to a point."""
        session = self._session
        node, size = session.cursor.node, session.game.size
        if self._session.tool in STONES or self._session.tool is Tool.ERASE:
            self._set_stone(point)
            return
        if session.tool is Tool.TEXT:
            self._ask_label(point)
            return
        if session.tool in (Tool.LETTER, Tool.NUMBER):
            label = markup.markup_of(node, size).labels.get(point)
            following = markup.next_number(node) if session.tool is Tool.NUMBER else markup.next_letter(node)
            markup.set_label(node, point, "" if label else following, size)
        else:
            markup.toggle_shape(node, point, SHAPES[self._session.tool], size)
        session.changed(node)
        session.screen.touch()

    def _ask_label(self, point: Point) -> None:
        """Ask for the label of a point; an empty one takes it off."""
        session = self._session
        node, size = session.cursor.node, session.game.size

        def accept(text: str) -> None:
            session.screen.show(None)
            if text != now:
                markup.set_label(node, point, text, size)
                session.changed(node)

        now = markup.markup_of(node, size, whole_labels=True).labels.get(point, "")
        title = tr("Label on {vertex}", vertex=to_vertex(point, size))
        note = tr("the board shows {count} signs, the record keeps all", count=markup.LONGEST_LABEL)
        session.screen.show(ask_text(title, note, now, tr("Set"), accept, self._close, edits=True))

    def _set_stone(self, point: Point) -> None:
        session, cursor = self._session, self._session.cursor
        if self._is_refused():
            return
        color = STONES.get(self._session.tool, EMPTY)
        there = session.game.board.color_at(point)
        if there == EMPTY and color == EMPTY:
            markup.clear(cursor.node, point, session.game.size)
            session.changed(cursor.node)
            session.screen.touch()
            return
        wanted = EMPTY if there == color else color
        try:
            session.game.copy().set_stones({point: wanted})
        except IllegalMoveError as error:
            session.screen.refuse(tr(error.reason))
            return
        self._go_to_changed(self._with_setup(point, wanted))

    def _is_refused(self) -> bool:
        """Say that nothing can be set up behind an illegal move of the record; return whether that is so here."""
        cursor = self._session.cursor
        if cursor.is_whole(cursor.node):
            return False
        self._session.screen.refuse(tr("illegal record"))
        return True

    def _with_setup(self, point: Point, wanted: Color) -> Node:
        """Make a point hold a stone or nothing; return the node that says so, or the one before where none has to."""
        tree, node = self._session.tree, self._session.cursor.node
        before = EMPTY if node.parent is None else self._session.cursor.game_at(node.parent).board.color_at(point)
        if node.turn is not None or node.fault or wanted != before:
            return tree.add_setup(node, {point: wanted})
        node.events = [event for event in node.events if event & ev.POINT_MASK != point]
        tree.add_setup(node, {})
        if node.events or node.properties or node.children or node.parent is None:
            return node
        parent = node.parent
        self._session.cursor.go(parent)
        tree.remove(node)
        return parent

    def _go_to_changed(self, node: Node) -> None:
        cursor = self._session.cursor
        cursor.edited(below=node)
        cursor.go(node)
        self._session.changed(node)
        self._session.moved(True)

    def change_player(self) -> None:
        """Let the other color play next, from this position on."""
        session, node = self._session, self._session.cursor.node
        if session.mode is not Mode.EDIT:
            session.screen.say(tr("the color to play is changed while editing: F4"))
            return
        if self._is_refused():
            return
        letter = "W" if session.game.to_play == BLACK else "B"
        node = session.tree.add_setup(node, {})
        node.properties["PL"] = [letter]
        self._go_to_changed(node)

    # Comments

    def comment(self) -> None:
        """Write the comment of this position."""
        session, node = self._session, self._session.cursor.node

        def accept(text: str) -> None:
            session.screen.show(None)
            if text.strip() != node.comment.strip():
                node.comment = text.strip()
                session.changed(node)
            session.screen.touch()

        number = session.cursor.number
        title = tr("Comment on the game") if node.parent is None else tr("Comment on move {number}", number=number)
        note = tr("Enter begins a line, Ctrl+Enter saves")
        text = node.comment.replace("\r\n", "\n").replace("\r", "\n")
        session.screen.show(ask_text(title, note, text, tr("Save"), accept, self._close, lines=True, edits=True))

    # What the record says of the game

    def information(self) -> None:
        """Change names, ranks, komi, result and more."""
        session, tree = self._session, self._session.tree
        entries = []
        for color in COLORS:
            name = color_name(color)
            entries.append(self._field(name, tree.names.get(color, ""), partial(setitem, tree.names, color)))
            entries.append(
                self._field(
                    tr("{color}'s rank", color=name), tree.ranks.get(color, ""), partial(setitem, tree.ranks, color)
                )
            )
        entries.append(self._field(tr("Komi"), f"{tree.komi:g}", partial(_set_komi, tree)))
        kinds = ((tr("Result"), "result"), (tr("Rules"), "rules"), (tr("Date"), "date"), (tr("Event"), "event"))
        for label, name in kinds:
            entries.append(self._field(label, getattr(tree, name), partial(setattr, tree, name)))
        entries.append(Entry(tr("Done"), act=self._close))
        session.screen.show(Dialog(tr("Game information"), tr("choose a line to change it"), entries))

    def _field(self, label: str, value: str, store: Callable[[str], None]) -> Entry:
        session = self._session

        def accept(text: str) -> None:
            if text.strip() != value:
                try:
                    store(text.strip())
                except GopolicyError as error:
                    session.screen.refuse(str(error))
                    return
                session.cursor.edited(below=session.tree.root)
                session.changed(session.tree.root)
                if session.count is not None:
                    session.count.komi, session.count.rules = session.tree.komi, session.rules
            self.information()

        def ask() -> None:
            session.screen.show(ask_text(label, "", value, tr("Set"), accept, self.information, edits=True))

        return Entry(label, act=ask, value=lambda: value)

    def _close(self) -> None:
        self._session.screen.show(None)


class KomiError(GopolicyError):
    """A komi that is no number of half points."""


def _set_komi(tree: GameTree, text: str) -> None:
    try:
        komi = float(unicodedata.normalize("NFKC", text).replace(",", "."))  # full-width digits and point too
    except ValueError:
        raise KomiError(tr("{text} is no komi: a number such as 6.5", text=repr(text))) from None
    if not is_komi(komi):
        raise KomiError(tr("{text} is no komi: whole or half points, at most 150", text=repr(text)))
    tree.komi = komi

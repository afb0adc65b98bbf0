"""The record on the board: its tree and cursor, where it came from, and whether it is saved."""

import time
from pathlib import Path

from gopolicy.go.coords import COLORS, Color
from gopolicy.records.node import Node
from gopolicy.records.tree import GameTree
from gopolicy.records.tree_text import TreeText
from gopolicy.ui.model.cursor import Cursor
from gopolicy.ui.model.playlist import Playlist


class Document:
    """See the module.

    path: the file that holds this game and nothing else, None if there is none.  dirty: changed since it was saved.
    text: the record as SGF, quick to have after a small change.
    unwanted: its changes are to be thrown away as soon as another record takes its place.
    players: the names that were given to the players of a game that was begun here; none in another record.
    is_played: it is a game that is played here, perhaps since an earlier window: its moves can be taken back.
    """

    def __init__(
        self,
        tree: GameTree,
        path: Path | None = None,
        playlist: Playlist | None = None,
        text: TreeText | None = None,
    ) -> None:
        self.cursor = Cursor(tree)
        self.text = text or TreeText(tree)
        self.path = path
        self.playlist = playlist or Playlist()
        self.dirty = False
        self._decided_at: Node | None = None  # where a result was reached in this window
        self._other_result = ""  # the one before; while that result is set aside, that result
        self._is_aside = self._result_is_saved = False
        self.unwanted = False
        self.players: dict[Color, str] = {}
        self.is_played = False
        self._facts_at_first: tuple[object, ...] = ()

    @property
    def tree(self) -> GameTree:
        """The record."""
        return self.cursor.tree

    @property
    def decided(self) -> bool:
        """Whether the line on the board ends where a result was reached in this window."""
        return bool(self.tree.result) and self.cursor.line[-1] is self._decided_at

    @property
    def is_counted(self) -> bool:
        """Whether that result is a count that is not saved: another count may replace it."""
        return self.decided and not self._result_is_saved and not self.tree.result.endswith("+R")

    @property
    def is_over(self) -> bool:
        """Whether play has ended at the cursor: two passes, or a result that was reached in this window."""
        return self.cursor.game.is_over or (self.decided and not self.cursor.node.children)

    @property
    def at_end(self) -> bool:
        """Whether the cursor is at the end of the main line, where the result of the record is reached."""
        node = self.cursor.node
        return not node.children and node is self.tree.main_line()[-1]

    @property
    def is_blank(self) -> bool:
        """Whether it is a game begun here in which nothing has been played, set up or written."""
        has_its_names = bool(self.players) and self.tree.names == self.players
        return has_its_names and not self.tree.root.children and self._facts() == self._facts_at_first

    def begin(self) -> None:
        """Note that a game begins here, in which nobody has written anything yet."""
        self.players, self.is_played = dict(self.tree.names), True
        self._facts_at_first = self._facts()

    def go_on(self) -> None:
        """Note that the game of the main line is played here, though it was begun in an earlier window."""
        self.is_played = True
        self.cursor.played_before()

    def _facts(self) -> tuple[object, ...]:
        """Return what the record says beside its moves and the players' names."""
        tree = self.tree
        properties = {name: list(values) for name, values in tree.root.properties.items()}
        return (properties, tree.komi, tree.result, dict(tree.ranks), tree.date, tree.rules, tree.event)

    def decide(self, result: str) -> None:
        """End the game at the cursor with a result as records write it."""
        if self._decided_at is not self.cursor.node:
            self._decided_at, self._other_result = self.cursor.node, self.tree.result
        self.tree.result = result
        self._is_aside = self._result_is_saved = False

    def reopen(self, node: Node) -> bool:
        """Take back a result that was reached at a node and is not saved; return whether there was one."""
        if node is not self._decided_at or self._is_aside or self._result_is_saved:
            return False
        self.tree.result, self._decided_at = self._other_result, None
        return True

    def changed(self) -> None:
        """Note a change; a result reached here and not saved is set aside while play goes on there or is taken back."""
        self.dirty = True
        end = self._decided_at
        if end is None or self._result_is_saved:
            return
        is_gone = end.path()[0] is not self.tree.root
        if self._is_aside != (is_gone or bool(end.children)):
            self._is_aside = not self._is_aside
            self.tree.result, self._other_result = self._other_result, self.tree.result

    def saved_as(self, path: Path) -> None:
        """Note that the record is in a file now."""
        self.path, self.dirty, self._result_is_saved = path, False, not self._is_aside
        self.cursor.saved(goes_on=self.is_played and not self.tree.result)

    def suggested_name(self) -> str:
        """Return a file name for the record: its own, or one from its date and players."""
        if self.path is not None:
            return self.path.name
        names = [self.tree.names.get(color, "") for color in COLORS]
        parts = [self.tree.date or time.strftime("%Y-%m-%d"), *(name for name in names if name)]
        text = "-".join(parts)
        return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in text)[:80] + ".sgf"

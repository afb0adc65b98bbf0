"""The record on the board: its tree and cursor, where it came from, and whether it is saved."""

import time
from pathlib import Path

from gopolicy.go.coords import COLORS, Color
from gopolicy.records.tree import GameTree
from gopolicy.records.tree_text import TreeText
from gopolicy.ui.model.cursor import Cursor
from gopolicy.ui.model.playlist import Playlist


class Document:
    """See the module.

    path: the file that holds this game and nothing else, None if there is none.  dirty: changed since it was saved.
    text: the record as SGF, quick to have after a small change.
    decided: the result was reached here, at the end of the line.
    unwanted: its changes are to be thrown away as soon as another record takes its place.
    players: the names that were given to the players of a game that was begun here; none in another record.
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
        self.decided = False
        self._result_before = ""
        self.unwanted = False
        self._root_at_first = {name: list(values) for name, values in tree.root.properties.items()}
        self.players: dict[Color, str] = {}

    @property
    def tree(self) -> GameTree:
        """The record."""
        return self.cursor.tree

    @property
    def is_over(self) -> bool:
        """Whether play has ended at the cursor: two passes, or a result that was reached in this window."""
        return self.cursor.game.is_over or (self.decided and not self.cursor.node.children)

    @property
    def is_blank(self) -> bool:
        """Whether it is a game begun here in which nothing has been played, set up or written."""
        root = self.tree.root
        return bool(self.players) and not root.children and root.properties == self._root_at_first

    def decide(self, result: str) -> None:
        """End the game with a result as records write it."""
        if not self.decided:
            self._result_before = self.tree.result
        self.tree.result, self.decided = result, True

    def reopen(self) -> bool:
        """Take back a result that was reached here, for the one before; return whether there was one."""
        if not self.decided:
            return False
        self.tree.result, self.decided = self._result_before, False
        return True

    def saved_as(self, path: Path) -> None:
        """Note that the record is in a file now."""
        self.path, self.dirty = path, False
        self.cursor.saved()

    def suggested_name(self) -> str:
        """Return a file name for the record, from its date and players."""
        names = [self.tree.names.get(color, "") for color in COLORS]
        parts = [self.tree.date or time.strftime("%Y-%m-%d"), *(name for name in names if name)]
        text = "-".join(parts)
        return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in text)[:80] + ".sgf"

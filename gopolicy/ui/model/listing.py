"""The list of the games that were opened together: its commands, and the dialog that shows it."""

from typing import Final

from gopolicy.ui.model.dialogs import Dialog, Entry, Text
from gopolicy.ui.model.filing import Filing
from gopolicy.ui.model.game_list import PART, GameHead, GameList
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.session import Session

HEADS: Final = ("", "Black", "White", "Result", "Date", "Event")
READ_AT_ONCE: Final = 200  # games, before the list is shown
SHOWN_EVERY: Final = 500  # games, while it grows


class Listing:
    """The commands of the list of games."""

    def __init__(self, session: Session, filing: Filing) -> None:
        self._session, self._filing = session, filing
        self._dialog: Dialog | None = None
        self._games: GameList | None = None
        self._entries: dict[int, Entry] = {}

    @property
    def reads_on(self) -> bool:
        """Whether the list is shown and games have not been read yet."""
        shown = self._dialog is not None and self._session.screen.dialog is self._dialog
        return shown and self._games is not None and not self._games.is_complete

    def show(self) -> None:
        """List the games of the file, folder or archive, to search them by player, result, date and event."""
        playlist = self._session.document.playlist
        if not playlist.title:
            self._session.screen.say(tr("this file holds no other game"))
            return
        self._games, self._entries = GameList(playlist), {}
        self._games.read_on(max(READ_AT_ONCE, playlist.index + 1))
        name = playlist.path.name if playlist.path is not None else ""
        dialog = Dialog(
            tr("Games of {file}", file=name) if name else tr("Games"),
            text=Text(),
            search=self._search,
            heads=tuple(tr(head) for head in HEADS),
            light=True,
        )
        dialog.accept = lambda text: dialog.choose(dialog.chosen, 1) if dialog.entries else None
        self._dialog = dialog
        dialog.entries = self._search("")
        dialog.chosen = min(max(playlist.index, 0), len(dialog.entries) - 1)
        self._session.screen.show(dialog)

    def show_if_several(self) -> None:
        """List the games if more than one was opened, unless another question is open."""
        if self._session.document.playlist.title and self._session.screen.dialog is None:
            self.show()

    def read_on(self) -> None:
        """Read some more games into the list that is shown."""
        if not self.reads_on:
            return
        assert self._games is not None and self._dialog is not None and self._dialog.text is not None
        known = self._games.total
        self._games.read_on()
        self._dialog.entries += [self._entry(head) for head in self._games.matching(self._dialog.text.value, known)]
        if self._games.is_complete or self._games.total % SHOWN_EVERY < PART:
            self._note(len(self._dialog.entries))
            self._session.screen.touch()

    def _search(self, text: str) -> list[Entry]:
        assert self._games is not None
        found = [self._entry(head) for head in self._games.matching(text)]
        self._note(len(found))
        return found

    def _note(self, shown: int) -> None:
        if self._dialog is not None and self._games is not None:
            summary = self._games.summary(shown)
            self._dialog.note = tr(
                "{summary}: type to search players, result, date, event; Enter opens, Escape closes", summary=summary
            )

    def _open(self, index: int) -> None:
        """Show a game; where it cannot be read, say so over the list, which stays."""
        screen = self._session.screen
        self._filing.show_game(index)
        if self._dialog is not None and screen.dialog is self._dialog:
            self._dialog.note = screen.message.text

    def _entry(self, head: GameHead) -> Entry:
        entry = self._entries.get(head.index)
        if entry is None:
            players = (head.black, head.white) if head.black or head.white else (head.source, "")
            columns = (f"{head.index + 1}", *players, head.result, head.date, head.event)
            entry = Entry(head.source, act=lambda: self._open(head.index), columns=columns)
            self._entries[head.index] = entry
        return entry

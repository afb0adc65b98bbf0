"""The menu: everything that needs no button of its own, in one list."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from gopolicy.ui.model.dialogs import Dialog, Entry
from gopolicy.ui.model.filing import Filing
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.session import Session

ENTRIES: Final = (
    ("New game ...", "start.ask"),
    ("Open ...", "file.open"),
    ("Open recent ...", "menu.recent"),
    ("Games of this file ...", "games.show"),
    ("Save", "file.save"),
    ("Save as ...", "file.save_as"),
    ("Write the review into the record", "file.write_review"),
    ("Game information ...", "edit.information"),
    ("Edit comment ...", "edit.comment"),
    ("Edit stones and markup", "edit.toggle"),
    ("How the network plays ...", "start.ask_strength"),
    ("Turn the board", "look.turn"),
    ("Mirror the board", "look.mirror"),
    ("Colors", "look.next_theme"),
    ("Sounds on or off", "look.toggle_sound"),
    ("Full screen", "look.full_screen"),
    ("All keys", "look.help"),
    ("Close", "look.quit"),
)


class Menu:
    """The menu and the list of files opened last; run: runs a command."""

    def __init__(self, session: Session, filing: Filing, run: Callable[[Call], None]) -> None:
        self._session, self._filing, self._run_command = session, filing, run

    def show(self) -> None:
        """Show the menu."""
        entries = [Entry(label, act=lambda name=name: self._run(name)) for label, name in ENTRIES]  # type: ignore[misc]
        self._session.screen.show(Dialog("Menu", entries=[*entries, Entry("Cancel", act=self._close)]))

    def _run(self, name: str) -> None:
        self._close()
        self._run_command(Call(name))

    def recent(self) -> None:
        """List the files opened last."""
        paths = [Path(text) for text in self._session.preferences.recent]
        entries = [Entry(str(path), act=lambda path=path: self._filing.open_path(path)) for path in paths]  # type: ignore[misc]
        note = "" if entries else "none yet"
        self._session.screen.show(Dialog("Open recent", note, [*entries, Entry("Cancel", act=self._close)]))

    def _close(self) -> None:
        self._session.screen.show(None)

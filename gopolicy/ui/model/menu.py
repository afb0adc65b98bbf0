"""The menu: everything that needs no button of its own, in one list."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from gopolicy.ui.model.availability import why_not
from gopolicy.ui.model.dialogs import Dialog, Entry
from gopolicy.ui.model.filing import Filing
from gopolicy.ui.model.key_table import BY_NAME, shown_keys
from gopolicy.ui.model.language import tr
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
    ("Practice problems", "guess.practice"),
    ("Practice the moves of this game ...", "practice.ask_moves"),
    ("Add this position to practice", "practice.add_position"),
    ("Archive ...", "archive.choose"),
    ("Search a region in the archive", "archive.mark_region"),
    ("Play like ...", "profiles.ask_player"),
    ("Compare with ...", "profiles.ask_other"),
    ("Turn the board", "look.turn"),
    ("Mirror the board", "look.mirror"),
    ("Colors", "look.next_theme"),
    ("Language ...", "look.ask_language"),
    ("Sounds on or off", "look.toggle_sound"),
    ("Full screen", "look.full_screen"),
    ("All keys", "look.help"),
    ("Close", "look.quit"),
)

LONGEST_FOLDER: Final = 30  # letters


def keys_of(name: str) -> str:
    """Return the keys of a command, "" where it has none."""
    command = BY_NAME.get(name)
    return shown_keys(command) if command is not None else ""


def shown_folder(folder: Path) -> str:
    """Return a folder as the window shows it: `~` for the person's own, and of a long path the end."""
    home = Path.home()
    text = str(Path("~") / folder.relative_to(home)) if folder.is_relative_to(home) else str(folder)
    return text if len(text) <= LONGEST_FOLDER else f"…{text[-LONGEST_FOLDER + 1 :]}"


class Menu:
    """The menu and the list of files opened last; run: runs a command."""

    def __init__(self, session: Session, filing: Filing, run: Callable[[Call], None]) -> None:
        self._session, self._filing, self._run_command = session, filing, run

    def show(self) -> None:
        """Show the menu."""
        entries = [self._entry(tr(label), name) for label, name in ENTRIES]
        self._session.screen.show(
            Dialog(tr("Menu"), entries=[*entries, Entry(tr("Cancel"), act=self._close)], light=True)
        )

    def _entry(self, label: str, name: str) -> Entry:
        reason = why_not(self._session, name)
        return Entry(label, act=lambda: self._run(name), value=lambda: keys_of(name), reason=reason)

    def _run(self, name: str) -> None:
        reason = why_not(self._session, name)
        self._close()
        if reason:
            self._session.screen.say(reason)
        else:
            self._run_command(Call(name))

    def recent(self) -> None:
        """List the files opened last."""
        paths = [Path(text) for text in self._session.preferences.recent]
        entries = [self._recent_entry(path) for path in paths]
        note = "" if entries else tr("none yet")
        entries.append(Entry(tr("Cancel"), act=self._close))
        self._session.screen.show(Dialog(tr("Open recent"), note, entries, light=True))

    def _recent_entry(self, path: Path) -> Entry:
        return Entry(path.name, act=lambda: self._filing.open_path(path), value=lambda: shown_folder(path.parent))

    def _close(self) -> None:
        self._session.screen.show(None)

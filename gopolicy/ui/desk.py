"""Records in and out, and the questions the window asks: opening, saving, pasting, a new game, recovery.

What goes wrong is one line in the window; the game on the board is touched only once the new one is read.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from gopolicy.go.coords import BOARD_SIZE, CoordinateError, handicap_points
from gopolicy.records import RecordError
from gopolicy.ui import activities
from gopolicy.ui.autosave import write_whole
from gopolicy.ui.dialogs import Dialog, Entry, cycle, file_list
from gopolicy.ui.network import Style
from gopolicy.ui.session import Session
from gopolicy.ui.settings import SEAT_NAMES, Mode, Overlay
from gopolicy.ui.shelf import Opened, Shelf, neighbor, pasted

SIZES: Final = (9, 13, BOARD_SIZE)
KOMIS: Final = (0.0, 0.5, 5.5, 6.5, 7.0, 7.5)
HANDICAPS: Final = (0, 2, 3, 4, 5, 6, 7, 8, 9)
TEMPERATURES: Final = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5)
SHARES: Final = (0.5, 0.8, 0.9, 0.95, 1.0)
GREEDY: Final = (None, 10, 20, 30, 50, 100)


def _when(path: Path) -> str:
    """Return what an unsaved game's file name says of when it was begun."""
    digits = "".join(letter for letter in path.stem if letter.isdigit())
    return f"begun {digits[:4]}-{digits[4:6]}-{digits[6:8]} at {digits[8:10]}:{digits[10:12]}"


class Desk:
    """The verbs of a session that deal with records and dialogs; `encoding` reads all files so, None detects."""

    def __init__(self, session: Session, encoding: str | None = None) -> None:
        self.session = session
        self.encoding = encoding

    # Opening

    def open_file(self) -> None:
        """Open a record, a collection or an archive."""
        self.session.wish("open")

    def open_path(self, path: Path, number: int | None = None) -> bool:
        """Open what is at a path; tell whether that worked."""
        try:
            shelf = Shelf(path, self.encoding)
            opened = shelf.step(1)
        except (RecordError, OSError, LookupError) as error:
            self._problem(error)
            return False
        self.session.dialog = None
        self.session.adopt(opened, shelf, number=number)
        return True

    def choose_from(self, folder: Path) -> None:
        """Show a folder's records in the window."""
        self.session.dialog = file_list(folder, self._open_listed, self.choose_from)
        self.session.touch()

    def _open_listed(self, path: Path) -> None:
        self.open_path(path)

    def previous_game(self) -> None:
        """The game or file before."""
        self._neighbor(-1)

    def next_game(self) -> None:
        """The next game of a collection or archive, or the next file of the folder."""
        self._neighbor(1)

    def _neighbor(self, by: int) -> None:
        session = self.session
        try:
            opened: Opened = session.shelf.step(by)
        except RecordError as error:
            if session.path is None:
                self._problem(error)
                return
            try:
                self.open_path(neighbor(session.path, by))
            except RecordError as problem:
                self._problem(problem)
            return
        session.adopt(opened, session.shelf)

    def copy(self) -> None:
        """Put the record on the clipboard."""
        self.session.wish("copy", self.session.tree.to_sgf())
        self.session.say("the record is on the clipboard as SGF")

    def paste(self) -> None:
        """Read a record from the clipboard."""
        self.session.wish("paste")

    def paste_text(self, text: str) -> None:
        """Open a record that was copied as text; or type it, where text is asked for."""
        if self.session.dialog is not None:
            self.session.dialog.type(text)
            self.session.touch()
            return
        try:
            self.session.adopt(pasted(text))
            self.session.dirty = True
        except RecordError as error:
            self._problem(error)

    # Saving

    def save(self) -> None:
        """Save the record where it came from, or ask where."""
        if self.session.path is None:
            self.save_as()
        else:
            self.save_to(self.session.path)

    def save_as(self) -> None:
        """Save the record under another name."""
        self.session.wish("save", self.session.path.name if self.session.path else self.session.suggested_name())

    def save_to(self, path: Path) -> bool:
        """Write the record, all its variations and properties with it; tell whether that worked."""
        try:
            write_whole(path, self.session.tree.to_sgf())
        except OSError as error:
            self.session.say(f"not saved: {path}: {error.strerror or error}", warning=True)
            return False
        self.session.saved(path)
        return True

    def ask_name(self, folder: Path, name: str) -> None:
        """Ask for a file name in the window."""

        def accept(text: str) -> None:
            self.session.dialog = None
            path = (folder / Path(text.strip()).expanduser()).absolute()
            self.save_to(path if path.suffix else path.with_suffix(".sgf"))

        self.ask_text("Save the record as", str(folder), name, "save", accept)

    def ask_text(self, title: str, note: str, text: str, verb: str, accept: Callable[[str], None]) -> None:
        """Ask for a line of text; `accept` is called with it at Enter or a click on `verb`."""
        dialog = Dialog(title, note, text=text, accept=accept)
        dialog.entries = [Entry(verb, act=lambda: accept(dialog.text or "")), Entry("cancel", act=self.close_dialog)]
        self.session.dialog = dialog
        self.session.touch()

    def offer_recovery(self) -> None:
        """Offer the game that an earlier window left unsaved, if there is one."""
        path = self.session.autosave.left_over()
        if path is None:
            return

        def restore() -> None:
            if self.open_path(path):
                self.session.path = None
                self.session.shelf = Shelf()
                self.session.walk.go(self.session.walk.line[-1])
                self.session.changed()
                self.session.autosave.remove(path)
                self.session.say("this is the unsaved game: Ctrl+S saves it")

        def discard() -> None:
            self.session.autosave.remove(path)
            self.close_dialog()

        self.session.dialog = Dialog(
            "An unsaved game was kept",
            _when(path),
            [
                Entry("restore it", act=restore),
                Entry("ask again next time", act=self.close_dialog),
                Entry("throw it away", act=discard),
            ],
        )
        self.session.touch()

    # Questions

    def close_dialog(self) -> None:
        """Close the dialog."""
        self.session.dialog = None
        self.session.touch()

    def choose_entry(self, index: int, by: int = 1) -> None:
        """Choose a dialog's entry, and do what it says or change it by `by`."""
        dialog = self.session.dialog
        if dialog is not None and 0 <= index < len(dialog.entries):
            dialog.chosen = index
            act = dialog.entries[index].act
            if act is not None:
                act()
            else:
                dialog.adjust(by)
        self.session.touch()

    def new_game(self) -> None:
        """Ask how the next game is to be played."""
        settings = self.session.settings
        entries = [
            Entry("start the game", act=self._start_game),
            self._choice("you play", "human", tuple(SEAT_NAMES)),
            self._choice("board", "size", SIZES),
            self._choice("komi", "komi", KOMIS),
            self._choice("handicap", "handicap", HANDICAPS),
            *self._strength(),
        ]
        entries[1].value = lambda: SEAT_NAMES[settings.human]
        self.session.dialog = Dialog("New game", "Left and Right change, Enter starts", entries)
        self.session.touch()

    def strength(self) -> None:
        """Ask how the network is to pick its moves and who plays, in the game on the board."""
        settings = self.session.settings
        seat = self._choice("you play", "human", tuple(SEAT_NAMES))
        seat.value = lambda: SEAT_NAMES[settings.human]
        entries = [Entry("done", act=self.close_dialog), seat, *self._strength()]
        self.session.dialog = Dialog("How the network plays", "temperature 0: always what it expects most", entries)
        self.session.touch()

    def _strength(self) -> list[Entry]:
        return [
            self._style("temperature", "temperature", TEMPERATURES),
            self._style("only the likeliest, up to", "top_p", SHARES),
            self._style("likeliest only from move", "greedy_after", GREEDY),
        ]

    def _choice(self, label: str, name: str, values: tuple[object, ...]) -> Entry:
        settings = self.session.settings

        def adjust(by: int) -> None:
            setattr(settings, name, cycle(values, getattr(settings, name), by))
            self.session.touch()

        return Entry(label, adjust=adjust, value=lambda: f"{getattr(settings, name)}")

    def _style(self, label: str, name: str, values: tuple[object, ...]) -> Entry:
        settings = self.session.settings

        def adjust(by: int) -> None:
            now = {"temperature": 0.0, "top_p": 1.0, "greedy_after": None} | vars(settings.style)
            now[name] = cycle(values, now[name], by)
            settings.style = Style(**now)
            self.session.touch()

        def value() -> str:
            now = getattr(settings.style, name)
            return "never" if now is None else f"{100 * now:g} %" if name == "top_p" else f"{now:g}"

        return Entry(label, adjust=adjust, value=value)

    def _start_game(self) -> None:
        settings = self.session.settings
        try:
            if settings.handicap:
                handicap_points(settings.handicap, settings.size)
        except CoordinateError as error:
            self._problem(error)
            return
        self.session.dialog = None
        self.session.new_game()

    # The window

    def help(self) -> None:
        """All keys."""
        self.session.help_open = not self.session.help_open
        self.session.touch()

    def hold_help(self, down: bool = True) -> None:
        """All keys, while the key is held."""
        self.session.help_open = down
        self.session.touch()

    def escape(self) -> None:
        """Close what lies over the board, or stop the network."""
        session = self.session
        if session.dialog is not None:
            session.dialog = None
        elif session.help_open:
            session.help_open = False
        elif session.overlay is not Overlay.NONE:
            session.overlay = Overlay.NONE
        elif session.mode is Mode.COUNT:
            activities.leave_count(session)
        elif session.mode is Mode.GUESS:
            session.mode = Mode.REVIEW
            session.moved(False)
        elif session.network_to_play:
            session.paused = True
            session.pending = session.forced = None
            session.say("the network waits: Enter lets it play")
        elif session.settings.plain:
            session.settings.plain = False
        else:
            session.say("")
        session.touch()

    def full_screen(self) -> None:
        """The whole screen, or a window."""
        self.session.wish("full screen")

    def quit(self) -> None:
        """Close the window; an unsaved game is kept."""
        self.session.wish("quit")

    def _problem(self, error: Exception) -> None:
        self.session.say(" ".join(str(error).split()), warning=True)
        self.session.wish("sound", "refused")

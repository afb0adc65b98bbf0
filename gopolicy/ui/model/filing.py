"""Records in and out: opening, saving, pasting, recovery.

What goes wrong is one line in the window; the game on the board is touched only once the new one is read.
"""

import os.path
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gopolicy.files import FileError, write_file
from gopolicy.records import RecordError
from gopolicy.ui.model.autosave import is_played, source_of
from gopolicy.ui.model.cursor import Cursor
from gopolicy.ui.model.dialogs import Dialog, Entry, ask_text, file_list
from gopolicy.ui.model.document import Document
from gopolicy.ui.model.guessing import Guessing
from gopolicy.ui.model.judging import LineReview
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.leaving import Leaving
from gopolicy.ui.model.playlist import Opened, Playlist, is_record, neighbor
from gopolicy.ui.model.requests import (
    AskForFileToOpen,
    CopyText,
    PasteText,
    PlaySound,
    ReadAddress,
    ReadFile,
)
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode
from gopolicy.ui.model.web_address import record_address, shown_address

CORPUS: Final = ".corpus"


class Filing:
    """The commands that deal with records; `encoding` reads all files so, None detects."""

    def __init__(self, session: Session, guessing: Guessing, leaving: Leaving, encoding: str | None = None) -> None:
        self._session, self._guessing, self.leaving = session, guessing, leaving
        self.encoding = encoding
        self.recovers = False  # whether an unsaved game is offered once the next file has been read
        self._tried: tuple[Document, int, Path] | None = None  # where from, which way, and the file beside it

    # Opening

    def open(self) -> None:
        """Open a record, a collection or an archive."""
        self._session.screen.request(AskForFileToOpen())

    def open_path(self, path: Path, number: int | None = None) -> None:
        """Have what is at a path read and shown; ask first what is to become of unsaved changes.

        A corpus takes nothing's place: it is the archive of the archive overlay.
        """
        if path.suffix == CORPUS:
            self._read(path, number)
            return
        self.leaving.ask(tr("Open {file}", file=path.name), lambda: self._read(path, number))

    def _read(self, path: Path, number: int | None) -> None:
        self._start_reading(path.name, ReadFile(path, number))

    def _start_reading(self, name: str, request: ReadFile | ReadAddress) -> None:
        self.leaving.finish_writing()
        self._session.screen.show(None)
        self._session.screen.loading, self._session.screen.loaded = name, 0.0
        self._session.screen.request(request)

    def when_read(self, show: Callable[[], None]) -> None:
        """Show what was read; ask first if a text was being typed, which may have changed the game."""
        screen = self._session.screen
        name, screen.loading = screen.loading, ""
        if self.leaving.finish_writing():
            self.leaving.ask(tr("Open {file}", file=name), show)
        else:
            show()
            offers, self.recovers = self.recovers and screen.dialog is None, False
            if offers:
                self.offer_recovery()

    def open_now(self, path: Path, number: int | None = None, *, recovery: bool = False) -> bool:
        """Read what is at a path while the window waits; return whether that worked.

        recovery: the path is that of an unsaved game, which is no file to remember.
        """
        try:
            playlist, opened = read_playlist(path, None if recovery else self.encoding)
        except (RecordError, OSError, LookupError) as error:
            self.not_read(error)
            return False
        self.adopt(opened, None if recovery else playlist, number=number)
        return True

    def adopt(self, opened: Opened, playlist: Playlist | None = None, *, number: int | None = None) -> None:
        """Put an opened record on the board, to review; what was there and unsaved is left to be recovered."""
        session = self._session
        session.leave_document()
        mode = Mode.GUESS if session.mode is Mode.GUESS else Mode.REVIEW
        hard = session.guessing.hard
        session.start(Document(opened.tree, opened.path, playlist, opened.text), mode)
        session.guessing.hard = hard
        session.screen.loading = ""
        session.screen.show(None)
        if number is not None:
            session.cursor.to_number(number)
        session.cursor.is_whole(session.cursor.line[-1])  # notes an illegal move in the record's warnings
        warnings = session.tree.warnings
        more = len(warnings) - 1
        warning = tr("{warning} (and {count} more)", warning=warnings[0], count=more) if more > 0 else "".join(warnings)
        session.screen.say(warning or opened.name, warning=bool(warnings))
        if mode is Mode.GUESS:
            self._guessing.skip_to_question()
        if any(node.text for node in session.cursor.line):
            session.screen.show_tab("comment")
        source = playlist.path if playlist is not None else None
        if source is not None:
            session.preferences.opened(source)
            self._offer_changes(source)

    def _offer_changes(self, source: Path) -> None:
        """Offer the changes that an earlier window made to a file and did not save."""
        session = self._session
        left = session.autosave.left_over(source)
        if left is None:
            return
        entries = [
            Entry(tr("Show the changes"), act=lambda: self._restore(left)),
            Entry(tr("Show the file, keep the changes for later"), act=self._close),
            Entry(tr("Throw the changes away"), act=lambda: self._discard(left)),
        ]
        session.screen.show(Dialog(tr("Changes to {file} were not saved", file=source.name), _when(left), entries))

    def not_read(self, error: Exception) -> None:
        """Say why a record could not be read."""
        self._session.screen.loading = ""
        self._session.screen.refuse(" ".join(str(error).split()))

    def choose_from(self, folder: Path) -> None:
        """Show a folder's records in the window."""
        self._session.screen.show(file_list(folder, self.open_path, self.choose_from, self._close))

    def previous_game(self) -> None:
        """The game or file before."""
        self._neighbor(-1)

    def next_game(self) -> None:
        """The next game of a collection or archive, or the next file of the folder."""
        self._neighbor(1)

    def _neighbor(self, by: int) -> None:
        document = self._session.document
        before = document.playlist.index
        try:
            opened = document.playlist.step(by)
        except RecordError as error:
            here = document.path or document.playlist.path
            if here is None or not is_record(here):
                self.not_read(error)
                return
            if self._tried is not None and self._tried[:2] == (document, by):
                here = self._tried[2]  # which could not be read
            try:
                path = neighbor(here, by)
            except RecordError as problem:
                self.not_read(problem)
                return
            self.leaving.ask(tr("Open {file}", file=path.name), lambda: self._read_beside(path, by))
            return
        self._ask_to_show(opened, document.playlist, before)

    def _read_beside(self, path: Path, by: int) -> None:
        self._tried = self._session.document, by, path
        self._read(path, None)

    def show_game(self, index: int) -> None:
        """Show the game at a place of the playlist."""
        playlist = self._session.document.playlist
        before = playlist.index
        try:
            opened = playlist.go_to(index)
        except RecordError as error:
            self.not_read(error)
            return
        self._ask_to_show(opened, playlist, before)

    def _ask_to_show(self, opened: Opened, playlist: Playlist, before: int) -> None:
        """Show the game that the playlist went to; until that is agreed to, it stays at the one before."""
        index, playlist.index = playlist.index, before

        def show() -> None:
            playlist.index = index
            self.adopt(opened, playlist)

        self.leaving.ask(tr("Show another game"), show)

    def write_review(self) -> None:
        """Write what the network expected into the comments and labels of the record, as `gopolicy review` does."""
        from gopolicy.policy.annotations import annotate  # imports torch, which the window does without until here

        session, cursor = self._session, Cursor(self._session.tree)  # at the root, so on the main line
        judged = LineReview(cursor, session.predictions).judged()
        if not judged:
            session.screen.say(tr("nothing to write: the network has not reviewed this game yet"), warning=True)
            return
        annotate(session.tree, judged)
        session.changed(*session.tree.main_line())
        moves = sum(move is not None for _, move in (turn.node.turn or (0, None) for turn in cursor.turns))
        if len(judged) == moves:
            text = tr("the review of all {count} moves is in the comments now: Ctrl+S saves it", count=moves)
        else:
            text = tr(
                "the review of {done} of {count} moves is in the comments now: Ctrl+S saves it",
                done=len(judged),
                count=moves,
            )
        session.screen.say(text)

    def copy(self) -> None:
        """Put the record on the clipboard."""
        self._session.screen.request(CopyText(self._session.tree.to_sgf()))
        self._session.screen.say(tr("the record is on the clipboard as SGF"))

    def paste(self) -> None:
        """Read a record from the clipboard."""
        self._session.screen.request(PasteText())

    def open_address(self, address: str) -> None:
        """Have a record fetched from the web and shown; ask first what is to become of unsaved changes."""
        name = shown_address(address)
        self.leaving.ask(tr("Open {file}", file=name), lambda: self._start_reading(name, ReadAddress(address)))

    def take_pasted(self, text: str) -> None:
        """Open a record that was copied as text, or the one at an address; or type it, where text is asked for."""
        screen = self._session.screen
        if screen.dialog is not None:
            screen.dialog.type(text)
            screen.touch()
            return
        address = record_address(text)
        if address is not None:
            self.open_address(address)
            return
        try:
            playlist = Playlist.of_text(text)
            opened = playlist.step(1)
        except RecordError as error:
            self.not_read(error)
            return
        self.leaving.ask(tr("Paste"), lambda: self._show_pasted(opened, playlist))

    def _show_pasted(self, opened: Opened, playlist: Playlist) -> None:
        self.adopt(opened, playlist)
        self._session.changed()

    # Saving

    def save(self) -> None:
        """Save the record where it came from, or ask where."""
        if self._session.document.path is None:
            self.save_as()
        else:
            self.save_to(self._session.document.path)

    def save_as(self) -> None:
        """Save the record under another name."""
        self.leaving.ask_where()

    def save_to(self, path: Path, then: Callable[[], None] | None = None, document: Document | None = None) -> bool:
        """Write the record, all its variations and properties with it; return whether that worked.

        then: what to do after that.  document: the record, if the one on the board may be another by now; nothing is
        done after that then.
        """
        session = self._session
        document = document or session.document
        try:
            write_file(path, document.tree.to_sgf())
        except FileError as error:
            self.leaving.not_saved(error, then, document)
            return False
        document.saved_as(path)
        session.preferences.opened(path)
        session.screen.say(tr("saved: {path}", path=path))
        if document is session.document:
            session.autosave.drop()
            if then is not None:
                then()
        return True

    def ask_name(self, folder: Path, name: str, then: Callable[[], None] | None = None) -> None:
        """Ask in the window for the name of a file to save to; then: what to do after that."""

        def accept(text: str) -> None:
            named = Path(os.path.expanduser(text.strip()))  # unlike Path's own, it knows no unknown users
            if not named.name:
                self._session.screen.request(PlaySound("refused"))
                return
            path = (folder / named).absolute()
            path = path if path.suffix.lower() == ".sgf" else path.with_name(f"{path.name}.sgf")
            if os.path.exists(path) and path != self._session.document.path:
                self._ask_to_replace(path, then, lambda: self.ask_name(folder, text, then))
            else:
                self._close()
                self.save_to(path, then)

        self._session.screen.show(
            ask_text(tr("Save the record as"), str(folder), name, tr("Save"), accept, self._close)
        )

    def _ask_to_replace(self, path: Path, then: Callable[[], None] | None, cancel: Callable[[], None]) -> None:
        def replace() -> None:
            self._close()
            self.save_to(path, then)

        entries = [Entry(tr("Cancel"), act=cancel), Entry(tr("Save to {file}", file=path.name), act=replace)]
        self._session.screen.show(Dialog(tr("Replace {file}?", file=path.name), str(path.parent), entries))

    def _close(self) -> None:
        self._session.screen.show(None)

    # Recovery

    def offer_recovery(self) -> None:
        """Offer the game that an earlier window left unsaved, if there is one."""
        path = self._session.autosave.left_over()
        if path is None:
            return
        entries = [
            Entry(tr("Restore it"), act=lambda: self._restore(path)),
            Entry(tr("Ask again next time"), act=self._close),
            Entry(tr("Throw it away"), act=lambda: self._discard(path)),
        ]
        self._session.screen.show(Dialog(tr("An unsaved game was kept"), _when(path), entries))

    def _restore(self, path: Path) -> None:
        session, source, goes_on = self._session, source_of(path), is_played(path)
        if not self.open_now(path, recovery=True):
            return
        session.document.path = source
        session.document.playlist = Playlist()
        if source is None and not session.tree.result:
            session.set_mode(Mode.PLAY)  # a game in play goes on
            session.opponent.stop(pause=True)
            if goes_on:
                session.document.go_on()
        session.cursor.go(session.cursor.line[-1])
        session.changed()
        session.autosave.flush()
        if session.autosave.failure is not None:  # what was left behind is the only copy
            session.screen.refuse(tr("not saved: {error}", error=session.autosave.failure))
        elif self._removed(path):
            session.screen.say(tr("this is the unsaved game: Ctrl+S saves it"))

    def _discard(self, path: Path) -> None:
        self._close()
        self._removed(path)

    def _removed(self, path: Path) -> bool:
        """Remove a game that was left behind; return whether that worked."""
        try:
            self._session.autosave.remove(path)
        except OSError as error:
            self._session.screen.refuse(str(error))
            return False
        return True


def read_playlist(path: Path, encoding: str | None) -> tuple[Playlist, Opened]:
    """Return the games at a path and the first of them; raise RecordError, OSError or LookupError (the encoding)."""
    playlist = Playlist(path, encoding)
    return playlist, playlist.step(1)


def _when(path: Path) -> str:
    """Return what an unsaved game's file name says of when it was begun."""
    digits = "".join(letter for letter in path.stem if letter.isdigit())
    date, time = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}", f"{digits[8:10]}:{digits[10:12]}"
    return tr("begun {date} at {time}", date=date, time=time)

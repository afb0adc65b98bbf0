"""Leaving a record that has unsaved changes: what is to become of them, asked before anything takes its place."""

from collections.abc import Callable

from gopolicy.files import FileError, write_file
from gopolicy.ui.model.dialogs import Dialog, Entry
from gopolicy.ui.model.document import Document
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.requests import AskWhereToSave, CloseWindow, PlaySound
from gopolicy.ui.model.session import Session


class Leaving:
    """The question before the record on the board gives way to another one, or the window closes."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._question: Dialog | None = None  # that closing asked last

    def ask(self, what: str, then: Callable[[], None]) -> None:
        """Do `then` at once if nothing is unsaved, else ask first; what: it, as a title."""
        session = self._session
        self.finish_writing()
        session.document.unwanted = False  # what was to take its place has not
        if not session.document.dirty or session.document.is_blank:
            then()
            return
        path = session.document.path
        entries = [
            Entry(tr("Save to {file}", file=path.name) if path else tr("Save ..."), act=lambda: self._save(then)),
            Entry(tr("Keep it for later: offered at the next start"), act=lambda: self._keep(then)),
            Entry(tr("Throw the changes away"), act=lambda: self._discard(then)),
            Entry(tr("Cancel"), act=lambda: session.screen.show(None)),
        ]
        session.screen.show(Dialog(tr("{what}: this game is not saved", what=what), "", entries))

    def finish_writing(self) -> bool:
        """Put a text that is being typed into the game it belongs to; return whether there was one."""
        dialog = self._session.screen.dialog
        if dialog is None or not dialog.edits:
            return False
        dialog.commit()
        dialog.enter()
        return True

    def close(self) -> None:
        """Close the window, after asking; a second time, it closes and the game is kept for later."""
        session = self._session
        dialog = session.screen.dialog
        if dialog is not None and dialog is self._question:
            self._keep(self._close_now)
            return
        self.ask(tr("Close"), self._close_now)
        self._question = session.screen.dialog

    def _close_now(self) -> None:
        if self._session.document.unwanted or self._session.document.is_blank:
            self._session.leave_document()
        self._session.screen.show(None)
        self._session.screen.request(CloseWindow())

    def save_to_path(self) -> bool:
        """Save where the record came from; return whether that worked."""
        session, path = self._session, self._session.document.path
        if path is None:
            return False
        try:
            write_file(path, session.tree.to_sgf())
        except FileError as error:
            self.not_saved(error)
            return False
        session.document.saved_as(path)
        session.autosave.drop()
        return True

    def not_saved(
        self, error: Exception, then: Callable[[], None] | None = None, document: Document | None = None
    ) -> None:
        """Say why a record could not be saved, and offer another place; then, document: as of `ask_where`."""
        screen = self._session.screen
        entries = [
            Entry(tr("Save ..."), act=lambda: self.ask_where(then, document)),
            Entry(tr("Cancel"), act=lambda: screen.show(None)),
        ]
        screen.show(Dialog(tr("Not saved"), str(error), entries))
        screen.request(PlaySound("refused"))

    def ask_where(self, then: Callable[[], None] | None = None, document: Document | None = None) -> None:
        """Ask where to save a record, default the one on the board; then: what to do once it is there."""
        document = document or self._session.document
        self._session.screen.show(None)
        self._session.screen.request(AskWhereToSave(document.suggested_name(), document, then))

    def _save(self, then: Callable[[], None]) -> None:
        self._session.screen.show(None)
        if self._session.document.path is None:
            self.ask_where(then)
        elif self.save_to_path():
            then()

    def _keep(self, then: Callable[[], None]) -> None:
        """Do `then` once the game is kept; a large one is written while the window closes."""
        autosave = self._session.autosave
        if not autosave.is_slow:
            autosave.flush()
        if autosave.failure is None:
            then()
        else:
            self._session.screen.refuse(tr("not saved: {error}", error=autosave.failure))

    def _discard(self, then: Callable[[], None]) -> None:
        self._session.document.unwanted = True
        then()

"""Moving through a record: the commands of stepping."""

from typing import Final

from gopolicy.ui.model.dialogs import ask_text
from gopolicy.ui.model.guessing import Guessing
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode, Overlay

JUMP: Final = 10


class Stepping:
    """The commands that move the cursor."""

    def __init__(self, session: Session, guessing: Guessing) -> None:
        self._session, self._guessing = session, guessing

    def go(self, moved: bool) -> None:
        """Show where the cursor is, after it `moved` or not."""
        if self._session.mode is Mode.GUESS:
            self._session.guessing.revealed = None
        self._session.moved(moved)

    def back(self) -> None:
        """One move back."""
        self.go(self._session.cursor.step(-1))

    def forward(self) -> None:
        """One move forward; the next question when guessing."""
        if self._session.mode is Mode.GUESS:
            self._guessing.next()
        else:
            self._forward(1)

    def _forward(self, nodes: int) -> None:
        cursor = self._session.cursor
        edits = cursor.edits
        self.go(cursor.step(nodes))
        if cursor.edits != edits:
            self._session.changed(cursor.node)  # a move that was taken back is played again

    def back_ten(self) -> None:
        """Ten moves back."""
        self.go(self._session.cursor.step(-JUMP))

    def forward_ten(self) -> None:
        """Ten moves forward."""
        self._forward(JUMP)

    def to_start(self) -> None:
        """To the empty board."""
        self.go(self._session.cursor.go(self._session.cursor.line[0]))

    def to_end(self) -> None:
        """To the last move."""
        self.go(self._session.cursor.go(self._session.cursor.line[-1]))

    def previous_variation(self) -> None:
        """The variation before; in an overlay with a list, the line before."""
        self._choose(-1)

    def next_variation(self) -> None:
        """The next variation; in an overlay with a list, the next line."""
        self._choose(1)

    def _choose(self, by: int) -> None:
        session, view = self._session, self._session.view
        if view.overlay is Overlay.PLANES:
            view.planes.step(by)
        elif view.overlay is Overlay.CONTINUATIONS and view.continuations is not None:
            view.continuations.choose(by)
        elif view.overlay is Overlay.ARCHIVE and session.archive is not None:
            session.archive.choose_game(session.archive.game + by)
        elif view.overlay is Overlay.ATTRIBUTION:
            view.select(min(max((view.selected or 1) + by, 1), max(len(session.candidates), 1)))
        elif session.cursor.to_variation(by):
            session.moved(True)
        else:
            session.screen.say(tr("no variation here"))
        session.screen.touch()

    def to_number(self, number: int) -> None:
        """To where so many moves have been played."""
        self.go(self._session.cursor.to_number(number))

    def ask_number(self) -> None:
        """Ask for a move number."""
        note = tr("0 to {last}", last=self._session.cursor.total)
        dialog = ask_text(tr("Go to move"), note, "", tr("Go"), self._typed_number, self._close)
        self._session.screen.show(dialog)

    def _close(self) -> None:
        self._session.screen.show(None)

    def _typed_number(self, text: str) -> None:
        self._close()
        if text.strip().isdecimal() and len(text) < 6:
            self.to_number(int(text))
        else:
            self._session.screen.say(tr("{text} is not a move number", text=repr(text)), warning=True)

    def next_surprise(self) -> None:
        """To the next of the most surprising moves."""
        self._to_surprise(1)

    def previous_surprise(self) -> None:
        """To the one before."""
        self._to_surprise(-1)

    def _to_surprise(self, by: int) -> None:
        here = self._session.cursor.number
        found = [move for move in self._session.review.surprises() if (move.number - here) * by > 0]
        if found:
            self.to_number((found[0] if by > 0 else found[-1]).number)
        else:
            after, before = tr("no surprising move further on"), tr("no surprising move before this")
            self._session.screen.say(after if by > 0 else before)

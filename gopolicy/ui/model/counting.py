"""Counting a position: what clicks and Enter mean there, and how one leaves."""

from gopolicy.go.coords import Point
from gopolicy.ui.model.dialogs import Dialog, Entry
from gopolicy.ui.model.language import result_name, tr
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode


class Counting:
    """The commands of counting."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def toggle(self) -> None:
        """Count the position as if the game ended here, or stop."""
        if self._session.mode is Mode.COUNT:
            self._session.stop_counting()
        else:
            self.start()

    def start(self) -> None:
        """Go to counting the position on the board."""
        session = self._session
        session.count_here()
        what = tr("click dead stones, Enter accepts, Escape goes on playing")
        session.screen.say(tr("both passed: {what}", what=what) if session.game.is_over else what)

    def accept(self) -> None:
        """Take the count as the result of the game, if the board shows its end; ask if the record has another one."""
        session = self._session
        if session.count is None:
            return
        result, text = session.count.result, session.count.result_text
        session.stop_counting()

        def finish() -> None:
            session.screen.show(None)
            session.finish(result)
            session.screen.say(tr("{result}.  Tab reviews, Ctrl+S saves", result=text))

        if not session.ends_here:
            session.screen.say(tr("{result}, if it ended here", result=text))
        elif session.document.is_counted or session.tree.result in ("", result):
            finish()
        else:
            keep = Entry(tr("Keep it"), act=lambda: session.screen.show(None))
            replace = Entry(tr("Replace it: {result}", result=text), act=finish)
            title = tr("The record says {result}", result=result_name(session.tree.result))
            session.screen.show(Dialog(title, entries=[keep, replace]))

    def mark_dead(self, point: Point) -> None:
        """Call the chain at a point dead, or alive again."""
        count = self._session.count
        if count is not None and count.toggle(point):
            self._session.screen.say(tr("{result}: click to correct, Enter to accept", result=count.result_text))

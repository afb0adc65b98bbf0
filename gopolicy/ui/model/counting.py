"""Counting a position: what clicks and Enter mean there, and how one leaves."""

from gopolicy.go.coords import Point
from gopolicy.ui.model.language import tr
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
        """Take the count as the result of the game, if the board shows its end."""
        session = self._session
        if session.count is None:
            return
        result, text = session.count.result, session.count.result_text
        session.stop_counting()
        node = session.cursor.node
        if node.children or node is not session.tree.main_line()[-1]:
            session.screen.say(tr("{result}, if it ended here", result=text))
            return
        session.finish(result)
        session.screen.say(tr("{result}.  Tab reviews, Ctrl+S saves", result=text))

    def mark_dead(self, point: Point) -> None:
        """Call the chain at a point dead, or alive again."""
        count = self._session.count
        if count is not None and count.toggle(point):
            self._session.screen.say(tr("{result}: click to correct, Enter to accept", result=count.result_text))

"""What was played here, in an archive of many games: the commands of the archive overlay."""

from pathlib import Path

from gopolicy.go.coords import BOARD_SIZE, Point
from gopolicy.ui.model.archive_view import ArchiveView, Rectangle
from gopolicy.ui.model.filing import Filing
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.playlist import Opened
from gopolicy.ui.model.requests import AskForFileToOpen
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Overlay


class Archives:
    """The commands of the archive overlay; a corpus is opened like a record, and remembered."""

    def __init__(self, session: Session, filing: Filing) -> None:
        self._session, self._filing = session, filing

    def toggle(self) -> None:
        """What was played here in the archive, on or off; the first time, the archive used last is opened."""
        session = self._session
        if session.archive is not None:
            session.archive.is_marking = False
        if session.view.overlay is Overlay.ARCHIVE:
            session.view.clear()
            session.screen.say("")
        elif session.game.size != BOARD_SIZE:
            session.screen.say(tr("an archive holds {size}x{size} games", size=BOARD_SIZE), warning=True)
        elif session.hides_answers:
            session.screen.say(tr("not while counting or guessing"))
        elif session.archive is None:
            self._open_last()
        else:
            session.view.show(Overlay.ARCHIVE)
            session.screen.say("")

    def choose(self) -> None:
        """Ask for the corpus to look in."""
        say = self._session.screen.say
        say(tr("choose a corpus: gopolicy prepare GAMES --out games.corpus makes one of your games"))
        self._session.screen.request(AskForFileToOpen())

    def _open_last(self) -> None:
        last = Path(self._session.preferences.archive)
        if self._session.preferences.archive and last.is_file():
            self._filing.open_path(last)
        else:
            self.choose()

    def adopt(self, archive: ArchiveView) -> None:
        """Show the overlay with an archive that was opened."""
        session = self._session
        session.archive = archive
        session.preferences.archive = str(archive.path.absolute())
        session.screen.loading = ""
        if session.game.size == BOARD_SIZE and not session.hides_answers:
            session.view.show(Overlay.ARCHIVE)
        session.screen.say(tr("archive: {file}", file=archive.path.name))

    def mark_region(self) -> None:
        """Have the next drag on the board mark the region to search for; opens the archive if none is open."""
        session = self._session
        if session.view.overlay is not Overlay.ARCHIVE:
            self.toggle()
        if session.archive is not None and session.view.overlay is Overlay.ARCHIVE:
            session.archive.is_marking = True
            session.screen.say(tr("drag a rectangle on the board; Escape goes back to the whole board"))

    def begin_region(self, point: Point) -> None:
        """Begin to mark a region at a point."""
        session, archive = self._session, self._session.archive
        if archive is None:
            session.screen.say(tr("a region is searched for in an archive: A opens one"))
            return
        if session.view.overlay is not Overlay.ARCHIVE:
            self.toggle()
        if session.view.overlay is Overlay.ARCHIVE:
            archive.marked = Rectangle(point, point)
            session.screen.touch()

    def drag_region(self, point: Point) -> None:
        """Extend the region that is being marked to a point."""
        archive = self._session.archive
        if archive is not None and archive.marked is not None and archive.marked.last != point:
            archive.marked = Rectangle(archive.marked.first, point)
            self._session.screen.touch()

    def end_region(self) -> None:
        """Search for the marked region; a single point is none."""
        archive = self._session.archive
        if archive is None or archive.marked is None:
            return
        marked = archive.marked
        archive.leave_region()
        if marked.first != marked.last:
            archive.region = marked
        self._session.screen.say("")

    def choose_move(self, index: int) -> None:
        """Point out a move of the list."""
        if self._session.archive is not None:
            self._session.archive.choose_move(index)
        self._session.screen.touch()

    def choose_game(self, index: int) -> None:
        """Point out a game of the list; when it is pointed out already, open it."""
        archive = self._session.archive
        if archive is not None:
            if index == archive.game:
                self.open_game()
            archive.choose_game(index)
        self._session.screen.touch()

    def open_game(self) -> None:
        """Open the chosen game where it had the position of the board."""
        session, archive = self._session, self._session.archive
        if archive is None or archive.found(session.key) is None or not archive.games:
            session.screen.say(tr("no game of the archive to open here"))
            return
        reference = archive.games[archive.game]
        tree = archive.tree(reference)
        name = f"{reference.black or '?'} - {reference.white or '?'}  {reference.source}"

        def show() -> None:
            self._filing.adopt(Opened(tree, name, None), number=reference.turn - 1)
            if not session.hides_answers:
                session.view.show(Overlay.ARCHIVE)

        self._filing.leaving.ask(tr("Open a game of the archive"), show)

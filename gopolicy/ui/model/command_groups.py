"""Everything a person can do, in groups: a command is a method of a group, `step.back`, safe at any time."""

from gopolicy.go.coords import EMPTY, Point
from gopolicy.ui.model.appearance import Appearance
from gopolicy.ui.model.archives import Archives
from gopolicy.ui.model.branching import Branching
from gopolicy.ui.model.comparing import Comparing
from gopolicy.ui.model.counting import Counting
from gopolicy.ui.model.editing import Editing
from gopolicy.ui.model.evaluation_queue import EvaluationQueue
from gopolicy.ui.model.exploring import Exploring
from gopolicy.ui.model.filing import Filing
from gopolicy.ui.model.guessing import Guessing
from gopolicy.ui.model.leaving import Leaving
from gopolicy.ui.model.listing import Listing
from gopolicy.ui.model.menu import Menu
from gopolicy.ui.model.playing import Playing
from gopolicy.ui.model.practicing import Practicing
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.seeing import Seeing
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode, Overlay
from gopolicy.ui.model.starting import Starting
from gopolicy.ui.model.stepping import Stepping


class CommandGroups:
    """The groups on one session; the key table and the buttons name commands as `group.method`."""

    def __init__(self, session: Session, encoding: str | None = None) -> None:
        self.session = session
        self.count = Counting(session)
        self.leaving = Leaving(session)
        self.guess = Guessing(session, self.leaving)
        self.practice = Practicing(session)
        self.step = Stepping(session, self.guess)
        self.play = Playing(session, self.count)
        self.see = Seeing(session, self.play)
        self.explore = Exploring(session, self.play)
        self.profiles = Comparing(session)
        self.edit = Editing(session)
        self.tree = Branching(session)
        self.file = Filing(session, self.guess, self.leaving, encoding)
        self.games = Listing(session, self.file)
        self.archive = Archives(session, self.file)
        self.start = Starting(session, self.leaving)
        self.look = Appearance(session, self.leaving)
        self.menu = Menu(session, self.file, self.call)
        self.window = self
        self.queue = EvaluationQueue(session, self.play, self.guess)

    def call(self, call: Call) -> None:
        """Run a command."""
        group, method = call.name.split(".")
        getattr(getattr(self, group), method)(*call.arguments)

    def enter(self) -> None:
        """Enter: accept the count, go on guessing, play the chosen line, or have the network move."""
        if self.session.mode is Mode.COUNT:
            self.count.accept()
        elif self.session.mode is Mode.GUESS:
            if self.session.guessing.revealed is not None:
                self.guess.next()
        elif self.session.mode is Mode.EDIT:
            self.edit.toggle()
        elif self.session.view.overlay is Overlay.CONTINUATIONS:
            self.explore.add_line()
        elif self.session.view.overlay is Overlay.ARCHIVE:
            self.archive.open_game()
        else:
            self.play.request_network_move()

    def click(self, point: Point, *, double: bool = False) -> None:
        """Do what a left click on a point means in this mode."""
        session = self.session
        stone = session.game.board.color_at(point) != EMPTY
        if session.mode is Mode.COUNT:
            self.count.mark_dead(point)
        elif session.mode is Mode.EDIT:
            self.edit.apply(point)
        elif session.mode is Mode.GUESS:
            self.guess.guess(point)
        elif stone and double and (node := session.cursor.node_with_stone(point)) is not None:
            session.moved(session.cursor.go(node))
        else:
            self.play.play_for_person(point)

    def choose_entry(self, index: int, by: int = 1) -> None:
        """Choose an entry of the open dialog, and do what it says or change it by `by`."""
        dialog = self.session.screen.dialog
        if dialog is not None and 0 <= index < len(dialog.entries):
            dialog.choose(index, by)
        self.session.screen.touch()

"""Guessing the moves of a record, and practicing with problems: the commands of guess mode."""

from pathlib import Path

from gopolicy.archive.practice import Deck, PracticeError, default_deck
from gopolicy.errors import GopolicyError
from gopolicy.go.coords import Point, to_vertex
from gopolicy.prediction import Prediction
from gopolicy.records.node import Node
from gopolicy.ui.model.document import Document
from gopolicy.ui.model.guess_score import GuessScore
from gopolicy.ui.model.language import color_name, tr
from gopolicy.ui.model.leaving import Leaving
from gopolicy.ui.model.positions import position_key
from gopolicy.ui.model.practice_round import PracticeRound, question_of
from gopolicy.ui.model.requests import PlaySound
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode


class Guessing:
    """The commands of guess mode."""

    def __init__(self, session: Session, leaving: Leaving) -> None:
        self._session, self._leaving = session, leaving

    def toggle(self) -> None:
        """Guess the record's moves, or stop guessing."""
        self._toggle(hard=False)

    def toggle_hard(self) -> None:
        """Guess only where the network is in doubt."""
        self._toggle(hard=True)

    def _toggle(self, *, hard: bool) -> None:
        session = self._session
        if session.mode is Mode.GUESS and (session.practice is not None or session.guessing.hard == hard):
            self.stop()
            session.screen.say(tr("review: step through the game with the arrows"))
            return
        if session.mode is Mode.COUNT:
            session.stop_counting()
        self._start(hard=hard)

    def stop(self) -> None:
        """Go back to reviewing."""
        self._session.set_mode(Mode.REVIEW)

    def _start(self, *, hard: bool) -> None:
        session = self._session
        if not session.node_has_next:
            session.screen.say(tr("nothing to guess: open a record, or go back in this one"), warning=True)
            return
        session.set_mode(Mode.GUESS)
        session.guessing = GuessScore(hard=hard)
        self.skip_to_question()

    def guess(self, point: Point) -> None:
        """Guess that the next move was at `point`; after an answer, go on to the next question instead."""
        session = self._session
        if session.guessing.revealed is not None or (session.practice is not None and session.practice.grade):
            self.next()
            return
        node = session.cursor.following
        if node is None or node.turn is None or node.turn[1] is None:
            session.screen.say(tr("the record ends here: Escape leaves the guessing"))
            return
        before = session.cursor.game_before(node)
        reason = before.why_illegal(point)
        if reason:
            session.screen.say(f"{to_vertex(point, before.size)}: {tr(reason)}", warning=True)
            return
        if session.practice is not None:
            try:
                session.practice.answer(point)
            except GopolicyError as error:
                session.screen.refuse(str(error))
                return
        answer = session.guessing.add(node, point, session.predictions.get(position_key(before)))
        session.screen.request(PlaySound("capture" if answer.hit else "stone"))
        played = to_vertex(answer.played, before.size)
        if session.practice is not None:
            session.screen.say("")
        else:
            session.screen.say(
                tr("yes, that was played") if answer.hit else tr("the game went {vertex}", vertex=played)
            )

    def next(self) -> None:
        """Go on to the next move to guess, or to the next problem."""
        self._session.view.clear()
        if self._session.practice is not None:
            self._next_problem(self._session.practice)
            return
        self._session.guessing.revealed = None
        if self._session.node_has_next:
            self._session.cursor.step(1)
        self.skip_to_question()

    def practice(self, deck: Path | None = None) -> None:
        """Practice with the problems that are due; deck: their file, by default the one in the user's data folder."""
        session = self._session
        try:
            path = deck or default_deck()
            round_ = PracticeRound(Deck(path))
        except PracticeError as error:
            session.screen.refuse(str(error))
            return
        if round_.problem is None:
            session.screen.say(tr("nothing to practice now") if path.exists() else _how_to_add())
            return
        self._leaving.ask(tr("Practice"), lambda: self._show_problem(round_, GuessScore()))

    def _next_problem(self, practice: PracticeRound) -> None:
        """Show the next problem, or go on to the end; a problem without an answer stays due."""
        practice.advance()
        if practice.problem is None:
            self.stop()
            self._session.screen.say(
                tr("practice is over: {done} of {total} answered", done=practice.done, total=practice.total)
            )
        else:
            self._session.document.unwanted = True  # a question with a comment is no game to be recovered
            self._show_problem(practice, self._session.guessing)

    def _show_problem(self, practice: PracticeRound, score: GuessScore) -> None:
        session, problem = self._session, practice.problem
        assert problem is not None
        session.leave_document()
        session.screen.show(None)
        session.start(Document(question_of(problem)), Mode.GUESS)
        session.guessing, session.practice, score.revealed = score, practice, None
        session.recall_problem()
        session.moved(False)
        session.screen.say(tr("where should {color} play?", color=color_name(problem.to_play)))

    def skip_to_question(self) -> None:
        """Go forward until a move is to be guessed; stop where the network has not answered yet."""
        session = self._session
        while (node := session.cursor.following) is not None and not session.guessing.asks(node, self._known(node)):
            session.cursor.step(1)
        session.moved(False)
        if not session.node_has_next:
            session.screen.say(tr("the record ends here: Escape leaves the guessing"))
        else:
            session.screen.say(tr("where did {color} play?", color=color_name(session.color_to_play())))

    def skip_easy(self) -> None:
        """Go on from a question that was asked before the network had answered, if it turns out to be an easy one."""
        session, node = self._session, self._session.cursor.following
        asked = session.mode is Mode.GUESS and session.practice is None and session.guessing.revealed is None
        if asked and node is not None and not session.guessing.asks(node, self._known(node)):
            self.skip_to_question()

    def _known(self, node: Node) -> Prediction | None:
        return self._session.predictions.get(position_key(self._session.cursor.game_before(node)))


def _how_to_add() -> str:
    command = "gopolicy practice --add games.corpus --player NAME"
    return tr("no problems yet: the menu takes them from a reviewed game, {command} from many", command=command)

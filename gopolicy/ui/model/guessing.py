"""Guessing the moves of a record: the commands of guess mode."""

from typing import Final

from gopolicy.go.coords import COLOR_NAMES, Point, to_vertex
from gopolicy.prediction import Prediction
from gopolicy.records.tree import Node
from gopolicy.ui.model.guess_score import GuessScore
from gopolicy.ui.model.positions import position_key
from gopolicy.ui.model.requests import PlaySound
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode

NO_QUESTION: Final = "the record ends here: Escape leaves the guessing"


class Guessing:
    """The commands of guess mode."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def toggle(self) -> None:
        """Guess the record's moves, or stop guessing."""
        self._toggle(hard=False)

    def toggle_hard(self) -> None:
        """Guess only where the network is in doubt."""
        self._toggle(hard=True)

    def _toggle(self, *, hard: bool) -> None:
        session = self._session
        if session.mode is Mode.GUESS and session.guessing.hard == hard:
            self.stop()
            session.screen.say("review: step through the game with the arrows")
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
            session.screen.say("nothing to guess: open a record, or go back in this one", warning=True)
            return
        session.set_mode(Mode.GUESS)
        session.guessing = GuessScore(hard=hard)
        self.skip_to_question()

    def guess(self, point: Point) -> None:
        """Guess that the next move was at `point`; after an answer, go on to the next question instead."""
        session = self._session
        if session.guessing.revealed is not None:
            self.next()
            return
        node = session.cursor.following
        if node is None or node.turn is None or node.turn[1] is None:
            session.screen.say(NO_QUESTION)
            return
        before = session.cursor.game_before(node)
        reason = before.why_illegal(point)
        if reason:
            session.screen.say(f"{to_vertex(point, before.size)}: {reason}", warning=True)
            return
        answer = session.guessing.add(node, point, session.predictions.get(position_key(before)))
        session.screen.request(PlaySound("capture" if answer.hit else "stone"))
        played = to_vertex(answer.played, before.size)
        session.screen.say("yes, that was played" if answer.hit else f"the game went {played}")

    def next(self) -> None:
        """Go on to the next move to guess."""
        self._session.guessing.revealed = None
        if self._session.node_has_next:
            self._session.cursor.step(1)
        self.skip_to_question()

    def skip_to_question(self) -> None:
        """Go forward until a move is to be guessed; stop where the network has not answered yet."""
        session = self._session
        while (node := session.cursor.following) is not None and not session.guessing.asks(node, self._known(node)):
            session.cursor.step(1)
        session.moved(False)
        if not session.node_has_next:
            session.screen.say(NO_QUESTION)
        else:
            session.screen.say(f"where did {COLOR_NAMES[session.color_to_play()].capitalize()} play?")

    def _known(self, node: Node) -> Prediction | None:
        return self._session.predictions.get(position_key(self._session.cursor.game_before(node)))

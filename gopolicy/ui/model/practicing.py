"""Filling the deck of practice problems from the game on the board: the commands, and whose moves they are about."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from gopolicy.archive.practice import LEAST_BITS, Deck, Problem, default_deck
from gopolicy.errors import GopolicyError
from gopolicy.go.coords import BOARD_SIZE, COLORS, Color
from gopolicy.prediction import JudgedMove
from gopolicy.ui.model.dialogs import Dialog, Entry
from gopolicy.ui.model.language import color_name, tr
from gopolicy.ui.model.session import Session

LISTED: Final = 5  # candidates of a problem


def why_no_problem(session: Session) -> str:
    """Return why nothing of the board can become a problem now, "" if it can."""
    if session.game.size != BOARD_SIZE:
        return tr("practice is for {size}x{size} boards", size=BOARD_SIZE)
    return tr("not while scoring, editing or before a guess") if session.hides_answers or session.practice else ""


def surprising(session: Session, color: Color | None = None) -> list[Problem]:
    """Return the problems of the reviewed line: where one move stood out and a surprising one was played.

    color: who played it, None for either.
    """
    nodes = {turn.number: turn.node for turn in session.cursor.turns}
    found = []
    for move in session.review.judged():
        if move.bits >= LEAST_BITS and color in (None, move.color):
            game = session.cursor.game_before(nodes[move.number])
            problem = Problem.at(game, move.move, move.candidates, _source(session, move.number))
            if problem.is_clear:
                found.append(problem)
    return found


def _source(session: Session, number: int) -> str:
    tree = session.tree
    players = " - ".join(tree.names.get(color, "") or "?" for color in COLORS)
    return f"{tree.date} {players}, {tr('move {number}', number=number)}".strip()


class Practicing:
    """The commands that add problems; deck: their file, by default the one in the user's data folder."""

    def __init__(self, session: Session, deck: Path | None = None) -> None:
        self._session, self._deck = session, deck

    def add_position(self) -> None:
        """Add the position on the board."""
        session, prediction = self._session, self._session.prediction
        reason = why_no_problem(session)
        if not reason and prediction is None:
            reason = session.why_no_hints() or tr(
                "the network has not looked at this position: Space shows what it says"
            )
        if reason or prediction is None:
            session.screen.say(reason, warning=True)
            return
        turn = session.cursor.next_move
        played = turn[1] if turn is not None and turn[0] == session.game.to_play else None
        source = _source(session, session.cursor.number + 1)
        problem = Problem.at(session.game, played, prediction.candidates(LISTED), source)
        self._add([problem] if problem.candidates else [])

    def ask_moves(self) -> None:
        """Ask whose surprising moves are to be added."""
        session = self._session
        judged = session.review.judged()
        reason = why_no_problem(session)
        if not reason and not judged:
            reason = session.why_no_hints() or tr("the network has not reviewed this game yet: Tab reviews it")
        if reason:
            session.screen.say(reason, warning=True)
            return
        entries = [self._entry(color) for color in (*COLORS, None)]
        entries.append(Entry(tr("Cancel"), act=lambda: session.screen.show(None)))
        note = tr("moves of {bits:g} bits or more where one move stood out", bits=LEAST_BITS)
        session.screen.show(Dialog(tr("Practice the moves of ..."), f"{note}; {self._reviewed(judged)}", entries))

    def _entry(self, color: Color | None) -> Entry:
        session, problems = self._session, surprising(self._session, color)
        name = (
            tr("Both colors") if color is None else f"{color_name(color)}  {session.tree.names.get(color, '')}".strip()
        )

        def act() -> None:
            session.screen.show(None)
            self._add(problems)

        return Entry(name, act=act, value=lambda: str(len(problems)))

    def _reviewed(self, judged: list[JudgedMove]) -> str:
        turns = sum(turn.node.turn is not None and turn.node.turn[1] is not None for turn in self._session.cursor.turns)
        return tr("reviewed: {done} of {count} moves", done=len(judged), count=turns)

    def _add(self, problems: Iterable[Problem]) -> None:
        screen = self._session.screen
        try:
            deck = Deck(self._deck or default_deck())
            count = deck.add_problems(problems)
        except (GopolicyError, OSError) as error:
            screen.refuse(str(error))
            return
        total = len(deck.problems)
        if count:
            screen.say(tr("{count} problems added, {total} in all: Ctrl+P practices", count=count, total=total))
        else:
            screen.say(tr("nothing new to practice here: {total} in all", total=total))

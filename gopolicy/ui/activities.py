"""Counting and guessing on a session: what clicks and Enter mean there, and how one leaves."""

from typing import TYPE_CHECKING

from gopolicy.go.coords import COLOR_NAMES, Point, to_vertex
from gopolicy.ui.counting import Count
from gopolicy.ui.guess import GuessScore
from gopolicy.ui.network import position_key
from gopolicy.ui.settings import Mode, Overlay

if TYPE_CHECKING:
    from gopolicy.ui.session import Session

NO_QUESTION = "the record ends here: Escape leaves the guessing"


def start_count(session: "Session") -> None:
    """Go to counting the position on the board."""
    if session.mode is not Mode.COUNT:
        session.before_count = session.mode
    session.mode, session.overlay = Mode.COUNT, Overlay.NONE
    session.count = Count(session.game.board.copy(), session.tree.komi)
    session.pending = session.forced = None
    both = "both passed: " if session.game.is_over else ""
    session.say(f"{both}click dead stones, Enter to accept")


def accept_count(session: "Session") -> None:
    """Take the count as the result of the game, if the board shows its end."""
    if session.count is None:
        return
    result = session.count.result
    leave_count(session)
    node = session.walk.node
    if node.children or node is not session.tree.main_line()[-1]:
        session.say(f"{result} by area, if it ended here")
        return
    session.finish(result)
    session.say(f"{result} by area.  Tab reviews, Ctrl+S saves")


def leave_count(session: "Session") -> None:
    """Go back to what was done before counting."""
    if session.mode is Mode.COUNT:
        session.mode = session.before_count
    session.count = None
    session.say("")


def mark_dead(session: "Session", point: Point) -> None:
    """Call the chain at a point dead, or alive again."""
    if session.count is not None and session.count.toggle(point):
        session.say(f"{session.count.result} by area: click to correct, Enter to accept")


def start_guessing(session: "Session", *, hard: bool) -> None:
    """Guess the record's moves from the board's position on."""
    if not session.walk.node.children:
        session.say("nothing to guess: open a record, or go back in this one", warning=True)
        return
    session.mode, session.overlay = Mode.GUESS, Overlay.NONE
    session.guessing = GuessScore(hard=hard)
    skip_to_question(session)


def guess(session: "Session", point: Point) -> None:
    """Guess that the next move was at `point`; after an answer, go on to the next question instead."""
    if session.guessing.revealed is not None:
        next_guess(session)
        return
    node = session.walk.node.children[0] if session.walk.node.children else None
    if node is None or node.turn is None or node.turn[1] is None:
        session.say(NO_QUESTION)
        return
    before = session.walk.game_before(node)
    reason = before.why_illegal(point)
    if reason:
        session.say(f"{to_vertex(point, before.size)}: {reason}", warning=True)
        return
    answer = session.guessing.add(node, point, session.answers.get(position_key(before)))
    session.wish("sound", "capture" if answer.hit else "stone")
    session.say("yes, that was played" if answer.hit else f"the game went {to_vertex(answer.played, before.size)}")


def next_guess(session: "Session") -> None:
    """Go on to the next move to guess."""
    session.guessing.revealed = None
    if session.walk.node.children:
        session.walk.step(1)
    skip_to_question(session)


def skip_to_question(session: "Session") -> None:
    """Go forward until a move is to be guessed; stop where the network has not answered yet."""
    while session.walk.node.children:
        node = session.walk.node.children[0]
        grid = session.answers.get(position_key(session.walk.game_before(node)))
        if session.guessing.asks(node, grid):
            break
        session.walk.step(1)
    session.moved(False)
    if not session.walk.node.children:
        session.say(NO_QUESTION)
    else:
        session.say(f"where did {COLOR_NAMES[session.color_to_play()].capitalize()} play?")

"""What to ask the network next, and what its answers change: the session's side of the worker thread.

One question at a time, the most urgent first: the network's own move, then the position on the board, then
what its overlay shows, then the rest of the game.  An answer to a position that has left the board is kept
for when it comes back, but never acted on.
"""

from typing import Final

from gopolicy.go.game import Game
from gopolicy.ui.network import (
    ROUNDS,
    AskMove,
    AskOwnership,
    AskProbabilities,
    AskSaliency,
    Estimate,
    Grid,
    Question,
    position_key,
)
from gopolicy.ui.notes import Pending, Territory
from gopolicy.ui.saliency import Saliency
from gopolicy.ui.session import LEAST_PAUSE, Session
from gopolicy.ui.settings import Mode, Overlay

BATCH: Final = 4  # positions of the review a question: short enough not to keep anyone waiting


def next_question(session: Session) -> Question | None:
    """Return the most urgent question, or None if there is nothing to find out."""
    if not session.has_network:
        return None
    key = session.key
    if session.network_to_play and session.pending is None:
        return AskMove(key, (session.game.copy(),), session.settings.style, session.next_seed())
    if session.mode is Mode.COUNT:
        return _count_question(session)
    return _board_question(session, key) or _overlay_question(session, key) or _review_question(session)


def is_wanted(session: Session, question: Question) -> bool:
    """Tell whether anybody still waits for a question's answer."""
    if isinstance(question, AskMove):
        return session.network_to_play and question.key == session.key
    if isinstance(question, AskSaliency):
        shown = session.overlay is Overlay.SALIENCY
        return shown and question.key == session.key and question.point == session.explained
    if isinstance(question, AskOwnership):
        shown = session.mode is Mode.COUNT or session.overlay is Overlay.TERRITORY
        return shown and question.key == session.key and not (session.count and session.count.corrected)
    return True


def take_answer(session: Session, question: Question, answer: object) -> None:
    """Put an answer to use; one that is about a position no longer on the board changes nothing there."""
    session.progress = None
    if isinstance(question, AskMove):
        if is_wanted(session, question):
            due = session.last_stone + LEAST_PAUSE
            session.pending = Pending(question.key, answer, due)  # type: ignore[arg-type]  # AskMove answers a Move
    elif isinstance(question, AskOwnership):
        _take_ownership(session, question, answer)
    elif isinstance(question, AskSaliency):
        session.saliency = Saliency(question.key, question.point, answer)  # type: ignore[arg-type]  # it answers a Grid
    elif isinstance(question, AskProbabilities):
        _take_probabilities(session, question, answer)  # type: ignore[arg-type]  # it answers a Grid
    session.touch()


def take_failure(session: Session, question: Question | None, problem: str) -> None:
    """Say that the network could not answer; it is not asked the same again."""
    session.progress = None
    if question is None:
        session.network_note = problem
    else:
        session.network_name, session.network_note = "", f"the network failed: {problem}"
        session.pending = session.forced = None
    session.say(problem, warning=True)


def seconds_until_due(session: Session) -> float | None:
    """Return how long until the network's move is to be played, 0 if now, None if none is waiting."""
    return None if session.pending is None else max(0.0, session.pending.due - session.clock())


def play_if_due(session: Session) -> None:
    """Play the network's move if its time has come; forget it if its position has left the board."""
    pending = session.pending
    if pending is None:
        return
    if pending.key != session.key or not session.network_to_play:
        session.pending = None
    elif pending.due <= session.clock():
        session.play_network_move(pending.move)


def _board_question(session: Session, key: bytes) -> Question | None:
    """The position on the board, if anything that is shown or scored needs it."""
    overlay = session.overlay in (Overlay.BOTH, Overlay.SALIENCY)
    needed = session.hints_visible or session.mode in (Mode.GUESS, Mode.REVIEW) or overlay
    return AskProbabilities(key, (_asked_game(session),)) if needed and not _known(session) else None


def _asked_game(session: Session) -> Game:
    """The position as the next mover of a guess sees it, or as it is."""
    if session.mode is Mode.GUESS and session.walk.node.children:
        return session.walk.game_before(session.walk.node.children[0]).copy()
    return session.game.copy()


def _known(session: Session) -> bool:
    return position_key(_asked_game(session)) in session.answers or not session.game.legal_mask().any()


def _overlay_question(session: Session, key: bytes) -> Question | None:
    if session.overlay is Overlay.BOTH:
        other = session.with_other_turn()
        if position_key(other) not in session.answers and other.legal_mask().any():
            return AskProbabilities(key, (other,))
    if session.overlay is Overlay.SALIENCY:
        return _saliency_question(session, key)
    if session.overlay is Overlay.FUTURES and session.futures is not None and session.futures.key == key:
        return session.futures.question()
    return _ownership_question(session, key) if session.overlay is Overlay.TERRITORY else None


def _saliency_question(session: Session, key: bytes) -> Question | None:
    known, point = session.saliency, session.explained
    if point is None or (known is not None and (known.key, known.point) == (key, point)):
        return None
    return AskSaliency(key, (session.game.copy(),), point)


def _ownership_question(session: Session, key: bytes) -> Question | None:
    known = session.territory
    if known is None or known.key != key:
        return AskOwnership(key, (session.game.copy(),))
    if known.rounds >= ROUNDS:
        return None
    return AskOwnership(key, (session.game.copy(),), known.rounds, known.ownership)


def _count_question(session: Session) -> Question | None:
    count, known = session.count, session.territory
    if count is None or count.corrected:
        return None
    if known is not None and known.key == session.key and not count.estimated:
        count.suggest(set(known.dead))
        session.touch()
    return _ownership_question(session, session.key)


def _review_question(session: Session) -> Question | None:
    """The next few positions of the line that have not been asked, from the cursor on and then from the start."""
    if session.mode not in (Mode.REVIEW, Mode.GUESS) and not session.decided:
        return None
    open_ones = [(node, number) for node, number, key in session.line_keys() if key not in session.answers]
    if not open_ones:
        return None
    here = session.walk.number
    ahead = [node for node, number in open_ones if number > here] + [
        node for node, number in open_ones if number <= here
    ]
    games = []
    for node in ahead:
        game = session.walk.game_before(node)
        if game.legal_mask().any():
            games.append(game.copy())
        if len(games) == BATCH:
            break
    return AskProbabilities(session.key, tuple(games)) if games else None


def _take_probabilities(session: Session, question: AskProbabilities, grids: Grid) -> None:
    for game, grid in zip(question.games, grids, strict=True):
        session.answers.put(position_key(game), grid)
    futures = session.futures
    if futures is not None and futures.key == question.key:
        futures.grow(question, grids)


def _take_ownership(session: Session, question: AskOwnership, answer: object) -> None:
    assert isinstance(answer, Estimate)
    session.territory = Territory(question.key, answer.ownership, frozenset(answer.dead), question.rounds + 1)
    if session.count is not None and question.key == session.key:
        session.count.suggest(answer.dead)
        session.say(f"{session.count.result} by the network's estimate: click dead stones, Enter to accept")

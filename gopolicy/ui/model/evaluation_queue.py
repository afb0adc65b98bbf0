"""What to ask the network next, and what its answers change: the session's side of the network's thread.

One task at a time, the most urgent first: the network's own move, then the position on the board, then
what its overlay shows, then the rest of the game.  An answer to a position that has left the board is kept
for when it comes back, but never acted on.
"""

from collections.abc import Iterable
from itertools import islice
from typing import Final, cast

from gopolicy.archive.exploration import Exploration
from gopolicy.explain.attribution import Attribution
from gopolicy.go.coords import BOARD_SIZE, Move
from gopolicy.go.game import Game
from gopolicy.ui.model.archive_view import Explored
from gopolicy.ui.model.candidate_lines import CandidateLines, Line
from gopolicy.ui.model.cursor import Turn
from gopolicy.ui.model.guessing import Guessing
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.overlay_view import AttributionHere
from gopolicy.ui.model.playing import Playing
from gopolicy.ui.model.positions import PositionKey, position_key
from gopolicy.ui.model.requests import Territory
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode, Overlay
from gopolicy.ui.model.tasks import (
    SETTLING,
    Attribute,
    ChooseMove,
    Continue,
    Ending,
    Explore,
    Grid,
    Network,
    Predict,
    PredictAs,
    Settle,
    SharePass,
    Task,
    UseProfile,
)

BATCH: Final = 4  # positions of the review a task: short enough not to keep anyone waiting
MOST_TASKS: Final = 2000


class EvaluationQueue:
    """The tasks for the network, made when they are wanted."""

    def __init__(self, session: Session, playing: Playing, guessing: Guessing) -> None:
        self._session, self._playing, self._guessing = session, playing, guessing

    def next_task(self) -> Task | None:
        """Return the most urgent task, or None if there is nothing to find out."""
        session = self._session
        key = session.key
        if session.mode is Mode.COUNT and session.network_name:
            return self._count_task(key)  # boards of any size can be counted
        if not session.has_network:
            alone = session.network_is_missing and session.view.overlay is Overlay.ARCHIVE
            return self._explore_task(key) if alone else None
        if session.settings.profile != session.profile:
            return UseProfile(key, (), session.settings.profile)
        if session.network_to_play and session.opponent.due is None:
            seed = session.opponent.next_seed(session.cursor.number)
            return ChooseMove(key, (session.game.copy(),), session.settings.style, session.rules, seed)
        now = self._board_task(key) or self._overlay_task(key) or self._line_task(key) or self._pass_task(key)
        return now or self._review_task(key) or self._compared_line_task(key)

    def is_wanted(self, task: Task) -> bool:
        """Return whether anybody still waits for a task's answer."""
        session, overlay = self._session, self._session.view.overlay
        if isinstance(task, ChooseMove):
            return session.network_to_play and task.key == session.key
        if isinstance(task, Explore):
            return overlay is Overlay.ARCHIVE and task.key == session.key and task.region == task.archive.region
        if isinstance(task, Continue):
            return task.key == session.key and session.pointed_candidate is not None
        if isinstance(task, Attribute):
            return overlay is Overlay.ATTRIBUTION and task.key == session.key and task.point == session.explained
        if isinstance(task, Settle):
            shown = session.mode is Mode.COUNT or overlay is Overlay.TERRITORY
            return shown and task.key == session.key and not (session.count and session.count.corrected)
        return True

    def take_answer(self, task: Task, answer: object) -> None:
        """Put an answer to use; one that is about a position no longer on the board changes nothing there."""
        session = self._session
        session.progress = None
        if isinstance(task, ChooseMove):
            if self.is_wanted(task):
                session.opponent.choose(task.key, cast(Move, answer))
        elif isinstance(task, Settle):
            self._take_ending(task, cast(Ending, answer))
        elif isinstance(task, SharePass):
            session.predictions.put_pass(task.key, cast(float, answer))
        elif isinstance(task, Explore):
            task.archive.take(Explored(task.key, task.region, cast(Exploration, answer)))
        elif isinstance(task, Continue):
            session.view.take_lines(CandidateLines(task.key, cast(list[Line], answer)))
        elif isinstance(task, Attribute):
            session.view.take_attribution(AttributionHere(task.key, Attribution(task.point, cast(Grid, answer))))
        elif isinstance(task, UseProfile):
            session.profile_used(task.profile, cast(str, answer))
        elif isinstance(task, PredictAs):
            self._take_compared(task, cast(Grid, answer))
        elif isinstance(task, Predict):
            self._take_predictions(task, cast(Grid, answer))
            self._guessing.skip_easy()
        session.screen.touch()

    def take_failure(self, task: Task | None, problem: str) -> None:
        """Say that the network did not load (no task) or could not answer; it is not asked the same again."""
        session = self._session
        if isinstance(task, Explore | PredictAs | UseProfile):
            session.view.clear()
            session.settings.profile, session.compared = session.profile, None
            session.screen.refuse(problem)
            return
        session.network_failed(problem if task is None else tr("the network failed: {problem}", problem=problem))

    def play_if_due(self) -> None:
        """Play the network's move if its time has come; forget it if its position has left the board."""
        session, due = self._session, self._session.opponent.due
        if due is None:
            return
        if due.key != session.key or not session.network_to_play:
            session.opponent.due = None
        elif session.opponent.seconds_until_due() == 0:
            self._playing.play_network_move(due.move)

    def answer_all(self, network: Network) -> None:
        """Have `network` answer everything that the session wants to know, its own moves left out."""
        self._session.network_ready(network.name, network.profiles, network.profile)
        for _ in range(MOST_TASKS):
            task = self.next_task()
            if task is None or isinstance(task, ChooseMove):
                return
            self.take_answer(task, task.run(network, lambda share: None))

    def _board_task(self, key: PositionKey) -> Task | None:
        """The position on the board, if anything that is shown or scored needs it."""
        session = self._session
        overlay = session.view.overlay in (Overlay.BOTH, Overlay.ATTRIBUTION, Overlay.ARCHIVE, Overlay.COMPARE)
        needed = session.hints_visible or session.mode in (Mode.GUESS, Mode.REVIEW) or overlay
        if not needed:
            return None
        game = self._asked_game()
        if position_key(game) in session.predictions or not game.legal_mask().any():
            return None
        return Predict(key, (game.copy(),))

    def _asked_game(self) -> Game:
        """The position as the next mover of a guess sees it, or as it is."""
        cursor = self._session.cursor
        if self._session.mode is Mode.GUESS and cursor.following is not None:
            return cursor.game_before(cursor.following)
        return cursor.game

    def _overlay_task(self, key: PositionKey) -> Task | None:
        session, view = self._session, self._session.view
        if view.overlay is Overlay.BOTH:
            other = session.with_other_turn()
            missing = position_key(other) not in session.predictions
            return Predict(key, (other,)) if missing and other.legal_mask().any() else None
        if view.overlay is Overlay.COMPARE:
            known = key in session.compared_predictions or not session.game.legal_mask().any()
            return None if known else PredictAs(key, (session.game.copy(),), session.compared or "")
        if view.overlay is Overlay.ATTRIBUTION:
            return self._attribution_task(key)
        if view.overlay is Overlay.CONTINUATIONS and view.continuations is not None and view.continuations.key == key:
            return view.continuations.task()
        if view.overlay is Overlay.ARCHIVE:
            return self._explore_task(key)
        return self._settle_task(key) if view.overlay is Overlay.TERRITORY else None

    def _explore_task(self, key: PositionKey) -> Explore | None:
        session, archive = self._session, self._session.archive
        if archive is None or archive.found(key) is not None or session.game.size != BOARD_SIZE:
            return None
        return Explore(key, (session.game.copy(),), archive, session.prediction, archive.region)

    def _line_task(self, key: PositionKey) -> Task | None:
        """The lines of all candidates, once one of them is pointed at."""
        session, move = self._session, self._session.pointed_candidate
        known = session.view.lines
        if move is None or (known is not None and known.key == key and move in known):
            return None
        moves = tuple(candidate.move for candidate in session.candidates if candidate.move is not None)
        return Continue(key, (session.game.copy(),), moves)

    def _attribution_task(self, key: PositionKey) -> Task | None:
        point = self._session.explained
        if point is None or self._session.attribution is not None:
            return None
        return Attribute(key, (self._session.game.copy(),), point)

    def _settle_task(self, key: PositionKey) -> Task | None:
        """How the position ends: at once, then with more care."""
        session, known = self._session, self._session.view.territory
        if known is None or known.key != key:
            return Settle(key, (session.game.copy(),), session.rules)
        return None if known.is_final else Settle(key, (session.game.copy(),), session.rules, SETTLING)

    def _count_task(self, key: PositionKey) -> Task | None:
        count, known = self._session.count, self._session.view.territory
        if count is None or count.corrected:
            return None
        if known is not None and known.key == key and not count.estimated:
            count.suggest(known.ending)
            self._session.screen.touch()
        return self._settle_task(key)

    def _pass_task(self, key: PositionKey) -> Task | None:
        """Whether a pass is a candidate here, once the candidates are shown."""
        session, prediction = self._session, self._session.prediction
        if prediction is None or not session.hints_visible or key in session.predictions.with_passes:
            return None
        return SharePass(key, (session.game.copy(),), prediction.probabilities, session.rules)

    def _review_task(self, key: PositionKey) -> Task | None:
        """The next few positions of the line that are not known, from the cursor on and then from the start."""
        session = self._session
        if session.mode not in (Mode.REVIEW, Mode.GUESS) and not session.document.decided:
            return None
        games = self._games_before(session.review.unknown())
        return Predict(key, games) if games else None

    def _compared_line_task(self, key: PositionKey) -> Task | None:
        """The next few positions of the line as the compared profile finds them, while the comparison is shown."""
        session = self._session
        if session.view.overlay is not Overlay.COMPARE or session.mode is not Mode.REVIEW:
            return None
        games = self._games_before(t for t in session.cursor.turns if t.key not in session.compared_predictions)
        return PredictAs(key, games, session.compared or "") if games else None

    def _games_before(self, turns: Iterable[Turn]) -> tuple[Game, ...]:
        """Return copies of the positions before some turns, those with a legal move, a batch at most."""
        games = (self._session.cursor.game_before(turn.node) for turn in turns)
        return tuple(game.copy() for game in islice((game for game in games if game.legal_mask().any()), BATCH))

    def _take_predictions(self, task: Predict, grids: Grid) -> None:
        for game, grid in zip(task.games, grids, strict=True):
            self._session.predictions.put(position_key(game), grid)
        continuations = self._session.view.continuations
        if continuations is not None and continuations.key == task.key:
            continuations.extend(task, grids)

    def _take_compared(self, task: PredictAs, grids: Grid) -> None:
        if task.profile == self._session.compared:
            for game, grid in zip(task.games, grids, strict=True):
                self._session.compared_predictions.put(position_key(game), grid)

    def _take_ending(self, task: Settle, ending: Ending) -> None:
        session = self._session
        decided = task.seconds > 0 or not ending.is_open.any()
        session.view.take_territory(Territory(task.key, ending, is_final=decided))
        count = session.count
        if count is not None and task.key == session.key:
            count.suggest(ending)
            session.screen.say(tr("{result}: click dead stones, Enter to accept", result=count.result_text))

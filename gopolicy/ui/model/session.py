"""The session: the game on the board, what the person is doing with it, and what the network has said.

Holds the parts and answers what follows from several of them; the command groups beside it change it.
"""

import time
from collections.abc import Callable

from gopolicy.explain.attribution import Attribution
from gopolicy.go.coords import BOARD_SIZE, COLORS, EMPTY, Color, Point, opponent, size_name
from gopolicy.go.game import Game
from gopolicy.go.scoring import ScoringRules, scoring_rules
from gopolicy.prediction import Candidate, Prediction
from gopolicy.records.node import Node
from gopolicy.records.tree import GameTree
from gopolicy.ui.model.archive_view import ArchiveView
from gopolicy.ui.model.autosave import Autosave
from gopolicy.ui.model.count import Count
from gopolicy.ui.model.cursor import Cursor
from gopolicy.ui.model.document import Document
from gopolicy.ui.model.guess_score import GuessScore
from gopolicy.ui.model.judging import LineReview, Predictions
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.opponent import Opponent
from gopolicy.ui.model.overlay_view import OverlayView
from gopolicy.ui.model.positions import PositionKey, position_key
from gopolicy.ui.model.practice_round import PracticeRound, prediction_of
from gopolicy.ui.model.preferences import Preferences
from gopolicy.ui.model.requests import Message, PlaySound
from gopolicy.ui.model.screen import Screen
from gopolicy.ui.model.settings import Hints, Mode, Overlay, Settings, Tool
from gopolicy.ui.model.tree_view import TreeView


class Session:
    """See the module.

    network_name: "" until a network is there; network_note: why there are no hints, "" when there are.
    progress: the share done of what the person waits for, None for nothing.
    count: the count of the position, in count mode.  archive: the one that is open, if any.
    practice: the round that the guessing is about, None for guessing a record's moves.
    profiles: names of those that the network can play like; profile: the one it does, "" for none.
    compared: the profile that it is compared with, "" for none, None before one was chosen.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        autosave: Autosave | None = None,
        preferences: Preferences | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings or Settings()
        self.autosave = autosave or Autosave(None)
        self.preferences = preferences or Preferences()
        self.clock = clock
        self.screen = Screen()
        self.opponent = Opponent(clock)
        self.predictions = Predictions()
        self.profiles: tuple[str, ...] = ()
        self.profile = ""
        self.compared: str | None = None
        self.compared_predictions = Predictions()
        self.network_name = ""
        self.network_note = ""
        self.network_is_missing = False
        self.progress: float | None = None
        self.archive: ArchiveView | None = None
        self.practice: PracticeRound | None = None
        self.tool = Tool.BLACK  # of edit mode
        self._before_count = self._before_edit = Mode.PLAY
        self.start_new()

    # Records

    def start(self, document: Document, mode: Mode) -> None:
        """Put another record on the board."""
        self.document = document
        self.mode = mode
        self.review = LineReview(document.cursor, self.predictions)
        self.tree_view = TreeView(document.cursor)
        self.view = OverlayView()
        self.guessing = GuessScore()
        self.practice = None
        self.count: Count | None = None
        self.opponent.reset()
        if self.archive is not None:
            self.archive.leave_region()  # which is somewhere else in that record, or beside its board
        self.screen.scrolled.clear()
        self.screen.say("")

    def start_new(self) -> None:
        """Start a game with the settings."""
        settings = self.settings
        self.start(Document(GameTree.new(settings.size, settings.komi, settings.handicap)), Mode.PLAY)
        self.tree.date = time.strftime("%Y-%m-%d")
        self.tree.rules = "Chinese"
        self.document.begin()
        self.rename_players()

    def rename_players(self) -> None:
        """Name the players anew, in a game that is played here; a name that the person has given stays."""
        document, names = self.document, self.tree.names
        if self.mode is Mode.PLAY and not document.path and not self.node_has_next:
            network = f"gopolicy {self.network_name}".strip()
            for color, name in document.players.items():
                if names[color] == name:
                    names[color] = document.players[color] = tr("Human") if color in self.humans else network

    def leave_document(self) -> None:
        """Leave an unsaved game to be recovered unless it is unwanted, before another one is put on the board."""
        if self.document.unwanted or self.document.is_blank:
            self.autosave.drop()
        elif self.document.dirty:
            self.autosave.leave()

    def profile_used(self, profile: str, name: str) -> None:
        """Forget what the network said before it plays like a profile; name: its own now."""
        self.profile = profile
        self.predictions = Predictions()
        self.review = LineReview(self.cursor, self.predictions)
        self.view.forget()
        if self.archive is not None:
            self.archive.explored = None  # the network's percents stand beside the counts
        self.recall_problem()
        self._network_named(name)

    def recall_problem(self) -> None:
        """Have the problem that is practiced predicted as it was when it was found, which its answer is graded by."""
        problem = self.practice.problem if self.practice is not None else None
        if problem is not None:
            self.predictions.keep(position_key(problem.game), prediction_of(problem))

    def network_ready(self, name: str, profiles: tuple[str, ...] = (), profile: str = "") -> None:
        """Note that the network can be asked, the profiles that it can play like, and the one that it does."""
        self.profiles = profiles
        self.profile = self.settings.profile = profile
        self._network_named(name)

    def _network_named(self, name: str) -> None:
        self.network_name, self.network_note, self.network_is_missing = name, "", False
        self.rename_players()
        self.screen.touch()

    def network_failed(self, note: str) -> None:
        """Note that the network cannot be asked, and why."""
        self.network_name, self.network_note, self.progress = "", note, None
        self.network_is_missing = True
        self.opponent.stop()
        self.screen.say(tr("{reason}.  You play both colors.", reason=note), warning=True)

    # What is on the board

    @property
    def cursor(self) -> Cursor:
        """The place in the record."""
        return self.document.cursor

    @property
    def tree(self) -> GameTree:
        """The record."""
        return self.document.tree

    @property
    def game(self) -> Game:
        """The game at the cursor; not to be changed."""
        return self.cursor.game

    @property
    def ends_here(self) -> bool:
        """Whether a result reached at the cursor is the record's: at its end, or in a line played while it has none."""
        in_play = self.mode is Mode.PLAY and not self.tree.result and not self.node_has_next
        return in_play or self.document.at_end

    @property
    def node_has_next(self) -> bool:
        """Whether the record goes on behind the cursor."""
        return bool(self.cursor.node.children)

    @property
    def key(self) -> PositionKey:
        """The position on the board, as predictions are kept by."""
        return self.cursor.key_at(self.cursor.node)

    @property
    def prediction(self) -> Prediction | None:
        """What the network predicts here, None before it has answered."""
        return self.predictions.get(self.key)

    @property
    def rules(self) -> ScoringRules:
        """The rules that the record names, area rules where it names none."""
        return scoring_rules(self.tree.rules)

    @property
    def is_over(self) -> bool:
        """Whether play has ended here."""
        return self.document.is_over

    def color_to_play(self) -> Color:
        """Return whose turn it is; in guessing, whose move is to be guessed."""
        if self.mode is Mode.GUESS and (turn := self.cursor.next_move) is not None:
            return turn[0]
        return self.game.to_play

    def with_other_turn(self) -> Game:
        """Return a copy of the game with the other color to play."""
        game = self.game.copy()
        game.to_play = opponent(game.to_play)
        return game

    def other_prediction(self) -> Prediction | None:
        """Return what the network predicts with the other color to play, None before it has answered."""
        return self.predictions.get(position_key(self.with_other_turn()))

    @property
    def humans(self) -> frozenset[Color]:
        """The colors that a person plays: both where the network does not know the board, or did not load."""
        plays = self.tree.size == BOARD_SIZE and not self.network_is_missing
        return self.settings.humans if plays else frozenset(COLORS)

    # What is shown of it

    @property
    def hints(self) -> Hints:
        """The hints of this mode."""
        return self.settings.hints[self.mode]

    @property
    def hides_answers(self) -> bool:
        """Whether what the network says would spoil what is done: counting, and guessing before the answer."""
        return self.mode in (Mode.COUNT, Mode.EDIT) or (self.mode is Mode.GUESS and self.guessing.revealed is None)

    @property
    def hints_visible(self) -> bool:
        """Whether hints are on the board: as the mode has it, the other way round while peeking."""
        return not self.hides_answers and self.hints.shown != self.screen.peeking

    @property
    def candidates(self) -> list[Candidate]:
        """The moves to label here."""
        prediction = self.prediction
        if prediction is None:
            return []
        return prediction.candidates(self.settings.top, threshold=self.settings.threshold)

    @property
    def explained(self) -> Point | None:
        """The move that attribution is about: the candidate pointed out, or the top one; None before the answer."""
        found = self.candidates
        if not found:
            return None
        return found[min(self.view.selected or 1, len(found)) - 1].move

    @property
    def attribution(self) -> Attribution | None:
        """What made that move likely, None before the answer."""
        known = self.view.attribution
        fits = known is not None and (known.key, known.values.point) == (self.key, self.explained)
        return known.values if known is not None and fits else None

    @property
    def pointed_candidate(self) -> Point | None:
        """The labeled candidate under the mouse, on the board or in the panel, None if there is none."""
        if not (self.hints_visible and self.hints.labels) or self.view.overlay is not Overlay.NONE:
            return None
        screen, found = self.screen, self.candidates
        if screen.pointing is not None and screen.pointing.name == "see.select":
            rank = screen.pointing.arguments[0]
            return found[rank - 1].move if rank <= len(found) else None
        return next((c.move for c in found if c.move is not None and c.move == screen.hover), None)

    @property
    def pointed_line(self) -> list[tuple[Color, Point]]:
        """The continuation of the candidate under the mouse, as far as it is known."""
        move, lines = self.pointed_candidate, self.view.lines
        if move is None or lines is None or lines.key != self.key:
            return []
        return lines.stones(move, self.game.to_play)

    @property
    def has_network(self) -> bool:
        """Whether the network can say anything about this board."""
        return bool(self.network_name) and self.game.size == BOARD_SIZE

    @property
    def network_to_play(self) -> bool:
        """Whether it is the network's turn and nothing holds it back."""
        if self.mode is not Mode.PLAY or self.screen.dialog is not None or not self.has_network:
            return False
        if self.opponent.forced == self.key:
            return True
        if self.is_over:
            return False
        return not self.node_has_next and not self.opponent.paused and self.game.to_play not in self.humans

    @property
    def why_not(self) -> str:
        """Why the ghost stone may not be played at the mouse, or ""."""
        hover = self.screen.hover
        if hover is None or self.game.board.color_at(hover) != EMPTY or self.mode in (Mode.COUNT, Mode.EDIT):
            return ""
        return self.game.why_illegal(hover) or ""

    def why_no_hints(self) -> str:
        """Return why the network says nothing about this board, or ""."""
        if self.game.size != BOARD_SIZE:
            size = size_name(self.game.size)
            return tr("the network knows {known}x{known} only, this board is {size}", known=BOARD_SIZE, size=size)
        if self.network_name or self.network_note:
            return self.network_note
        return tr("the network is loading: half a minute the first time")

    # What the command groups share

    def changed(self, *nodes: Node) -> None:
        """Note that the record differs from what was saved.

        nodes: those that are new, or whose properties or children have changed; none: any may have.
        """
        self.document.changed()
        self.document.text.changed(*nodes)
        self.autosave.note(self.document.text.whole, self.document.path, is_played=self.document.is_played)

    def moved(self, moved: bool) -> None:
        """Forget what belonged to the position that was left, after the cursor `moved` or the mode changed."""
        if moved:
            self.screen.message = Message("")
            self.guessing.revealed = None
        due = self.opponent.due
        if due is not None and due.key != self.key:
            self.opponent.due = None
        if self.mode is Mode.COUNT and moved:
            self.stop_counting()
        self.screen.scrolled.pop("comment", None)
        if self.hides_answers:
            self.view.clear()
        self.view.follow(self.game, self.key, has_network=self.has_network)
        self.screen.touch()

    def set_mode(self, mode: Mode) -> None:
        """Go over to another mode, without the overlay of the one before."""
        self.mode = mode
        if mode is not Mode.GUESS:
            self.practice = None
        self.guessing.revealed = None
        self.view.clear()
        self.moved(False)

    def count_here(self) -> None:
        """Begin to count the position on the board."""
        if self.mode is not Mode.COUNT:
            self._before_count = self.mode
        self.mode = Mode.COUNT
        self.view.clear()
        self.count = Count(self.game.board.copy(), self.tree.komi, self.rules, self.tree.handicap)
        self.opponent.stop()

    def stop_counting(self) -> None:
        """Go back to what was done before counting."""
        if self.mode is Mode.COUNT:
            self.mode = self._before_count
        self.count = None
        self.screen.say("")

    def edit_here(self) -> None:
        """Begin to edit the record; the network waits."""
        self.stop_counting()
        if self.mode is not Mode.EDIT:
            self._before_edit = Mode.PLAY if self.mode is Mode.PLAY else Mode.REVIEW
        self.opponent.stop(pause=True)
        self.set_mode(Mode.EDIT)

    def stop_editing(self) -> None:
        """Go back to playing or reviewing, whichever was done before; the network still waits if it is its turn."""
        self.set_mode(self._before_edit)
        waits = self.mode is Mode.PLAY and self.has_network and self.game.to_play not in self.humans
        self.screen.say(tr("the network waits: Enter lets it play") if waits and not self.is_over else "")

    def finish(self, result: str) -> None:
        """End the game with a result as records write it; the line it was reached in is the game."""
        moved = self.tree.make_main_line(self.cursor.node)
        if moved:
            self.cursor.edited()
        self.document.decide(result)
        self.opponent.stop()
        self.screen.request(PlaySound("end"))
        self.changed(self.tree.root, *moved)

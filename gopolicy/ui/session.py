"""The session: a game on the board, what the person is doing with it, and what the network has said.

The model of the window.  It knows no pygame and no network: questions for one are handed out by
`asking`, answers come back through it, and what only a window can do (sound, dialogs, the clipboard) is put
into `wishes` for the window to fulfill.  Every public method is safe at any time; `version` counts changes.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from gopolicy.go.board import IllegalMoveError
from gopolicy.go.coords import BLACK, BOARD_SIZE, COLOR_NAMES, COLORS, EMPTY, Color, Move, Point, opponent, to_vertex
from gopolicy.go.game import Game
from gopolicy.records.tree import GameTree, Node
from gopolicy.ui import activities
from gopolicy.ui.autosave import Autosave
from gopolicy.ui.counting import Count
from gopolicy.ui.dialogs import Dialog
from gopolicy.ui.expectation import Answers, Candidate, Judged, candidates, judge, most_surprising
from gopolicy.ui.futures import Futures
from gopolicy.ui.guess import GuessScore
from gopolicy.ui.network import Grid, position_key
from gopolicy.ui.notes import Message, Pending, Territory, Wish
from gopolicy.ui.planes_overlay import PlanesOverlay
from gopolicy.ui.saliency import Saliency
from gopolicy.ui.settings import Hints, Mode, Overlay, Settings
from gopolicy.ui.shelf import Opened, Shelf
from gopolicy.ui.walk import Walk

LEAST_PAUSE: Final = 0.4  # seconds from a stone to the network's answer, so that the eye can follow
PERSON: Final = "Human"


class Session:
    """See the module.

    network_name: "" until a network is there; network_note: why there are no hints, "" when there are.
    thinking: whether the network works on something the person waits for; progress: share done, or None.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        autosave: Autosave | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings or Settings()
        self.autosave = autosave or Autosave(None)
        self.clock = clock
        self.answers = Answers()
        self.network_name = ""
        self.network_note = "the network is loading"
        self.progress: float | None = None
        self.wishes: list[Wish] = []
        self.dialog: Dialog | None = None
        self.help_open = False
        self.peeking = False
        self.hover: Point | None = None
        self.pointing: tuple[str, tuple[int, ...]] | None = None  # what the mouse is over beside the board
        self.version = 0
        self.first_seed = self.seed = 0
        self.before_count: Mode = Mode.PLAY
        self._line_keys: tuple[list[Node], list[tuple[Node, int, bytes]]] = ([], [])
        self._judged: dict[bytes, Judged | None] = {}
        self._start(GameTree.new(self.settings.size, self.settings.komi, self.settings.handicap), Mode.PLAY)
        self._name_players()

    def _start(self, tree: GameTree, mode: Mode) -> None:
        """Put another record on the board."""
        self.walk = Walk(tree)
        self.mode = mode
        self.overlay = Overlay.NONE
        self.shelf = Shelf()
        self.path: Path | None = None
        self.dirty = False
        self.decided = False  # the result was reached here
        self.paused = False
        self.message = Message("")
        self.selected: int | None = None
        self.guessing = GuessScore()
        self.futures: Futures | None = None
        self.planes = PlanesOverlay()
        self.count: Count | None = None
        self.territory: Territory | None = None
        self.saliency: Saliency | None = None
        self.pending: Pending | None = None
        self.forced: bytes | None = None
        self.last_stone = self.clock()
        self.touch()

    # What is on the board

    @property
    def game(self) -> Game:
        """The game at the cursor; not to be changed."""
        return self.walk.game

    @property
    def tree(self) -> GameTree:
        """The record."""
        return self.walk.tree

    @property
    def key(self) -> bytes:
        """The position on the board, as answers are kept by."""
        return position_key(self.game)

    @property
    def grid(self) -> Grid | None:
        """The network's probabilities here: float32 `[19, 19]`, or None."""
        return self.answers.get(self.key)

    @property
    def hints(self) -> Hints:
        """The hints of this mode."""
        return self.settings.hints[self.mode]

    @property
    def hints_visible(self) -> bool:
        """Whether hints are on the board: as the mode has it, the other way round while peeking."""
        if self.mode is Mode.COUNT or (self.mode is Mode.GUESS and self.guessing.revealed is None):
            return False
        return self.hints.shown != self.peeking

    @property
    def candidates(self) -> list[Candidate]:
        """The points to label here."""
        grid = self.grid
        return [] if grid is None else candidates(grid, self.settings.top, self.settings.threshold)

    @property
    def explained(self) -> Point | None:
        """The move that saliency is about: the candidate pointed out, or the likeliest; None before the answer."""
        found = self.candidates
        if not found:
            return None
        return found[min(self.selected or 1, len(found)) - 1].point

    @property
    def has_network(self) -> bool:
        """Whether the network can say anything about this board."""
        return bool(self.network_name) and self.game.size == BOARD_SIZE

    @property
    def is_over(self) -> bool:
        """Whether play has ended here: two passes, or a result that was reached in this window."""
        return self.game.is_over or (self.decided and not self.walk.node.children)

    @property
    def network_to_play(self) -> bool:
        """Whether it is the network's turn and nothing holds it back."""
        if self.mode is not Mode.PLAY or self.is_over or self.dialog is not None or not self.has_network:
            return False
        at_end = not self.walk.node.children and not self.paused
        return self.forced == self.key or (at_end and self.game.to_play not in self.settings.humans)

    @property
    def why_not(self) -> str:
        """Why the ghost stone may not be played at the mouse, or ""."""
        if self.hover is None or self.game.board.color_at(self.hover) != EMPTY or self.mode is Mode.COUNT:
            return ""
        return self.game.why_illegal(self.hover) or ""

    def line_keys(self) -> list[tuple[Node, int, bytes]]:
        """Return (node, move number, position before it) for every turn of the line."""
        line = self.walk.line
        if self._line_keys[0] != line:
            found: list[tuple[Node, int, bytes]] = []
            for node in line:
                if node.turn is not None:
                    found.append((node, len(found) + 1, position_key(self.walk.game_before(node))))
            self._line_keys = (list(line), found)
        return self._line_keys[1]

    def judged(self) -> list[Judged]:
        """Return what the network expected of the line's moves, those it has been asked about."""
        result = []
        for node, number, key in self.line_keys():
            if key in self._judged and (known := self._judged[key]) is not None and known.node is node:
                result.append(known)
            elif (grid := self.answers.get(key)) is not None and (fresh := judge(node, number, grid)) is not None:
                self._judged[key] = fresh
                result.append(fresh)
        return result

    def touch(self) -> None:
        """Have the window drawn anew."""
        self.version += 1

    def say(self, text: str, *, warning: bool = False) -> None:
        """Show a line."""
        self.message = Message(text, warning)
        self.touch()

    def wish(self, kind: str, text: str = "") -> None:
        """Ask the window for something."""
        self.wishes.append(Wish(kind, text))

    # Playing

    def click(self, point: Point, *, double: bool = False) -> None:
        """Do what a left click on a point means in this mode."""
        stone = self.game.board.color_at(point) != EMPTY
        if self.mode is Mode.COUNT:
            activities.mark_dead(self, point)
        elif self.mode is Mode.GUESS:
            activities.guess(self, point)
        elif stone and double and (node := self.walk.node_with_stone(point)) is not None:
            self.moved(self.walk.go(node))
        elif self.network_to_play:
            self.say(f"{COLOR_NAMES[self.game.to_play].capitalize()} is thinking")
        elif self.play(point):
            self.paused = False

    def play(self, move: Move) -> bool:
        """Play for the color whose turn it is; tell whether that was legal.  Says why if it was not."""
        color = self.game.to_play
        new_line = not self.walk.node.children
        try:
            captured = self.walk.play(move)
        except IllegalMoveError as error:
            self.say(f"{to_vertex(move, self.game.size)}: {error.reason}", warning=True)
            self.wish("sound", "refused")
            return False
        if self.decided and new_line:
            self.decided, self.tree.result = False, ""
        self.wish("sound", "pass" if move is None else "capture" if captured else "stone")
        self.last_stone = self.clock()
        self.changed()
        self.moved(True)
        if move is None:
            self.say(f"{COLOR_NAMES[color].capitalize()} passes")
        if self.game.is_over:
            activities.start_count(self)
        return True

    def play_network_move(self, move: Move) -> None:
        """Play the network's move now."""
        self.pending = self.forced = None
        color = self.game.to_play
        if not self.play(move):
            self.paused = True  # what cannot be played on, such as a record with an illegal move, is left alone
        elif move is None and not self.game.is_over:
            self.say(f"{COLOR_NAMES[color].capitalize()} ({self.network_name}) passes: play on, or pass to count")

    def take_back(self) -> None:
        """Take back the last move; against the network, back to the person's own turn."""
        if self.mode is Mode.COUNT:
            activities.leave_count(self)
        humans = self.settings.humans
        against = self.mode is Mode.PLAY and len(humans) == 1
        if not self.walk.take_back():
            self.say("no move to take back")
            return
        if against and self.game.to_play not in humans and self.walk.node.turn is not None:
            self.walk.take_back()
        if self.decided:
            self.decided, self.tree.result = False, ""
        self.changed()
        self.moved(True)

    def pass_turn(self) -> None:
        """Pass."""
        if self.mode is Mode.COUNT or self.mode is Mode.GUESS:
            self.say("passing is for playing: Escape goes back to it")
        elif self.network_to_play:
            self.say(f"{COLOR_NAMES[self.game.to_play].capitalize()} is thinking")
        elif self.is_over:
            activities.start_count(self)
        else:
            self.play(None)

    def resign(self) -> None:
        """Resign for the person's color, or for the color to play."""
        if self.mode is not Mode.PLAY or self.is_over or self.walk.node.children:
            self.say("nothing to resign here: a game in play mode, at its end, can be resigned")
            return
        humans = self.settings.humans
        loser = next(iter(humans)) if len(humans) == 1 else self.game.to_play
        self.finish(f"{'W' if loser == BLACK else 'B'}+R")
        self.say(f"{COLOR_NAMES[loser].capitalize()} resigns: {self.tree.result}.  Tab reviews, Ctrl+S saves")

    def finish(self, result: str) -> None:
        """End the game with a result as records write it."""
        self.tree.result = result
        self.decided = True
        self.pending = self.forced = None
        self.wish("sound", "end")
        self.changed()

    def request_network_move(self) -> None:
        """Have the network move for whoever's turn it is."""
        if not self.has_network:
            self.say(self.why_no_hints(), warning=True)
        elif self.is_over:
            self.say("the game is over")
        else:
            if self.mode is not Mode.PLAY:
                self.mode = Mode.PLAY
            self.paused = False
            self.forced = self.key
            self.touch()

    def why_no_hints(self) -> str:
        """Return why the network says nothing about this board, or ""."""
        if self.game.size != BOARD_SIZE:
            return f"the network knows 19x19 only, this board is {self.game.size}x{self.game.size}"
        return self.network_note

    # Records

    def adopt(self, opened: Opened, shelf: Shelf | None = None, *, number: int | None = None) -> None:
        """Put an opened record on the board, to review; what was there and unsaved is left to be recovered."""
        if self.dirty:
            self.autosave.leave()
        mode = Mode.GUESS if self.mode is Mode.GUESS else Mode.REVIEW
        hard = self.guessing.hard
        self._start(opened.tree, mode)
        self.guessing.hard = hard
        self.shelf = shelf or Shelf()
        self.path = opened.path
        if number is not None:
            self.walk.to_number(number)
        self.walk.game_at(self.walk.line[-1])  # notes an illegal move in the record's warnings
        warnings = self.tree.warnings
        more = f" (and {len(warnings) - 1} more)" if len(warnings) > 1 else ""
        self.say(f"{warnings[0]}{more}" if warnings else opened.name, warning=bool(warnings))
        if mode is Mode.GUESS:
            activities.skip_to_question(self)

    def new_game(self) -> None:
        """Start a game with the settings; an unsaved one is left to be recovered."""
        if self.dirty:
            self.autosave.leave()
        settings = self.settings
        self._start(GameTree.new(settings.size, settings.komi, settings.handicap), Mode.PLAY)
        self._name_players()

    def saved(self, path: Path) -> None:
        """Note that the record is in a file now."""
        self.path, self.dirty = path, False
        self.autosave.drop()
        self.say(f"saved: {path}")

    def suggested_name(self) -> str:
        """Return a file name for the record, from its date and players."""
        names = [self.tree.names.get(color, "") for color in COLORS]
        parts = [self.tree.date or time.strftime("%Y-%m-%d"), *(name for name in names if name)]
        text = "-".join(parts)
        return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in text)[:80] + ".sgf"

    def _name_players(self) -> None:
        network = f"gopolicy {self.network_name}".strip()
        self.tree.names = {color: PERSON if color in self.settings.humans else network for color in COLORS}
        self.tree.date = time.strftime("%Y-%m-%d")
        self.tree.rules = "Chinese"

    def network_ready(self, name: str) -> None:
        """Note that the network can be asked."""
        self.network_name, self.network_note = name, ""
        if self.mode is Mode.PLAY and not self.shelf.path and not self.walk.node.children and not self.path:
            self._name_players()
        self.touch()

    # Bookkeeping

    def changed(self) -> None:
        """Keep the record on disk: it differs from what was saved."""
        self.dirty = True
        self.autosave.keep(self.tree.to_sgf())

    def moved(self, moved: bool) -> None:
        """Forget what belonged to the position that was left."""
        self.selected = None
        if moved:
            self.message = Message("")
        if self.pending is not None and self.pending.key != self.key:
            self.pending = None
        if self.mode is Mode.COUNT and moved:
            activities.leave_count(self)
        if self.overlay is Overlay.FUTURES and (self.futures is None or self.futures.key != self.key):
            self.futures = Futures(self.game) if self.has_network else None
        self.touch()

    def surprises(self) -> list[Judged]:
        """Return the line's most surprising moves in the order of play."""
        return sorted(most_surprising(self.judged()), key=lambda move: move.number)

    def other_key(self) -> bytes:
        """Return the key of this position with the other color to play."""
        return position_key(self.with_other_turn())

    def with_other_turn(self) -> Game:
        """Return a copy of the game with the other color to play."""
        game = self.game.copy()
        game.to_play = opponent(game.to_play)
        return game

    def color_to_play(self) -> Color:
        """Return whose turn it is; in guessing, whose move is to be guessed."""
        if self.mode is Mode.GUESS and (turn := self.walk.next_move) is not None:
            return turn[0]
        return self.game.to_play

    def next_seed(self) -> int:
        """Return the seed for the network's next choice; the same session gives the same seeds."""
        self.seed += 1
        return int(np.random.SeedSequence([self.first_seed, self.seed, self.walk.number]).generate_state(1)[0])

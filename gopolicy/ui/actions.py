"""What every key and button does: one method each, named as in the key table; safe at any time."""

from typing import Final

from gopolicy.go.coords import BOARD_SIZE
from gopolicy.ui import activities
from gopolicy.ui.desk import Desk
from gopolicy.ui.dialogs import Dialog, Entry, cycle
from gopolicy.ui.futures import Futures
from gopolicy.ui.settings import MOST_SHOWN, NUMBER_CHOICES, THRESHOLDS, Mode, Overlay
from gopolicy.ui.theme import THEMES

JUMP: Final = 10


class Actions(Desk):
    """The verbs of a session; those that deal with records and dialogs come from Desk."""

    # Moving through the record

    def _go(self, moved: bool) -> None:
        if self.session.mode is Mode.GUESS:
            self.session.guessing.revealed = None
        self.session.moved(moved)

    def back(self) -> None:
        """One move back."""
        self._go(self.session.walk.step(-1))

    def forward(self) -> None:
        """One move forward; the next question when guessing."""
        if self.session.mode is Mode.GUESS:
            activities.next_guess(self.session)
        else:
            self._go(self.session.walk.step(1))

    def back_ten(self) -> None:
        """Ten moves back."""
        self._go(self.session.walk.step(-JUMP))

    def forward_ten(self) -> None:
        """Ten moves forward."""
        self._go(self.session.walk.step(JUMP))

    def to_start(self) -> None:
        """To the empty board."""
        self._go(self.session.walk.go(self.session.walk.line[0]))

    def to_end(self) -> None:
        """To the last move."""
        self._go(self.session.walk.go(self.session.walk.line[-1]))

    def previous_variation(self) -> None:
        """The variation before; in an overlay with a list, the line before."""
        self._choose(-1)

    def next_variation(self) -> None:
        """The next variation; in an overlay with a list, the next line."""
        self._choose(1)

    def _choose(self, by: int) -> None:
        session = self.session
        if session.overlay is Overlay.PLANES:
            session.planes.step(by)
        elif session.overlay is Overlay.FUTURES and session.futures is not None:
            session.futures.choose(by)
        elif session.overlay is Overlay.SALIENCY:
            session.selected = min(max((session.selected or 1) + by, 1), max(len(session.candidates), 1))
        elif session.walk.to_variation(by):
            session.moved(True)
        else:
            session.say("no variation here")
        session.touch()

    def to_number(self, number: int) -> None:
        """To where so many moves have been played."""
        self._go(self.session.walk.to_number(number))

    def go_to_move(self) -> None:
        """Ask for a move number."""
        self.ask_text("Go to move", f"0 to {self.session.walk.total}", "", "go", self._typed_number)

    def _typed_number(self, text: str) -> None:
        self.session.dialog = None
        if text.strip().isdecimal() and len(text) < 6:
            self.to_number(int(text))
        else:
            self.session.say(f"{text!r} is not a move number", warning=True)

    def next_surprise(self) -> None:
        """To the next of the most surprising moves."""
        self._to_surprise(1)

    def previous_surprise(self) -> None:
        """To the one before."""
        self._to_surprise(-1)

    def _to_surprise(self, by: int) -> None:
        here = self.session.walk.number
        found = [move for move in self.session.surprises() if (move.number - here) * by > 0]
        if found:
            self._go(self.session.walk.go((found[0] if by > 0 else found[-1]).node))
        else:
            self.session.say("no surprising move further on" if by > 0 else "no surprising move before this")

    # The game

    def take_back(self) -> None:
        """Take back."""
        if self.session.mode is Mode.GUESS:
            self.back()
        else:
            self.session.take_back()

    def pass_turn(self) -> None:
        """Pass."""
        self.session.pass_turn()

    def resign(self) -> None:
        """Resign, after asking."""
        self.session.dialog = Dialog(
            "Resign this game?",
            entries=[Entry("no, play on", act=self.close_dialog), Entry("resign", act=self._resign)],
        )
        self.session.touch()

    def _resign(self) -> None:
        self.close_dialog()
        self.session.resign()

    def network_move(self) -> None:
        """Enter: accept the count, go on guessing, play the chosen line, or have the network move."""
        session = self.session
        if session.mode is Mode.COUNT:
            activities.accept_count(session)
        elif session.mode is Mode.GUESS:
            if session.guessing.revealed is not None:
                activities.next_guess(session)
        elif session.overlay is Overlay.FUTURES:
            self.add_line()
        else:
            session.request_network_move()

    def add_line(self) -> None:
        """Put the shown future into the record, up to its end."""
        session = self.session
        if session.overlay is Overlay.FUTURES and session.futures is not None:
            for future in session.futures.shown:
                if not session.play(future.point):
                    break

    def toggle_mode(self) -> None:
        """Playing or reviewing."""
        session = self.session
        if session.mode is Mode.COUNT:
            activities.leave_count(session)
        session.mode = Mode.REVIEW if session.mode is Mode.PLAY else Mode.PLAY
        session.guessing.revealed = None
        session.overlay = Overlay.NONE
        session.paused = False
        session.moved(False)
        if session.mode is Mode.REVIEW:
            session.say("review: step through the game with the arrows")
        else:
            waits = session.game.to_play not in session.settings.humans and session.walk.node.children
            session.say("play from here: Enter has the network move" if waits else "play from here")

    def count(self) -> None:
        """Count the position as if the game ended here."""
        if self.session.mode is Mode.COUNT:
            activities.leave_count(self.session)
        else:
            activities.start_count(self.session)

    def toggle_guess(self) -> None:
        """Guess the record's moves, or stop guessing."""
        self._toggle_guess(hard=False)

    def toggle_hard_guess(self) -> None:
        """Guess only where the network is in doubt."""
        self._toggle_guess(hard=True)

    def _toggle_guess(self, *, hard: bool) -> None:
        session = self.session
        if session.mode is Mode.GUESS and session.guessing.hard == hard:
            session.mode = Mode.REVIEW
            session.moved(False)
            session.say("review: step through the game with the arrows")
        else:
            if session.mode is Mode.COUNT:
                activities.leave_count(session)
            activities.start_guessing(session, hard=hard)

    # Hints

    def toggle_hints(self) -> None:
        """All hints on or off in this mode."""
        self._hint("shown", not self.session.hints.shown)

    def toggle_heat(self) -> None:
        """The heat map on or off; shows hints if they were off."""
        hints = self.session.hints
        self._hint("heat", not hints.heat if hints.shown else True)

    def toggle_labels(self) -> None:
        """The labeled candidates on or off; shows hints if they were off."""
        hints = self.session.hints
        self._hint("labels", not hints.labels if hints.shown else True)

    def _hint(self, name: str, value: bool) -> None:
        session = self.session
        session.overlay = Overlay.NONE
        setattr(session.hints, name, value)
        if name != "shown":
            session.hints.shown = True
        session.say(session.why_no_hints() if session.hints.shown else "")

    def peek(self, down: bool = True) -> None:
        """Show hidden hints, or hide shown ones, while the key is held."""
        self.session.peeking = down
        self.session.touch()

    def big_for_both(self, down: bool = True) -> None:
        """Where both colors want to play, while the key is held."""
        session = self.session
        if down:
            session.overlay = Overlay.BOTH
        elif session.overlay is Overlay.BOTH:
            session.overlay = Overlay.NONE
        session.say(session.why_no_hints() if down else "")

    def toggle_both(self) -> None:
        """Where both colors want to play, on or off."""
        self.big_for_both(self.session.overlay is not Overlay.BOTH)

    def more(self) -> None:
        """Label one more candidate."""
        self._top(1)

    def fewer(self) -> None:
        """Label one less."""
        self._top(-1)

    def _top(self, by: int) -> None:
        settings = self.session.settings
        settings.top = min(max(settings.top + by, 1), MOST_SHOWN)
        self.session.say(f"up to {settings.top} candidates")

    def raise_threshold(self) -> None:
        """Label only likelier candidates."""
        self._threshold(1)

    def lower_threshold(self) -> None:
        """Label less likely candidates too."""
        self._threshold(-1)

    def _threshold(self, by: int) -> None:
        settings = self.session.settings
        place = THRESHOLDS.index(settings.threshold) if settings.threshold in THRESHOLDS else 0
        settings.threshold = THRESHOLDS[min(max(place + by, 0), len(THRESHOLDS) - 1)]
        self.session.say(f"candidates from {100 * settings.threshold:g} % up")

    def candidate(self, rank: int) -> None:
        """Point out the candidate of a rank; with the planes on the board, choose a feature."""
        session = self.session
        if session.overlay is Overlay.PLANES:
            session.planes.choose(rank - 1)
        else:
            session.selected = None if session.selected == rank else rank
        session.touch()

    def play_candidate(self, rank: int) -> None:
        """Play the candidate of a rank."""
        session = self.session
        grid = session.grid
        found = session.candidates
        if grid is None or not 1 <= rank <= len(found) or session.mode in (Mode.COUNT, Mode.GUESS):
            session.say(session.why_no_hints() or "no such candidate")
        else:
            session.click(found[rank - 1].point)

    def toggle_territory(self) -> None:
        """The estimate of who will own what."""
        self._overlay(Overlay.TERRITORY)

    def toggle_futures(self) -> None:
        """The continuations that the network expects."""
        self._overlay(Overlay.FUTURES)
        if self.session.overlay is Overlay.FUTURES:
            self.session.futures = Futures(self.session.game)

    def toggle_planes(self) -> None:
        """What the network sees."""
        self._overlay(Overlay.PLANES)

    def toggle_saliency(self) -> None:
        """What made a candidate likely."""
        self._overlay(Overlay.SALIENCY)

    def choose_plane(self, feature: int, plane: int | None = None) -> None:
        """Show a feature, or one plane of it."""
        self.session.planes.choose(feature, plane)
        self.session.touch()

    def choose_future(self, index: int) -> None:
        """Show the future of an index on the board."""
        if self.session.futures is not None:
            self.session.futures.chosen = max(0, index)
        self.session.touch()

    def _overlay(self, overlay: Overlay) -> None:
        session = self.session
        if session.overlay is overlay:
            session.overlay = Overlay.NONE
            session.say("")
        elif session.mode is Mode.COUNT or (session.mode is Mode.GUESS and session.guessing.revealed is None):
            session.say("not while counting or guessing")
        elif session.game.size != BOARD_SIZE or (overlay is not Overlay.PLANES and not session.has_network):
            session.say(session.why_no_hints(), warning=True)
        else:
            session.overlay = overlay
            session.say("")

    # The board's looks

    def toggle_coordinates(self) -> None:
        """Letters and numbers around the board."""
        self._flip("coordinates")

    def cycle_numbers(self) -> None:
        """Move numbers on no stone, the last 1, 10, 50, or all."""
        settings = self.session.settings
        settings.numbers = int(str(cycle(NUMBER_CHOICES, settings.numbers, 1)))
        shown = {0: "no move numbers", 1000: "all move numbers"}
        self.session.say(shown.get(settings.numbers, f"numbers on the last {settings.numbers}"))

    def toggle_next_move(self) -> None:
        """The record's next move as a dashed ring."""
        self._flip("next_move")

    def plain_board(self) -> None:
        """Nothing but the board."""
        self._flip("plain")

    def toggle_sound(self) -> None:
        """Sounds."""
        self._flip("sound")
        self.session.say("sounds on" if self.session.settings.sound else "sounds off")

    def next_theme(self) -> None:
        """The next set of colors."""
        settings = self.session.settings
        settings.theme = str(cycle(list(THEMES), settings.theme, 1))
        self.session.say(f"colors: {settings.theme}")

    def _flip(self, name: str) -> None:
        settings = self.session.settings
        setattr(settings, name, not getattr(settings, name))
        self.session.touch()

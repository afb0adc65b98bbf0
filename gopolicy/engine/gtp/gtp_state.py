"""What a GTP engine remembers: the game, the rules, the parameters and the policy."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.engine.candidates import Selection
from gopolicy.engine.gtp.protocol import GtpError, is_interrupt
from gopolicy.engine.parameters import Parameters
from gopolicy.engine.rules import Rules
from gopolicy.errors import GopolicyError
from gopolicy.features.symmetry import image_tables
from gopolicy.go.board import IllegalMoveError
from gopolicy.go.coords import BLACK, BOARD_SIZE, Color, Move
from gopolicy.go.events import NO_POINT, POINT_MASK, event_color, is_setup
from gopolicy.go.game import Game
from gopolicy.prediction import Candidate, Prediction

if TYPE_CHECKING:
    from gopolicy.engine.settling import EngineSettler
    from gopolicy.policy import Policy, Settlement
    from gopolicy.policy.continuations import Continuation

DEFAULT_KOMI: Final = 7.5


class GtpState:
    """A game and how to think about it.

    policy: gives the policy; called when a command first needs it, so that loading can go on meanwhile.
    game: obeys the simple ko only, since a controller may hold other rules than ours.
    waiting_line: gives the next line of the controller without taking it, None while there is none.
    has_other_size: the controller has asked for a board that the network does not know, and for none since.
    """

    def __init__(
        self,
        policy: Callable[[], "Policy"],
        parameters: Parameters | None = None,
        *,
        waiting_line: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._load_policy = policy
        self._waiting_line = waiting_line
        self._settler: EngineSettler | None = None
        self.has_other_size = False
        self.parameters = parameters or Parameters()
        self.rng = np.random.default_rng(self.parameters.seed)
        self.rules = Rules()
        self.komi = DEFAULT_KOMI
        self.game = Game(BOARD_SIZE, komi=self.komi)

    def clear(self) -> None:
        """Begin a game; komi, rules and parameters stay."""
        self.game = Game(BOARD_SIZE, komi=self.komi)

    def set_komi(self, komi: float) -> None:
        """Set the komi of this game and those to come."""
        self.komi = self.game.komi = komi

    def set_parameter(self, name: str, text: str) -> None:
        """Change a parameter; setting the seed starts the sampling anew.  Raises ParameterError."""
        self.parameters = self.parameters.changed(name, text)
        if name == "seed":
            self.rng = np.random.default_rng(self.parameters.seed)

    @property
    def policy(self) -> "Policy":
        """The policy, averaging as the parameters say.  Raises GtpError if it cannot be loaded."""
        try:
            policy = self._load_policy()
        except (GopolicyError, OSError) as error:
            raise GtpError(f"no network: {error}") from error
        policy.symmetries = self.parameters.symmetries
        return policy

    def use_profile(self, name: str) -> None:
        """Predict and play as a profile from now on, "" for nobody.  Raises GtpError for an unknown name."""
        from gopolicy.profiles import ProfileError, named_profile

        try:
            self.policy.use_profile(named_profile(name) if name else None)
        except ProfileError as error:
            raise GtpError(str(error)) from None

    def game_for(self, color: Color | None) -> Game:
        """Return a copy of the game in which `color` (default: as it is) is to play, with superko where it holds.

        Raises GtpError while the controller believes in a board of another size.
        """
        if self.has_other_size:
            raise GtpError(f"the network knows {BOARD_SIZE}x{BOARD_SIZE} only: begin with boardsize {BOARD_SIZE}")
        game = self.game.copy()
        if self.rules.superko:
            try:
                game = Game.from_events(BOARD_SIZE, game.events, komi=game.komi, superko=True)
            except IllegalMoveError:
                pass  # the game itself has come back to a position: its rules are not these
        game.to_play = self.game.to_play if color is None else color
        return game

    def prediction(
        self, color: Color | None = None, *, symmetry: int | None = None, symmetries: int | None = None
    ) -> Prediction:
        """Return where `color` (default: to play) is expected to play; all zeros without a legal move.

        symmetry: evaluate the board in this one of the eight symmetries only.
        symmetries: average over so many (default: the parameter).
        """
        game = self.game_for(color)
        if not game.legal_mask().any():
            return Prediction(np.zeros((BOARD_SIZE, BOARD_SIZE), np.float32))
        if symmetry is not None:
            return Prediction(_probabilities_in(self.policy, game, symmetry))
        return self.policy.predict(game, symmetries or self.parameters.symmetries)

    def candidates(
        self,
        color: Color | None,
        selection: Selection | None = None,
        *,
        stop: Callable[[], bool] | None = None,
    ) -> list[Candidate]:
        """Return the candidates of `color` (default: to play) that `selection` lets through, the top one first.

        A pass is one where nothing is left to gain.  stop: what ends looking for that early, default: an interrupt.
        """
        from gopolicy.engine.settling import prediction_with_pass

        game, parameters, settler = self.game_for(color), self.parameters, self.settler
        settler.stop = stop or settler.stop
        found = prediction_with_pass(settler, game, self.prediction(color), parameters, self.rules.scoring)
        return (selection or Selection()).select(found, game.to_play, threshold=parameters.threshold)

    def extend(self, lines: Sequence["Continuation"], length: int) -> Iterator[None]:
        """Extend lines to `length` moves each; yield after each batch, so that the caller may stop."""
        from gopolicy.policy.continuations import extend_lines

        return extend_lines(self.policy, lines, length=length, symmetries=self.parameters.symmetries)

    def choose(self, color: Color | None = None, *, cleanup: bool = False, selection: Selection | None = None) -> Move:
        """Return the move, among those of `selection`, that the engine would play for `color` (default: to play).

        None is a pass, also where no move of `selection` is legal.
        """
        from gopolicy.engine.settling import passing_by, sampling_by
        from gopolicy.policy import choose_move

        game = self.game_for(color)
        passing = passing_by(self.parameters, self.rules.scoring, cleanup=cleanup)
        if selection is not None:
            passing = replace(passing, is_allowed=selection.permits(None, game.to_play))
        return choose_move(
            self.policy,
            game,
            self.rng,
            sampling_by(self.parameters),
            passing,
            repetitions=int(not self.rules.superko),
            allowed=None if selection is None else selection.mask(game.to_play),
            settler=self.settler,
        )

    def is_interrupted(self) -> bool:
        """Return whether the controller wants the running command to end with what it has."""
        return is_interrupt(self._waiting_line())

    def has_input(self) -> bool:
        """Return whether the controller has sent a line, which ends an open response."""
        return self._waiting_line() is not None

    @property
    def settler(self) -> "EngineSettler":
        """What finds out how positions end; an interrupt stops it.  Raises GtpError if the network cannot be loaded."""
        from gopolicy.engine.settling import EngineSettler

        seconds = self.parameters.settle_seconds
        if self._settler is None:
            self._settler = EngineSettler(self.policy, seed=self.parameters.seed or 0, seconds=seconds)
        self._settler.seconds, self._settler.stop = seconds, self.is_interrupted
        return self._settler

    def settlement(self) -> "Settlement | None":
        """Return how the position ends, None if all stones are to count as alive; an interrupt ends the work."""
        if self.has_other_size:
            raise GtpError("cannot score")
        if not self.parameters.settle_seconds:
            return None
        return self.settler.settle(self.game, seconds=self.parameters.settle_seconds)

    def handicap(self) -> int:
        """Return how many stones Black was given: those set up before the first move, if all are black."""
        setup = list(takewhile(is_setup, self.game.events))
        return len(setup) if len(setup) > 1 and all(event_color(event) == BLACK for event in setup) else 0


def _probabilities_in(policy: "Policy", game: Game, symmetry: int) -> NDArray[np.float32]:
    """Return the probabilities of a game, `[19, 19]`, evaluated in one symmetry and turned back."""
    images = image_tables(BOARD_SIZE)[symmetry]
    events = game.events.astype(np.int64)
    points = events & POINT_MASK
    moved = np.where(points == NO_POINT, events, events - points + images[np.minimum(points, len(images) - 1)])
    turned = Game.from_events(BOARD_SIZE, moved.astype(np.uint16), komi=game.komi, superko=game.superko)
    turned.to_play = game.to_play
    seen = policy.probabilities(turned, symmetries=1).ravel()
    back: NDArray[np.float32] = seen[images].reshape(BOARD_SIZE, BOARD_SIZE)
    return back

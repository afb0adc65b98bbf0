"""Who can play a game: the network, or any engine that speaks GTP."""

from typing import TYPE_CHECKING, Final, Literal, Protocol

import numpy as np

from gopolicy.engine.client import TIMEOUT_SECONDS, Channel, ChannelError, GtpClient, ProcessChannel
from gopolicy.engine.gtp.protocol import GtpError
from gopolicy.engine.parameters import Parameters
from gopolicy.errors import GopolicyError
from gopolicy.go.coords import COLOR_NAMES, EMPTY, Color, CoordinateError, Move, Size, parse_vertex, to_vertex
from gopolicy.go.events import event_color, event_move, move_event
from gopolicy.go.game import Game
from gopolicy.go.scoring import AREA, ScoringRules

if TYPE_CHECKING:
    from gopolicy.policy import Policy, Settler

RESIGN: Final = "resign"
Reply = Move | Literal["resign"]


class PlayerError(GopolicyError, RuntimeError):
    """A player that cannot go on: it ended, hung, refused or answered nonsense."""


class Player(Protocol):
    """Somebody who can be asked for a move."""

    @property
    def name(self) -> str:
        """What to call the player."""

    def prepare(self, number: int) -> None:
        """Get ready for a game; `number` decides what is left to chance."""

    def genmove(self, game: Game, color: Color) -> Reply:
        """Return a move for `color` in `game`, which is not changed.  Raises PlayerError."""

    def close(self) -> None:
        """End whatever the player runs."""


class PolicyPlayer:
    """The network as a player; of the parameters those that say how to play, and the rules say when to pass."""

    def __init__(self, policy: "Policy", parameters: Parameters | None = None, *, rules: ScoringRules = AREA) -> None:
        self.policy = policy
        self._rules = rules
        self._parameters = parameters or Parameters()
        self._settler: Settler | None = None
        self.prepare(0)

    @property
    def name(self) -> str:
        """The network's name."""
        return self.policy.name

    def prepare(self, number: int) -> None:
        """Begin to draw anew, so that a game can be repeated by its number."""
        self._rng = np.random.default_rng([self._parameters.seed or 0, number])

    def genmove(self, game: Game, color: Color) -> Reply:
        """Return the network's move; superko is in force for it if it is in `game`."""
        from gopolicy.engine.settling import passing_by, sampling_by
        from gopolicy.policy import Settler, choose_move

        self._settler = self._settler or Settler(self.policy, seed=self._parameters.seed or 0)
        position = game.copy()
        position.to_play = color
        sampling, passing = sampling_by(self._parameters), passing_by(self._parameters, self._rules)
        return choose_move(self.policy, position, self._rng, sampling, passing, settler=self._settler)

    def close(self) -> None:
        """Do nothing."""


class GtpPlayer:
    """An engine that speaks GTP; started when first needed, and again after it has failed.

    command: its command line.
    timeout_seconds: how long an answer may take.
    """

    def __init__(self, command: str, *, name: str | None = None, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._command = command
        self._timeout_seconds = timeout_seconds
        self._name = name
        self._client: GtpClient | None = None
        self._settings: tuple[Size, float] | None = None  # board size and komi that the engine knows of
        self._known: list[int] = []  # the events that it knows of

    @property
    def name(self) -> str:
        """The name it was given, or else the one that the engine gives."""
        if self._name is None:
            self._name = f"{self._ask('name')} {self._ask('version')}".strip()
        return self._name

    def prepare(self, number: int) -> None:
        """Do nothing: the position tells the engine that a game has begun."""

    def genmove(self, game: Game, color: Color) -> Reply:
        """Show the engine the game and return its move.  Raises PlayerError."""
        self._show(game)
        text = self._ask("genmove", COLOR_NAMES[color])
        if text.lower() == RESIGN:
            return RESIGN
        try:
            move = parse_vertex(text, game.size)
        except CoordinateError:
            self.close()
            raise PlayerError(f"{self._name or self._command} answered genmove with {text[:80]!r}") from None
        self._known.append(move_event(color, move))
        return move

    def final_score(self, game: Game) -> str:
        """Return the engine's opinion of the score, such as `B+3.5`.  Raises PlayerError."""
        self._show(game)
        return self._ask("final_score")

    def close(self) -> None:
        """End the engine."""
        if self._client is not None:
            self._client.close()
        self._client, self._settings, self._known = None, None, []

    def _show(self, game: Game) -> None:
        events = [int(event) for event in game.events]
        settings = (game.size, game.komi)
        if self._settings != settings or self._known != events[: len(self._known)]:
            self._ask("boardsize", game.size)
            self._ask("clear_board")
            self._ask("komi", f"{game.komi:g}")
            self._settings, self._known = settings, []
        for event in events[len(self._known) :]:
            if event_color(event) == EMPTY:
                raise PlayerError("GTP has no way to take a stone off the board")
            self._ask("play", COLOR_NAMES[event_color(event)], to_vertex(event_move(event), game.size))
            self._known.append(event)

    def _ask(self, name: str, *arguments: object) -> str:
        try:
            if self._client is None:
                self._client = GtpClient(self._open(), timeout_seconds=self._timeout_seconds)
            return self._client.command(name, *arguments)
        except ChannelError as error:
            self.close()
            raise PlayerError(str(error)) from error
        except GtpError as error:
            self.close()
            words = " ".join([name, *(str(argument) for argument in arguments)])
            raise PlayerError(f"{self._name or self._command} refused {words!r}: {error}") from error

    def _open(self) -> Channel:
        return ProcessChannel(self._command)

"""Small facts that the session, the window and the network hand each other."""

from dataclasses import dataclass

from gopolicy.go.coords import Move, Point
from gopolicy.ui.network import Grid


@dataclass(frozen=True)
class Wish:
    """Something for the window to do: sound, open, save, copy, paste, quit, full screen; with a word about it."""

    kind: str
    text: str = ""


@dataclass(frozen=True)
class Message:
    """A line for the person; `warning` when something did not work."""

    text: str
    warning: bool = False


@dataclass(frozen=True)
class Pending:
    """The network's move, to be shown when it is due."""

    key: bytes
    move: Move
    due: float


@dataclass(frozen=True)
class Territory:
    """An estimate of who will own each point of a position, from so many rounds of playouts."""

    key: bytes
    ownership: Grid
    dead: frozenset[Point]
    rounds: int

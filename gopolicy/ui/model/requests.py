"""What the model asks of the window, and small facts that both show.

A request is a frozen dataclass; the window handles each kind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gopolicy.go.coords import Move
from gopolicy.ui.model.document import Document
from gopolicy.ui.model.positions import PositionKey
from gopolicy.ui.model.tasks import Ending


@dataclass(frozen=True)
class PlaySound:
    """Play the sound of this name."""

    name: str


@dataclass(frozen=True)
class AskForFileToOpen:
    """Ask which record to open."""


@dataclass(frozen=True)
class AskWhereToSave:
    """Ask where to save a document; `name` is a suggestion, `then` what to do once it is saved."""

    name: str
    document: Document
    then: Callable[[], None] | None = None


@dataclass(frozen=True)
class ReadFile:
    """Read a file in a thread and show its game at a move number, None for where it begins."""

    path: Path
    number: int | None = None


@dataclass(frozen=True)
class ReadAddress:
    """Fetch what is at an address of the web in a thread, and show its first game."""

    address: str


@dataclass(frozen=True)
class StopReading:
    """Forget the file or the address that is being read."""


@dataclass(frozen=True)
class CopyText:
    """Put a text on the clipboard."""

    text: str


@dataclass(frozen=True)
class PasteText:
    """Hand over what is on the clipboard."""


@dataclass(frozen=True)
class ToggleFullScreen:
    """Fill the screen, or go back to a window."""


@dataclass(frozen=True)
class CloseWindow:
    """Close."""


Request = (
    PlaySound
    | AskForFileToOpen
    | AskWhereToSave
    | ReadFile
    | ReadAddress
    | StopReading
    | CopyText
    | PasteText
    | ToggleFullScreen
    | CloseWindow
)


@dataclass(frozen=True)
class Message:
    """A line for the person; `warning` when something did not work."""

    text: str
    warning: bool = False


@dataclass(frozen=True)
class DueMove:
    """The network's move, to be shown when it is due."""

    key: PositionKey
    move: Move
    due: float


@dataclass(frozen=True)
class Territory:
    """How a position ends; is_final: no better answer will come."""

    key: PositionKey
    ending: Ending
    is_final: bool

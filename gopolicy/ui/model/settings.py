"""What a person can set: how much is hinted, what the board shows, who plays and how."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, TypeVar

from gopolicy.go.coords import BLACK, BOARD_SIZE, WHITE, Color, Size
from gopolicy.ui.model.tasks import Style

Value = TypeVar("Value")

MOST_SHOWN: Final = 20
THEME_NAMES: Final = ("dark", "light", "paper")
THRESHOLDS: Final = (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
NUMBER_CHOICES: Final = (0, 1, 10, 50, 1000)  # how many of the last moves carry their number
SEATS: Final[dict[str, frozenset[Color]]] = {
    "b": frozenset({BLACK}),
    "w": frozenset({WHITE}),
    "both": frozenset({BLACK, WHITE}),
    "none": frozenset(),
}
SEAT_NAMES: Final = {"b": "Black", "w": "White", "both": "both colors", "none": "nobody: the network plays itself"}


class Mode(Enum):
    """What the window is for at the moment."""

    PLAY = "play"
    REVIEW = "review"
    GUESS = "guess"
    COUNT = "count"
    EDIT = "edit"


class Tool(Enum):
    """What a click puts on the board while a record is edited."""

    BLACK = "Black stone"
    WHITE = "White stone"
    ERASE = "Remove"
    TRIANGLE = "Triangle"
    SQUARE = "Square"
    CIRCLE = "Circle"
    CROSS = "Cross"
    LETTER = "Letter"
    NUMBER = "Number"
    TEXT = "Text ..."


TOOLS: Final = tuple(Tool)


class Overlay(Enum):
    """What lies over the board instead of the hints."""

    NONE = "none"
    TERRITORY = "territory"
    BOTH = "big for both"
    CONTINUATIONS = "continuations"
    PLANES = "planes"
    ATTRIBUTION = "attribution"
    ARCHIVE = "archive"
    COMPARE = "compare"


@dataclass
class Hints:
    """Which hints a mode shows: all off, the heat map, the labeled candidates."""

    shown: bool
    heat: bool = True
    labels: bool = True


@dataclass
class Settings:
    """Everything that can be set; `hints` by mode, so that playing and reviewing keep their own.

    human: a key of SEATS.  turns, mirrored: how the board is seen, in quarter turns.
    numbers: of the last so many moves.  threshold: the least probability labeled.
    profile: whom the network is to play like, "" for nobody.
    language: of the window, "" for that of the environment.
    """

    human: str = "b"
    size: Size = BOARD_SIZE
    komi: float = 7.5
    handicap: int = 0
    style: Style = field(default_factory=Style)
    profile: str = ""
    top: int = 5
    threshold: float = 0.0
    coordinates: bool = True
    numbers: int = 0
    next_move: bool = True
    sound: bool = True
    plain: bool = False
    theme: str = "dark"
    language: str = ""
    turns: int = 0
    mirrored: bool = False
    hints: dict[Mode, Hints] = field(
        default_factory=lambda: {
            Mode.PLAY: Hints(False),
            Mode.REVIEW: Hints(True),
            Mode.GUESS: Hints(True),
            Mode.COUNT: Hints(False),
            Mode.EDIT: Hints(False),
        }
    )

    @property
    def humans(self) -> frozenset[Color]:
        """The colors that a person plays."""
        return SEATS[self.human]


def next_of(values: Sequence[Value], now: Value, by: int = 1) -> Value:
    """Return the value `by` places after `now`, around the end; the first one if `now` is not among them."""
    return values[(values.index(now) + by) % len(values)] if now in values else values[0]

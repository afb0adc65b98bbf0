"""What the person sees and points at beside the game: the message, a dialog, help, the mouse; and open requests."""

from collections.abc import Callable
from typing import Final, NamedTuple

from gopolicy.go.coords import Point
from gopolicy.ui.model.dialogs import Dialog
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.requests import Message, PlaySound, Request, StopReading

TIP_PAUSE: Final = 0.5  # seconds until the mouse is said to rest on something


class Call(NamedTuple):
    """A command by its name in the key table, such as `step.back`, with its arguments."""

    name: str
    arguments: tuple[int, ...] = ()


class Screen:
    """See the module.

    hover: the point under the mouse; pointing: what a click beside the board would do there.
    peeking: hints are the other way round while a key is held.  version: counts changes of anything that is shown.
    writes: whether a text can be written here, with the fonts that there are.
    loading: the name of the file or address that is being read, "" for none.
    tab: the part of the lower panel that is shown.
    """

    def __init__(self) -> None:
        self.writes: Callable[[str], bool] = lambda text: True
        self.message = Message("")
        self.dialog: Dialog | None = None
        self.help_open = False
        self.peeking = False
        self.hover: Point | None = None
        self.pointing: Call | None = None
        self.loading = ""
        self.loaded = 0.0  # share of the file that is read
        self.tab = "surprise"
        self.scrolled: dict[str, int] = {}  # by tab: lines above what is shown
        self.pointed_at = 0.0
        self.requests: list[Request] = []
        self.version = 0

    def touch(self) -> None:
        """Have the window drawn anew."""
        self.version += 1

    def say(self, text: str, *, warning: bool = False) -> None:
        """Show a line."""
        self.message = Message(text, warning)
        self.touch()

    def refuse(self, text: str) -> None:
        """Say why something did not work, with the sound for it."""
        self.say(text, warning=True)
        self.request(PlaySound("refused"))

    def request(self, request: Request) -> None:
        """Ask the window for something."""
        self.requests.append(request)

    def taken_requests(self) -> list[Request]:
        """Return the open requests, which then are none any more."""
        requests, self.requests = self.requests, []
        return requests

    def stop_reading(self) -> None:
        """Forget what is being read."""
        self.loading = ""
        self.request(StopReading())
        self.say(tr("reading was stopped"))

    def show(self, dialog: Dialog | None) -> None:
        """Open a dialog, or close the one that is open (None)."""
        self.dialog = dialog
        self.touch()

    def show_help(self, shown: bool) -> None:
        """Open or close the list of keys."""
        self.help_open = shown
        self.touch()

    def peek(self, peeking: bool) -> None:
        """Turn the hints round, or back."""
        self.peeking = peeking
        self.touch()

    def point_at(self, point: Point | None, call: Call | None, now: float = 0.0) -> None:
        """Note what is under the mouse, and since when."""
        if (point, call) != (self.hover, self.pointing):
            self.hover, self.pointing, self.pointed_at = point, call, now
            self.touch()

    def seconds_until_tip(self, now: float) -> float | None:
        """Return how long until the mouse rests on what it points at, None if it does or points at nothing."""
        left = self.pointed_at + TIP_PAUSE - now
        return left if self.pointing is not None and left > 0 else None

    def scroll(self, lines: int) -> None:
        """Scroll the tab that is shown, down above 0; drawing stops at its end."""
        self.scrolled[self.tab] = max(0, self.scrolled.get(self.tab, 0) + lines)
        self.touch()

    def show_tab(self, tab: str) -> None:
        """Show a part of the lower panel: comment, tree or surprise."""
        self.tab = tab
        self.touch()

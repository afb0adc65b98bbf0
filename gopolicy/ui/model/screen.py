"""What the person sees and points at beside the game: the message, a dialog, help, the mouse; and open requests."""

from typing import NamedTuple

from gopolicy.go.coords import Point
from gopolicy.ui.model.dialogs import Dialog
from gopolicy.ui.model.requests import Message, PlaySound, Request


class Call(NamedTuple):
    """A command by its name in the key table, such as `step.back`, with its arguments."""

    name: str
    arguments: tuple[int, ...] = ()


class Screen:
    """See the module.

    hover: the point under the mouse; pointing: what a click beside the board would do there.
    peeking: hints are the other way round while a key is held.  version: counts changes of anything that is shown.
    loading: the name of the file that is being read, "" for none.
    """

    def __init__(self) -> None:
        self.message = Message("")
        self.dialog: Dialog | None = None
        self.help_open = False
        self.peeking = False
        self.hover: Point | None = None
        self.pointing: Call | None = None
        self.loading = ""
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

    def point_at(self, point: Point | None, call: Call | None) -> None:
        """Note what is under the mouse."""
        if (point, call) != (self.hover, self.pointing):
            self.hover, self.pointing = point, call
            self.touch()

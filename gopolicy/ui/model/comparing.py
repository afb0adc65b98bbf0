"""Profiles in the window: whom the network plays like, and with whom it is compared."""

from collections.abc import Callable
from typing import Final, NamedTuple

from gopolicy.go.coords import Color
from gopolicy.prediction import Prediction, surprise
from gopolicy.ui.model.cursor import Turn
from gopolicy.ui.model.dialogs import Dialog, Entry
from gopolicy.ui.model.judging import Predictions
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Overlay

MOST_DIFFERENCES: Final = 5


class Difference(NamedTuple):
    """A position of a game, the move that one profile finds most likely there, and how likely the other finds it.

    number: of the move that was played there.  own, other: probabilities of the vertex, of the network as it plays
    and of the profile that it is compared with, whose top move it is.
    """

    number: int
    color: Color
    vertex: str
    own: float
    other: float

    @property
    def weight(self) -> float:
        """Bits by which the other finds the move more likely, times how likely it finds it."""
        return self.other * (surprise(self.own) - surprise(self.other))


def difference_at(turn: Turn, own: Prediction, other: Prediction) -> Difference:
    """Return how far two predictions of the position before a turn differ in the other's top move."""
    (top,) = other.candidates(1)
    color, _ = turn.node.turn or (0, None)
    own_share = own.passing if top.move is None else own.probability(top.move)
    return Difference(turn.number, color, top.vertex, own_share, top.probability)


def differences(session: Session, count: int = MOST_DIFFERENCES) -> list[Difference]:
    """Return the moves of the line that the compared profile would find and the network as it plays would not."""
    found = []
    for turn in session.cursor.turns:
        own, other = session.predictions.get(turn.key), session.compared_predictions.get(turn.key)
        if own is not None and other is not None:
            found.append(difference_at(turn, own, other))
    most = sorted(found, key=lambda difference: -difference.weight)[:count]
    return [difference for difference in most if difference.weight > 0]


class Comparing:
    """The commands of profiles."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def ask_player(self) -> None:
        """Ask whom the network is to predict and play like."""
        self._ask(tr("Play like ..."), self._session.settings.profile, self._play_like)

    def ask_other(self) -> None:
        """Ask with whom the network is to be compared."""
        self._ask(tr("Compare with ..."), self._session.compared, self._compare)

    def toggle(self) -> None:
        """The comparison, on or off; the first time it is asked with whom."""
        session = self._session
        if session.view.overlay is Overlay.COMPARE:
            session.view.clear()
            session.screen.say("")
        elif session.hides_answers or not session.has_network:
            session.screen.say(session.why_no_hints() or tr("not while counting or guessing"), warning=True)
        elif session.compared is None:
            self.ask_other()
        else:
            session.view.show(Overlay.COMPARE)
            session.screen.say("")

    def _ask(self, title: str, now: str | None, take: Callable[[str], None]) -> None:
        session = self._session
        if not session.profiles:
            session.screen.say(session.why_no_hints() or tr("this network has no profiles"), warning=True)
            return
        names = ("", *session.profiles)
        entries = [self._entry(name, now, take) for name in names]
        entries.append(Entry(tr("Cancel"), act=lambda: session.screen.show(None)))
        chosen = names.index(now) if now in names else 0
        session.screen.show(Dialog(title, tr("ranks, eras and servers"), entries, chosen=chosen, light=True))

    def _entry(self, name: str, now: str | None, take: Callable[[str], None]) -> Entry:
        def act() -> None:
            self._session.screen.show(None)
            take(name)

        return Entry(name or _nobody(), act=act, value=lambda: tr("now") if name == now else "")

    def _play_like(self, name: str) -> None:
        self._session.settings.profile = name
        self._session.opponent.stop()
        self._session.opponent.go_on()
        self._session.screen.say(tr("predicts and plays like {profile}", profile=name or _nobody()))

    def _compare(self, name: str) -> None:
        session = self._session
        if name != session.compared:
            session.compared, session.compared_predictions = name, Predictions()
        if not session.hides_answers:
            session.view.show(Overlay.COMPARE)
        session.screen.touch()


def _nobody() -> str:
    return tr("nobody: the network itself")

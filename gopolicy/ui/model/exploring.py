"""The overlays: continuations, both colors, attribution, territory, planes."""

from gopolicy.go.coords import BOARD_SIZE
from gopolicy.ui.model.continuation_tree import ContinuationTree
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.playing import Playing
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode, Overlay


class Exploring:
    """The commands of the overlays."""

    def __init__(self, session: Session, playing: Playing) -> None:
        self._session, self._playing = session, playing

    def hold_both(self, down: bool = True) -> None:
        """Where both colors want to play, while the key is held."""
        session = self._session
        if down and session.hides_answers:
            session.screen.say(tr("not while counting or guessing"))
            return
        if down:
            session.view.show(Overlay.BOTH)
        elif session.view.overlay is Overlay.BOTH:
            session.view.clear()
        session.screen.say(session.why_no_hints() if down else "")

    def toggle_both(self) -> None:
        """Where both colors want to play, on or off."""
        self.hold_both(self._session.view.overlay is not Overlay.BOTH)

    def toggle_territory(self) -> None:
        """The estimate of who will own what."""
        self._toggle(Overlay.TERRITORY)

    def toggle_continuations(self) -> None:
        """The lines that the network predicts."""
        self._toggle(Overlay.CONTINUATIONS)
        if self._session.view.overlay is Overlay.CONTINUATIONS:
            self._session.view.continuations = ContinuationTree(self._session.game)

    def toggle_planes(self) -> None:
        """What the network is given."""
        self._toggle(Overlay.PLANES)

    def toggle_attribution(self) -> None:
        """What made a candidate likely."""
        self._toggle(Overlay.ATTRIBUTION)

    def choose_plane(self, feature: int, plane: int | None = None) -> None:
        """Show a feature, or one plane of it."""
        self._session.view.planes.choose(feature, plane)
        self._session.screen.touch()

    def choose_continuation(self, index: int) -> None:
        """Show the continuation of an index on the board."""
        if self._session.view.continuations is not None:
            self._session.view.continuations.chosen = max(0, index)
        self._session.screen.touch()

    def add_line(self) -> None:
        """Put the shown continuation, or that of the candidate under the mouse, into the record, up to its end."""
        view, pointed = self._session.view, self._session.pointed_line
        if self._session.mode not in (Mode.PLAY, Mode.REVIEW):
            self._session.screen.say(tr("not while scoring, guessing or editing"))
            return
        if view.overlay is Overlay.CONTINUATIONS and view.continuations is not None:
            moves = [(move.color, move.point) for move in view.continuations.shown]
        else:
            moves = pointed
        for color, point in moves:
            if not self._playing.play(point, color):
                break

    def _toggle(self, overlay: Overlay) -> None:
        session = self._session
        if session.view.overlay is overlay:
            session.view.clear()
            session.screen.say("")
        elif session.hides_answers:
            session.screen.say(tr("not while counting or guessing"))
        elif session.game.size != BOARD_SIZE or (overlay is not Overlay.PLANES and not session.has_network):
            session.screen.say(session.why_no_hints(), warning=True)
        else:
            session.view.show(overlay)
            session.screen.say("")

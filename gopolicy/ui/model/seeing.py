"""What the network says on the board, on or off: hints, heat map, candidates."""

from gopolicy.ui.model.language import tr
from gopolicy.ui.model.playing import Playing
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import MOST_SHOWN, THRESHOLDS, TOOLS, Hints, Mode, Overlay


class Seeing:
    """The commands of hints and candidates."""

    def __init__(self, session: Session, playing: Playing) -> None:
        self._session, self._playing = session, playing

    def toggle_hints(self) -> None:
        """All hints on or off in this mode."""
        hints = self._session.hints
        self._set(Hints(not hints.shown, hints.heat, hints.labels))

    def toggle_heat(self) -> None:
        """The heat map on or off; shows hints if they were off."""
        hints = self._session.hints
        self._set(Hints(True, not hints.heat if hints.shown else True, hints.labels))

    def toggle_labels(self) -> None:
        """The labeled candidates on or off; shows hints if they were off."""
        hints = self._session.hints
        self._set(Hints(True, hints.heat, not hints.labels if hints.shown else True))

    def _set(self, hints: Hints) -> None:
        session = self._session
        session.view.clear()
        session.settings.hints[session.mode] = hints
        session.screen.say(session.why_no_hints() if hints.shown else "")

    def peek(self, down: bool = True) -> None:
        """Show hidden hints, or hide shown ones, while the key is held."""
        self._session.screen.peek(down)

    def more(self) -> None:
        """Label one more candidate."""
        self._top(1)

    def fewer(self) -> None:
        """Label one less."""
        self._top(-1)

    def _top(self, by: int) -> None:
        settings = self._session.settings
        settings.top = min(max(settings.top + by, 1), MOST_SHOWN)
        self._session.screen.say(tr("up to {count} candidates", count=settings.top))

    def raise_threshold(self) -> None:
        """Label only more likely candidates."""
        self._threshold(1)

    def lower_threshold(self) -> None:
        """Label less likely candidates too."""
        self._threshold(-1)

    def _threshold(self, by: int) -> None:
        settings = self._session.settings
        place = THRESHOLDS.index(settings.threshold) if settings.threshold in THRESHOLDS else 0
        settings.threshold = THRESHOLDS[min(max(place + by, 0), len(THRESHOLDS) - 1)]
        self._session.screen.say(tr("candidates from {percent:g} % up", percent=100 * settings.threshold))

    def select(self, rank: int) -> None:
        """Point out the candidate of a rank; with the planes on the board, choose a feature; editing, a tool."""
        view = self._session.view
        if self._session.mode is Mode.EDIT:
            self._session.tool = TOOLS[(rank - 1) % len(TOOLS)]
        elif view.overlay is Overlay.PLANES:
            view.planes.choose(rank - 1)
        else:
            view.select(None if view.selected == rank else rank)
        self._session.screen.touch()

    def play_candidate(self, rank: int) -> None:
        """Play the candidate of a rank."""
        session = self._session
        found = session.candidates
        if not 1 <= rank <= len(found) or session.mode in (Mode.COUNT, Mode.GUESS, Mode.EDIT):
            session.screen.say(session.why_no_hints() or tr("no such candidate"))
        else:
            self._playing.play_for_person(found[rank - 1].move)

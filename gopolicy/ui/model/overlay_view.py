"""What lies over the board besides stones: an overlay, what it shows, and the candidate that is pointed out."""

from typing import NamedTuple

from gopolicy.explain.attribution import Attribution
from gopolicy.go.game import Game
from gopolicy.ui.model.candidate_lines import CandidateLines
from gopolicy.ui.model.continuation_tree import ContinuationTree
from gopolicy.ui.model.plane_view import PlaneView
from gopolicy.ui.model.positions import PositionKey
from gopolicy.ui.model.requests import Territory
from gopolicy.ui.model.settings import Overlay


class AttributionHere(NamedTuple):
    """What made a move of a position likely."""

    key: PositionKey
    values: Attribution


class OverlayView:
    """See the module; selected: the rank of the candidate that is pointed out, None for none."""

    def __init__(self) -> None:
        self.overlay = Overlay.NONE
        self.selected: int | None = None
        self.continuations: ContinuationTree | None = None
        self.planes = PlaneView()
        self.territory: Territory | None = None
        self.attribution: AttributionHere | None = None
        self.lines: CandidateLines | None = None

    def show(self, overlay: Overlay) -> None:
        """Put an overlay on the board."""
        self.overlay = overlay

    def clear(self) -> None:
        """Take the overlay off."""
        self.overlay = Overlay.NONE

    def forget(self) -> None:
        """Forget all that the network said; the overlay stays, unless it is made of lines."""
        self.selected = self.territory = self.attribution = self.lines = self.continuations = None
        if self.overlay is Overlay.CONTINUATIONS:
            self.clear()

    def select(self, rank: int | None) -> None:
        """Point out the candidate of a rank, or none."""
        self.selected = rank

    def follow(self, game: Game, key: PositionKey, *, has_network: bool) -> None:
        """Go on with the position that is on the board now."""
        self.selected = None
        known = self.continuations
        if self.overlay is Overlay.CONTINUATIONS and (known is None or known.key != key):
            self.continuations = ContinuationTree(game) if has_network else None

    def take_territory(self, territory: Territory) -> None:
        """Keep an estimate of ownership."""
        self.territory = territory

    def take_attribution(self, attribution: AttributionHere) -> None:
        """Keep an attribution."""
        self.attribution = attribution

    def take_lines(self, lines: CandidateLines) -> None:
        """Keep the lines of candidates."""
        self.lines = lines

"""Where the parts of the window are in the session's state; drawing and events ask here, so they always agree."""

from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode
from gopolicy.ui.panels.geometry import Geometry, layout


def geometry_of(session: Session, width: int, height: int) -> Geometry:
    """Return the layout of a window of this size in the session's state."""
    settings = session.settings
    return layout(
        width,
        height,
        session.game.size,
        graph=has_graph(session),
        tree=has_tree(session),
        plain=settings.plain,
        coordinates=settings.coordinates,
    )


def has_graph(session: Session) -> bool:
    """Return whether the surprise graph belongs to what is done at the moment: it would spoil playing and guessing."""
    return session.mode is Mode.REVIEW or (session.document.decided and session.mode is Mode.PLAY)


def has_tree(session: Session) -> bool:
    """Return whether the variation tree belongs to what is done at the moment."""
    return session.settings.tree and session.mode is Mode.REVIEW

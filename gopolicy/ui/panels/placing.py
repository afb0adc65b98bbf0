"""Where the parts of the window are in the session's state; drawing and events ask here, so they always agree."""

from dataclasses import replace
from typing import Final, NamedTuple

from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode, Overlay
from gopolicy.ui.panels.geometry import Geometry, Rect, View, layout
from gopolicy.ui.panels.rows import LINE

HEADER: Final = 5.4  # rows: two players, two lines of facts
MESSAGE: Final = 2.3  # rows at the bottom of the panel
MAIN: Final = 10.4  # rows of what the mode or the overlay is about
LOWER: Final = 4.5  # least rows of comment, tree or surprise, with their tabs
TREE: Final = "tree"  # the tab of the variation tree
LONG: Final = (Overlay.CONTINUATIONS, Overlay.PLANES, Overlay.ATTRIBUTION)  # lists that take the lower part too


class Sections(NamedTuple):
    """The parts of the panel, each of a height of its own; tabs and lower have none where there is no room."""

    header: Rect
    main: Rect
    tabs: Rect
    lower: Rect
    message: Rect


def geometry_of(session: Session, width: int, height: int) -> Geometry:
    """Return the layout of a window of this size in the session's state."""
    settings = session.settings
    view = View(settings.turns, settings.mirrored)
    size = session.game.size
    whole = layout(width, height, size, plain=settings.plain, coordinates=settings.coordinates, view=view)
    return whole if session.screen.tab != TREE else replace(whole, tree=sections_of(session, whole).lower)


def shows_graph(session: Session) -> bool:
    """Return whether the surprise graph has bars: while playing and guessing they would spoil it."""
    return session.mode in (Mode.REVIEW, Mode.EDIT) or (session.document.decided and session.mode is Mode.PLAY)


def sections_of(session: Session, geometry: Geometry) -> Sections:
    """Return where the parts of the panel are: the same at every move."""
    unit = geometry.unit
    inside = geometry.panel.inset(round(unit * 0.9), round(unit * 0.6))
    line = LINE * unit
    header = inside._replace(h=min(round(HEADER * line), inside.h))
    message_height = round(MESSAGE * line) if inside.h > (HEADER + MESSAGE + 3) * line else 0
    message = inside._replace(y=inside.bottom - message_height, h=message_height)
    rest = inside._replace(y=header.bottom, h=max(0, message.y - header.bottom))
    fills = session.view.overlay in LONG or session.mode in (Mode.COUNT, Mode.GUESS, Mode.EDIT)
    if fills or rest.h < (MAIN + LOWER) * line:
        nothing = rest._replace(y=rest.bottom, h=0)
        if fills or rest.h < 2 * LOWER * line:
            return Sections(header, rest, nothing, nothing, message)
        main = rest._replace(h=rest.h - round(LOWER * line))
    else:
        main = rest._replace(h=round(MAIN * line))
    tabs = rest._replace(y=main.bottom, h=round(1.25 * line))
    lower = rest._replace(y=tabs.bottom + unit // 3, h=max(0, rest.bottom - tabs.bottom - unit // 2))
    return Sections(header, main, tabs, lower, message)

"""Where the parts of the window are in the session's state; drawing and events ask here, so they always agree."""

from dataclasses import replace
from typing import Final, NamedTuple

from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode, Overlay
from gopolicy.ui.panels.geometry import Geometry, Rect, View, layout
from gopolicy.ui.panels.rows import LINE

HEADER: Final = 4.5  # rows: two players, two lines of facts
MESSAGE: Final = 2.3  # rows at the bottom of the panel
MAIN: Final = 9.4  # rows of what the mode or the overlay is about
LOWER: Final = 4.5  # least rows of comment, tree or surprise, with their tabs
TREE: Final = "tree"  # the tab of the variation tree
TWO_COLUMNS: Final = 42  # units of width from which a low panel has two columns
BOTH: Final = 24  # units of height from which the tree is shown beside what its tabs show
LONG: Final = (
    Overlay.CONTINUATIONS,
    Overlay.PLANES,
    Overlay.ATTRIBUTION,
    Overlay.ARCHIVE,
    Overlay.COMPARE,
)  # lists that take the lower part too


class Sections(NamedTuple):
    """The parts of the panel, each of a height of its own; a part has none where there is no space for it.

    tree: of the variation tree: the lower part while its tab is shown, and a part of its own in a large window.
    """

    header: Rect
    main: Rect
    tabs: Rect
    lower: Rect
    message: Rect
    tree: Rect


def geometry_of(session: Session, width: int, height: int) -> Geometry:
    """Return the layout of a window of this size in the session's state."""
    settings = session.settings
    view = View(settings.turns, settings.mirrored)
    size = session.game.size
    whole = layout(width, height, size, plain=settings.plain, coordinates=settings.coordinates, view=view)
    return replace(whole, tree=sections_of(session, whole).tree)


def shows_graph(session: Session) -> bool:
    """Return whether the surprise graph has bars: while playing and guessing they would spoil it."""
    return session.mode in (Mode.REVIEW, Mode.EDIT) or (session.document.decided and session.mode is Mode.PLAY)


def sections_of(session: Session, geometry: Geometry) -> Sections:
    """Return where the parts of the panel are: the same at every move.

    A wide panel has two columns: what is on the board at the left, the record at the right.
    """
    unit, line = geometry.unit, LINE * geometry.unit
    inside = geometry.panel.inset(round(unit * 0.9), round(unit * 0.6))
    left = right = inside
    if inside.w > TWO_COLUMNS * unit and inside.h < 30 * unit:
        left = inside._replace(w=(inside.w - 2 * unit) // 2)
        right = left._replace(x=inside.right - left.w)
    header = left._replace(h=min(round(HEADER * line), left.h))
    message_height = round(MESSAGE * line) if right.h > (MESSAGE + 3) * line else 0
    message = right._replace(y=right.bottom - message_height, h=message_height)
    end = message.y if left is right else left.bottom
    rest = left._replace(y=header.bottom, h=max(0, end - header.bottom))
    fills = session.view.overlay in LONG or session.mode in (Mode.COUNT, Mode.GUESS, Mode.EDIT)
    if left is not right:
        record = right._replace(h=max(0, message.y - right.y))
        return Sections(header=header, main=rest, **_record_parts(session, record, unit), message=message)
    most = rest.h - round(LOWER * line)
    main_height = rest.h if fills or most < LOWER * line else min(round(MAIN * line), most)
    main = rest._replace(h=main_height)
    record = rest._replace(y=main.bottom, h=rest.h - main_height)
    return Sections(header=header, main=main, **_record_parts(session, record, unit), message=message)


def _record_parts(session: Session, rect: Rect, unit: int) -> dict[str, Rect]:
    """Return tabs, lower part and tree in what is left for the record."""
    nothing = rect._replace(y=rect.bottom, h=0)
    if rect.h < 3 * LINE * unit:
        return {"tabs": nothing, "lower": nothing, "tree": nothing}
    tabs = rect._replace(h=round(1.25 * LINE * unit))
    lower = rect._replace(y=tabs.bottom + unit // 3, h=max(0, rect.bottom - tabs.bottom - unit // 2))
    if session.screen.tab == TREE:
        return {"tabs": tabs, "lower": lower, "tree": lower}
    if lower.h < BOTH * unit:
        return {"tabs": tabs, "lower": lower, "tree": nothing}
    upper = lower._replace(h=min(round(lower.h * 0.6), 30 * unit))
    return {"tabs": tabs, "lower": upper, "tree": lower._replace(y=upper.bottom, h=lower.bottom - upper.bottom)}

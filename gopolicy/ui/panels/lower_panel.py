"""The lower part of the panel: the comment, or how expected the moves were; the tree is drawn elsewhere."""

from typing import Final, NamedTuple

from gopolicy.ui.model.language import tr
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.session import Session
from gopolicy.ui.panels.geometry import Rect
from gopolicy.ui.panels.rows import LINE, Column, Row, wrap
from gopolicy.ui.panels.surprise_panel import scrolling_rows, surprise_rows

SCALE: Final = 0.94


class Scroll(NamedTuple):
    """What is shown of something longer: where, and how many lines are shown, stand above, and are there."""

    rect: Rect
    shown: int
    above: int
    total: int


def lower_rows(session: Session, rect: Rect, unit: int) -> list[Row]:
    """Return the rows of the tab that is shown; none where the tree is."""
    if session.screen.tab == "surprise":
        return surprise_rows(session, rect, unit)
    column = Column(rect, unit)
    if session.screen.tab == "comment":
        _comment(session, column)
    return column.rows


def scroll_of(session: Session, rect: Rect, unit: int) -> Scroll:
    """Return which part is shown of the comment or of the surprising moves."""
    if session.screen.tab == "comment":
        lines, above, total = comment_lines(session, rect, unit)
        return Scroll(rect, len(lines), above, total)
    if session.screen.tab == "surprise":
        rows, place, above, total = scrolling_rows(session, rect, unit)
        return Scroll(place, len(rows), above, total)
    return Scroll(rect, 0, 0, 0)


def comment_lines(session: Session, rect: Rect, unit: int) -> tuple[list[str], int, int]:
    """Return the lines of the comment that are shown, how many stand above them, and how many there are."""
    text = session.cursor.node.text
    lines = wrap(text, rect.w - unit, unit * SCALE, most=len(text)) if text else []
    shown = max(1, int(rect.h / (LINE * unit * SCALE)))
    above = min(session.screen.scrolled.get("comment", 0), max(0, len(lines) - shown))
    return lines[above : above + shown], above, len(lines)


def _comment(session: Session, column: Column) -> None:
    lines, _, total = comment_lines(session, column.rect, column.unit)
    call = Call("edit.comment")
    if not total:
        column.add(tr("No comment here; a click writes one"), tone="muted", scale=SCALE, call=call)
    for line in lines:
        column.add(line, scale=SCALE, call=call)

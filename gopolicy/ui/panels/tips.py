"""What is said beside the mouse when it rests on a button or a figure.  No pixels drawn."""

from typing import Final, NamedTuple

from gopolicy.ui.model.figures import FIGURES
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.session import Session
from gopolicy.ui.panels.buttons import buttons
from gopolicy.ui.panels.geometry import Geometry, Rect
from gopolicy.ui.panels.rows import wrap
from gopolicy.ui.panels.side_panel import panel_rows

WIDEST: Final = 32  # units


class Tip(NamedTuple):
    """Lines with their tones, and the button or row that they are about."""

    about: Rect
    lines: list[tuple[str, str]]


def tip_of(session: Session, geometry: Geometry) -> Tip | None:
    """Return the tip to show, None while the mouse rests on nothing that has one."""
    call = session.screen.pointing
    if call is None or session.screen.dialog is not None:
        return None
    if session.screen.seconds_until_tip(session.clock()) is not None:
        return None
    if call.name == "look.about":
        row = next((row for row in panel_rows(session, geometry) if row.call == call), None)
        figure = FIGURES[call.arguments[0]]
        name = tr(figure.name)
        name = name[0].upper() + name[1:]
        text = [(name, "strong"), *((line, "normal") for line in wrapped(tr(figure.sentence), geometry))]
        return None if row is None else Tip(row.rect, text)
    button = next((button for button in buttons(session, geometry) if button.call == call), None)
    if button is None:
        return None
    what, reason = button.tip
    return Tip(button.rect, [(what, "normal"), *([(reason, "warning")] if reason else [])])


def wrapped(sentence: str, geometry: Geometry) -> list[str]:
    """Break a sentence into the lines of a tip."""
    return wrap(sentence, min(WIDEST * geometry.unit, geometry.width - 2 * geometry.unit), geometry.unit * 0.92)

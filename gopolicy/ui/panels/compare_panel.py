"""The panel while two profiles are compared: their candidates side by side, and where they differ most in the game."""

from typing import Final

from gopolicy.prediction import Prediction
from gopolicy.ui.model.comparing import differences
from gopolicy.ui.model.language import color_letter, tr
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode
from gopolicy.ui.panels.rows import Cell, Column
from gopolicy.ui.panels.wording import percent_text

LIKELY: Final = 2  # of each side's candidates that are always listed
OWN, OTHER = 0.60, 1.0  # where the columns end


def compare_rows(session: Session, column: Column) -> None:
    """The most likely moves of both, then the positions of the game in which they differ most."""
    column.title(tr("Compared"))
    own, other = session.prediction, session.compared_predictions.get(session.key)
    if own is None or other is None:
        column.wrapped(session.why_no_hints() or tr("the network is thinking"), tone="muted")
        return
    itself = tr("the network")
    heads = Cell(session.profile or itself, OWN, "right", "muted"), Cell(session.compared or itself, OTHER, "right")
    column.add(*heads, scale=0.92, tone="muted", call=Call("profiles.ask_other"))
    for point, vertex in _listed(own, other, session.settings.top):
        column.add(
            Cell(vertex, 0.0, "left", "strong"),
            Cell(percent_text(own.probability(point)), OWN, "right"),
            Cell(percent_text(other.probability(point)), OTHER, "right"),
        )
    if session.mode is Mode.REVIEW and column.room >= 3:
        _difference_rows(session, column)


def _listed(own: Prediction, other: Prediction, count: int) -> list[tuple[int, str]]:
    """Return the points that either finds likely, those that the two together find most likely first."""
    sides = [
        [c for c in prediction.candidates(max(count, LIKELY)) if c.move is not None] for prediction in (own, other)
    ]
    found = {c.move: c.vertex for side in sides for c in side if c.move is not None}
    order = sorted(found, key=lambda point: -own.probability(point) - other.probability(point))
    always = {c.move for side in sides for c in side[:LIKELY]}
    kept = [point for place, point in enumerate(order) if place < count or point in always]
    return [(point, found[point]) for point in kept]


def _difference_rows(session: Session, column: Column) -> None:
    found = differences(session)
    column.space(0.4)
    text = tr("Moves that {profile} would find", profile=session.compared or tr("the network"))
    column.add(text, tone="title", scale=0.86)
    for difference in found[: column.room]:
        column.add(
            Cell(f"{difference.number}", 0.0, "left", "muted"),
            Cell(f"{color_letter(difference.color)} {difference.vertex}", 0.14),
            Cell(percent_text(difference.own), OWN, "right"),
            Cell(percent_text(difference.other), OTHER, "right"),
            scale=0.92,
            chosen=session.cursor.number == difference.number - 1,
            call=Call("step.to_number", (difference.number - 1,)),
        )
    if not found:
        column.add(tr("none yet"), tone="muted", scale=0.92)

"""The lower part of the panel: the comment, or how expected the moves were; the tree is drawn elsewhere."""

from collections.abc import Callable
from typing import Final

from gopolicy.go.coords import BLACK, COLORS, WHITE
from gopolicy.prediction import PHASES, TOP, Score, ScoreTable
from gopolicy.ui.model.judging import expected_run
from gopolicy.ui.model.language import color_letter, color_name, tr
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.session import Session
from gopolicy.ui.panels.geometry import Rect
from gopolicy.ui.panels.placing import shows_graph
from gopolicy.ui.panels.rows import LINE, Cell, Column, Row, wrap
from gopolicy.ui.panels.wording import about, judged_text, percent_text

SCALE: Final = 0.94
AVERAGE: Final = "average surprise, bits"
VALUES: Final[dict[str, Callable[[Score], str]]] = {
    AVERAGE: lambda score: f"{score.bits:.1f}",
    "the top move": lambda score: f"{100 * score.top1:.0f} %",
    f"in the top {TOP}": lambda score: f"{100 * score.top5:.0f} %",
}


def lower_rows(session: Session, rect: Rect, unit: int) -> list[Row]:
    """Return the rows of the tab that is shown; none where the tree is."""
    column = Column(rect, unit)
    if session.screen.tab == "comment":
        _comment(session, column)
    elif session.screen.tab == "surprise":
        _surprise(session, column)
    return column.rows


def comment_lines(session: Session, rect: Rect, unit: int) -> tuple[list[str], int, int]:
    """Return the lines of the comment that are shown, how many stand above them, and how many there are."""
    lines = (
        wrap(session.cursor.node.comment.strip(), rect.w - unit, unit * SCALE) if session.cursor.node.comment else []
    )
    shown = max(1, int(rect.h / (LINE * unit * SCALE)))
    above = min(session.screen.scrolled, max(0, len(lines) - shown))
    return lines[above : above + shown], above, len(lines)


def _comment(session: Session, column: Column) -> None:
    lines, _, total = comment_lines(session, column.rect, column.unit)
    call = Call("edit.comment")
    if not total:
        column.add(tr("No comment here; a click writes one"), tone="muted", scale=SCALE, call=call)
    for line in lines:
        column.add(line, scale=SCALE, call=call)


def _surprise(session: Session, column: Column) -> None:
    judged = session.review.judged()
    if not shows_graph(session) or not judged:
        review = tr("The review shows here how expected each move was.")
        column.wrapped(session.why_no_hints() or review, tone="muted", scale=SCALE)
        return
    here = session.review.judged_at(session.cursor.node)
    column.add(judged_text(here) if here is not None else " ", tone="muted", scale=0.92, call=about("bits"))
    turns = sum(turn.node.turn is not None and turn.node.turn[1] is not None for turn in session.cursor.turns)
    part = tr("{done} of {count} moves", done=len(judged), count=turns)
    heading = tr("all moves") if len(judged) >= turns else part
    column.add(
        Cell(heading, 0.0, "left", "muted"),
        Cell(color_name(BLACK), 0.76, "right", "muted"),
        Cell(color_name(WHITE), 1.0, "right", "muted"),
        scale=0.92,
    )
    table = session.review.table()
    for label, figure in VALUES.items():
        column.add(Cell(tr(label), 0.0, "left", "muted"), *_pair(table, figure), scale=0.92, call=about(label))
    if column.room >= 8:
        for phase in PHASES:
            cells = _pair(table, VALUES[AVERAGE], phase.name)
            column.add(Cell(tr(phase.name), 0.0, "left", "muted"), *cells, scale=0.92)
    run = expected_run(judged)
    if run is not None and run[1] - run[0] >= 3 and column.room >= 8:
        text = tr("moves {first} to {last} were all the top move", first=run[0], last=run[1])
        column.add(text, tone="muted", scale=0.92)
    column.space(0.3)
    for move in sorted(session.review.surprises(), key=lambda move: -move.bits)[: column.room]:
        column.add(
            Cell(f"{move.number}", 0.0, "left", "muted"),
            Cell(f"{color_letter(move.color)} {move.vertex}", 0.14),
            Cell(percent_text(move.probability), 0.66, "right"),
            Cell(tr("{bits:.1f} bits", bits=move.bits), 1.0, "right", "muted"),
            scale=0.92,
            chosen=here is move,
            call=Call("step.to_number", (move.number,)),
        )


def _pair(table: ScoreTable, figure: Callable[[Score], str], phase: str | None = None) -> tuple[Cell, Cell]:
    black, white = (table.score(color, phase) for color in COLORS)
    return (
        Cell(figure(black) if black.moves else "-", 0.76, "right"),
        Cell(figure(white) if white.moves else "-", 1.0, "right"),
    )

"""How expected the moves of a game were: figures of both players, and the most surprising moves, which scroll."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple

from gopolicy.go.coords import BLACK, COLORS, WHITE
from gopolicy.prediction import PHASES, TOP, Score, ScoreTable
from gopolicy.ui.model.judging import expected_run
from gopolicy.ui.model.language import color_letter, color_name, tr
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.session import Session
from gopolicy.ui.panels.geometry import Rect
from gopolicy.ui.panels.placing import shows_graph
from gopolicy.ui.panels.rows import Cell, Column, Row
from gopolicy.ui.panels.wording import about, judged_text, percent_text

SCALE: Final = 0.92
LISTED: Final = 30  # moves of the list
BESIDE: Final = 24  # units of width from which the list stands beside the figures, not below them
FIGURES: Final = 0.58  # share of the width that they have then
WITH_PERCENT: Final = 15  # units of width from which the list has percents
ENDLESS: Final = 1 << 20  # pixels of height for rows of which a part is shown
LONGEST_RUN: Final = 3  # a run of top moves is worth a line from here on
AVERAGE: Final = "average surprise, bits"
VALUES: Final[dict[str, Callable[[Score], str]]] = {
    AVERAGE: lambda score: f"{score.bits:.1f}",
    "the top move": lambda score: f"{100 * score.top1:.0f} %",
    f"in the top {TOP}": lambda score: f"{100 * score.top5:.0f} %",
}


class Listed(NamedTuple):
    """Rows of which a part is shown: that part, where it is, how many rows stand above it, and how many there are."""

    rows: list[Row]
    rect: Rect
    above: int
    total: int


def surprise_rows(session: Session, rect: Rect, unit: int) -> list[Row]:
    """Return the rows of the figures and of the list, or what there will be."""
    if not shows_graph(session) or not session.review.judged():
        column = Column(rect, unit)
        review = tr("The review shows here how expected each move was.")
        column.wrapped(session.why_no_hints() or review, tone="muted", scale=SCALE)
        return column.rows
    fixed, listed = _parts(session, rect, unit)
    return fixed + listed.rows


def scrolling_rows(session: Session, rect: Rect, unit: int) -> Listed:
    """Return what scrolls of the rows."""
    if not shows_graph(session) or not session.review.judged():
        return Listed([], rect, 0, 0)
    return _parts(session, rect, unit)[1]


def _parts(session: Session, rect: Rect, unit: int) -> tuple[list[Row], Listed]:
    """Return the rows that stay and those that scroll: the list beside the figures, or all where it is narrow."""
    here = session.review.judged_at(session.cursor.node)
    narrow = rect.w < BESIDE * unit
    top = Column(rect._replace(w=rect.w - unit // 2, h=ENDLESS) if narrow else rect, unit)
    top.add(judged_text(here) if here is not None else " ", tone="muted", scale=SCALE, call=about("bits"))
    if narrow:
        _figure_rows(session, top)
        _heading(top)
        _move_rows(session, top)
        return [], _scrolled(session, rect, top.rows)
    below = rect._replace(y=top.y, h=max(0, rect.bottom - top.y))
    figures = Column(below._replace(w=round(rect.w * FIGURES)), unit)
    _figure_rows(session, figures)
    left = figures.rect.right + 2 * unit
    heading = Column(below._replace(x=left, w=rect.right - left), unit)
    _heading(heading)
    place = heading.rect._replace(y=heading.y, h=max(0, rect.bottom - heading.y))
    moves = Column(place._replace(w=place.w - unit // 2, h=ENDLESS), unit)
    _move_rows(session, moves)
    return top.rows + figures.rows + heading.rows, _scrolled(session, place, moves.rows)


def _scrolled(session: Session, rect: Rect, rows: list[Row]) -> Listed:
    """Return the part of rows of one height that a rectangle shows."""
    height = rows[0].rect.h
    shown = rect.h // height
    above = min(session.screen.scrolled.get("surprise", 0), max(0, len(rows) - shown))
    part = [replace(row, rect=row.rect._replace(y=row.rect.y - above * height)) for row in rows[above : above + shown]]
    return Listed(part, rect, above, len(rows))


def _heading(column: Column) -> None:
    column.add(tr("most surprising"), tone="muted", scale=SCALE)


def _figure_rows(session: Session, column: Column) -> None:
    """Add the figures of both players, as many as fit."""
    judged, table = session.review.judged(), session.review.table()
    turns = sum(turn.node.turn is not None and turn.node.turn[1] is not None for turn in session.cursor.turns)
    part = tr("{done} of {count} moves", done=len(judged), count=turns)
    column.add(
        Cell(tr("all moves") if len(judged) >= turns else part, 0.0, "left", "muted"),
        Cell(color_name(BLACK), 0.76, "right", "muted"),
        Cell(color_name(WHITE), 1.0, "right", "muted"),
        scale=SCALE,
    )
    for label, figure in VALUES.items():
        column.add(Cell(tr(label), 0.0, "left", "muted"), *_pair(table, figure), scale=SCALE, call=about(label))
    if column.room >= len(PHASES):
        for phase in PHASES:
            cells = _pair(table, VALUES[AVERAGE], phase.name)
            column.add(Cell(tr(phase.name), 0.0, "left", "muted"), *cells, scale=SCALE)
    run = expected_run(judged)
    if run is not None and run[1] - run[0] >= LONGEST_RUN:
        text = tr("moves {first} to {last} were all the top move", first=run[0], last=run[1])
        column.add(text, tone="muted", scale=SCALE)


def _move_rows(session: Session, column: Column) -> None:
    here = session.review.judged_at(session.cursor.node)
    short = column.rect.w < WITH_PERCENT * column.unit
    for move in sorted(session.review.surprises(LISTED), key=lambda move: (-move.bits, move.number)):
        column.add(
            Cell(f"{move.number}", 0.0, "left", "muted"),
            Cell(f"{color_letter(move.color)} {move.vertex}", 0.24 if short else 0.14),
            *([] if short else [Cell(percent_text(move.probability), 0.66, "right")]),
            Cell(tr("{bits:.1f} bits", bits=move.bits), 1.0, "right", "muted"),
            scale=SCALE,
            chosen=here is move,
            call=Call("step.to_number", (move.number,)),
        )


def _pair(table: ScoreTable, figure: Callable[[Score], str], phase: str | None = None) -> tuple[Cell, Cell]:
    black, white = (table.score(color, phase) for color in COLORS)
    return (
        Cell(figure(black) if black.moves else "-", 0.76, "right"),
        Cell(figure(white) if white.moves else "-", 1.0, "right"),
    )

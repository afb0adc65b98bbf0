"""What the panel beside the board says, by mode; rows only, nothing is drawn here."""

from collections.abc import Callable
from typing import Final

from gopolicy.go.coords import BLACK, COLOR_NAMES, COLORS, opponent, to_vertex
from gopolicy.prediction import PHASES, TOP, Score, ScoreTable
from gopolicy.ui.model.judging import expected_run
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode, Overlay
from gopolicy.ui.panels import exploration
from gopolicy.ui.panels.geometry import Geometry, Rect
from gopolicy.ui.panels.rows import Cell, Column, Row
from gopolicy.ui.panels.wording import described, judged_text, percent_text

MESSAGE_LINES: Final = 3
AVERAGE: Final = "average surprise"
FIGURES: Final[dict[str, Callable[[Score], str]]] = {
    AVERAGE: lambda score: f"{score.bits:.1f}",
    "the top move": lambda score: f"{100 * score.top1:.0f} %",
    f"in the top {TOP}": lambda score: f"{100 * score.top5:.0f} %",
}


def panel_rows(session: Session, geometry: Geometry) -> list[Row]:
    """Return the panel's rows: players, the game, what the mode is about, and the message at the bottom."""
    if geometry.panel.w <= 0 or geometry.panel.h <= 0:
        return []
    unit = geometry.unit
    inside = geometry.panel.inset(round(unit * 0.9), round(unit * 0.7))
    message = _message_rows(session, inside, unit)
    column = Column(inside, unit, bottom=(message[0].rect.y if message else inside.bottom) - unit // 3)
    _players(session, column)
    _facts(session, column)
    if session.view.overlay is Overlay.CONTINUATIONS:
        exploration.continuation_rows(session, column)
    elif session.view.overlay is Overlay.PLANES:
        exploration.plane_rows(session, column)
    elif session.view.overlay is Overlay.ATTRIBUTION:
        exploration.attribution_rows(session, column)
    elif session.mode is Mode.COUNT:
        exploration.count_rows(session, column)
    elif session.view.overlay is Overlay.TERRITORY:
        exploration.territory_rows(session, column)
    elif session.mode is Mode.GUESS:
        exploration.guess_rows(session, column)
    else:
        if session.view.overlay is Overlay.BOTH:
            exploration.both_rows(session, column)
        elif session.hints_visible:
            _expectation(session, column)
        if session.mode is Mode.REVIEW or session.document.decided:
            _review(session, column)
        elif session.tree.root is not session.cursor.node:
            _comment(session, column)
    return column.rows + message


def _players(session: Session, column: Column) -> None:
    to_play = session.color_to_play()
    over = session.is_over and session.mode is not Mode.GUESS
    for color in COLORS:
        name = session.tree.names.get(color, "") or COLOR_NAMES[color].capitalize()
        rank = session.tree.ranks.get(color, "")
        style = session.settings.style
        network = name.startswith("gopolicy") and session.mode is Mode.PLAY and color not in session.settings.humans
        detail = f"T={style.temperature:g}" if network else rank
        captured = session.game.board.captured(opponent(color))
        column.add(
            Cell(f"{name}  {detail}".rstrip(), 0.0),
            Cell(f"{captured} prisoner" + "s" * (captured != 1), 1.0, "right", "muted"),
            stone=color,
            scale=1.12,
            chosen=color == to_play and not over,
            tone="strong" if color == to_play and not over else "normal",
        )
        column.space(0.15)


def _facts(session: Session, column: Column) -> None:
    tree = session.tree
    facts = [f"komi {tree.komi:g}"]
    facts += [f"handicap {tree.handicap}"] if tree.handicap else []
    facts += [tree.rules] if tree.rules else []
    facts += [tree.result] if tree.result and session.mode is not Mode.GUESS else []
    column.space(0.2)
    column.add(" · ".join(facts), tone="muted", scale=0.92)
    number, total = session.cursor.number, session.cursor.total
    place = f"move {number}" if number == total else f"move {number} / {total}"
    turn = f"{COLOR_NAMES[session.color_to_play()].capitalize()} to play"
    if session.is_over and session.mode is not Mode.GUESS:
        turn = "game over"
    column.add(f"{place} · {turn}", tone="muted", scale=0.92)
    extra = [
        text
        for text in (session.document.playlist.title, tree.event, tree.date if session.mode is Mode.REVIEW else "")
        if text
    ]
    if extra:
        column.add(" · ".join(extra), tone="muted", scale=0.92)


def _expectation(session: Session, column: Column) -> None:
    prediction = session.prediction
    column.title("CANDIDATES")
    if prediction is None:
        waiting = session.why_no_hints() or ("" if session.game.legal_mask().any() else "no legal point is left")
        column.wrapped(waiting or "asking the network", tone="muted")
        return
    found = session.candidates
    shown = found[: max(3, column.room - 4)]
    for candidate in shown:
        column.add(
            Cell(str(candidate.rank), 0.0, "left", "muted"),
            Cell(candidate.vertex, 0.09, "left", "strong"),
            Cell(f"{100 * candidate.probability:.1f} %", 0.47, "right"),
            bar=candidate.probability,
            chosen=session.view.selected == candidate.rank,
            call=Call("see.select", (candidate.rank,)),
        )
    share = 100 * sum(candidate.probability for candidate in shown)
    plausible = max(1, round(prediction.plausible_moves))
    moves = "1 plausible move" if plausible == 1 else f"{plausible} plausible moves"
    column.add(f"These {len(shown)}: {share:.0f} %, about {moves}", tone="muted", scale=0.92)
    turn = session.cursor.next_move
    if turn is not None and session.mode is Mode.REVIEW:
        column.add(f"Played: {described(prediction, turn[1], session.game.size)}", tone="game")


def _review(session: Session, column: Column) -> None:
    judged = session.review.judged()
    here = session.review.judged_at(session.cursor.node)
    if here is not None:
        column.wrapped(judged_text(here), tone="muted", scale=0.92)
    _comment(session, column, most=max(3, column.room - 9))
    if not judged or column.room < 4:
        return
    asked, turns = len(judged), sum(node.turn is not None and node.turn[1] is not None for node in session.cursor.line)
    column.title("SURPRISE" if asked >= turns else f"REVIEWING {asked} OF {turns} MOVES")
    column.add(Cell("Black", 0.66, "right", "muted"), Cell("White", 1.0, "right", "muted"), scale=0.92)
    table = session.review.table()
    for label, figure in FIGURES.items():
        column.add(Cell(label, 0.0, "left", "muted"), *_pair(table, figure), scale=0.92)
    if column.room >= 6:
        for phase in PHASES:
            if table.score(phase=phase.name).moves:
                cells = _pair(table, FIGURES[AVERAGE], phase.name)
                column.add(Cell(phase.name, 0.0, "left", "muted"), *cells, scale=0.92)
    run = expected_run(judged)
    if run is not None and run[1] - run[0] >= 3 and column.room >= 6:
        column.add(f"moves {run[0]}-{run[1]} were all the top move", tone="muted", scale=0.92)
    if column.room >= 3:
        column.title("MOST SURPRISING")
        for move in sorted(session.review.surprises(), key=lambda move: -move.bits)[: column.room]:
            column.add(
                Cell(f"{move.number}", 0.0, "left", "muted"),
                Cell(f"{'B' if move.color == BLACK else 'W'} {move.vertex}", 0.14),
                Cell(percent_text(move.probability), 0.62, "right"),
                Cell(f"{move.bits:.1f} bits", 1.0, "right", "muted"),
                scale=0.92,
                chosen=here is move,
                call=Call("step.to_number", (move.number,)),
            )


def _pair(table: ScoreTable, figure: Callable[[Score], str], phase: str | None = None) -> tuple[Cell, Cell]:
    black, white = (table.score(color, phase) for color in COLORS)
    return (
        Cell(figure(black) if black.moves else "-", 0.66, "right"),
        Cell(figure(white) if white.moves else "-", 1.0, "right"),
    )


def _comment(session: Session, column: Column, most: int = 99) -> None:
    comment = session.cursor.node.comment.strip()
    if comment and column.room >= 2:
        column.space(0.3)
        column.wrapped(comment, scale=0.94, most=max(1, min(most, column.room - 1)))


def _message_rows(session: Session, inside: Rect, unit: int) -> list[Row]:
    text, tone = status(session)
    if not text:
        return []
    column = Column(inside, unit)
    column.wrapped(text, tone=tone, most=MESSAGE_LINES)
    shift = inside.bottom - column.y
    return [Row(row.rect._replace(y=row.rect.y + shift), row.cells, row.tone, row.scale) for row in column.rows]


def status(session: Session) -> tuple[str, str]:
    """Return the line at the bottom and its tone: why a point is illegal, what has been said, what goes on."""
    if session.why_not and session.screen.hover is not None:
        return f"{to_vertex(session.screen.hover, session.game.size)}: {session.why_not}", "warning"
    if session.progress is not None:
        return f"playing the game out: {100 * session.progress:.0f} %", "muted"
    if session.screen.message.text:
        return session.screen.message.text, "warning" if session.screen.message.warning else "accent"
    if session.network_to_play:
        return f"{COLOR_NAMES[session.game.to_play].capitalize()} is thinking", "muted"
    if session.mode is Mode.PLAY and session.document.decided:
        return f"{session.tree.result}.  Tab reviews the game, Ctrl+S saves it", "accent"
    if session.mode is Mode.PLAY and not session.has_network and session.why_no_hints():
        return session.why_no_hints(), "muted"
    if session.mode is Mode.PLAY and session.cursor.number == 0 and not session.hints.shown:
        return "Space shows what the network expects, F1 all keys", "muted"
    return "", "muted"

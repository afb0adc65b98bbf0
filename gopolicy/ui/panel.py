"""What the panel beside the board says, by mode; rows only, nothing is drawn here."""

from typing import Final

from gopolicy.go.coords import BLACK, COLOR_NAMES, COLORS, Color, Move, opponent, to_vertex
from gopolicy.ui import studies
from gopolicy.ui.expectation import Judged, Tally, entropy, expected_run, ordinal, rank_of, tallies
from gopolicy.ui.geometry import Geometry, Rect
from gopolicy.ui.rows import Call, Cell, Column, Row
from gopolicy.ui.session import Session
from gopolicy.ui.settings import Mode, Overlay

MESSAGE_LINES: Final = 3


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
    if session.overlay is Overlay.FUTURES:
        studies.futures_rows(session, column)
    elif session.overlay is Overlay.PLANES:
        studies.planes_rows(session, column)
    elif session.overlay is Overlay.SALIENCY:
        studies.saliency_rows(session, column)
    elif session.mode is Mode.COUNT:
        studies.count_rows(session, column)
    elif session.overlay is Overlay.TERRITORY:
        studies.territory_rows(session, column)
    elif session.mode is Mode.GUESS:
        studies.guess_rows(session, column)
    else:
        if session.overlay is Overlay.BOTH:
            studies.both_rows(session, column)
        elif session.hints_visible:
            _expectation(session, column)
        if session.mode is Mode.REVIEW or session.decided:
            _review(session, column)
        elif session.tree.root is not session.walk.node:
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
            Cell(f"{captured} captured" if column.rect.w > 19 * column.unit else f"c{captured}", 1.0, "right", "muted"),
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
    number, total = session.walk.number, session.walk.total
    place = f"move {number}" if number == total else f"move {number} / {total}"
    turn = f"{COLOR_NAMES[session.color_to_play()].capitalize()} to play"
    if session.is_over and session.mode is not Mode.GUESS:
        turn = "game over"
    column.add(f"{place} · {turn}", tone="muted", scale=0.92)
    extra = [
        text for text in (session.shelf.title, tree.event, tree.date if session.mode is Mode.REVIEW else "") if text
    ]
    if extra:
        column.add(" · ".join(extra), tone="muted", scale=0.92)


def _expectation(session: Session, column: Column) -> None:
    grid = session.grid
    column.title("HOW LIKELY THE NET EXPECTS IT")
    if grid is None:
        waiting = session.why_no_hints() or ("" if session.game.legal_mask().any() else "no legal point is left")
        column.wrapped(waiting or "asking the network", tone="muted")
        return
    found = session.candidates
    for candidate in found[: max(3, column.room - 4)]:
        column.add(
            Cell(str(candidate.rank), 0.0, "left", "muted"),
            Cell(to_vertex(candidate.point, session.game.size), 0.09, "left", "strong"),
            Cell(f"{100 * candidate.probability:.1f} %", 0.47, "right"),
            bar=candidate.probability,
            chosen=session.selected == candidate.rank,
            call=Call("candidate", (candidate.rank,)),
        )
    bits = entropy(grid)
    share = 100 * sum(candidate.probability for candidate in found)
    column.add(
        f"{len(found)} shown = {share:.0f} %;  {bits:.1f} bits ~ {max(1, round(2**bits))} moves",
        tone="muted",
        scale=0.92,
    )
    turn = session.walk.next_move
    if turn is not None and session.mode is Mode.REVIEW:
        column.add(f"GAME MOVE {describe(session, turn[1])}", tone="game")


def describe(session: Session, move: Move) -> str:
    """Return how a move stands here: `R14: 12th, 1.3 %`."""
    grid = session.grid
    if move is None:
        return "pass"
    text = to_vertex(move, session.game.size)
    if grid is None:
        return text
    return f"{text}: {ordinal(rank_of(grid, move))}, {100 * float(grid.ravel()[move]):.1f} %"


def _review(session: Session, column: Column) -> None:
    judged = session.judged()
    here = next((move for move in judged if move.node is session.walk.node), None)
    if here is not None:
        column.wrapped(f"just played {told(here, session.game.size)}", tone="muted", scale=0.92)
    _comment(session, column, most=max(3, column.room - 9))
    if not judged or column.room < 4:
        return
    asked, turns = len(judged), sum(node.turn is not None and node.turn[1] is not None for node in session.walk.line)
    column.title("HOW EXPECTED THE MOVES WERE" if asked >= turns else f"REVIEWING {asked} OF {turns} MOVES")
    column.add(Cell("Black", 0.66, "right", "muted"), Cell("White", 1.0, "right", "muted"), scale=0.92)
    table = tallies(judged)
    for label, name in (("bits a move", "bits"), ("first choice", "first"), ("among five", "first_five")):
        column.add(Cell(label, 0.0, "left", "muted"), *_pair(table["game"], name), scale=0.92)
    if column.room >= 6:
        for phase in [name for name in list(table)[1:] if any(table[name].values())]:
            column.add(Cell(f"bits, {phase}", 0.0, "left", "muted"), *_pair(table[phase], "bits"), scale=0.92)
    run = expected_run(judged)
    if run is not None and run[1] - run[0] >= 3 and column.room >= 6:
        column.add(f"moves {run[0]}-{run[1]} were all the first choice", tone="muted", scale=0.92)
    if column.room >= 3:
        column.title("MOST SURPRISING")
        for move in sorted(session.surprises(), key=lambda move: -move.bits)[: column.room]:
            column.add(
                Cell(f"{move.number}", 0.0, "left", "muted"),
                Cell(f"{'B' if move.color == BLACK else 'W'} {to_vertex(move.move, session.game.size)}", 0.14),
                Cell(f"{100 * move.probability:.1f} %" if move.probability >= 0.0005 else "<0.1 %", 0.62, "right"),
                Cell(f"{move.bits:.1f} bits", 1.0, "right", "muted"),
                scale=0.92,
                chosen=move.node is session.walk.node,
                call=Call("to_number", (move.number,)),
            )


def _pair(table: dict[Color, Tally | None], name: str) -> tuple[Cell, Cell]:
    def text(color: Color) -> str:
        found = table[color]
        if found is None:
            return "-"
        value: float = getattr(found, name)
        return f"{value:.1f}" if name == "bits" else f"{100 * value:.0f} %"

    return Cell(text(COLORS[0]), 0.66, "right"), Cell(text(COLORS[1]), 1.0, "right")


def told(move: Judged, size: int) -> str:
    """Return a played move with what was expected of it: `W R14: 12th, 1.3 %, 6.3 bits`."""
    vertex = to_vertex(move.move, size)
    letter = "B" if move.color == BLACK else "W"
    return f"{letter} {vertex}: {ordinal(move.rank or 0)}, {100 * move.probability:.1f} %, {move.bits:.1f} bits"


def _comment(session: Session, column: Column, most: int = 99) -> None:
    comment = session.walk.node.comment.strip()
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
    if session.why_not and session.hover is not None:
        return f"{to_vertex(session.hover, session.game.size)}: {session.why_not}", "warning"
    if session.progress is not None:
        return f"playing the game out: {100 * session.progress:.0f} %", "muted"
    if session.message.text:
        return session.message.text, "warning" if session.message.warning else "accent"
    if session.network_to_play:
        return f"{COLOR_NAMES[session.game.to_play].capitalize()} is thinking", "muted"
    if session.mode is Mode.PLAY and session.decided:
        return f"{session.tree.result}.  Tab reviews the game, Ctrl+S saves it", "accent"
    if session.mode is Mode.PLAY and not session.has_network and session.why_no_hints():
        return session.why_no_hints(), "muted"
    if session.mode is Mode.PLAY and session.walk.number == 0 and not session.hints.shown:
        return "Space shows what the network expects, F1 all keys", "muted"
    return "", "muted"

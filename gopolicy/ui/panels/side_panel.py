"""What the panel beside the board says: players, the game, what the mode is about, comment, surprise, the message.

Rows only, nothing is drawn here.
"""

from gopolicy.go.coords import COLOR_NAMES, COLORS, opponent, to_vertex
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import TOOLS, Mode, Overlay
from gopolicy.ui.model.starting import level_name
from gopolicy.ui.panels import explore_panel
from gopolicy.ui.panels.archive_panel import archive_game_rows, archive_rows
from gopolicy.ui.panels.compare_panel import compare_rows
from gopolicy.ui.panels.geometry import Geometry, Rect
from gopolicy.ui.panels.lower_panel import lower_rows
from gopolicy.ui.panels.placing import sections_of
from gopolicy.ui.panels.rows import Cell, Column, Row
from gopolicy.ui.panels.wording import about, described


def panel_rows(session: Session, geometry: Geometry) -> list[Row]:
    """Return all rows of the panel."""
    if geometry.panel.w <= 0 or geometry.panel.h <= 0:
        return []
    unit = geometry.unit
    sections = sections_of(session, geometry)
    header = Column(sections.header, unit)
    _players(session, header)
    _facts(session, header)
    main = Column(sections.main, unit)
    _main(session, main)
    lower = _lower(session, sections.lower, unit) if sections.lower.h > 0 else []
    return header.rows + main.rows + lower + _message_rows(session, sections.message, unit)


def _lower(session: Session, rect: Rect, unit: int) -> list[Row]:
    """The tab that is shown; beside the moves of an archive their games, instead of the surprise."""
    if session.view.overlay is Overlay.ARCHIVE and session.screen.tab == "surprise":
        column = Column(rect, unit)
        archive_game_rows(session, column)
        return column.rows
    return lower_rows(session, rect, unit)


def _main(session: Session, column: Column) -> None:
    overlays = {
        Overlay.CONTINUATIONS: explore_panel.continuation_rows,
        Overlay.PLANES: explore_panel.plane_rows,
        Overlay.ATTRIBUTION: explore_panel.attribution_rows,
        Overlay.TERRITORY: explore_panel.territory_rows,
        Overlay.BOTH: explore_panel.both_rows,
        Overlay.COMPARE: compare_rows,
        Overlay.ARCHIVE: archive_rows,
    }
    if session.mode is Mode.COUNT:
        explore_panel.count_rows(session, column)
    elif session.mode is Mode.EDIT:
        _tool_rows(session, column)
    elif session.view.overlay in overlays:
        overlays[session.view.overlay](session, column)
    elif session.mode is Mode.GUESS:
        explore_panel.guess_rows(session, column)
    elif session.hints_visible:
        _candidate_rows(session, column)
    elif session.mode is Mode.PLAY and session.cursor.number == 0 and not session.node_has_next:
        _welcome_rows(session, column)


def _welcome_rows(session: Session, column: Column) -> None:
    """What a first look offers."""
    humans = session.humans
    if len(humans) == 1:
        text = f"You play {COLOR_NAMES[next(iter(humans))].capitalize()}."
        text += "  Click a point." if session.color_to_play() in humans else ""
    else:
        text = "You play both colors.  Click a point." if humans else "The network plays itself."
    column.space(0.6)
    column.add(text, tone="strong", scale=1.12)
    column.space(0.4)
    choices = (("Play White", "start.as_white"), ("Open a game ...", "file.open"), ("New game ...", "start.ask"))
    for label, name in (*choices, ("Show what the network expects", "see.toggle_hints")):
        column.add(Cell(label, 0.03, "left", "accent"), call=Call(name))


def _players(session: Session, column: Column) -> None:
    to_play = session.color_to_play()
    over = session.is_over and session.mode is not Mode.GUESS
    for color in COLORS:
        name = session.tree.names.get(color, "") or COLOR_NAMES[color].capitalize()
        rank = session.tree.ranks.get(color, "")
        network = name.startswith("gopolicy") and session.mode is Mode.PLAY and color not in session.humans
        detail = level_name(session.settings.style) if network else rank
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
    tree, hidden = session.tree, session.mode is Mode.GUESS
    facts = [f"komi {tree.komi:g}"]
    facts += [f"handicap {tree.handicap}"] if tree.handicap else []
    facts += [text for text in (tree.rules, "" if hidden else tree.result, tree.event) if text]
    column.add(" · ".join(facts), tone="muted", scale=0.92)
    number, total = session.cursor.number, session.cursor.total
    place = f"move {number}" if number == total else f"move {number} of {total}"
    turn = f"{COLOR_NAMES[session.color_to_play()].capitalize()} to play"
    extra = [session.document.playlist.title]
    if not session.cursor.is_whole(session.cursor.node):
        turn = "cannot be played on here"
    elif session.is_over and not hidden:
        turn = "game over"
    column.add(" · ".join([place, turn, *(text for text in extra if text)]), tone="muted", scale=0.92)


def _tool_rows(session: Session, column: Column) -> None:
    """The tools of edit mode."""
    column.title("EDIT: A CLICK PUTS ON THE BOARD")
    for index, tool in enumerate(TOOLS):
        chosen = tool is session.tool
        key = Cell(str(index + 1), 0.0, "left", "muted")
        column.add(key, Cell(tool.value, 0.09), chosen=chosen, call=Call("edit.choose_tool", (index,)))
    column.space(0.3)
    for label, name in (
        (f"{COLOR_NAMES[session.game.to_play].capitalize()} to play: change", "edit.change_player"),
        ("Edit the comment ...", "edit.comment"),
        ("Names, komi, result ...", "edit.information"),
        ("Make this the main line", "tree.make_main_line"),
        ("Delete from here on", "tree.delete"),
    ):
        column.add(Cell(label, 0.03, "left", "accent"), call=Call(name))


def _candidate_rows(session: Session, column: Column) -> None:
    prediction = session.prediction
    column.title("CANDIDATES")
    if prediction is None:
        waiting = session.why_no_hints() or ("" if session.game.legal_mask().any() else "no legal point is left")
        column.wrapped(waiting or "the network is thinking", tone="muted")
        return
    found = session.candidates
    shown = found[: max(3, column.room - 2)]
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
    column.add(
        f"These {len(shown)}: {share:.0f} %, about {moves}", tone="muted", scale=0.92, call=about("plausible moves")
    )
    turn = session.cursor.next_move
    if turn is not None and session.mode is Mode.REVIEW:
        column.add(f"Played: {described(prediction, turn[1], session.game.size)}", tone="game")


def _message_rows(session: Session, rect: Rect, unit: int) -> list[Row]:
    text, tone = status(session)
    if not text or rect.h <= 0:
        return []
    column = Column(rect, unit)
    if session.screen.loading:
        column.add(
            text, Cell(f"{100 * session.screen.loaded:.0f} %", 0.47, "right"), bar=session.screen.loaded, tone=tone
        )
    else:
        column.wrapped(text, tone=tone, most=max(1, column.room))
    return column.rows


def status(session: Session) -> tuple[str, str]:
    """Return the line at the bottom and its tone: why a point is illegal, what has been said, what goes on."""
    if session.why_not and session.screen.hover is not None:
        return f"{to_vertex(session.screen.hover, session.game.size)}: {session.why_not}", "warning"
    if session.screen.loading:
        return f"reading {session.screen.loading}", "accent"
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
    return "", "muted"

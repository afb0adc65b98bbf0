"""What the panel beside the board says: players, the game, what the mode is about, comment, surprise, the message.

Rows only, nothing is drawn here.
"""

from gopolicy.go.coords import COLORS, opponent, to_vertex
from gopolicy.ui.model.availability import why_not
from gopolicy.ui.model.language import color_name, record_word, result_name, tr
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
        color = color_name(next(iter(humans)))
        your_turn = session.color_to_play() in humans
        text = (
            tr("You play {color}.  Click a point.", color=color) if your_turn else tr("You play {color}.", color=color)
        )
    else:
        text = tr("You play both colors.  Click a point.") if humans else tr("The network plays itself.")
    column.space(0.6)
    column.wrapped(text, tone="strong", scale=1.12)
    column.space(0.4)
    choices = (
        (tr("Play White"), "start.as_white"),
        (tr("Open a game ..."), "file.open"),
        (tr("New game ..."), "start.ask"),
        (tr("Show what the network expects"), "see.toggle_hints"),
    )
    for label, name in choices:
        if not why_not(session, name):
            column.add(Cell(label, 0.03, "left", "accent"), call=Call(name))


def _players(session: Session, column: Column) -> None:
    to_play = session.color_to_play()
    over = session.is_over and session.mode is not Mode.GUESS
    for color in COLORS:
        name = session.tree.names.get(color, "") or color_name(color)
        rank = session.tree.ranks.get(color, "")
        network = name.startswith("gopolicy") and session.mode is Mode.PLAY and color not in session.humans
        detail = level_name(session.settings.style) if network else rank
        captured = session.game.board.captured(opponent(color))
        column.add(
            Cell(f"{name}  {detail}".rstrip(), 0.0),
            Cell(tr("{count} prisoners", count=captured), 1.0, "right", "muted"),
            stone=color,
            scale=1.12,
            chosen=color == to_play and not over,
            tone="strong" if color == to_play and not over else "normal",
        )
        column.space(0.15)


def _facts(session: Session, column: Column) -> None:
    tree, hidden = session.tree, session.mode is Mode.GUESS
    facts = [tr("komi {komi:g}", komi=tree.komi)]
    facts += [tr("handicap {stones}", stones=tree.handicap)] if tree.handicap else []
    facts += [
        text for text in (record_word(tree.rules), "" if hidden else result_name(tree.result), tree.event) if text
    ]
    column.add(" · ".join(facts), tone="muted", scale=0.92)
    number, total = session.cursor.number, session.cursor.total
    place = tr("move {number}", number=number)
    if number != total:
        place = tr("move {number} of {total}", number=number, total=total)
    turn = tr("{color} to play", color=color_name(session.color_to_play()))
    extra = [session.document.playlist.title]
    if not session.cursor.is_whole(session.cursor.node):
        turn = tr("cannot be played on here")
    elif session.is_over and not hidden:
        turn = tr("game over")
    column.add(" · ".join([place, turn, *(text for text in extra if text)]), tone="muted", scale=0.92)


def _tool_rows(session: Session, column: Column) -> None:
    """The tools of edit mode."""
    column.title(tr("Edit: a click puts on the board"))
    for index, tool in enumerate(TOOLS):
        chosen = tool is session.tool
        key = Cell(str(index + 1), 0.0, "left", "muted")
        column.add(key, Cell(tr(tool.value), 0.09), chosen=chosen, call=Call("edit.choose_tool", (index,)))
    column.space(0.3)
    for label, name in (
        (tr("{color} to play: change", color=color_name(session.game.to_play)), "edit.change_player"),
        (tr("Edit the comment ..."), "edit.comment"),
        (tr("Names, komi, result ..."), "edit.information"),
        (tr("Make this the main line"), "tree.make_main_line"),
        (tr("Delete from here on"), "tree.delete"),
    ):
        column.add(Cell(label, 0.03, "left", "accent"), call=Call(name))


def _candidate_rows(session: Session, column: Column) -> None:
    prediction = session.prediction
    column.title(tr("Candidates"))
    if prediction is None:
        full = not session.game.legal_mask().any()
        waiting = session.why_no_hints() or (tr("no legal point is left") if full else "")
        column.wrapped(waiting or tr("the network is thinking"), tone="muted")
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
    text = tr(
        "These {shown}: {share:.0f} %, about {count} plausible moves", shown=len(shown), share=share, count=plausible
    )
    column.add(text, tone="muted", scale=0.92, call=about("plausible moves"))
    turn = session.cursor.next_move
    if turn is not None and session.mode is Mode.REVIEW:
        move = described(prediction, turn[1], session.game.size)
        column.add(tr("Played: {move}", move=move), tone="game")


def _message_rows(session: Session, rect: Rect, unit: int) -> list[Row]:
    text, tone = status(session)
    if not text or rect.h <= 0:
        return []
    column = Column(rect, unit)
    if session.screen.loading:
        column.add(text, tone=tone)
        share = session.screen.loaded
        column.add(
            Cell(tr("Escape stops"), 0.0, "left", "muted"), Cell(f"{100 * share:.0f} %", 0.47, "right"), bar=share
        )
    else:
        column.wrapped(text, tone=tone, most=max(1, column.room))
    return column.rows


def status(session: Session) -> tuple[str, str]:
    """Return the line at the bottom and its tone: why a point is illegal, what has been said, what goes on."""
    if session.why_not and session.screen.hover is not None:
        return f"{to_vertex(session.screen.hover, session.game.size)}: {tr(session.why_not)}", "warning"
    if session.screen.loading:
        return tr("reading {file}", file=session.screen.loading), "accent"
    if session.progress is not None and session.view.overlay is Overlay.ARCHIVE:
        return tr("searching the archive: {percent:.0f} %, Escape stops", percent=100 * session.progress), "accent"
    if session.progress is not None:
        return tr("playing the game out: {percent:.0f} %", percent=100 * session.progress), "muted"
    if session.screen.message.text:
        return session.screen.message.text, "warning" if session.screen.message.warning else "accent"
    if session.network_to_play:
        return tr("{color} is thinking", color=color_name(session.game.to_play)), "muted"
    if session.mode is Mode.PLAY and session.document.decided:
        result = result_name(session.tree.result)
        return tr("{result}.  Tab reviews the game, Ctrl+S saves it", result=result), "accent"
    if session.mode is Mode.PLAY and not session.has_network and session.why_no_hints():
        return session.why_no_hints(), "muted"
    return "", "muted"

"""What is in the window besides board and panel, and where: buttons, dialogs, help.  No pixels drawn.

Everything follows from the session and the window's size, so the view and the controller always agree.
"""

from dataclasses import dataclass
from typing import Final

from gopolicy.ui.geometry import Geometry, Rect, flow, grid, layout
from gopolicy.ui.keys import BAR, BY_METHOD, TOOLS, Command, groups, shown_keys
from gopolicy.ui.rows import Call, Cell, Column, Row
from gopolicy.ui.session import Session
from gopolicy.ui.settings import Mode, Overlay

OVERLAY_BUTTONS: Final = {
    "toggle_both": Overlay.BOTH,
    "toggle_futures": Overlay.FUTURES,
    "toggle_planes": Overlay.PLANES,
    "toggle_saliency": Overlay.SALIENCY,
    "toggle_territory": Overlay.TERRITORY,
}


@dataclass(frozen=True)
class Button:
    """A button of the bar; active: what it switches is on."""

    rect: Rect
    label: str
    call: Call
    active: bool = False


@dataclass(frozen=True)
class Box:
    """Rows in a box over the board."""

    rect: Rect
    rows: list[Row]


def geometry_of(session: Session, width: int, height: int) -> Geometry:
    """Return the layout of a window of this size in the session's state."""
    settings = session.settings
    return layout(
        width,
        height,
        session.game.size,
        strip=has_strip(session),
        plain=settings.plain,
        coordinates=settings.coordinates,
    )


def has_strip(session: Session) -> bool:
    """Tell whether the surprise strip belongs to what is done at the moment: it would spoil playing and guessing."""
    return session.mode is Mode.REVIEW or (session.decided and session.mode is Mode.PLAY)


def buttons(session: Session, geometry: Geometry) -> list[Button]:
    """Return the buttons of the bar, as many as fit, and those under the panel."""
    if geometry.bar.h <= 0:
        return []
    labels = ["" if name == "|" else _label(session, BY_METHOD[name]) for name in BAR]
    rects = flow(labels, geometry.bar, geometry.unit)
    placed = list(zip(BAR, rects, strict=True))
    placed += zip(TOOLS, grid(len(TOOLS), geometry.tools, geometry.unit), strict=True)
    return [
        Button(rect, _label(session, BY_METHOD[name]), Call(name), _is_on(session, name))
        for name, rect in placed
        if name != "|" and rect.w > 0
    ]


def _label(session: Session, command: Command) -> str:
    if command.method == "toggle_mode":
        return "play" if session.mode is Mode.REVIEW else "review"
    if command.method == "toggle_labels":
        return f"top {session.settings.top}"
    if command.method == "network_move" and session.mode in (Mode.COUNT, Mode.GUESS):
        return "accept" if session.mode is Mode.COUNT else "go on"
    return command.label


def _is_on(session: Session, method: str) -> bool:
    hints = session.hints
    states = {
        "toggle_hints": hints.shown,
        "toggle_heat": hints.shown and hints.heat,
        "toggle_labels": hints.shown and hints.labels,
        "toggle_guess": session.mode is Mode.GUESS,
        "count": session.mode is Mode.COUNT,
        "help": session.help_open,
    }
    return states.get(method, False) or OVERLAY_BUTTONS.get(method) is session.overlay


def dialog_box(session: Session, geometry: Geometry) -> Box | None:
    """Return the dialog's box and rows, or None; a long list shows the part around the chosen entry."""
    dialog = session.dialog
    if dialog is None:
        return None
    unit = geometry.unit
    width = min(round(32 * unit), geometry.width - 2 * unit)
    most = max(3, int((geometry.height - 12 * unit) / (1.7 * unit)))
    count = min(len(dialog.entries), most)
    height = round(unit * (4.4 + 1.7 * count + (1.6 if dialog.note else 0) + (2.4 if dialog.text is not None else 0)))
    box = Rect((geometry.width - width) // 2, max(0, (geometry.height - height) // 2), width, height)
    column = Column(box.inset(round(1.4 * unit), unit), unit, bottom=box.bottom)
    column.add(dialog.title, tone="strong", scale=1.25)
    if dialog.note:
        column.add(dialog.note, tone="muted", scale=0.94)
    column.space(0.4)
    if dialog.text is not None:
        column.add(f"{dialog.text}|", scale=1.2, chosen=True)
    first = min(max(0, dialog.chosen - count // 2), len(dialog.entries) - count)
    for index in range(first, first + count):
        entry = dialog.entries[index]
        value = entry.value()
        cells = [Cell(entry.label, 0.03)]
        if entry.adjust is not None:
            cells.append(Cell(f"<  {value}  >", 0.97, "right", "accent"))
        column.add(*cells, scale=1.1, chosen=index == dialog.chosen, call=Call("choose_entry", (index,)))
    return Box(box, column.rows)


def help_box(session: Session, geometry: Geometry) -> Box | None:
    """Return the key overlay, or None while it is closed: as many columns as the window takes."""
    if not session.help_open:
        return None
    window = Rect(0, 0, geometry.width, geometry.height).inset(geometry.unit)
    inside = window.inset(geometry.unit)
    lines = [(name, command) for name, commands in groups().items() for command in [None, *commands]]
    columns = 3 if geometry.width >= 64 * geometry.unit and geometry.width >= geometry.height else 2
    per_column = -(-len(lines) // columns)
    unit = max(8, min(geometry.unit, int(inside.h / per_column / 1.4)))
    width = (inside.w - (columns - 1) * 2 * unit) // columns
    rows: list[Row] = []
    for place in range(columns):
        left = inside.x + place * (width + 2 * unit)
        column = Column(Rect(left, inside.y, width, inside.h), unit)
        for name, command in lines[place * per_column : (place + 1) * per_column]:
            _help_line(column, name, command)
        rows += column.rows
    lowest = max(row.rect.bottom for row in rows)
    return Box(window._replace(h=lowest + geometry.unit - window.y), rows)


def _help_line(column: Column, group: str, command: Command | None) -> None:
    if command is None:
        column.add(group.upper(), tone="title", scale=0.94)
    else:
        column.add(Cell(shown_keys(command), 0.0, "left", "accent"), Cell(command.text, 0.44), scale=0.94)

"""Boxes over the window: dialogs and the list of keys.  No pixels drawn."""

from dataclasses import dataclass

from gopolicy.ui.model.key_table import Command, groups, shown_keys
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.session import Session
from gopolicy.ui.panels.geometry import Geometry, Rect
from gopolicy.ui.panels.rows import Cell, Column, Row


@dataclass(frozen=True)
class Box:
    """Rows in a box over the board."""

    rect: Rect
    rows: list[Row]


def dialog_box(session: Session, geometry: Geometry) -> Box | None:
    """Return the dialog's box and rows, or None; a long list shows the part around the chosen entry."""
    dialog = session.screen.dialog
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
        column.add(*cells, scale=1.1, chosen=index == dialog.chosen, call=Call("window.choose_entry", (index,)))
    return Box(box, column.rows)


def help_box(session: Session, geometry: Geometry) -> Box | None:
    """Return the key overlay, or None while it is closed: as many columns as the window takes."""
    if not session.screen.help_open:
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

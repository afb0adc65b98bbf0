"""Boxes over the window: dialogs and the list of keys.  No pixels drawn."""

from dataclasses import dataclass
from typing import Final

from gopolicy.ui.model.dialogs import Dialog
from gopolicy.ui.model.key_table import Command, groups, shown_keys
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.session import Session
from gopolicy.ui.panels.geometry import Geometry, Rect, text_width
from gopolicy.ui.panels.rows import LINE, RUNNING, Cell, Column, Row, wrap

PLAIN: Final = 36  # width of a dialog in units
TABLE: Final = 66
COLUMNS: Final = (0.055, 0.075, 0.335, 0.595, 0.685, 0.815)  # where a table's columns are; the first, a number, ends


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
    width = min(round((TABLE if dialog.heads else PLAIN) * unit), geometry.width - 2 * unit)
    inside_width = width - round(2.8 * unit)
    lines = _text_lines(dialog, inside_width, unit)
    title = wrap(dialog.title, round(0.92 * inside_width), unit * 1.25)  # bold letters are wider
    note = wrap(dialog.note, inside_width, unit * 0.94) if dialog.note else []
    above = (
        (3.9 if dialog.heads else 2.5) + 1.9 * len(title) + 1.5 * len(note) + (1.6 * len(lines) + 0.6 if lines else 0)
    )
    most = max(3, int((geometry.height - (above + 1) * unit) / (1.65 * unit)))
    count = min(len(dialog.entries), most)
    rows = min(max(len(dialog.entries), dialog.longest), most)
    height = min(round(unit * (above + 1.65 * rows)), geometry.height)
    box = Rect((geometry.width - width) // 2, max(0, (geometry.height - height) // 2), width, height)
    column = Column(box.inset(round(1.4 * unit), unit), unit, bottom=box.bottom)
    for line in title:
        column.add(line, tone="strong", scale=1.25)
    for line in note:
        column.add(line, tone="muted", scale=0.94)
    column.space(0.4)
    for cell in lines:
        column.add(cell, scale=1.1, chosen=len(lines) == 1)
    column.space(0.3 if lines else 0)
    if dialog.heads:
        column.add(*_table_cells(dialog.heads), tone="muted", scale=0.94)
    first = min(max(0, dialog.chosen - count // 2), len(dialog.entries) - count)
    values = _start_of_values(dialog, column)
    for index in range(first, first + count):
        _entry_row(column, dialog, index, values)
    return Box(box, column.rows)


def _text_lines(dialog: Dialog, width: int, unit: int) -> list[Cell]:
    """Return what is typed, with its caret, as lines; of a long text those around the caret."""
    if dialog.text is None:
        return []
    begin, at, here = dialog.text.caret, 0, 0
    end = begin + len(dialog.composition)
    before, after = dialog.text.value[:begin], dialog.text.value[begin:]
    text = f"{before}{dialog.composition}|{after}".replace(" %", "\u00a0%")
    lines: list[Cell] = []
    for line in wrap(text, width, unit * 1.1, most=len(text)):
        at = max(at, text.find(line, at))  # behind spaces that were left out
        here = len(lines) if at <= end else here
        part = (max(begin - at, 0), min(end - at, len(line)))
        lines.append(Cell(line, composed=part if part[0] <= part[1] else None))
        at += len(line)
    most = 10 if dialog.text.lines else 1
    first = min(max(0, here - most + 1), max(0, len(lines) - most))
    shown = lines[first : first + most]
    return shown + [Cell("")] * (most - len(shown))


def _start_of_values(dialog: Dialog, column: Column) -> float:
    """Return where values that can be changed begin, as a share of the width: behind the longest label."""
    labels = [entry.label for entry in dialog.entries if entry.adjust is not None]
    longest = max((text_width(label, column.unit * 1.1, RUNNING) for label in labels), default=0)
    return min(max(0.42, 0.07 + longest / column.rect.w), 0.65)


def _entry_row(column: Column, dialog: Dialog, index: int, values: float) -> None:
    """Add an entry; one with values has an arrow at each side of its value, from `values` of the width on."""
    entry, chosen = dialog.entries[index], index == dialog.chosen
    if entry.columns:
        call = Call("window.choose_entry", (index, 1))
        column.add(*_table_cells(entry.columns), scale=1.1, chosen=chosen, call=call)
        return
    if entry.adjust is None:
        tone = "muted" if entry.reason else ""
        cells = [Cell(entry.label, 0.03, "left", tone), Cell(entry.value(), 0.97, "right", tone or "accent")]
        column.add(*cells, scale=1.1, chosen=chosen, call=Call("window.choose_entry", (index, 1)))
        return
    cells = [Cell(entry.label, 0.03), Cell("<", values, "center", "accent"), Cell(">", 0.97, "center", "accent")]
    value = Cell(entry.value(), (values + 0.97) / 2, "center", "strong")
    if entry is dialog.field:
        text = value.text + dialog.composition
        value = value._replace(text=text, composed=(len(value.text), len(text)))
    width = column.rect.w
    start, middle = round((values - 0.04) * width), round((values + 0.97) / 2 * width)
    left = Rect(column.rect.x + start, column.y, middle - start, round(LINE * column.unit * 1.1))
    part = (left, Call("window.choose_entry", (index, -1)))
    column.add(*cells, value, scale=1.1, chosen=chosen, call=Call("window.choose_entry", (index, 1)), part=part)


def _table_cells(texts: tuple[str, ...]) -> list[Cell]:
    cells = [Cell(text, x) for text, x in zip(texts, COLUMNS, strict=False)]
    return [cells[0]._replace(anchor="right", tone="muted"), *cells[1:]]


def help_box(session: Session, geometry: Geometry) -> Box | None:
    """Return the key overlay, or None while it is closed: as many columns as the window takes."""
    if not session.screen.help_open:
        return None
    window = Rect(0, 0, geometry.width, geometry.height).inset(geometry.unit)
    inside = window.inset(geometry.unit)
    columns = _help_columns(3 if geometry.width >= 64 * geometry.unit and geometry.width >= geometry.height else 2)
    if inside.h < len(columns[0]) * LINE * 8:
        columns = _help_columns(3)
    unit = max(8, min(geometry.unit, int(inside.h / max(map(len, columns)) / 1.4)))
    width = (inside.w - (len(columns) - 1) * 2 * unit) // len(columns)
    rows: list[Row] = []
    for place, lines in enumerate(columns):
        left = inside.x + place * (width + 2 * unit)
        column = Column(Rect(left, inside.y, width, inside.h), unit)
        for name, command in lines:
            _help_line(column, name, command)
        rows += column.rows
    lowest = max(row.rect.bottom for row in rows)
    return Box(window._replace(h=lowest + geometry.unit - window.y), rows)


def _help_columns(count: int) -> list[list[tuple[str, Command | None]]]:
    """Return the lines of help in columns of about one height, none of which ends in a heading."""
    lines = [(name, command) for name, commands in groups().items() for command in [None, *commands]]
    height = -(-len(lines) // count)
    while True:
        columns, left = [], lines
        while left:
            end = height - 1 if left[height - 1 :] and left[height - 1][1] is None else height
            columns.append(left[:end])
            left = left[end:]
        if len(columns) <= count:
            return columns
        height += 1


def _help_line(column: Column, group: str, command: Command | None) -> None:
    if command is None:
        column.add(tr(group).upper(), tone="title", scale=0.94)
    else:
        column.add(Cell(shown_keys(command), 0.0, "left", "accent"), Cell(tr(command.text), 0.40), scale=0.94)

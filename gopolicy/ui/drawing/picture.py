"""The window as pixels, on any surface: reads the session, changes nothing."""

import pygame

from gopolicy.ui.drawing import fonts, paint
from gopolicy.ui.drawing.stones import draw_board
from gopolicy.ui.drawing.surprise_graph import draw_graph
from gopolicy.ui.drawing.theme import RGB, THEMES, WHITE_INK, Theme
from gopolicy.ui.drawing.variation_tree import draw_tree
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.session import Session
from gopolicy.ui.panels.boxes import Box, dialog_box, help_box
from gopolicy.ui.panels.buttons import Button, buttons
from gopolicy.ui.panels.geometry import Geometry, Rect
from gopolicy.ui.panels.lower_panel import scroll_of
from gopolicy.ui.panels.placing import geometry_of, sections_of
from gopolicy.ui.panels.rows import LINE, Row
from gopolicy.ui.panels.side_panel import panel_rows
from gopolicy.ui.panels.tips import tip_of


def draw(surface: pygame.Surface, session: Session, geometry: Geometry | None = None) -> None:
    """Draw the whole window; geometry: by default what fits the surface."""
    geometry = geometry or geometry_of(session, *surface.get_size())
    theme = THEMES[session.settings.theme]
    surface.fill(theme.back)
    draw_board(surface, session, geometry)
    if geometry.panel.w > 0 and geometry.panel.h > 0:
        pygame.draw.rect(surface, theme.panel, geometry.panel, border_radius=geometry.unit // 2)
        _draw_panel(surface, session, geometry, theme)
    draw_tree(surface, session, geometry, theme)
    for button in buttons(session, geometry):
        draw_button(surface, button, session, geometry.unit, theme)
    draw_graph(surface, session, geometry)
    draw_tip(surface, session, geometry, theme)
    for box in (help_box(session, geometry), dialog_box(session, geometry)):
        if box is not None:
            _draw_box(surface, box, session, geometry.unit, theme)


def _draw_panel(surface: pygame.Surface, session: Session, geometry: Geometry, theme: Theme) -> None:
    """Draw the panel's rows; say so if the system has no face for some of what they hold."""
    rows = panel_rows(session, geometry)
    surface.set_clip(geometry.panel)
    for row in rows:
        draw_row(surface, row, session, geometry.unit, theme)
    lower = sections_of(session, geometry).lower
    if lower.h > 0:
        _draw_scroll_bar(surface, session, lower, geometry.unit, theme)
    if any(fonts.lacks(cell.text) for row in rows for cell in row.cells):
        size = round(geometry.unit * 0.8)
        place = (geometry.panel.right - geometry.unit // 2, geometry.panel.bottom - size // 2 - 2)
        fonts.write(surface, tr("? = no font here for this character"), place, size, theme.muted, anchor="right")
    surface.set_clip(None)


def _draw_scroll_bar(surface: pygame.Surface, session: Session, rect: Rect, unit: int, theme: Theme) -> None:
    """Show which part of a long comment or list is shown."""
    rect, shown, above, total = scroll_of(session, rect, unit)
    if shown < total:
        track = Rect(rect.right - unit // 4, rect.y, unit // 4, rect.h)
        pygame.draw.rect(surface, theme.raised, track, border_radius=3)
        part = track._replace(y=track.y + rect.h * above // total, h=max(unit, rect.h * shown // total))
        pygame.draw.rect(surface, theme.muted, part, border_radius=3)


def _draw_box(surface: pygame.Surface, box: Box, session: Session, unit: int, theme: Theme) -> None:
    """Dim the window and draw a box of rows over it."""
    veil = pygame.Surface(surface.get_size(), pygame.SRCALPHA)
    veil.fill((0, 0, 0, 150))
    surface.blit(veil, (0, 0))
    pygame.draw.rect(surface, theme.panel, box.rect, border_radius=unit // 2)
    pygame.draw.rect(surface, theme.faint, box.rect, 1, border_radius=unit // 2)
    for row in box.rows:
        draw_row(surface, row, session, unit, theme)


def tone_color(tone: str, theme: Theme) -> RGB:
    """Return the color of a tone of text."""
    warm = theme.warning
    tones = {"muted": theme.muted, "title": theme.muted, "accent": theme.accent, "warning": warm, "game": warm}
    return tones.get(tone, theme.text)


def draw_row(surface: pygame.Surface, row: Row, session: Session, unit: int, theme: Theme) -> None:
    """Draw a line of the panel or of a box; a left text is cut where the text right of it begins."""
    rect, size = row.rect, max(8, round(row.rect.h / 1.45 if row.scale >= 0.8 else unit * row.scale))
    middle = rect.y + rect.h // 2
    pad = unit // 3
    pointed = row.call is not None and session.screen.pointing == row.call
    if row.chosen or pointed:
        back = Rect(rect.x - pad, rect.y, rect.w + 2 * pad, rect.h)
        pygame.draw.rect(surface, theme.hover if pointed else theme.raised, back, border_radius=unit // 4)
        if row.chosen:
            pygame.draw.rect(surface, theme.accent, (back.x, rect.y + 2, max(2, unit // 6), rect.h - 4))
    left = rect.x
    if row.stone is not None:
        radius = size * 0.46
        paint.put(surface, paint.stone(radius, row.stone), (round(left + radius + 1), middle))
        left += round(size * 1.35)
    if row.bar is not None:
        start = rect.x + round(rect.w * 0.5)
        track = Rect(start, rect.y + rect.h // 4, rect.right - start, rect.h // 2)
        pygame.draw.rect(surface, theme.raised, track, border_radius=3)
        filled = track._replace(w=max(2, round(track.w * min(1.0, row.bar))))
        pygame.draw.rect(surface, theme.accent, filled, border_radius=3)
    _cells(surface, row, left, middle, size, theme)


def _cells(surface: pygame.Surface, row: Row, left: int, middle: int, size: int, theme: Theme) -> None:
    width = row.rect.right - left
    taken: list[tuple[int, int]] = []
    fixed = [cell for cell in row.cells if cell.anchor != "left"]
    for cell in fixed + [cell for cell in row.cells if cell.anchor == "left"]:
        if not cell.text:
            continue
        tone = cell.tone or row.tone
        bold = tone in ("strong", "title")
        x = left + round(cell.x * width)
        limit = row.rect.right - x if cell.anchor == "left" else width
        if cell.anchor == "right":  # the labels before it may need up to half of the row
            limit = max(width // 2, x - left - _labels_width(row, width, size) - size // 2)
        if cell.anchor == "left":
            nearest = min((start for start, end in taken if end > x), default=row.rect.right + size // 2)
            nearest = min(
                [nearest, *(left + round(c.x * width) for c in row.cells if c.anchor == "left" and c.x > cell.x)]
            )
            limit = min(limit, nearest - x - size // 2)
        used = fonts.write(
            surface, cell.text, (x, middle), size, tone_color(tone, theme), bold=bold, anchor=cell.anchor, width=limit
        )
        start = {"left": x, "right": x - used, "center": x - used // 2}[cell.anchor]
        taken.append((start, start + used))
        if cell.composed is not None and cell.composed[0] < cell.composed[1]:
            begin, end = (fonts.render(cell.text[:n], size, theme.text, bold).get_width() for n in cell.composed)
            line = (start + begin, middle + size * 3 // 5, max(0, min(end, used) - begin), max(1, size // 12))
            pygame.draw.rect(surface, tone_color(tone, theme), line)


def _labels_width(row: Row, width: int, size: int) -> int:
    """Return where the last left text of a row ends, of `width` pixels."""
    labels = [cell for cell in row.cells if cell.anchor == "left"]
    return max((round(c.x * width) + fonts.render(c.text, size, WHITE_INK).get_width() for c in labels), default=0)


def caret_place(session: Session, geometry: Geometry) -> Rect | None:
    """Return where text is typed, for an input method to show its candidates by; None where none is."""
    box = dialog_box(session, geometry)
    rows = box.rows if box is not None else []
    found = [(row.rect, cell, cell.composed[1]) for row in rows for cell in row.cells if cell.composed is not None]
    if not found:
        return None
    rect, cell, end = found[-1]
    size, bold = round(rect.h / LINE), cell.tone == "strong"
    whole, before = (fonts.render(text, size, WHITE_INK, bold).get_width() for text in (cell.text, cell.text[:end]))
    left = rect.x + round(cell.x * rect.w) - (whole // 2 if cell.anchor == "center" else 0)
    return rect._replace(x=left + before, w=1)


def draw_button(surface: pygame.Surface, button: Button, session: Session, unit: int, theme: Theme) -> None:
    """Draw a button; steps through the game get arrows, what cannot be used now is pale."""
    rect = button.rect
    pointed = session.screen.pointing == button.call and not button.reason
    fill = theme.selected if button.active else theme.hover if pointed else theme.raised
    ink = theme.disabled if button.reason and not button.active else WHITE_INK if button.active else theme.text
    pygame.draw.rect(surface, fill if not button.reason or button.active else theme.back, rect, border_radius=unit // 3)
    if set(button.label) <= set("<>|"):
        _arrows(surface, button.label, rect, ink)
    else:
        fonts.write(surface, button.label, rect.center, round(unit * 0.92), ink, anchor="center", width=rect.w - 4)


def draw_tip(surface: pygame.Surface, session: Session, geometry: Geometry, theme: Theme) -> None:
    """Say what the button or figure under the mouse is, once the mouse rests on it."""
    tip = tip_of(session, geometry)
    if tip is None:
        return
    unit = geometry.unit
    size = round(unit * 0.92)
    lines = [fonts.render(text, size, tone_color(tone, theme), bold=tone == "strong") for text, tone in tip.lines]
    width, height = max(line.get_width() for line in lines) + unit, round((1.3 * len(lines) + 0.5) * unit)
    x = min(max(4, tip.about.center[0] - width // 2), geometry.width - width - 4)
    y = tip.about.y - height - 4 if tip.about.y > height + 8 else tip.about.bottom + 4
    pygame.draw.rect(surface, theme.panel, (x, y, width, height), border_radius=unit // 3)
    pygame.draw.rect(surface, theme.faint, (x, y, width, height), 1, border_radius=unit // 3)
    for index, line in enumerate(lines):
        surface.blit(line, (x + unit // 2, y + round((0.3 + 1.3 * index) * unit)))


def _arrows(surface: pygame.Surface, label: str, rect: Rect, color: RGB) -> None:
    """Draw the triangles and bars that `<`, `>` and `|` stand for."""
    height = round(rect.h * 0.4)
    step = max(4, round(height * 0.62))
    x, y = rect.center[0] - step * len(label) // 2, rect.center[1]
    for sign in label:
        if sign == "|":
            bar = max(2, step // 3)
            pygame.draw.rect(surface, color, (x + (step - bar) // 2, y - height // 2, bar, height))
        else:
            tip, base = (x, x + step - 1) if sign == "<" else (x + step - 1, x)
            corners = [(tip, y), (base, y - height // 2), (base, y + height // 2)]
            pygame.draw.polygon(surface, color, corners)
            pygame.draw.aalines(surface, color, True, corners)
        x += step

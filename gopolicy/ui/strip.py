"""The surprise strip: a bar a move, -log2 of its probability high, Black's upward and White's downward."""

from typing import Final

import pygame

from gopolicy.go.coords import BLACK
from gopolicy.ui import fonts
from gopolicy.ui.expectation import Judged
from gopolicy.ui.geometry import Geometry, Rect
from gopolicy.ui.panel import told
from gopolicy.ui.session import Session
from gopolicy.ui.theme import THEMES, Theme

MOST_BITS: Final = 12.0  # higher bars are cut here
SURPRISING: Final = 6.0  # bits from which a bar gets a colored tip


def plot(geometry: Geometry) -> Rect:
    """Return the rectangle that the bars stand in."""
    return geometry.strip.inset(geometry.unit // 2, max(2, geometry.unit // 5))


def number_at(session: Session, geometry: Geometry, x: int, y: int) -> int | None:
    """Return the move number whose bar a pixel belongs to, or None beside the strip."""
    total = session.walk.total
    if not total or geometry.strip.h <= 0 or not geometry.strip.holds(x, y):
        return None
    number = int((x - plot(geometry).x) / _slot_width(geometry, total)) + 1
    return max(number, 1) if number <= total else None


def draw_strip(surface: pygame.Surface, session: Session, geometry: Geometry) -> None:
    """Draw the bars, the cursor, and what the mouse points at."""
    if geometry.strip.h <= 0:
        return
    theme = THEMES[session.settings.theme]
    pygame.draw.rect(surface, theme.strip, geometry.strip, border_radius=geometry.unit // 3)
    inside, total = plot(geometry), session.walk.total
    middle = inside.y + inside.h // 2
    pygame.draw.line(surface, theme.faint, (inside.x, middle), (inside.right - 1, middle))
    if not total:
        hint = "a bar a move will show here how surprising it was"
        fonts.write(surface, hint, geometry.strip.center, round(geometry.unit * 0.9), theme.muted, anchor="center")
        return
    cursor = session.walk.number
    if cursor:
        left, width = _slot(inside, _slot_width(geometry, total), cursor)
        pygame.draw.rect(surface, theme.hover, (left - 1, geometry.strip.y, max(3, width + 2), geometry.strip.h))
    slot_width = _slot_width(geometry, total)
    for move in session.judged():
        _draw_bar(surface, inside, _slot(inside, slot_width, move.number), move, theme)
    if cursor:
        left, width = _slot(inside, _slot_width(geometry, total), cursor)
        pygame.draw.rect(surface, theme.accent, (left - 1, geometry.strip.bottom - 3, max(3, width + 2), 3))
    _draw_tip(surface, session, geometry, theme)


def _slot_width(geometry: Geometry, total: int) -> float:
    """Return the width of a move's part of the strip in pixels; short games do not fill it."""
    return min(plot(geometry).w / max(1, total), 1.4 * geometry.unit)


def _slot(inside: Rect, width: float, number: int) -> tuple[int, int]:
    """Return (left, width) of a move's bar in pixels, each move's part of the plot being `width` wide."""
    left = inside.x + int((number - 1) * width)
    right = inside.x + int(number * width)
    gap = 1 if right - left >= 3 else 0
    return left, max(1, right - left - gap)


def _draw_bar(surface: pygame.Surface, inside: Rect, slot: tuple[int, int], move: Judged, theme: Theme) -> None:
    left, width = slot
    bits, black = move.bits, move.color == BLACK
    half = inside.h // 2
    height = max(1, round(half * min(bits, MOST_BITS) / MOST_BITS))
    middle = inside.y + half
    color = (10, 11, 13) if black else (244, 243, 239)
    top = middle - height if black else middle + 1
    pygame.draw.rect(surface, color, (left, top, width, height))
    if bits >= SURPRISING:
        tip = max(2, inside.h // 16)
        y = top if black else top + height - tip
        pygame.draw.rect(surface, theme.warning, (left, y, width, tip))


def _draw_tip(surface: pygame.Surface, session: Session, geometry: Geometry, theme: Theme) -> None:
    """Name the move under the mouse."""
    if session.pointing is None or session.pointing[0] != "to_number" or session.hover is not None:
        return
    number = session.pointing[1][0]
    move = next((move for move in session.judged() if move.number == number), None)
    text = f"{number}  {told(move, session.game.size)}" if move else f"{number}"
    size = round(geometry.unit * 0.92)
    line = fonts.render(text, size, theme.text)
    left, width = _slot(plot(geometry), _slot_width(geometry, session.walk.total), number)
    x = min(max(geometry.strip.x, left + width // 2 - line.get_width() // 2), geometry.strip.right - line.get_width())
    y = geometry.strip.y - line.get_height() - 2
    pygame.draw.rect(
        surface, theme.hover, (x - 6, y - 2, line.get_width() + 12, line.get_height() + 4), border_radius=4
    )
    surface.blit(line, (x, y))

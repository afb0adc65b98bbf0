"""The surprise graph: a bar a move, -log2 of its probability high, Black's upward and White's downward."""

from typing import Final

import pygame

from gopolicy.go.coords import BLACK
from gopolicy.prediction import JudgedMove
from gopolicy.ui.drawing import fonts
from gopolicy.ui.drawing.theme import THEMES, Theme
from gopolicy.ui.model.session import Session
from gopolicy.ui.panels.geometry import Geometry, Rect
from gopolicy.ui.panels.graph import plot, slot, slot_width
from gopolicy.ui.panels.wording import judged_text

MOST_BITS: Final = 12.0  # higher bars are cut here
SURPRISING: Final = 6.0  # bits from which a bar gets a colored tip


def draw_graph(surface: pygame.Surface, session: Session, geometry: Geometry) -> None:
    """Draw the bars, the cursor, and what the mouse points at."""
    if geometry.graph.h <= 0:
        return
    theme = THEMES[session.settings.theme]
    pygame.draw.rect(surface, theme.graph, geometry.graph, border_radius=geometry.unit // 3)
    inside, total = plot(geometry), session.cursor.total
    middle = inside.y + inside.h // 2
    pygame.draw.line(surface, theme.faint, (inside.x, middle), (inside.right - 1, middle))
    if not total:
        hint = "a bar a move will show here how surprising it was"
        fonts.write(surface, hint, geometry.graph.center, round(geometry.unit * 0.9), theme.muted, anchor="center")
        return
    cursor = session.cursor.number
    if cursor:
        left, width = slot(inside, slot_width(geometry, total), cursor)
        pygame.draw.rect(surface, theme.hover, (left - 1, geometry.graph.y, max(3, width + 2), geometry.graph.h))
    width_of_slot = slot_width(geometry, total)
    for move in session.review.judged():
        _draw_bar(surface, inside, slot(inside, width_of_slot, move.number), move, theme)
    if cursor:
        left, width = slot(inside, slot_width(geometry, total), cursor)
        pygame.draw.rect(surface, theme.accent, (left - 1, geometry.graph.bottom - 3, max(3, width + 2), 3))
    _draw_tip(surface, session, geometry, theme)


def _draw_bar(surface: pygame.Surface, inside: Rect, place: tuple[int, int], move: JudgedMove, theme: Theme) -> None:
    left, width = place
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
    if (
        session.screen.pointing is None
        or session.screen.pointing.name != "step.to_number"
        or session.screen.hover is not None
    ):
        return
    number = session.screen.pointing.arguments[0]
    move = next((move for move in session.review.judged() if move.number == number), None)
    text = f"{number}  {judged_text(move)}" if move else f"{number}"
    size = round(geometry.unit * 0.92)
    line = fonts.render(text, size, theme.text)
    left, width = slot(plot(geometry), slot_width(geometry, session.cursor.total), number)
    x = min(max(geometry.graph.x, left + width // 2 - line.get_width() // 2), geometry.graph.right - line.get_width())
    y = geometry.graph.y - line.get_height() - 2
    pygame.draw.rect(
        surface, theme.hover, (x - 6, y - 2, line.get_width() + 12, line.get_height() + 4), border_radius=4
    )
    surface.blit(line, (x, y))

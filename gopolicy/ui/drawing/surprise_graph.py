"""The surprise graph: a bar a move, -log2 of its probability high, Black's upward and White's downward."""

from typing import Final

import pygame

from gopolicy.go.coords import BLACK
from gopolicy.prediction import JudgedMove
from gopolicy.ui.drawing import fonts
from gopolicy.ui.drawing.theme import THEMES, WHITE_INK, Theme
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.session import Session
from gopolicy.ui.panels.geometry import Geometry, Rect
from gopolicy.ui.panels.graph import plot, slot, slot_width
from gopolicy.ui.panels.placing import shows_graph
from gopolicy.ui.panels.wording import judged_text

MOST_BITS: Final = 12.0  # higher bars are cut here
SCALE_BITS: Final = 6.0  # where the scale marks stand: about one chance in sixty
NUMBERS: Final = 50  # moves from one number to the next


def draw_graph(surface: pygame.Surface, session: Session, geometry: Geometry) -> None:
    """Draw the bars, the cursor, and what the mouse points at."""
    if geometry.graph.h <= 0:
        return
    theme = THEMES[session.settings.theme]
    total, size = session.cursor.total, round(geometry.unit * 0.85)
    shown = shows_graph(session) and total > 0
    ground = theme.graph if shown else theme.panel
    pygame.draw.rect(surface, ground, geometry.graph, border_radius=geometry.unit // 3)
    if not shown:
        hint = tr("In review, bars show here how surprising each move was")
        fonts.write(surface, hint, geometry.graph.center, size, theme.muted, anchor="center", width=geometry.graph.w)
        return
    inside, width_of_slot = plot(geometry), slot_width(geometry, total)
    _draw_scale(surface, inside, geometry, total, theme)
    number = session.cursor.number
    left, width = slot(inside, width_of_slot, number) if number else (inside.x - 2, 1)
    pygame.draw.rect(surface, theme.graph_mark, (left - 1, inside.y, 1, inside.h))
    pygame.draw.rect(surface, theme.graph_mark, (left + width, inside.y, 1, inside.h))
    pygame.draw.rect(surface, theme.graph_mark, (left - 1, inside.bottom, width + 2, 3))
    for move in session.review.judged():
        _draw_bar(surface, inside, slot(inside, width_of_slot, move.number), move, theme)
    _write_legend(surface, session, geometry, size)


def _draw_scale(surface: pygame.Surface, inside: Rect, geometry: Geometry, total: int, theme: Theme) -> None:
    """Draw the middle, lines at SCALE_BITS and the move numbers."""
    middle, half = inside.y + inside.h // 2, inside.h // 2
    size = round(geometry.unit * 0.72)
    off = round(half * SCALE_BITS / MOST_BITS)
    for y in (middle - off, middle + off):
        for x in range(inside.x, inside.right, 8):
            surface.fill((150, 154, 161), (x, y, 4, 1))
    surface.fill(theme.graph_white, (inside.x, middle, inside.w, 1))
    for number in range(NUMBERS, total + 1, NUMBERS):
        x = slot(inside, slot_width(geometry, total), number)[0]
        surface.fill((150, 154, 161), (x, inside.bottom - 3, 1, 3))
        place = (x, geometry.graph.bottom - size // 2 - 1)
        fonts.write(surface, str(number), place, size, WHITE_INK, anchor="center")


def _draw_bar(surface: pygame.Surface, inside: Rect, place: tuple[int, int], move: JudgedMove, theme: Theme) -> None:
    left, width = place
    black, half = move.color == BLACK, inside.h // 2
    height = max(1, round(half * min(move.bits, MOST_BITS) / MOST_BITS))
    middle = inside.y + half
    top = middle - height if black else middle + 1
    surface.fill(theme.graph_black if black else theme.graph_white, (left, top, width, height))


def _write_legend(surface: pygame.Surface, session: Session, geometry: Geometry, size: int) -> None:
    """Write the move under the mouse above the bars, or what the bars mean."""
    pointing = session.screen.pointing
    text = tr("surprise of Black's moves up, of White's down; the dashed lines are {bits:g} bits", bits=SCALE_BITS)
    if pointing is not None and pointing.name == "step.to_number" and session.screen.hover is None:
        number = pointing.arguments[0]
        move = next((move for move in session.review.judged() if move.number == number), None)
        text = f"{number}  {judged_text(move)}" if move else f"{number}"
    place = (geometry.graph.x + geometry.unit // 2, geometry.graph.y + round(geometry.unit * 0.6))
    fonts.write(surface, text, place, size, WHITE_INK, width=geometry.graph.w - geometry.unit)

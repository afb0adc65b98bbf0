"""The markup of a record on the board: labels, shapes, dimmed points, arrows and lines."""

import math
from typing import Final

import pygame

from gopolicy.go.coords import BLACK, EMPTY, Point
from gopolicy.ui.drawing import fonts, paint
from gopolicy.ui.drawing.theme import DARK_INK, RGB, WHITE_INK, Theme
from gopolicy.ui.model.markup import markup_of
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode, Overlay
from gopolicy.ui.panels.geometry import Geometry

SHAPE: Final = 0.27  # half of a shape, in cells
_TURNS: Final = {"triangle": (90, 210, 330), "square": (45, 135, 225, 315)}


def is_markup_shown(session: Session) -> bool:
    """Return whether markup is drawn: an overlay, counting and guessing a record's moves hide it."""
    hides = session.mode is Mode.COUNT or (session.mode is Mode.GUESS and session.practice is None)
    return session.view.overlay is Overlay.NONE and not hides


def draw_markup(surface: pygame.Surface, session: Session, geometry: Geometry, theme: Theme) -> None:
    """Draw the markup of the node on the board."""
    if not is_markup_shown(session):
        return
    markup = markup_of(session.cursor.node, session.game.size)
    for point in markup.dimmed:
        shape = paint.square(geometry.cell / 2, theme.wood, 0.55)
        paint.put(surface, shape, geometry.pixel(point))
    for first, second in markup.lines + markup.arrows:
        _draw_line(surface, geometry, first, second, theme, arrow=(first, second) in markup.arrows)
    for point, name in markup.shapes.items():
        _draw_shape(surface, geometry, point, name, _ink(session, point), theme)
    hidden = set()
    if session.hints_visible and session.hints.labels:
        hidden = {candidate.move for candidate in session.candidates}
    for point, text in markup.labels.items():
        if point not in hidden:
            _draw_label(surface, session, geometry, point, text, theme)


def _ink(session: Session, point: Point) -> RGB:
    return WHITE_INK if session.game.board.color_at(point) == BLACK else DARK_INK


def _draw_label(
    surface: pygame.Surface, session: Session, geometry: Geometry, point: Point, text: str, theme: Theme
) -> None:
    center, cell = geometry.pixel(point), geometry.cell
    if session.game.board.color_at(point) == EMPTY:
        paint.put(surface, paint.disc(cell * 0.34, theme.wood), center)  # keeps the lines out of the letters
    size = cell * (0.62 if len(text) == 1 else 0.5 if len(text) == 2 else 0.36)
    fonts.write(surface, text, center, max(8, round(size)), _ink(session, point), anchor="center", bold=True)


def _draw_shape(surface: pygame.Surface, geometry: Geometry, point: Point, name: str, ink: RGB, theme: Theme) -> None:
    center, cell = geometry.pixel(point), geometry.cell
    width = max(2, round(cell * 0.075))
    if name == "circle":
        paint.put(surface, paint.ring(cell * SHAPE, width, ink), center)
    elif name == "cross":
        paint.put(surface, paint.cross(cell * SHAPE * 1.2, width, ink), center)
    elif name == "selected":
        paint.put(surface, paint.square(cell * 0.2, theme.line), center)
    else:
        radius = cell * SHAPE * (1.25 if name == "triangle" else 1.3)
        corners = [
            (center[0] + radius * math.cos(math.radians(turn)), center[1] - radius * math.sin(math.radians(turn)))
            for turn in _TURNS[name]
        ]
        pygame.draw.polygon(surface, ink, corners, width)


def _draw_line(
    surface: pygame.Surface, geometry: Geometry, first: Point, second: Point, theme: Theme, *, arrow: bool
) -> None:
    start, end = geometry.pixel(first), geometry.pixel(second)
    width = max(2, round(geometry.cell * 0.09))
    pygame.draw.line(surface, theme.game_move, start, end, width)
    if arrow and start != end:
        angle, length = math.atan2(end[1] - start[1], end[0] - start[0]), geometry.cell * 0.4
        wings = [
            (end[0] - length * math.cos(angle + turn), end[1] - length * math.sin(angle + turn)) for turn in (0.5, -0.5)
        ]
        pygame.draw.polygon(surface, theme.game_move, [end, *wings])

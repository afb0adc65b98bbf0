"""The board as pixels: wood, lines, stones, and the marks every mode puts on them."""

from functools import lru_cache
from typing import Final

import pygame

from gopolicy.go.coords import BLACK, EMPTY, WHITE, Color, Point, column_names, columns_rows, point_count, star_points
from gopolicy.ui.drawing import fonts, overlays, paint
from gopolicy.ui.drawing.board_markup import draw_markup, is_markup_shown
from gopolicy.ui.drawing.theme import THEMES, Theme
from gopolicy.ui.model.markup import markup_of
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode, Overlay
from gopolicy.ui.panels.geometry import Geometry

STONE: Final = 0.487  # radius in cells: stones almost touch
GHOST: Final = 0.55


def draw_board(surface: pygame.Surface, session: Session, geometry: Geometry) -> None:
    """Draw the board with everything on it."""
    theme = THEMES[session.settings.theme]
    place = (geometry.board.x, geometry.board.y)
    if overlays.lies_under(session):
        surface.blit(paint.wood(geometry.board.w, geometry.board.h, theme), place)
        overlays.draw_under(surface, session, geometry, theme)
        surface.blit(_lines(geometry, theme, session.settings.coordinates), place)
    else:
        surface.blit(_empty_board(geometry, theme, session.settings.coordinates), place)
    draw_stones(surface, session, geometry, theme)
    draw_markup(surface, session, geometry, theme)
    _last_move(surface, session, geometry)
    _numbers(surface, session, geometry)
    overlays.draw_over(surface, session, geometry, theme)
    _next_move(surface, session, geometry, theme)
    _ghost(surface, session, geometry, theme)


@lru_cache(maxsize=4)
def _lines(geometry: Geometry, theme: Theme, coordinates: bool) -> pygame.Surface:
    """Return lines, star points, coordinates and the board's edge on a clear ground."""
    board, cell = geometry.board, geometry.cell
    layer = pygame.Surface((board.w, board.h), pygame.SRCALPHA)
    left, top = geometry.left - board.x, geometry.top - board.y
    thin = max(1, round(cell / 34))
    columns, rows = geometry.view.sides(geometry.size)
    for i in range(rows):
        width = max(thin, round(cell / 20)) if i in (0, rows - 1) else thin
        shift = width // 2
        layer.fill(theme.line, (left - shift, top + i * cell - shift, (columns - 1) * cell + width, width))
    for i in range(columns):
        width = max(thin, round(cell / 20)) if i in (0, columns - 1) else thin
        shift = width // 2
        layer.fill(theme.line, (left + i * cell - shift, top - shift, width, (rows - 1) * cell + width))
    for point in star_points(geometry.size):
        x, y = geometry.pixel(point)
        paint.put(layer, paint.disc(max(1.6, cell * 0.095), theme.line), (x - board.x, y - board.y))
    if coordinates:
        _coordinates(layer, geometry, theme, left, top)
    edge = tuple(round(part * 0.72) for part in theme.wood)
    pygame.draw.rect(layer, edge, (0, 0, board.w, board.h), max(1, cell // 24))
    return layer


@lru_cache(maxsize=4)
def _empty_board(geometry: Geometry, theme: Theme, coordinates: bool) -> pygame.Surface:
    """Return the board without stones."""
    surface = paint.wood(geometry.board.w, geometry.board.h, theme).copy()
    surface.blit(_lines(geometry, theme, coordinates), (0, 0))
    return surface


def _coordinates(layer: pygame.Surface, geometry: Geometry, theme: Theme, left: int, top: int) -> None:
    cell, view, (_, rows) = geometry.cell, geometry.view, columns_rows(geometry.size)
    away = round(cell * 0.8)
    across, down = view.sides(geometry.size)
    right, bottom = left + (across - 1) * cell, top + (down - 1) * cell
    upright = view.turns % 2 == 0  # letters stand along the top, unless the board lies on its side
    labels = [(name, view.place(0, i, geometry.size), upright) for i, name in enumerate(column_names(geometry.size))]
    labels += [(str(rows - i), view.place(i, 0, geometry.size), not upright) for i in range(rows)]
    for text, (row, column), is_above in labels:
        x, y = left + column * cell, top + row * cell
        places = ((x, top - away), (x, bottom + away)) if is_above else ((left - away, y), (right + away, y))
        for place in places:
            fonts.write(layer, text, place, max(8, round(cell * 0.4)), theme.label, anchor="center")


def draw_stones(surface: pygame.Surface, session: Session, geometry: Geometry, theme: Theme) -> None:
    """Draw the stones; those that are counted as dead are pale."""
    radius = geometry.cell * STONE
    colors = session.game.board.colors.ravel()
    dead = session.count.dead if session.count is not None else frozenset()
    down = max(1, round(radius * 0.09))
    stones = [(point, int(color)) for point, color in enumerate(colors) if color != EMPTY]
    for point, _ in stones:
        if point not in dead:
            x, y = geometry.pixel(point)
            paint.put(surface, paint.shadow(radius), (x + down, y + down))
    for point, color in stones:
        place = geometry.pixel(point)
        paint.put(surface, paint.stone(radius, color, 0.42 if point in dead else 1.0), place)
        if color == WHITE:
            paint.put(surface, paint.ring(radius, max(1.0, geometry.cell * 0.03), theme.rim), place)


def _last_move(surface: pygame.Surface, session: Session, geometry: Geometry) -> None:
    turn = session.cursor.node.turn
    if turn is None or turn[1] is None or session.settings.numbers or session.mode is Mode.COUNT:
        return
    if session.view.overlay in (Overlay.PLANES, Overlay.ATTRIBUTION) or session.game.board.color_at(turn[1]) == EMPTY:
        return
    markup = markup_of(session.cursor.node, geometry.size)
    if is_markup_shown(session) and (turn[1] in markup.labels or turn[1] in markup.shapes):
        return
    ink = (245, 245, 245) if turn[0] == BLACK else (25, 25, 25)
    radius = geometry.cell * 0.27
    paint.put(surface, paint.ring(radius, max(1.5, geometry.cell * 0.06), ink), geometry.pixel(turn[1]))


def _numbers(surface: pygame.Surface, session: Session, geometry: Geometry) -> None:
    """Number the last moves on their stones; where a stone was taken, the later one counts."""
    most = session.settings.numbers
    if not most or session.mode is Mode.COUNT or session.view.overlay in (Overlay.PLANES, Overlay.ATTRIBUTION):
        return
    moves = session.game.moves
    labels: dict[Point, tuple[int, Color]] = {}
    for number, (color, move) in enumerate(moves, start=1):
        if move is not None and number > len(moves) - most:
            labels[move] = (number, color)
    for point, (number, color) in labels.items():
        if session.game.board.color_at(point) == color:
            ink = (240, 240, 240) if color == BLACK else (20, 20, 20)
            if number == len(moves):
                ink = (120, 190, 255) if color == BLACK else (0, 84, 190)
            size = round(geometry.cell * (0.5 if number < 100 else 0.4))
            fonts.write(surface, str(number), geometry.pixel(point), max(7, size), ink, anchor="center", bold=True)


def _next_move(surface: pygame.Surface, session: Session, geometry: Geometry, theme: Theme) -> None:
    """Ring the record's next move, dashed; other variations thinner."""
    if session.mode not in (Mode.REVIEW, Mode.EDIT) or not session.settings.next_move:
        return
    if session.view.overlay in (Overlay.PLANES, Overlay.CONTINUATIONS) or session.pointed_line:
        return
    cell = geometry.cell
    for index, child in enumerate(session.cursor.node.children):
        if child.turn is not None and child.turn[1] is not None:
            width = max(1.5, cell * (0.075 if index == 0 else 0.035))
            shape = paint.ring(cell * 0.55, width, theme.game_move, 9)
            paint.put(surface, shape, geometry.pixel(child.turn[1]))


def _ghost(surface: pygame.Surface, session: Session, geometry: Geometry, theme: Theme) -> None:
    """Show the stone that a click would play, or that it may not be played."""
    point = session.screen.hover
    if session.pointed_line or point is None or session.screen.dialog is not None:
        return
    if session.mode in (Mode.COUNT, Mode.EDIT):
        return
    if point >= point_count(geometry.size) or session.game.board.color_at(point) != EMPTY or session.network_to_play:
        return
    if session.mode is Mode.GUESS and session.guessing.revealed is not None:
        return
    center, radius = geometry.pixel(point), geometry.cell * STONE
    if session.why_not:
        paint.put(surface, paint.ring(radius, max(2, geometry.cell * 0.07), theme.game_move), center)
        paint.put(surface, paint.cross(radius * 0.8, max(2, geometry.cell * 0.09), theme.game_move), center)
    else:
        paint.put(surface, paint.stone(radius, session.color_to_play(), GHOST), center)

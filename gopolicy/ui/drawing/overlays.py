"""What lies over the stones: heat map, candidates, and what each overlay shows.

Color never speaks alone: candidates carry their number, the top one a ring, the game's move a dashed one.
"""

from typing import Final

import numpy as np
import pygame

from gopolicy.explain.color_scales import signed_colors
from gopolicy.go.coords import BLACK, BOARD_SIZE, EMPTY, WHITE, Color, Point, opponent
from gopolicy.prediction import Candidate, Prediction
from gopolicy.ui.drawing import fonts, paint
from gopolicy.ui.drawing.theme import RGB, WHITE_INK, Theme, blend
from gopolicy.ui.model.archive_view import Rectangle
from gopolicy.ui.model.judging import expected_by_both
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode, Overlay
from gopolicy.ui.panels.geometry import Geometry
from gopolicy.ui.panels.wording import percent, short_count

STEPS: Final = 24  # shades of the heat map, so that they can be kept
LEAST_HEAT: Final = 0.01
HEAT_POWER: Final = 0.4  # small probabilities stay visible
ONE_SIDED: Final = 0.03  # a point that only one color wants has this probability for it at least
LEAST_BITS: Final = 0.1  # of attribution, from which a point is labeled
SURE: Final = 0.3  # ownership from which a point is marked
INK: Final = (18, 24, 32)
MOST_COUNTS: Final = 30  # moves of an archive that are marked
SHADE: Final = 96  # of 255, of what lies beside a region
RARE: Final = 0.01  # share of the games below which a move's mark is small


def lies_under(session: Session) -> bool:
    """Return whether something is to be drawn between the wood and the lines."""
    if session.view.overlay in (Overlay.NONE, Overlay.COMPARE):
        return session.hints_visible and session.hints.heat and session.prediction is not None
    return (
        session.view.overlay in (Overlay.BOTH, Overlay.PLANES, Overlay.ATTRIBUTION) and session.game.size == BOARD_SIZE
    )


def draw_under(surface: pygame.Surface, session: Session, geometry: Geometry, theme: Theme) -> None:
    """Draw what lies between the wood and the lines."""
    prediction = session.prediction
    if session.view.overlay is Overlay.PLANES:
        for point in session.view.planes.values(session.game):
            if session.game.board.color_at(point) == EMPTY:
                shape = paint.square(geometry.cell / 2 - 1, theme.tint, 0.42)
                paint.put(surface, shape, geometry.pixel(point))
    elif session.view.overlay is Overlay.ATTRIBUTION:
        _credits(surface, session, geometry)
    elif session.view.overlay is Overlay.BOTH and prediction is not None:
        other = session.other_prediction()
        if other is not None:
            _heat(surface, expected_by_both(prediction, other), geometry, theme)
    elif prediction is not None:
        _heat(surface, prediction, geometry, theme)


def draw_over(surface: pygame.Surface, session: Session, geometry: Geometry, theme: Theme) -> None:
    """Draw what lies on the stones."""
    if session.mode is Mode.COUNT:
        _count(surface, session, geometry)
    elif session.view.overlay is Overlay.TERRITORY:
        _territory(surface, session, geometry)
    elif session.view.overlay is Overlay.BOTH:
        _both(surface, session, geometry, theme)
    elif session.view.overlay is Overlay.CONTINUATIONS:
        _continuations(surface, session, geometry, theme)
    elif session.view.overlay is Overlay.PLANES:
        _planes(surface, session, geometry)
    elif session.view.overlay is Overlay.ATTRIBUTION:
        _attribution(surface, session, geometry, theme)
    elif session.view.overlay is Overlay.ARCHIVE:
        _archive(surface, session, geometry, theme)
    elif session.pointed_line:
        _numbered(surface, session.pointed_line, geometry, theme)
    elif session.hints_visible and session.hints.labels:
        _candidates(surface, session.candidates, geometry, theme, chosen=_pointed(session))
    if session.mode is Mode.GUESS and session.guessing.revealed is not None:
        _answer(surface, session, geometry, theme)


def _pointed(session: Session) -> int | None:
    """Return the rank of the candidate that is pointed out, by key or by the mouse in the panel."""
    if session.screen.pointing is not None and session.screen.pointing.name == "see.select":
        return session.screen.pointing.arguments[0]
    return session.view.selected


def _heat(surface: pygame.Surface, prediction: Prediction, geometry: Geometry, theme: Theme) -> None:
    """Draw a spot on each point from one percent on: larger and deeper where the move is more likely."""
    for candidate in prediction.candidates(threshold=LEAST_HEAT):
        if candidate.move is not None:
            level = round(STEPS * candidate.probability**HEAT_POWER) / STEPS
            color = blend(theme.heat_low, theme.heat_high, level)
            shape = paint.glow(geometry.cell * (0.34 + 0.24 * level), color, round(0.86 + 0.1 * level, 2))
            paint.put(surface, shape, geometry.pixel(candidate.move))


def _chip(surface: pygame.Surface, center: tuple[int, int], cell: int, text: str, fill: RGB, *, rim: bool) -> None:
    """Draw a rounded square with a text, which no stone looks like."""
    half = round(cell * 0.41)
    paint.put(surface, paint.rounded(half, cell * 0.14, fill, WHITE_INK if rim else None), center)
    if text:
        _fitted(surface, text, center, cell, WHITE_INK)


def _candidates(
    surface: pygame.Surface, found: list[Candidate], geometry: Geometry, theme: Theme, *, chosen: int | None = None
) -> None:
    cell = geometry.cell
    for candidate in found:
        if candidate.move is None:
            continue
        center = geometry.pixel(candidate.move)
        text = percent(candidate.probability)
        if not text:  # under one percent: a small square
            paint.put(surface, paint.rounded(round(cell * 0.13), cell * 0.05, theme.candidate), center)
            continue
        first = candidate.rank == 1
        _chip(surface, center, cell, text, theme.top if first else theme.candidate, rim=first)
    for candidate in found:
        if candidate.rank == chosen and candidate.move is not None:
            shape = paint.ring(cell * 0.64, max(2, cell * 0.08), theme.game_move)
            paint.put(surface, shape, geometry.pixel(candidate.move))


def _fitted(surface: pygame.Surface, text: str, center: tuple[int, int], cell: int, ink: RGB) -> None:
    """Write a short text as large as a mark of the cell takes it."""
    size = cell * (0.54 if len(text) < 3 else 0.43 if len(text) == 3 else 0.34)
    fonts.write(surface, text, center, max(8, round(size)), ink, anchor="center", bold=True)


def _mark_owner(surface: pygame.Surface, geometry: Geometry, point: Point, color: Color, half: float) -> None:
    fill, rim = ((12, 12, 12), (90, 90, 90)) if color == BLACK else ((250, 250, 250), (110, 110, 110))
    paint.put(surface, paint.square(round(half * 2) / 2, fill, 0.92, rim), geometry.pixel(point))


def _count(surface: pygame.Surface, session: Session, geometry: Geometry) -> None:
    """Mark whose each point is, and what is not decided."""
    count = session.count
    if count is None:
        return
    is_open = None if count.is_open is None else count.is_open.ravel()
    board = count.board
    for point, color in enumerate(count.owner.ravel()):
        if is_open is not None and is_open[point]:
            ink = WHITE_INK if board.color_at(point) == BLACK else INK
            _fitted(surface, "?", geometry.pixel(point), geometry.cell, ink)
        elif color != EMPTY and (board.color_at(point) == EMPTY or point in count.dead):
            _mark_owner(surface, geometry, point, int(color), geometry.cell * 0.17)


def _territory(surface: pygame.Surface, session: Session, geometry: Geometry) -> None:
    territory = session.view.territory
    if territory is None or territory.key != session.key:
        return
    for point, value in enumerate(territory.ending.ownership.ravel()):
        color = BLACK if value > 0 else WHITE
        if abs(value) >= SURE and session.game.board.color_at(point) != color:
            _mark_owner(surface, geometry, point, color, geometry.cell * (0.08 + 0.14 * abs(float(value))))


def _both(surface: pygame.Surface, session: Session, geometry: Geometry, theme: Theme) -> None:
    own, other = session.prediction, session.other_prediction()
    if own is None or other is None:
        return
    found = expected_by_both(own, other).candidates(session.settings.top)
    cell = geometry.cell
    for candidate in found:
        assert candidate.move is not None
        center = geometry.pixel(candidate.move)
        first = candidate.rank == 1
        _chip(surface, center, cell, str(candidate.rank), theme.top if first else theme.candidate, rim=first)
    shared = {candidate.move for candidate in found}
    for prediction, against, color in (
        (own, other, session.game.to_play),
        (other, own, opponent(session.game.to_play)),
    ):
        for candidate in prediction.candidates(session.settings.top, threshold=ONE_SIDED):
            if candidate.move is None or candidate.move in shared:
                continue
            if candidate.probability > 4 * against.probability(candidate.move):
                paint.put(surface, paint.stone(cell * 0.24, color), geometry.pixel(candidate.move))


def _continuations(surface: pygame.Surface, session: Session, geometry: Geometry, theme: Theme) -> None:
    continuations = session.view.continuations
    if continuations is None or continuations.key != session.key:
        return
    cell = geometry.cell
    shown = continuations.shown
    line = {move.point for move in shown}
    for move in continuations.first:
        if move.point not in line:
            center = geometry.pixel(move.point)
            _chip(surface, center, cell, percent(move.probability), theme.candidate, rim=False)
    _numbered(surface, [(move.color, move.point) for move in shown], geometry, theme)


def _numbered(surface: pygame.Surface, stones: list[tuple[Color, Point]], geometry: Geometry, theme: Theme) -> None:
    """Draw the stones of a line with their numbers; where two are on one point, the first."""
    cell, drawn = geometry.cell, set()
    for number, (color, point) in enumerate(stones, start=1):
        if point in drawn:
            continue
        drawn.add(point)
        center = geometry.pixel(point)
        paint.put(surface, paint.stone(cell * 0.487, color, 0.86), center)
        paint.put(surface, paint.ring(cell * 0.487, max(1.5, cell * 0.05), theme.top), center)
        _fitted(surface, str(number), center, cell, (240, 240, 240) if color == BLACK else INK)


def _archive(surface: pygame.Surface, session: Session, geometry: Geometry, theme: Theme) -> None:
    """Put the number of games on each move that was played; a ring on the chosen one."""
    archive, cell = session.archive, geometry.cell
    found = None if archive is None else archive.found(session.key)
    if archive is not None and (region := archive.marked or archive.region) is not None:
        _region(surface, region, geometry, theme)
    if archive is None or found is None:
        return
    drawn: set[Point] = set()
    for rank, move in enumerate(found.continuations[:MOST_COUNTS]):
        is_rare = move.count < RARE * found.count
        for point in move.equal if move.count else ():
            if point in drawn:
                continue  # both colors play there: the more frequent one stands on the board
            drawn.add(point)
            fill = theme.game_move if not move.own else theme.top if rank == 0 else theme.candidate
            size = round(cell * 0.68) if is_rare else cell
            _chip(surface, geometry.pixel(point), size, short_count(move.count), fill, rim=rank == 0)
    chosen = archive.chosen
    for point in chosen.equal if chosen is not None else ():
        ring = paint.ring(cell * 0.64, max(2, cell * 0.08), theme.game_move)
        paint.put(surface, ring, geometry.pixel(point))


def _region(surface: pygame.Surface, region: Rectangle, geometry: Geometry, theme: Theme) -> None:
    """Frame a part of the board, and shade the rest of it."""
    (x0, y0), (x1, y1) = (geometry.pixel(point) for point in region)
    half = geometry.cell // 2
    part = pygame.Rect(min(x0, x1) - half, min(y0, y1) - half, abs(x1 - x0) + 2 * half, abs(y1 - y0) + 2 * half)
    shade = pygame.Surface((geometry.board.w, geometry.board.h), pygame.SRCALPHA)
    shade.fill((*theme.line, SHADE))
    shade.fill((0, 0, 0, 0), part.move(-geometry.board.x, -geometry.board.y))
    surface.blit(shade, (geometry.board.x, geometry.board.y))
    pygame.draw.rect(surface, theme.top, part, max(2, round(geometry.cell * 0.08)))


def _planes(surface: pygame.Surface, session: Session, geometry: Geometry) -> None:
    cell = geometry.cell
    for point, text in session.view.planes.values(session.game).items():
        center = geometry.pixel(point)
        color = session.game.board.color_at(point)
        ink = INK if color == WHITE else (255, 255, 255)
        if text:
            _fitted(surface, text, center, cell, ink)
        elif color != EMPTY:
            paint.put(surface, paint.square(cell * 0.16, ink), center)


def _credits(surface: pygame.Surface, session: Session, geometry: Geometry) -> None:
    """Shade the points: blue where they made the move more likely, orange where less."""
    attribution = session.attribution
    if attribution is None:
        return
    # From white, which covers the wood: blue on wood would look gray.
    steps = (np.rint(attribution.shades.ravel() * STEPS) / STEPS).astype(np.float32)
    for point, color in enumerate(signed_colors(steps)):
        red, green, blue = (int(part) for part in color)
        shape = paint.square(geometry.cell / 2, (red, green, blue), 0.88)
        paint.put(surface, shape, geometry.pixel(point))


def _attribution(surface: pygame.Surface, session: Session, geometry: Geometry, theme: Theme) -> None:
    """Ring the move; number the points that count most, in bits."""
    cell, attribution = geometry.cell, session.attribution
    if session.explained is not None:
        ring = paint.ring(cell * 0.47, max(2, cell * 0.09), theme.top)
        paint.put(surface, ring, geometry.pixel(session.explained))
    if attribution is None:
        return
    for point, bits in attribution.strongest(least=LEAST_BITS).items():
        ink = (255, 255, 255) if session.game.board.color_at(point) == BLACK else INK
        _fitted(surface, f"{bits:+.1f}", geometry.pixel(point), cell, ink)


def _answer(surface: pygame.Surface, session: Session, geometry: Geometry, theme: Theme) -> None:
    """Mark the guess, the game's move and the network's: Y, G and N; one mark where they agree."""
    answer = session.guessing.revealed
    assert answer is not None
    you, game, network = (tr("Y  you")[0], tr("G  the game")[0], tr("N  network")[0])
    marks: dict[Point, str] = {}
    played = answer.played if session.practice is None or session.practice.has_game_move else None
    for letter, point in ((you, answer.guessed), (game, played), (network, answer.expected)):
        if point is not None:
            marks[point] = marks.get(point, "") + letter
    cell = geometry.cell
    for point, text in marks.items():
        center = geometry.pixel(point)
        fill = theme.game_move if game in text else theme.top if network in text else (52, 52, 58)
        paint.put(surface, paint.disc(cell * 0.47, fill), center)
        paint.put(surface, paint.ring(cell * 0.47, max(1.5, cell * 0.05), (255, 255, 255)), center)
        size = cell * (0.5 if len(text) == 1 else 0.4 if len(text) == 2 else 0.3)
        fonts.write(surface, text, center, max(7, round(size)), (255, 255, 255), anchor="center", bold=True)

"""The variation tree as pixels."""

import pygame

from gopolicy.go.coords import BLACK, EMPTY
from gopolicy.ui.drawing import fonts, paint
from gopolicy.ui.drawing.theme import RGB, Theme, blend
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.session import Session
from gopolicy.ui.panels.geometry import Geometry, Rect
from gopolicy.ui.panels.tree_map import Dot, TreeMap, has_head, tree_map, view_of


def draw_tree(surface: pygame.Surface, session: Session, geometry: Geometry, theme: Theme) -> None:
    """Draw the part of the tree that is in view; what is not on the cursor's line is paler."""
    shown = tree_map(session, geometry)
    if shown is None:
        return
    rect, unit = geometry.tree, geometry.unit
    pygame.draw.rect(surface, theme.panel, rect, border_radius=unit // 2)
    if has_head(geometry):
        rows = session.tree_view.layout.rows
        lines = tr("{count} lines", count=rows)
        place = (rect.x, rect.y + round(0.95 * unit))
        fonts.write(surface, lines, place, round(unit * 0.92), theme.muted)
    view = view_of(geometry)
    surface.set_clip(Rect(view.x + 2, view.y, view.w - 4, view.h - 2))
    for corners, on_line in sorted(shown.edges, key=lambda edge: edge[1]):
        color = theme.muted if on_line else blend(theme.panel, theme.muted, 0.55)
        pygame.draw.lines(surface, color, False, corners, max(1, unit // (7 if on_line else 10)))
    for dot in shown.dots:
        _draw_dot(surface, dot, shown, theme)
        if session.screen.pointing == Call("tree.go_to", dot.place):
            paint.put(surface, paint.ring(shown.slot * 0.5, max(2, unit / 7), theme.accent), dot.center)
    surface.set_clip(None)


def _draw_dot(surface: pygame.Surface, dot: Dot, shown: TreeMap, theme: Theme) -> None:
    radius = shown.slot * 0.36
    if dot.current:
        paint.put(surface, paint.disc(radius * 1.36, theme.accent), dot.center)
    if dot.mark == "move":
        paint.put(surface, paint.disc(radius, _rim(dot, theme)), dot.center)
        paint.put(surface, paint.stone(radius - 1, dot.color, 1.0 if dot.on_line else 0.6), dot.center)
    else:
        side = round(radius * 1.1)
        box = Rect(dot.center[0] - side // 2, dot.center[1] - side // 2, side, side)
        pygame.draw.rect(surface, theme.muted if dot.mark != "start" else theme.text, box, border_radius=2)
    if dot.noted:
        ink = theme.accent if not dot.current else theme.text
        corner = (dot.center[0] + round(radius * 0.85), dot.center[1] - round(radius * 0.85))
        paint.put(surface, paint.disc(max(2.0, radius * 0.34), theme.panel), corner)
        paint.put(surface, paint.disc(max(1.5, radius * 0.26), ink), corner)
    elif dot.mark == "pass":
        ink = theme.panel
        fonts.write(surface, "p", dot.center, max(7, round(radius)), ink, anchor="center", bold=True)


def _rim(dot: Dot, theme: Theme) -> RGB:
    return theme.muted if dot.color in (BLACK, EMPTY) else theme.faint

"""The surprise graph's places: which part of it belongs to which move."""

from gopolicy.ui.model.session import Session
from gopolicy.ui.panels.geometry import Geometry, Rect


def plot(geometry: Geometry) -> Rect:
    """Return the rectangle that the bars stand in."""
    whole, unit = geometry.graph, geometry.unit
    above, below = round(1.25 * unit), round(0.95 * unit)
    return Rect(whole.x + unit // 2, whole.y + above, whole.w - unit, max(4, whole.h - above - below))


def number_at(session: Session, geometry: Geometry, x: int, y: int) -> int | None:
    """Return the move number whose bar a pixel belongs to, or None beside the graph."""
    total = session.cursor.total
    if not total or geometry.graph.h <= 0 or not geometry.graph.holds(x, y):
        return None
    number = int((x - plot(geometry).x) / slot_width(geometry, total)) + 1
    return max(number, 1) if number <= total else None


def slot_width(geometry: Geometry, total: int) -> float:
    """Return the width of a move's part of the graph in pixels; short games do not fill it."""
    return min(plot(geometry).w / max(1, total), 1.4 * geometry.unit)


def slot(inside: Rect, width: float, number: int) -> tuple[int, int]:
    """Return (left, width) of a move's bar in pixels, each move's part of the plot being `width` wide."""
    left = inside.x + int((number - 1) * width)
    right = inside.x + int(number * width)
    gap = 1 if right - left >= 3 else 0
    return left, max(1, right - left - gap)

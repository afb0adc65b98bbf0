"""The markup of a node: labels, shapes, dimmed points, arrows and lines, as SGF has them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from gopolicy.go.coords import CoordinateError, Point, Size, parse_sgf, point_at, row_column, to_sgf
from gopolicy.records.node import Node

SHAPES: Final = {"TR": "triangle", "SQ": "square", "CR": "circle", "MA": "cross", "SL": "selected"}
LONGEST_LABEL: Final = 4
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass
class Markup:
    """What is drawn on the board for a node; arrows and lines go from the first point to the second."""

    labels: dict[Point, str] = field(default_factory=dict)
    shapes: dict[Point, str] = field(default_factory=dict)
    dimmed: set[Point] = field(default_factory=set)
    arrows: list[tuple[Point, Point]] = field(default_factory=list)
    lines: list[tuple[Point, Point]] = field(default_factory=list)


def markup_of(node: Node, size: Size, *, whole_labels: bool = False) -> Markup:
    """Return a node's markup; values that cannot be read are left out.

    whole_labels: as the record has them, where the board shows LONGEST_LABEL signs.

    DD, as the specification says, holds from the node on until another one ends it.
    """
    markup = Markup()
    for identifier, shape in SHAPES.items():
        for value in node.properties.get(identifier, ()):
            markup.shapes |= dict.fromkeys(_points(value, size), shape)
    for value in node.properties.get("LB", ()):
        place, _, text = value.partition(":")
        for point in _points(place, size):
            label = re.sub(r"\\(.)", r"\1", text).strip()
            markup.labels[point] = label if whole_labels else label[:LONGEST_LABEL]
    for identifier, pairs in (("AR", markup.arrows), ("LN", markup.lines)):
        for value in node.properties.get(identifier, ()):
            first, _, second = value.partition(":")
            pairs += zip(_points(first, size), _points(second, size), strict=False)
    step: Node | None = node
    while step is not None and "DD" not in step.properties:
        step = step.parent
    if step is not None:
        for value in step.properties["DD"]:
            markup.dimmed |= set(_points(value, size))
    return markup


def _points(value: str, size: Size) -> Iterator[Point]:
    """Yield the points of a value: one point, or a rectangle given by two corners."""
    first, colon, second = value.strip().partition(":")
    try:
        corners = [parse_sgf(first, size), parse_sgf(second if colon else first, size)]
    except CoordinateError:
        return
    if None in corners:
        return
    (top, left), (bottom, right) = (row_column(corner, size) for corner in corners if corner is not None)
    for row in range(min(top, bottom), max(top, bottom) + 1):
        for column in range(min(left, right), max(left, right) + 1):
            yield point_at(row, column, size)


def toggle_shape(node: Node, point: Point, identifier: str, size: Size) -> None:
    """Put a shape (TR, SQ, CR, MA) on a point, or take it off if it is there."""
    had = point in {p for value in node.properties.get(identifier, ()) for p in _points(value, size)}
    clear(node, point, size)
    if not had:
        node.properties.setdefault(identifier, []).append(to_sgf(point, size))


def set_label(node: Node, point: Point, text: str, size: Size) -> None:
    """Write a label on a point; "" takes it off."""
    clear(node, point, size)
    text = re.sub(r"([\]:\\])", r"\\\1", " ".join(text.split()))
    if text:
        node.properties.setdefault("LB", []).append(f"{to_sgf(point, size)}:{text}")


def next_letter(node: Node) -> str:
    """Return the first letter that no label of the node has."""
    used = _used_labels(node)
    return next((letter for letter in _LETTERS if letter not in used), "?")


def next_number(node: Node) -> str:
    """Return the first number from 1 on that no label of the node has."""
    used = _used_labels(node)
    return next(str(number) for number in range(1, len(used) + 2) if str(number) not in used)


def _used_labels(node: Node) -> set[str]:
    return {value.partition(":")[2] for value in node.properties.get("LB", ())}


def clear(node: Node, point: Point, size: Size) -> None:
    """Take shapes and labels off a point."""
    for identifier in (*SHAPES, "LB"):
        if identifier not in node.properties:
            continue
        kept: list[str] = []
        for value in node.properties.pop(identifier):
            place, _, text = value.partition(":")
            points = list(_points(place if identifier == "LB" else value, size))
            if point not in points:
                kept.append(value)
            else:
                ending = f":{text}" if identifier == "LB" else ""
                kept += [to_sgf(other, size) + ending for other in points if other != point]
        if kept:
            node.properties[identifier] = kept

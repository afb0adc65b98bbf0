"""Lines of the panel and of dialogs: what stands in them, where, and what a click on them does.  No pixels drawn.

Drawing paints rows, the window looks up clicks in them; both get the same list.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from gopolicy.go.coords import Color
from gopolicy.ui.model.screen import Call
from gopolicy.ui.panels.geometry import Rect, text_width

LINE: Final = 1.45  # height of a row in units
# A line may end before a space, and before a Chinese or Japanese character, but not before its closing punctuation.
_PIECE: Final = re.compile(
    r" *[（「『《“]*(?:[^ \u2e80-\u9fff\uff00-\uffef]+|[\u2e80-\u9fff\uff00-\uffef])[、。，．：；？！）」』》”ー…]*| +"
)
RUNNING: Final = 0.525  # mean width of a letter of running text; what turns out wider is cut when it is drawn


class Cell(NamedTuple):
    """A text in a row: from `x` (0 to 1 of the row's width) on, or up to it (right) or around it (center).

    composed: where text is typed, the first letter of what an input method composes there and the one after it.
    """

    text: str
    x: float = 0.0
    anchor: str = "left"
    tone: str = ""
    composed: tuple[int, int] | None = None


@dataclass(frozen=True)
class Row:
    """A line.

    tone: normal, title, muted, warning, accent or strong.  stone: a stone at the left.  bar: a bar from 0
    to 1 of the row's width behind the text's second half.  chosen: set off from the others.
    call: what a click does; part: a place in it where a click does something else.
    """

    rect: Rect
    cells: tuple[Cell, ...] = ()
    tone: str = "normal"
    scale: float = 1.0
    stone: Color | None = None
    bar: float | None = None
    chosen: bool = False
    call: Call | None = None
    part: tuple[Rect, Call] | None = None

    def call_at(self, x: int, y: int) -> Call | None:
        """Return what a click at a pixel does, None if nothing."""
        if self.part is not None and self.part[0].holds(x, y):
            return self.part[1]
        return self.call if self.rect.holds(x, y) else None


@dataclass
class Column:
    """Rows from the top of a rectangle down, as long as they fit; `bottom` is where they have to end."""

    rect: Rect
    unit: int
    rows: list[Row] = field(default_factory=list)
    y: int = -1
    bottom: int = -1

    def __post_init__(self) -> None:
        self.y = self.rect.y if self.y < 0 else self.y
        self.bottom = self.rect.bottom if self.bottom < 0 else self.bottom

    @property
    def room(self) -> int:
        """How many plain rows still fit."""
        return max(0, int((self.bottom - self.y) / (LINE * self.unit)))

    def add(
        self,
        *cells: Cell | str,
        tone: str = "normal",
        scale: float = 1.0,
        stone: Color | None = None,
        bar: float | None = None,
        chosen: bool = False,
        call: Call | None = None,
        part: tuple[Rect, Call] | None = None,
    ) -> bool:
        """Add a row; return whether it fitted."""
        height = round(LINE * self.unit * max(scale, 0.8))
        if self.y + height > self.bottom:
            self.y = self.bottom
            return False
        rect = Rect(self.rect.x, self.y, self.rect.w, height)
        texts = tuple(Cell(cell) if isinstance(cell, str) else cell for cell in cells)
        self.rows.append(Row(rect, texts, tone, scale, stone, bar, chosen, call, part))
        self.y += height
        return True

    def space(self, units: float = 0.5) -> None:
        """Leave some room."""
        self.y += round(units * self.unit)

    def title(self, text: str) -> None:
        """Add a heading, with room above it."""
        self.space()
        self.add(text.upper(), tone="title", scale=0.86)

    def wrapped(self, text: str, *, tone: str = "normal", most: int = 99, scale: float = 1.0) -> None:
        """Add a text on as many rows as it needs, at most `most`."""
        for line in wrap(text, self.rect.w, self.unit * scale, most):
            self.add(line, tone=tone, scale=scale)


def wrap(text: str, width: int, unit: float, most: int = 99) -> list[str]:
    """Break a text into lines of about `width` pixels; the last of `most` ends in an ellipsis if text is left."""
    lines = list(_lines(text, width, unit, most)[: most + 1])
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1] + " …"]
    return lines


@lru_cache(maxsize=64)
def _lines(text: str, width: float, unit: float, most: int) -> tuple[str, ...]:
    """Return a text's lines, those behind the paragraph that holds the last of `most` left out."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        line, used = "", 0.0
        for piece in _pieces(paragraph.replace(" %", "\u00a0%"), width, unit):
            wide = text_width(piece, unit, RUNNING)
            if used + wide > width and line:
                lines.append(line.rstrip(" "))
                piece = piece.lstrip(" ")
                line, used = "", 0.0
                wide = text_width(piece, unit, RUNNING)
            line, used = line + piece, used + wide
        lines.append(line)
        if len(lines) > most:
            break
    return tuple(lines)


def _pieces(paragraph: str, width: float, unit: float) -> Iterator[str]:
    """Split where a line may end, and what is wider than a line where it must be."""
    for piece in _PIECE.findall(paragraph):
        first, used = 0, 0.0
        for place, letter in enumerate(piece):
            wide = text_width(letter, unit, RUNNING)
            if used + wide > width and place > first:
                yield piece[first:place]
                first, used = place, 0.0
            used += wide
        yield piece[first:]

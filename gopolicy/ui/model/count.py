"""Counting a finished game: which stones are dead, whose the points are, and the score.

The network's playouts make a first guess, which is an estimate and is called one; people correct it by
clicking chains.  Area scoring.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.board import Board
from gopolicy.go.coords import BLACK, EMPTY, WHITE, Color, Point
from gopolicy.go.scoring import area, area_score, format_score


@dataclass
class Count:
    """The count of one position.

    dead: stones that come off.  estimated: whether the network has marked them.  corrected: whether a
    person has, after which estimates no longer change anything.
    """

    board: Board
    komi: float
    dead: set[Point] = field(default_factory=set)
    estimated: bool = False
    corrected: bool = False

    def toggle(self, point: Point) -> bool:
        """Call the chain at a point dead, or alive again, with its region's chains of that color.

        Return whether a stone stands there.
        """
        if self.board.color_at(point) == EMPTY:
            return False
        group = region(self.board, point)
        self.dead = self.dead - group if point in self.dead else self.dead | group
        self.corrected = True
        return True

    def suggest(self, dead: set[Point]) -> None:
        """Take an estimate of the dead stones, unless a person has spoken."""
        if not self.corrected:
            self.dead, self.estimated = set(dead), True

    @property
    def owner(self) -> NDArray[np.uint8]:
        """Whose each point is: uint8 `[size, size]`, EMPTY for neutral points."""
        return area(self.board, self.dead)

    @property
    def points(self) -> dict[Color, int]:
        """The area of each color."""
        owner = self.owner
        return {color: int((owner == color).sum()) for color in (BLACK, WHITE)}

    @property
    def result(self) -> str:
        """The result as records write it."""
        return format_score(area_score(self.board, self.komi, self.dead))


def region(board: Board, point: Point) -> set[Point]:
    """Return the stones that live or die with the one at `point`: its color's stones in the same enclosure.

    They are reached from it through stones of its color and empty points, but never across the other color.
    """
    color = board.color_at(point)
    neighbors = board.state.neighbors
    seen, todo = {point}, [point]
    while todo:
        for neighbor in neighbors[todo.pop()]:
            there = int(neighbor)
            if there not in seen and there < board.size**2 and board.color_at(there) in (EMPTY, color):
                seen.add(there)
                todo.append(there)
    return {there for there in seen if board.color_at(there) == color}

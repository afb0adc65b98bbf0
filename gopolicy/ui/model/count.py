"""Counting a finished game: which stones are dead, whose the points are, and the score by the rules in force.

The network makes a first guess, which is an estimate where points are not decided and is called one; people correct
it by clicking chains.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.board import Board
from gopolicy.go.coords import BLACK, EMPTY, WHITE, Color, Point, opponent
from gopolicy.go.scoring import (
    AREA,
    MANY_OPEN,
    ScoringRules,
    area,
    black_share,
    format_score,
    open_correction,
    score,
    territory,
)
from gopolicy.ui.model.language import result_name, tr
from gopolicy.ui.model.tasks import Ending


@dataclass
class Count:
    """The count of one position.

    dead: stones that come off.  seki: living stones without territory.  is_open: bool `[rows, columns]`, points that
    are not decided, None before the network has answered.  ownership: float32 `[rows, columns]`, 1 black to -1 white.
    estimated: whether the network has marked the dead stones.
    corrected: whether a person has, after which estimates no longer change anything.
    """

    board: Board
    komi: float
    rules: ScoringRules = AREA
    handicap: int = 0
    dead: set[Point] = field(default_factory=set)
    seki: frozenset[Point] = frozenset()
    is_open: NDArray[np.bool_] | None = None
    ownership: NDArray[np.float32] | None = None
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
        self.corrected, self.is_open = True, None
        return True

    def suggest(self, ending: Ending) -> None:
        """Take what the network finds, unless a person has spoken."""
        if not self.corrected:
            self.dead, self.seki, self.is_open = set(ending.dead), ending.seki, ending.is_open
            self.ownership = ending.ownership
            self.estimated = True

    @property
    def open_points(self) -> int:
        """How many points are not decided."""
        return 0 if self.is_open is None else int(self.is_open.sum())

    @property
    def owner(self) -> NDArray[np.uint8]:
        """Whose each point is: uint8 `[rows, columns]`, EMPTY if neutral; by territory, for living stones too."""
        return territory(self.board, self.dead, self.seki) if self.rules.territory else area(self.board, self.dead)

    @property
    def points(self) -> dict[Color, int]:
        """The area or the territory of each color; where many points are open, those by their mean owner."""
        owner, is_open, ownership = self.owner, self.is_open, self.ownership
        points = {color: int((owner == color).sum()) for color in (BLACK, WHITE)}
        if is_open is None or ownership is None or is_open.sum() <= MANY_OPEN:
            return points
        black = black_share(ownership, is_open)
        share = {BLACK: black, WHITE: int(is_open.sum()) - black}
        return {color: points[color] - int((owner[is_open] == color).sum()) + share[color] for color in points}

    def prisoners(self, color: Color) -> int:
        """Return how many stones a color has taken, the dead ones included."""
        taken = opponent(color)
        return self.board.captured(taken) + sum(self.board.color_at(point) == taken for point in self.dead)

    @property
    def bonus(self) -> int:
        """White's points for handicap stones."""
        return self.rules.bonus(self.handicap)

    @property
    def result(self) -> str:
        """The result as records write it."""
        points = score(self.board, self.komi, self.rules, handicap=self.handicap, dead=self.dead, seki=self.seki)
        if self.is_open is not None and self.ownership is not None:
            points += open_correction(area(self.board, self.dead), self.ownership, self.is_open)
        return format_score(points)

    @property
    def result_text(self) -> str:
        """The result with what it rests on."""
        result = result_name(self.result)
        text = (
            tr("{result} by territory", result=result)
            if self.rules.territory
            else tr("{result} by area", result=result)
        )
        count = self.open_points
        return tr("{result}, an estimate: {count} points are open", result=text, count=count) if count else text


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
            if there not in seen and there < board.colors.size and board.color_at(there) in (EMPTY, color):
                seen.add(there)
                todo.append(there)
    return {there for there in seen if board.color_at(there) == color}

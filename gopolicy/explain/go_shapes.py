"""The Go shapes that a point of a position is part of, by simple rules; the player to move is "own"."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.features import encode
from gopolicy.features.planes import OFFSETS
from gopolicy.go.coords import EMPTY, Move, Point, opponent, row_column
from gopolicy.go.game import Game

STEPS: Final = ((-1, 0), (1, 0), (0, -1), (0, 1))
DIAGONALS: Final = ((-1, -1), (-1, 1), (1, -1), (1, 1))
KNIGHTS: Final = tuple((a, b) for a in (-2, -1, 1, 2) for b in (-2, -1, 1, 2) if abs(a) != abs(b))
LINES: Final = ("first", "second", "third", "fourth")
SHAPES: Final = (
    *("corner", *(f"{line} line" for line in LINES), "edge", "middle"),
    *("empty", "own stone", "opponent's stone"),
    *(f"{whose} {liberties}" for whose in ("own", "opponent") for liberties in ("in atari", "with two liberties")),
    *("next move", "last move", "beside last move", "near last move", "ko", "illegal"),
    *("captures", "self-atari", "ladder capture", "ladder escape", "own eye", "ko capture", "throw-in", "gives atari"),
    *("connects", "cuts", "contact", "extends", "second-line crawl", "hane", "one-point jump", "knight's move"),
    *("approach", "open area", "mouth of opponent's shape", "opponent's eye"),
)
CORNER: Final = 7  # a corner is so many lines wide


def shapes_at(game: Game, point: Point, played: Move) -> set[str]:
    """Return the names, of SHAPES, of what `point` is in `game`; played: the move that followed."""
    around = _Neighborhood(game, point)
    names = around.place() | around.chains()
    if played == point:
        names.add("next move")
    if around.center == EMPTY:
        names |= around.moves(encode(game)) | around.patterns()
    last = game.last_turn
    if last is not None and last[1] is not None:
        distance = around.distance(last[1])
        names |= {"last move"} if distance == 0 else {"beside last move"} if distance == 1 else set()
        if distance and distance <= 2:
            names.add("near last move")
    return names


class _Neighborhood:
    """A point with its neighbors."""

    def __init__(self, game: Game, point: Point) -> None:
        self.game, self.point, self.board = game, point, game.board
        self.own, self.other = game.to_play, opponent(game.to_play)
        self.row, self.column = row_column(point, game.size)
        rows, columns = self.board.shape
        self.to_edges = (self.row, rows - 1 - self.row, self.column, columns - 1 - self.column)
        self.center = self.board.color_at(point)
        self.around = [self._at(*step) for step in STEPS]

    def _point(self, down: int, right: int) -> Point | None:
        row, column, (rows, columns) = self.row + down, self.column + right, self.board.shape
        return row * columns + column if 0 <= row < rows and 0 <= column < columns else None

    def _at(self, down: int, right: int) -> int:
        """Return what stands there, -1 off the board."""
        point = self._point(down, right)
        return -1 if point is None else self.board.color_at(point)

    def distance(self, point: Point) -> int:
        row, column = row_column(point, self.game.size)
        return max(abs(row - self.row), abs(column - self.column))

    def place(self) -> set[str]:
        near = sorted((min(self.to_edges[:2]), min(self.to_edges[2:])))
        names = {"corner"} if near[1] < CORNER else set()
        if near[0] < len(LINES):
            names.add(f"{LINES[near[0]]} line")
        names.add("edge" if near[0] < 3 else "middle")
        return names

    def chains(self) -> set[str]:
        """Return names of the stone at the point and of the chains that touch it."""
        names = {{EMPTY: "empty", self.own: "own stone"}.get(self.center, "opponent's stone")}
        here = [self.point] if self.center else [p for p in self._neighbors() if self.board.color_at(p)]
        for chain in here:
            whose = "own" if self.board.color_at(chain) == self.own else "opponent"
            count = self.board.liberties(chain)
            if count <= 2:
                names.add(f"{whose} in atari" if count == 1 else f"{whose} with two liberties")
        return names

    def _neighbors(self) -> list[Point]:
        found = (self._point(*step) for step in STEPS)
        return [point for point in found if point is not None]

    def _heads(self, color: int) -> set[tuple[Point, ...]]:
        return {tuple(self.board.chain(p)) for p in self._neighbors() if self.board.color_at(p) == color}

    def moves(self, planes: NDArray[np.uint8]) -> set[str]:
        """Return what a move at the empty point would do, from the planes."""

        def value(name: str, width: int) -> int:
            first = OFFSETS[name]
            column = planes[first : first + width, self.row, self.column]
            return int(column.argmax()) + 1 if column.any() else 0

        names = set()
        if not self.game.is_legal(self.point):
            names.add("ko" if self.board.ko_point == self.point else "illegal")
            return names
        tests = {
            "captures": value("capture size", 8),
            "self-atari": value("self-atari size", 8),
            "ladder capture": value("ladder capture", 1),
            "ladder escape": value("ladder escape", 1),
            "own eye": not value("sensibleness", 1),
        }
        names |= {name for name, holds in tests.items() if holds}
        if tests["captures"] == 1 and tests["self-atari"] == 1:
            names.add("ko capture")
        if tests["self-atari"] and not tests["captures"]:
            names.add("throw-in")
        threatened = [chain for chain in self._heads(self.other) if self.board.liberties(chain[0]) == 2]
        return names | ({"gives atari"} if threatened else set())

    def patterns(self) -> set[str]:
        """Return the shapes that a stone at the empty point would make."""
        own, other = self._heads(self.own), self._heads(self.other)
        names = set()
        if len(own) >= 2:
            names.add("connects")
        if len(other) >= 2:
            names.add("cuts")
        if other and not own:
            names.add("contact")
        if len(own) == 1:
            names.add("extends")
            if "second line" in self.place() and self._crawls():
                names.add("second-line crawl")
        if any(self._hane(*diagonal) for diagonal in DIAGONALS):
            names.add("hane")
        if not own and any(self._jumps(*step) for step in STEPS):
            names.add("one-point jump")
        if not own and not other and any(self._at(*step) == self.own for step in KNIGHTS):
            names.add("knight's move")
        if not own and not other and any(self._at(*step) == self.other for step in (*KNIGHTS, *DIAGONALS)):
            names.add("approach")
        if not any(self._at(down, right) > 0 for down in range(-4, 5) for right in range(-4, 5)):
            names.add("open area")
        if self.around.count(self.other) == 3 and self.around.count(EMPTY) == 1:
            names.add("mouth of opponent's shape")
        if all(color in (self.other, -1) for color in self.around):
            names.add("opponent's eye")
        return names

    def _hane(self, down: int, right: int) -> bool:
        """Around the opponent: own stone diagonal, between them the opponent on one side, nothing on the other."""
        sides = {self._at(down, 0), self._at(0, right)}
        return self._at(down, right) == self.own and sides == {self.other, EMPTY}

    def _jumps(self, down: int, right: int) -> bool:
        return self._at(down, right) == EMPTY and self._at(2 * down, 2 * right) == self.own

    def _crawls(self) -> bool:
        """Along the second line under the opponent."""
        inward = [(1, 0), (-1, 0), (0, 1), (0, -1)][self.to_edges.index(1)]
        along = [(0, 1), (0, -1)] if inward[0] else [(1, 0), (-1, 0)]
        return self._at(*inward) == self.other and any(self._at(*step) == self.own for step in along)

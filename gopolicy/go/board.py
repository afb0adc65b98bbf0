"""Board: a position, to be read, played on and copied; a Python class around the compiled functions.

It holds no history but what the simple-ko rule and the age of a stone need: the moves, superko and the end of the
game belong to `game`.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.errors import GopolicyError
from gopolicy.go.coords import (
    BLACK,
    BOARD_SIZE,
    WHITE,
    Color,
    Move,
    Point,
    Size,
    check_size,
    columns_rows,
    point_count,
    size_name,
    to_vertex,
)
from gopolicy.go.events import NO_POINT
from gopolicy.go.moves import (
    KO,
    NO_LIBERTIES,
    OCCUPIED,
    OUTSIDE,
    SOUND,
    SUICIDE,
    illegality,
    legal_mask,
    play_turn,
    rebuild,
)
from gopolicy.go.state import CAPTURED_BLACK, CAPTURED_WHITE, KO_POINT, OLD, TURN, copy_state, new_state, new_trail

REASONS: Final = {
    OCCUPIED: "occupied",
    KO: "ko: play elsewhere first",
    SUICIDE: "suicide",
    OUTSIDE: "off the board",
    NO_LIBERTIES: "setup leaves a chain without liberties",
}


class IllegalMoveError(GopolicyError, ValueError):
    """A move that the rules forbid; `reason` is the short why, such as `occupied`."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


def move_name(move: Move, size: Size) -> str:
    """Return a move's vertex, or the number of a point that is off the board."""
    return to_vertex(move, size) if move is None or 0 <= move < point_count(size) else repr(move)


class Board:
    """A position: stones, ko and the ages of stones, without the moves that led to it.

    size: lines, or (columns, rows) where these differ.  shape: (rows, columns), of arrays with a value a point.
    state: the compiled functions' view of it; whoever writes there must keep it sound.
    """

    def __init__(self, size: Size = BOARD_SIZE) -> None:
        self.size = check_size(size)
        self.shape = columns_rows(self.size)[::-1]
        self.state = new_state(size)
        self._trail = new_trail()

    def copy(self) -> "Board":
        """Return an independent board with the same position."""
        other = Board.__new__(Board)
        other.size, other.shape = self.size, self.shape
        other.state = copy_state(self.state)
        other._trail = self._trail  # scratch: nothing in it outlives a call
        return other

    @property
    def colors(self) -> NDArray[np.uint8]:
        """The stones: uint8 `[rows, columns]`, row 0 at the top, EMPTY, BLACK or WHITE; a view, not to be written."""
        view = self.state.color[: point_count(self.size)].reshape(self.shape)
        view.flags.writeable = False
        return view

    @property
    def ko_point(self) -> Point | None:
        """The point where `ko_color` may not play this turn, or None."""
        point = int(self.state.info[KO_POINT])
        return None if point == NO_POINT else point

    @property
    def turns(self) -> int:
        """Turns played on this board, passes included, setup not."""
        return int(self.state.info[TURN])

    def captured(self, color: Color) -> int:
        """Return how many stones of `color` have been captured."""
        return int(self.state.info[CAPTURED_BLACK if color == BLACK else CAPTURED_WHITE])

    def color_at(self, point: Point) -> Color:
        """Return EMPTY, BLACK or WHITE."""
        return int(self.state.color[point])

    def chain(self, point: Point) -> list[Point]:
        """Return the points of the chain at `point`, in increasing order; none where no stone stands."""
        if not self.color_at(point):
            return []
        points, stone = [point], int(self.state.next_stone[point])
        while stone != point:
            points.append(stone)
            stone = int(self.state.next_stone[stone])
        return sorted(points)

    def liberties(self, point: Point) -> int:
        """Return the number of liberties of the chain at `point`; 0 where no stone stands."""
        return int(self.state.liberty_count[self.state.head[point]]) if self.color_at(point) else 0

    def why_illegal(self, point: Point, color: Color) -> str | None:
        """Return None for a legal move, else the reason: occupied, suicide, ko or off the board."""
        return REASONS.get(illegality(self.state, point, color))

    def is_legal(self, point: Point, color: Color) -> bool:
        """Return whether `color` may play at `point`: empty, not suicide, not the simple-ko point."""
        return bool(illegality(self.state, point, color) == SOUND)

    def legal_mask(self, color: Color) -> NDArray[np.bool_]:
        """Return bool `[rows * columns]`: where `color` may play."""
        mask = np.empty(point_count(self.size), np.bool_)
        legal_mask(self.state, color, mask)
        return mask

    def play(self, move: Point | None, color: Color) -> int:
        """Play a move or pass (None); return stones captured.  Raises IllegalMoveError and changes nothing then."""
        point = NO_POINT if move is None else move
        wrong = illegality(self.state, point, color)
        if wrong != SOUND:
            raise IllegalMoveError(f"illegal move {move_name(move, self.size)}: {REASONS[wrong]}", REASONS[wrong])
        return int(play_turn(self.state, self._trail, point, color))

    def set_stones(self, stones: dict[Point, Color]) -> None:
        """Make points hold stones, or nothing (EMPTY); they count as old, and the ko is forgotten.

        Raises IllegalMoveError, and changes nothing, if a chain would have no liberty or a point is off the board.
        """
        if not all(0 <= point < point_count(self.size) for point in stones):
            raise IllegalMoveError(f"illegal setup: {REASONS[OUTSIDE]}", REASONS[OUTSIDE])
        before = copy_state(self.state)
        for point, color in stones.items():
            self.state.color[point], self.state.placed[point] = color, OLD
        if not rebuild(self.state):
            self.state = before
            raise IllegalMoveError(f"illegal setup: {REASONS[NO_LIBERTIES]}", REASONS[NO_LIBERTIES])

    def __eq__(self, other: object) -> bool:
        """Compare size and stones, neither ko nor ages."""
        return isinstance(other, Board) and np.array_equal(self.colors, other.colors)

    __hash__ = None  # type: ignore[assignment]  # boards change

    def __repr__(self) -> str:
        counts = [int((self.colors == color).sum()) for color in (BLACK, WHITE)]
        return f"<Board {size_name(self.size)}, {counts[0]} black and {counts[1]} white stones>"

"""Game: a board and its moves - whose turn it is, undo, superko on request, the end.

Moves and setup stones are kept as events (see `events`), so that undo is a replay and a record is a copy.
It knows no files.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import index

import numpy as np
from numpy.typing import NDArray

from gopolicy.go import events as ev
from gopolicy.go.board import REASONS, Board, IllegalMoveError, move_name
from gopolicy.go.coords import (
    BLACK,
    BOARD_SIZE,
    EMPTY,
    WHITE,
    Color,
    CoordinateError,
    Move,
    Point,
    Size,
    handicap_points,
    opponent,
    point_count,
)
from gopolicy.go.moves import NO_LIBERTIES, OUTSIDE, SOUND, replay_events
from gopolicy.go.state import new_trail

SUPERKO_REASON = "superko: repeats an earlier position"


class Game:
    """A game in play.

    A point is row * columns + column, row 0 at the top; `parse_vertex` makes it of "Q16".
    board: the position; read it, and change it only through this class.
    to_play: the color whose turn it is; may be set, as a record with two turns in a row does.
    komi: points given to White.
    superko: forbid moves that repeat any earlier position of this game (positional superko).
    """

    def __init__(self, size: Size = BOARD_SIZE, *, komi: float = 7.5, superko: bool = False) -> None:
        self.board = Board(size)
        self.to_play: Color = BLACK
        self.komi = komi
        self.superko = superko
        self._events: list[int] = []
        # Under superko: the positions so far, and the points of all events; a stone on any other repeats none.
        self._seen: set[bytes] = {self._key()} if superko else set()
        self._touched: set[Point] = set()

    @classmethod
    def from_events(cls, size: Size, events: NDArray[np.uint16], *, komi: float = 7.5, superko: bool = False) -> "Game":
        """Return the game after `events` (uint16 `[k]`); raise IllegalMoveError at the first wrong one."""
        game = cls(size, komi=komi, superko=superko)
        if superko:
            game._replay_with_superko(events)
        else:
            applied, wrong = replay_events(game.board.state, new_trail(), np.asarray(events, np.uint16))
            if wrong in (NO_LIBERTIES, OUTSIDE):
                raise IllegalMoveError(f"illegal event {applied + 1}: {REASONS[wrong]}", REASONS[wrong])
            if wrong != SOUND:
                raise game._illegal(events[:applied], ev.event_move(events[applied]), REASONS[wrong])
        game._events = [int(event) for event in events]
        game.to_play = ev.to_play_after(game._events)
        return game

    @property
    def size(self) -> Size:
        """The number of lines, or (columns, rows) where these differ."""
        return self.board.size

    @property
    def events(self) -> NDArray[np.uint16]:
        """Everything that happened: uint16 `[k]`, see `gopolicy.go.events`."""
        return np.array(self._events, np.uint16)

    @property
    def moves(self) -> list[tuple[Color, Move]]:
        """The turns in order, passes included and setup left out."""
        return [(ev.event_color(event), ev.event_move(event)) for event in self._events if not ev.is_setup(event)]

    @property
    def last_turn(self) -> tuple[Color, Move] | None:
        """The last turn's color and move, or None before the first turn and right after setup stones."""
        if not self._events or ev.is_setup(self._events[-1]):
            return None
        return ev.event_color(self._events[-1]), ev.event_move(self._events[-1])

    @property
    def is_over(self) -> bool:
        """Two passes in a row."""
        last = self._events[-2:]
        return len(last) == 2 and all(not ev.is_setup(event) and ev.event_move(event) is None for event in last)

    def copy(self) -> "Game":
        """Return an independent game in the same state."""
        other = Game.__new__(Game)
        other.board = self.board.copy()
        other.to_play, other.komi, other.superko = self.to_play, self.komi, self.superko
        other._events = self._events.copy()
        other._seen, other._touched = self._seen.copy(), self._touched.copy()
        return other

    def before(self, turn: int) -> "Game":
        """Return the game as it was before a turn, from 1 on, the color of that turn to play; 1 behind the last: as is.

        Raises IndexError for any other number.
        """
        turns = [i for i, event in enumerate(self._events) if not ev.is_setup(event)]
        if turn == len(turns) + 1:
            return self.copy()
        if not 1 <= turn <= len(turns):
            raise IndexError(turn)
        at = turns[turn - 1]
        game = Game.from_events(self.size, self.events[:at], komi=self.komi, superko=self.superko)
        game.to_play = ev.event_color(self._events[at])
        return game

    def why_illegal(self, move: Move, color: Color | None = None) -> str | None:
        """Return None if `color` (default: to play) may play `move`, else a short reason; a pass is legal.

        Raises CoordinateError for what is no move or no color.
        """
        return self._why_illegal(self._move(move), self._color(color))

    def is_legal(self, move: Move, color: Color | None = None) -> bool:
        """Return whether `color` (default: to play) may play `move`; raises CoordinateError as `why_illegal` does."""
        return self.why_illegal(move, color) is None

    def legal_mask(self, color: Color | None = None) -> NDArray[np.bool_]:
        """Return bool `[rows * columns]`: where `color` (default: to play) may play; superko counts if in force.

        Raises CoordinateError for what is no color.
        """
        color = self._color(color)
        mask = self.board.legal_mask(color)
        if self.superko:
            for point in self._touched:
                mask[point] = mask[point] and self._repetition(point, color) is None
        return mask

    def play(self, move: Move, color: Color | None = None) -> int:
        """Play `move` (None: pass) for `color` (default: to play); return stones captured.

        The turn then is the other color's.  Raises IllegalMoveError, and CoordinateError for what is no move or no
        color, and changes nothing then.
        """
        move, color = self._move(move), self._color(color)
        reason = self._why_illegal(move, color)
        if reason is not None:
            raise self._illegal(self._events, move, reason)
        captured = self.board.play(move, color)
        self._events.append(ev.move_event(color, move))
        self.to_play = opponent(color)
        self._remember([] if move is None else [move])
        return captured

    def set_stones(self, stones: dict[Point, Color]) -> None:
        """Put down, change or (EMPTY) remove stones without playing; they count as old, no ko remains.

        Raises IllegalMoveError if a chain would have no liberty, CoordinateError for what is no color, and changes
        nothing then.
        """
        for color in stones.values():
            if color not in (EMPTY, BLACK, WHITE):
                raise CoordinateError(f"color {color!r}: {EMPTY} (EMPTY), {BLACK} (BLACK) or {WHITE} (WHITE)")
        self.board.set_stones(stones)
        self._events += [ev.setup_event(color, point) for point, color in stones.items()]
        self._remember(stones)

    def place_handicap(self, stones: int) -> list[Point]:
        """Put the fixed handicap stones on an empty board and give White the turn; return their points.

        Raises CoordinateError where no such placement is defined.
        """
        points = handicap_points(stones, self.size)
        self.set_stones(dict.fromkeys(points, BLACK))
        self.to_play = opponent(BLACK)
        return points

    def undo(self) -> tuple[Color, Move]:
        """Take back the last turn and return it; its color is to play.  Raises IllegalMoveError without one."""
        last = self.last_turn
        if last is None:
            raise IllegalMoveError("cannot undo: no move to take back", "no move to take back")
        before = Game.from_events(self.size, self.events[:-1], superko=self.superko)
        self.board, self._events = before.board, before._events
        self._seen, self._touched = before._seen, before._touched
        self.to_play = last[0]
        return last

    def repetitions(self, move: Point) -> int:
        """Return how often this game has had the position that a legal move of the color to play makes."""
        if all(event & ev.POINT_MASK != move for event in self._events):
            return 0  # a stone stands where none ever stood
        after = self.board.copy()
        after.play(move, self.to_play)
        position, count = after.colors.tobytes(), 0
        earlier = Game(self.size)
        for setup, run in groupby(self._events, ev.is_setup):
            if setup:
                earlier.set_stones({int(event) & ev.POINT_MASK: ev.event_color(event) for event in run})
                count += earlier._key() == position
                continue
            for event in run:
                earlier.board.play(ev.event_move(event), ev.event_color(event))
                count += ev.event_move(event) is not None and earlier._key() == position
        return count

    def _move(self, move: Move) -> Move:
        try:
            return None if move is None else index(move)  # the compiled functions take Python's int and no other
        except TypeError:
            points = f"a point from 0 to {point_count(self.size) - 1} or None"
            hint = "gopolicy.go.coords.parse_vertex reads vertices"
            raise CoordinateError(f"move {repr(move)[:40]}: {points}; {hint}") from None

    def _color(self, color: Color | None) -> Color:
        color = self.to_play if color is None else color
        if color not in (BLACK, WHITE):
            raise CoordinateError(f"color {color!r}: {BLACK} (BLACK) or {WHITE} (WHITE)")
        return int(color)

    def _why_illegal(self, move: Move, color: Color) -> str | None:
        if move is None:
            return None
        reason = self.board.why_illegal(move, color)
        if reason is None and self.superko and move in self._touched:
            return self._repetition(move, color)
        return reason

    def _repetition(self, move: Point, color: Color) -> str | None:
        after = self.board.copy()
        after.play(move, color)
        return SUPERKO_REASON if after.colors.tobytes() in self._seen else None

    def _replay_with_superko(self, events: NDArray[np.uint16]) -> None:
        for setup, run in groupby(events, ev.is_setup):
            if setup:  # stones set up together take effect together
                self.set_stones({int(event) & ev.POINT_MASK: ev.event_color(event) for event in run})
            else:
                for event in run:
                    self.play(ev.event_move(event), ev.event_color(event))

    def _illegal(self, before: Sequence[int] | NDArray[np.uint16], move: Move, reason: str) -> IllegalMoveError:
        number = 1 + sum(not ev.is_setup(event) for event in before)
        return IllegalMoveError(f"illegal move {number} {move_name(move, self.size)}: {reason}", reason)

    def _key(self) -> bytes:
        return self.board.colors.tobytes()

    def _remember(self, points: Iterable[Point]) -> None:
        if self.superko:
            self._seen.add(self._key())
            self._touched.update(points)

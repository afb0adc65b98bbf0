"""Stones, chains, liberties, captures and ko: compiled functions on plain arrays, and Board around them.

The functions take a `State`, are compiled by numba and check nothing that their docstring does not name.
`Board` is the same state with Python manners.  There is no history here beyond what the simple-ko rule
and the age of a stone need: records of play, superko and the end of the game belong to `game`.

Chains are circular lists through `next_stone`; every stone knows its chain's head, and the data of a
chain stand at its head.  Liberties are bit sets, so that joining chains is an OR and a play in a reader
is taken back without searching.  Suicide is illegal, a ko is what `update_ko` says.
"""

from functools import lru_cache
from typing import Final, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.compiled import compiled, popcount
from gopolicy.go.coords import BLACK, EMPTY, MAX_SIZE, WHITE, Color, Point, check_size, to_vertex
from gopolicy.go.events import COLOR_SHIFT, NO_POINT, POINT_MASK, SETUP

WALL: Final = 3  # what the table's off-board entry holds
OFF_BOARD: Final = MAX_SIZE * MAX_SIZE  # the index of that entry
MAX_WORDS: Final = (OFF_BOARD + 63) // 64
OLD: Final = -1_000_000  # the turn of setup stones: older than any turn a feature tells apart

# Indices of State.info
TURN, KO_POINT, KO_COLOR, CAPTURED_BLACK, CAPTURED_WHITE, POINTS, WORDS = range(7)

# Columns of Trail.frames
F_POINT, F_KO_POINT, F_KO_COLOR, F_BASE, F_BASE_STONES, F_BASE_LIBERTIES = range(6)
F_OLD_NEXT, F_OLD_HEAD, F_JOINED, F_CAPTURED = 6, 7, 8, 12  # counts, each followed by up to 4 heads
FRAME_WIDTH: Final = 18
TRAIL_DEPTH: Final = 408  # plies that a reader may look ahead, and some rows for its caller

# What `apply_event` says of an event
SOUND, OCCUPIED, KO, SUICIDE, NO_LIBERTIES = range(5)


class State(Protocol):
    """A position: one record of numpy's, of type STATE, with room for the largest board.

    Only the first `info[POINTS]` entries and `info[WORDS]` words mean something; entry OFF_BOARD is the
    wall.  A record rather than a tuple of arrays, because compiled code then passes one pointer and
    counts no references: that alone made the planes five times faster.

    color: EMPTY, BLACK, WHITE or WALL.
    head, next_stone: the chain's head and the next stone of the chain's circle, where a stone stands.
    stones, liberty_count: of the chain, at its head.
    liberties: bit set of the chain's liberties, at its head.
    placed: the turn in which the stone was put down, OLD for setup stones.
    info: turns played, ko point (or NO_POINT), color banned there, captured black, captured white,
        points of the board, words of its bit sets.
    neighbors, diagonals: the four points next to a point, OFF_BOARD where the board ends.
    """

    color: NDArray[np.uint8]
    head: NDArray[np.uint16]
    next_stone: NDArray[np.uint16]
    stones: NDArray[np.int16]
    liberty_count: NDArray[np.int16]
    liberties: NDArray[np.uint64]
    placed: NDArray[np.int32]
    info: NDArray[np.int32]
    neighbors: NDArray[np.uint16]
    diagonals: NDArray[np.uint16]


class Trail(Protocol):
    """Room for taking plays back, one row a ply: a record of type TRAIL.

    frames: what a play changed; liberties: the joined chain's before; marks: bit sets, free for a reader.
    """

    frames: NDArray[np.int32]
    liberties: NDArray[np.uint64]
    marks: NDArray[np.uint64]


ENTRIES: Final = OFF_BOARD + 1
STATE: Final = np.dtype(
    [
        ("color", np.uint8, (ENTRIES,)),
        ("head", np.uint16, (ENTRIES,)),
        ("next_stone", np.uint16, (ENTRIES,)),
        ("stones", np.int16, (ENTRIES,)),
        ("liberty_count", np.int16, (ENTRIES,)),
        ("liberties", np.uint64, (ENTRIES, MAX_WORDS)),
        ("placed", np.int32, (ENTRIES,)),
        ("info", np.int32, (7,)),
        ("neighbors", np.uint16, (ENTRIES, 4)),
        ("diagonals", np.uint16, (ENTRIES, 4)),
    ],
    align=True,
)
TRAIL: Final = np.dtype(
    [
        ("frames", np.int32, (TRAIL_DEPTH, FRAME_WIDTH)),
        ("liberties", np.uint64, (TRAIL_DEPTH, MAX_WORDS)),
        ("marks", np.uint64, (TRAIL_DEPTH, MAX_WORDS)),
    ],
    align=True,
)


@lru_cache
def _table(size: int, steps: tuple[tuple[int, int], ...]) -> NDArray[np.uint16]:
    table = np.full((ENTRIES, 4), OFF_BOARD, np.uint16)
    for row in range(size):
        for column in range(size):
            for i, (down, right) in enumerate(steps):
                if 0 <= row + down < size and 0 <= column + right < size:
                    table[row * size + column, i] = (row + down) * size + column + right
    return table


def word_count(size: int) -> int:
    """Return the number of 64-bit words that hold one bit a point."""
    return (size * size + 63) // 64


def new_state(size: int) -> State:
    """Return the empty board of `size`."""
    state = cast(State, np.zeros(1, STATE).view(np.recarray)[0])
    state.color[OFF_BOARD] = WALL
    state.info[:] = (0, NO_POINT, EMPTY, 0, 0, size * size, word_count(size))
    state.neighbors[:] = _table(size, ((-1, 0), (0, -1), (0, 1), (1, 0)))
    state.diagonals[:] = _table(size, ((-1, -1), (-1, 1), (1, -1), (1, 1)))
    return state


def copy_state(state: State) -> State:
    """Return an independent copy."""
    return cast(State, np.array([state], STATE).view(np.recarray)[0])


def new_trail() -> Trail:
    """Return room for TRAIL_DEPTH plays to be taken back on a board of any size."""
    return cast(Trail, np.empty(1, TRAIL).view(np.recarray)[0])


@compiled
def set_bit(sets: NDArray[np.uint64], row: int, point: int) -> None:
    """Put `point` into the bit set in a row."""
    sets[row, np.uint64(point) >> np.uint64(6)] |= np.uint64(1) << (np.uint64(point) & np.uint64(63))


@compiled
def clear_bit(sets: NDArray[np.uint64], row: int, point: int) -> None:
    """Take `point` out of the bit set in a row."""
    sets[row, np.uint64(point) >> np.uint64(6)] &= ~(np.uint64(1) << (np.uint64(point) & np.uint64(63)))


@compiled
def has_bit(sets: NDArray[np.uint64], row: int, point: int) -> bool:
    """Tell whether `point` is in the bit set in a row."""
    word = sets[row, np.uint64(point) >> np.uint64(6)]
    return (word >> (np.uint64(point) & np.uint64(63))) & np.uint64(1) != np.uint64(0)


@compiled
def count_bits(sets: NDArray[np.uint64], row: int, words: int) -> int:
    """Return the number of points in the bit set in a row."""
    count = 0
    for i in range(words):
        count += popcount(sets[row, i])
    return count


@compiled
def first_bit(sets: NDArray[np.uint64], row: int, start: int, words: int) -> int:
    """Return the smallest point from `start` on in the bit set in a row, or NO_POINT."""
    for i in range(start >> 6, words):
        word = sets[row, i]
        if i == start >> 6:
            word &= ~np.uint64(0) << (np.uint64(start) & np.uint64(63))
        if word != np.uint64(0):
            lowest = word & (~word + np.uint64(1))
            return 64 * i + popcount(lowest - np.uint64(1))
    return NO_POINT


@compiled
def is_legal(state: State, point: int, color: int) -> bool:
    """Tell whether `color` may play at `point`: empty, not the ko point, not suicide."""
    if state.color[point] != EMPTY:
        return False
    if point == state.info[KO_POINT] and color == state.info[KO_COLOR]:
        return False
    for i in range(4):
        neighbor = state.neighbors[point, i]
        holds = state.color[neighbor]
        if holds == EMPTY:
            return True
        if holds != WALL:
            in_atari = state.liberty_count[state.head[neighbor]] == 1
            if (holds == color) != in_atari:  # own chain with a liberty to spare, or a capture
                return True
    return False


@compiled
def _join(state: State, base: int, joined: int) -> None:
    """Make the chain headed by `joined` part of the one headed by `base`: circle and heads."""
    state.next_stone[base], state.next_stone[joined] = state.next_stone[joined], state.next_stone[base]
    stone = state.next_stone[base]
    for _ in range(state.stones[joined]):  # the swap put the joined circle right behind the base
        state.head[stone] = base
        stone = state.next_stone[stone]


@compiled
def _part(state: State, base: int, joined: int) -> None:
    """Take back `_join`."""
    state.next_stone[base], state.next_stone[joined] = state.next_stone[joined], state.next_stone[base]
    stone = joined
    for _ in range(state.stones[joined]):
        state.head[stone] = joined
        stone = state.next_stone[stone]


@compiled
def _lift(state: State, head: int, by: int) -> None:
    """Take the chain headed by `head` off the board and give its points to `by`'s chains as liberties.

    The chain's own arrays stay as they are, for `_drop`.
    """
    stone = head
    for _ in range(state.stones[head]):
        state.color[stone] = EMPTY
        for i in range(4):
            neighbor = state.neighbors[stone, i]
            if state.color[neighbor] == by:
                chain = state.head[neighbor]
                if not has_bit(state.liberties, chain, stone):
                    set_bit(state.liberties, chain, stone)
                    state.liberty_count[chain] += 1
        stone = state.next_stone[stone]


@compiled
def _drop(state: State, head: int, by: int) -> None:
    """Take back `_lift`."""
    stone = head
    for _ in range(state.stones[head]):
        state.color[stone] = BLACK + WHITE - by
        for i in range(4):
            neighbor = state.neighbors[stone, i]
            if state.color[neighbor] == by:
                chain = state.head[neighbor]
                if has_bit(state.liberties, chain, stone):
                    clear_bit(state.liberties, chain, stone)
                    state.liberty_count[chain] -= 1
        stone = state.next_stone[stone]


@compiled
def _press(state: State, trail: Trail, depth: int, point: int, color: int) -> int:
    """Take `point` from the liberties of the opponent's chains and lift those left without; return stones lifted."""
    lifted = 0
    for i in range(4):
        neighbor = state.neighbors[point, i]
        if state.color[neighbor] == BLACK + WHITE - color:
            chain = state.head[neighbor]
            if has_bit(state.liberties, chain, point):
                clear_bit(state.liberties, chain, point)
                state.liberty_count[chain] -= 1
                if state.liberty_count[chain] == 0:
                    trail.frames[depth, F_CAPTURED] += 1
                    trail.frames[depth, F_CAPTURED + trail.frames[depth, F_CAPTURED]] = chain
                    lifted += state.stones[chain]
                    _lift(state, chain, color)
    return lifted


@compiled
def _connect(state: State, trail: Trail, depth: int, point: int, color: int) -> None:
    """Make the stone just put on `point` one chain with its own neighbors."""
    base = point
    for i in range(4):  # the longest chain stays, so that few heads are rewritten
        neighbor = state.neighbors[point, i]
        if state.color[neighbor] == color:
            chain = state.head[neighbor]
            if base == point or state.stones[chain] > state.stones[base]:
                base = chain
    trail.frames[depth, F_OLD_NEXT], trail.frames[depth, F_OLD_HEAD] = state.next_stone[point], state.head[point]
    state.next_stone[point] = point
    trail.frames[depth, F_BASE], trail.frames[depth, F_BASE_STONES] = base, state.stones[base]
    trail.frames[depth, F_BASE_LIBERTIES] = state.liberty_count[base]
    trail.frames[depth, F_JOINED] = 0
    words = state.info[WORDS]
    for word in range(words):
        trail.liberties[depth, word] = state.liberties[base, word]
    if base == point:  # the arrays at `point` may still describe a lifted chain, hence saved all the same
        state.stones[point] = 0
        state.liberty_count[point] = 0
        for word in range(words):
            state.liberties[point, word] = np.uint64(0)
    if base != point:
        state.next_stone[point], state.next_stone[base] = state.next_stone[base], np.uint16(point)
        clear_bit(state.liberties, base, point)
        state.liberty_count[base] -= 1
    state.head[point] = base
    state.stones[base] += 1
    for i in range(4):
        neighbor = state.neighbors[point, i]
        if state.color[neighbor] == EMPTY:
            if not has_bit(state.liberties, base, neighbor):
                set_bit(state.liberties, base, neighbor)
                state.liberty_count[base] += 1
        elif state.color[neighbor] == color and state.head[neighbor] != base:
            chain = state.head[neighbor]
            trail.frames[depth, F_JOINED] += 1
            trail.frames[depth, F_JOINED + trail.frames[depth, F_JOINED]] = chain
            _join(state, base, chain)
            state.stones[base] += state.stones[chain]
            for word in range(words):
                state.liberties[base, word] |= state.liberties[chain, word]
            clear_bit(state.liberties, base, point)
            state.liberty_count[base] = count_bits(state.liberties, base, state.info[WORDS])


@compiled
def play(state: State, trail: Trail, depth: int, point: int, color: int) -> int:
    """Play a legal move and note in row `depth` of the trail how to take it back; return stones captured.

    Sets the ko point.  Counts no turn, sets no age and no tally of prisoners: `play_turn` does.
    """
    trail.frames[depth, F_POINT] = point
    trail.frames[depth, F_KO_POINT], trail.frames[depth, F_KO_COLOR] = state.info[KO_POINT], state.info[KO_COLOR]
    trail.frames[depth, F_CAPTURED] = 0
    state.color[point] = color
    _connect(state, trail, depth, point, color)
    captured = _press(state, trail, depth, point, color)
    update_ko(state, trail, depth, point, color, captured)
    return captured


@compiled
def update_ko(state: State, trail: Trail, depth: int, point: int, color: int, captured: int) -> None:
    """Set the ko point: one stone was taken by a stone that is now alone and has one liberty."""
    chain = state.head[point]
    if captured == 1 and state.stones[chain] == 1 and state.liberty_count[chain] == 1:
        state.info[KO_POINT] = trail.frames[depth, F_CAPTURED + 1]  # the head of a chain of one is its stone
        state.info[KO_COLOR] = BLACK + WHITE - color
    else:
        state.info[KO_POINT] = NO_POINT


@compiled
def undo(state: State, trail: Trail, depth: int) -> None:
    """Take back the play noted in row `depth`; plays are taken back in reverse order, the last one first."""
    point = trail.frames[depth, F_POINT]
    color = state.color[point]
    for i in range(trail.frames[depth, F_CAPTURED], 0, -1):
        chain = trail.frames[depth, F_CAPTURED + i]
        _drop(state, chain, color)
        set_bit(state.liberties, chain, point)
        state.liberty_count[chain] = 1
    base = trail.frames[depth, F_BASE]
    for i in range(trail.frames[depth, F_JOINED], 0, -1):
        _part(state, base, trail.frames[depth, F_JOINED + i])
    if base != point:
        state.next_stone[base] = state.next_stone[point]
    state.stones[base] = trail.frames[depth, F_BASE_STONES]
    state.liberty_count[base] = trail.frames[depth, F_BASE_LIBERTIES]
    for word in range(state.info[WORDS]):
        state.liberties[base, word] = trail.liberties[depth, word]
    state.next_stone[point], state.head[point] = trail.frames[depth, F_OLD_NEXT], trail.frames[depth, F_OLD_HEAD]
    state.color[point] = EMPTY
    for i in range(4):
        neighbor = state.neighbors[point, i]
        if state.color[neighbor] == BLACK + WHITE - color:
            chain = state.head[neighbor]
            if not has_bit(state.liberties, chain, point):
                set_bit(state.liberties, chain, point)
                state.liberty_count[chain] += 1
    state.info[KO_POINT], state.info[KO_COLOR] = trail.frames[depth, F_KO_POINT], trail.frames[depth, F_KO_COLOR]


@compiled
def play_turn(state: State, trail: Trail, point: int, color: int) -> int:
    """Play a legal move for good: turn, age, prisoners and ko; return stones captured.  NO_POINT is a pass.

    Writes row 0 of the trail.
    """
    state.info[TURN] += 1
    if point == NO_POINT:
        state.info[KO_POINT] = NO_POINT
        return 0
    captured = play(state, trail, 0, point, color)
    state.placed[point] = state.info[TURN]
    state.info[CAPTURED_WHITE if color == BLACK else CAPTURED_BLACK] += captured
    return captured


@compiled
def rebuild(state: State) -> bool:
    """Make the chains anew from the colors; return False if a chain has no liberty.  Clears the ko."""
    state.info[KO_POINT] = NO_POINT
    n = state.info[POINTS]
    for point in range(n):
        state.head[point] = point
        state.next_stone[point] = point
        state.stones[point] = 1
        state.liberty_count[point] = 0
        for word in range(state.info[WORDS]):
            state.liberties[point, word] = np.uint64(0)
    for point in range(n):
        color = state.color[point]
        if color != EMPTY:
            for i in range(4):
                neighbor = state.neighbors[point, i]
                base = state.head[point]
                if state.color[neighbor] == EMPTY:
                    set_bit(state.liberties, base, neighbor)
                elif state.color[neighbor] == color and state.head[neighbor] != base:
                    joined = state.head[neighbor]
                    _join(state, base, joined)
                    state.stones[base] += state.stones[joined]
                    for word in range(state.info[WORDS]):
                        state.liberties[base, word] |= state.liberties[joined, word]
    sound = True
    for point in range(n):
        if state.color[point] != EMPTY and state.head[point] == point:
            state.liberty_count[point] = count_bits(state.liberties, point, state.info[WORDS])
            sound = sound and state.liberty_count[point] > 0
    return sound


@compiled
def illegality(state: State, point: int, color: int) -> int:
    """Return SOUND for a pass or a legal move, else OCCUPIED, KO or SUICIDE."""
    if point == NO_POINT or is_legal(state, point, color):
        return SOUND
    if state.color[point] != EMPTY:
        return OCCUPIED
    if point == state.info[KO_POINT] and color == state.info[KO_COLOR]:
        return KO
    return SUICIDE


@compiled
def apply_event(state: State, trail: Trail, events: NDArray[np.uint16], i: int) -> int:
    """Apply `events[i]`; return SOUND, or what is wrong with it and then the state is as it was before a move.

    Setup stones take effect together, when the last of a run of them is applied.
    """
    event = events[i]
    point, color = event & POINT_MASK, (event >> COLOR_SHIFT) & 3
    if event & SETUP:
        state.color[point] = color
        state.placed[point] = OLD
        if i + 1 == events.shape[0] or not events[i + 1] & SETUP:
            return SOUND if rebuild(state) else NO_LIBERTIES
        return SOUND
    wrong = illegality(state, point, color)
    if wrong == SOUND:
        play_turn(state, trail, point, color)
    return wrong


@compiled
def replay_events(state: State, trail: Trail, events: NDArray[np.uint16]) -> tuple[int, int]:
    """Apply events until one is wrong; return (events applied, SOUND or what is wrong with the next)."""
    for i in range(events.shape[0]):
        wrong = apply_event(state, trail, events, i)
        if wrong != SOUND:
            return i, wrong
    return events.shape[0], SOUND


@compiled
def legal_mask(state: State, color: int, mask: NDArray[np.bool_]) -> None:
    """Write into `mask` `[n]` whether `color` may play at each point."""
    for point in range(mask.shape[0]):
        mask[point] = is_legal(state, point, color)


REASONS: Final = {
    OCCUPIED: "occupied",
    KO: "ko: play elsewhere first",
    SUICIDE: "suicide",
    NO_LIBERTIES: "setup leaves a chain without liberties",
}


class IllegalMoveError(ValueError):
    """A move that the rules forbid; `reason` is the short why, such as `occupied`."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class Board:
    """A position: stones, ko and the ages of stones, and nothing about how it came about.

    state: the compiled functions' view of it; whoever writes there must keep it sound.
    """

    def __init__(self, size: int = 19) -> None:
        self.size = check_size(size)
        self.state = new_state(size)
        self._trail = new_trail()

    def copy(self) -> "Board":
        """Return an independent board with the same position."""
        other = Board.__new__(Board)
        other.size = self.size
        other.state = copy_state(self.state)
        other._trail = self._trail  # scratch: nothing in it outlives a call
        return other

    @property
    def colors(self) -> NDArray[np.uint8]:
        """The stones: uint8 `[size, size]`, row 0 at the top, EMPTY, BLACK or WHITE; a view, not to be written."""
        view = self.state.color[: self.size**2].reshape(self.size, self.size)
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
        """Return None for a legal move, else the reason: occupied, suicide or ko."""
        return REASONS.get(illegality(self.state, point, color))

    def is_legal(self, point: Point, color: Color) -> bool:
        """Tell whether `color` may play at `point`: empty, not suicide, not the simple-ko point."""
        return bool(is_legal(self.state, point, color))

    def legal_mask(self, color: Color) -> NDArray[np.bool_]:
        """Return bool `[size * size]`: where `color` may play."""
        mask = np.empty(self.size * self.size, np.bool_)
        legal_mask(self.state, color, mask)
        return mask

    def play(self, move: Point | None, color: Color) -> int:
        """Play a move or pass (None); return stones captured.  Raises IllegalMoveError and changes nothing then."""
        point = NO_POINT if move is None else move
        wrong = illegality(self.state, point, color)
        if wrong != SOUND:
            vertex = to_vertex(move, self.size)
            raise IllegalMoveError(f"illegal move {vertex}: {REASONS[wrong]}", REASONS[wrong])
        return int(play_turn(self.state, self._trail, point, color))

    def set_stones(self, stones: dict[Point, Color]) -> None:
        """Make points hold stones, or nothing (EMPTY); they count as old, and the ko is forgotten.

        Raises IllegalMoveError, and changes nothing, if a chain would have no liberty.
        """
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
        return f"<Board {self.size}x{self.size}, {counts[0]} black and {counts[1]} white stones>"

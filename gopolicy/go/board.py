"""Stones, chains, liberties, captures and ko: compiled functions on plain arrays, and Board around them.

The functions take a `State`, are compiled by numba and check nothing that their docstring does not name.
`Board` is the same state with Python manners.  There is no history here beyond what the simple-ko rule
and the age of a stone need: records of play, superko and the end of the game belong to `game`.

Chains are circular lists through `next_stone`; every stone knows its chain's head, and the data of a
chain stand at its head.  Liberties are bit sets, so that joining chains is an OR and a play in a reader
is taken back without searching.  Suicide is illegal, a ko is what `update_ko` says.
"""

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.compiled import compiled, popcount
from gopolicy.go.coords import BLACK, EMPTY, WHITE, Color, Point, check_size, to_vertex
from gopolicy.go.events import COLOR_SHIFT, NO_POINT, POINT_MASK, SETUP

WALL: Final = 3  # what the neighbor table's off-board entry holds
OLD: Final = -1_000_000  # the turn of setup stones: older than any turn a feature tells apart

# Indices of State.info
TURN, KO_POINT, KO_COLOR, CAPTURED_BLACK, CAPTURED_WHITE = range(5)

# Columns of Trail.frames
F_POINT, F_KO_POINT, F_KO_COLOR, F_BASE, F_BASE_STONES, F_BASE_LIBERTIES = range(6)
F_OLD_NEXT, F_OLD_HEAD, F_JOINED, F_CAPTURED = 6, 7, 8, 12  # counts, each followed by up to 4 heads
FRAME_WIDTH: Final = 18

# What `events_status` says of an array of events
SOUND, OCCUPIED, KO, SUICIDE, NO_LIBERTIES = range(5)


class State(NamedTuple):
    """The arrays of a position; n = size * size, W = 64-bit words for n bits.

    color: uint8 `[n + 1]`, EMPTY, BLACK or WHITE; entry n is WALL.
    head, next_stone: uint16 `[n + 1]`, the chain's head and the next stone of the chain's circle; they
        mean something where a stone stands.
    stones, liberty_count: int16 `[n + 1]`, of the chain, at its head.
    liberties: uint64 `[n + 1, W]`, bit set of the chain's liberties, at its head.
    placed: int32 `[n + 1]`, the turn in which the stone was put down, OLD for setup stones.
    info: int32 `[5]`: turns played, ko point (or NO_POINT), color banned there, captured black, white.
    neighbors, diagonals: uint16 `[n, 4]`, the points next to a point, n where the board ends; shared.
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


class Trail(NamedTuple):
    """Room for taking plays back: one row a ply.

    frames: int32 `[depth, FRAME_WIDTH]`; liberties: uint64 `[depth, W]`, the joined chain's before;
    marks: uint64 `[depth, W]`, free for a reader; budget: int32 `[1]`, a reader's plays left.
    """

    frames: NDArray[np.int32]
    liberties: NDArray[np.uint64]
    marks: NDArray[np.uint64]
    budget: NDArray[np.int32]


@lru_cache
def _tables(size: int) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    def around(steps: tuple[tuple[int, int], ...]) -> NDArray[np.uint16]:
        table = np.full((size * size, 4), size * size, np.uint16)
        for row in range(size):
            for column in range(size):
                for i, (down, right) in enumerate(steps):
                    if 0 <= row + down < size and 0 <= column + right < size:
                        table[row * size + column, i] = (row + down) * size + column + right
        table.flags.writeable = False
        return table

    return around(((-1, 0), (0, -1), (0, 1), (1, 0))), around(((-1, -1), (-1, 1), (1, -1), (1, 1)))


def word_count(size: int) -> int:
    """Return the number of 64-bit words that hold one bit a point."""
    return (size * size + 63) // 64


def new_state(size: int) -> State:
    """Return the empty board of `size`."""
    n = size * size
    neighbors, diagonals = _tables(size)
    state = State(
        color=np.zeros(n + 1, np.uint8),
        head=np.zeros(n + 1, np.uint16),
        next_stone=np.zeros(n + 1, np.uint16),
        stones=np.zeros(n + 1, np.int16),
        liberty_count=np.zeros(n + 1, np.int16),
        liberties=np.zeros((n + 1, word_count(size)), np.uint64),
        placed=np.zeros(n + 1, np.int32),
        info=np.array([0, NO_POINT, EMPTY, 0, 0], np.int32),
        neighbors=neighbors,
        diagonals=diagonals,
    )
    state.color[n] = WALL
    return state


def new_trail(size: int, depth: int = 1) -> Trail:
    """Return room for `depth` plays to be taken back on a board of `size`."""
    words = word_count(size)
    return Trail(
        frames=np.empty((depth, FRAME_WIDTH), np.int32),
        liberties=np.empty((depth, words), np.uint64),
        marks=np.empty((depth, words), np.uint64),
        budget=np.zeros(1, np.int32),
    )


@compiled
def set_bit(words: NDArray[np.uint64], point: int) -> None:
    """Put `point` into a bit set."""
    words[np.uint64(point) >> np.uint64(6)] |= np.uint64(1) << (np.uint64(point) & np.uint64(63))


@compiled
def clear_bit(words: NDArray[np.uint64], point: int) -> None:
    """Take `point` out of a bit set."""
    words[np.uint64(point) >> np.uint64(6)] &= ~(np.uint64(1) << (np.uint64(point) & np.uint64(63)))


@compiled
def has_bit(words: NDArray[np.uint64], point: int) -> bool:
    """Tell whether `point` is in a bit set."""
    word = words[np.uint64(point) >> np.uint64(6)]
    return (word >> (np.uint64(point) & np.uint64(63))) & np.uint64(1) != np.uint64(0)


@compiled
def count_bits(words: NDArray[np.uint64]) -> int:
    """Return the number of points in a bit set."""
    count = 0
    for i in range(words.shape[0]):
        count += popcount(words[i])
    return count


@compiled
def first_bit(words: NDArray[np.uint64], start: int) -> int:
    """Return the smallest point from `start` on in a bit set, or NO_POINT."""
    for i in range(start >> 6, words.shape[0]):
        word = words[i]
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
                if not has_bit(state.liberties[chain], stone):
                    set_bit(state.liberties[chain], stone)
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
                if has_bit(state.liberties[chain], stone):
                    clear_bit(state.liberties[chain], stone)
                    state.liberty_count[chain] -= 1
        stone = state.next_stone[stone]


@compiled
def _press(state: State, frame: NDArray[np.int32], point: int, color: int) -> int:
    """Take `point` from the liberties of the opponent's chains and lift those left without; return stones lifted."""
    lifted = 0
    for i in range(4):
        neighbor = state.neighbors[point, i]
        if state.color[neighbor] == BLACK + WHITE - color:
            chain = state.head[neighbor]
            if has_bit(state.liberties[chain], point):
                clear_bit(state.liberties[chain], point)
                state.liberty_count[chain] -= 1
                if state.liberty_count[chain] == 0:
                    frame[F_CAPTURED] += 1
                    frame[F_CAPTURED + frame[F_CAPTURED]] = chain
                    lifted += state.stones[chain]
                    _lift(state, chain, color)
    return lifted


@compiled
def _connect(state: State, trail: Trail, depth: int, point: int, color: int) -> None:
    """Make the stone just put on `point` one chain with its own neighbors."""
    frame = trail.frames[depth]
    base = point
    for i in range(4):  # the longest chain stays, so that few heads are rewritten
        neighbor = state.neighbors[point, i]
        if state.color[neighbor] == color:
            chain = state.head[neighbor]
            if base == point or state.stones[chain] > state.stones[base]:
                base = chain
    frame[F_OLD_NEXT], frame[F_OLD_HEAD] = state.next_stone[point], state.head[point]
    state.next_stone[point] = point
    frame[F_BASE], frame[F_BASE_STONES] = base, state.stones[base]
    frame[F_BASE_LIBERTIES] = state.liberty_count[base]
    frame[F_JOINED] = 0
    words = state.liberties.shape[1]
    for word in range(words):
        trail.liberties[depth, word] = state.liberties[base, word]
    if base == point:  # the arrays at `point` may still describe a lifted chain, hence saved all the same
        state.stones[point] = 0
        state.liberty_count[point] = 0
        for word in range(words):
            state.liberties[point, word] = np.uint64(0)
    if base != point:
        state.next_stone[point], state.next_stone[base] = state.next_stone[base], np.uint16(point)
        clear_bit(state.liberties[base], point)
        state.liberty_count[base] -= 1
    state.head[point] = base
    state.stones[base] += 1
    for i in range(4):
        neighbor = state.neighbors[point, i]
        if state.color[neighbor] == EMPTY:
            if not has_bit(state.liberties[base], neighbor):
                set_bit(state.liberties[base], neighbor)
                state.liberty_count[base] += 1
        elif state.color[neighbor] == color and state.head[neighbor] != base:
            chain = state.head[neighbor]
            frame[F_JOINED] += 1
            frame[F_JOINED + frame[F_JOINED]] = chain
            _join(state, base, chain)
            state.stones[base] += state.stones[chain]
            for word in range(words):
                state.liberties[base, word] |= state.liberties[chain, word]
            clear_bit(state.liberties[base], point)
            state.liberty_count[base] = count_bits(state.liberties[base])


@compiled
def play(state: State, trail: Trail, depth: int, point: int, color: int) -> int:
    """Play a legal move and note in row `depth` of the trail how to take it back; return stones captured.

    Sets the ko point.  Counts no turn, sets no age and no tally of prisoners: `play_turn` does.
    """
    frame = trail.frames[depth]
    frame[F_POINT] = point
    frame[F_KO_POINT], frame[F_KO_COLOR] = state.info[KO_POINT], state.info[KO_COLOR]
    frame[F_CAPTURED] = 0
    state.color[point] = color
    _connect(state, trail, depth, point, color)
    captured = _press(state, frame, point, color)
    update_ko(state, frame, point, color, captured)
    return captured


@compiled
def update_ko(state: State, frame: NDArray[np.int32], point: int, color: int, captured: int) -> None:
    """Set the ko point: one stone was taken by a stone that is now alone and has one liberty."""
    chain = state.head[point]
    if captured == 1 and state.stones[chain] == 1 and state.liberty_count[chain] == 1:
        state.info[KO_POINT] = frame[F_CAPTURED + 1]  # the head of a chain of one is its stone
        state.info[KO_COLOR] = BLACK + WHITE - color
    else:
        state.info[KO_POINT] = NO_POINT


@compiled
def undo(state: State, trail: Trail, depth: int) -> None:
    """Take back the play noted in row `depth`; plays are taken back in reverse order, the last one first."""
    frame = trail.frames[depth]
    point = frame[F_POINT]
    color = state.color[point]
    for i in range(frame[F_CAPTURED], 0, -1):
        chain = frame[F_CAPTURED + i]
        _drop(state, chain, color)
        set_bit(state.liberties[chain], point)
        state.liberty_count[chain] = 1
    base = frame[F_BASE]
    for i in range(frame[F_JOINED], 0, -1):
        _part(state, base, frame[F_JOINED + i])
    if base != point:
        state.next_stone[base] = state.next_stone[point]
    state.stones[base] = frame[F_BASE_STONES]
    state.liberty_count[base] = frame[F_BASE_LIBERTIES]
    for word in range(state.liberties.shape[1]):
        state.liberties[base, word] = trail.liberties[depth, word]
    state.next_stone[point], state.head[point] = frame[F_OLD_NEXT], frame[F_OLD_HEAD]
    state.color[point] = EMPTY
    for i in range(4):
        neighbor = state.neighbors[point, i]
        if state.color[neighbor] == BLACK + WHITE - color:
            chain = state.head[neighbor]
            if not has_bit(state.liberties[chain], point):
                set_bit(state.liberties[chain], point)
                state.liberty_count[chain] += 1
    state.info[KO_POINT], state.info[KO_COLOR] = frame[F_KO_POINT], frame[F_KO_COLOR]


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
    n = state.neighbors.shape[0]
    for point in range(n):
        state.head[point] = point
        state.next_stone[point] = point
        state.stones[point] = 1
        state.liberty_count[point] = 0
        for word in range(state.liberties.shape[1]):
            state.liberties[point, word] = np.uint64(0)
    for point in range(n):
        color = state.color[point]
        if color != EMPTY:
            for i in range(4):
                neighbor = state.neighbors[point, i]
                base = state.head[point]
                if state.color[neighbor] == EMPTY:
                    set_bit(state.liberties[base], neighbor)
                elif state.color[neighbor] == color and state.head[neighbor] != base:
                    joined = state.head[neighbor]
                    _join(state, base, joined)
                    state.stones[base] += state.stones[joined]
                    for word in range(state.liberties.shape[1]):
                        state.liberties[base, word] |= state.liberties[joined, word]
    sound = True
    for point in range(n):
        if state.color[point] != EMPTY and state.head[point] == point:
            state.liberty_count[point] = count_bits(state.liberties[point])
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
        self._trail = new_trail(size)

    def copy(self) -> "Board":
        """Return an independent board with the same position."""
        other = Board.__new__(Board)
        other.size = self.size
        state = self.state
        other.state = State(*(array.copy() for array in state[:-2]), state.neighbors, state.diagonals)
        other._trail = new_trail(self.size)
        return other

    @property
    def colors(self) -> NDArray[np.uint8]:
        """The stones: uint8 `[size, size]`, row 0 at the top, EMPTY, BLACK or WHITE; a view, not to be written."""
        view = self.state.color[:-1].reshape(self.size, self.size)
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
        before = self.copy().state
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

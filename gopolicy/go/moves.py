"""Moves on a State: legality, captures, ko, taking back, setup and whole games, compiled by numba.

The functions check nothing that their docstring does not name.  Suicide is illegal, a ko is what
`update_ko` says.
"""

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.bits import clear_bit, count_bits, has_bit, set_bit
from gopolicy.go.compiled import compiled
from gopolicy.go.coords import BLACK, EMPTY, WHITE
from gopolicy.go.events import COLOR_SHIFT, NO_POINT, POINT_MASK, SETUP
from gopolicy.go.state import (
    CAPTURED_BLACK,
    CAPTURED_WHITE,
    F_BASE,
    F_BASE_LIBERTIES,
    F_BASE_STONES,
    F_CAPTURED,
    F_JOINED,
    F_KO_COLOR,
    F_KO_POINT,
    F_OLD_HEAD,
    F_OLD_NEXT,
    F_POINT,
    KO_COLOR,
    KO_POINT,
    OLD,
    POINTS,
    TURN,
    WALL,
    WORDS,
    State,
    Trail,
)

# What `apply_event` says of an event
SOUND, OCCUPIED, KO, SUICIDE, NO_LIBERTIES, OUTSIDE = range(6)


@compiled
def is_legal(state: State, point: int, color: int) -> bool:
    """Return whether `color` may play at `point`: empty, not the ko point, not suicide."""
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
def is_eye(state: State, color: int, point: int) -> bool:
    """Return whether an empty point is an eye of `color`.

    All neighbors are own, and the opponent has at most one diagonal in the center, none at the edge.
    """
    for i in range(4):
        holds = state.color[state.neighbors[point, i]]
        if holds == EMPTY or holds == BLACK + WHITE - color:
            return False
    opposed, walls = 0, 0
    for i in range(4):
        holds = state.color[state.diagonals[point, i]]
        opposed += holds == BLACK + WHITE - color
        walls += holds != EMPTY and holds != BLACK and holds != WHITE
    return opposed <= (0 if walls else 1)


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
    """Return SOUND for a pass or a legal move, else OUTSIDE, OCCUPIED, KO or SUICIDE."""
    if point == NO_POINT:
        return SOUND
    if point < 0 or point >= state.info[POINTS]:
        return OUTSIDE
    if is_legal(state, point, color):
        return SOUND
    if state.color[point] != EMPTY:
        return OCCUPIED
    if point == state.info[KO_POINT] and color == state.info[KO_COLOR]:
        return KO
    return SUICIDE


@compiled
def clear(state: State) -> None:
    """Make the board empty and forget what happened on it."""
    for point in range(state.info[POINTS]):
        state.color[point] = EMPTY
    state.info[TURN] = 0
    state.info[KO_POINT] = NO_POINT
    state.info[CAPTURED_BLACK] = 0
    state.info[CAPTURED_WHITE] = 0


@compiled
def apply_event(state: State, trail: Trail, events: NDArray[np.uint16], i: int) -> int:
    """Apply `events[i]`; return SOUND, or what is wrong with it and then the state is as it was before a move.

    Setup stones take effect together, when the last of a run of them is applied.
    """
    event = events[i]
    point, color = event & POINT_MASK, (event >> COLOR_SHIFT) & 3
    if color == BLACK + WHITE or (color == EMPTY and not event & SETUP):
        return OUTSIDE
    if event & SETUP:
        if point >= state.info[POINTS]:
            return OUTSIDE
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

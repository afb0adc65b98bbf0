"""Ladders, read out on the board: can this chain be caught by running it from atari to atari?

The prey is a chain with two liberties, the hunter plays on one of them.  The prey may extend at its last
liberty or capture a hunter chain in atari next to it; with three liberties it has escaped, with one after
its own move that defense fails, with two the hunter may go on at either.  The hunter obeys ko and suicide
rules; a ban that his move would put on the prey is dropped, as if the prey had the ko threat, while a ban
made by the prey's capture binds him.

A search gives up after MAX_PLAYS plays or MAX_DEPTH plies and then calls the chain not caught.
"""

from typing import Final

import numpy as np

from gopolicy.go.board import (
    KO_POINT,
    State,
    Trail,
    clear_bit,
    count_bits,
    first_bit,
    has_bit,
    is_legal,
    play,
    set_bit,
    undo,
)
from gopolicy.go.compiled import compiled
from gopolicy.go.coords import BLACK, EMPTY, WHITE
from gopolicy.go.events import NO_POINT

MAX_PLAYS: Final = 10_000
MAX_DEPTH: Final = 400
TRAIL_DEPTH: Final = MAX_DEPTH + 2  # rows that a Trail needs for a search begun at depth 0 or 1


@compiled
def _runs_free(state: State, trail: Trail, depth: int, prey: int, point: int) -> bool:
    """Tell that the prey's extension after the hunter's play at `point` surely has three liberties.

    A count without playing, true for most chains in the open.  False means that it must be read out.
    """
    chain = state.head[prey]
    color = state.color[prey]
    last = first_bit(state.liberties[chain], 0)
    if last == point:
        last = first_bit(state.liberties[chain], point + 1)
    for i in range(4):  # a play that takes stones of the prey's color changes more than this counts
        neighbor = state.neighbors[point, i]
        if state.color[neighbor] == color and state.liberty_count[state.head[neighbor]] == 1:
            return False
    reach = trail.marks[depth]
    empties, friends = 0, 0
    for i in range(4):
        neighbor = state.neighbors[last, i]
        holds = state.color[neighbor]
        if holds == EMPTY:
            empties += neighbor != point
        elif holds == color and state.head[neighbor] != chain:
            if friends == 0:
                reach[:] = np.uint64(0)
            friends += 1
            for word in range(reach.shape[0]):
                reach[word] |= state.liberties[state.head[neighbor], word]
    if empties >= 3 or friends == 0:
        return empties >= 3
    for i in range(4):
        neighbor = state.neighbors[last, i]
        if state.color[neighbor] == EMPTY:
            set_bit(reach, neighbor)
    clear_bit(reach, point)
    clear_bit(reach, last)
    return count_bits(reach) >= 3


@compiled
def hunt(state: State, trail: Trail, depth: int, prey: int, point: int) -> bool:
    """Tell whether the hunter catches the chain at `prey`, which has two liberties, by playing on `point`.

    Leaves the state as it was; writes trail rows from `depth` on and spends `trail.budget`.
    """
    hunter = BLACK + WHITE - state.color[prey]
    if depth >= MAX_DEPTH or not is_legal(state, point, hunter) or _runs_free(state, trail, depth, prey, point):
        return False
    trail.budget[0] -= 1
    if trail.budget[0] < 0:
        return False
    play(state, trail, depth, point, hunter)
    state.info[KO_POINT] = NO_POINT  # the prey is credited with the ko threat
    caught = True
    chain = state.head[prey]
    if has_escape(state, trail, depth + 1, prey, first_bit(state.liberties[chain], 0)):
        caught = False
    else:
        caught = not captures_out(state, trail, depth + 1, prey)
    undo(state, trail, depth)
    return caught


@compiled
def has_escape(state: State, trail: Trail, depth: int, prey: int, move: int) -> bool:
    """Tell whether the prey, in atari, gets away by playing `move`; an illegal move does not.

    Leaves the state as it was.
    """
    color = state.color[prey]
    if depth >= MAX_DEPTH:
        return True
    if not is_legal(state, move, color):
        return False
    trail.budget[0] -= 1
    if trail.budget[0] < 0:
        return True
    play(state, trail, depth, move, color)
    chain = state.head[prey]
    liberties = state.liberty_count[chain]
    free = liberties >= 3
    if liberties == 2:
        first = first_bit(state.liberties[chain], 0)
        second = first_bit(state.liberties[chain], first + 1)
        free = not hunt(state, trail, depth + 1, prey, first) and not hunt(state, trail, depth + 1, prey, second)
    undo(state, trail, depth)
    return free


@compiled
def captures_out(state: State, trail: Trail, depth: int, prey: int) -> bool:
    """Tell whether the prey, in atari, gets away by capturing a hunter chain next to it.

    Captures on the prey's own last liberty are left to `has_escape`.  Leaves the state as it was.
    """
    if depth >= MAX_DEPTH:
        return True
    hunter = BLACK + WHITE - state.color[prey]
    last = first_bit(state.liberties[state.head[prey]], 0)
    tried = trail.marks[depth]
    tried[:] = np.uint64(0)
    set_bit(tried, last)
    stone = prey
    while True:
        for i in range(4):
            neighbor = state.neighbors[stone, i]
            if state.color[neighbor] == hunter:
                chain = state.head[neighbor]
                if state.liberty_count[chain] == 1:
                    move = first_bit(state.liberties[chain], 0)
                    if not has_bit(tried, move):
                        set_bit(tried, move)
                        if has_escape(state, trail, depth + 1, prey, move):
                            return True
        stone = state.next_stone[stone]
        if stone == prey:
            return False

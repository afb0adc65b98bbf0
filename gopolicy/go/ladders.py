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

from gopolicy.go.bits import clear_bit, count_bits, first_bit, has_bit, set_bit
from gopolicy.go.compiled import compiled
from gopolicy.go.coords import BLACK, EMPTY, WHITE
from gopolicy.go.events import NO_POINT
from gopolicy.go.moves import is_legal, play, undo
from gopolicy.go.state import KO_POINT, WORDS, State, Trail

MAX_PLAYS: Final = 10_000
MAX_DEPTH: Final = 400  # under TRAIL_DEPTH


@compiled
def _runs_free(state: State, trail: Trail, row: int, prey: int, point: int) -> bool:
    """Return whether the prey's extension after the hunter's play at `point` surely has three liberties.

    A count without playing, true for most chains in the open.  False means that it must be read out.
    row: of `trail.marks`, overwritten.
    """
    chain = state.head[prey]
    color = state.color[prey]
    last = first_bit(state.liberties, chain, 0, state.info[WORDS])
    if last == point:
        last = first_bit(state.liberties, chain, point + 1, state.info[WORDS])
    for i in range(4):  # a play that takes stones of the prey's color changes more than this counts
        neighbor = state.neighbors[point, i]
        if state.color[neighbor] == color and state.liberty_count[state.head[neighbor]] == 1:
            return False
    empties, friends = 0, 0
    for i in range(4):
        neighbor = state.neighbors[last, i]
        holds = state.color[neighbor]
        if holds == EMPTY:
            empties += neighbor != point
        elif holds == color and state.head[neighbor] != chain:
            for word in range(state.info[WORDS]):
                before = trail.marks[row, word] if friends else np.uint64(0)
                trail.marks[row, word] = before | state.liberties[state.head[neighbor], word]
            friends += 1
    if empties >= 3 or friends == 0:
        return empties >= 3
    for i in range(4):
        neighbor = state.neighbors[last, i]
        if state.color[neighbor] == EMPTY:
            set_bit(trail.marks, row, neighbor)
    clear_bit(trail.marks, row, point)
    clear_bit(trail.marks, row, last)
    return count_bits(trail.marks, row, state.info[WORDS]) >= 3


@compiled
def defenses(state: State, trail: Trail, row: int, prey: int) -> None:
    """Write into row `row` of `trail.marks` what a chain in atari may try: its last liberty, captures next to it."""
    for word in range(state.info[WORDS]):
        trail.marks[row, word] = state.liberties[state.head[prey], word]
    hunter = BLACK + WHITE - state.color[prey]
    stone = prey
    while True:
        for i in range(4):
            neighbor = state.neighbors[stone, i]
            if state.color[neighbor] == hunter:
                chain = state.head[neighbor]
                if state.liberty_count[chain] == 1:
                    for word in range(state.info[WORDS]):
                        trail.marks[row, word] |= state.liberties[chain, word]
        stone = state.next_stone[stone]
        if stone == prey:
            return


@compiled
def _next_move(state: State, trail: Trail, depth: int, prey: int, hunting: bool) -> int:
    """Take the next move to try out of row `depth` of `trail.marks`, or NO_POINT; extending comes before capturing."""
    move = NO_POINT
    if not hunting:
        move = first_bit(state.liberties, state.head[prey], 0, state.info[WORDS])
    if move == NO_POINT or not has_bit(trail.marks, depth, move):
        move = first_bit(trail.marks, depth, 0, state.info[WORDS])
    if move != NO_POINT:
        clear_bit(trail.marks, depth, move)
    return move


@compiled
def _succeeds(state: State, trail: Trail, prey: int, move: int, hunting: bool) -> bool:
    """Return whether `move` gets its player what he wants: the hunter the prey, the prey its escape.

    Row d of `trail.marks` holds the moves still to be tried by the player at depth d.  A player without
    any left has lost, so the move before his was right, so the one before that was wrong.
    """
    plays, depth = MAX_PLAYS, 0
    for word in range(state.info[WORDS]):
        trail.marks[0, word] = np.uint64(0)
    set_bit(trail.marks, 0, move)
    while True:
        candidate = _next_move(state, trail, depth, prey, hunting)
        if candidate == NO_POINT:
            if depth == 0:
                return False
            depth, hunting = depth - 1, not hunting
            undo(state, trail, depth)
        else:
            player = BLACK + WHITE - state.color[prey] if hunting else state.color[prey]
            if not is_legal(state, candidate, player):
                continue
            if hunting and _runs_free(state, trail, depth + 1, prey, candidate):
                continue
            plays -= 1
            if plays < 0 or depth >= MAX_DEPTH:
                if hunting:
                    continue
            else:
                play(state, trail, depth, candidate, player)
                chain = state.head[prey]
                if hunting:
                    state.info[KO_POINT] = NO_POINT  # the prey is credited with the ko threat
                    defenses(state, trail, depth + 1, prey)
                    depth, hunting = depth + 1, False
                    continue
                liberties = state.liberty_count[chain]
                if liberties == 2:
                    for word in range(state.info[WORDS]):
                        trail.marks[depth + 1, word] = state.liberties[chain, word]
                    depth, hunting = depth + 1, True
                    continue
                undo(state, trail, depth)
                if liberties == 1:
                    continue
        # The player at `depth` has won there, so the move that led there was wrong.
        if depth == 0:
            return True
        depth, hunting = depth - 1, not hunting
        undo(state, trail, depth)


@compiled
def hunt(state: State, trail: Trail, prey: int, point: int) -> bool:
    """Return whether the hunter catches the chain at `prey`, which has two liberties, by playing on `point`.

    Leaves the state as it was.
    """
    return _succeeds(state, trail, prey, point, True)


@compiled
def escapes(state: State, trail: Trail, prey: int, move: int) -> bool:
    """Return whether the chain at `prey`, in atari, gets away by `move`, one of its `defenses`.

    Leaves the state as it was.
    """
    return _succeeds(state, trail, prey, move, False)

"""Games finished by random moves, compiled: thousands a second, for counting positions that are all but over.

The moves are random but for three habits: a chain that the last move put in atari is saved or its attacker taken, a
chain that the last move left in atari is taken, and no chain of more than SACRIFICE stones is put into atari by its
own side.  So living chains mostly live, dead ones are taken, and seki stays.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.bits import first_bit
from gopolicy.go.compiled import compiled
from gopolicy.go.coords import BLACK, EMPTY, WHITE, Color
from gopolicy.go.events import NO_POINT
from gopolicy.go.game import Game
from gopolicy.go.moves import is_eye, is_legal, play, undo
from gopolicy.go.scoring import fill_area
from gopolicy.go.state import KO_POINT, POINTS, WORDS, State, Trail, new_state, new_trail

SACRIFICE: Final = 5  # stones that a move may put into atari: as many as fill the largest eye that makes no two
LENGTH: Final = 3  # moves of a game at most, for each point of the board


@compiled
def _random(seed: NDArray[np.uint64], below: int) -> int:
    """Return a random number from 0 to `below` - 1 (xorshift64*); seed: uint64 `[1]`, not 0, changed."""
    x = seed[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    seed[0] = x
    return int(((x * np.uint64(2685821657736338717)) >> np.uint64(33)) % np.uint64(below))


@compiled
def _copy(source: State, target: State) -> None:
    """Make `target` the position of `source`, a board of the same size; ages of stones are left out."""
    target.info[:] = source.info
    for point in range(source.info[POINTS]):
        target.color[point] = source.color[point]
        target.head[point] = source.head[point]
        target.next_stone[point] = source.next_stone[point]
        target.stones[point] = source.stones[point]
        target.liberty_count[point] = source.liberty_count[point]
        for word in range(source.info[WORDS]):
            target.liberties[point, word] = source.liberties[point, word]


@compiled
def _try(state: State, trail: Trail, point: int, color: int, least: int) -> bool:
    """Play a move if it is legal and leaves its chain `least` liberties or captures; return whether it was played.

    A chain of SACRIFICE stones or fewer may be left with one liberty if `least` is 1.
    """
    if point == NO_POINT or not is_legal(state, point, color):
        return False
    captured = play(state, trail, 0, point, color)
    chain = state.head[point]
    liberties = state.liberty_count[chain]
    if captured == 0 and (liberties < least or (liberties == 1 and state.stones[chain] > SACRIFICE)):
        undo(state, trail, 0)
        return False
    return True


@compiled
def _only_liberty(state: State, point: int) -> int:
    """Return the liberty of the chain at `point` if it has just one, else NO_POINT."""
    chain = state.head[point]
    if state.liberty_count[chain] != 1:
        return NO_POINT
    return first_bit(state.liberties, chain, 0, state.info[WORDS])


@compiled
def _answer(state: State, trail: Trail, last: int, color: int) -> int:
    """Answer the last move where it touches: take, or save a chain from atari; return the point, or NO_POINT."""
    if last == NO_POINT or state.color[last] != BLACK + WHITE - color:
        return NO_POINT
    take = _only_liberty(state, last)
    if _try(state, trail, take, color, 1):
        return take
    for i in range(4):
        neighbor = state.neighbors[last, i]
        if state.color[neighbor] != color or state.liberty_count[state.head[neighbor]] != 1:
            continue
        stone = neighbor
        for _ in range(state.stones[state.head[neighbor]]):  # take an attacker
            for j in range(4):
                other = state.neighbors[stone, j]
                if state.color[other] == BLACK + WHITE - color:
                    take = _only_liberty(state, other)
                    if _try(state, trail, take, color, 1):
                        return take
            stone = state.next_stone[stone]
        save = _only_liberty(state, neighbor)
        if _try(state, trail, save, color, 2):
            return save
    return NO_POINT


@compiled
def _move(state: State, trail: Trail, empty: NDArray[np.int64], last: int, color: int, seed: NDArray[np.uint64]) -> int:
    """Play one move; return its point, or NO_POINT for a pass.  empty: int64 `[n]`, to write to."""
    point = _answer(state, trail, last, color)
    if point != NO_POINT:
        return point
    count, largest = 0, NO_POINT
    for candidate in range(state.info[POINTS]):
        if state.color[candidate] == EMPTY:
            empty[count] = candidate
            count += 1
        elif state.color[candidate] != color and state.liberty_count[state.head[candidate]] == 1:
            if largest == NO_POINT or state.stones[state.head[candidate]] > state.stones[state.head[largest]]:
                largest = candidate
    if largest != NO_POINT and _random(seed, 2):
        take = _only_liberty(state, largest)
        if _try(state, trail, take, color, 1):
            return take
    while count:
        chosen = _random(seed, count)
        candidate = empty[chosen]
        if not is_eye(state, color, candidate) and _try(state, trail, candidate, color, 1):
            return int(candidate)
        count -= 1
        empty[chosen] = empty[count]
    return NO_POINT


@compiled
def _finish(
    start: State,
    state: State,
    trail: Trail,
    color: int,
    games: int,
    seed: NDArray[np.uint64],
    counts: NDArray[np.int64],
) -> None:
    """Play `games` games from `start` on with `color` to play; add each point's owners to counts `[3, n]`."""
    n = start.info[POINTS]
    owner = np.empty(n, np.uint8)
    empty = np.empty(n, np.int64)
    for _ in range(games):
        _copy(start, state)
        turn, last, passes = color, NO_POINT, 0
        for _ in range(LENGTH * n):
            last = _move(state, trail, empty, last, turn, seed)
            passes = passes + 1 if last == NO_POINT else 0
            if last == NO_POINT:
                state.info[KO_POINT] = NO_POINT
            if passes == 2:
                break
            turn = BLACK + WHITE - turn
        fill_area(state, owner)
        for point in range(n):
            counts[owner[point], point] += 1


def finish_randomly(game: Game, games: int, seed: int, color: Color | None = None) -> NDArray[np.int64]:
    """Return how often each point ended as no one's, Black's and White's: int64 `[3, rows, columns]`, in that order.

    games: random games from the position on.  color: who begins, by default the color to play.
    """
    counts = np.zeros((3, game.board.colors.size), np.int64)
    begins = game.to_play if color is None else color
    start, state = game.board.state, new_state(game.size)
    _finish(start, state, new_trail(), begins, games, np.array([2 * seed + 1], np.uint64), counts)
    return counts.reshape(3, *game.board.shape)

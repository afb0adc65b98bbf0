"""The 48 planes: the network's input, made from a position.

AlphaGo (Silver et al. 2016), "Features for policy/value network" and Extended Data Table 2, in its order,
from the point of view of the player to move.  A feature of eight planes shows a value v >= 1 in plane
min(v, 8) - 1 and 0 in none.  Where the paper is silent: setup stones are 8 turns old, legality knows the
simple ko and no superko, a ladder is what `gopolicy.go.ladders` reads out.

Compiled code writes bit planes, uint64 `[NUM_PLANES, W]`, point p in bit p % 64 of word p // 64; that is
a third of a byte a point and plane cheaper to move about than bytes.  `unpack` turns them into bytes.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.bits import clear_bit, count_bits, first_bit, has_bit, set_bit
from gopolicy.go.compiled import compiled
from gopolicy.go.coords import BLACK, BOARD_SIZE, EMPTY, WHITE, Size, columns_rows
from gopolicy.go.events import NO_POINT
from gopolicy.go.game import Game
from gopolicy.go.ladders import defenses, escapes, hunt
from gopolicy.go.moves import is_eye, play, undo
from gopolicy.go.state import (
    KO_COLOR,
    KO_POINT,
    POINTS,
    TRAIL_DEPTH,
    TURN,
    WORDS,
    State,
    Trail,
    new_trail,
    word_count,
)


class Feature(NamedTuple):
    """One feature: its name, how many planes it has, and what they hold."""

    name: str
    width: int
    meaning: str


FEATURES: Final = (
    Feature("stone color", 3, "own stones, opponent's stones, empty points"),
    Feature("ones", 1, "1 on the whole board: zero padding then shows where it ends"),
    Feature("turns since", 8, "turns since a stone was put down"),
    Feature("liberties", 8, "liberties of the stone's chain"),
    Feature("capture size", 8, "opponent's stones that a legal move would capture"),
    Feature("self-atari size", 8, "own stones that a legal move would leave in atari"),
    Feature("liberties after move", 8, "liberties of the chain after a legal move"),
    Feature("ladder capture", 1, "legal moves that catch a chain in a ladder"),
    Feature("ladder escape", 1, "legal moves that get a chain out of a ladder"),
    Feature("sensibleness", 1, "legal moves that do not fill an own eye"),
    Feature("zeros", 1, "0 on the whole board"),
)
NUM_PLANES: Final = sum(feature.width for feature in FEATURES)
OFFSETS: Final = {f.name: sum(g.width for g in FEATURES[:i]) for i, f in enumerate(FEATURES)}
# Extended Data Table 3 trains networks on the first 4, 12, 20 and all planes.
PLANE_SUBSETS: Final = tuple(sum(f.width for f in FEATURES[:i]) for i in (2, 3, 4, len(FEATURES)))

# Compiled code takes these as constants.
OWN, OPPONENT, FREE = (OFFSETS["stone color"] + i for i in range(3))
ONES = OFFSETS["ones"]
TURNS_SINCE = OFFSETS["turns since"]
LIBERTIES = OFFSETS["liberties"]
CAPTURE_SIZE = OFFSETS["capture size"]
SELF_ATARI_SIZE = OFFSETS["self-atari size"]
LIBERTIES_AFTER = OFFSETS["liberties after move"]
LADDER_CAPTURE = OFFSETS["ladder capture"]
LADDER_ESCAPE = OFFSETS["ladder escape"]
SENSIBLENESS = OFFSETS["sensibleness"]


def hide_history(planes: NDArray[np.uint64]) -> None:
    """Make all stones look as if they had been put down long ago, as those of a position set up by hand do.

    planes: packed, uint64 `[B, NUM_PLANES, W]`, changed in place.
    """
    recent = slice(TURNS_SINCE, TURNS_SINCE + 7)
    planes[:, TURNS_SINCE + 7] |= np.bitwise_or.reduce(planes[:, recent], axis=1)
    planes[:, recent] = 0


@compiled
def _one_hot(planes: NDArray[np.uint64], offset: int, value: int, point: int) -> None:
    """Mark `value` at `point` in a feature of eight planes."""
    if value > 0:
        set_bit(planes, offset + min(value, 8) - 1, point)


@compiled
def _stones(state: State, color: int, planes: NDArray[np.uint64]) -> None:
    """Write stone color, ones, turns since and liberties."""
    for point in range(state.info[POINTS]):
        set_bit(planes, ONES, point)
        holds = state.color[point]
        if holds == EMPTY:
            set_bit(planes, FREE, point)
        else:
            set_bit(planes, OWN if holds == color else OPPONENT, point)
            _one_hot(planes, TURNS_SINCE, state.info[TURN] - state.placed[point] + 1, point)
            _one_hot(planes, LIBERTIES, state.liberty_count[state.head[point]], point)


@compiled
def _after_quiet_move(state: State, trail: Trail, point: int, color: int) -> tuple[int, int]:
    """Return (liberties, stones) of the chain that a move capturing nothing at `point` would make.

    Writes row 0 of `trail.marks`.
    """
    liberties, stones, friends, first = 0, 1, 0, -1
    for i in range(4):
        neighbor = state.neighbors[point, i]
        if state.color[neighbor] == EMPTY:
            liberties += 1
        elif state.color[neighbor] == color:
            chain = int(state.head[neighbor])
            if friends == 0:
                first, friends = chain, 1
                stones += state.stones[chain]
            elif chain != first:
                if friends == 1:
                    for word in range(state.info[WORDS]):
                        trail.marks[0, word] = state.liberties[first, word]
                # A chain met twice adds no liberties, but its stones must count once.
                seen = False
                for j in range(i):
                    other = state.neighbors[point, j]
                    seen = seen or (state.color[other] == color and state.head[other] == chain)
                if not seen:
                    friends += 1
                    stones += state.stones[chain]
                    for word in range(state.info[WORDS]):
                        trail.marks[0, word] |= state.liberties[chain, word]
    if friends == 0:
        return liberties, stones
    if friends == 1:
        liberties = state.liberty_count[first] - 1  # `point` itself is one of them
        for i in range(4):
            neighbor = state.neighbors[point, i]
            if state.color[neighbor] == EMPTY and not has_bit(state.liberties, first, neighbor):
                liberties += 1
        return liberties, stones
    for i in range(4):
        neighbor = state.neighbors[point, i]
        if state.color[neighbor] == EMPTY:
            set_bit(trail.marks, 0, neighbor)
    clear_bit(trail.marks, 0, point)
    return count_bits(trail.marks, 0, state.info[WORDS]), stones


@compiled
def _moves(state: State, trail: Trail, color: int, planes: NDArray[np.uint64]) -> None:
    """Write capture size, self-atari size, liberties after move and sensibleness."""
    for point in range(state.info[POINTS]):
        if state.color[point] != EMPTY:
            continue
        if point == state.info[KO_POINT] and color == state.info[KO_COLOR]:
            continue
        captures = False
        for i in range(4):
            neighbor = state.neighbors[point, i]
            if state.color[neighbor] == BLACK + WHITE - color:
                captures = captures or state.liberty_count[state.head[neighbor]] == 1
        if captures:  # rare: play it and look
            captured = play(state, trail, 0, point, color)
            chain = state.head[point]
            liberties, stones = int(state.liberty_count[chain]), int(state.stones[chain])
            undo(state, trail, 0)
            _one_hot(planes, CAPTURE_SIZE, captured, point)
        else:
            liberties, stones = _after_quiet_move(state, trail, point, color)
        if liberties > 0:
            _one_hot(planes, LIBERTIES_AFTER, liberties, point)
            if liberties == 1:
                _one_hot(planes, SELF_ATARI_SIZE, stones, point)
            if not is_eye(state, color, point):
                set_bit(planes, SENSIBLENESS, point)


@compiled
def _ladders(state: State, trail: Trail, color: int, planes: NDArray[np.uint64]) -> None:
    """Write ladder capture and ladder escape."""
    row = TRAIL_DEPTH - 1
    for point in range(state.info[POINTS]):
        holds = state.color[point]
        if holds == EMPTY or state.head[point] != point:
            continue
        liberties = state.liberty_count[point]
        if holds != color and liberties == 2:
            move = first_bit(state.liberties, point, 0, state.info[WORDS])
            for _ in range(2):
                if not has_bit(planes, LADDER_CAPTURE, move) and hunt(state, trail, point, move):
                    set_bit(planes, LADDER_CAPTURE, move)
                move = first_bit(state.liberties, point, move + 1, state.info[WORDS])
        elif holds == color and liberties == 1:
            defenses(state, trail, row, point)
            move = first_bit(trail.marks, row, 0, state.info[WORDS])
            while move != NO_POINT:
                if not has_bit(planes, LADDER_ESCAPE, move) and escapes(state, trail, point, move):
                    set_bit(planes, LADDER_ESCAPE, move)
                move = first_bit(trail.marks, row, move + 1, state.info[WORDS])


@compiled
def encode_state(state: State, trail: Trail, color: int, planes: NDArray[np.uint64]) -> None:
    """Write all planes of a position with `color` to move.

    planes: uint64 `[NUM_PLANES, W]`, overwritten.  The state is as before.
    """
    planes[:] = np.uint64(0)
    _stones(state, color, planes)
    _moves(state, trail, color, planes)
    _ladders(state, trail, color, planes)


def by_feature(values: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """Return views of float32 `[planes, ...]`, by the name of the feature; those behind the last plane are empty."""
    return {feature.name: values[OFFSETS[feature.name] :][: feature.width] for feature in FEATURES}


def unpack(planes: NDArray[np.uint64], size: Size = BOARD_SIZE) -> NDArray[np.uint8]:
    """Return bit planes uint64 `[..., W]` as bytes uint8 `[..., rows, columns]` of 0 and 1, row 0 at the top."""
    columns, rows = columns_rows(size)
    bits = np.unpackbits(planes.view(np.uint8), axis=-1, count=rows * columns, bitorder="little")
    return bits.reshape(*planes.shape[:-1], rows, columns)


def encode_games(games: Sequence[Game]) -> NDArray[np.uint64]:
    """Return the bit planes of positions, each for the player to move: uint64 `[n, NUM_PLANES, W]`.

    games: of one size, which W comes from; `unpack` makes them bytes.
    """
    planes = np.empty((len(games), NUM_PLANES, word_count(games[0].size if games else BOARD_SIZE)), np.uint64)
    trail = new_trail()
    for game, row in zip(games, planes, strict=True):
        encode_state(game.board.state, trail, game.to_play, row)
    return planes


def encode(game: Game) -> NDArray[np.uint8]:
    """Return the planes of a game's position for the player to move: uint8 `[48, rows, columns]`, row 0 at the top."""
    return unpack(encode_games([game])[0], game.size)

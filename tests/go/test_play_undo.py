"""Plays that are taken back leave no trace: not in the stones, the chains, the liberties, the ages or the ko."""

import random

import numpy as np
import pytest
from random_play import fight, random_game

from gopolicy.go import BLACK, EMPTY, WHITE, Board
from gopolicy.go.moves import play, undo
from gopolicy.go.state import STATE, new_trail


def snapshot(board: Board) -> list[bytes]:
    """Return everything that a state holds."""
    return [np.asarray(getattr(board.state, name)).tobytes() for name in STATE.names]


def excursion(board: Board, rng: random.Random, steps: int) -> None:
    """Walk down and up random lines of play; every step up must find the very state it came from."""
    trail, before = new_trail(), []
    for _ in range(steps):
        color = rng.choice((BLACK, WHITE))
        legal = board.legal_mask(color).nonzero()[0].tolist()
        if before and (not legal or rng.random() < 0.45 or len(before) == 400):
            undo(board.state, trail, len(before) - 1)
            assert snapshot(board) == before.pop()
        elif legal:
            before.append(snapshot(board))
            play(board.state, trail, len(before) - 1, rng.choice(legal), color)
            if rng.random() < 1 / board.size**2:
                check_chains(board)
    while before:
        undo(board.state, trail, len(before) - 1)
        assert snapshot(board) == before.pop()


def check_chains(board: Board) -> None:
    """Compare chains and liberties with those of a board that has the same stones set up."""
    fresh = Board(board.size)
    points = range(board.size**2)
    fresh.set_stones({point: board.color_at(point) for point in points if board.color_at(point) != EMPTY})
    for point in points:
        assert board.chain(point) == fresh.chain(point)
        assert board.liberties(point) == fresh.liberties(point)


@pytest.mark.parametrize("size", [2, 3, 4, 5, 7, 9, 19, 25])
def test_excursions(size: int) -> None:
    rng = random.Random(size)
    for _ in range(3):
        excursion(random_game(rng, size, rng.randrange(size * size)).board, rng, 400)
        excursion(fight(rng, size).board, rng, 400)


def test_chains_in_play() -> None:
    rng = random.Random(1)
    for size in (2, 3, 4, 5, 6, 7):
        board = Board(size)
        for color, move in random_game(rng, size, 3 * size * size, setup=False).moves:
            captured = board.play(move, color)
            if captured or rng.random() < 0.2:
                check_chains(board)

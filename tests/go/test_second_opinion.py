"""The same board, captures and ko as sgfmill at every move of random games and of every record in data/."""

import random
from pathlib import Path

import numpy as np
import pytest
from random_play import random_game
from sgfmill import boards, sgf, sgf_moves

from gopolicy.go import BLACK, EMPTY, WHITE, Board
from gopolicy.go.coords import Color, Move, point_at, row_column

DATA = sorted((Path(__file__).parents[2] / "data").glob("*.sgf"))
COLORS = {None: EMPTY, "b": BLACK, "w": WHITE}
LETTERS = {BLACK: "b", WHITE: "w"}


class Referee:
    """sgfmill's board beside ours; sgfmill counts rows from the bottom."""

    def __init__(self, size: int) -> None:
        self.ours, self.theirs, self.ko = Board(size), boards.Board(size), None
        self.captured = {BLACK: 0, WHITE: 0}

    def colors(self) -> np.ndarray:
        return np.array([[COLORS[stone] for stone in row] for row in reversed(self.theirs.board)], np.uint8)

    def play(self, move: Move, color: Color) -> None:
        size = self.ours.size
        self.ko = None
        if move is not None:
            row, column = row_column(move, size)
            stones = [int((self.ours.colors == victim).sum()) for victim in (EMPTY, BLACK, WHITE)]
            self.ko = self.theirs.play(size - 1 - row, column, LETTERS[color])
            stones[color] += 1
            for victim in (BLACK, WHITE):
                self.captured[victim] += stones[victim] - int((self.colors() == victim).sum())
        self.ours.play(move, color)
        assert np.array_equal(self.ours.colors, self.colors())
        assert self.ours.ko_point == (None if self.ko is None else point_at(size - 1 - self.ko[0], self.ko[1], size))
        assert {victim: self.ours.captured(victim) for victim in (BLACK, WHITE)} == self.captured

    def check_legality(self, color: Color) -> None:
        """Compare all legal moves; sgfmill's board forbids neither ko nor suicide, so it is asked by playing."""
        size = self.ours.size
        for point in range(size * size):
            row, column = row_column(point, size)
            legal = self.theirs.get(size - 1 - row, column) is None
            if legal:
                after = self.theirs.copy()
                after.play(size - 1 - row, column, LETTERS[color])
                legal = after.get(size - 1 - row, column) is not None
            banned = point == self.ours.ko_point and not self.ours.is_legal(point, color)
            assert self.ours.is_legal(point, color) == (legal and not banned), point


@pytest.mark.parametrize("size", range(2, 26))
def test_random_games(size: int) -> None:
    rng = random.Random(size)
    for _ in range(max(1, 40 // size)):
        game = random_game(rng, size, min(2 * size * size + 10, 500), setup=False)
        referee = Referee(size)
        for color, move in game.moves:
            referee.play(move, color)
            if rng.random() < 10 / size**3:
                referee.check_legality(BLACK)
                referee.check_legality(WHITE)
        assert referee.ours == game.board


def test_there_are_records() -> None:
    assert len(DATA) >= 60


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.name)
def test_records(path: Path) -> None:
    game = sgf.Sgf_game.from_bytes(path.read_bytes())
    setup, plays = sgf_moves.get_setup_and_moves(game)
    size = game.get_size()
    referee = Referee(size)
    referee.theirs = setup
    stones = referee.colors().reshape(-1)
    referee.ours.set_stones({point: int(stones[point]) for point in np.flatnonzero(stones).tolist()})
    for letter, move in plays:
        point = None if move is None else point_at(size - 1 - move[0], move[1], size)
        referee.play(point, COLORS[letter])
    assert len(plays) > 50

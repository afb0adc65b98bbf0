"""Boards whose columns and rows differ: stones, captures, ko and legal moves as `naive_planes` finds them by floods."""

import random

import pytest
from diagrams import parse_diagram
from naive_planes import Position
from random_play import random_game

from gopolicy.go import BLACK, EMPTY, WHITE, Board, Game
from gopolicy.go.coords import Size, opponent, point_count
from gopolicy.go.diagram import draw_diagram
from gopolicy.go.scoring import area_score

SIZES = [(19, 13), (13, 19), (9, 7), (7, 9), (2, 25), (25, 2), (3, 2), (5, 4), (24, 25)]


@pytest.mark.parametrize("size", SIZES)
def test_random_games(size: Size) -> None:
    rng = random.Random(str(size))
    game = random_game(rng, size, min(3 * point_count(size), 300), setup=False)
    board, position, captured = Board(size), Position.empty(size), {BLACK: 0, WHITE: 0}
    for color, move in game.moves:
        after, taken = position.after(move, color)
        assert after is not None and board.play(move, color) == taken
        position = after
        captured[opponent(color)] += taken
        assert board.colors.ravel().tolist() == position.stones
        assert board.ko_point == (position.ban and position.ban[0])
        if rng.random() < 0.1:
            for side in (BLACK, WHITE):
                legal = [position.after(point, side)[0] is not None for point in range(point_count(size))]
                assert board.legal_mask(side).tolist() == legal
    assert {color: board.captured(color) for color in captured} == captured
    assert board == game.board and board.colors.shape == size[::-1]
    for _ in range(min(5, len(game.moves))):
        game.undo()
    assert Game.from_events(size, game.events).board == game.board


def test_captures_at_every_edge_of_a_wide_board() -> None:
    board, at = parse_diagram("""
        O X . a X O
        b . . . . c
        O d . . e O
        X f O O g X
    """)
    assert (board.size, board.shape) == ((6, 4), (4, 6))
    assert board.play(at["b"], BLACK) == 1 and board.play(at["c"], BLACK) == 1
    assert board.play(at["d"], BLACK) == 1 and board.play(at["e"], BLACK) == 1
    assert board.play(at["f"], BLACK) == 0 and board.play(at["g"], BLACK) == 0
    assert board.liberties(at["g"]) == board.liberties(at["e"]) and board.captured(WHITE) == 4
    assert draw_diagram(board, coordinates=True).splitlines()[0] == "   A B C D E F"
    assert draw_diagram(board, coordinates=True).splitlines()[1].startswith(" 4 . X")


def test_a_column_is_no_row() -> None:
    """On a board of 3 columns and 5 rows, the end of a row touches no start of the next."""
    board = Board((3, 5))
    board.play(2, BLACK)
    assert board.liberties(2) == 2
    board.play(3, WHITE)
    board.play(1, WHITE)
    assert board.play(5, WHITE) == 1 and board.color_at(2) == EMPTY


def test_superko_undo_and_score() -> None:
    game = Game((7, 2), komi=0.5, superko=True)
    for point in (2, 4, 9, 11):
        game.play(point)
    assert game.size == (7, 2) and area_score(game.board, 0.5) == 6 - 6 - 0.5
    game.undo()
    assert len(game.moves) == 3
    copied = game.copy()
    copied.play(11)
    assert game.board != copied.board and Board(9) != Board((9, 7)) != Board((7, 9))

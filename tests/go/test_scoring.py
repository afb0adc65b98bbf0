"""Area scores: by diagram, and against a flood fill in plain Python."""

import random

import pytest
from diagrams import parse_diagram
from naive_planes import neighbors_of
from random_play import random_game

from gopolicy.go import BLACK, EMPTY, WHITE, Board
from gopolicy.go.scoring import area, area_score, format_score


@pytest.mark.parametrize(("text", "black", "white"), [
    (". .\n. .", 0, 0),
    ("X .\n. .", 4, 0),
    ("X .\n. O", 1, 1),
    (". X O .\nX X O O\n. X O .\nX X O O", 8, 8),
    (". X . O .\nX X . O O\n. X . O .\nX X . O O\n. X . O .", 10, 10),
    (". X O . .\nX X O . O\nO O O O O\n. . O . .\nO O . . .", 4, 21),
])  # fmt: skip
def test_by_diagram(text: str, black: int, white: int) -> None:
    board, _ = parse_diagram(text)
    owner = area(board)
    assert owner.shape == (board.size, board.size)
    assert [int((owner == color).sum()) for color in (BLACK, WHITE)] == [black, white]
    assert area_score(board, 0) == black - white
    assert area_score(board, 7.5) == black - white - 7.5


def test_dead_stones() -> None:
    board, at = parse_diagram("""
        . X O O .
        X X O . O
        O . X O O
        X X X X X
        . . X . .
    """)
    assert area_score(board, 0.5, {10}) != area_score(board, 0.5)
    assert area(board, {10})[2, 0] == BLACK
    dead = {point for point in range(25) if board.color_at(point) == WHITE}
    assert area_score(board, 0.5, dead) == 24.5
    assert board.color_at(10) == WHITE and at == {}  # the board itself keeps them


def naive_area(board: Board) -> list[int]:
    size, owner = board.size, [board.color_at(point) for point in range(board.size**2)]
    for start in range(size * size):
        if board.color_at(start) == EMPTY:
            region, todo, reached = {start}, [start], set()
            while todo:
                for neighbor in neighbors_of(todo.pop(), size):
                    if board.color_at(neighbor) != EMPTY:
                        reached.add(board.color_at(neighbor))
                    elif neighbor not in region:
                        region.add(neighbor)
                        todo.append(neighbor)
            owner[start] = reached.pop() if len(reached) == 1 else EMPTY
    return owner


@pytest.mark.parametrize("size", [2, 5, 9, 13, 19])
def test_random_positions(size: int) -> None:
    rng = random.Random(size)
    for _ in range(5):
        board = random_game(rng, size, rng.randrange(2 * size * size)).board
        assert area(board).reshape(-1).tolist() == naive_area(board)


@pytest.mark.parametrize(("score", "text"), [
    (3.5, "B+3.5"), (-0.5, "W+0.5"), (0, "0"), (0.0, "0"), (361, "B+361"), (-12.0, "W+12"),
])  # fmt: skip
def test_how_scores_are_written(score: float, text: str) -> None:
    assert format_score(score) == text

"""Counts that stand or fall with every rule at once: legal positions, and sequences of moves."""

import pytest

from gopolicy.go import BLACK, WHITE, Board
from gopolicy.go.coords import Color, opponent


def boards_after_one_move(board: Board) -> list[Board]:
    """Return every board that one move of either color leads to."""
    after = []
    for color in (BLACK, WHITE):
        for point in board.legal_mask(color).nonzero()[0].tolist():
            child = board.copy()
            child.play(point, color)
            child.play(None, color)  # lifts the ko: here only stones count
            after.append(child)
    return after


@pytest.mark.parametrize(("size", "count"), [(2, 57), (3, 12_675)])
def test_reachable_boards_are_tromps_legal_positions(size: int, count: int) -> None:
    seen, todo = {Board(size).colors.tobytes()}, [Board(size)]
    while todo:
        for board in boards_after_one_move(todo.pop()):
            key = board.colors.tobytes()
            if key not in seen:
                seen.add(key)
                todo.append(board)
    assert len(seen) == count


def perft(board: Board, color: Color, depth: int) -> int:
    """Count the sequences of `depth` moves, colors alternating, without passes."""
    legal = board.legal_mask(color)
    if depth == 1:
        return int(legal.sum())
    total = 0
    for point in legal.nonzero()[0].tolist():
        child = board.copy()
        child.play(point, color)
        total += perft(child, opponent(color), depth - 1)
    return total


@pytest.mark.parametrize(("size", "counts"), [
    (2, [4, 12, 24, 16, 32, 32, 32, 96]),
    (3, [9, 72, 504, 2976, 14720, 56176]),
    (4, [16, 240, 3360, 43576]),
    (5, [25, 600, 13800, 303424]),
])  # fmt: skip
def test_perft(size: int, counts: list[int]) -> None:
    """Simple ko, no suicide; the numbers are sgfmill's, minigo's and KataGo's."""
    depths = range(1, len(counts) + 1)
    assert [perft(Board(size), BLACK, depth) for depth in depths] == counts
    assert perft(Board(size), WHITE, 3) == counts[2]

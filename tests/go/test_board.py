"""Board: captures, ko, suicide, setup and what it says about them, on drawn positions."""

import numpy as np
import pytest
from diagrams import parse_diagram

from gopolicy.go import BLACK, EMPTY, WHITE, Board, IllegalMoveError
from gopolicy.go.coords import CoordinateError, parse_vertex
from gopolicy.go.diagram import draw_diagram


def diagram(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


def test_an_empty_board() -> None:
    board = Board(9)
    assert (board.size, board.turns, board.ko_point) == (9, 0, None)
    assert board.colors.shape == (9, 9) and not board.colors.any()
    assert board.legal_mask(BLACK).all() and board.legal_mask(WHITE).all()
    assert board.chain(0) == [] and board.liberties(0) == 0 and board.captured(BLACK) == 0
    with pytest.raises(CoordinateError):
        Board(1)
    with pytest.raises(ValueError, match="read-only"):
        board.colors[0, 0] = BLACK


def test_chains_and_liberties() -> None:
    board, at = parse_diagram("""
        . a . . .
        X X O . .
        b X O O .
        O . . . .
        . . . c .
    """)
    assert board.chain(5) == board.chain(11) == [5, 6, 11]
    assert board.liberties(5) == 4  # two above, one left, one below
    assert board.liberties(7) == 5 and board.chain(7) == [7, 12, 13]
    assert board.liberties(15) == 3
    board.play(at["b"], BLACK)
    assert board.chain(10) == [5, 6, 10, 11] and board.liberties(10) == 3
    assert board.liberties(15) == 2
    assert board.color_at(at["a"]) == EMPTY


def test_a_capture_gives_back_liberties() -> None:
    board, at = parse_diagram("""
        X O O a .
        . X X O .
        . X . . .
        . . . . .
        . . . . .
    """)
    assert board.play(at["a"], BLACK) == 2
    assert draw_diagram(board) == diagram("""
        X . . X .
        . X X O .
        . X . . .
        . . . . .
        . . . . .
    """)
    assert (board.captured(WHITE), board.captured(BLACK)) == (2, 0)
    assert board.liberties(6) == 6 and board.liberties(at["a"]) == 2 and board.liberties(0) == 2
    assert board.ko_point is None


def test_four_chains_are_captured_at_once() -> None:
    board, at = parse_diagram("""
        . . X . .
        . X O X .
        X O a O X
        . X O X .
        . . X . .
    """)
    assert board.why_illegal(at["a"], WHITE) == "suicide"
    assert board.play(at["a"], BLACK) == 4
    assert board.liberties(at["a"]) == 4
    assert int((board.colors == WHITE).sum()) == 0 and board.ko_point is None


def test_ko_is_banned_for_one_turn_and_for_one_side() -> None:
    board, at = parse_diagram("""
        . X O . .
        X a b O .
        . X O . .
        . . . . .
        . . . . .
    """)
    board.play(at["b"], BLACK)
    board.play(at["a"], WHITE)
    assert board.ko_point == at["b"]
    assert board.why_illegal(at["b"], BLACK) == "ko: play elsewhere first"
    assert not board.is_legal(at["b"], BLACK) and not board.legal_mask(BLACK)[at["b"]]
    assert board.is_legal(at["b"], WHITE)  # filling it is White's right
    with pytest.raises(IllegalMoveError, match=r"illegal move C4: ko: play elsewhere first") as error:
        board.play(at["b"], BLACK)
    assert error.value.reason == "ko: play elsewhere first"
    board.play(24, BLACK)
    assert board.ko_point is None
    board.play(23, WHITE)
    assert board.play(at["b"], BLACK) == 1
    assert board.ko_point == at["a"]
    board.play(None, WHITE)
    assert board.ko_point is None and board.turns == 6


@pytest.mark.parametrize("text", [
    """
    . X . .
    X O a .
    . X . .
    . . . .
    """,
    """
    O a X O
    X O O .
    . . . .
    . . . .
    """,
], ids=["the capturing stone has more liberties", "the capturing stone is not alone"])  # fmt: skip
def test_a_capture_of_one_that_is_no_ko(text: str) -> None:
    board, at = parse_diagram(text)
    assert board.play(at["a"], BLACK) == 1
    assert board.ko_point is None


def test_two_stones_captured_by_one_are_no_ko() -> None:
    board, at = parse_diagram("""
        O O a O
        X X O .
        . . . .
        . . . .
    """)
    assert board.play(at["a"], BLACK) == 2
    assert board.liberties(at["a"]) == 1 and board.ko_point is None
    assert board.play(1, WHITE) == 1  # and back at once


def test_snapback() -> None:
    board, at = parse_diagram("""
        X O b a X
        X O O O X
        X X X X X
        . . . . .
        . . . . .
    """)
    assert board.play(at["b"], BLACK) == 0
    assert board.play(at["a"], WHITE) == 1
    assert board.ko_point is None
    assert board.play(at["b"], BLACK) == 5
    assert (board.captured(BLACK), board.captured(WHITE)) == (1, 5)


def test_suicide_of_one_and_of_many() -> None:
    board, at = parse_diagram("""
        a X .
        X X .
        . . .
    """)
    assert board.why_illegal(at["a"], WHITE) == "suicide" and board.is_legal(at["a"], BLACK)
    board, at = parse_diagram("""
        a O O X .
        X X X X .
        . . . . .
        . . . . .
        . . . . .
    """)
    before = draw_diagram(board)
    with pytest.raises(IllegalMoveError, match="illegal move A5: suicide"):
        board.play(at["a"], WHITE)
    assert draw_diagram(board) == before and board.turns == 0
    assert board.play(at["a"], BLACK) == 2


def test_occupied_and_outside() -> None:
    board, _ = parse_diagram("X.\n..")
    assert board.why_illegal(0, WHITE) == board.why_illegal(0, BLACK) == "occupied"
    with pytest.raises(IllegalMoveError, match="illegal move A2: occupied"):
        board.play(0, WHITE)
    for point in (-1, 4, 400, 1022):
        assert board.why_illegal(point, BLACK) == "off the board" and not board.is_legal(point, BLACK)
        with pytest.raises(IllegalMoveError, match=f"illegal move {point}: off the board"):
            board.play(point, BLACK)
        with pytest.raises(IllegalMoveError, match="off the board"):
            board.set_stones({0: EMPTY, point: BLACK})
    assert draw_diagram(board) == "X .\n. ."


def test_setup() -> None:
    board = Board(5)
    board.set_stones({0: BLACK, 1: WHITE, 2: BLACK})
    board.play(5, WHITE)  # captures A5
    assert draw_diagram(board).startswith(". O X")
    board.set_stones({1: EMPTY, 5: BLACK, 0: WHITE})
    assert draw_diagram(board).splitlines()[:2] == ["O . X . .", "X . . . ."]
    assert board.turns == 1 and board.liberties(0) == 1
    with pytest.raises(IllegalMoveError, match="illegal setup: setup leaves a chain without liberties") as error:
        board.set_stones({1: BLACK, 24: WHITE})
    assert error.value.reason == "setup leaves a chain without liberties"
    assert draw_diagram(board).splitlines()[0] == "O . X . ." and board.color_at(24) == EMPTY
    assert board.liberties(0) == 1 and board.play(1, BLACK) == 1


def test_setup_takes_effect_together_and_forgets_the_ko() -> None:
    board = Board(3)
    board.set_stones({1: WHITE, 3: WHITE})
    with pytest.raises(IllegalMoveError):
        board.set_stones({0: BLACK})
    board.set_stones({0: BLACK, 1: EMPTY})
    assert board.liberties(0) == 1
    board, at = parse_diagram("""
        . X O .
        X O . O
        a X O .
        . . . .
    """)
    board.play(6, BLACK)
    assert board.ko_point == 5
    board.set_stones({15: BLACK})
    assert board.ko_point is None and board.is_legal(5, WHITE)


def test_copies_are_independent() -> None:
    board, at = parse_diagram("""
        . X O .
        X O a O
        . X O .
        . . . .
    """)
    copy = board.copy()
    assert copy == board and copy is not board
    board.play(at["a"], BLACK)
    assert copy != board and copy.ko_point is None and copy.captured(WHITE) == 0 and copy.turns == 0
    again = board.copy()
    assert again.ko_point == board.ko_point == 5 and again.captured(WHITE) == 1 and again.turns == 1
    again.set_stones({15: WHITE})
    assert board.color_at(15) == EMPTY
    board.play(3, WHITE)
    assert again.color_at(3) == EMPTY


def test_comparing_and_showing() -> None:
    assert Board(5) == Board(5) and Board(5) != Board(6) and Board(5) != "a board"
    with pytest.raises(TypeError):
        hash(Board(5))
    board = Board(5)
    board.play(parse_vertex("C3", 5), BLACK)
    assert repr(board) == "<Board 5x5, 1 black and 0 white stones>"
    assert np.array_equal(board.legal_mask(WHITE).reshape(5, 5), board.colors == EMPTY)

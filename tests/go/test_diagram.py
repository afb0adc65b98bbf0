"""Diagrams: read, drawn, and refused with a reason."""

import pytest
from diagrams import parse_diagram

from gopolicy.go import BLACK, EMPTY, WHITE, Board, IllegalMoveError
from gopolicy.go.coords import parse_vertex
from gopolicy.go.diagram import draw_diagram


def test_reading() -> None:
    board, letters = parse_diagram("""
        a X O
        + . O

        .Xz
    """)
    assert board.size == 3 and letters == {"a": 0, "z": 8}
    assert board.colors.tolist() == [[EMPTY, BLACK, WHITE], [EMPTY, EMPTY, WHITE], [EMPTY, BLACK, EMPTY]]
    assert draw_diagram(board, {0: "a", 8: "z"}) == "a X O\n. . O\n. X z"
    assert parse_diagram(draw_diagram(board))[0] == board


def test_coordinates() -> None:
    board = Board(9)
    board.play(parse_vertex("C3", 9), BLACK)
    board.play(parse_vertex("J1", 9), WHITE)
    assert draw_diagram(board, coordinates=True).splitlines() == [
        "   A B C D E F G H J",
        " 9 . . . . . . . . . 9",
        " 8 . . . . . . . . . 8",
        " 7 . . + . . . + . . 7",
        " 6 . . . . . . . . . 6",
        " 5 . . . . + . . . . 5",
        " 4 . . . . . . . . . 4",
        " 3 . . X . . . + . . 3",
        " 2 . . . . . . . . . 2",
        " 1 . . . . . . . . O 1",
        "   A B C D E F G H J",
    ]
    lines = draw_diagram(Board(19), coordinates=True).splitlines()
    assert lines[0] == lines[-1] == "   A B C D E F G H J K L M N O P Q R S T"
    assert lines[4] == "16 . . . + . . . . . + . . . . . + . . . 16" and len(lines) == 21


@pytest.mark.parametrize(("text", "message"), [
    ("X O\n. . .", "a diagram is a rectangle"),
    ("X ?\n. .", r"'\?' in row 1 of a diagram is none of \. \+ X O or a letter"),
    ("X B\n. .", "'B' in row 1"),
    (".", "board size 1"),
    ("", "board size 0"),
])  # fmt: skip
def test_what_is_no_diagram(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_diagram(text)


def test_a_chain_without_liberties_is_no_position() -> None:
    with pytest.raises(IllegalMoveError, match="without liberties"):
        parse_diagram("X O\nO .")

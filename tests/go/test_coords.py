"""Coordinates: all points round trip, and the corners are written by hand: a mirrored table round trips too."""

import pytest

from gopolicy.go.coords import (
    BLACK,
    WHITE,
    CoordinateError,
    Size,
    check_size,
    handicap_points,
    opponent,
    parse_color,
    parse_sgf,
    parse_size,
    parse_vertex,
    point_at,
    point_count,
    row_column,
    size_name,
    size_to_sgf,
    star_points,
    to_sgf,
    to_vertex,
)


@pytest.mark.parametrize("size", [2, 9, 19, 25, (19, 13), (7, 9), (2, 25), (25, 2)])
def test_every_point_round_trips(size: Size) -> None:
    vertices, letters = set(), set()
    for point in range(point_count(size)):
        assert point_at(*row_column(point, size), size) == point
        assert parse_vertex(to_vertex(point, size), size) == point
        assert parse_vertex(to_vertex(point, size).lower(), size) == point
        assert parse_sgf(to_sgf(point, size), size) == point
        vertices.add(to_vertex(point, size))
        letters.add(to_sgf(point, size))
    assert len(vertices) == len(letters) == point_count(size)


@pytest.mark.parametrize(("size", "row", "column", "point", "vertex", "sgf"), [
    (19, 0, 0, 0, "A19", "aa"),
    (19, 0, 18, 18, "T19", "sa"),
    (19, 18, 0, 342, "A1", "as"),
    (19, 18, 18, 360, "T1", "ss"),
    (19, 9, 9, 180, "K10", "jj"),
    (19, 3, 15, 72, "Q16", "pd"),
    (19, 15, 3, 288, "D4", "dp"),
    (19, 2, 16, 54, "R17", "qc"),
    (19, 18, 8, 350, "J1", "is"),
    (19, 18, 7, 349, "H1", "hs"),
    (9, 0, 8, 8, "J9", "ia"),
    (9, 8, 0, 72, "A1", "ai"),
    (9, 4, 4, 40, "E5", "ee"),
    (13, 0, 12, 12, "N13", "ma"),
    (2, 1, 0, 2, "A1", "ab"),
    (25, 0, 24, 24, "Z25", "ya"),
    (25, 24, 24, 624, "Z1", "yy"),
    ((19, 13), 0, 18, 18, "T13", "sa"),
    ((19, 13), 12, 0, 228, "A1", "am"),
    ((13, 19), 0, 12, 12, "N19", "ma"),
    ((9, 7), 6, 8, 62, "J1", "ig"),
])  # fmt: skip
def test_by_hand(size: Size, row: int, column: int, point: int, vertex: str, sgf: str) -> None:
    assert row_column(point, size) == (row, column)
    assert point_at(row, column, size) == point
    assert (to_vertex(point, size), to_sgf(point, size)) == (vertex, sgf)
    assert parse_vertex(vertex, size) == parse_sgf(sgf, size) == point


def test_pass() -> None:
    assert to_vertex(None, 19) == "pass" and to_sgf(None, 19) == ""
    for text in ("pass", "PASS", "Pass"):
        assert parse_vertex(text, 19) is None
    for size in (2, 9, 19):
        assert parse_sgf("", size) is None and parse_sgf("tt", size) is None
    assert parse_sgf("tt", 25) == point_at(19, 19, 25)
    assert parse_sgf("PD", 19) == point_at(3, 15, 19)


@pytest.mark.parametrize("text", ["", "A", "I5", "i9", "A0", "A20", "U1", "A-1", "A+1", "A1.0", "AA1", "5A", "A 1",
                                  "A1 ", "D\u00b2", "resign", "\u0416 4", "A\u0661"])  # fmt: skip
def test_vertices_that_name_no_point(text: str) -> None:
    with pytest.raises(CoordinateError, match="is not a vertex of a 19x19 board") as error:
        parse_vertex(text, 19)
    assert repr(text) in str(error.value) and isinstance(error.value, ValueError)


@pytest.mark.parametrize("text", ["a", "aaa", "at", "ta", "uu", "a1", "  ", "\u00e4a", "T1", "zz"])
def test_sgf_values_that_name_no_point(text: str) -> None:
    with pytest.raises(CoordinateError, match="is not an SGF point of a 19x19 board"):
        parse_sgf(text, 19)


def test_points_off_the_board() -> None:
    for row, column in ((-1, 0), (0, -1), (19, 0), (0, 19)):
        with pytest.raises(CoordinateError, match=r"is off the 19x19 board"):
            point_at(row, column, 19)
    with pytest.raises(CoordinateError):
        parse_vertex("K10", 9)
    with pytest.raises(CoordinateError):
        parse_sgf("jj", 9)


def test_sizes() -> None:
    assert [check_size(size) for size in (2, 19, 25)] == [2, 19, 25]
    assert check_size((9, 9)) == 9 and check_size((9, 7)) == (9, 7)
    for size in (-1, 0, 1, 26):
        for wrong in (size, (size, 9), (9, size)):
            with pytest.raises(CoordinateError, match=f"board size {size} is not from 2 to 25"):
                check_size(wrong)


def test_sizes_as_text() -> None:
    for text, size in {"13": 13, "19x13": (19, 13), "9:7": (9, 7), " 9 X 9 ": 9, "2:25": (2, 25)}.items():
        assert parse_size(text) == size
    for text in ("", "x", "9x", "x9", "9x9x9", "nine", "9,7", "-9", "9.5", "1x9", "9x26", "99999999999", "\u0669"):
        with pytest.raises(CoordinateError):
            parse_size(text)
    assert (size_name(9), size_name((19, 13))) == ("9x9", "19x13")
    assert (size_to_sgf(9), size_to_sgf((19, 13))) == ("9", "19:13")


def test_points_of_boards_that_are_not_square() -> None:
    assert parse_sgf("tt", (19, 13)) is None and parse_sgf("tt", (25, 20)) == point_at(19, 19, (25, 20))
    for text, size in (("O13", (13, 19)), ("A14", (19, 13))):
        with pytest.raises(CoordinateError, match=f"is not a vertex of a {size_name(size)} board"):
            parse_vertex(text, size)
    for text in ("an", "ta", "tt"):
        with pytest.raises(CoordinateError, match="is not an SGF point of a 25x13 board" if text == "tt" else "19x13"):
            parse_sgf(text, (25, 13) if text == "tt" else (19, 13))
    with pytest.raises(CoordinateError, match="row 13, column 0 is off the 19x13 board"):
        point_at(13, 0, (19, 13))


def test_colors() -> None:
    for text, color in {"b": BLACK, "B": BLACK, "black": BLACK, "White": WHITE, "W": WHITE}.items():
        assert parse_color(text) == color
    for text in ("", "bl", "green", "x", " b"):
        with pytest.raises(CoordinateError, match="is not a color"):
            parse_color(text)
    assert (opponent(BLACK), opponent(WHITE)) == (WHITE, BLACK)


@pytest.mark.parametrize(("size", "vertices"), [
    (19, "D4 K4 Q4 D10 K10 Q10 D16 K16 Q16"),
    (13, "D4 G4 K4 D7 G7 K7 D10 G10 K10"),
    (9, "C3 G3 E5 C7 G7"),
    (10, "C3 H3 C8 H8"),
    (7, "C3 E3 D4 C5 E5"),
    (6, ""),
    ((19, 13), "D4 K4 Q4 D7 K7 Q7 D10 K10 Q10"),
    ((13, 19), "D4 G4 K4 D10 G10 K10 D16 G16 K16"),
    ((19, 9), "D3 K3 Q3 K5 D7 K7 Q7"),
    ((9, 7), "C3 G3 E4 C5 G5"),
    ((19, 12), "D3 Q3 D10 Q10"),
    ((19, 6), ""),
])  # fmt: skip
def test_star_points(size: Size, vertices: str) -> None:
    assert sorted(to_vertex(point, size) for point in star_points(size)) == sorted(vertices.split())


# What GNU Go 3.8 answers to `fixed_handicap`.
HANDICAPS = {
    19: {
        2: "D4 Q16",
        3: "D4 Q16 D16",
        4: "D4 Q16 D16 Q4",
        5: "D4 Q16 D16 Q4 K10",
        6: "D4 Q16 D16 Q4 D10 Q10",
        7: "D4 Q16 D16 Q4 D10 Q10 K10",
        8: "D4 Q16 D16 Q4 D10 Q10 K4 K16",
        9: "D4 Q16 D16 Q4 D10 Q10 K4 K16 K10",
    },
    13: {
        2: "D4 K10",
        3: "D4 K10 D10",
        4: "D4 K10 D10 K4",
        5: "D4 K10 D10 K4 G7",
        6: "D4 K10 D10 K4 D7 K7",
        7: "D4 K10 D10 K4 D7 K7 G7",
        8: "D4 K10 D10 K4 D7 K7 G4 G10",
        9: "D4 K10 D10 K4 D7 K7 G4 G10 G7",
    },
    9: {
        2: "C3 G7",
        3: "C3 G7 C7",
        4: "C3 G7 C7 G3",
        5: "C3 G7 C7 G3 E5",
        6: "C3 G7 C7 G3 C5 G5",
        7: "C3 G7 C7 G3 C5 G5 E5",
        8: "C3 G7 C7 G3 C5 G5 E3 E7",
        9: "C3 G7 C7 G3 C5 G5 E3 E7 E5",
    },
}


@pytest.mark.parametrize("size", HANDICAPS)
@pytest.mark.parametrize("stones", range(2, 10))
def test_handicap_points(size: int, stones: int) -> None:
    points = handicap_points(stones, size)
    assert {to_vertex(point, size) for point in points} == set(HANDICAPS[size][stones].split())
    assert len(points) == stones


@pytest.mark.parametrize(("size", "vertices"), [
    ((19, 13), "D4 Q10 D10 Q4 D7 Q7 K4 K10 K7"),
    ((13, 9), "D3 K7 D7 K3 D5 K5 G3 G7 G5"),
])  # fmt: skip
def test_handicap_points_where_columns_and_rows_differ(size: Size, vertices: str) -> None:
    assert {to_vertex(point, size) for point in handicap_points(9, size)} == set(vertices.split())
    assert {to_vertex(point, size) for point in handicap_points(2, size)} == set(vertices.split()[:2])


@pytest.mark.parametrize(
    ("stones", "size"),
    [(1, 19), (10, 19), (5, 10), (5, 7), (2, 6), (0, 19), (-1, 9), (5, (19, 12)), (5, (7, 9)), (2, (19, 6))],
)
def test_handicaps_without_a_fixed_placement(stones: int, size: Size) -> None:
    name = size_name(size)
    with pytest.raises(CoordinateError, match=f"no fixed placement for {stones} handicap stones on {name}"):
        handicap_points(stones, size)

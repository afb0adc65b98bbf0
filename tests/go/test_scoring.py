"""Area scores: by diagram, and against a flood fill in plain Python."""

import random
import subprocess
from pathlib import Path

import pytest
from diagrams import parse_diagram
from naive_planes import neighbors_of
from random_play import random_game
from test_gnugo import find_gnugo

from gopolicy.go import BLACK, EMPTY, WHITE, Board
from gopolicy.go.coords import Size, parse_vertex, point_count
from gopolicy.go.scoring import AREA, TERRITORY, area, area_score, format_score, score, scoring_rules, territory
from gopolicy.go.state import CAPTURED_WHITE
from gopolicy.records import read_records

DATA = Path(__file__).parents[2] / "data"
FIVE_LINES = """
    . X O O .
    X X O . O
    O . X O O
    X X X X X
    . . X . .
"""


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
    assert owner.shape == board.shape
    assert [int((owner == color).sum()) for color in (BLACK, WHITE)] == [black, white]
    assert area_score(board, 0) == black - white
    assert area_score(board, 7.5) == black - white - 7.5


def test_dead_stones() -> None:
    board, at = parse_diagram(FIVE_LINES)
    assert area_score(board, 0.5, {10}) != area_score(board, 0.5)
    assert area(board, {10})[2, 0] == BLACK
    dead = {point for point in range(25) if board.color_at(point) == WHITE}
    assert area_score(board, 0.5, dead) == 24.5
    assert board.color_at(10) == WHITE and at == {}  # the board itself keeps them


def naive_area(board: Board) -> list[int]:
    size, owner = board.size, board.colors.ravel().tolist()
    for start in range(len(owner)):
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


@pytest.mark.parametrize("size", [2, 5, 9, 13, 19, (9, 7), (2, 25)])
def test_random_positions(size: Size) -> None:
    rng = random.Random(point_count(size))
    for _ in range(5):
        board = random_game(rng, size, rng.randrange(2 * point_count(size))).board
        assert area(board).reshape(-1).tolist() == naive_area(board)


@pytest.mark.parametrize(("score", "text"), [
    (3.5, "B+3.5"), (-0.5, "W+0.5"), (0, "0"), (0.0, "0"), (361, "B+361"), (-12.0, "W+12"),
])  # fmt: skip
def test_how_scores_are_written(score: float, text: str) -> None:
    assert format_score(score) == text


def test_territory_counts_points_and_prisoners() -> None:
    board, at = parse_diagram(FIVE_LINES)
    # Black surrounds A5, C3's left and the last row; the dead stone is a prisoner and its point territory.
    assert score(board, 0, TERRITORY, dead=[10]) == (1 + 2 + 4) + 1 - 2
    assert score(board, 6.5, TERRITORY, dead=[10]) == 6 - 6.5
    owner = territory(board, [10])
    assert owner[2, 0] == BLACK and owner[0, 1] == EMPTY and owner[0, 4] == WHITE
    board.play(11, BLACK)  # on a point of his own, where it captures nothing
    assert score(board, 0, TERRITORY, dead=[10]) == 5
    board.state.info[CAPTURED_WHITE] = 3
    assert score(board, 0, TERRITORY) == score(board, 0, TERRITORY, dead=[]) and board.captured(WHITE) == 3


def test_eyes_in_seki_are_no_territory_but_area() -> None:
    board, _ = parse_diagram(". X O .\nX X O O\n. X O .\nX X O O")
    black = {point for point in range(16) if board.color_at(point) == BLACK}
    assert score(board, 0, TERRITORY) == 0 and score(board, 0, TERRITORY, seki=black) == -2
    assert score(board, 0, AREA, seki=black) == 0


@pytest.mark.parametrize(
    ("name", "is_territory", "bonus"),
    [
        ("Japanese", True, 0),
        ("korean", True, 0),
        ("Chinese", False, 4),
        ("chinese-kgs", False, 4),
        ("AGA", False, 3),
        ("日本規則", True, 0),
        ("Korea", True, 0),
        ("Japanese, komi 6.5", True, 0),
        ("中国规则", False, 4),
        ("tromp-taylor", False, 0),
        ("NZ", False, 0),
        ("", False, 0),
    ],
)
def test_rules_by_name(name: str, is_territory: bool, bonus: int) -> None:
    rules = scoring_rules(name)
    assert (rules.territory, rules.bonus(4)) == (is_territory, bonus)
    board = Board(5)
    assert score(board, 0.5, rules, handicap=4) == -0.5 - bonus and rules.bonus(0) == 0


@pytest.mark.parametrize("rules", ["japanese", "chinese"])
@pytest.mark.parametrize("number", [3, 4])  # with six handicap stones, and even
def test_scores_are_those_of_gnugo(number: int, rules: str) -> None:
    path = find_gnugo()
    if path is None:
        pytest.skip("gnugo is not installed")
    record = DATA / f"gnugo-{number:03}.sgf"
    commands = f"loadsgf {record}\nfinal_score\nfinal_status_list dead\nfinal_status_list seki\nquit\n"
    options = ["--mode", "gtp", "--level", "1", f"--{rules}-rules"]
    done = subprocess.run([path, *options], input=commands, capture_output=True, text=True, timeout=300)
    _, wanted, dead, seki = [answer.strip()[1:].strip() for answer in done.stdout.split("\n\n")][:4]
    found = next(read_records(record))
    points = [[parse_vertex(vertex, 19) for vertex in answer.split()] for answer in (dead, seki)]
    board = found.final_game().board
    ours = score(board, found.komi, scoring_rules(rules), handicap=found.handicap, dead=points[0], seki=points[1])
    # Of games that it reads from files GNU Go forgets the handicap; the result in the file is its own, too.
    assert format_score(ours) == (wanted if rules == "japanese" else found.result)

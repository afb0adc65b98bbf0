"""One drawn test for each feature; the features of eight planes at 0, 1, 7, 8 and 9 or more."""

import numpy as np
import pytest
from diagrams import parse_diagram
from numpy.typing import NDArray

from gopolicy.features import FEATURES, NUM_PLANES, encode
from gopolicy.features.planes import OFFSETS, PLANE_SUBSETS, encode_games, hide_history
from gopolicy.go import BLACK, WHITE, Game
from gopolicy.go.coords import Color, Point


def drawn(text: str, to_play: Color = BLACK) -> tuple[Game, dict[str, Point]]:
    """Return the game that begins with the diagram's stones set up, and the points of its letters."""
    board, letters = parse_diagram(text)
    game = Game(board.size)
    game.set_stones({point: color for point in range(board.size**2) if (color := board.color_at(point))})
    game.to_play = to_play
    return game, letters


def feature(game: Game, name: str) -> NDArray[np.int64]:
    """Return a feature as int `[size * size]`: the number of the plane that is set, from 1, or 0 for none."""
    width = next(feature.width for feature in FEATURES if feature.name == name)
    planes = encode(game)[OFFSETS[name] : OFFSETS[name] + width].reshape(width, -1)
    assert set(np.unique(planes)) <= {0, 1} and planes.sum(axis=0).max() <= 1
    return np.where(planes.any(axis=0), planes.argmax(axis=0) + 1, 0)


def marked(game: Game, name: str, letters: dict[str, Point]) -> set[str]:
    """Return the letters of the points where a feature is set; every such point must have a letter."""
    names = {point: letter for letter, point in letters.items()}
    return {names[point] for point in np.flatnonzero(feature(game, name)).tolist()}


def test_the_order_of_the_paper() -> None:
    """Silver et al. 2016, Extended Data Table 2; the first 4, 12 and 20 are Extended Data Table 3's."""
    assert OFFSETS == {
        "stone color": 0,
        "ones": 3,
        "turns since": 4,
        "liberties": 12,
        "capture size": 20,
        "self-atari size": 28,
        "liberties after move": 36,
        "ladder capture": 44,
        "ladder escape": 45,
        "sensibleness": 46,
        "zeros": 47,
    }
    assert NUM_PLANES == 48 and PLANE_SUBSETS == (4, 12, 20, 48)
    assert all(feature.meaning for feature in FEATURES)


def test_shape_and_orientation() -> None:
    game = Game(19)
    game.play(72)  # Q16, in row 3 from the top
    planes = encode(game)
    assert planes.dtype == np.uint8 and planes.shape == (48, 19, 19)
    assert planes[1, 3, 15] == 1 and planes[1].sum() == 1
    assert encode(Game(9)).shape == (48, 9, 9)


@pytest.mark.parametrize("to_play", [BLACK, WHITE])
def test_stone_color(to_play: Color) -> None:
    game, _ = drawn(". X .\nO X .\nO O .", to_play)
    own, opponents = (1, 2) if to_play == BLACK else (2, 1)
    assert feature(game, "stone color").tolist() == [3, own, 3, opponents, own, 3, opponents, opponents, 3]


def test_ones_and_zeros() -> None:
    game, _ = drawn(". X .\nO X .\nO O .")
    assert feature(game, "ones").tolist() == [1] * 9 and feature(game, "zeros").tolist() == [0] * 9


def test_turns_since() -> None:
    game = Game(9)
    game.set_stones({80: WHITE})
    for turn in range(10):
        game.play(None if turn == 4 else 2 * turn)
    ages = feature(game, "turns since")
    assert ages[:20:2].tolist() == [8, 8, 8, 7, 0, 5, 4, 3, 2, 1]  # 10, 9 and 8 turns share a plane; a pass is a turn
    assert ages[80] == 8 and np.count_nonzero(ages) == 10  # setup stones are old from the start
    game.play(40)
    game.play(42, BLACK)  # the same color twice in a row: two turns
    assert feature(game, "turns since")[[18, 40, 42]].tolist() == [3, 2, 1]


def test_turns_since_of_a_stone_played_where_another_was_taken() -> None:
    game, at = drawn("""
        . X O .
        X a b O
        . X O .
        . . . c
    """)
    game.play(at["b"])
    game.play(at["a"])  # takes b
    assert [feature(game, "turns since")[at[letter]] for letter in "ab"] == [1, 0]
    game.play(at["c"])
    game.play(None)
    game.play(at["b"])  # takes a
    assert [feature(game, "turns since")[at[letter]] for letter in "abc"] == [0, 1, 3]


@pytest.mark.parametrize(("text", "value"), [
    ("a O . . .\n. . . . .\n. . . . .\n. . . . .\n. . . . .", 1),
    (". . . . .\n. a X X .\n. . O . .\n. . . . .\n. . . . .", 7),
    (". . . . .\n. a X X .\n. . . . .\n. . . . .\n. . . . .", 8),
    (". . . . .\n. a X X .\n. X X . .\n. . . . .\n. . . . .", 8),  # 9
    (". . . . .\n. a X X .\n. . X . .\n. . X . .\n. . . . .", 8),  # 10
])  # fmt: skip
def test_liberties(text: str, value: int) -> None:
    game, at = drawn(text)
    game.set_stones({at["a"]: BLACK})
    for to_play in (BLACK, WHITE):
        game.to_play = to_play
        assert feature(game, "liberties")[at["a"]] == value
    assert (feature(game, "liberties") > 0).sum() == game.board.colors.astype(bool).sum()


def test_liberties_of_every_stone_of_a_chain() -> None:
    game, _ = drawn("X X . .\nO X . .\n. O . .\n. . . .")
    assert feature(game, "liberties").tolist() == [2, 2, 0, 0, 1, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(("stones", "value"), [(0, 0), (1, 1), (2, 2), (6, 6), (7, 7), (8, 8), (9, 8), (10, 8)])
def test_capture_size(stones: int, value: int) -> None:
    rows = ["O" * stones + "a" + "." * (11 - stones), "X" * stones + "." * (12 - stones)] + ["." * 12] * 10
    game, at = drawn("\n".join(rows))
    assert feature(game, "capture size")[at["a"]] == value
    assert np.count_nonzero(feature(game, "capture size")) == (stones > 0)
    game.to_play = WHITE
    assert not feature(game, "capture size").any()


def test_capture_size_of_several_chains_counts_each_stone_once() -> None:
    """One chain above a, another that touches it from the right and from below."""
    game, at = drawn("""
        X O O X .
        . X a O X
        . X O O X
        . X X X .
        . . . . .
    """)
    assert feature(game, "capture size")[at["a"]] == 5


@pytest.mark.parametrize(("stones", "value"), [(1, 1), (2, 2), (7, 7), (8, 8), (9, 8), (10, 8)])
def test_self_atari_size(stones: int, value: int) -> None:
    """A move at the end of a row of stones that leaves the whole row one liberty."""
    rows = ["X" * (stones - 1) + "aO" + "." * (11 - stones), "O" * (stones - 1) + "." * (13 - stones)] + ["." * 12] * 10
    game, at = drawn("\n".join(rows))
    assert feature(game, "self-atari size")[at["a"]] == value
    assert feature(game, "liberties after move")[at["a"]] == 1


def test_taking_a_ko_is_a_capture_and_a_self_atari() -> None:
    game, at = drawn("""
        . X O .
        X O a O
        . X O .
        . . . .
    """)
    assert (feature(game, "capture size")[at["a"]], feature(game, "self-atari size")[at["a"]]) == (1, 1)
    game.play(at["a"])
    banned = 5
    for name in ("capture size", "self-atari size", "liberties after move", "sensibleness"):
        assert feature(game, name)[banned] == 0
    game.to_play = BLACK  # the ban is White's
    assert feature(game, "liberties after move")[banned] == 3


@pytest.mark.parametrize(("text", "value"), [
    ("a O . . .\n. . . . .\n. . . . .\n. . . . .\n. . . . .", 1),
    (". . . . .\n. a X X .\n. . O . .\n. . . . .\n. . . . .", 7),
    (". . . . .\n. a X X .\n. . . . .\n. . . . .\n. . . . .", 8),
    (". . . . .\n. a X X .\n. X X . .\n. . . . .\n. . . . .", 8),  # 9
    (". . X . .\n. X a X .\n. . X . .\n. . . . .\n. . . . .", 7),  # four chains joined
    (". O . . .\nO a O . .\n. O . . .\n. . . . .\n. . . . .", 0),
])  # fmt: skip
def test_liberties_after_move(text: str, value: int) -> None:
    game, at = drawn(text)
    assert feature(game, "liberties after move")[at["a"]] == value


def test_liberties_after_a_capture_count_the_freed_points() -> None:
    game, at = drawn("""
        X O O a .
        X X X O .
        . . . . .
        . . . . .
        . . . . .
    """)
    assert feature(game, "liberties after move")[at["a"]] == 2  # one freed point touches the stone
    game, at = drawn("""
        . X O a .
        . X X X .
        . . . . .
        . . . . .
        . . . . .
    """)
    assert feature(game, "liberties after move")[at["a"]] == 8  # the freed point touches the whole chain


LADDER = """
    . . . . . . . . .
    . . . . . . . . .
    . . . X X . . . .
    . . X O p . . . .
    . . . q . . . . .
    . . . . . . . . .
    . . . . . . b . .
    . . . . . . . . .
    . . . . . . . . .
"""


def test_ladder_capture() -> None:
    game, at = drawn(LADDER)
    assert marked(game, "ladder capture", at) == {"q"}  # driven to the edge; after p it runs out at q
    assert not feature(game, "ladder escape").any()
    game.set_stones({at["b"]: WHITE})
    assert marked(game, "ladder capture", at) == set()  # it reaches a friend
    game.set_stones({at["b"]: BLACK})
    assert marked(game, "ladder capture", at) == {"q"}
    game.to_play = WHITE
    assert not feature(game, "ladder capture").any() and not feature(game, "ladder escape").any()


def test_ladder_escape() -> None:
    game, at = drawn(LADDER)
    game.play(at["q"])
    assert marked(game, "ladder escape", at) == set()  # running is hopeless
    game.set_stones({at["b"]: WHITE})
    assert marked(game, "ladder escape", at) == {"p"}
    game.to_play = BLACK
    assert not feature(game, "ladder escape").any()


def test_ladder_escape_by_capture() -> None:
    game, at = drawn("""
        X O e X .
        c X X . .
        O . . . .
        . O . . .
        . . . . .
    """, WHITE)  # fmt: skip
    assert marked(game, "ladder escape", at) == {"c"}  # e would be suicide


@pytest.mark.parametrize(("text", "sensible"), [
    ("a X .\nX . .\n. . .", False),
    ("a X .\nX O .\n. . .", True),
    ("a . .\nX . .\n. . .", True),
    ("X a X\n. X .\n. . .", False),
    ("X a X\nO X .\n. . .", True),
    (". . . . .\n. . X . .\n. X a X .\n. . X . .\n. . . . .", False),
    (". . . . .\n. O X . .\n. X a X .\n. . X . .\n. . . . .", False),
    (". . . . .\n. O X . .\n. X a X .\n. . X O .\n. . . . .", True),
    (". . . . .\n. . X . .\n. X a O .\n. . X . .\n. . . . .", True),
    (". O .\nO a O\n. O .", False),  # suicide
])  # fmt: skip
def test_sensibleness(text: str, sensible: bool) -> None:
    game, at = drawn(text)
    assert feature(game, "sensibleness")[at["a"]] == sensible
    colors = game.board.colors.reshape(-1)
    assert not feature(game, "sensibleness")[colors > 0].any()


def test_hidden_history_looks_as_if_the_stones_had_been_set_up() -> None:
    game, rng = Game(), np.random.default_rng(1)
    for _ in range(120):
        game.play(int(rng.choice(np.flatnonzero(game.legal_mask()))))
    assert game.board.ko_point is None
    board = Game()
    board.set_stones({point: game.board.color_at(point) for point in range(361) if game.board.color_at(point)})
    board.to_play = game.to_play
    planes, expected = encode_games([game]), encode_games([board])
    assert not np.array_equal(planes, expected)
    hide_history(planes)
    assert np.array_equal(planes, expected)

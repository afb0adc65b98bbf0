"""Games finished by random moves: what lives, what dies, what stays as it is."""

import numpy as np
from diagrams import parse_diagram

from gopolicy.go import BLACK, EMPTY, WHITE, Game
from gopolicy.go.random_games import finish_randomly

# Black's left side has two eyes, White's right side too; the white stone in the corner has none.
DIAGRAM = """
O . X O . O .
. X X O O O O
X X . X O . O
. X X X O O O
X X . X O . O
. X X X O O .
X X . X O O O
"""


def game_of(text: str) -> Game:
    board, _ = parse_diagram(text.strip())
    game = Game(board.size)
    colors = board.colors.reshape(-1)
    game.set_stones({point: int(color) for point, color in enumerate(colors) if color != EMPTY})
    return game


def test_living_stones_stay_and_dead_ones_are_taken() -> None:
    game = game_of(DIAGRAM)
    before = game.board.colors.copy()
    for color in (BLACK, WHITE):
        counts = finish_randomly(game, 100, 1, color)
        assert counts.shape == (3, 7, 7) and (counts.sum(0) == 100).all()
        assert (counts[BLACK][:, :3] >= 90).all() and (counts[WHITE][:, 4:] == 100).all()
    assert np.array_equal(game.board.colors, before)


def test_a_seed_makes_the_same_games_again() -> None:
    game = Game(9)
    first, again, other = (finish_randomly(game, 50, seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again) and not np.array_equal(first, other)
    assert (first[BLACK] > 0).all() and (first[WHITE] > 0).all()


def test_a_chain_in_atari_is_taken_by_whoever_moves() -> None:
    text = "\n".join(
        [
            ". X . X . O .",
            "X X X X O O O",
            "O O O X O . O",
            "O O O X O O O",
            ". O O X O . O",
            "X X X X O O O",
            "X . X . X O .",
        ]
    )
    game = game_of(text)  # White's eight stones have one liberty, and no other eye
    assert finish_randomly(game, 200, 3, BLACK)[BLACK, 3, 0] > 190

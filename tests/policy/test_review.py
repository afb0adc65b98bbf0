"""Reviews from known probabilities, and their sums."""

import math

import pytest
from fakes import UniformPolicy

from gopolicy.go.coords import BLACK, WHITE, parse_vertex
from gopolicy.go.game import Game
from gopolicy.policy.review import LEAST_PROBABILITY, ReviewTable, review_move, review_positions

MOVES = ("Q16", "pass", "C3", "D4", "Q4", "A1")
FAVORITES = {"Q16": 1000, "D4": 639, "Q4": 90}


def positions(moves=MOVES):
    game = Game()
    for vertex in moves:
        yield game.copy(), parse_vertex(vertex, 19)
        game.play(parse_vertex(vertex, 19))


@pytest.mark.parametrize("batch", [1, 2, 64])
def test_each_move_but_a_pass_is_reviewed_in_order(batch):
    reviews = list(review_positions(UniformPolicy(FAVORITES), positions(), batch=batch, top=3))
    assert [(review.number, review.color, review.vertex) for review in reviews] == [
        (1, BLACK, "Q16"),
        (3, BLACK, "C3"),
        (4, WHITE, "D4"),
        (5, BLACK, "Q4"),
        (6, WHITE, "A1"),
    ]
    assert [review.rank for review in reviews] == [1, 3, 1, 1, 1]
    assert [suggestion.vertex for suggestion in reviews[0].top] == ["Q16", "D4", "Q4"]
    total = 1000 + 639 + 90 + 358
    assert reviews[0].probability == pytest.approx(1000 / total)
    assert reviews[0].bits == pytest.approx(-math.log2(1000 / total), rel=1e-5)


def test_a_move_without_probability_has_many_bits_but_not_infinitely_many():
    game = Game()
    probabilities = UniformPolicy().probabilities(game)
    probabilities[0, 0] = 0
    review = review_move(game, 0, probabilities)
    assert (review.probability, review.rank) == (0, 361) and review.bits == -math.log2(LEAST_PROBABILITY)


def test_totals_by_color_and_phase():
    table = ReviewTable()
    for number in range(1, 201):
        game = Game()
        game.to_play = BLACK if number % 2 else WHITE
        review = review_move(game, 0, UniformPolicy({"A19": 361 if number <= 50 else 1}).probabilities(game))
        object.__setattr__(review, "number", number)
        table.add(review)
    opening, black = table.totals(None, "moves 1-50"), table.totals(BLACK)
    assert (opening.moves, opening.top1, opening.top5) == (50, 1, 1) and opening.mean_bits == pytest.approx(1, abs=0.01)
    assert (black.moves, table.totals(WHITE, "moves 151-").moves, table.totals().moves) == (100, 25, 200)
    assert ReviewTable().totals().mean_bits == 0

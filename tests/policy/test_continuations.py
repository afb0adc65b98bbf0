"""Continuations: most probable moves one after the other, in batches, ending where nothing sensible is left."""

import numpy as np
from fakes import UniformPolicy

from gopolicy.go.coords import BLACK, parse_vertex
from gopolicy.go.game import Game
from gopolicy.policy.continuations import Continuation, extend_lines


class CountingPolicy(UniformPolicy):
    def __init__(self, favorites):
        super().__init__(favorites)
        self.batches = []

    def probabilities_batch(self, games, symmetries=None, *, legal_only=True):
        self.batches.append(len(games))
        return super().probabilities_batch(games, symmetries, legal_only=legal_only)


def point(vertex):
    return parse_vertex(vertex, 19)


def test_lines_follow_the_top_move_in_one_batch_a_move():
    policy = CountingPolicy({"Q16": 9, "D4": 8, "Q4": 7, "D16": 6})
    start = Game()
    lines = [Continuation.after(start, point(vertex), 0.5) for vertex in ("Q16", "K10")]
    assert sum(1 for _ in extend_lines(policy, lines, length=3)) == 2
    assert [line.moves for line in lines] == [
        [point("Q16"), point("D4"), point("Q4")],
        [point("K10"), point("Q16"), point("D4")],
    ]
    assert policy.batches == [2, 2] and not start.moves
    assert lines[0].probabilities[0] == 0.5 and np.isclose(lines[1].probabilities[1], 9 / (360 + 8 + 7 + 6 + 5))


def test_a_line_ends_where_no_sensible_move_is_left():
    game = Game()
    stones = [p for p in range(361) if p not in (0, 2, 40)]
    game.set_stones(dict.fromkeys(stones, BLACK))
    line = Continuation(game)
    assert list(extend_lines(UniformPolicy(), [line], length=9)) == [] and line.is_complete and line.moves == []
    assert list(extend_lines(UniformPolicy(), [], length=9)) == []

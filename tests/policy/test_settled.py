"""Settled points, dead stones, seki and passes, on boards whose end is plain to see."""

from pathlib import Path

import numpy as np
import pytest
from diagrams import parse_diagram
from fakes import UniformPolicy
from judge_endings import is_counted, judge

from gopolicy.go.coords import BLACK, EMPTY, WHITE, parse_vertex, to_vertex
from gopolicy.go.game import Game
from gopolicy.go.scoring import AREA, TERRITORY
from gopolicy.policy import Passing, Settler, choose_move, settled
from gopolicy.policy.passing import with_pass, worth_a_move
from gopolicy.prediction import Prediction
from gopolicy.records import read_records

DATA = Path(__file__).parents[2] / "data"
# White's corner stones are dead; the empty point in the middle of the last row is dame.
FINISHED = """
. O . X O O . O O
O . X X O O O . O
. X . X O . O O O
X . X X O O . O O
. X . X O . O . O
X . X X O O O O O
. X . X O . O . O
X X X X O O . O O
X . X X . O O O O
"""
# Nobody can fill the two liberties that the two chains at the top share.
SEKI = """
X O . X . O X . X
X O X X X O X X .
X O X X X O X . X
X O O O O O X X .
X X X X X X X . X
. X . X . X . X X
X X X X X X X X .
. X . X . X . X X
X . X . X . X . X
"""


def game_of(diagram, *, to_play=BLACK, komi=0.0):
    board, _ = parse_diagram(diagram.strip())
    game = Game(board.size, komi=komi)
    colors = board.colors.reshape(-1)
    game.set_stones({point: int(color) for point, color in enumerate(colors) if color != EMPTY})
    game.to_play = to_play
    return game


def large(diagram):
    """The diagram in the upper left of a 19x19 board whose rest is Black's, with eyes."""
    small, _ = parse_diagram(diagram.strip())
    colors = np.full((19, 19), BLACK)
    colors[11::2, 1::2] = colors[1::2, 11::2] = EMPTY
    colors[:9, :9] = small.colors
    game = Game(komi=0.5)
    game.set_stones({point: int(color) for point, color in enumerate(colors.reshape(-1)) if color != EMPTY})
    return game


def vertices(points, size=9):
    return {to_vertex(point, size) for point in points}


def test_what_is_settled_dead_and_whose():
    found = Settler(None).settle(game_of(FINISHED))
    assert vertices(found.dead) == {"A8", "B9"} and not found.seki
    assert found.ownership[0, 0] > 0.9 and found.ownership[0, 8] < -0.9
    assert not found.is_estimate
    assert vertices(np.flatnonzero(found.dame)) == {"E1"} == vertices(np.flatnonzero(found.unsettled))
    assert found.score(AREA, 0) == 36 - 44 and found.score(TERRITORY, 0.5) == 14 + 2 - 9 - 0.5


def test_seki_is_left_alone():
    found = Settler(None).settle(game_of(SEKI))
    assert not found.dead and not found.is_estimate and not found.unsettled.any()
    assert len(found.seki) == 7 + 11 and vertices(found.seki) >= {"D9", "B9"}
    assert found.score(AREA, 0) == 81 - 2 - 11 - 11 and found.score(TERRITORY, 0) == 18


def test_an_early_board_is_answered_at_once_by_an_estimate():
    policy = UniformPolicy()
    for game in (Game(), game_after("Q16", "D4")):
        found = Settler(policy).settle(game)
        assert found.is_estimate and found.lines == 0 and found.unsettled.mean() > 0.9
        assert abs(found.score(AREA, 0)) < 60  # a mean over endings, not whoever has more of them at every point
    assert policy.calls == 0


def game_after(*moves):
    game = Game()
    for vertex in moves:
        game.play(parse_vertex(vertex, 19))
    return game


class CountingPolicy(UniformPolicy):
    """Notes the sizes of the batches."""

    def __init__(self):
        super().__init__()
        self.batches, self.symmetries = [], []

    def probabilities_batch(self, games, symmetries=None, *, legal_only=True):
        self.batches.append(len(games))
        self.symmetries.append(symmetries)
        return super().probabilities_batch(games, symmetries)


def unsettled_game():
    """A fight: what was White's is empty but for a few stones, the rest of the board is settled."""
    game = large(FINISHED)
    points = [row * 19 + column for row in range(9) for column in range(5, 9) if (row, column) not in ((2, 6), (6, 6))]
    game.set_stones(dict.fromkeys(points, EMPTY))
    return game


def test_positions_are_remembered_and_lines_come_in_batches():
    policy = CountingPolicy()
    settler = Settler(policy)
    first = settler.settle(unsettled_game(), seconds=60)
    assert first.lines > 0 and max(policy.batches) == 8
    calls = policy.calls
    again = settler.settle(unsettled_game(), seconds=60)
    assert policy.calls == calls and np.array_equal(again.ownership, first.ownership)


def test_what_both_passes_ended_is_looked_at_again_once_they_are_taken_back():
    settler, ended = Settler(CountingPolicy()), unsettled_game()
    ended.play(None)
    ended.play(None)
    assert settler.settle(ended).lines == 0 and settler.settle(unsettled_game(), seconds=60).lines > 0


def test_a_stop_is_obeyed_between_two_batches():
    policy = CountingPolicy()
    found = Settler(policy).settle(unsettled_game(), is_stopped=lambda: len(policy.batches) >= 2)
    assert len(policy.batches) == 2 and found.ownership.shape == (19, 19)
    answers = list(Settler(policy).refine(unsettled_game(), is_stopped=lambda: True))
    assert len(answers) == 1 and answers[0].lines == 0


def test_a_stop_leaves_out_the_lines_under_way(monkeypatch):
    """Finishing them takes longer than a batch: an answer to `# interrupt` would be late."""
    policy, finished = CountingPolicy(), []
    original = settled.finish_randomly
    monkeypatch.setattr(settled, "finish_randomly", lambda *a: finished.append(len(policy.batches)) or original(*a))
    found = Settler(policy).settle(unsettled_game(), is_stopped=lambda: len(policy.batches) >= 2)
    assert finished == [0] and found.lines == 0 and set(policy.symmetries) == {1}


@pytest.mark.parametrize("number", [4, 6, 8, 9])
def test_finished_games_are_scored_as_they_were(number):
    record = next(read_records(DATA / f"gnugo-{number:03}.sgf"))
    is_right, difference = judge(record, Settler(None))
    assert is_counted(record) and is_right and difference <= 2


def test_a_pass_at_the_beginning_is_not_answered_by_a_pass():
    game = game_after("Q16", "pass")
    assert choose_move(UniformPolicy(), game, np.random.default_rng(0)) is not None
    assert choose_move(UniformPolicy(), game, np.random.default_rng(0), passing=Passing(when_offered="always")) is None


def test_when_all_is_settled_it_is_time_to_pass_win_or_lose():
    policy, rng = UniformPolicy(), np.random.default_rng(0)
    for komi in (-400.5, 400.5):
        game = large(FINISHED)
        game.komi = komi
        settler = Settler(policy)
        assert vertices(np.flatnonzero(worth_a_move(settler, game) & (game.board.colors == EMPTY)), 19) == {"E11"}
        assert to_vertex(choose_move(policy, game, rng, settler=settler), 19) == "E11"  # dame count by area
        assert choose_move(policy, game, rng, settler=settler, passing=Passing(TERRITORY)) is None
        game.play(None)
        assert choose_move(policy, game, rng, settler=settler, passing=Passing(TERRITORY)) is None
        insists = choose_move(policy, game, rng, passing=Passing(TERRITORY, "never"))
        assert insists is not None


def test_cleanup_takes_dead_stones_before_it_passes():
    policy, rng = UniformPolicy(), np.random.default_rng(0)
    game = large(FINISHED)
    taken = []
    while len(taken) < 12:
        game.to_play = BLACK
        move = choose_move(policy, game, rng, passing=Passing(TERRITORY, cleanup=True))
        if move is None:
            break
        taken.append(game.play(move))
    assert sum(taken) == 2 and move is None


def test_a_pass_has_its_share_when_it_is_time():
    game = large(FINISHED)
    settler, prediction = Settler(None), Prediction(UniformPolicy().probabilities(game))
    assert with_pass(settler, game, prediction) is prediction
    found = with_pass(settler, game, prediction, TERRITORY)
    assert found.candidates(1)[0].vertex == "pass" and found.passing > 0.5
    assert found.passing + found.probabilities.sum() == pytest.approx(1)


def test_white_passes_too():
    game = large(FINISHED)
    game.to_play = WHITE
    assert choose_move(UniformPolicy(), game, np.random.default_rng(0), passing=Passing(TERRITORY)) is None


@pytest.mark.parametrize("to_play", [BLACK, WHITE])
def test_what_the_first_move_decides_is_worth_it(to_play):
    """After a pass all is settled, for the opponent: the two chains at the top share their last liberty."""
    game = large(SEKI.replace("X O . X . O X", "X O O X . O X", 1))
    game.to_play = to_play
    policy = UniformPolicy({"E19": 1e6})
    worth = worth_a_move(Settler(policy), game, TERRITORY)
    assert worth is not None and worth.reshape(-1)[parse_vertex("E19", 19)]
    assert choose_move(policy, game, np.random.default_rng(1), passing=Passing(TERRITORY)) == parse_vertex("E19", 19)
    game.play(parse_vertex("E19", 19))
    assert not worth_a_move(Settler(policy), game, TERRITORY).any()

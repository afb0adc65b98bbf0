"""Predictions, candidates and scores against values worked out by hand, and against plain loops."""

import math

import numpy as np
import pytest

from gopolicy.go.coords import BLACK, WHITE, parse_vertex
from gopolicy.prediction import (
    LEAST_PROBABILITY,
    PHASES,
    Prediction,
    Score,
    ScoreTable,
    phase_of,
    standings,
    surprise,
    wilson,
)


def prediction(**shares):
    values = np.zeros((19, 19), np.float32)
    for vertex, share in shares.items():
        values.reshape(-1)[parse_vertex(vertex, 19)] = share
    return Prediction(values)


HALVES = prediction(Q16=0.5, D4=0.25, C3=0.125, R4=0.125)


def test_candidates_by_number_and_threshold():
    found = HALVES.candidates()
    assert [(c.vertex, c.probability, c.rank) for c in found] == [
        ("Q16", 0.5, 1),
        ("D4", 0.25, 2),
        ("R4", 0.125, 3),  # of equals the first of the board: R4 is in a row above C3's
        ("C3", 0.125, 4),
    ]
    assert [c.move for c in found[:1]] == [parse_vertex("Q16", 19)]
    assert HALVES.candidates(2) == found[:2] and HALVES.candidates(threshold=0.25) == found[:2]
    assert HALVES.candidates(0) == HALVES.candidates(-3) == []


def test_what_is_said_of_a_move():
    point = parse_vertex("C3", 19)
    assert (HALVES.probability(point), HALVES.rank(point), HALVES.surprise(point)) == (0.125, 3, 3)
    assert HALVES.rank(0) == 5 and HALVES.surprise(0) == surprise(0) == -math.log2(LEAST_PROBABILITY)
    assert (HALVES.entropy, HALVES.plausible_moves) == (1.75, 2**1.75)
    assert (HALVES.mass(2), HALVES.mass(361)) == (0.75, 1)


def test_a_pass_stands_among_the_candidates_with_its_share():
    found = HALVES.with_pass(0.25)
    assert [(c.move is None, c.vertex, c.probability, c.rank) for c in found.candidates(3)] == [
        (False, "Q16", 0.375, 1),
        (True, "pass", 0.25, 2),
        (False, "D4", 0.1875, 3),
    ]
    assert found.candidates(1)[0].vertex == "Q16" and found.rank(parse_vertex("D4", 19)) == 3
    assert found.candidates(threshold=0.2) == found.candidates(2) and found.candidates(0) == []
    assert sum(c.probability for c in found.candidates()) == 1 and HALVES.passing == 0
    assert found.entropy == pytest.approx(-0.25 * math.log2(0.25) + 0.75 * (1.75 - math.log2(0.75)))


def test_a_judged_move():
    move = HALVES.judge(parse_vertex("D4", 19), number=51, color=WHITE, top=2)
    assert (move.vertex, move.probability, move.rank, move.bits, move.entropy) == ("D4", 0.25, 2, 2, 1.75)
    assert move.candidates == tuple(HALVES.candidates(2)) and move.phase == "moves 51-150"


def test_phases_cover_every_move_once():
    assert [phase_of(number) for number in (1, 50, 51, 150, 151, 400)] == [
        name for phase in PHASES for name in (phase.name, phase.name)
    ]


def random_moves(count=200):
    rng = np.random.default_rng(0)
    values = rng.dirichlet(np.full(361, 0.05), count).astype(np.float32)  # sparse: many probabilities near 0
    points = np.array([rng.choice(361, p=row / row.sum()) for row in values.astype(np.float64)])
    points[:5] = values[:5].argmin(1)
    return values, points


def test_no_number_is_no_prediction():
    ranks, _ = standings(np.full((2, 361), np.nan, np.float32), np.array([0, 5]))
    assert ranks.tolist() == [362, 362]


def test_scores_one_at_a_time_and_all_at_once_are_those_of_a_plain_loop():
    values, points = random_moves()
    judged = [
        Prediction(row.reshape(19, 19)).judge(int(point), number=i + 1, color=(BLACK, WHITE)[i % 2])
        for i, (row, point) in enumerate(zip(values, points, strict=True))
    ]
    whole = Score()
    whole.add(*standings(values, points))
    ranks = [sum(1 for value in row if value > row[point]) for row, point in zip(values, points, strict=True)]
    nats = [-math.log(max(float(row[point]), 1e-9)) for row, point in zip(values, points, strict=True)]
    for score in (whole, Score.of(judged), ScoreTable(judged).score()):
        assert (score.moves, score.first, score.within_top) == (200, ranks.count(0), sum(rank < 5 for rank in ranks))
        assert score.loss == pytest.approx(sum(nats) / 200) and score.bits == pytest.approx(score.loss / math.log(2))
        assert score.top1 == score.first / 200 and score.top5_interval == wilson(score.within_top, 200)
    table = ScoreTable(judged)
    assert [table.score(phase=phase.name).moves for phase in PHASES] == [50, 100, 50]
    assert (table.score(BLACK) + table.score(WHITE)).first == whole.first and table.score(
        WHITE, "moves 1-50"
    ).moves == 25
    assert ScoreTable().score().bits == 0 and Score().top1_interval == (0, 1)


def test_a_score_as_json_takes_it():
    score = Score(10, 4, 8, 20.0)
    assert score.as_dict() == {
        "positions": 10,
        "loss": 2.0,
        "top1": 0.4,
        "top1_interval": wilson(4, 10),
        "top5": 0.8,
        "top5_interval": wilson(8, 10),
    }


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(0, 0, 0, 1), (50, 100, 0.4038, 0.5962), (0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (1.5, 3, 0.1253, 0.8747)],
)
def test_wilson(successes, trials, low, high):
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)

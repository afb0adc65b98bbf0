"""Habits: counted replies of the opening, known again turned and mirrored, in predictions that stay distributions."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from random_profiles import random_profile, small_network

from gopolicy.features.planes import encode_games
from gopolicy.features.symmetry import image_tables
from gopolicy.go import Game
from gopolicy.go.coords import parse_vertex
from gopolicy.nn import CheckpointError
from gopolicy.nn.tensor_file import read_tensors, write_tensors
from gopolicy.policy import Policy
from gopolicy.profiles import load_profiles, save_profiles
from gopolicy.profiles.habits import NO_HABITS, OPENING, count_habits, opening_positions, opening_replies
from gopolicy.records import read_records
from gopolicy.records.corpus import Corpus
from gopolicy.training.evaluation import evaluate, sample_positions
from gopolicy.training.move_bits import Moves, measure
from gopolicy.training.profile_learning import habits_of

DATA = Path(__file__).parents[2] / "data"
UNIFORM = np.full((1, 361), 1 / 361, np.float32)


def game_of(points):
    game = Game(19)
    for point in points:
        game.play(int(point))
    return game


def points_of(vertices):
    return [parse_vertex(vertex, 19) for vertex in vertices.split()]


def habits_after(vertices, reply, times=10):
    """Return the habits of `times` games in which `reply` followed."""
    planes = encode_games([game_of(points_of(vertices))] * times)
    return count_habits(opening_replies(planes, np.full(times, parse_vertex(reply, 19))))


def probability(habits, points, reply):
    predicted = habits.predict(encode_games([game_of(points)]), UNIFORM)
    assert predicted.sum() == pytest.approx(1, abs=1e-5)
    return float(predicted[0, reply])


@pytest.mark.parametrize("symmetry", range(8))
def test_a_board_is_known_again_turned_and_mirrored(symmetry):
    habits = habits_after("Q16 D4 Q3", "D17")
    carry = image_tables(19)[symmetry]
    points, reply = carry[points_of("Q16 D4 Q3")], int(carry[parse_vertex("D17", 19)])
    assert probability(habits, points, reply) > 0.5
    assert probability(NO_HABITS, points, reply) == pytest.approx(1 / 361)


def test_replies_that_are_the_same_turned_share_what_was_counted():
    habits = habits_after("", "Q16")
    corners = [probability(habits, [], point) for point in points_of("Q16 D16 Q4 D4")]
    assert corners == pytest.approx([corners[0]] * 4) and sum(corners) > 0.7


def test_a_corner_is_known_again_whatever_stands_elsewhere():
    habits = habits_after("D4 Q16 C6", "F3")
    points = points_of("D4 Q10 C6")
    assert probability(habits, points, parse_vertex("F3", 19)) > 0.5
    assert probability(habits, points_of("D4 Q10 C5"), parse_vertex("F3", 19)) < 0.01


def test_a_reply_elsewhere_is_counted_and_shared_by_the_network():
    habits = habits_after("D4 Q16 C6", "Q4")
    points = points_of("D4 Q10 C6")
    elsewhere = probability(habits, points, parse_vertex("Q16", 19))
    assert elsewhere == pytest.approx(probability(habits, points, parse_vertex("K17", 19)))
    assert elsewhere > 1 / 361 > probability(habits, points, parse_vertex("F3", 19))


def test_only_the_opening_is_counted():
    corpus = Corpus.from_records(list(read_records(DATA))[:2])
    moves = Moves.of(corpus, np.arange(2))
    stones = np.array([bin(int.from_bytes(row[:2].tobytes(), "little")).count("1") for row in moves.planes])
    assert np.array_equal(opening_positions(moves.planes), np.flatnonzero(stones <= OPENING))
    late = stones > OPENING
    assert len(opening_replies(moves.planes[late], moves.points[late])) == 0
    assert np.array_equal(NO_HABITS.predict(moves.planes[:3], np.ones((3, 361), np.float32)), np.ones((3, 361)))


def test_the_rarest_situations_are_left_out_first():
    planes = encode_games([game_of([])] * 3 + [game_of(points_of("Q16"))])
    replies = opening_replies(planes, np.array(points_of("Q16 Q16 D4 D4")))
    assert len(count_habits(replies)) == 2 + 2 + 2  # the empty board; the corner and the board after Q16
    few = count_habits(replies, most=3)
    assert sorted(few.counts) == [3, 3]


def test_counted_games_are_predicted_better_and_files_keep_habits(tmp_path):
    corpus = Corpus.from_records(list(read_records(DATA))[:4])
    network = small_network()
    habits, moves = habits_of(corpus, np.arange(4), part=3), Moves.of(corpus, np.arange(4))
    assert len(Moves.of_opening(corpus, np.arange(4), 1000)) == len(opening_positions(moves.planes))
    assert len(Moves.of_opening(corpus, np.arange(4), 20)) == 20
    with_habits, without = measure(network, moves, habits=habits).bits, measure(network, moves).bits
    opening = opening_positions(moves.planes)
    assert with_habits[opening].mean() < without[opening].mean() - 1
    profile = replace(random_profile(network, "me"), habits=habits)
    save_profiles(tmp_path / "me.profile", [profile, random_profile(network, "other")])
    found = load_profiles(tmp_path / "me.profile")
    assert np.array_equal(found["me"].habits.keys, habits.keys) and not len(found["other"].habits)
    assert np.array_equal(measure(network, moves, habits=found["me"].habits).bits, with_habits)
    tensors, header = read_tensors(tmp_path / "me.profile")
    tensors["me/habits"] = torch.zeros(3, 2, dtype=torch.int32)
    write_tensors(tmp_path / "bad.profile", tensors, header)
    with pytest.raises(CheckpointError, match="habits of profile 'me'"):
        load_profiles(tmp_path / "bad.profile")


def test_a_policy_and_an_evaluation_predict_with_the_habits_of_a_profile():
    corpus = Corpus.from_records(list(read_records(DATA))[:2])
    network = small_network()
    profile = replace(random_profile(network, "me"), habits=habits_after("D4 Q16 C6", "F3"))
    policy = Policy(network, device=torch.device("cpu"))
    game, reply = game_of(points_of("D4 Q16 C6")), parse_vertex("F3", 19)
    plain = policy.predict(game)
    policy.use_profile(profile)
    assert policy.predict(game).probabilities.reshape(-1)[reply] > 0.5
    game.play(reply)
    habitless = policy.with_profile(replace(profile, habits=NO_HABITS))
    assert np.array_equal(policy.probabilities(game), habitless.probabilities(game))
    game.undo()
    policy.use_profile(None)
    assert np.array_equal(policy.probabilities(game), plain.probabilities)

    positions = sample_positions(corpus, np.arange(2))
    habits = habits_of(corpus, np.arange(2))
    found = evaluate(network, corpus, positions, habits=habits).total
    assert found.bits == pytest.approx(measure(network, Moves.of(corpus, np.arange(2)), habits=habits).score.bits)
    assert found.bits < evaluate(network, corpus, positions).total.bits

"""The facade: legal probabilities that sum to 1, symmetric averages, choices and the pass rules."""

from pathlib import Path

import numpy as np
import pytest
import torch
from fakes import UniformPolicy

from gopolicy.features.symmetry import image_tables
from gopolicy.go import BLACK, WHITE, Game
from gopolicy.go.coords import parse_vertex, to_vertex
from gopolicy.nn import CheckpointError, NetworkConfig, PolicyNetwork, save_model
from gopolicy.policy import Passing, Policy, PolicyError, Sampling, choose_move, sensible_mask
from gopolicy.policy.choice import sharpen


@pytest.fixture(scope="module")
def policy():
    torch.manual_seed(2)
    network = PolicyNetwork(NetworkConfig(8, 3))
    torch.nn.init.normal_(network.position_bias, std=2.0)
    return Policy(network, device=torch.device("cpu"))


def after(*vertices, **options):
    game = Game(**options)
    for vertex in vertices:
        game.play(parse_vertex(vertex, 19))
    return game


def surrounded(komi=7.5):
    """A game in which White can play nothing but into Black's two eyes, and Black only into his own."""
    game = Game(komi=komi)
    stones = {point: BLACK for point in range(361)}
    for vertex in ("A19", "C19"):
        del stones[parse_vertex(vertex, 19)]
    game.set_stones(stones)
    return game


def test_probabilities_are_legal_and_sum_to_one(policy):
    game = after("Q16", "D4", "C4")
    answer = policy.probabilities(game)
    assert answer.shape == (19, 19) and answer.dtype == np.float32
    assert answer.sum() == pytest.approx(1, abs=1e-5)
    for vertex in ("Q16", "D4", "C4"):
        assert answer.reshape(-1)[parse_vertex(vertex, 19)] == 0
    assert (answer >= 0).all()


def test_a_batch_is_its_games(policy):
    games = [after(*"Q16 D4 C4 Q3 R17".split()[:n]) for n in range(5)]
    batch = policy.probabilities_batch(games, symmetries=2)
    for game, answer in zip(games, batch, strict=True):
        assert np.allclose(policy.probabilities(game, symmetries=2), answer, atol=1e-6)
    assert policy.probabilities_batch([]).shape == (0, 19, 19)


def test_the_average_of_eight_turns_with_the_board(policy):
    moves = [parse_vertex(vertex, 19) for vertex in "Q16 D4 C3 D17 R4 F3".split()]
    plain = Game()
    for move in moves:
        plain.play(move)
    answer = policy.probabilities(plain, symmetries=8).reshape(-1)
    for symmetry in range(8):
        turned = Game()
        for move in moves:
            turned.play(int(image_tables(19)[symmetry][move]))
        image = policy.probabilities(turned, symmetries=8).reshape(-1)
        assert np.allclose(image[image_tables(19)[symmetry]], answer, atol=1e-5)


def test_suggestions_are_ranked(policy):
    game = after("Q16")
    suggestions = policy.suggest(game, top=7)
    answer = policy.probabilities(game).reshape(-1)
    assert [s.rank for s in suggestions] == list(range(1, 8))
    assert suggestions[0].move == answer.argmax()
    for s in suggestions:
        assert s.vertex == to_vertex(s.move, 19) and s.probability == pytest.approx(answer[s.move])


def test_what_cannot_be_asked(policy):
    with pytest.raises(PolicyError, match="19x19 only, not 9x9"):
        policy.probabilities(Game(9))
    with pytest.raises(PolicyError, match="symmetries must be from 1 to 8"):
        policy.probabilities(Game(), symmetries=9)
    game = surrounded()
    game.to_play = WHITE
    with pytest.raises(PolicyError, match="no legal move"):
        policy.probabilities(game)


def test_loading(tmp_path, monkeypatch):
    with pytest.raises(CheckpointError, match="no such file"):
        Policy.load(tmp_path / "none.safetensors")
    save_model(tmp_path / "model.safetensors", PolicyNetwork(NetworkConfig(8, 2)))
    assert Policy.load(tmp_path).name == Policy.load(tmp_path / "model.safetensors").name == "gopolicy 8x2"
    (tmp_path / "net").mkdir()
    (tmp_path / "model.safetensors").rename(tmp_path / "net" / "model.safetensors")
    monkeypatch.chdir(tmp_path)
    for name in ("net", Path("./net")):
        with pytest.raises(CheckpointError, match="means the network that ships, but .*net is a model, too"):
            Policy.load(name)
    assert Policy.load(tmp_path / "net").name == "gopolicy 8x2"


def test_the_likeliest_move_is_played(policy):
    game = after("Q16")
    move = choose_move(policy, game, np.random.default_rng(0))
    assert move == policy.probabilities(game).argmax()


def test_no_sensible_move_left_is_a_pass():
    game = surrounded()
    assert not sensible_mask(game).any() and game.is_legal(0)
    assert choose_move(UniformPolicy(), game, np.random.default_rng(0)) is None


def test_sampling_follows_temperature_and_top_p():
    weights = np.array([0.5, 0.3, 0.15, 0.05])
    assert sharpen(weights, 1.0) == pytest.approx(weights)
    assert sharpen(weights, 0.5) == pytest.approx(weights**2 / (weights**2).sum())
    assert sharpen(weights, 0.01)[0] == pytest.approx(1)
    assert sharpen(weights, 1.0, top_p=0.6) == pytest.approx([0.625, 0.375, 0, 0])
    assert sharpen(weights, 1.0, top_p=0.0).tolist() == [1, 0, 0, 0]


def test_sampling_is_repeatable_and_ends():
    game = after("Q16")
    moves = [choose_move(UniformPolicy(), game, np.random.default_rng(7), Sampling(1.0)) for _ in range(2)]
    assert moves[0] == moves[1]
    favorite = UniformPolicy({"C3": 50})
    late = choose_move(favorite, game, np.random.default_rng(1), Sampling(5.0, greedy_after=1))
    assert late == parse_vertex("C3", 19)


def test_hidden_history_is_a_position_set_up_by_hand(policy):
    game = after("Q16", "D4", "C4")
    by_hand = Game()
    by_hand.set_stones({point: int(color) for point, color in enumerate(game.board.colors.reshape(-1)) if color})
    by_hand.to_play = WHITE
    assert np.array_equal(policy.probabilities(game, history=False), policy.probabilities(by_hand))
    assert not np.allclose(policy.probabilities(game), policy.probabilities(by_hand))


def test_a_move_answers_the_last_ones_as_much_as_history_counts():
    class Answers(UniformPolicy):
        def probabilities(self, game, symmetries=None, *, history=True):
            answer = UniformPolicy({"Q3": 90, "C3": 30} if history else {"D17": 40, "C3": 30})
            return answer.probabilities(game)

    policy = Answers()

    def move(sampling):
        return to_vertex(choose_move(policy, after("Q16"), np.random.default_rng(0), sampling), 19)

    assert [move(Sampling(history=history)) for history in (1.0, 0.5, 0.0)] == ["Q3", "C3", "D17"]
    # By itself half where the top move is played, all where moves are drawn or a profile is imitated.
    few = 1e-9  # the top move alone
    assert [move(Sampling()), move(Sampling(1.0, few, greedy_after=1)), move(Sampling(1.0, few))] == ["C3", "C3", "Q3"]
    policy.profile = "kgs-6d"
    assert move(Sampling()) == "Q3"


def test_nobody_goes_round_in_circles():
    """Throwing two stones in and retaking one for ever, while the opponent passes: no position comes twice."""
    corner = ("OX.OXX.", ".OOOOX.", "OOOXOX.", ".OXXX..", "XXOOXXX")
    colors = {"X": BLACK, "O": WHITE}
    game = Game()
    game.set_stones(
        {i * 19 + j: colors[symbol] for i, row in enumerate(corner) for j, symbol in enumerate(row) if symbol != "."}
    )
    policy = UniformPolicy({"A18": 1e6, "B19": 1e6, "C19": 1e6})
    seen = {game.board.colors.tobytes()}
    for _ in range(20):
        game.to_play = BLACK
        game.play(choose_move(policy, game, np.random.default_rng(0), passing=Passing(when_offered="never")))
        assert game.board.colors.tobytes() not in seen
        seen.add(game.board.colors.tobytes())
        captures = game.is_legal(0) and game.board.color_at(1) == game.board.color_at(2) == BLACK
        game.play(0 if captures else None)
        seen.add(game.board.colors.tobytes())
    assert game.board.turns >= 40


def test_a_quick_policy_says_nearly_the_same_and_leaves_the_exact_one_alone(policy, monkeypatch):
    monkeypatch.setattr("gopolicy.policy.policy.fast_dtype", lambda device: torch.bfloat16)
    game = after("Q16", "D4")
    exact = policy.probabilities(game)
    quick = policy.quick().probabilities(game)
    assert not np.array_equal(quick, exact)
    np.testing.assert_allclose(quick, exact, rtol=0.05, atol=1e-6)
    np.testing.assert_array_equal(policy.probabilities(game), exact)

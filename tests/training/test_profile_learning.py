"""Learning a profile: only its numbers move, held-out games judge, and the command says so in one line each."""

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from gopolicy.__main__ import main
from gopolicy.go.events import move_event, setup_event
from gopolicy.nn import NetworkConfig, PolicyNetwork, load_model, save_model
from gopolicy.nn.growth import grow
from gopolicy.nn.inference import Unpacker
from gopolicy.prediction import clustered_mean
from gopolicy.profiles import blank_profile, load_profiles, network_digest, save_profiles
from gopolicy.profiles.profile import fuse_profile, make_profile, shapes
from gopolicy.records import Record, read_records
from gopolicy.records.corpus import Corpus
from gopolicy.training.profile_gradients import ProfileGradients, as_vector, from_vector
from gopolicy.training.profile_learning import LearningConfig, habits_of, learn_profile, split_games
from gopolicy.training.profile_step import Evidence, improved

DATA = Path(__file__).parents[2] / "data"
SMALL = NetworkConfig(filters=8, layers=2)
FAST = LearningConfig(batch=32, measured=200)
CPU = ("--device", "cpu", "--precision", "float32", "--no-progress", "--passes", 1)


@pytest.fixture(scope="module")
def corpus():
    return Corpus.from_records(list(read_records(DATA))[:10])


@pytest.fixture(scope="module")
def files(corpus, tmp_path_factory):
    """Return a folder with a network and a corpus."""
    folder = tmp_path_factory.mktemp("learn")
    corpus.save(folder / "games.corpus")
    torch.manual_seed(1)
    save_model(folder / "net.safetensors", PolicyNetwork(SMALL))
    return folder


def gopolicy(*arguments):
    return main([str(argument) for argument in arguments])


def learn(files, *arguments, out="me.profile", games="games.corpus"):
    return gopolicy(
        "learn", files / games, "--model", files / "net.safetensors", "--out", files / out, *CPU, *arguments
    )


def test_gradients_are_those_of_the_network_with_the_profile_in_it():
    torch.manual_seed(3)
    base = PolicyNetwork(SMALL)
    numbers = {part: 0.3 * torch.randn(shape) for part, shape in shapes(SMALL).items()}
    profile = make_profile("x", numbers, blank_profile(base).facts)
    packed, points = torch.randint(0, 256, (4, 48, 48), dtype=torch.uint8), torch.tensor([0, 5, 180, 360])
    found = ProfileGradients(base, profile).of(packed, points)
    planes = Unpacker(torch.device("cpu")).unpack(packed, torch.zeros(4, dtype=torch.int64))
    moved = {part: number.clone().requires_grad_() for part, number in numbers.items()}
    x = planes
    for convolution, scale, shift in zip(base.hidden(), moved["scale"], moved["shift"], strict=True):
        without_bias = functional.conv2d(x, convolution.weight, padding=convolution.padding)
        x = torch.relu(without_bias * (1 + scale)[:, None, None] + (convolution.bias + shift)[:, None, None])
    last = functional.conv2d(x, base.last.weight + moved["last"][:, None, None]).flatten(1)
    logits = last + base.position_bias + moved["point"]
    for row in range(4):
        loss = -functional.cross_entropy(logits[row], points[row])
        wanted = torch.autograd.grad(loss, list(moved.values()), retain_graph=True)
        assert torch.allclose(found[row], torch.cat([part.flatten() for part in wanted]), atol=1e-4)
    again = from_vector(as_vector(profile), profile)
    assert all(torch.equal(number, numbers[part]) for part, number in again.tensors().items())


def test_a_step_finds_numbers_that_are_there_and_leaves_those_alone_that_are_not():
    torch.manual_seed(1)
    games, size = torch.arange(4000) // 10, 6
    hidden = torch.tensor([0.5, -0.5, 0, 0, 0, 0])
    x = torch.randn(4000, size)  # a logistic regression: the gradient at 0 of its log-likelihood
    answers = (torch.rand(4000) < torch.sigmoid(x @ hidden)).float()
    evidence = Evidence([2, 4], torch.device("cpu"))
    evidence.add((answers - 0.5)[:, None] * x, games)
    prior = evidence.prior()
    damping = evidence.best_damping(prior)
    zero = torch.zeros(size)
    found = improved(zero, zero, evidence, prior, damping)
    assert damping < 1 and torch.allclose(found, hidden, atol=0.2)
    noise = Evidence([2, 4], torch.device("cpu"))
    noise.add((torch.rand(4000) < 0.5).float().sub(0.5)[:, None] * x, games)
    assert noise.best_damping(noise.prior()) > damping


def test_learning_lowers_the_bits_and_leaves_the_network_alone(corpus):
    torch.manual_seed(1)
    base = PolicyNetwork(SMALL).eval()
    digest = network_digest(base)
    learned = learn_profile(base, corpus, FAST)
    assert learned.after.bits < learned.before.bits
    assert network_digest(base) == digest == learned.profile.facts.base
    facts = learned.profile.facts
    assert facts.held_out == learned.before.moves == 200 and 0 < facts.games < len(corpus)
    assert facts.bits_after == pytest.approx(learned.after.bits, abs=1e-4)
    assert learned.gain[0] == pytest.approx(learned.before.bits - learned.after.bits)
    again = learn_profile(base, corpus, FAST)
    assert torch.equal(again.profile.scale, learned.profile.scale)
    limited = learn_profile(base, corpus, LearningConfig(passes=1, positions=100, batch=32, measured=50))
    assert limited.profile.facts.positions == 100


def test_games_are_held_out_however_few_there_are(corpus):
    for count in (2, 3, 10):
        some = Corpus(corpus.index[:count], corpus.all_events, corpus.players, corpus.header)
        learned, held_out = split_games(some, 0.15)
        assert len(learned) and len(held_out) and sorted([*learned, *held_out]) == list(range(count))


def test_an_interval_by_game_is_wider_than_one_by_move():
    rng = np.random.default_rng(1)
    sums, counts = rng.normal(3, 5, 200), np.full(200, 10)
    mean, low, high = clustered_mean(sums, counts)
    assert mean == pytest.approx(sums.sum() / 2000)
    assert high - low == pytest.approx(2 * 1.972 * sums.std(ddof=1) / math.sqrt(200) / 10, rel=0.01)
    assert clustered_mean(sums[:2], counts[:2])[1:] == (-math.inf, math.inf)
    four = clustered_mean(np.array([1.0, 2, 3, 4]), np.ones(4))  # Student: 3.182 standard errors
    assert four[2] - four[0] == pytest.approx(3.182 * np.std([1, 2, 3, 4], ddof=1) / 2, rel=0.02)


def test_learn_writes_a_profile_that_other_commands_take(files, capsys):
    assert learn(files, "--name", "me") == 0
    told = capsys.readouterr().out
    assert "before" in told and "after" in told and "interval" in told and "moves of games that were held out" in told
    assert "to tell whether the profile predicts better" in told  # of two games that were held out
    profile = load_profiles(files / "me.profile")["me"]
    assert profile.facts.source == "games.corpus" and profile.facts.games > 1
    query = ("query", "--model", files / "net.safetensors", "--moves", "B Q16", "--json")
    assert gopolicy(*query) == 0 and gopolicy(*query, "--profile", files / "me.profile") == 0
    plain, as_me = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert plain["profile"] is None and as_me["profile"] == "me" and plain["suggestions"] != as_me["suggestions"]
    assert gopolicy("profiles", files / "me.profile") == 0
    assert "me" in capsys.readouterr().out
    assert learn(files, "--from", files / "me.profile", out="more.profile") == 0


def test_profiles_are_carried_over_to_another_network(files, capsys):
    torch.manual_seed(5)
    save_model(files / "next.safetensors", PolicyNetwork(SMALL))
    assert learn(files, "--name", "me") == 0
    position = ("query", "--moves", "B Q16", "--model", files / "next.safetensors", "--profile")
    capsys.readouterr()
    assert gopolicy(*position, files / "me.profile") == 1
    told = capsys.readouterr().err
    assert "learned for another network" in told and told.count("\n") == 1
    next_one = ("--carry-over", files / "next.profile", "--model", files / "next.safetensors")
    assert gopolicy("profiles", files / "me.profile", *next_one) == 0
    assert gopolicy(*position, files / "next.profile") == 0
    base = load_model(files / "next.safetensors")[0]
    assert load_profiles(files / "next.profile")["me"].facts.base == network_digest(base)


def test_profiles_are_carried_over_to_a_network_that_grew(files, capsys):
    small, planes = load_model(files / "net.safetensors")[0], torch.rand(3, 48, 19, 19)
    save_model(files / "grown.safetensors", grow(small, SMALL.filters + 3, planes))
    assert learn(files, "--name", "me") == 0
    grown_one = ("--carry-over", files / "grown.profile", "--model", files / "grown.safetensors")
    assert gopolicy("profiles", files / "me.profile", *grown_one) == 0
    as_before = fuse_profile(small, load_profiles(files / "me.profile")["me"])
    as_me = fuse_profile(load_model(files / "grown.safetensors")[0], load_profiles(files / "grown.profile")["me"])
    assert torch.allclose(as_me(planes), as_before(planes), atol=1e-4)
    smaller = ("--carry-over", files / "small.profile", "--model", files / "net.safetensors")
    capsys.readouterr()
    assert gopolicy("profiles", files / "grown.profile", *smaller) == 1
    assert f"made for a network of {SMALL.filters + 3} filters" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--player", "Nobody Of This Name"), "no side of that player or rank"),
        (("--rank", "30k-20k"), "no side of that player or rank"),
        (("--years", "1600-1650"), "another year or none"),
        (("--rank", "strong"), "write two ranks such as 9k-1k"),
        (("--games", 1), "only one game"),
        (("--passes", -1), "--passes must be at least 0, not -1"),
        (("--from", "nobody"), "no profile 'nobody'"),
        (("--name", "a b:c"), "--name 'a b:c': choose one without a colon"),
    ],
)
def test_what_cannot_be_learned_gets_one_line(files, capsys, arguments, reason):
    assert learn(files, *arguments, out="bad.profile") == 1
    told = capsys.readouterr().err
    assert reason in told and told.count("\n") == 1
    assert not (files / "bad.profile").exists()


def test_learning_replaces_no_file_of_other_profiles(files, capsys):
    joined = files / "joined.profile"
    assert learn(files, "--passes", 0) == 0 and learn(files, "--passes", 0, out="you.profile") == 0
    assert gopolicy("profiles", files / "me.profile", files / "you.profile", "--join", joined) == 0
    before = joined.read_bytes()
    capsys.readouterr()
    assert learn(files, "--passes", 0, "--from", f"{joined}:me", "--name", "me", out=joined.name) == 1
    assert "joined.profile: holds other profiles, too (you); choose another name" in capsys.readouterr().err
    assert joined.read_bytes() == before
    assert learn(files, "--passes", 0, "--from", files / "me.profile") == 0  # its own, again


def test_who_finds_the_profile_that_explains_moves_or_says_that_it_cannot_tell(files, corpus, capsys):
    assert learn(files, "--name", "me", "--passes", 3) == 0
    blank = blank_profile(load_model(files / "net.safetensors")[0], "twin")
    save_profiles(files / "twin.profile", [blank])
    capsys.readouterr()
    who = ("who", files / "games.corpus", "--model", files / "net.safetensors", *CPU[:-2], "--moves", 400)
    assert gopolicy(*who, "--among", files / "me.profile", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["best"] == "me" and told["moves"] == 400 and told["games"] == len(corpus)
    first, second = told["profiles"]
    assert (first["name"], second["name"]) == ("me", "no profile")
    assert second["behind"][0] == pytest.approx(second["bits"] - first["bits"])
    assert gopolicy(*who, "--among", files / "me.profile") == 0
    assert "me explains these moves best" in capsys.readouterr().out
    assert gopolicy(*who, "--among", files / "twin.profile") == 0
    assert "cannot tell: no profile, twin" in capsys.readouterr().out
    (files / "one.sgf").write_text("(;SZ[19];B[pd];W[dp];B[dd])")
    one = ("who", files / "one.sgf", *who[2:], "--among", files / "me.profile")
    assert gopolicy(*one) == 0
    told = capsys.readouterr().out
    assert "best guess: " in told and "cannot tell" not in told and "inf" not in told and "95 %" not in told
    assert gopolicy(*one, "--json") == 0
    assert json.loads(capsys.readouterr().out)["profiles"][1]["behind"][1:] == [None, None]
    namesake = files / "other.profile"
    save_profiles(namesake, [dataclasses.replace(blank, name="me")])
    assert gopolicy(*who, "--among", files / "me.profile", namesake, files / "me.profile", "--json") == 0
    names = {row["name"] for row in json.loads(capsys.readouterr().out)["profiles"]}
    assert names == {"no profile", str(files / "me.profile"), str(namesake)}
    assert gopolicy(*who, "--player", "Nobody Of This Name") == 1
    assert "no side of that player" in capsys.readouterr().err


def test_habits_are_counted_of_the_games_learned_from_and_told_apart_from_the_numbers(files, corpus, capsys):
    assert learn(files, "--name", "me", "--passes", 0) == 0
    told = capsys.readouterr().out
    assert "0 moves in" in told and "with habits" in told and "the profile with its habits" in told
    profile = load_profiles(files / "me.profile")["me"]
    learned, _ = split_games(corpus, 0.15)
    assert np.array_equal(profile.habits.keys, habits_of(corpus, learned).keys)
    assert not profile.scale.any() and profile.facts.bits_after == profile.facts.bits_before
    assert profile.facts.bits_habits > 0
    who = ("who", files / "games.corpus", "--model", files / "net.safetensors", *CPU[:-2], "--opening")
    assert gopolicy(*who, "--moves", 100, "--among", files / "me.profile", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["best"] == "me" and told["moves"] == 100
    late = Corpus.from_records(
        [Record(19, np.array([*(setup_event(1, p) for p in range(100)), move_event(2, 300)], np.uint16))]
    )
    late.save(files / "late.corpus")
    assert gopolicy("who", files / "late.corpus", *who[2:], "--among", files / "me.profile") == 1
    assert "no move of the opening" in capsys.readouterr().err

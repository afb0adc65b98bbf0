"""--profile in the commands that predict."""

import json
from pathlib import Path

import pytest
from random_profiles import random_profile, ship_profiles, small_network

from gopolicy.__main__ import main
from gopolicy.nn import save_model
from gopolicy.profiles import save_profiles

GAME = Path(__file__).parents[2] / "data" / "gnugo-001.sgf"


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Return a folder with a network and a profile of it; others of it are those that ship."""
    network = small_network()
    save_model(tmp_path / "net.safetensors", network)
    save_profiles(tmp_path / "me.profile", [random_profile(network, "me")])
    ship_profiles(tmp_path / "profiles.safetensors", monkeypatch, network)
    return tmp_path


def gopolicy(*arguments):
    return main([str(argument) for argument in arguments])


def test_evaluate_and_review_predict_as_a_profile(files, capsys):
    model = ("--model", files / "net.safetensors")
    profiles = ((), ("--profile", files / "me.profile"), ("--profile", "rank_5k"))
    losses = []
    for profile in profiles:
        assert gopolicy("evaluate", GAME, *model, "--sample", 50, "--json", "--no-progress", *profile) == 0
        losses.append(json.loads(capsys.readouterr().out)["loss"])
        assert gopolicy("review", GAME, *model, *profile) == 0
        losses.append(float(capsys.readouterr().out.splitlines()[-1].split()[-1]))
    assert len(set(losses)) == len(losses)
    fitting = ("--fit-temperature", files / "out.safetensors", "--profile", "rank_5k")
    assert gopolicy("evaluate", GAME, *model, *fitting) == 1
    assert "leave out --profile" in capsys.readouterr().err


def test_evaluate_says_what_it_measured(files, capsys):
    evaluate = ("evaluate", GAME, "--model", files / "net.safetensors", "--no-progress")
    assert gopolicy(*evaluate) == 0
    plain = capsys.readouterr().out.splitlines()[0]
    assert not any(word in plain for word in ("profile", "history", "seed"))
    options = ("--profile", "rank_5k", "--hide-history", "--sample", 5, "--seed", 3)
    for symmetries in ((1,), (1, 2)):
        assert gopolicy(*evaluate, *options, "--symmetries", *symmetries) == 0
        assert ", profile rank_5k, history hidden, a sample of 5 by seed 3;" in capsys.readouterr().out.splitlines()[0]
    assert gopolicy(*evaluate, *options, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["profile"], told["hide_history"], told["sample"], told["seed"]) == ("rank_5k", True, 5, 3)
    assert gopolicy(*evaluate, "--sample", 100_000) == 0
    assert "sample" not in capsys.readouterr().out  # there are not as many


def test_two_profiles_of_one_network_play_a_match(files, capsys):
    net, folder = files / "net.safetensors", files / "games"
    match = ("match", net, net, "-o", folder, "--games", 1, "--max-moves", 4, "--symmetries", 1)
    assert gopolicy(*match, "--profile", "rank_5k", "--opponent-profile", files / "me.profile") == 0
    assert "as kgs-9k-1k against gopolicy 6x2 as me" in capsys.readouterr().out
    (record,) = folder.glob("*.sgf")
    assert "as kgs-9k-1k" in record.read_text()


def test_the_board_shows_what_a_profile_expects(files):
    pictures = [files / name for name in ("plain.png", "me.png")]
    board = ("board", GAME, "--move", 20, "--model", files / "net.safetensors", "--snapshot")
    assert gopolicy(*board, pictures[0]) == 0
    assert gopolicy(*board, pictures[1], "--profile", files / "me.profile") == 0
    assert pictures[0].read_bytes() != pictures[1].read_bytes()


def test_unknown_profiles_get_one_line(files, capsys):
    for command in (("query", "--moves", "B Q16"), ("review", GAME), ("evaluate", GAME)):
        assert gopolicy(*command, "--model", files / "net.safetensors", "--profile", "nobody") == 1
        told = capsys.readouterr().err
        assert "no profile 'nobody': there are kgs-9k-1k" in told and told.count("\n") == 1


def test_the_list_of_profiles(files, capsys):
    assert gopolicy("profiles") == 0
    assert "kgs-9k-1k" in capsys.readouterr().out
    both = files / "both.profiles"
    assert gopolicy("profiles", files / "me.profile", files / "profiles.safetensors", "--join", both, "--json") == 0
    assert list(json.loads(capsys.readouterr().out))[:2] == ["me", "kgs-9k-1k"]
    assert gopolicy("query", "--moves", "B Q16", "--model", files / "net.safetensors", "--profile", f"{both}:me") == 0
    assert gopolicy("profiles", both, both) == 1
    assert "two profiles have one name" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--join", "--carry-over"])
def test_profiles_are_not_written_over_what_else_there_is(files, capsys, option):
    save_profiles(files / "other.profile", [random_profile(small_network(), "other")])
    save_model(files / "other.safetensors", small_network(seed=2))
    model = ("--model", files / "net.safetensors") if option == "--carry-over" else ()
    reasons = {
        "other.profile": "holds other profiles, too (other)",
        "other.safetensors": "is no file of profiles",
        "net.safetensors": "is an input" if model else "is no file of profiles",
    }
    for name, reason in reasons.items():
        before = (files / name).read_bytes()
        assert gopolicy("profiles", files / "me.profile", option, files / name, *model) == 1
        assert reason in capsys.readouterr().err and (files / name).read_bytes() == before
    assert gopolicy("profiles", files / "me.profile", option, files / "me.profile", *model) == 0

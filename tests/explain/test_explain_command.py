"""`gopolicy explain` as a user meets it: every mode writes what it says, and bad input is one line."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from diagrams import parse_diagram

from gopolicy.__main__ import main
from gopolicy.explain.activations import ExplainError
from gopolicy.explain.drawing.diagrams import own_as_black, real_colors
from gopolicy.explain.go_shapes import SHAPES, shapes_at
from gopolicy.explain.pattern_statistics import common_shapes, find_clearest
from gopolicy.features import encode
from gopolicy.go.coords import BLACK, parse_vertex
from gopolicy.go.game import Game
from gopolicy.nn import NetworkConfig, PolicyNetwork, parameter_count, save_model
from gopolicy.records import read_records

DATA = Path(__file__).parents[2] / "data"
GAME = str(DATA / "gnugo-001.sgf")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.safetensors"
    torch.manual_seed(2)
    save_model(path, PolicyNetwork(NetworkConfig(6, 3)))
    return path


@pytest.fixture
def explain(model, capsys):
    def call(*arguments, status=0):
        assert main(["explain", arguments[0], "--model", str(model), *map(str, arguments[1:])]) == status
        told = capsys.readouterr()
        return told.out if status == 0 else told.err

    return call


def is_picture(path):
    return path.read_bytes().startswith(b"\x89PNG")


def test_layers_are_a_table_and_json(explain):
    told = explain("layers")
    total = parameter_count(PolicyNetwork(NetworkConfig(6, 3)))
    assert "(19 - 5 + 4) / 1 + 1 = 19" in told and f"{total:,}" in told
    answer = json.loads(explain("layers", "--json"))
    assert answer["parameters"] == total == sum(row["parameters"] for row in answer["layers"])
    assert [row["field"] for row in answer["layers"]] == [5, 7, 9, 9]


def test_filters(explain, tmp_path):
    told = explain("filters", "-o", tmp_path / "f.png", "--arrays", tmp_path / "f.npz")
    assert is_picture(tmp_path / "f.png") and "stone color" in told and "6 filters of layer 1" in told
    assert np.load(tmp_path / "f.npz")["weights"].shape == (6, 48, 5, 5)
    explain("filters", "-o", tmp_path / "g.png", "--feature", "liberties", "--filters", "0-2,5")
    assert is_picture(tmp_path / "g.png")


def test_patterns(explain, tmp_path):
    few = ("--sample", 60, "--top", 3, "--precision", "float32", "--no-progress")
    out = ("-o", tmp_path / "p.png", "--arrays", tmp_path / "p.npz")
    told = explain("patterns", DATA, "--filters", "1:0-1", "3:4", *few, *out)
    assert is_picture(tmp_path / "p.png") and "3 filters" in told
    arrays = np.load(tmp_path / "p.npz")
    assert arrays["layer 3 points"].shape == (6, 3) and arrays["game"].shape == (60,)
    table = explain("patterns", DATA, "--table", *few)
    filters, clearest = table.split("the earliest of the clearest")
    assert sum(line.split()[:1] in (["1"], ["2"], ["3"]) for line in filters.splitlines()) == 18
    assert "empty (" in clearest
    told = explain("patterns", DATA, "--shapes", "empty", "edge", *few, "-o", tmp_path / "q.png")
    assert is_picture(tmp_path / "q.png") and "empty 3/3" in told and told.count("edge") == 1


def test_a_filter_stands_for_one_shape_only():
    shared = {(1, 0): [("edge", 3, 0.5), ("empty", 3, 0.7)], (2, 4): [("edge", 2, 0.5)]}
    assert [clearest.filter for clearest in find_clearest(shared, ["empty", "edge"])] == [(1, 0), (2, 4)]
    with pytest.raises(ExplainError, match="no filter is left for 'empty'"):
        find_clearest(shared, ["edge", "empty"])
    with pytest.raises(ExplainError, match="no filter shows 'hane'; the filters of this network show edge, empty"):
        find_clearest(shared, ["hane"])


def test_favorite(explain, tmp_path):
    few = ("--steps", 3, "--no-progress", "-o", tmp_path / "f.png")
    told = explain("favorite", "--filters", "2:0", "1:3", "--records", DATA, *few)
    assert is_picture(tmp_path / "f.png") and "1,000 real positions at most" in told
    assert told.index("2:0: ") < told.index("1:3: ")
    assert "1:0 sum: " in explain("favorite", "--filters", "1:0", "--sum", *few)
    told = explain("favorite", "--output", "Q16", "C3", *few, "--arrays", tmp_path / "f.npz")
    assert "output Q16" in told and np.load(tmp_path / "f.npz")["planes_l1"].shape == (2, 48, 19, 19)


def test_dream(explain, tmp_path):
    told = explain("dream", GAME, "--move", 20, "--layers", 1, 3, "--stones", 3, "-o", tmp_path / "d.png")
    assert is_picture(tmp_path / "d.png") and "layer 1 adds" in told and "layer 3 adds" in told


def test_stones_of_a_position_have_their_own_colors():
    game = Game()
    game.play(60)
    stones = own_as_black(encode(game))
    assert stones[1].flat[60] == 1 and not stones[0].any()  # White is to play, so Black's stone is the opponent's
    assert real_colors(stones, game)[0].flat[60] == 1
    game.play(None)
    assert real_colors(own_as_black(encode(game)), game)[0].flat[60] == 1


def test_attribution(explain, tmp_path):
    out = ("-o", tmp_path / "s.png", "--steps", 8)
    told = explain("attribution", GAME, "--move", 20, *out, "--arrays", tmp_path / "s.npz")
    assert is_picture(tmp_path / "s.png") and "on the empty board" in told and "liberties after move" in told
    assert np.load(tmp_path / "s.npz")["attributions"].shape == (48, 19, 19)
    answer = json.loads(explain("saliency", "--moves", "B Q16 W D4", "--of", "q3", "--json", *out))
    assert answer["of"] == "Q3" and sum(answer["features"].values()) == pytest.approx(answer["bits"], abs=1e-3)


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["patterns", DATA, "--filters", "9:0"], "the network has layers 1 to 3, filters 0 to 5"),
        (["patterns", DATA, "--filters", "first"], "write a layer and its filters"),
        (["patterns", DATA, "--filters", *["1:0-5"] * 7], "42 filters are too many for a sheet"),
        (["patterns", "nowhere"], "nowhere"),
        (["patterns", "--shapes", "hane", "x.corpus"], "--shapes 'x.corpus': no such shape; write SOURCE before"),
        (["patterns", DATA, "--shapes", "ko", "--sample", "1", "--no-progress"], "no filter shows 'ko'"),
        (["patterns", DATA, "--top", "0"], "at least 1"),
        (["filters", "--feature", "color"], "features are stone color, ones"),
        (["filters", "--filters", "99"], "filters 0 to 5"),
        (["favorite", "--output", "Z99"], "'Z99' is not a vertex"),
        (["favorite", "--output", "pass"], "a pass is no point"),
        (["favorite", "--output", "Q16", "--sum"], "instead of"),
        (["favorite", "--steps", "0"], "--steps must be at least 1"),
        (["dream", GAME, "--move", "20", "--layers", "7"], "hidden layers 1 to 3"),
        (["dream"], "no position: give a record"),
        (["saliency", GAME, "--move", "5000"], "no move 5000"),
        (["saliency", "--moves", "B Q16", "--of", "Q16"], "--of Q16: occupied"),
        (["saliency", "--moves", "B Q16", "--of", "pass"], "a pass is no point"),
        (["saliency", "--moves", "B Q16", "-o", "no folder/x.png", "--steps", "1"], "no folder/x.png"),
        (["layers", "--model", "nothing.safetensors"], "nothing.safetensors: no such file"),
    ],
)
def test_bad_input_is_one_line(explain, arguments, words):
    told = explain(*arguments, status=1).splitlines()
    assert len(told) == 1 and told[0].startswith("gopolicy: ") and words in told[0], told


def test_shapes_are_named_as_players_name_them():
    board, letters = parse_diagram(
        """
        . . . . . . . . .
        . . . . . . . . .
        . . . a . . . . .
        . . X O . . . . .
        . O b . . . . . .
        . . O . . . . . .
        . . . . . . . . .
        . . . . . . X . c
        . . . . . . . . .
        """
    )
    game = Game(9)
    game.set_stones({point: int(color) for point, color in enumerate(board.colors.ravel()) if color})
    game.to_play = BLACK
    assert {"hane", "contact", "third line"} <= shapes_at(game, letters["a"], None)
    assert {"extends", "cuts", "next move"} <= shapes_at(game, letters["b"], letters["b"])
    assert "hane" not in shapes_at(game, letters["b"], None) and "next move" not in shapes_at(game, letters["b"], None)
    assert {"one-point jump", "first line", "corner", "empty"} <= shapes_at(game, letters["c"], None)
    assert "own stone" in shapes_at(game, parse_vertex("G2", 9), None)


def test_all_shapes_are_known_by_name():
    turns = list(next(iter(read_records(GAME))).replay())[::25]
    seen = {name for game, move in turns for point in range(361) for name in shapes_at(game, point, move)}
    assert seen <= set(SHAPES) and set(SHAPES) - seen <= {"ko", "ladder capture"}


def test_the_most_telling_shape_comes_first():
    game = Game(9)
    base = dict.fromkeys(shapes_at(game, 40, None), 0.9) | {"next move": 0.01}
    assert common_shapes([(game, 40, 40), (game, 40, None)], base)[:1] == [("next move", 1, 0.01)]
    assert ("empty", 2, 0.9) in common_shapes([(game, 40, 40), (game, 40, None)], base)

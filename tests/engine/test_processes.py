"""`gopolicy gtp`, `analysis`, `review` and `export` as processes and as calls, with a network of a few filters."""

import json
import os
import shlex
import subprocess
import sys

import numpy as np
import pytest
import torch

from gopolicy.__main__ import main
from gopolicy.nn import NetworkConfig, PolicyNetwork, save_model
from gopolicy.policy import Policy
from gopolicy.policy.review import review_positions
from gopolicy.prediction import ScoreTable
from gopolicy.records import read_records
from gopolicy.records.sgf import read_trees

READY = b"GTP ready, beginning main protocol loop\n"  # LizGoban waits for it
GAME = "(;GM[1]SZ[19]KM[6.5]PB[Ada]PW[Bob];B[pd]C[hello];W[dp]LB[dd:x];B[pq](;W[dd];B[];W[cn])(;W[cc]))"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("model") / "small.safetensors"
    save_model(path, PolicyNetwork(NetworkConfig(filters=4, layers=2)))
    return str(path)


@pytest.fixture
def game(tmp_path):
    path = tmp_path / "game.sgf"
    path.write_text(GAME)
    return path


def start(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "gopolicy", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_gtp_answers_at_once_and_says_nothing_else(model):
    engine = start("gtp", "--model", model, "--gtp-version", "0.17", "--seed", "1", "--temperature", "1")
    engine.stdin.write(b"1 name\n")
    engine.stdin.flush()
    assert engine.stdout.readline() == b"=1 gopolicy\n"
    out, errors = engine.communicate(
        b"\r\n2 version\r\n3 genmove b\n\n# bye\n4 bad\n5 lz-analyze 10\n6 quit\n", timeout=60
    )
    lines = out.decode().split("\n\n")
    assert lines[0] == "\n=2 0.17" or lines[0].strip() == "=2 0.17"
    assert lines[1].startswith("=3 ") and lines[2] == "?4 unknown command"
    assert lines[3].startswith("=5\ninfo move ") and lines[4:] == ["=6", ""]
    assert errors == READY and engine.returncode == 0


def test_quit_does_not_wait_for_the_network(tmp_path):
    path = tmp_path / "model.safetensors"
    os.mkfifo(path)  # nobody ever writes into it
    for command, question in (("gtp", b"name\nlist_commands\nquit\n"), ("analysis", b"")):
        engine = start(command, "--model", str(path))
        _, errors = engine.communicate(question, timeout=60)
        assert engine.returncode == 0 and errors in (b"", READY)


def test_net_is_the_network_that_ships():
    for command, question in (("gtp", b"name\nquit\n"), ("analysis", b"")):
        engine = start(command, "--model", "net")
        _, errors = engine.communicate(question, timeout=60)
        assert engine.returncode == 0 and errors in (b"", READY)


@pytest.mark.parametrize("command", ["gtp", "analysis"])
@pytest.mark.parametrize(("closed", "name"), [("<&-", "standard input"), (">&-", "standard output")])
def test_closed_streams_get_one_line(command, closed, name):
    shell = f"{shlex.quote(sys.executable)} -m gopolicy {command} {closed}"
    done = subprocess.run(["bash", "-c", shell], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    last = done.stderr.removeprefix(READY.decode())
    assert done.returncode == 1 and last.startswith(f"gopolicy: {name} is closed") and last.count("\n") == 1


def test_answers_need_no_standard_error():
    shell = f"{shlex.quote(sys.executable)} -m gopolicy gtp 2>&-"
    done = subprocess.run(["bash", "-c", shell], input="name\nquit\n", stdout=subprocess.PIPE, text=True)
    assert (done.returncode, done.stdout) == (0, "= gopolicy\n\n=\n\n")


def test_the_version_is_three_numbers_whatever_ours_is():
    from gopolicy.commands.gtp import _plain

    assert [_plain(text) for text in ("0.1.0", "1.2", "0+source", "2.0.1+g1234")] == [
        "0.1.0",
        "1.2.0",
        "0.0.0",
        "2.0.1",
    ]


def test_gtp_options_are_checked_before_anything_is_answered(model, tmp_path, capsys):
    for command, option, value, wanted in (
        ("gtp", "--temperature", "warm", "a number from 0 to 100"),
        ("analysis", "--pv-moves", "1.5", "a whole number from 1 to 30"),
    ):
        assert main([command, option, value]) == 1
        assert capsys.readouterr().err == f"gopolicy: {option} {value}: {wanted}\n"
    missing = str(tmp_path / "none")
    for option, value, wanted in (
        ("--model", missing, f"{missing}: no such file\n"),
        ("--profile", "nobody", "no profile 'nobody': there are "),
    ):
        for command in ("gtp", "analysis"):
            assert main([command, option, value]) == 1
            error = capsys.readouterr().err
            assert error.startswith(f"gopolicy: {wanted}") and error.count("\n") == 1


@pytest.mark.parametrize("command", ["gtp", "analysis"])
def test_a_log_that_cannot_be_written_is_told_before_anything_is_answered(command, tmp_path):
    for log, reason in ((tmp_path / "none" / "x", "no such folder"), (tmp_path, "Is a directory")):
        out, errors = start(command, "--log", str(log)).communicate(b"name\n", timeout=60)
        assert (out, errors.decode()) == (b"", f"gopolicy: --log {log}: {reason}\n")


def test_gtp_with_a_damaged_network_still_keeps_the_board(tmp_path):
    path = tmp_path / "bad.safetensors"
    path.write_bytes(b"not a model")
    engine = start("gtp", "--model", str(path))
    out, errors = engine.communicate(b"play b q16\ngenmove w\n", timeout=60)
    first, second, _ = out.decode().split("\n\n")
    assert first == "=" and second.startswith("? no network: ") and "bad.safetensors" in second and errors == READY


def test_analysis_answers_what_the_policy_says(model):
    katago = ["-model", "kata.bin.gz", "-config", "x.cfg", "-override-config", "a=b", "-unheard-of", "5", "--more"]
    engine = start("analysis", *katago, "--model", model)
    query = {
        "id": "a",
        "moves": [["B", "Q16"]],
        "boardXSize": 19,
        "boardYSize": 19,
        "rules": "chinese",
        "includePolicy": True,
    }
    out, errors = engine.communicate(json.dumps(query).encode() + b"\nnonsense\n", timeout=60)
    error, response = (json.loads(line) for line in out.splitlines())
    assert "not JSON" in error["error"] and errors == b"" and engine.returncode == 0
    from gopolicy.go.game import Game

    game = Game()
    game.play(3 * 19 + 15)
    wanted = Policy.load(model).probabilities(game).ravel()
    found = np.array(response["policy"][:-1])
    assert np.abs(np.where(found < 0, 0, found) - wanted).max() < 1e-6


def test_review_of_a_game(model, game, tmp_path, capsys):
    out, table, lines, plot = (tmp_path / name for name in ("out.sgf", "moves.csv", "moves.json", "curve.png"))
    files = ["-o", str(out), "--csv", str(table), "--json", str(lines), "--plot", str(plot), "--summary"]
    assert main(["review", str(game), "--model", model, *files]) == 0
    summary = capsys.readouterr().out
    policy = Policy.load(model)
    reviews = list(review_positions(policy, next(iter(read_records(game))).replay()))
    assert [review.number for review in reviews] == [1, 2, 3, 4, 6]
    assert all(
        abs(review.bits + np.log2(review.probability)) < 1e-6 and len(review.candidates) == 5 for review in reviews
    )
    assert f"both   all  {ScoreTable(reviews).score().moves:>17}" in summary and "White  moves 1-50" in summary
    assert [line.split(",")[1] for line in table.read_text().splitlines()] == ["number", "1", "2", "3", "4", "6"]
    (data,) = [json.loads(line) for line in lines.read_text().splitlines()]
    assert (data["black"], data["moves"][0]["vertex"]) == ("Ada", "Q16")
    assert data["moves"][0]["probability"] == pytest.approx(reviews[0].probability, abs=1e-6)
    assert plot.read_bytes().startswith(b"\x89PNG")
    (tree,) = read_trees(out.read_bytes())
    nodes = tree.main_line()
    assert (
        nodes[1].comment.startswith("hello\n\n")
        and "Q16 was number" in nodes[1].comment
        and "Candidates: 1 " in nodes[0].comment
    )
    assert len(nodes[0].properties["LB"]) == 5
    assert "dd:x" in nodes[2].properties["LB"] and len(nodes[2].properties["LB"]) in (5, 6)
    assert len(nodes[3].children) == 2 and "was number" not in nodes[5].comment


def test_review_of_a_folder(model, game, capsys):
    folder = game.parent
    (folder / "two.sgf").write_text(GAME + GAME)
    (folder / "nine.sgf").write_text("(;SZ[9];B[ee])")
    (folder / "broken.sgf").write_text("nothing")
    assert main(["review", str(folder), "--model", model, "-o", str(folder / "reviewed")]) == 0
    assert sorted(path.name for path in (folder / "reviewed").iterdir()) == [
        "game.sgf",
        "two_game_1.sgf",
        "two_game_2.sgf",
    ]
    errors = capsys.readouterr().err
    assert (
        "3 games, 15 moves" in errors and "1 x board is 9x9, not 19x19" in errors and "1 x no SGF data found" in errors
    )


def test_review_of_all_points_counts_as_evaluate_does(model, game, capsys):
    assert main(["evaluate", str(game), "--model", model, "--json", "--no-progress", "--precision", "float32"]) == 0
    total = json.loads(capsys.readouterr().out)
    reviews = list(review_positions(Policy.load(model), next(iter(read_records(game))).replay(), legal_only=False))
    assert len(reviews) == total["positions"] == 5
    assert sum(review.rank == 1 for review in reviews) / 5 == total["top1"]
    assert sum(review.rank <= 5 for review in reviews) / 5 == total["top5"]
    assert sum(review.bits for review in reviews) / 5 == pytest.approx(total["loss"] / np.log(2), rel=1e-5)
    assert main(["review", str(game), "--model", model, "--all-points"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith(f"{total['loss'] / np.log(2):.3f}")


def test_review_without_a_game_fails(model, tmp_path, capsys):
    assert main(["review", str(tmp_path), "--model", model]) == 1
    assert main(["review", str(tmp_path / "none.sgf"), "--model", model]) == 1
    assert "no such file" in capsys.readouterr().err


def test_export_agrees_with_torch(model, game, tmp_path, capsys):
    pytest.importorskip("onnxscript")
    pytest.importorskip("onnxruntime")
    out = tmp_path / "net.onnx"
    assert main(["export", "--onnx", str(out), "--model", model, "--check", str(game)]) == 0
    assert "over 6 positions" in capsys.readouterr().out
    import onnxruntime

    session = onnxruntime.InferenceSession(str(out))
    (probabilities,) = session.run(None, {"planes": np.zeros((3, NetworkConfig().planes, 19, 19), np.uint8)})
    assert probabilities.shape == (3, 361) and np.allclose(probabilities.sum(1), 1, atol=1e-5)
    meta = session.get_modelmeta()
    facts = meta.custom_metadata_map
    assert json.loads(facts["network"])["filters"] == 4
    names = json.loads(facts["plane_names"])
    assert len(names) == 48 and names[:5] == [
        "stone color 1",
        "stone color 2",
        "stone color 3",
        "ones",
        "turns since 1",
    ]
    assert names[-4:] == ["ladder capture", "ladder escape", "sensibleness", "zeros"]
    assert facts["output_order"] == "row * 19 + column" and facts["illegal_points"] == "not masked"
    assert facts["calibration_temperature"] == "1, already applied" and "row 0 at the top" in facts["orientation"]
    assert "uint8 [batch, 48, 19, 19]" in meta.description and "not masked" in meta.description


def test_export_of_a_web_page(model, tmp_path, capsys):
    pytest.importorskip("onnxscript")
    pytest.importorskip("onnxruntime")
    folder = tmp_path / "new" / "site"
    assert main(["export", "--web", str(folder), "--model", model, "--positions", "3"]) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["index.html", "net.onnx", "planes.js"]
    page = (folder / "index.html").read_text()
    assert "<title>gopolicy 4x2</title>" in page and "{{" not in page.replace("${{", "")
    assert main(["export", "--web", str(folder), "--model", model, "--positions", "3"]) == 0  # again
    (folder / "index.html").write_text("my own page")
    assert main(["export", "--web", str(folder), "--model", model, "--positions", "3"]) == 1
    assert "index.html: not a page of gopolicy's" in capsys.readouterr().err
    assert (folder / "index.html").read_text() == "my own page"
    assert main(["export", "--model", model]) == 1
    assert "--onnx FILE or --web FOLDER" in capsys.readouterr().err


def test_export_without_its_packages_says_so(model, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert main(["export", "--onnx", str(tmp_path / "net.onnx"), "--model", model]) == 1
    assert capsys.readouterr().err == "gopolicy: the package onnx is missing: pip install 'gopolicy[export]'\n"


def test_match_command(model, tmp_path, capsys):
    arguments = [
        "match",
        model,
        model,
        "-o",
        str(tmp_path / "games"),
        "--games",
        "2",
        "--max-moves",
        "6",
        "--temperature",
        "1",
    ]
    assert main(arguments) == 0
    out = capsys.readouterr().out
    assert "game 2: " in out and "of 2: " in out and "95 % interval" in out
    assert main([*arguments[:6], "4", *arguments[7:]]) == 0
    assert "game 3: " in capsys.readouterr().out and len(list((tmp_path / "games").glob("*.sgf"))) == 4
    assert main([*arguments, "--komi", "0.5"]) == 1
    assert "its komi is 7.5, not 0.5" in capsys.readouterr().err
    for wrong, told in (
        (["no-such-program --x", model], "'no-such-program --x' is neither a program"),
        (['gnugo "', model], "'gnugo \"' is neither a program"),
        ([model, model, "--referee", 'gnugo "'], "cannot start the engine 'gnugo \"': No closing quotation"),
        ([model, model, "--timeout", "inf"], "--timeout must be over 0 and at most 86400 seconds, not inf"),
        ([model, model, "--timeout", "nan"], "--timeout must be over 0"),
        ([model, model, "--rules", "japanse"], "unknown rules 'japanse'; there are tromp-taylor, chinese,"),
        ([model, model, "--rules", "stone-scoring"], "unknown rules 'stone-scoring'; there are"),
    ):
        assert main(["match", *wrong, "-o", str(tmp_path / "other"), "--games", "1", "--max-moves", "2"]) == 1
        error = capsys.readouterr().err
        assert told in error and error.count("\n") == 1
    assert not (tmp_path / "other").exists()


def test_a_match_of_another_network_of_the_same_name_is_refused(model, tmp_path, capsys):
    path = tmp_path / "net.safetensors"
    save_model(path, PolicyNetwork(NetworkConfig(filters=4, layers=2)))
    match = ["match", model, str(path), "-o", str(tmp_path / "games"), "--max-moves", "2", "--games"]
    assert main([*match, "1"]) == 0 and main([*match, "2"]) == 0
    save_model(path, PolicyNetwork(NetworkConfig(filters=4, layers=2)))
    assert main([*match, "3"]) == 1
    assert "is of another match: its second_network is" in capsys.readouterr().err


def test_tables_share_the_cores_once(model, tmp_path):
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(8)
        assert (
            main(["match", model, model, "-o", str(tmp_path), "--games", "1", "--max-moves", "2", "--parallel", "2"])
            == 0
        )
        assert torch.get_num_threads() == 4
    finally:
        torch.set_num_threads(threads)

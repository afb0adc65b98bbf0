"""The command line as a user meets it: a whole run from records to an answer, and what goes wrong in one line."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import pytest
import torch

import gopolicy as package
from gopolicy.__main__ import main
from gopolicy.errors import GopolicyError
from gopolicy.nn import NetworkConfig, PolicyNetwork, load_model, save_model
from gopolicy.policy.policy import SHIPPED

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"
GAME = DATA / "gnugo-001.sgf"


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def gopolicy(*arguments, input=""):
    """What a command prints and returns, run in this process."""
    stdout, stderr = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True), io.StringIO()
    stdin = io.TextIOWrapper(io.BytesIO(input.encode()))
    with redirect_stdout(stdout), redirect_stderr(stderr), mock.patch("sys.stdin", stdin):
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            status = stop.code
    return Done(status or 0, stdout.buffer.getvalue().decode(), stderr.getvalue())


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.safetensors"
    save_model(path, PolicyNetwork(NetworkConfig(8, 2)))
    return path


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    path = tmp_path_factory.mktemp("corpus") / "data.corpus"
    assert gopolicy("prepare", DATA, "--out", path).returncode == 0
    return path


def test_help_loads_nothing_heavy():
    program = (
        "import sys; from gopolicy.__main__ import build_parser; build_parser().format_help();"
        "import gopolicy, gopolicy.go;"
        "print([name for name in ('torch', 'pygame', 'matplotlib', 'sgfmill') if name in sys.modules]);"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "[]\n"
    told = gopolicy("--help").stdout
    for command in ("prepare", "train", "evaluate", "query", "board", "bench", "gtp", "review"):
        assert re.search(rf"^    {command} ", told, re.MULTILINE)


def test_the_front_door_loads_what_is_used_and_no_sooner():
    program = (
        "import sys, gopolicy; print([n for n in ('numpy', 'numba', 'torch') if n in sys.modules], dir(gopolicy));"
        "from gopolicy import Game, encode, read_records; print('torch' in sys.modules);"
        "from gopolicy import Policy; print(Policy)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    first, second, third = done.stdout.splitlines()
    assert first.startswith("[] [") and all(f"'{name}'" in first for name in package.__all__)
    assert (second, third) == ("False", "<class 'gopolicy.policy.policy.Policy'>")
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = package.nothing


def test_what_a_user_causes_is_one_line_and_a_bug_shows_itself(monkeypatch):
    def broken(error):
        def run(args):
            raise error

        return run

    for error in (GopolicyError("wrong input"), OSError("disk full")):
        monkeypatch.setattr("gopolicy.commands.query.run", broken(error))
        assert gopolicy("query") == (1, "", f"gopolicy: {error}\n")
        for words in (["--debug", "query"], ["query", "--debug"], ["query", "x.sgf", "--debug"]):
            with pytest.raises(type(error)):
                main(words)
    for bug in (ValueError("shapes"), RuntimeError("no such device"), KeyError("x")):
        monkeypatch.setattr("gopolicy.commands.query.run", broken(bug))
        with pytest.raises(type(bug)):
            main(["query"])
    monkeypatch.setattr("gopolicy.commands.query.run", broken(KeyboardInterrupt()))
    assert gopolicy("query") == (130, "", "")
    monkeypatch.setattr("gopolicy.__main__.build_parser", lambda: broken(KeyboardInterrupt())(None))
    assert gopolicy("query") == (130, "", "")


def test_training_imports_neither_sgfmill_nor_pygame():
    program = "import sys, gopolicy.training.run; print([n for n in ('sgfmill', 'pygame') if n in sys.modules])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "[]\n"


def test_from_records_to_an_answer(corpus, tmp_path):
    run = tmp_path / "run"
    small = ("--filters", 8, "--layers", 2, "--positions", 2000, "--batch", 50, "--validation", 0.2)
    trained = gopolicy("train", corpus, "--out", run, *small, "--measure-steps", 20)
    assert trained.returncode == 0, trained.stderr
    assert "held-out loss" in trained.stderr and "pos/s" in trained.stderr
    measured = gopolicy("evaluate", DATA, "--model", run, "--sample", 300, "--symmetries", 2, "--json", "--no-progress")
    answer = json.loads(measured.stdout)
    assert answer["positions"] == 300 and 0 < answer["loss"] < 7
    assert answer["top1_interval"][0] <= answer["top1"] <= answer["top1_interval"][1]
    table = gopolicy("evaluate", corpus, "--model", run, "--sample", 300, "--no-progress").stdout
    assert "even games" in table and "handicap games" in table
    (tmp_path / "short.sgf").write_text("(;SZ[19];B[pd];W[dp])")
    groups = gopolicy("evaluate", tmp_path / "short.sgf", "--model", run, "--no-progress").stdout.splitlines()[2:]
    assert [line.split("  ")[0] for line in groups] == ["all", "moves 1-50", "even games"]
    assert (run / "metrics.png").read_bytes().startswith(b"\x89PNG")
    asked = gopolicy("query", GAME, "--move", 57, "--top", 10, "--model", run, "--symmetries", 8)
    assert asked.stdout.startswith("move 57, black to play") and len(asked.stdout.splitlines()) >= 12


def test_weights_are_averaged(model, tmp_path):
    other, wide, out = tmp_path / "other.safetensors", tmp_path / "wide.safetensors", tmp_path / "out.safetensors"
    save_model(other, PolicyNetwork(NetworkConfig(8, 2)))
    save_model(wide, PolicyNetwork(NetworkConfig(16, 2)))
    assert gopolicy("average", model, other, "--shares", 3, 1, "--out", out).returncode == 0
    first, second, mean = (load_model(path)[0].state_dict() for path in (model, other, out))
    assert all(torch.allclose(mean[name], 0.75 * first[name] + 0.25 * second[name]) for name in mean)
    assert load_model(out)[1].started_from == f"the average of 0.75 of {model}, 0.25 of {other}"
    for wrong in ([model, wide], [model, other, "--shares", 1], [model, other, "--shares", 1, -1], [model, "missing"]):
        done = gopolicy("average", *wrong, "--out", tmp_path / "none")
        assert done.returncode == 1 and done.stderr.count("\n") == 1 and not (tmp_path / "none").exists()


def test_a_table_of_networks_and_symmetries(model, corpus, tmp_path):
    fewer = tmp_path / "fewer"
    small = ("--filters", 8, "--layers", 2, "--positions", 500, "--batch", 50, "--planes", 12)
    assert gopolicy("train", corpus, "--out", fewer, *small).returncode == 0
    options = ("--model", model, fewer, "--symmetries", 1, 2, "--sample", 100, "--no-progress", "--train", GAME)
    rows = gopolicy("evaluate", corpus, *options).stdout.splitlines()[2:]
    assert [row.split()[3:5] for row in rows] == [["48", "1"], ["48", "2"], ["12", "1"], ["12", "2"]]
    answers = json.loads(gopolicy("evaluate", corpus, *options, "--json").stdout)
    assert [answer["planes"] for answer in answers] == [48, 48, 12, 12]
    assert all(0 <= answer["train"]["top1"] <= 1 and answer["positions"] == 100 for answer in answers)


def test_a_reader_that_has_seen_enough(model):
    command = f"{sys.executable} -m gopolicy query {GAME} --all --model {model} | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    told = [line for line in done.stderr.splitlines() if not line.startswith("loading the rules engine")]  # when busy
    assert len(done.stdout.splitlines()) == 1 and told == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="for systems with a full device")
def test_output_that_cannot_be_written_is_one_line():
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "gopolicy", "profiles"]
        buffered = {**os.environ, "PYTHONUNBUFFERED": ""}
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=buffered)
    assert done.returncode == 1 and done.stderr.splitlines() == ["gopolicy: [Errno 28] No space left on device"]


def test_forms_of_a_query(model):
    asked = json.loads(gopolicy("query", GAME, "--move", 57, "--top", 3, "--json", "--model", model).stdout)
    assert asked["move"] == 57 and asked["to_play"] == "black"
    assert [move["rank"] for move in asked["suggestions"]] == [1, 2, 3]
    assert {"rank", "vertex", "probability"} == set(asked["played"])
    rows = list(csv.DictReader(io.StringIO(gopolicy("query", GAME, "--csv", "--model", model).stdout)))
    assert len(rows) == 5 and float(rows[0]["probability"]) >= float(rows[4]["probability"]) > 0
    typed = gopolicy("query", "--moves", "B Q16 W dp", "--board", "--model", model).stdout
    assert typed.count("X") == 1 and typed.count("O") == 1 + 2  # the stone and two column letters
    piped = gopolicy("query", "-", "--move", 3, "--model", model, input=GAME.read_text())
    assert piped.stdout == gopolicy("query", GAME, "--move", 3, "--model", model).stdout
    whole = gopolicy("query", GAME, "--all", "--csv", "--model", model).stdout.splitlines()
    assert whole[0] == "move,color,vertex,probability,rank" and len(whole) > 150


def fails(process, *words):
    assert process.returncode == 1, (process.returncode, process.stderr)
    lines = [line for line in process.stderr.strip().splitlines() if not line.startswith("loading the rules")]
    assert len(lines) == 1 and lines[0].startswith("gopolicy: "), process.stderr
    for word in words:
        assert word in lines[0], lines[0]


def test_records_of_other_sizes_are_left_out_or_refused_in_one_line(tmp_path, model, corpus):
    wide, out = tmp_path / "wide.sgf", tmp_path / "out"
    wide.write_text("(;SZ[19:13]PB[x]KM[6.5];B[pd];W[dd];B[pj])")
    network = ("--model", model)
    for arguments in (
        ("query", wide, *network),
        ("query", wide, "--move", 2, "--json", *network),
        ("query", wide, "--all", *network),
        ("explore", wide, "--archive", corpus, "--no-network", "--no-progress"),
        ("explore", wide, "--archive", corpus, "--region", "A1:D4", "--no-network", "--no-progress"),
        ("explain", "attribution", wide, *network, "-o", out),
    ):
        fails(gopolicy(*arguments), "19x19", "not 19x13")
    fails(gopolicy("prepare", wide, "--out", out, "--no-progress"), "board is 19x13, not 19x19 (1)")
    fails(gopolicy("evaluate", wide, *network), "board is 19x13, not 19x19 (1)")
    review = gopolicy("review", wide, "--summary", *network)
    assert review.returncode == 1 and "left out: 1 x board is 19x13, not 19x19" in review.stderr
    kept = gopolicy("prepare", wide, GAME, "--out", out, "--no-progress")
    assert kept.returncode == 0 and "board is 19x13, not 19x19         1  wide.sgf" in kept.stdout


def test_bad_records(tmp_path):
    out = tmp_path / "x.corpus"
    (tmp_path / "empty.sgf").write_bytes(b"")
    fails(gopolicy("prepare", tmp_path / "empty.sgf", "--out", out, "--no-progress"), "no SGF data found (1)")
    (tmp_path / "text.sgf").write_text("Dear diary, no Go today.")
    fails(gopolicy("prepare", tmp_path / "text.sgf", "--out", out, "--no-progress"), "no SGF data found (1)")
    (tmp_path / "small.sgf").write_text("(;SZ[13];B[aa];W[bb])")
    fails(gopolicy("prepare", tmp_path / "small.sgf", "--out", out, "--no-progress"), "board is 13x13, not 19x19 (1)")
    with zipfile.ZipFile(tmp_path / "whole.zip", "w") as archive:
        archive.writestr("a.sgf", GAME.read_text())
    data = (tmp_path / "whole.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(data[: len(data) // 2])
    fails(gopolicy("prepare", tmp_path / "cut.zip", "--out", out, "--no-progress"), "unreadable file")
    fails(gopolicy("prepare", tmp_path / "none.zip", "--out", out, "--no-progress"), "none.zip")
    assert not out.exists()


def test_a_game_with_an_illegal_move_is_kept_up_to_there(tmp_path):
    moves = [f";{'BW'[i % 2]}[{chr(97 + i // 18)}{chr(97 + i % 18)}]" for i in range(60)]
    moves[56] = moves[0]
    (tmp_path / "illegal.sgf").write_text("(;SZ[19]" + "".join(moves) + ")")
    done = gopolicy("prepare", tmp_path / "illegal.sgf", "--out", tmp_path / "x.corpus", "--no-progress")
    assert done.returncode == 0 and "of all read, cut at an illegal move" in done.stdout and "56 moves" in done.stdout


def test_games_are_numbered_as_messages_number_them(model, corpus, tmp_path):
    games = "(;SZ[19];B[dd])\n(;GM[2];B[pp])\n(;SZ[19];B[dp];W[pd])\n"
    folder, network = tmp_path / "folder", ("--model", model)
    folder.mkdir()
    (folder / "three.sgf").write_text(games)
    explore = ("explore", "--archive", corpus, "--no-network", "--no-progress")
    for record, source in ((folder / "three.sgf", "three.sgf"), (folder, "three.sgf"), ("-", "standard input")):
        third = gopolicy("query", record, "--game", 3, *network, input=games)
        assert third.returncode == 0 and third.stdout.startswith("move 3") and third.stderr == ""
        for command in (("query", *network), explore):
            done = gopolicy(*command, record, "--game", 2, input=games)
            fails(done, f"{source} game 2: not a game of Go: GM[2]")
        fails(gopolicy("query", record, "--game", 4, *network, input=games), "holds 3 games, no game 4")


def test_who_asks_about_a_cut_game_is_told(model, corpus, tmp_path):
    record = tmp_path / "ill.sgf"
    record.write_text("(;SZ[19];B[dd];W[pp];B[dd];W[aa])(;SZ[19];B[dd])")
    told = "ill.sgf game 1: cut after move 2: illegal move 3 B D16: occupied\n"
    network = ("--model", model)
    for command in (
        ("query", record, "--top", 1, *network),
        ("query", record, "--all", *network),
        ("explore", record, "--archive", corpus, "--no-network", "--no-progress"),
    ):
        done = gopolicy(*command)
        assert done.returncode == 0 and done.stderr == told
    assert gopolicy("review", record, *network).stderr.count(told) == 1
    asked = gopolicy("query", record, "--move", 4, *network)
    assert asked.returncode == 1 and asked.stderr.startswith(told)
    assert "no move 4: the game has moves 1 to 2, and 3 follows; cut after move 2: illegal" in asked.stderr


def test_training_goes_on_from_the_network_that_ships(corpus, tmp_path):
    # At a rate of next to nothing the network stays what it was.
    few = ("--positions", 64, "--batch", 32, "--lr", 1e-9, "--validation", 0)
    done = gopolicy("train", corpus, "--from", "net", "--out", tmp_path / "run", *few)
    assert done.returncode == 0, done.stderr
    before, after = load_model(SHIPPED), load_model(tmp_path / "run")
    assert after[1].positions_seen == before[1].positions_seen + 64
    table = gopolicy("evaluate", corpus, "--model", "net", tmp_path / "run", "--sample", 500, "--json", "--no-progress")
    losses = [row["loss"] for row in json.loads(table.stdout)]
    assert losses[0] == pytest.approx(losses[1], abs=0.1)


def test_bad_models(model, corpus, tmp_path):
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(model.read_bytes()[:5000])
    fails(gopolicy("query", GAME, "--model", cut), "cut.safetensors", "cut short")
    fails(gopolicy("evaluate", corpus, "--model", tmp_path / "none", "--no-progress"), "none", "no such file")
    fails(gopolicy("train", corpus, "--out", tmp_path / "run", "--from", cut), "cut short")


def test_bad_places(corpus, tmp_path):
    (tmp_path / "file").write_text("precious")
    fails(gopolicy("train", corpus, "--out", tmp_path / "file" / "run"), "cannot be")
    fails(gopolicy("prepare", GAME, "--out", tmp_path / "no folder" / "x.corpus"), "no such folder")
    assert (tmp_path / "file").read_text() == "precious"
    if os.geteuid():  # root writes anywhere
        (tmp_path / "locked").mkdir(mode=0o500)
        fails(gopolicy("train", corpus, "--out", tmp_path / "locked" / "run"), "cannot be")


def test_no_output_replaces_the_model_or_the_profile(corpus, model, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    file = Path(shutil.copy(model, run))
    assert gopolicy("learn", corpus, "--model", file, "--out", tmp_path / "a.profile", "--games", 5).returncode == 0
    position = ("--moves", "B Q16")
    for given in (run, file):
        for command in (
            ("learn", corpus, "--games", 5, "--out", file),
            ("export", "--onnx", file),
            ("evaluate", corpus, "--fit-temperature", file),
            ("review", GAME, "--json", file),
            ("explain", "attribution", *position, "-o", tmp_path / "x.png", "--arrays", file),
            ("explain", "filters", "-o", tmp_path / "x.png", "--arrays", file),
        ):
            fails(gopolicy(*command, "--model", given), "model.safetensors: is an input or another output, too")
    profile = tmp_path / "a.profile"
    fails(gopolicy("review", GAME, "--model", run, "--profile", profile, "--csv", profile), "a.profile: is an input")
    named = f"{profile}:a"
    fails(gopolicy("review", GAME, "--model", run, "--profile", named, "--csv", profile), "a.profile: is an input")
    fails(gopolicy("query", GAME, "--model", profile), "a.profile: a file of gopolicy profiles", "--profile")
    assert file.read_bytes() == model.read_bytes()


def test_games_left_out_are_told(corpus, model, tmp_path):
    games = tmp_path / "games"
    games.mkdir()
    shutil.copy(GAME, games)
    (games / "small.sgf").write_text("(;SZ[9];B[aa];W[bb])")
    (games / "cut.sgf").write_text("(;SZ[19];B[pd];W[dd];B[pd])")
    done = gopolicy("evaluate", games, "--model", model, "--no-progress")
    assert done.returncode == 0
    assert re.search("^left out: 1 x .*9x9", done.stderr, re.M) and "cut at an illegal move: 1" in done.stderr


def test_a_corpus_in_a_folder_is_told(corpus, model, tmp_path):
    shutil.copy(corpus, tmp_path / "x.corpus")
    fails(gopolicy("evaluate", tmp_path, "--model", model), "a corpus in a folder, which must be named itself (1)")


def test_a_corpus_is_named_and_read_as_one(corpus, tmp_path):
    fails(gopolicy("prepare", GAME, "--out", tmp_path / "games.xz"), "games.xz", "x.corpus.xz")
    fails(gopolicy("prepare", corpus, "--out", tmp_path / "a.corpus", "--encoding", "cp949"), "--encoding", "corpus")
    fails(gopolicy("train", tmp_path, "--out", tmp_path / "run"), "gopolicy prepare")


def test_outputs_are_checked_before_the_work(corpus, model, tmp_path, monkeypatch):
    def work(*arguments, **options):
        raise AssertionError("began to work")

    for begin in ("policy.Policy.load", "records.prepare.load_sources", "archive.exploration.Archive.open"):
        monkeypatch.setattr(f"gopolicy.{begin}", work)
    monkeypatch.setattr("gopolicy.records.prepare.prepare", work)
    monkeypatch.setattr("gopolicy.explain.position_sample.PositionSample.draw", work)
    (tmp_path / "file").write_text("precious")
    position, network = ("--moves", "B Q16"), ("--model", model)
    for folder, reason in (("folder", "is a folder"), ("none/x", "no such folder"), ("file/x", "no such folder")):
        out = tmp_path / folder
        (tmp_path / "folder").mkdir(exist_ok=True)
        fails(gopolicy("learn", corpus, "--out", out), out.name, reason)
        fails(gopolicy("evaluate", corpus, "--calibration", out), out.name, reason)
        fails(gopolicy("evaluate", corpus, "--fit-temperature", out), out.name, reason)
        fails(gopolicy("explore", "--archive", corpus, *position, "-o", out), out.name, reason)
        fails(gopolicy("prepare", GAME, "--out", out), out.name, reason)
        fails(gopolicy("surprises", corpus, "--out", out), out.name, reason)
        fails(gopolicy("review", GAME, "--plot", out), out.name, reason)
        fails(gopolicy("explain", "attribution", *position, "-o", out), out.name, reason)
        fails(gopolicy("explain", "patterns", corpus, "--table", "--arrays", out), out.name, reason)
        fails(
            gopolicy("practice", "--deck", tmp_path / "deck.json", "--add", corpus, "--export", out), out.name, reason
        )
    fails(gopolicy("review", GAME, "-o", tmp_path / "file"), "file: cannot be made")
    fails(
        gopolicy("review", GAME, "--csv", tmp_path / "x", "--json", tmp_path / "x"), "x: is an input or another output"
    )
    fails(gopolicy("prepare", tmp_path / "file", "--out", tmp_path / "file"), "file: is an input")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.sgf").write_bytes(GAME.read_bytes())
    fails(gopolicy("prepare", tmp_path / "in", "--out", tmp_path / "in" / "a.sgf"), "a.sgf: is an input")
    fails(gopolicy("review", GAME, "--plot", tmp_path / "x.xyz"), ".png, .svg, .pdf")
    for command in (
        ("evaluate", corpus, "--calibration"),
        ("explore", "--archive", corpus, *position, "-o"),
        ("board", GAME, "--snapshot"),
        ("explain", "attribution", *position, "-o"),
        ("explain", "dream", *position, "-o"),
        ("explain", "favorite", "-o"),
        ("explain", "filters", "-o"),
        ("explain", "patterns", corpus, "-o"),
    ):
        fails(gopolicy(*command, tmp_path / "x.svg"), "x.svg: give the picture a name that ends with .png")
    monkeypatch.undo()
    fails(gopolicy("export", *network, "--web", tmp_path / "file"), "file: cannot be made")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder", "in"]
    assert (tmp_path / "file").read_text() == "precious"


@pytest.mark.parametrize(
    "command",
    [
        "review {game} --games -1",
        "query {game} --top -3",
        "query {game} --game 0",
        "query {game} --all --top 3",
        "query {game} --all --board",
        "query {game} --all --move 3",
        "explore {game} --archive {corpus} --top -2",
        "export --onnx {out} --positions 0",
        "evaluate {corpus} --sample 10 --seed -1",
        "who {corpus} --seed -1",
        "learn {corpus} --out {out} --seed -1",
        "prepare {game} --out {out} --years 1950-",
        "prepare {game} --out {out} --rank 5k-",
        "prepare {game} --out {out} --workers -1",
        "train {corpus} --out {out} --save-minutes -1",
        "surprises {corpus} --out {out} --bits nan",
        "practice --deck {out} --add {corpus} --most -1",
        "practice --deck {out} --add {corpus} --bits nan",
        "practice --deck {out} --export {out}.sgf",
        "practice --deck {out} --player foo",
        "practice --deck {out} --bits 5",
        "practice --deck {out} --most 5",
        "practice --deck {out} --symmetries 8",
        "query --moves BQ16 --game 2",
        "explain patterns {corpus} --seed -1",
        "explain favorite --seed 4611686018427387905",
        "explain patterns {corpus} --drawn 0",
        "explain favorite --filters 1:5-2",
        "explain favorite --penalty nan",
        "explain dream {game} --stones 0",
    ],
)
def test_numbers_that_mean_nothing_are_refused(command, corpus, tmp_path):
    out = tmp_path / "out"
    words = [word.format(game=GAME, corpus=corpus, out=out) for word in command.split()]
    fails(gopolicy(*words), [word for word in words if word.startswith("--")][-1].strip("-"))
    assert not list(tmp_path.iterdir())


def test_a_review_replaces_no_record(model, tmp_path):
    own = tmp_path / "own"
    (own / "sub").mkdir(parents=True)
    for path in (own / "a.sgf", own / "sub" / "a.sgf"):
        path.write_text("(;SZ[19];B[pd])")
    for records, out in ((own, own), (own, own / "sub"), (own / "a.sgf", own), (own / "a.sgf", own / "a.sgf")):
        fails(gopolicy("review", records, "--model", model, "-o", out), "a.sgf: is ")
    assert {path.read_text() for path in own.rglob("*.sgf")} == {"(;SZ[19];B[pd])"}
    assert gopolicy("review", own, "--model", model, "-o", own / "out").returncode == 0
    assert sorted(path.name for path in (own / "out").iterdir()) == ["a.sgf", "sub_a.sgf"]
    assert gopolicy("review", own / "a.sgf", "--model", model, "-o", own / "out").returncode == 0
    assert gopolicy("review", own / "a.sgf", "--model", model, "-o", tmp_path / "x.SGF").returncode == 0
    assert (tmp_path / "x.SGF").is_file()


def test_long_names_of_records_make_names_of_files(model, tmp_path):
    folder = tmp_path / "in" / ("谱" * 40) / ("局" * 40)
    folder.mkdir(parents=True)
    (tmp_path / "in" / "d").mkdir()
    same = tmp_path / "in" / "d" / "x.sgf", tmp_path / "in" / "D_x.sgf"  # but for capitals
    for path in (folder / "a.sgf", folder / "b.sgf", tmp_path / "in" / "c.sgf", *same):
        path.write_text("(;SZ[19];B[pd])")
    assert gopolicy("review", tmp_path / "in", "--model", model, "-o", tmp_path / "out").returncode == 0
    names = sorted(path.name.lower() for path in (tmp_path / "out").iterdir())
    assert names[:3] == ["c.sgf", "d_x.sgf", "d_x_2.sgf"] and {name[-5:] for name in names[3:]} == {"a.sgf", "b.sgf"}
    long = tmp_path / f"{'x' * 251}.sgf"
    assert gopolicy("review", tmp_path / "in" / "c.sgf", "--model", model, "-o", long).returncode == 0
    assert long.is_file()


def test_standard_input_that_is_closed_is_told():
    command = f"{sys.executable} -m gopolicy query - <&-"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=os.environ)
    assert done.returncode == 1 and done.stderr == "gopolicy: standard input is closed\n"


def test_a_review_replaces_no_file_but_an_earlier_review(model, tmp_path, monkeypatch):
    records, own = tmp_path / "records.sgf", tmp_path / "own"
    own.mkdir()
    records.write_text("(;SZ[19];B[pd])(;SZ[19])(;SZ[19];B[dd])")
    (own / "other.sgf").write_text("(;SZ[19]C[notes];B[qq])")
    for _ in range(2):
        done = gopolicy("review", records, "--model", model, "-o", own)
        assert done.returncode == 0 and "left out: 1 x no move to review" in done.stderr
    assert sorted(path.name for path in own.iterdir()) == ["other.sgf", "records_game_1.sgf", "records_game_3.sgf"]
    (own / "records_game_3.sgf").write_text("(;SZ[19]C[precious notes];B[qq])")
    assert gopolicy("review", records, "--model", model, "-o", own, "--games", 1).returncode == 0
    monkeypatch.setattr("gopolicy.policy.Policy.load", None)  # so that only what comes before the work runs
    fails(gopolicy("review", records, "--model", model, "-o", own), "records_game_3.sgf: is a file that no review")
    assert "precious" in (own / "records_game_3.sgf").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="for file systems that take any bytes for a name")
def test_names_that_are_no_text(model, corpus, tmp_path):
    folder = tmp_path / os.fsdecode(b"b\xff")
    folder.mkdir()
    network, record = folder / "m.safetensors", folder / "g.sgf"
    network.write_bytes(model.read_bytes())
    record.write_text("(;SZ[19]PB[a];B[pd];W[dp])")
    words, few = ("--model", network), folder / "few.corpus"
    attribution = ("explain", "attribution", *words, record, "--steps", 1, "-o", folder / "x.png")
    learn = ("learn", corpus, *words, "--out", folder / os.fsdecode(b"\xff.profile"), "--passes", 0, "--device", "cpu")
    for command in (
        ("query", record, *words),
        ("prepare", record, "--out", few, "--no-progress"),
        ("review", folder, *words, "-o", folder / "out"),
        (*attribution, "--json", "--arrays", folder / "x.npz"),
        attribution,
        ("surprises", few, *words, "--out", folder / "s.sgf", "--bits", 1, "--no-progress"),
        (*learn, "--games", 5, "--no-progress"),
        ("query", record, *words, "--profile", learn[5]),
        *([("export", *words, "--onnx", folder / "n.onnx", "--positions", 2)] if find_spec("onnx") else []),
        ("practice", "--deck", folder / "d.json", "--add", few, *words, "--bits", 1, "--no-progress"),
    ):
        done = gopolicy(*command)
        assert done.returncode == 0, (command, done.stderr)
        if "--json" in command:
            assert json.loads(done.stdout)["move"] == 3
    assert (folder / "x.npz").exists()


def test_bad_questions(model):
    fails(gopolicy("query", GAME, "--move", 5000, "--model", model), "no move 5000", "moves 1 to")
    fails(gopolicy("query", "--moves", "B Q16 W Q16", "--model", model), "illegal move 2 Q16: occupied")
    fails(gopolicy("query", "--moves", "B Z99", "--model", model), "'Z99'")
    fails(gopolicy("query", "--model", model), "no position")
    fails(gopolicy("bench", "network", GAME), "leave out", GAME.name)
    fails(gopolicy("train", GAME, "--out", "x"), "not a corpus file", "gopolicy prepare")
    assert gopolicy("query", "--no-such-option").returncode == 2
    assert gopolicy("--version").stdout.startswith("gopolicy ")


@pytest.mark.parametrize("command", [
    "evaluate --model m x.corpus", "evaluate --train x.corpus", "evaluate --symmetries 1 x.corpus",
    "compare --out d --validation a x.corpus", "who --among kgs-5d x.corpus", "average --out o --shares 1 2 x.corpus",
    "explain dream --layers 3 x.corpus",
])  # fmt: skip
def test_options_of_many_values_come_after_the_sources(command):
    done = gopolicy(*command.split())
    option = [word for word in command.split() if word.startswith("--")][-1]
    told = done.stderr.splitlines()[-1]
    assert done.returncode == 2 and re.search(rf"; write [A-Z]+ before .*{option}\b.*: each takes all", told), told


def test_a_number_of_many_values_that_does_not_do_gets_no_other_advice():
    told = gopolicy("evaluate", "x.corpus", "--symmetries", 9).stderr.splitlines()[-1]
    assert "invalid choice: 9" in told and "write SOURCE" not in told


def test_readme_names_what_exists():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    told = gopolicy("--help").stdout
    commands = set(re.findall(r"(?<!from )\bgopolicy ([a-z]+)", readme)) | {"board"}
    for command in commands:
        assert re.search(rf"^    {command}\b", told, re.MULTILINE), command
    for path in re.findall(r"(?<![\w/.…-])((?:gopolicy|data|tests)/[\w/.-]*|play\.py)", readme):
        assert (ROOT / path.rstrip(".")).exists(), path
    commands |= set(re.findall(r"\bgopolicy (explain [a-z]+)", readme))
    helps = " ".join(gopolicy(*command.split(), "--help").stdout for command in commands)
    others = {"--apikey", "--mode", "--level", "--chinese-rules", "--nproc-per-node"}  # of gtp2ogs, GNU Go, torchrun
    for option in set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", readme)) - others:
        assert option in helps, option


def test_readme_python_runs(model):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"<!-- runs -->\n```python\n(.*?)```", readme, re.DOTALL)
    assert blocks
    for block in blocks:
        process = subprocess.run([sys.executable, "-c", block], capture_output=True, text=True, cwd=ROOT)
        assert process.returncode == 0, process.stderr


@pytest.mark.parametrize("what", ["planes", "corpus", "loader", "network"])
def test_bench_prints_what_it_measured_on_what(what, corpus):
    few = ("--runs", 1, "--games", 3, "--workers", 1, "--batch", 8, "--network", "tiny", "--json")
    done = gopolicy("bench", what, *([] if what == "network" else [corpus]), *few)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["bench"] == what and told["cores"] >= 1 and told["matrix GFLOP/s"] > 0
    assert all(row["best"] >= row["median"] > 0 for row in told["rows"])


def test_a_review_that_is_stopped_keeps_the_games_so_far(model, tmp_path, monkeypatch):
    from gopolicy.policy import review

    whole = review.review_records

    def stopped(*arguments, **named):
        yield next(whole(*arguments, **named))
        raise KeyboardInterrupt

    monkeypatch.setattr(review, "review_records", stopped)
    rows, games = tmp_path / "x.csv", tmp_path / "x.sgf"
    done = gopolicy("review", DATA, "--model", model, "--csv", rows, "-o", games)
    assert done.returncode == 130 and done.stderr.startswith("1 games, ") and "stopped before the last" in done.stderr
    assert rows.read_text().count("gnugo-001") > 100 and games.read_text().count("(;") == 1


def test_a_review_of_no_game_leaves_earlier_files_alone(tmp_path, capsys):
    (tmp_path / "none.sgf").write_text("", encoding="utf-8")
    kept = tmp_path / "kept.csv"
    kept.write_text("earlier", encoding="utf-8")
    assert main(["review", str(tmp_path / "none.sgf"), "--csv", str(kept)]) == 1
    assert "no game to review" in capsys.readouterr().err and kept.read_text(encoding="utf-8") == "earlier"

"""`gopolicy train` and `gopolicy bench training`, as the command line calls them."""

import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from gopolicy.__main__ import main
from gopolicy.nn import NetworkConfig, load_model
from gopolicy.nn.training_form import NormalizedNetwork
from gopolicy.records import read_records
from gopolicy.records.corpus import Corpus
from gopolicy.training.checkpoint import CheckpointFolder
from gopolicy.training.config import TrainingConfig
from gopolicy.training.loop import Trainer
from gopolicy.training.order import Order
from gopolicy.training.speed import PARTS, measure_training

DATA = Path(__file__).parents[2] / "data"
PACKAGES = ("sgfmill", "pygame", "matplotlib", "platformdirs", "PIL")  # what training does without


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    path = tmp_path_factory.mktemp("games") / "data.corpus"
    Corpus.from_records(list(read_records(DATA))[:12]).save(path)
    return path


@pytest.fixture(scope="module")
def run(corpus, tmp_path_factory):
    """Return the folder of a short run."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    assert gopolicy("train", corpus, "--out", folder, *TINY, "--positions", 64) == 0
    return folder


TINY = ("--filters", 8, "--layers", 2, "--batch", 32, "--precision", "float32", "--device", "cpu")


def gopolicy(*arguments):
    return main([str(argument) for argument in arguments])


def test_resume_goes_on_with_more_positions_and_refuses_other_changes(corpus, run, capsys):
    assert gopolicy("train", corpus, "--out", run, "--resume", "--positions", 96, "--batch", 32) == 0
    assert CheckpointFolder(run).load().state["step"] == 3
    assert (run / "metrics.png").exists()
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == [2, 3]
    capsys.readouterr()
    for option, value in {"lr": 0.5, "batch": 64, "filters": 9, "network": "small", "from": "net"}.items():
        assert gopolicy("train", corpus, "--out", run, "--resume", f"--{option}", value) == 1
        told = capsys.readouterr().err
        assert f"gopolicy: --{option}" in told and told.count("gopolicy:") == 1 and "Traceback" not in told
    assert gopolicy("train", corpus, "--out", run, "--resume", "--no-branches") == 1
    assert "--no-branches: the run has True" in capsys.readouterr().err


def test_a_picture_that_cannot_be_drawn_does_not_end_the_training(corpus, tmp_path, capsys):
    (tmp_path / "run" / "metrics.png").mkdir(parents=True)
    sizes = ("--filters", 8, "--layers", 2, "--positions", 64, "--batch", 32)
    assert gopolicy("train", corpus, "--out", tmp_path / "run", *sizes) == 0
    told = capsys.readouterr()
    assert "no picture: " in told.err and "is ready" in told.out


@pytest.mark.parametrize("error", [RuntimeError("x: can't allocate memory: 9 bytes\nmore"), MemoryError()])
def test_too_little_memory_is_told_in_one_line(corpus, tmp_path, capsys, monkeypatch, error):
    def exhausted(*arguments, **options):
        raise error

    monkeypatch.setattr("gopolicy.training.run.Run.begin", exhausted)
    assert gopolicy("train", corpus, "--out", tmp_path / "run", "--positions", 32) == 1
    told = capsys.readouterr().err
    assert "out of memory" in told and told.count("gopolicy:") == 1 and "Traceback" not in told


@pytest.mark.parametrize(
    "options",
    [
        ("--batch", 0),
        ("--filters", 0),
        ("--layers", 100_000),
        ("--planes", 0),
        ("--positions", 0),
        ("--minutes", -1),
        ("--minutes", 1),  # beside --positions
        ("--lr", "nan"),
        ("--workers", -1),
        ("--threads", 0),
        ("--measure-steps", 0),
        ("--save-minutes", "nan"),
        ("--compile", "fast"),
        ("--device", "cuda:99"),
        ("--device", "toaster"),
        ("--device", "meta"),
    ],
)
def test_impossible_options_get_one_line(corpus, tmp_path, capsys, options):
    assert gopolicy("train", corpus, "--out", tmp_path / "run", "--positions", 32, *options) == 1
    told = capsys.readouterr().err
    assert told.count("gopolicy:") == 1 and "Traceback" not in told
    assert not (tmp_path / "run").exists()


def test_a_model_to_start_from_says_what_the_network_is(corpus, run, tmp_path, capsys):
    begin = ("train", corpus, "--from", run, "--out", tmp_path / "more", *TINY[4:], "--batch", 32, "--positions", 32)
    for option, value in {"filters": 7, "layers": 3, "planes": 12, "network": "small"}.items():
        assert gopolicy(*begin, f"--{option}", value) == 1
        told = capsys.readouterr().err
        assert told.startswith(f"gopolicy: --{option} {value}: the model has ") and told.count("\n") == 1
    assert not (tmp_path / "more").exists()
    assert gopolicy(*begin, "--filters", 8) == 0


def test_a_model_to_start_from_grows(corpus, run, tmp_path):
    begin = ("train", corpus, "--from", run, "--out", tmp_path, *TINY[4:], "--batch", 32, "--positions", 32)
    assert gopolicy(*begin, "--filters", 12) == 0
    network, facts = load_model(tmp_path)
    assert network.config == NetworkConfig(12, 2) and facts.started_from == str(run / "model.safetensors")


def test_a_model_without_its_run_is_not_overwritten(corpus, tmp_path, capsys):
    (tmp_path / "model.safetensors").write_bytes(b"somebody's")
    assert main(["train", str(corpus), "--out", str(tmp_path), "--network", "tiny", "--positions", "64"]) == 1
    assert "holds a model already" in capsys.readouterr().err
    assert (tmp_path / "model.safetensors").read_bytes() == b"somebody's"


@pytest.mark.skipif(torch.cuda.is_available(), reason="for machines without a GPU")
def test_a_model_of_a_run_says_how_it_was_trained(run):
    facts = load_model(run)[1]
    assert facts.training["branches"] is True and facts.training["lr"] == 0.02 and facts.positions_seen >= 64


def test_a_run_of_minutes_ends_on_time(corpus, tmp_path, capsys):
    assert gopolicy("train", corpus, "--out", tmp_path / "run", *TINY, "--minutes", 0.1) == 0
    saved = CheckpointFolder(tmp_path / "run").load()
    assert saved.state["step"] == saved.training.steps >= 2 and saved.facts.seconds < 60


PROGRAM = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {packages!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Blocked())
from gopolicy.__main__ import main
if __name__ == "__main__":
    sys.exit(main())
"""


def test_training_and_evaluating_need_few_packages(corpus, tmp_path):
    """As on a machine with a GPU that has torch, numpy, numba, safetensors and tqdm only."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM.format(packages=PACKAGES))
    small = ("--positions", 512, "--network", "tiny", "--out", tmp_path / "run", "--device", "cpu", "--workers", 1)
    for arguments in (
        ("train", corpus, *small),
        ("evaluate", corpus, "--model", tmp_path / "run", "--sample", 64, "--no-progress"),
    ):
        done = subprocess.run(
            [sys.executable, program, *map(str, arguments)], capture_output=True, text=True, timeout=200
        )
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "model.safetensors").exists()


def test_bench_training_says_where_the_time_goes(corpus, capsys):
    options = ("--network", "tiny", "--batch", 16, "--steps", 2, "--runs", 1, "--device", "cpu", "--workers", 0)
    assert gopolicy("bench", "training", corpus, *options, "--json") == 0
    rows = {row["what"]: row["best"] for row in json.loads(capsys.readouterr().out)["rows"]}
    parts = [rows[name] for name in PARTS]
    assert all(value > 0 for value in parts)
    assert sum(parts) == pytest.approx(rows["a step, part after part"])


def test_the_parts_of_a_step_sum_to_it(corpus, monkeypatch):
    """By a clock that goes on by a second at each reading."""
    opened, seconds = Corpus.open(corpus), itertools.count()
    order = Order(opened, opened.split(0.0)[0], 1)
    trainer = Trainer(TrainingConfig(batch=8), NormalizedNetwork(NetworkConfig(4, 2)), torch.device("cpu"), "float32")
    monkeypatch.setattr("gopolicy.training.speed.now", lambda device: float(next(seconds)))
    monkeypatch.setattr("gopolicy.training.speed.matrix_rate", lambda device, dtype: 1e9)
    speed = measure_training(trainer, order, workers=0, steps=4, runs=1)
    assert speed.parts == dict.fromkeys(PARTS, 1.0)
    assert speed.positions == (32.0, 32.0)  # four steps of eight between two readings
    assert trainer.step_number == 3 + 4 + 4  # to warm up, to measure, part by part


@pytest.mark.parametrize(
    "arguments",
    [
        ("evaluate", "--sample", 0),
        ("evaluate", "--sample", -5),
        ("bench", "training", "--batch", 0),
        ("bench", "training", "--steps", 0),
        ("bench", "loader", "--runs", 0),
    ],
)
def test_impossible_numbers_of_measurements_get_one_line(corpus, capsys, arguments):
    command, *options = arguments
    places = [options.pop(0)] if command == "bench" else []
    assert gopolicy(command, *places, corpus, *options) == 1
    assert capsys.readouterr().err == f"gopolicy: {options[0]} must be at least 1, not {options[1]}\n"

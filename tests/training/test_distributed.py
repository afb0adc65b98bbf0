"""Several processes: the same losses and the same network as one with the whole batch."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from gopolicy.__main__ import main
from gopolicy.nn import load_model
from gopolicy.records import read_records
from gopolicy.records.corpus import Corpus

DATA = Path(__file__).parents[2] / "data"


def train(folder, corpus, *options, processes=1):
    """Train a few steps, in this process if alone, and return the rows of metrics.jsonl."""
    shape = ["--layers", "3", "--batch", "32", "--validation", "0.2", "--precision", "float32"]
    command = ["train", str(corpus), "--out", str(folder), *shape, "--threads", "1", "--device", "cpu", *options]
    if processes == 1:
        assert main(command) == 0
    else:
        launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        done = subprocess.run(
            [*launcher, "-m", "gopolicy", *command], capture_output=True, text=True, timeout=240, env=environment
        )
        assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    path = tmp_path_factory.mktemp("processes") / "games.corpus"
    Corpus.from_records(list(read_records(DATA))[:20]).save(path)
    return path


@pytest.mark.parametrize("filters", ["8", "16"])  # layer by layer and, of 16 each, at once
def test_two_processes_are_one_with_the_same_batch_and_either_goes_on(corpus, tmp_path, filters):
    # A mild rate: at a high one training amplifies what rounding differs by, whoever computes it.
    rule = ("--optimizer", "sgd", "--lr", "0.005")
    options = ("--filters", filters, "--positions", "640", "--measure-steps", "20", *rule)  # 20 steps
    one = train(tmp_path / "one", corpus, *options)
    two = train(tmp_path / "two", corpus, *options, processes=2)
    assert [row["positions"] for row in two] == [row["positions"] for row in one]
    for first, second in zip(one, two, strict=True):
        assert second["loss"] == pytest.approx(first["loss"], abs=2e-3)
        assert second["validation_loss"] == pytest.approx(first["validation_loss"], abs=5e-3)
    weights = [load_model(tmp_path / name)[0].state_dict() for name in ("one", "two")]
    for name, value in weights[0].items():
        assert torch.allclose(value, weights[1][name], atol=0.02 * float(value.abs().max() + 1e-3)), name
    again = train(tmp_path / "two", corpus, "--filters", filters, "--positions", "704", "--resume")
    assert again[-1]["positions"] == 704

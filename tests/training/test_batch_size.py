"""`--batch auto`: by speed and memory of a device, real and made up."""

import math
from pathlib import Path

import pytest
import torch

from gopolicy.__main__ import main
from gopolicy.nn import NetworkConfig
from gopolicy.records import read_records
from gopolicy.records.corpus import Corpus
from gopolicy.training import batch_size
from gopolicy.training.batch_size import choose_batch, measured_speed, with_measured_batch
from gopolicy.training.checkpoint import CheckpointFolder
from gopolicy.training.config import TrainingConfig, TrainingError, for_batch
from gopolicy.training.loop import Trainer

DATA = Path(__file__).parents[2] / "data"
CPU = torch.device("cpu")
LONG = TrainingConfig(positions=10**9)


def gopolicy(*arguments):
    return main([str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    path = tmp_path_factory.mktemp("games") / "data.corpus"
    Corpus.from_records(list(read_records(DATA))[:8]).save(path)
    return path


class Device:
    """A device that takes `launch` seconds a step and `each` a position, with memory for `memory` of them."""

    def __init__(self, launch=0.01, each=1e-5, memory=math.inf, seconds=3.0):
        self.launch, self.each, self.memory = launch, each, memory
        self.now, self.seconds = 0.0, seconds

    def measure(self, batch):
        self.now += self.seconds
        return batch / (self.launch + self.each * batch) if batch <= self.memory else None

    def choose(self, config=LONG):
        return choose_batch(self.measure, config, lambda: self.now)


def test_the_batch_is_doubled_while_that_is_faster():
    chosen = Device(launch=0.01, each=1e-5).choose()
    assert chosen.batch == 16_384  # twice of it would be 3 % faster
    assert list(chosen.tried) == [256 * 2**i for i in range(8)]
    assert Device(launch=0.0).choose().batch == 256


def test_a_batch_that_does_not_fit_is_left():
    chosen = Device(memory=1500).choose()
    assert chosen.batch == 1024 and chosen.tried[2048] is None and "2048: no memory" in str(chosen)
    small = Device(memory=100).choose()
    assert small.batch == 64 and list(small.tried) == [256, 128, 64]
    with pytest.raises(TrainingError, match="--batch auto: not one position fits"):
        Device(memory=0).choose()


def test_the_trials_end():
    chosen = Device(seconds=25.0).choose()
    assert chosen.batch == 1024 and len(chosen.tried) == 3  # after 75 seconds


@pytest.mark.parametrize(
    ("config", "batch"),
    [
        (TrainingConfig(positions=2_000_000), 1024),
        (TrainingConfig(positions=20_000), 256),
        (TrainingConfig(positions=1, minutes=1.0), 2048),  # some 60,000 positions a second
    ],
)
def test_a_run_keeps_a_thousand_steps(config, batch):
    assert Device().choose(config).batch == batch


def test_rate_and_warmup_follow_the_batch_unless_they_are_given():
    config = TrainingConfig(lr=0.02, warmup=0.02)
    assert for_batch(config, 256) == config
    larger = for_batch(config, 1024)
    assert (larger.batch, larger.lr, larger.warmup) == (1024, pytest.approx(0.04), 0.02)
    assert for_batch(config, 4096).warmup == 0.05
    kept = for_batch(config, 4096, given={"lr", "warmup"})
    assert (kept.batch, kept.lr, kept.warmup) == (4096, 0.02, 0.02)


def test_steps_out_of_memory_do_not_fit(monkeypatch):
    step = Trainer.step

    def limited(self, batch):
        if len(batch) > 600:
            raise torch.OutOfMemoryError("out of memory")
        step(self, batch)

    monkeypatch.setattr(Trainer, "step", limited)
    monkeypatch.setattr(batch_size, "TRIAL_SECONDS", 0.0)
    monkeypatch.setattr(batch_size, "GAIN", -1.0)  # only memory decides, not the speed
    config, chosen = with_measured_batch(LONG, NetworkConfig(2, 1), CPU)
    assert config.batch == chosen.batch == 512 and chosen.tried[1024] is None
    assert config.lr == pytest.approx(0.02 * 2**0.5)
    assert measured_speed(LONG, NetworkConfig(2, 1), CPU, 601) is None


def test_a_run_with_a_measured_batch_keeps_it(corpus, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(batch_size, "measured_speed", lambda config, network, device, batch: 100.0 * batch)
    monkeypatch.setattr(batch_size, "LEAST_STEPS", 1)
    run, shape = tmp_path / "run", ("--filters", 4, "--layers", 2, "--device", "cpu")
    assert gopolicy("train", corpus, "--out", run, *shape, "--positions", 512, "--batch", "auto") == 0
    assert "taken: 512, --lr 0.0283, --warmup 0.02" in capsys.readouterr().err
    saved = CheckpointFolder(run).load()
    assert (saved.training.batch, saved.state["step"]) == (512, 1)
    monkeypatch.setattr(batch_size, "measured_speed", lambda *arguments: pytest.fail("measured again"))
    resumed = ("--resume", "--positions", 1024, "--batch", "auto", "--device", "cpu")
    assert gopolicy("train", corpus, "--out", run, *resumed) == 0
    saved = CheckpointFolder(run).load()
    assert (saved.training.batch, saved.state["step"]) == (512, 2)


def test_bench_training_takes_a_measured_batch(corpus, monkeypatch, capsys):
    monkeypatch.setattr(
        batch_size, "measured_speed", lambda config, network, device, batch: 5.0 if batch == 32 else None
    )
    few = ("--network", "tiny", "--steps", 1, "--runs", 1, "--device", "cpu", "--workers", 0)
    assert gopolicy("bench", "training", corpus, "--batch", "auto", *few) == 0
    told = capsys.readouterr()
    assert "taken: 32" in told.err and "tiny on cpu, batch 32" in told.out
    assert gopolicy("bench", "network", "--batch", "auto") == 1
    assert capsys.readouterr().err == "gopolicy: --batch auto: for `bench training` only\n"

"""A session of training: to the end, on time, and stopped without losing anything."""

import json
import os
import signal
from pathlib import Path

import pytest
import torch

from gopolicy.files import FileError
from gopolicy.nn import NetworkConfig
from gopolicy.records import read_records
from gopolicy.records.corpus import Corpus
from gopolicy.training import run_loop
from gopolicy.training.config import TrainingConfig, TrainingError
from gopolicy.training.pace import Pace
from gopolicy.training.run import Run
from gopolicy.training.run_loop import SessionOptions, train

DATA = Path(__file__).parents[2] / "data"
CPU = torch.device("cpu")
SMALL = NetworkConfig(8, 2)


@pytest.fixture(scope="module")
def corpus():
    return Corpus.from_records(list(read_records(DATA))[:12])


def config(**changes):
    return TrainingConfig(**{"positions": 640, "batch": 32, "precision": "float32", "validation": 0.2, **changes})


def test_a_loss_that_is_no_number_stops_with_the_weights_unharmed(corpus, tmp_path):
    run = Run.begin(tmp_path, corpus, config(), SMALL, CPU)
    run.save()
    path = max(tmp_path.glob("checkpoint-*.safetensors"))
    good = path.read_bytes()
    with torch.no_grad():
        run.trainer.network.last.weight.fill_(float("inf"))
    before = run.trainer.network.position_bias.clone()
    with pytest.raises(TrainingError, match="step 0"):
        train(run)
    assert torch.equal(run.trainer.network.position_bias, before)
    assert path.read_bytes() == good and max(tmp_path.glob("checkpoint-*.safetensors")) == path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_saves_and_the_run_goes_on(corpus, tmp_path, number):
    run = Run.begin(tmp_path, corpus, config(positions=10**9), SMALL, CPU)
    assert not train(run, SessionOptions(report_steps=5), lambda report: os.kill(os.getpid(), number))
    assert 5 <= run.trainer.step_number <= 6
    run.close()
    assert Run.resume(tmp_path, corpus, CPU).trainer.step_number == run.trainer.step_number


class Clock:
    """A clock of a device that makes a step in `seconds`."""

    def __init__(self, seconds):
        self.seconds, self.now = seconds, 0.0

    def __call__(self):
        return self.now

    def steps(self, pace, planned=10_000, pauses=()):
        """Return the steps made until the pace says that the run is at its end, and the plan after each."""
        step, plans = 0, []
        while step < planned:
            step += 1
            self.now += self.seconds(step) + dict(pauses).get(step, 0.0)
            planned = pace.fit(step, planned)
            plans.append(planned)
        return step, plans


def test_the_steps_are_fitted_to_the_time():
    clock = Clock(lambda step: 0.5)
    step, plans = clock.steps(Pace(600, clock))
    assert step == pytest.approx(1180, abs=20) and 580 < clock.now <= 600
    assert all(plan == pytest.approx(step, rel=0.05) for plan in plans[10:])


def test_the_steps_follow_a_speed_that_changes():
    clock = Clock(lambda step: 5.0 if step <= 2 else 0.5 if step < 400 else 2.0)  # compiling, then a busy machine
    step, _ = clock.steps(Pace(600, clock))
    assert 570 < clock.now <= 602 and step == pytest.approx(590, abs=20)


def test_time_to_measure_and_save_is_kept():
    clock = Clock(lambda step: 0.5)
    pace = Pace(100, clock)
    pace.pause(20.0)
    clock.steps(pace)
    assert 78 < clock.now <= 80.5


def test_a_run_ends_after_its_minutes(corpus, tmp_path):
    run = Run.begin(tmp_path, corpus, config(minutes=0.05, positions=10**9), SMALL, CPU)
    reports = []
    assert train(run, SessionOptions(report_steps=5), reports.append)
    assert 2 <= run.trainer.step_number < 10_000 and run.trainer.config.steps == run.trainer.step_number
    assert reports[-1].measured and reports[-1].step == run.trainer.step_number
    run.close()
    again = Run.resume(tmp_path, corpus, CPU)
    assert again.facts.seconds > 1 and train(again)  # its time is over: at most a step more
    assert again.trainer.step_number <= run.trainer.step_number + 1


def test_a_run_that_is_given_minutes_uses_them_where_steps_are_waited_for_in_groups(corpus, tmp_path, monkeypatch):
    monkeypatch.setitem(run_loop.SYNC_STEPS, "cpu", 20)
    run = Run.begin(tmp_path, corpus, config(positions=64), SMALL, CPU)
    assert train(run) and run.trainer.step_number == 2
    run.close()
    again = Run.resume(tmp_path, corpus, CPU, changes={"minutes": run.facts.seconds / 60 + 0.05})
    assert train(again) and again.trainer.step_number > 3
    again.close()


def test_a_checkpoint_that_cannot_be_written_does_not_end_the_run_but_the_last_one_does(corpus, tmp_path, caplog):
    run, saved, written = Run.begin(tmp_path, corpus, config(positions=96), SMALL, CPU), [], Run.save

    def save(seconds=0.0):
        saved.append(run.trainer.step_number)
        if len(saved) == 1:
            raise FileError("disk full")
        written(run, seconds)

    run.save = save
    assert train(run, SessionOptions(save_seconds=0.0))
    assert saved == [1, 2, 3] and "disk full" in caplog.text and run.checkpoints.load().state["step"] == 3
    run.close()


def test_a_report_gives_the_seconds_of_the_whole_run(corpus, tmp_path):
    run = Run.begin(tmp_path, corpus, config(positions=64), SMALL, CPU)
    train(run)
    run.save(seconds=1000.0)
    run.close()
    train(Run.resume(tmp_path, corpus, CPU, changes={"positions": 128}))
    rows = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert rows[-1]["seconds"] > 1000 > rows[0]["seconds"]


@pytest.mark.parametrize(
    "options", [{"workers": -1}, {"save_seconds": -1.0}, {"measure_steps": 0}, {"save_seconds": float("nan")}]
)
def test_impossible_options_are_refused(options):
    with pytest.raises(TrainingError, match=f"{next(iter(options)).replace('_', ' ')}: must be"):
        SessionOptions(**options)

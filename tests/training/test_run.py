"""Training: it learns, it resumes to the last bit, it stops and fails without losing anything."""

import errno
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gopolicy.files import FileError
from gopolicy.folder_lock import FolderLockError
from gopolicy.nn import CheckpointError, NetworkConfig, load_model, tensor_file
from gopolicy.records import read_records
from gopolicy.records.corpus import Corpus
from gopolicy.training import checkpoint
from gopolicy.training.checkpoint import CheckpointFolder, flatten
from gopolicy.training.config import TrainingConfig, TrainingError, field_help
from gopolicy.training.evaluation import evaluate, sample_positions
from gopolicy.training.loader import batches
from gopolicy.training.run import Run
from gopolicy.training.run_loop import SessionOptions, train

DATA = Path(__file__).parents[2] / "data"
CPU = torch.device("cpu")
SMALL = NetworkConfig(8, 2)


@pytest.fixture(scope="module")
def corpus():
    return Corpus.from_records(list(read_records(DATA))[:20])


def config(**changes):
    return TrainingConfig(**{"positions": 640, "batch": 32, "precision": "float32", "validation": 0.2, **changes})


def numbers(trainer):
    tensors, rest = flatten(trainer.state())
    return {**tensors, **{name: torch.tensor(value) for name, value in rest.items()}}


def equal(first, second):
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize(
    "changes",
    [
        *({"optimizer": optimizer} for optimizer in ("muon", "sgd", "adamw")),
        {"precision": "bfloat16", "convolution": "winograd"},
    ],
)
def test_twenty_steps_are_ten_saved_loaded_and_ten(corpus, tmp_path, changes):
    settings, shape = config(**changes), NetworkConfig(16, 2)
    straight = Run.begin(tmp_path / "straight", corpus, settings, shape, CPU)
    source = batches(straight.order, 32)
    for _ in range(20):
        straight.trainer.step(next(source))
    broken = Run.begin(tmp_path / "broken", corpus, settings, shape, CPU)
    source = batches(broken.order, 32)
    for _ in range(10):
        broken.trainer.step(next(source))
    broken.save()
    broken.close()
    resumed = Run.resume(tmp_path / "broken", corpus, CPU)
    assert resumed.trainer.step_number == 10
    source = batches(resumed.order, 32, step=10)
    for _ in range(10):
        resumed.trainer.step(next(source))
    assert equal(numbers(straight.trainer), numbers(resumed.trainer))


def test_a_run_learns_measures_and_leaves_a_model(corpus, tmp_path):
    reports = []
    run = Run.begin(tmp_path, corpus, config(positions=64 * 30, batch=64), NetworkConfig(16, 3), CPU)
    assert train(run, SessionOptions(measure_steps=15, report_steps=5), reports.append)
    assert [report.step for report in reports] == [5, 10, 15, 20, 25, 30]
    assert reports[-1].recent.loss < reports[0].recent.loss < 6.5
    rows = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert "validation_top1" in rows[2] and rows[-1]["positions"] == 1920
    network, facts = load_model(tmp_path)
    assert facts.positions_seen == 1920
    measured = evaluate(network, corpus, sample_positions(corpus, run.validation, 4096))
    assert measured.total.first == reports[-1].measured.total.first


def test_training_and_held_out_games_are_disjoint(corpus, tmp_path):
    run = Run.begin(tmp_path, corpus, config(), SMALL, CPU)
    assert len(run.validation) and not set(run.order.games) & set(run.validation)


def test_a_run_is_not_begun_over_another(corpus, tmp_path):
    Run.begin(tmp_path, corpus, config(), SMALL, CPU).save()
    with pytest.raises(TrainingError, match="--resume"):
        Run.begin(tmp_path, corpus, config(), SMALL, CPU)


def test_resume_refuses_another_corpus_and_no_run(corpus, tmp_path):
    with pytest.raises(CheckpointError, match="holds no checkpoint"):
        Run.resume(tmp_path, corpus, CPU)
    Run.begin(tmp_path, corpus, config(), SMALL, CPU).save()
    other = Corpus.from_records(list(read_records(DATA))[:19])
    with pytest.raises(CheckpointError, match="another corpus"):
        Run.resume(tmp_path, other, CPU)


def checkpoint_file(folder):
    """Return the newest file of a checkpoint."""
    return max(folder.glob("checkpoint-*.safetensors"))


def test_the_order_of_the_corpora_counts(corpus, tmp_path):
    Run.begin(tmp_path, corpus, config(), SMALL, CPU).save()
    turned = Corpus(corpus.index[::-1].copy(), corpus.all_events, corpus.players, corpus.header)
    with pytest.raises(CheckpointError, match="give the same files in the same order"):
        Run.resume(tmp_path, turned, CPU)


def test_a_run_of_an_older_version_goes_on_whatever_the_order_was(corpus, tmp_path):
    """Its fingerprint did not know the order."""
    run = Run.begin(tmp_path, corpus, config(), SMALL, CPU)
    digests = int(corpus.index["digest"].sum(dtype=np.uint64))
    run.facts = replace(run.facts, corpus=f"{len(corpus)} games, {corpus.positions} positions, {digests:016x}")
    run.save()
    run.close()
    assert Run.resume(tmp_path, corpus, CPU).trainer.step_number == 0


def test_resume_with_other_positions_or_minutes_extends_the_run(corpus, tmp_path):
    run = Run.begin(tmp_path, corpus, config(positions=32 * 4), SMALL, CPU)
    assert train(run)
    run.close()
    longer = Run.resume(tmp_path, corpus, CPU, changes={"positions": 32 * 6, "batch": 32, "precision": "auto"})
    assert train(longer) and longer.trainer.step_number == 6
    longer.close()
    timed = Run.resume(tmp_path, corpus, CPU, changes={"minutes": 60.0})
    assert (timed.trainer.config.minutes, timed.trainer.config.positions) == (60.0, 32 * 6)
    timed.close()
    (tmp_path / "model.safetensors").unlink()
    ended = Run.resume(tmp_path, corpus, CPU, changes={"positions": 32 * 6})  # no step more: it writes the model
    assert train(ended) and load_model(tmp_path)[1].positions_seen == 32 * 6
    ended.close()
    with pytest.raises(TrainingError, match="--positions 32: the run has seen 192 already"):
        Run.resume(tmp_path, corpus, CPU, changes={"positions": 32})
    timed = Run.resume(tmp_path, corpus, CPU, changes={"minutes": (ended.facts.seconds + 5) / 60})
    assert train(timed) and timed.trainer.step_number > 6
    timed.close()


@pytest.mark.parametrize(("name", "value"), [("lr", 0.5), ("batch", 64), ("seed", 9), ("weight_decay", 0.5)])
def test_resume_refuses_any_other_change_by_its_name(corpus, tmp_path, name, value):
    Run.begin(tmp_path, corpus, config(), SMALL, CPU).save()
    with pytest.raises(TrainingError, match=f"--{name.replace('_', '-')} {value}: the run has"):
        Run.resume(tmp_path, corpus, CPU, changes={name: value})


def test_resume_names_a_switch_as_it_is_typed(corpus, tmp_path):
    Run.begin(tmp_path, corpus, config(), SMALL, CPU).save()
    with pytest.raises(TrainingError, match="^--no-branches: the run has True; with --resume"):
        Run.resume(tmp_path, corpus, CPU, changes={"branches": False})


def test_two_trainings_do_not_share_a_folder(corpus, tmp_path):
    run = Run.begin(tmp_path, corpus, config(), SMALL, CPU)
    with pytest.raises(FolderLockError, match="another process is at work in it"):
        Run.begin(tmp_path, corpus, config(), SMALL, CPU)
    run.save()
    with pytest.raises(FolderLockError, match="another process is at work in it"):
        Run.resume(tmp_path, corpus, CPU)
    run.close()
    Run.resume(tmp_path, corpus, CPU).close()


def test_measurements_after_the_checkpoint_and_torn_lines_are_dropped(corpus, tmp_path, caplog):
    run = Run.begin(tmp_path, corpus, config(), SMALL, CPU)
    rows = [{"step": step, "positions": 32 * step, "loss": 1.0} for step in (0, 1, 2)]
    text = json.dumps(rows[0]) + '\n{"step": 0, "posi\n' + json.dumps(rows[1]) + "\n" + json.dumps(rows[2])[:20]
    (tmp_path / "metrics.jsonl").write_text(text)
    run.save()
    run.close()
    resumed = Run.resume(tmp_path, corpus, CPU)
    assert resumed.metrics.rows() == [rows[0]]
    assert caplog.text.count("unreadable lines") == 1


def test_weights_that_are_no_numbers_are_not_saved(corpus, tmp_path):
    run = Run.begin(tmp_path, corpus, config(), SMALL, CPU)
    run.save()
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    torch.nn.init.constant_(run.trainer.network.last.weight, float("nan"))
    with pytest.raises(TrainingError, match="no finite numbers; the last checkpoint is sound"):
        run.save()
    with pytest.raises(TrainingError, match="no finite numbers; nothing of the run was saved"):
        CheckpointFolder(tmp_path / "other").save(replace(run.checkpoints.load(), state=run.trainer.state()))
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_resume_refuses_a_checkpoint_cut_in_half_and_of_other_planes(corpus, tmp_path, monkeypatch):
    Run.begin(tmp_path, corpus, config(), SMALL, CPU).save()
    path = checkpoint_file(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CheckpointError, match="cut short"):
        Run.resume(tmp_path, corpus, CPU)
    path.write_bytes(whole)
    monkeypatch.setattr(tensor_file, "planes_name", lambda: "17 planes cafe")
    with pytest.raises(CheckpointError, match="17 planes cafe"):
        Run.resume(tmp_path, corpus, CPU)


def test_starting_from_a_model_loses_nothing(corpus, tmp_path):
    first = Run.begin(tmp_path / "first", corpus, config(positions=32 * 40), NetworkConfig(16, 3), CPU)
    train(first)
    second = Run.begin(tmp_path / "second", corpus, config(), tmp_path / "first", CPU)
    positions = sample_positions(corpus, np.arange(len(corpus)), 500)
    before = evaluate(load_model(tmp_path / "first")[0], corpus, positions).total
    after = evaluate(second.trainer.model(), corpus, positions).total
    assert after.first == before.first and after.loss == pytest.approx(before.loss, abs=1e-4)
    second.save()
    assert load_model(tmp_path / "second")[1].positions_seen == 32 * 40  # by the model it started from


def test_killed_at_any_moment_a_run_goes_on(corpus, tmp_path):
    prepared = tmp_path / "x.corpus"
    corpus.save(prepared)
    train = [sys.executable, "-m", "gopolicy", "train", prepared, "--out", tmp_path / "run", "--network", "tiny"]
    options = ["--filters", "8", "--layers", "2", "--positions", "100000000", "--save-minutes", "0", "--device", "cpu"]
    steps = []
    for resume in ([], ["--resume"]):
        process = subprocess.Popen([*train, *options, *resume], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and _saved(tmp_path / "run") <= (steps[-1] if steps else 0) + 5:
            time.sleep(0.05)
        process.kill()  # it saves after every step: the signal comes while it writes, as likely as not
        process.wait()
        steps.append(_saved(tmp_path / "run"))
    assert 5 < steps[0] < steps[1]


def _saved(folder):
    """Return the step of the newest good checkpoint, 0 if there is none yet."""
    try:
        return CheckpointFolder(folder).load().state["step"]
    except CheckpointError:
        return 0


@pytest.mark.parametrize("damage", ["cut short", "one bit", "a part missing"])
def test_resume_takes_the_checkpoint_before_a_damaged_one(corpus, tmp_path, caplog, monkeypatch, damage):
    monkeypatch.setattr(checkpoint, "PART_BYTES", 20_000)
    run = Run.begin(tmp_path, corpus, config(), SMALL, CPU)
    source = batches(run.order, 32)
    for _ in range(3):
        run.trainer.step(next(source))
        run.save()
    run.close()
    path = checkpoint_file(tmp_path)
    content = bytearray(path.read_bytes())
    content[-3] ^= 4
    {"cut short": lambda: path.write_bytes(content[:1000]), "one bit": lambda: path.write_bytes(content)}.get(
        damage, path.unlink
    )()
    again = Run.resume(tmp_path, corpus, CPU)
    assert again.trainer.step_number == 2
    assert "checkpoint-000000003" in caplog.text and "going on from checkpoint-000000002" in caplog.text
    again.trainer.step(next(source))
    again.save()
    again.close()
    assert {int(path.name.split("-")[1]) for path in tmp_path.glob("checkpoint-*")} == {2, 3}
    assert Run.resume(tmp_path, corpus, CPU).trainer.step_number == 3


def test_an_older_checkpoint_that_is_at_its_end_replaces_no_better_model(corpus, tmp_path):
    run = Run.begin(tmp_path, corpus, config(positions=32 * 2), SMALL, CPU)
    assert train(run)
    run.close()
    longer = Run.resume(tmp_path, corpus, CPU, changes={"positions": 32 * 4})
    assert train(longer)
    longer.close()
    checkpoint_file(tmp_path).write_bytes(b"cut")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(CheckpointError, match="newest checkpoint is damaged.* end of 64 positions; give more"):
        Run.resume(tmp_path, corpus, CPU)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    again = Run.resume(tmp_path, corpus, CPU, changes={"positions": 32 * 4})
    assert train(again) and load_model(tmp_path)[1].positions_seen == 32 * 4
    again.close()


def test_a_full_disk_leaves_the_last_checkpoint(corpus, tmp_path, monkeypatch):
    run = Run.begin(tmp_path, corpus, config(), SMALL, CPU)
    run.save()
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    run.trainer.step(next(batches(run.order, 32)))
    with pytest.raises(FileError, match="No space left on device; what was there is unharmed"):
        run.save()
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("name", "value"),
    [("batch", 0), ("positions", 0), ("lr", float("nan")), ("validation", 1.0), ("warmup", -1.0), ("seed", -1)]
    + [("optimizer", "adam"), ("precision", "float16")],
)
def test_impossible_recipes_are_refused_by_the_name_of_the_option(name, value):
    with pytest.raises(TrainingError, match=f"--{name} "):
        TrainingConfig(**{name: value})


def test_every_option_has_its_line_of_help():
    assert set(field_help(TrainingConfig)) == set(TrainingConfig.__dataclass_fields__)


def test_samples_are_distinct_and_reproducible(corpus):
    games, moves = sample_positions(corpus, np.arange(len(corpus)), 200, seed=5)
    again = sample_positions(corpus, np.arange(len(corpus)), 200, seed=5)
    assert len(set(zip(games.tolist(), moves.tolist(), strict=True))) == 200
    assert np.array_equal(games, again[0]) and np.array_equal(moves, again[1])
    assert (moves < corpus.index["targets"][games]).all()

"""A teacher: what it predicts under which symmetries, that it is learned from, and the command."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gopolicy.__main__ import main
from gopolicy.nn import ModelFacts, NetworkConfig, load_model, save_model
from gopolicy.nn.inference import Unpacker, average_probabilities
from gopolicy.nn.training_form import NormalizedNetwork
from gopolicy.records import read_records
from gopolicy.records.corpus import Corpus
from gopolicy.training.checkpoint import CheckpointFolder
from gopolicy.training.config import TrainingConfig
from gopolicy.training.loader import batches
from gopolicy.training.loop import Trainer
from gopolicy.training.order import Order
from gopolicy.training.teacher import Teacher

DATA = Path(__file__).parents[2] / "data"
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    path = tmp_path_factory.mktemp("games") / "data.corpus"
    Corpus.from_records(list(read_records(DATA))[:6]).save(path)
    return path


@pytest.fixture(scope="module")
def batch(corpus):
    opened = Corpus.open(corpus)
    return next(batches(Order(opened, np.arange(len(opened)), 1), 32))


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """The file of a network that sees four planes and has opinions."""
    torch.manual_seed(3)
    network = NormalizedNetwork(NetworkConfig(8, 2, planes=4)).fuse()
    with torch.no_grad():
        network.last.weight.mul_(30)
        network.position_bias.normal_()
    path = tmp_path_factory.mktemp("model") / "teacher.safetensors"
    save_model(path, network, ModelFacts())
    return path


def test_in_seven_steps_the_teacher_sees_all_symmetries_but_the_batchs_own(batch, model):
    teacher, unpacker = Teacher(model, CPU, torch.float32), Unpacker(CPU, 4)
    seen = sum(teacher.predict(batch, step) for step in range(7)) / 7
    own = torch.nn.functional.softmax(teacher.network(unpacker.unpack(batch.packed, batch.symmetries)), 1)
    of_all = unpacker.turn(average_probabilities(teacher.network, unpacker, batch.packed, 8), batch.symmetries)
    assert torch.allclose(seen, (8 * of_all - own) / 7, atol=1e-5) and not torch.allclose(seen, own, atol=1e-3)


def test_what_the_teacher_predicts_is_learned(batch, model):
    torch.manual_seed(1)
    teacher = Teacher(model, CPU, torch.float32)
    recipe = TrainingConfig(positions=32 * 100, batch=32, teacher_share=1.0)
    trainer = Trainer(recipe, NormalizedNetwork(NetworkConfig(16, 2)), CPU, "float32", teacher=teacher)
    trainer.step(batch)
    first = trainer.results().loss
    for _ in range(99):
        trainer.step(batch)
        last = trainer.results().loss
    taught = sum(teacher.predict(batch, step) for step in range(7)) / 7
    least = -(taught * taught.log()).sum(1).mean().item()
    assert last - least < 0.2 * (first - least)


def test_without_a_share_the_teacher_changes_nothing(batch, model):
    losses = []
    for teacher in (None, Teacher(model, CPU, torch.float32)):
        torch.manual_seed(1)
        recipe = replace(TrainingConfig(positions=320, batch=32), teacher_share=0.0)
        trainer = Trainer(recipe, NormalizedNetwork(NetworkConfig(8, 2)), CPU, "float32", teacher=teacher)
        for _ in range(3):
            trainer.step(batch)
        losses.append(trainer.results().loss)
    assert losses[0] == losses[1]


def test_a_run_keeps_its_teacher_or_takes_it_from_another_place(corpus, model, tmp_path, capsys):
    def train(*options):
        return main([str(option) for option in ("train", corpus, "--out", tmp_path / "run", *options)])

    shape = ("--filters", 8, "--layers", 2, "--batch", 32, "--precision", "float32", "--device", "cpu")
    assert train(*shape, "--positions", 64, "--teacher", tmp_path / "missing") == 1
    assert "missing" in capsys.readouterr().err and not (tmp_path / "run").exists()
    teacher = tmp_path / "teacher.safetensors"
    teacher.write_bytes(model.read_bytes())
    assert train(*shape, "--positions", 64, "--teacher", teacher) == 0
    assert CheckpointFolder(tmp_path / "run").load().training.teacher == str(teacher.resolve())
    teacher.unlink()
    assert train("--resume", "--positions", 96) == 1 and str(teacher) in capsys.readouterr().err
    assert train("--resume", "--positions", 96, "--teacher", model) == 0
    assert load_model(tmp_path / "run")[1].positions_seen == 96

"""Training on a GPU, and the same path on a CPU: train, resume, evaluate, export, compile, Muon.

Machines with GPUs often lack sgfmill: the games are made here.
"""

import random

import pytest
import torch
from random_play import random_game

from gopolicy.__main__ import main
from gopolicy.nn import NetworkConfig, load_model
from gopolicy.nn.training_form import NormalizedNetwork
from gopolicy.policy import Policy
from gopolicy.records import Record
from gopolicy.records.corpus import Corpus
from gopolicy.training import batch_size
from gopolicy.training.batch_size import measured_speed
from gopolicy.training.checkpoint import CheckpointFolder
from gopolicy.training.config import TrainingConfig
from gopolicy.training.loop import Trainer
from gopolicy.training.optimizer import Muon
from gopolicy.training.order import Order
from gopolicy.training.run_loop import training_batches

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
DEVICES = ["cpu", pytest.param("cuda", marks=needs_cuda)]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    path = tmp_path_factory.mktemp("games") / "data.corpus"
    games = [random_game(random.Random(number), 19, 150, setup=False) for number in range(20)]
    Corpus.from_records([Record(size=game.size, events=game.events) for game in games]).save(path)
    return path


def gopolicy(*arguments):
    return main([str(argument) for argument in arguments])


@pytest.mark.parametrize("device", DEVICES)
def test_train_resume_and_evaluate(corpus, tmp_path, device, capsys):
    positions = 20_000 if device == "cuda" else 512
    shape = ("--filters", 16, "--layers", 3, "--batch", 128, "--validation", 0.2, "--device", device, "--workers", 1)
    run = tmp_path / "run"
    assert gopolicy("train", corpus, "--out", run, *shape, "--positions", positions // 2) == 0
    resumed = ("--resume", "--device", device, "--workers", 1, "--positions", positions)
    assert gopolicy("train", corpus, "--out", run, *resumed) == 0
    assert CheckpointFolder(run).load().state["step"] == positions // 128
    capsys.readouterr()
    sample = ("--sample", 500, "--no-progress", "--device", device)
    assert gopolicy("evaluate", corpus, "--model", run, *sample) == 0
    assert "top-1" in capsys.readouterr().out


@pytest.mark.parametrize("device", DEVICES)
def test_exporting_leaves_the_device_alone(corpus, tmp_path, device, monkeypatch):
    pytest.importorskip("onnxscript")
    pytest.importorskip("onnxruntime")
    shape = ("--filters", 8, "--layers", 2, "--batch", 64, "--device", device, "--positions", 64)
    assert gopolicy("train", corpus, "--out", tmp_path / "run", *shape) == 0
    asked, load = [], Policy.load
    monkeypatch.setattr(Policy, "load", lambda *names, **kind: asked.append(kind["device"]) or load(*names, **kind))
    model = ("--model", tmp_path / "run", "--positions", 5)
    assert gopolicy("export", "--onnx", tmp_path / "model.onnx", *model) == 0
    assert asked == ["cpu"]  # where a GPU is there, nothing of the export goes to it


@needs_cuda
@pytest.mark.parametrize("mode", ["on", "graphs"])
def test_compiled_on_a_gpu_is_the_same(corpus, mode):
    device, losses = torch.device("cuda"), {}
    opened = Corpus.open(corpus)
    for compile_mode in ("off", mode):
        torch.manual_seed(1)
        network = NormalizedNetwork(NetworkConfig(16, 3))
        recipe = TrainingConfig(positions=12_800, batch=128, lr=0.001)
        trainer = Trainer(recipe, network, device, "float32", compile_mode=compile_mode)
        with training_batches(Order(opened, opened.split(0.0)[0], 1), trainer, workers=1) as source:
            for _ in range(10):
                trainer.step(next(source))
        losses[compile_mode] = trainer.results().loss
        assert trainer.compiled == (compile_mode != "off")
    assert losses[mode] == pytest.approx(losses["off"], abs=5e-3)


@pytest.mark.parametrize("device", DEVICES)
def test_muon_is_as_torch_has_it(device):
    reference = getattr(torch.optim, "Muon", None)
    if reference is None:
        pytest.skip("this torch has no Muon")
    start = torch.randn(16, 40, generator=torch.Generator().manual_seed(1)).to(device)
    mine, theirs = start.clone().requires_grad_(), start.clone().requires_grad_()
    ours = Muon([mine], lr=0.1, weight_decay=0.1)
    other = reference([theirs], lr=0.1, momentum=0.95, weight_decay=0.1, adjust_lr_fn="match_rms_adamw")
    for step in range(5):
        gradient = torch.randn(16, 40, generator=torch.Generator().manual_seed(step + 2)).to(device)
        for one in (mine, theirs):
            one.grad = gradient.clone()
        ours.step()
        other.step()
    moved, expected = mine - start, theirs - start
    assert (moved - expected).norm() < 0.03 * expected.norm()  # it multiplies in bfloat16


@needs_cuda
def test_a_model_trained_on_a_gpu_loads_on_a_cpu(corpus, tmp_path):
    assert gopolicy("train", corpus, "--out", tmp_path / "run", "--network", "tiny", "--positions", 2560) == 0
    network, facts = load_model(tmp_path / "run")
    assert facts.positions_seen == 2560
    assert next(network.parameters()).device.type == "cpu"


@pytest.mark.parametrize("device", DEVICES)
def test_bench_training_with_a_measured_batch(corpus, device, capsys, monkeypatch):
    monkeypatch.setattr(batch_size, "LEAST_STEPS", 10**17 if device == "cpu" else 10**15)  # 256 alone; up to 8192
    few = ("--network", "tiny", "--steps", 1, "--runs", 1, "--device", device, "--workers", 1)
    assert gopolicy("bench", "training", corpus, "--batch", "auto", *few) == 0
    assert "positions a second, end to end" in capsys.readouterr().out


@needs_cuda
def test_a_batch_that_does_not_fit_is_found_and_its_memory_given_back(monkeypatch):
    device = torch.device("cuda")
    monkeypatch.setattr(batch_size, "MEMORY", 0.04)
    assert measured_speed(TrainingConfig(), NetworkConfig(128, 12), device, 16_384) is None
    assert torch.cuda.memory_reserved(device) < 2**30
    assert measured_speed(TrainingConfig(), NetworkConfig(128, 12), device, 16)

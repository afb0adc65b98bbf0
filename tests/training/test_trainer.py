"""One step of training: it learns, skips what is no number, compiles or says that it cannot."""

import math
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gopolicy.nn import NetworkConfig
from gopolicy.nn.training_form import NormalizedNetwork
from gopolicy.records import read_records
from gopolicy.records.corpus import Corpus
from gopolicy.training.config import TrainingConfig, TrainingError, schedule
from gopolicy.training.device import adapted, default_workers, pick_precision
from gopolicy.training.loader import batches
from gopolicy.training.loop import Trainer
from gopolicy.training.order import Order
from gopolicy.training.processes import Processes

DATA = Path(__file__).parents[2] / "data"
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def corpus():
    return Corpus.from_records(list(read_records(DATA))[:6])


SMALL = NetworkConfig(8, 2)


def trainer_of(shape=SMALL, mode="off", **changes):
    torch.manual_seed(1)
    recipe = TrainingConfig(**{"positions": 32 * 400, "batch": 32, "precision": "float32", **changes})
    return Trainer(recipe, NormalizedNetwork(shape), CPU, recipe.precision, compile_mode=mode)


def batch_of(corpus):
    return next(batches(Order(corpus, np.arange(len(corpus)), 1), 32))


@pytest.mark.parametrize("optimizer", ["muon", "sgd", "adamw"])
def test_one_batch_is_overfitted(corpus, optimizer):
    batch = batch_of(corpus)
    rate = {"muon": 0.02, "sgd": 0.05, "adamw": 0.003}[optimizer]
    trainer = trainer_of(NetworkConfig(16, 3), optimizer=optimizer, lr=rate)
    for _ in range(400):
        trainer.step(batch)
        if trainer.results().top1 == 1.0:
            return
    pytest.fail("a batch of 32 was not learned by heart in 400 steps")


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_by_winograd_a_batch_is_learned_as_by_direct_convolutions(corpus, precision):
    batch, losses = batch_of(corpus), {}
    for convolution in ("direct", "winograd"):
        trainer = trainer_of(NetworkConfig(16, 4), precision=precision, convolution=convolution, lr=0.01)
        for _ in range(20):
            trainer.step(batch)
        losses[convolution] = trainer.results().loss
    assert losses["winograd"] == pytest.approx(losses["direct"], rel=1e-3 if precision == "float32" else 0.05)


def test_convolutions_that_cannot_be_computed_are_refused():
    recipe = TrainingConfig(convolution="winograd", precision="float32")
    assert adapted(recipe, NetworkConfig(32, 2), CPU).convolution == "winograd"
    with pytest.raises(TrainingError, match="--convolution winograd: .* multiples of 16"):
        adapted(recipe, NetworkConfig(8, 2), CPU)
    automatic = replace(recipe, convolution="auto")
    assert adapted(automatic, NetworkConfig(8, 2), CPU).convolution == "direct"
    assert adapted(automatic, NetworkConfig(96, 2), CPU, compile_mode="on").convolution == "direct"
    with pytest.raises(TrainingError, match="--compile on: .* leave it out"):
        trainer_of(NetworkConfig(32, 2), mode="on", convolution="winograd")


@pytest.mark.parametrize("optimizer", ["muon", "sgd", "adamw"])
def test_a_step_without_a_finite_loss_changes_nothing_and_is_counted(corpus, optimizer, caplog):
    trainer, batch = trainer_of(optimizer=optimizer), batch_of(corpus)
    trainer.step(batch)
    before = {name: value.clone() for name, value in trainer.network.state_dict().items()}
    unpack = trainer.unpacker.unpack
    trainer.unpacker.unpack = lambda *arguments: unpack(*arguments).fill_(float("nan"))  # spoils statistics, too
    trainer.step(batch)
    trainer.unpacker.unpack = unpack
    after = trainer.network.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before if "num_batches" not in name)
    trainer.step(batch)
    result = trainer.results()
    assert result.skipped == 1 and math.isfinite(result.loss) and "1 of 3 steps skipped" in caplog.text
    assert all(torch.isfinite(value).all() for value in trainer.average.state_dict().values())
    assert not all(torch.equal(before[name], value) for name, value in trainer.network.state_dict().items())


def test_results_are_means_since_the_last_reading(corpus):
    trainer, batch = trainer_of(lr=1e-9), batch_of(corpus)
    for _ in range(3):
        trainer.step(batch)
    first = trainer.results()
    trainer.step(batch)
    again = trainer.results()
    assert first.loss == pytest.approx(again.loss, abs=1e-3) and first.top1 == again.top1 and first.skipped == 0


def test_schedule_rises_and_falls():
    settings = TrainingConfig(positions=256 * 1000, batch=256, warmup=0.1)
    factors = [schedule(step, settings) for step in range(settings.steps)]
    assert factors.index(max(factors)) in range(98, 102) and max(factors) <= 1
    assert factors[0] < 0.02 and factors[-1] < 0.001 and min(factors) > 0


needs_a_compiler = pytest.mark.skipif(not shutil.which("g++"), reason="torch compiles for CPUs by g++")


@pytest.fixture
def traced(monkeypatch):
    """Let torch trace a step as one graph, forward and backward, and run it without a compiler of its own."""
    graphs = []

    def compile_as_one(module, mode=None):
        return torch_compile(module, backend=_counting(graphs), fullgraph=True)

    torch_compile = torch.compile
    torch.compiler.reset()
    monkeypatch.setattr(torch, "compile", compile_as_one)
    return graphs


def _counting(graphs):
    from torch._dynamo.backends.registry import lookup_backend

    def backend(graph, inputs):
        graphs.append(graph)
        return lookup_backend("aot_eager")(graph, inputs)

    return backend


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_step_is_one_graph_from_the_packed_planes_to_the_loss(corpus, traced, precision):
    """A high rate amplifies what rounding differs by."""
    plain = trainer_of(lr=0.001, precision=precision)
    compiled = trainer_of(mode="on", lr=0.001, precision=precision)
    for batch in (batch_of(corpus),) * 3:
        plain.step(batch)
        compiled.step(batch)
        assert compiled.results().loss == pytest.approx(plain.results().loss, abs=1e-3)
    assert compiled.compiled and len(traced) == 1
    inputs = [node.meta["example_value"] for node in traced[0].graph.nodes if node.op == "placeholder"]
    assert torch.uint8 in {value.dtype for value in inputs}
    outputs = next(node for node in traced[0].graph.nodes if node.op == "output").args[0]
    assert [tuple(node.meta["example_value"].shape) for node in outputs] == [(), ()]


@needs_a_compiler
@pytest.mark.parametrize("mode", ["on", "graphs"])
def test_compiled_is_the_same(corpus, mode):
    torch.compiler.reset()
    plain, compiled = trainer_of(lr=0.001), trainer_of(mode=mode, lr=0.001)
    for batch in (batch_of(corpus),) * 3:
        plain.step(batch)
        compiled.step(batch)
        assert compiled.results().loss == pytest.approx(plain.results().loss, abs=1e-3)
    assert compiled.compiled  # it did not fall back


def broken_compile(module, **options):
    def call(*tensors):
        raise RuntimeError("no compiler here\nand more lines")

    return call


@pytest.mark.parametrize("mode", ["on", "graphs"])
def test_compile_on_never_falls_back(corpus, monkeypatch, mode):
    monkeypatch.setattr(torch, "compile", broken_compile)
    trainer = trainer_of(mode=mode)
    with pytest.raises(TrainingError, match="torch cannot compile the network here .RuntimeError: no compiler here.$"):
        trainer.step(batch_of(corpus))


def test_compile_auto_falls_back_with_a_warning(corpus, monkeypatch, caplog):
    monkeypatch.setattr(torch, "compile", broken_compile)
    plain, trainer = trainer_of(), trainer_of(mode="on")
    trainer._required = False  # as auto does on a GPU
    for one in (plain, trainer):
        one.step(batch_of(corpus))
    assert "training goes on uncompiled" in caplog.text and not trainer.compiled
    assert trainer.results() == plain.results()
    state, other = trainer.network.state_dict(), plain.network.state_dict()
    assert all(torch.equal(state[name], other[name]) for name in state if "num_batches" not in name)


def test_several_processes_do_not_compile(monkeypatch):
    monkeypatch.setattr(Processes, "shared", lambda self, network: network)
    network = NormalizedNetwork(NetworkConfig(8, 2))
    with pytest.raises(TrainingError, match="several processes train uncompiled"):
        Trainer(TrainingConfig(), network, CPU, "float32", processes=Processes(0, 2), compile_mode="on")
    with pytest.raises(TrainingError, match="--compile 'fast': unknown"):
        trainer_of(mode="fast")


@pytest.mark.parametrize(("supported", "precision"), [(True, "bfloat16"), (False, "float32")])
def test_a_gpu_is_asked_what_it_supports(monkeypatch, supported, precision):
    asked = []
    monkeypatch.setattr(torch.cuda, "device", lambda device: torch.no_grad())
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **options: asked.append(options) or supported)
    assert pick_precision("auto", torch.device("cuda")) == precision
    assert asked == [{"including_emulation": False}]


def test_workers_are_counted_by_usable_cores_and_local_processes(monkeypatch):
    monkeypatch.setattr("gopolicy.training.device.usable_cores", lambda: 32)
    monkeypatch.delenv("LOCAL_WORLD_SIZE", raising=False)
    assert default_workers(torch.device("cuda")) == 16 and default_workers(CPU) == 0
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "8")
    assert default_workers(torch.device("cuda")) == 3

"""Checkpoints: their parts, and those of runs that older versions began."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import save

from gopolicy.nn import CheckpointError, NetworkConfig, tensor_file
from gopolicy.nn.training_form import NormalizedNetwork
from gopolicy.training import checkpoint
from gopolicy.training.checkpoint import Checkpoint, CheckpointFolder, RunFacts, flatten, unflatten
from gopolicy.training.config import TrainingConfig
from gopolicy.training.loop import Trainer

SMALL = NetworkConfig(8, 2)


def trained_state(*, branches=True):
    network = NormalizedNetwork(SMALL, branches=branches)
    return Trainer(TrainingConfig(branches=branches), network, torch.device("cpu"), "float32").state()


def equal(first, second):
    (tensors, rest), (others, other_rest) = flatten(first), flatten(second)
    return (
        rest == other_rest
        and tensors.keys() == others.keys()
        and all(torch.equal(tensors[name], others[name]) for name in tensors)
    )


def test_round_trip_in_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "PART_BYTES", 30_000)
    saved = Checkpoint(SMALL, TrainingConfig(seed=7), RunFacts("games", "net", 5, 1.5), trained_state())
    CheckpointFolder(tmp_path).save(saved)
    files = list(tmp_path.iterdir())
    largest = max(tensor.nbytes for tensor in flatten(saved.state)[0].values())
    assert len(files) > 3 and max(path.stat().st_size for path in files) < max(30_000, largest) + 10_000
    loaded = CheckpointFolder(tmp_path).load()
    assert (loaded.network, loaded.training, loaded.facts) == (saved.network, saved.training, saved.facts)
    assert equal(loaded.state, saved.state)


def test_files_of_the_paper_network_stay_under_16_megabytes():
    network = NormalizedNetwork(NetworkConfig(192))
    tensors = {f"{copy}/{name}": value for copy in range(3) for name, value in network.state_dict().items()}
    groups = checkpoint._split(tensors)
    assert sum(map(len, groups)) == len(tensors)
    assert len(groups) > 3 and all(sum(t.nbytes for t in group.values()) < 15.1e6 for group in groups)


def test_parts_of_two_savings_are_not_mixed(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "PART_BYTES", 30_000)
    state = trained_state()
    for folder in ("one", "two"):
        next(iter(state["network"].values())).add_(1)
        (tmp_path / folder).mkdir()
        CheckpointFolder(tmp_path / folder).save(Checkpoint(SMALL, TrainingConfig(), RunFacts(), state))
    name = min(path.name for path in (tmp_path / "one").iterdir())
    (tmp_path / "one" / name).write_bytes((tmp_path / "two" / name).read_bytes())
    with pytest.raises(CheckpointError, match="another saving"):
        CheckpointFolder(tmp_path / "one").load()


def test_saving_again_at_the_same_step_does_no_harm_where_it_is_cut_off(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "PART_BYTES", 30_000)
    saved, written = Checkpoint(SMALL, TrainingConfig(), RunFacts(), trained_state()), []
    CheckpointFolder(tmp_path).save(saved)

    def cut_off(path, *content):
        written.append(path)
        if len(written) == 2:
            raise KeyboardInterrupt
        tensor_file.write_tensors(path, *content)

    monkeypatch.setattr(checkpoint, "write_tensors", cut_off)
    with pytest.raises(KeyboardInterrupt):
        CheckpointFolder(tmp_path).save(replace(saved, facts=RunFacts(seconds=9.0)))
    assert equal(CheckpointFolder(tmp_path).load().state, saved.state)


@pytest.mark.parametrize("name", ["checkpoint.safetensors", "previous.safetensors"])
@pytest.mark.parametrize("branches", [False, True])
def test_runs_of_older_versions_go_on(tmp_path, name, branches):
    """As they wrote them: one file, its facts beside the state, the recipe without the newer options."""
    state = trained_state(branches=branches)
    tensors, rest = flatten(state)
    recipe = {"positions": 640, "batch": 32, "lr": 0.01, "precision": "float32", "gone since": 3}
    network = {"filters": 8, "layers": 2, "planes": 48}
    facts = {"corpus": "20 games", "started from": "net", "seen before": 9, "training": recipe, "network": network}
    header = {**facts, "planes": tensor_file.planes_name(), "kind": checkpoint.KIND, "state": rest}
    (tmp_path / name).write_bytes(save(tensors, {"gopolicy": json.dumps(header)}))
    folder = CheckpointFolder(tmp_path)
    assert not folder.is_empty()
    loaded = folder.load()
    assert loaded.training == TrainingConfig(640, batch=32, lr=0.01, precision="float32", branches=branches)
    assert loaded.facts == RunFacts("20 games", "net", 9) and equal(loaded.state, state)
    folder.save(loaded)
    assert equal(CheckpointFolder(tmp_path).load().state, state)


def test_a_model_is_no_checkpoint(tmp_path):
    tensor_file.write_tensors(tmp_path / "checkpoint.safetensors", {"x": torch.zeros(1)}, {"kind": "gopolicy model"})
    with pytest.raises(CheckpointError, match="a gopolicy model, not a training run"):
        CheckpointFolder(tmp_path).load()


def test_flatten_and_unflatten():
    state = {"step": 3, "a": {"b": torch.ones(2), "c": {"d": 1.5}}}
    tensors, rest = flatten(state)
    assert set(tensors) == {"a/b"} and rest == {"step": 3, "a/c/d": 1.5}
    back = unflatten(tensors, rest)
    assert back["step"] == 3 and np.array_equal(back["a"]["b"], np.ones(2)) and back["a"]["c"] == {"d": 1.5}

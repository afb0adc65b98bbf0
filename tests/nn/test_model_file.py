"""Model files: what they say of themselves, files of other versions, damaged and crafted ones."""

import json
import logging
import os
import random
from pathlib import Path

import pytest
import torch
from safetensors.torch import load, save

from gopolicy.files import FileError
from gopolicy.nn import CheckpointError, ModelFacts, NetworkConfig, PolicyNetwork, load_model, save_model, tensor_file

SHIPPED = Path(tensor_file.__file__).parents[1] / "weights" / "model.safetensors"
SMALL = NetworkConfig(8, 2)


def write(path, tensors, **facts):
    """Write a file as a program would that keeps to no rules."""
    path.write_bytes(save(tensors, {"gopolicy": json.dumps(facts)}))


def header(**changes):
    """Return the header of a file of version 1, as runs before versions wrote it."""
    network = {"filters": 8, "layers": 2, "planes": 48}
    return {"kind": "gopolicy model", "planes": tensor_file.planes_name(), "network": network, **changes}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "m.safetensors"


def test_round_trip(path, tmp_path):
    network = PolicyNetwork(SMALL)
    facts = ModelFacts(positions_seen=5, corpus="ten games", training={"lr": 0.02}, temperature=1.1)
    save_model(path, network, facts)
    loaded, said = load_model(path)
    assert said == facts and loaded.config == network.config and not loaded.training
    planes = torch.rand(1, 48, 19, 19)
    assert torch.equal(loaded(planes), network(planes))
    save_model(tmp_path / "half.safetensors", network, half=True)
    assert (tmp_path / "half.safetensors").stat().st_size < 0.6 * path.stat().st_size
    assert torch.allclose(load_model(tmp_path / "half.safetensors")[0](planes), network(planes), atol=1e-2)


def test_files_of_version_1_load_with_a_note(path, caplog):
    network = PolicyNetwork(SMALL)
    write(path, network.state_dict(), **header(**{"positions seen": 7, "started from": "net", "unheard of": [1]}))
    with caplog.at_level(logging.INFO):
        loaded, facts = load_model(path)
    assert facts == ModelFacts(positions_seen=7, started_from="net")
    assert torch.equal(loaded.position_bias, network.position_bias)
    assert "no digest" in caplog.text


def test_the_network_that_ships_loads():
    network, facts = load_model(SHIPPED)
    assert network.config.filters >= 96 and facts.positions_seen > 4_000_000


def test_a_newer_version_is_refused_by_one_line(path, monkeypatch):
    monkeypatch.setattr(tensor_file, "VERSION", 3)
    save_model(path, PolicyNetwork(SMALL))
    monkeypatch.undo()
    with pytest.raises(CheckpointError, match="newer gopolicy .version 3, this one reads up to 2.; update it"):
        load_model(path)


def test_every_flipped_bit_is_noticed(path):
    save_model(path, PolicyNetwork(NetworkConfig(2, 1)))
    whole = bytearray(path.read_bytes())
    rng = random.Random(1)
    for _ in range(400):
        place, bit = rng.randrange(len(whole)), rng.randrange(8)
        changed = bytearray(whole)
        changed[place] ^= 1 << bit
        path.write_bytes(changed)
        with pytest.raises(CheckpointError, match="m.safetensors"):
            load_model(path)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused(path, value):
    network = PolicyNetwork(SMALL)
    torch.nn.init.constant_(network.last.weight, value)
    write(path, network.state_dict(), **header())
    with pytest.raises(CheckpointError, match="last.weight holds values that are no finite numbers"):
        load_model(path)


CRAFTED = {
    "many layers": header(network={"filters": 8, "layers": 100_000, "planes": 48}),
    "many filters": header(network={"filters": 4096, "layers": 256, "planes": 48}),
    "text for a number": header(network={"filters": "8"}),
    "truth for a number": header(network={"filters": True}),
    "no network": header(network=None),
    "no kind": header(kind=None),
    "a list of facts": header(training=[1]),
    "version of text": header(version="1"),
    "version without digest": header(version=2),
    "digest of a number": header(digest=5),
    "a fraction of a position": header(**{"positions seen": 0.5}),
}


@pytest.mark.parametrize("name", CRAFTED)
def test_crafted_headers_get_one_line(path, name):
    write(path, PolicyNetwork(SMALL).state_dict(), **CRAFTED[name])
    with pytest.raises(CheckpointError, match="m.safetensors: ") as caught:
        load_model(path)
    assert len(str(caught.value)) < 400 and "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, '{"version": NaN}'])
def test_headers_that_are_no_object_get_one_line(path, text):
    path.write_bytes(save(PolicyNetwork(SMALL).state_dict(), {"gopolicy": text}))
    with pytest.raises(CheckpointError, match="m.safetensors: "):
        load_model(path)


def test_weights_of_other_shapes_and_types_are_refused(path):
    good = PolicyNetwork(SMALL).state_dict()
    for changed in (
        {**good, "more": torch.zeros(1)},
        {name: tensor for name, tensor in good.items() if name != "last.weight"},
        {**good, "last.weight": torch.zeros(1, 8, 2, 2)},
        {**good, "last.weight": torch.zeros(1, 8, 1, 1, dtype=torch.int64)},
    ):
        write(path, changed, **header())
        with pytest.raises(CheckpointError, match="weights do not fit"):
            load_model(path)


def odd_tensors():
    """Return tensors that safetensors can hold and no network has."""
    dtypes = (torch.float8_e4m3fn, torch.float8_e5m2, torch.complex64, torch.int8)
    return [torch.zeros([1] * 70), *(torch.zeros(2, 2).to(dtype) for dtype in dtypes)]


@pytest.mark.parametrize("odd", odd_tensors(), ids=lambda odd: f"{odd.dtype}-{odd.dim()}")
def test_tensors_that_no_network_has_are_refused(path, odd):
    """Found by the fuzzer: torch cannot do with some what it does with others."""
    network = PolicyNetwork(SMALL)
    write(path, {**network.state_dict(), "odd": odd}, **header())
    with pytest.raises(CheckpointError, match="'odd' is no tensor of a network|cut short or no safetensors file"):
        load_model(path)


def test_a_model_cut_in_half_is_refused(path):
    save_model(path, PolicyNetwork(SMALL))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(CheckpointError, match=r"m\.safetensors: cut short"):
        load_model(path)


def test_a_model_of_other_planes_is_refused_with_both_names(path, monkeypatch):
    ours = tensor_file.planes_name()
    monkeypatch.setattr(tensor_file, "planes_name", lambda: "17 planes cafe")
    save_model(path, PolicyNetwork(SMALL))
    monkeypatch.undo()
    with pytest.raises(CheckpointError, match=rf"made for '17 planes cafe', this gopolicy has '{ours}'"):
        load_model(path)


def test_other_files_are_refused(tmp_path):
    with pytest.raises(CheckpointError, match="no such file"):
        load_model(tmp_path / "none.safetensors")
    (tmp_path / "text").write_text("hello")
    with pytest.raises(CheckpointError, match="text: cut short or no safetensors"):
        load_model(tmp_path / "text")
    (tmp_path / "other").write_bytes(save({"x": torch.zeros(1)}))
    with pytest.raises(CheckpointError, match="another program"):
        load_model(tmp_path / "other")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CheckpointError, match="not a regular file"):
        load_model(tmp_path / "pipe")


def test_an_unwritable_place_is_named_and_harms_nothing(tmp_path):
    with pytest.raises(FileError, match="m.safetensors: cannot be written"):
        save_model(tmp_path / "no folder" / "m.safetensors", PolicyNetwork(SMALL))


def test_the_header_is_readable_by_any_program(path):
    save_model(path, PolicyNetwork(SMALL), ModelFacts(positions_seen=5))
    assert set(load(path.read_bytes())) == set(PolicyNetwork(SMALL).state_dict())

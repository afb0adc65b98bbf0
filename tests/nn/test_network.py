"""The network: the paper's shape, folding, and its files."""

import pytest
import torch
from safetensors.torch import save

from gopolicy.nn import CheckpointError, NetworkConfig, PolicyNetwork, load_model, parameter_count, save_model
from gopolicy.nn import checkpoint as checkpoint_file
from gopolicy.nn.checkpoint import flatten, unflatten
from gopolicy.nn.normalization import NormalizedNetwork


def test_the_match_version_has_the_papers_size():
    assert parameter_count(PolicyNetwork()) == 3_882_793
    first, hidden, last = 48 * 25 * 128 + 128, 11 * (128 * 128 * 9 + 128), 128 + 361
    assert parameter_count(PolicyNetwork(NetworkConfig(128))) == first + hidden + last


def test_shapes_and_the_bias_of_each_position():
    network = PolicyNetwork(NetworkConfig(8, 3))
    assert network(torch.zeros(2, 48, 19, 19)).shape == (2, 361)
    with torch.no_grad():
        network.position_bias[57] = 9.0
    assert network(torch.zeros(1, 48, 19, 19)).argmax() == 57


def test_zero_padding_keeps_the_size_and_shows_the_edge():
    """With a plane of ones a convolution answers otherwise at the edge than in the middle."""
    torch.manual_seed(1)  # a network of four filters may come out silent
    network = PolicyNetwork(NetworkConfig(4, 2))
    planes = torch.zeros(1, 48, 19, 19)
    planes[:, 3] = 1
    logits = network(planes).reshape(19, 19)
    assert torch.allclose(logits[9, 9], logits[8, 10], atol=1e-6)
    assert not torch.allclose(logits[9, 9], logits[0, 0], atol=1e-6)


def normalized(filters=8, layers=4):
    torch.manual_seed(1)
    network = NormalizedNetwork(NetworkConfig(filters, layers))
    for normalization in network.normalizations:
        torch.nn.init.uniform_(normalization.weight, 0.5, 1.5)
        torch.nn.init.uniform_(normalization.bias, -0.5, 0.5)
    for _ in range(20):
        network(torch.rand(4, 48, 19, 19))
    return network.eval()


def test_folding_changes_no_logit():
    network, planes = normalized(), torch.rand(4, 48, 19, 19)
    assert torch.allclose(network(planes), network.fold()(planes), atol=1e-5)


def test_unfolding_loses_nothing_at_step_0():
    folded, planes = normalized().fold(), torch.rand(6, 48, 19, 19)
    again = NormalizedNetwork.unfold(folded, planes).eval()
    assert torch.allclose(again(planes), folded(planes), atol=1e-5)
    assert torch.allclose(again.fold()(planes), folded(planes), atol=1e-5)
    # The statistics are those of the planes it was given, so in training mode it begins as the same function, too.
    assert torch.allclose(again.train()(planes), folded(planes), atol=1e-3)


def test_model_file_round_trip(tmp_path):
    network = PolicyNetwork(NetworkConfig(8, 2))
    save_model(tmp_path / "m.safetensors", network, {"positions seen": 5})
    loaded, facts = load_model(tmp_path / "m.safetensors")
    assert facts["positions seen"] == 5 and loaded.config == network.config
    planes = torch.rand(1, 48, 19, 19)
    assert torch.equal(loaded(planes), network(planes))
    save_model(tmp_path / "h.safetensors", network, {}, half=True)
    assert (tmp_path / "h.safetensors").stat().st_size < 0.6 * (tmp_path / "m.safetensors").stat().st_size
    assert torch.allclose(load_model(tmp_path / "h.safetensors")[0](planes), network(planes), atol=1e-2)


def test_a_model_cut_in_half_is_refused(tmp_path):
    path = tmp_path / "m.safetensors"
    save_model(path, PolicyNetwork(NetworkConfig(8, 2)), {})
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(CheckpointError, match=r"m\.safetensors: cut short"):
        load_model(path)


def test_a_model_of_other_planes_is_refused_with_both_names(tmp_path, monkeypatch):
    path = tmp_path / "m.safetensors"
    ours = checkpoint_file.planes_name()
    monkeypatch.setattr(checkpoint_file, "planes_name", lambda: "17 planes cafe")
    save_model(path, PolicyNetwork(NetworkConfig(8, 2)), {})
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


def test_an_unwritable_place_is_told_and_harms_nothing(tmp_path):
    with pytest.raises(CheckpointError, match="cannot be written"):
        save_model(tmp_path / "no folder" / "m.safetensors", PolicyNetwork(NetworkConfig(8, 2)), {})


def test_flatten_and_unflatten():
    state = {"step": 3, "a": {"b": torch.ones(2), "c": {"d": 1.5}}}
    tensors, rest = flatten(state)
    assert set(tensors) == {"a/b"} and rest == {"step": 3, "a/c/d": 1.5}
    back = unflatten(tensors, rest)
    assert back["step"] == 3 and torch.equal(back["a"]["b"], torch.ones(2)) and back["a"]["c"] == {"d": 1.5}


def test_impossible_networks():
    for arguments in ((0, 12), (8, 0), (8, 2, 49)):
        with pytest.raises(ValueError, match="impossible network"):
            NetworkConfig(*arguments)

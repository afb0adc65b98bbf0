"""The network: the paper's shape, and the form in which it is trained."""

import pytest
import torch
from torch.nn import functional

from gopolicy.nn import NetworkConfig, PolicyNetwork, parameter_count
from gopolicy.nn.growth import grow
from gopolicy.nn.network import NetworkError
from gopolicy.nn.training_form import NormalizedNetwork


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


def trained(*, branches=True, filters=8, layers=4):
    """Return a network in evaluation mode whose normalizations have statistics, scales and shifts of their own."""
    torch.manual_seed(1)
    network = NormalizedNetwork(NetworkConfig(filters, layers), branches=branches)
    for normalization in (*network.normalizations, *network.branch_normalizations):
        torch.nn.init.uniform_(normalization.weight, 0.5, 1.5)
        torch.nn.init.uniform_(normalization.bias, -0.5, 0.5)
    for _ in range(20):
        network(torch.rand(4, 48, 19, 19))
    return network.eval()


@pytest.mark.parametrize("branches", [False, True])
def test_the_fused_network_is_the_trained_one(branches):
    network, planes = trained(branches=branches), torch.rand(4, 48, 19, 19)
    fused = network.fuse()
    assert torch.allclose(network(planes), fused(planes), atol=1e-4)
    assert parameter_count(fused) == parameter_count(PolicyNetwork(fused.config))


def test_a_network_is_fused_on_its_own_device():
    fused = NormalizedNetwork(NetworkConfig(8, 3)).to("meta").fuse()  # in place of a GPU
    assert {parameter.device.type for parameter in fused.parameters()} == {"meta"}


def test_branches_change_what_the_network_says():
    with_branches, without = trained(), trained()
    for normalization in without.branch_normalizations:
        torch.nn.init.zeros_(normalization.weight)
    planes = torch.rand(2, 48, 19, 19)
    assert not torch.allclose(with_branches(planes), without(planes), atol=0.1)


@pytest.mark.parametrize("branches", [False, True])
def test_training_from_a_fused_network_begins_as_that_network(branches):
    fused, planes = trained().fuse(), torch.rand(6, 48, 19, 19)
    again = NormalizedNetwork.from_fused(fused, planes, branches=branches).eval()
    assert torch.allclose(again(planes), fused(planes), atol=1e-4)
    assert torch.allclose(again.fuse()(planes), fused(planes), atol=1e-4)
    # The statistics are those of the planes it was given, so in training mode it begins as the same function, too.
    assert torch.allclose(again.train()(planes), fused(planes), atol=1e-3)


def test_branches_begin_silent_and_learn():
    network = NormalizedNetwork.from_fused(trained().fuse(), torch.rand(6, 48, 19, 19)).train()
    assert all(not normalization.weight.any() for normalization in network.branch_normalizations)
    network(torch.rand(4, 48, 19, 19)).square().sum().backward()
    assert all(normalization.weight.grad.any() for normalization in network.branch_normalizations)


@pytest.mark.parametrize("filters", [8, 13])
def test_a_network_that_grew_begins_as_it_was_and_all_of_it_learns(filters):
    fused, planes = trained().fuse(), torch.rand(6, 48, 19, 19)
    grown = grow(fused, filters, planes)
    assert grown.config.filters == filters and torch.allclose(grown(planes), fused(planes), atol=1e-4)
    x = planes
    for layer in grown.hidden():
        x = functional.relu(layer(x))
        assert x.amax(dim=(0, 2, 3))[8:].all()  # each new filter finds something
    with pytest.raises(NetworkError, match="cannot grow to 7"):
        grow(fused, 7, planes)


def test_logits_keep_full_precision_under_autocast():
    network, planes = PolicyNetwork(NetworkConfig(8, 2)), torch.rand(4, 48, 19, 19)
    with torch.autocast("cpu", torch.bfloat16):
        logits = network(planes)
    assert logits.dtype == torch.float32 and not torch.equal(logits, logits.bfloat16().float())


@pytest.mark.parametrize("arguments", [(0, 12), (8, 0), (8, 2, 49), (8, 2, 0), (8, 100_000), (10**9, 1)])
def test_impossible_networks(arguments):
    with pytest.raises(NetworkError, match="impossible network"):
        NetworkConfig(*arguments)

"""Probabilities averaged over symmetries: against the symmetries taken one by one, in any division into passes."""

import random

import numpy as np
import pytest
import torch
from random_play import random_game

from gopolicy.features import encode
from gopolicy.features.planes import encode_games
from gopolicy.features.symmetry import image_tables, point_tables
from gopolicy.nn import NetworkConfig, PolicyNetwork
from gopolicy.nn.inference import Unpacker, average_probabilities

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def games():
    return [random_game(random.Random(seed), 19, 40 + seed) for seed in range(5)]


def network(planes=48):
    torch.manual_seed(1)
    result = PolicyNetwork(NetworkConfig(8, 2, planes)).eval()
    torch.nn.init.normal_(result.position_bias)
    return result


def packed(games):
    return torch.from_numpy(encode_games(games).view(np.uint8))


def one_by_one(net, games, symmetries):
    planes = np.stack([encode(game)[: net.config.planes] for game in games]).reshape(len(games), net.config.planes, -1)
    found = []
    for symmetry in range(symmetries):
        turned = torch.from_numpy(planes[:, :, point_tables(19)[symmetry]].reshape(len(games), -1, 19, 19)).float()
        with torch.no_grad():
            found.append(net(turned).softmax(1).numpy()[:, image_tables(19)[symmetry]])
    return np.mean(found, axis=0)


@pytest.mark.parametrize(("symmetries", "planes"), [(1, 48), (3, 48), (8, 48), (8, 12)])
def test_the_average_is_that_of_the_symmetries_one_by_one(games, symmetries, planes):
    net = network(planes)
    found = average_probabilities(net, Unpacker(CPU, planes), packed(games), symmetries)
    assert found.shape == (5, 361) and found.dtype == torch.float32
    assert np.allclose(found.numpy(), one_by_one(net, games, symmetries), atol=1e-6)
    assert np.allclose(found.sum(1).numpy(), 1, atol=1e-5)


def test_the_division_into_passes_changes_nothing(games):
    net, unpacker = network(), Unpacker(CPU)
    whole = average_probabilities(net, unpacker, packed(games), 8)
    for forward in (1, 8, 17):
        assert torch.allclose(average_probabilities(net, unpacker, packed(games), 8, forward=forward), whole, atol=1e-6)
    assert average_probabilities(net, unpacker, packed(games)[:0], 8).shape == (0, 361)


def test_symmetries_outside_1_to_8_are_refused(games):
    for symmetries in (0, 9):
        with pytest.raises(ValueError, match="symmetries must be from 1 to 8"):
            average_probabilities(network(), Unpacker(CPU), packed(games), symmetries)

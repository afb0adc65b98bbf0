"""What a network has learned, as arrays: gradients, maximizing inputs, dreams, attributions, patterns, sizes."""

from pathlib import Path

import numpy as np
import pytest
import torch

from gopolicy.explain.activation_maximization import maximizing_inputs
from gopolicy.explain.activations import ExplainError, Unit, greatest_values, layer_outputs, unit_values
from gopolicy.explain.attribution import Attribution
from gopolicy.explain.deep_dream import dream
from gopolicy.explain.integrated_gradients import attribute
from gopolicy.explain.layer_sizes import first_layer_shares, layer_sizes, receptive_field
from gopolicy.explain.patterns import Positions, find_patterns
from gopolicy.explain.soft_planes import SoftPlanes
from gopolicy.features import NUM_PLANES, encode
from gopolicy.features.batch import encode_positions
from gopolicy.features.planes import FEATURES, OFFSETS, unpack
from gopolicy.go.game import Game
from gopolicy.nn import NetworkConfig, PolicyNetwork, parameter_count
from gopolicy.records import read_records
from gopolicy.records.corpus import Corpus
from gopolicy.training.evaluation import sample_positions

DATA = Path(__file__).parents[2] / "data"
EMPTY = encode(Game())


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(3)
    return PolicyNetwork(NetworkConfig(6, 3)).eval()


@pytest.fixture(scope="module")
def real():
    """1,000 positions of the project's own games: planes uint8 `[1000, 48, 19, 19]` and their games."""
    corpus = Corpus.from_records(record for record, _ in zip(read_records(DATA), range(40), strict=False))
    games, moves = sample_positions(corpus, np.arange(len(corpus)), 1000, seed=0)
    return unpack(encode_positions(corpus, games, moves)[0]), games


def test_layers_have_the_lectures_sizes():
    sizes = layer_sizes(PolicyNetwork())
    assert sum(size.parameters for size in sizes) == parameter_count(PolicyNetwork())
    first = sizes[0]
    assert (first.side, first.depth, first.kernel, first.padding, first.output) == (19, NUM_PLANES, 5, 2, 19)
    assert first.parameters == 5 * 5 * NUM_PLANES * 192 + 192
    assert first.connected == (19 * 19 * NUM_PLANES + 1) * 19 * 19 * 192
    assert [size.field for size in sizes[:4]] == [5, 7, 9, 11] and sizes[-1].field == sizes[-2].field == 27
    assert all(size.output == 19 for size in sizes)


def test_a_layer_that_is_not_there_is_refused(network):
    assert receptive_field(network, 1) == 5
    with pytest.raises(ExplainError, match="layer 9: the network has layers 1 to 3, 4 is its output"):
        receptive_field(network, 9)
    with pytest.raises(ExplainError, match="hidden layers 1 to 3"):
        maximizing_inputs(network, [Unit(4, 0, 180)], steps=1)
    with pytest.raises(ExplainError, match="filters 0 to 5"):
        maximizing_inputs(network, [Unit(1, 6, 180)], steps=1)
    with pytest.raises(ExplainError, match="hidden layers"):
        find_patterns(network, [], [0])


def test_shares_of_the_first_layer_sum_to_one(network):
    shares = first_layer_shares(network)
    assert list(shares) == [feature.name for feature in FEATURES]
    assert np.allclose(sum(shares.values()), 1)


def test_gradients_flow_to_the_input(network):
    planes = torch.from_numpy(EMPTY)[None].float().requires_grad_()
    unit_values(network, planes, [Unit(3, 2, 180)]).sum().backward()
    side = receptive_field(network, 3)
    seen = planes.grad[0].abs().sum(0).reshape(19, 19) > 0
    assert seen[9, 9] and not seen[0, 0]
    assert not seen[: 9 - side // 2].any() and not seen[:, 9 + side // 2 + 1 :].any()


def test_soft_planes_hold_what_points_can_hold():
    soft = SoftPlanes(2, seed=1)
    with torch.no_grad():
        for parameter in soft.parameters():
            parameter.mul_(30)
        planes = soft()
    assert planes.shape == (2, NUM_PLANES, 19, 19) and planes.min() >= 0 and planes.max() <= 1
    colors = planes[:, :3]
    assert torch.allclose(colors.sum(1), torch.ones(2, 19, 19))
    assert planes[:, OFFSETS["ones"]].eq(1).all() and planes[:, OFFSETS["zeros"]].eq(0).all()
    ages = planes[:, OFFSETS["turns since"] : OFFSETS["turns since"] + 8].sum(1)
    assert torch.allclose(ages, 1 - colors[:, 2], atol=1e-5)
    after = planes[:, OFFSETS["liberties after move"] : OFFSETS["liberties after move"] + 8].sum(1)
    assert (after <= colors[:, 2] + 1e-5).all()
    assert torch.allclose(soft.stones(), colors[:, :2].sum(dim=(1, 2, 3)))


def test_soft_planes_can_start_from_a_position(real):
    planes = torch.from_numpy(real[0][-1]).float()
    mixed = SoftPlanes(1, planes=planes, keep_stones=True)().detach()[0]
    stones = planes[:2].sum(0) > 0
    assert torch.equal(mixed[:, stones], planes[:, stones])
    assert (mixed[2][~stones] > 0.9).all()


@pytest.mark.parametrize("unit", [Unit(1, 4, 180), Unit(3, 2, 180), Unit(2, 1), Unit(point=60)])
def test_a_found_input_beats_1000_real_positions(network, real, unit):
    found = maximizing_inputs(network, [unit], steps=80)
    with torch.inference_mode():
        assert found.values[0] > greatest_values(network, real[0], [unit])[0]


def test_the_l1_term_leaves_fewer_stones(network):
    units = [Unit(2, number, 180) for number in range(3)]
    free, penalized = (maximizing_inputs(network, units, steps=60, penalty=penalty) for penalty in (0.0, 0.05))
    assert (penalized.stones < free.stones / 2).all()
    assert free.colors.shape == (3, 3, 19, 19) and np.allclose(free.colors.sum(1), 1, atol=1e-5)
    again = maximizing_inputs(network, units, steps=60)
    assert np.array_equal(again.planes, free.planes)


def test_a_dream_keeps_the_stones_and_adds_some(network, real):
    planes = real[0][500]
    colors = dream(network, planes, 2, stones=7)
    stones = planes[:2].sum(0) > 0
    assert np.array_equal(colors[:, stones], planes[:3][:, stones].astype(np.float32))
    added = (colors[2] < 0.5) & ~stones
    assert 7 <= added.sum() <= 60

    def answer(colors):
        inputs = torch.from_numpy(planes.copy()).float()[None]
        inputs[0, :3] = torch.from_numpy(colors)
        *_, outputs = layer_outputs(network, inputs, 2)
        return outputs.square().sum().item()

    assert answer(colors) > answer(planes[:3].astype(np.float32))


def test_attributions_sum_to_the_change_of_the_answer(network, real):
    planes = real[0][700]
    values = attribute(network, planes, EMPTY, Unit(point=72), steps=300)
    with torch.inference_mode():
        inputs = torch.from_numpy(np.stack([planes, EMPTY])).float()
        bits = network(inputs).log_softmax(1)[:, 72].numpy() / np.log(2)
        filters = unit_values(network, inputs, [Unit(2, 3, 72)] * 2).numpy()
    assert values.sum() == pytest.approx(bits[0] - bits[1], abs=0.02)
    assert sum(Attribution(72, values).by_feature.values()) == pytest.approx(values.sum(), abs=1e-4)
    of_filter = attribute(network, planes, EMPTY, Unit(2, 3, 72), steps=300)
    assert of_filter.sum() == pytest.approx(filters[0] - filters[1], abs=0.02)


def test_a_plane_that_the_network_does_not_read_has_no_attribution(real):
    torch.manual_seed(5)
    network = PolicyNetwork(NetworkConfig(6, 2))
    unread = OFFSETS["liberties"] + 1
    with torch.no_grad():
        next(network.hidden()).weight[:, unread] = 0
    planes = real[0][999]
    assert planes[unread].any()
    values = attribute(network, planes, EMPTY, Unit(point=100))
    assert not values[unread].any() and values[OFFSETS["liberties"]].any()
    few = attribute(PolicyNetwork(NetworkConfig(6, 2, planes=4)), planes, EMPTY, Unit(point=100))
    assert few.shape == planes.shape and few[:4].any() and not few[4:].any()


def test_attribution_of_a_point_off_the_board_is_refused(network):
    with pytest.raises(ExplainError, match="point 400 is not on the 19x19 board"):
        attribute(network, EMPTY, EMPTY, Unit(point=400))


@pytest.mark.parametrize("batch", [1, 37, 200])
def test_the_finder_finds_what_brute_force_finds(network, real, batch):
    planes, games = real[0][:200], real[1][:200]
    parts = [slice(i, i + batch) for i in range(0, 200, batch)]
    batches = [Positions(planes[part], np.arange(200)[part], games[part]) for part in parts]
    found = find_patterns(network, batches, [1, 3], top=4)
    with torch.inference_mode():
        layers = list(layer_outputs(network, torch.from_numpy(planes).float()))
    for layer, table in found.items():
        maps = layers[layer - 1].flatten(2).numpy()  # [200, k, 361]
        for number in range(6):
            best = {game: maps[games == game, number].max() for game in set(games.tolist())}
            expected = sorted((value for value in best.values() if value > 0), reverse=True)[:4]
            held = [i for i in range(4) if table.positions[number, i] >= 0]
            values, places = table.values[number, held], table.positions[number, held]
            assert np.allclose(values, expected, rtol=1e-4)
            assert np.allclose(maps[places, number, table.points[number, held]], values, rtol=1e-4)
            assert np.array_equal(games[places], table.games[number, held])
            assert len(set(table.games[number, held].tolist())) == len(held)


def test_a_silent_filter_has_no_places(real):
    network = PolicyNetwork(NetworkConfig(3, 1))
    with torch.no_grad():
        first = next(network.hidden())
        first.weight[1], first.bias[1] = 0, -1
    batch = Positions(real[0][:20], np.arange(20), real[1][:20])
    table = find_patterns(network, [batch], [1], top=3)[1]
    assert (table.positions[1] == -1).all() and not table.values[1].any() and table.values[0].any()

"""The networks that are compared: shapes, fusing, learning, and what each part does."""

import pytest
import torch

from gopolicy.explain.lesson.comparisons import CLAIMS, NETWORKS, LessonError, chosen_claims, networks_of
from gopolicy.explain.lesson.networks import ComparisonNetwork, Design, InputPlanes, LocallyConnected, TorusConvolution
from gopolicy.features.planes import NUM_PLANES, ONES, OPPONENT, OWN
from gopolicy.nn.network import parameter_count
from gopolicy.training.config import TrainingConfig
from gopolicy.training.loader import Batch
from gopolicy.training.loop import Trainer

SMALL = {"filters": 8, "layers": 4}
DESIGNS = {
    "convolution": Design(**SMALL),
    "board": Design(input="board", planes=4, **SMALL),
    "board and ones": Design(input="board and ones", planes=4, **SMALL),
    "all but ones": Design(input="all but ones", **SMALL),
    "torus": Design(padding="torus", **SMALL),
    "pooled": Design(pools=(2,), upsample=3, **SMALL),
    "pooled twice": Design(pools=(1, 2), upsample=4, **SMALL),
    "pooled, full head": Design(pools=(2,), head="full", **SMALL),
    "full head": Design(head="full", **SMALL),
    "local": Design(kind="local", first=3, planes=4, **SMALL),
    "full": Design(kind="full", filters=32, layers=2),
}


def positions(count):
    generator = torch.Generator().manual_seed(1)
    packed = torch.randint(0, 256, (count, NUM_PLANES, 48), generator=generator, dtype=torch.uint8)
    points = torch.randint(0, 361, (count,), generator=generator)
    return Batch(packed, points, torch.zeros(count, dtype=torch.int64))


@pytest.mark.parametrize("name", DESIGNS)
def test_a_network_learns_and_fuses_to_the_same_logits(name):
    settings = TrainingConfig(positions=16 * 20, batch=16, optimizer="adamw", lr=0.005, precision="float32")
    trainer = Trainer(settings, ComparisonNetwork(DESIGNS[name]), torch.device("cpu"), "float32")
    batch = positions(16)
    losses = []
    for _ in range(20):
        trainer.step(batch)
        losses.append(trainer.results().loss)
    assert losses[-1] < losses[0] - 0.3
    planes = trainer.unpacker.unpack(batch.packed, batch.symmetries)
    network = trainer.average.eval()
    with torch.no_grad():
        expected, logits = network(planes), trainer.model()(planes)
    assert logits.shape == (16, 361)
    torch.testing.assert_close(logits, expected, rtol=1e-3, atol=1e-3)
    assert not any("normalization" in key for key in trainer.model().state_dict())


def test_fusing_leaves_the_network_in_training_as_it_was():
    network = ComparisonNetwork(DESIGNS["convolution"]).train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    network.fuse()
    after = network.state_dict()
    assert network.training and before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_pooling_has_no_weights_and_a_full_head_has_fewer_on_a_smaller_board():
    count = {name: parameter_count(ComparisonNetwork(design)) for name, design in DESIGNS.items()}
    assert count["pooled"] == count["pooled twice"] == count["convolution"]
    assert count["full head"] - count["pooled, full head"] == (361 - 100) * 8 * 361


def test_pooled_boards_have_ten_and_five_lines():
    sizes = []
    network = ComparisonNetwork(DESIGNS["pooled twice"])
    for stage in network.stages:
        stage.register_forward_hook(lambda module, inputs, output: sizes.append(output.shape[-1]))
    network(torch.zeros(2, NUM_PLANES, 19, 19))
    assert sizes == [19, 19, 10, 10, 5, 5, 5, 19, 361]


def test_a_local_layer_with_equal_weights_is_the_convolution():
    convolution = torch.nn.Conv2d(3, 5, 3, padding=1)
    local = LocallyConnected(3, 5, 3)
    with torch.no_grad():
        local.weight.copy_(convolution.weight.permute(2, 3, 1, 0).reshape(1, 27, 5).expand(361, 27, 5))
        local.bias.copy_(convolution.bias)
    x = torch.randn(4, 3, 19, 19)
    torch.testing.assert_close(local(x), convolution(x), rtol=1e-4, atol=1e-4)


def test_a_local_layer_has_its_own_weights_at_each_point():
    local = LocallyConnected(1, 1, 3)
    with torch.no_grad():
        local.weight.zero_()
        local.weight[20, 4, 0] = 2.0  # the point itself, at row 1, column 1
    outputs = local(torch.ones(1, 1, 19, 19))
    assert outputs[0, 0, 1, 1] == 2 and outputs.sum() == 2


def test_a_torus_has_no_edge():
    layer = TorusConvolution(2, 3, 5, bias=False)
    x = torch.randn(1, 2, 19, 19)
    turned = layer(x.roll((4, 7), (2, 3)))
    torch.testing.assert_close(turned, layer(x).roll((4, 7), (2, 3)), rtol=1e-4, atol=1e-4)


def test_the_input_of_networks():
    planes = torch.rand(2, NUM_PLANES, 19, 19)
    board = InputPlanes("board")(planes)
    assert torch.equal(board[:, 0], planes[:, OWN] - planes[:, OPPONENT])
    assert torch.equal(InputPlanes("board and ones")(planes)[:, 1], planes[:, ONES])
    rest = InputPlanes("all but ones")(planes)
    assert torch.equal(rest, planes[:, [i for i in range(NUM_PLANES) if i != ONES]])


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_can_be_built(name):
    design = NETWORKS[name].design
    if design.kind == "convolution":
        logits = ComparisonNetwork(design).eval()(torch.zeros(1, design.planes, 19, 19))
        assert logits.shape == (1, 361)


@pytest.mark.parametrize("wrong", [{"input": "stones"}, {"kind": "round"}, {"pools": (2,)}, {"padding": "ones"}])
def test_impossible_designs_are_refused(wrong):
    with pytest.raises(ValueError, match="impossible network"):
        Design(**wrong)


def test_the_claims_name_networks_that_exist():
    assert "".join(claim.letter for claim in CLAIMS) == "abcdef"
    for claim in CLAIMS:
        assert all(s.more in claim.networks and s.less in claim.networks for s in claim.statements)
    assert networks_of(chosen_claims("d")) == ["shared", "local"]
    with pytest.raises(LessonError, match="--only a,x: there is no claim 'x'"):
        chosen_claims("a,x")

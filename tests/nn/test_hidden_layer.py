"""A hidden layer computed at once beside the same by torch, with its gradients."""

import copy

import pytest
import torch
from torch import nn
from torch.nn import functional

from gopolicy.nn.hidden_layer import hidden_layer, suits


def distance(one, other):
    return ((one.double() - other).norm() / other.norm()).item()


def layers(side):
    torch.manual_seed(side)
    main = nn.Conv2d(32, 48, side, padding=side // 2, bias=False), nn.BatchNorm2d(48)
    branch = nn.Conv2d(32, 48, 1, bias=False), nn.BatchNorm2d(48)
    for _, normalization in (main, branch):
        nn.init.normal_(normalization.weight)
        nn.init.normal_(normalization.bias)
    return main, branch


def numbers(*layers):
    return [number for convolution, norm in layers for number in (convolution.weight, norm.weight, norm.bias)]


@pytest.mark.parametrize(("dtype", "most"), [(torch.float32, 1e-5), (torch.bfloat16, 0.03)])
@pytest.mark.parametrize(
    ("side", "by_winograd", "threads"), [(3, False, 1), (3, False, 3), (5, False, 2), (3, True, 1), (3, True, 2)]
)
def test_outputs_gradients_and_statistics_are_those_of_torch(dtype, most, side, by_winograd, threads):
    main, branch = layers(side)
    exact = [tuple(copy.deepcopy(module).double() for module in pair) for pair in (main, branch)]
    x = torch.randn(9, 32, 19, 19).to(dtype).requires_grad_()
    gradient = torch.randn(9, 48, 19, 19).to(dtype)
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with torch.autocast("cpu", torch.bfloat16, enabled=dtype == torch.bfloat16):
            outputs = hidden_layer(x, main, branch, by_winograd=by_winograd)
        outputs.backward(gradient)
    finally:
        torch.set_num_threads(before)
    assert outputs.dtype == dtype and outputs.is_contiguous(memory_format=torch.channels_last)

    exact_x = x.detach().double().requires_grad_()
    expected = functional.relu(sum(norm(convolution(exact_x)) for convolution, norm in exact))
    expected.backward(gradient.double() * (outputs > 0))  # where rounding decides the sign, both go the same way
    assert distance(outputs, expected) < most
    assert distance(x.grad, exact_x.grad) < 5 * most
    for number, exact_number in zip(numbers(main, branch), numbers(*exact), strict=True):
        assert distance(number.grad, exact_number.grad) < 5 * most
    for (_, norm), (_, exact_norm) in zip((main, branch), exact, strict=True):
        assert distance(norm.running_mean, exact_norm.running_mean) < most
        assert distance(norm.running_var, exact_norm.running_var) < most
        assert norm.num_batches_tracked == 1


def test_outputs_far_from_zero_are_normalized_well():
    """Their variance is a small difference of large sums."""
    main, branch = layers(3)
    exact = [tuple(copy.deepcopy(module).double() for module in pair) for pair in (main, branch)]
    x = torch.randn(9, 32, 19, 19) + 20
    expected = functional.relu(sum(norm(convolution(x.double())) for convolution, norm in exact))
    assert distance(hidden_layer(x, main, branch), expected) < 1e-3


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_what_is_no_number_stays_none(dtype):
    """So that training leaves such a step out."""
    x = torch.randn(1, 32, 19, 19)
    x[0, 3, 4, 5] = torch.nan
    with torch.autocast("cpu", torch.bfloat16, enabled=dtype == torch.bfloat16):
        assert hidden_layer(x, *layers(3)).isnan().all()


def test_what_it_cannot_take_is_told():
    x = torch.zeros(1, 16, 19, 19)
    assert suits(x, nn.BatchNorm2d(16), nn.BatchNorm2d(48))
    assert not suits(x, nn.BatchNorm2d(16), nn.BatchNorm2d(24))
    assert not suits(x, nn.BatchNorm2d(16), nn.SyncBatchNorm(16))
    assert not suits(x.to("meta"), nn.BatchNorm2d(16))

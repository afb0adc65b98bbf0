"""Winograd's convolution beside torch's own, with its gradients."""

import pytest
import torch

from gopolicy.nn.winograd import convolve


def distance(one, other):
    return ((one.double() - other).norm() / other.norm()).item()


@pytest.mark.parametrize(("dtype", "most"), [(torch.float32, 3e-6), (torch.bfloat16, 0.02)])
@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("count", [1, 9, 25])
def test_outputs_and_gradients_are_those_of_a_direct_convolution(dtype, most, threads, count):
    torch.manual_seed(count)
    x = torch.randn(count, 32, 19, 19).to(dtype).requires_grad_()
    weights = (torch.randn(16, 32, 3, 3) * 0.1).requires_grad_()
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with torch.autocast("cpu", torch.bfloat16, enabled=dtype == torch.bfloat16):
            outputs = convolve(x, weights)
        gradient = torch.randn(outputs.shape).to(dtype)
        outputs.backward(gradient)
    finally:
        torch.set_num_threads(before)
    assert outputs.dtype == dtype and outputs.is_contiguous(memory_format=torch.channels_last)

    exact, exact_weights = (one.detach().double().requires_grad_() for one in (x, weights))
    expected = torch.conv2d(exact, exact_weights, padding=1)
    expected.backward(gradient.double())
    assert distance(outputs, expected) < most
    assert distance(x.grad, exact.grad) < most
    assert distance(weights.grad, exact_weights.grad) < most


def test_what_is_no_number_stays_none():
    """So that training leaves such a step out."""
    x = torch.randn(1, 16, 19, 19)
    x[0, 3, 4, 5] = torch.nan
    with torch.autocast("cpu", torch.bfloat16):
        assert convolve(x, torch.randn(16, 16, 3, 3)).isnan().any()

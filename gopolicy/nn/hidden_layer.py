"""A hidden layer in training on a CPU: a convolution and its 1x1 branch, their normalizations, sum and rectifier.

Done one after the other, most of what follows the convolutions is waiting for memory, and a CPU with matrix units waits
longer for it than for the products.  Here one pass through memory measures both outputs and one writes the rectified
sum; backward, one adds up the gradients and one writes them.
"""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import numpy as np
import torch
import torch.distributed as distributed
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from gopolicy.nn import winograd
from gopolicy.nn.shared_normalization import SharedBatchNorm, remember
from gopolicy.nn.vectors import ADDRESS, LANES, Lanes, bits, in_threads, load, released, store

ROWS: Final = 1024  # added up in float32; sums of them are float64

Rows: TypeAlias = NDArray[Any]  # [n, C], float32 or the bits of bfloat16 in uint16
Numbers: TypeAlias = NDArray[np.float32]
Normalized: TypeAlias = tuple[nn.Conv2d, nn.BatchNorm2d]


def suits(x: Tensor, *normalizations: nn.BatchNorm2d) -> bool:
    """Return whether `hidden_layer` can take `x` and such normalizations: torch's or shared, uncompiled, on a CPU."""
    known = all(type(one) in (nn.BatchNorm2d, SharedBatchNorm) for one in normalizations)
    whole = all(one.num_features % LANES == 0 for one in normalizations)
    return known and whole and x.device.type == "cpu" and not torch.compiler.is_compiling()


def hidden_layer(x: Tensor, main: Normalized, branch: Normalized, *, by_winograd: bool = False) -> Tensor:
    """Return relu(main(x) + branch(x)) as in training mode, which autograd can derive, and update both statistics.

    x: float `[B, C, H, W]`, fastest in channels_last order, as is what is returned: bfloat16 under autocast to it, else
    float32.  main, branch: a convolution and its normalization; the branch's is 1x1.  by_winograd: whether to compute
    the other, which must be 3x3 then, by `gopolicy.nn.winograd`.
    """
    dtype = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else torch.float32
    weights = [weights for layer, norm in (main, branch) for weights in (layer.weight, norm.weight, norm.bias)]
    norms = main[1], branch[1]
    with torch.autocast("cpu", enabled=False):
        outputs: Tensor = _HiddenLayer.apply(x.to(dtype), *weights, norms, by_winograd)  # type: ignore[no-untyped-call]  # torch's
    return outputs


class _HiddenLayer(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, *rest: Any) -> Tensor:
        kernels, weight, bias, branch_kernels, branch_weight, branch_bias, norms, by_winograd = rest
        boards = x.detach().permute(0, 2, 3, 1).contiguous()
        branch_kernels = branch_kernels.detach().flatten(1).to(x.dtype)  # [K, C]
        if by_winograd:
            convolved, kernels = winograd.convolved(boards, kernels.detach())
        else:
            kernels = kernels.detach().to(x.dtype)
            convolved = functional.conv2d(boards.permute(0, 3, 1, 2), kernels, padding="same").permute(0, 2, 3, 1)
        rows, branch_rows = convolved.contiguous().flatten(0, 2), boards.flatten(0, 2) @ branch_kernels.T
        count, sums = _of_all(norms, len(rows), _sums(_measure, (rows, branch_rows), 4))
        means, variances = sums[::2] / count, sums[1::2] / count - (sums[::2] / count).square()
        for norm, mean, variance in zip(norms, means, variances, strict=True):
            remember(norm, mean, variance * (count / max(count - 1, 1)))
        scales = torch.stack([(variance + norm.eps).rsqrt() for norm, variance in zip(norms, variances, strict=True)])
        factors = scales * torch.stack([weight, branch_weight]).detach()
        shift = (bias + branch_bias).detach() - (factors * means).sum(0)
        outputs = torch.empty_like(rows)
        _write(_rectify, (rows, branch_rows, outputs), torch.cat([factors, shift[None]]))
        ctx.save_for_backward(boards, kernels, branch_kernels, rows, branch_rows, outputs, means, scales, factors)
        ctx.norms, ctx.by_winograd = norms, by_winograd
        return outputs.view(convolved.shape).permute(0, 3, 1, 2)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        boards, kernels, branch_kernels, rows, branch_rows, outputs, means, scales, factors = ctx.saved_tensors
        gradient = gradients[0].to(boards.dtype).permute(0, 2, 3, 1).contiguous().flatten(0, 2)
        total, *products = _sums(_measure_gradients, (gradient, outputs, rows, branch_rows), 3)
        by_norms = (torch.stack(products) - means * total) * scales
        count, sums = _of_all(ctx.norms, len(rows), torch.cat([total[None], by_norms]))
        slopes = -factors * scales * sums[1:] / count
        shifts = -factors * sums[0] / count - slopes * means
        by_rows, by_branch_rows = torch.empty_like(rows), torch.empty_like(rows)
        coefficients = torch.stack([factors, slopes, shifts], 1).flatten(0, 1)  # [6, K]
        _write(_gradients, (gradient, outputs, rows, branch_rows, by_rows, by_branch_rows), coefficients)
        by_convolved = by_rows.view(*boards.shape[:3], -1)
        wanted = ctx.needs_input_grad[0]
        by_boards, by_kernels = _derived(by_convolved, boards, kernels, wanted=wanted, by_winograd=ctx.by_winograd)
        if wanted:
            by_boards.flatten(0, 2).addmm_(by_branch_rows, branch_kernels)
        by_branch_kernels = (by_branch_rows.T @ boards.flatten(0, 2)).float()[:, :, None, None]
        by_bias, (by_weight, by_branch_weight) = total.float(), by_norms.float()
        by_x = by_boards.permute(0, 3, 1, 2) if wanted else None
        return by_x, by_kernels, by_weight, by_bias, by_branch_kernels, by_branch_weight, by_bias, None, None


def _derived(
    gradient: Tensor, boards: Tensor, kernels: Tensor, *, wanted: bool, by_winograd: bool
) -> tuple[Tensor, Tensor]:
    """Return the gradients of a convolution by its boards, if they are wanted, and by its weights (float32)."""
    if by_winograd:
        return winograd.derived(gradient, boards, kernels)
    padding = [side // 2 for side in kernels.shape[2:]]
    by_boards, by_kernels, _ = torch.ops.aten.convolution_backward(
        gradient.permute(0, 3, 1, 2), boards.permute(0, 3, 1, 2), kernels, None,
        [1, 1], padding, [1, 1], False, [0, 0], 1, (wanted, True, False),
    )  # fmt: skip
    return (by_boards.permute(0, 2, 3, 1).contiguous() if wanted else boards), by_kernels.float()


def _of_all(norms: tuple[nn.Module, ...], count: int, sums: Tensor) -> tuple[int, Tensor]:
    """Return how many rows there are and what they sum to, in all processes if they share the normalizations."""
    if not isinstance(norms[0], SharedBatchNorm):
        return count, sums
    sums = sums.clone()
    distributed.all_reduce(sums)
    return count * distributed.get_world_size(), sums


def _sums(measure: Callable[..., None], rows: tuple[Tensor, ...], count: int) -> Tensor:
    """Return `count` sums over all rows, float64 `[count, C]`."""

    def compute(share: range) -> NDArray[np.float64]:
        total = np.zeros((count, rows[0].shape[1]))
        for start in range(share.start, share.stop, ROWS):
            part = slice(start, min(start + ROWS, share.stop))
            sums = np.zeros(total.shape, np.float32)
            measure(*(bits(one[part]) for one in rows), sums)
            total += sums
        return total

    return torch.from_numpy(np.sum(in_threads(compute, len(rows[0])), axis=0))


def _write(work: Callable[..., None], rows: tuple[Tensor, ...], coefficients: Tensor) -> None:
    numbers = coefficients.float().numpy()
    in_threads(lambda share: work(*(bits(one[share.start : share.stop]) for one in rows), numbers), len(rows[0]))


def _pass(compute: Callable[[list[Lanes], list[Lanes]], list[Lanes]], reads: int, numbers: int, writes: int = 0) -> Any:
    """Return a function for compiled code that goes through rows, sixteen channels at a time.

    compute: takes the channels of each array that is read and those of the numbers, and returns what is written, or
    added to the numbers if nothing is.
    The function takes one of the arrays of rows, the addresses of all (those to read, then those to write), that of
    the numbers, float32 `[numbers, C]`, and how many rows and channels there are.
    """

    @intrinsic  # type: ignore[untyped-decorator]  # numba ships no annotations
    def go_through(typing: Any, some: Any, rows: Any, table: Any, count: Any, channels: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            _, addresses, first, height, width = arguments
            starts = [builder.extract_value(addresses, k) for k in range(reads + writes)]
            vectors = builder.udiv(width, ir.Constant(ADDRESS, LANES))
            with cgutils.for_range(builder, height) as row, cgutils.for_range(builder, vectors) as vector:
                channel = builder.mul(vector.index, ir.Constant(ADDRESS, LANES))
                place = builder.add(builder.mul(row.index, width), channel)
                places = [builder.add(start, _bytes(builder, place, some.dtype.bitwidth // 8)) for start in starts]
                lines = [builder.add(channel, builder.mul(width, ir.Constant(ADDRESS, k))) for k in range(numbers)]
                cells = [builder.add(first, _bytes(builder, line, types.float32.bitwidth // 8)) for line in lines]
                read = [load(builder, some.dtype, one) for one in places[:reads]]
                known = [load(builder, types.float32, one) for one in cells]
                computed = compute(read, known)
                if writes:
                    for one, value in zip(places[reads:], computed, strict=True):
                        store(builder, some.dtype, one, value)
                else:
                    for one, before, value in zip(cells, known, computed, strict=True):
                        store(builder, types.float32, one, before + value)
            return context.get_dummy_value()

        return types.void(some, rows, types.int64, types.int64, types.int64), generate

    return go_through


def _bytes(builder: Any, index: Any, size: int) -> Any:
    return builder.mul(index, ir.Constant(ADDRESS, size))


def _squares(rows: list[Lanes], _: list[Lanes]) -> list[Lanes]:
    y, z = rows
    return [y, y * y, z, z * z]


def _rectified(rows: list[Lanes], numbers: list[Lanes]) -> list[Lanes]:
    factor, branch_factor, shift = numbers
    value = factor * rows[0] + branch_factor * rows[1] + shift
    return [value.where_positive(value)]


def _products(rows: list[Lanes], _: list[Lanes]) -> list[Lanes]:
    gradient, outputs, y, z = rows
    passed = gradient.where_positive(outputs)
    return [passed, passed * y, passed * z]


def _both_gradients(rows: list[Lanes], numbers: list[Lanes]) -> list[Lanes]:
    gradient, outputs, *values = rows
    passed = gradient.where_positive(outputs)
    lines = zip(values, numbers[::3], numbers[1::3], numbers[2::3], strict=True)
    return [factor * passed + slope * value + shift for value, factor, slope, shift in lines]


_add_squares = _pass(_squares, 2, 4)
_write_rectified = _pass(_rectified, 2, 3, 1)
_add_products = _pass(_products, 4, 3)
_write_gradients = _pass(_both_gradients, 4, 6, 2)


@released
def _measure(y: Rows, z: Rows, sums: Numbers) -> None:
    _add_squares(y, (y.ctypes.data, z.ctypes.data), sums.ctypes.data, *y.shape)


@released
def _rectify(y: Rows, z: Rows, outputs: Rows, numbers: Numbers) -> None:
    _write_rectified(y, (y.ctypes.data, z.ctypes.data, outputs.ctypes.data), numbers.ctypes.data, *y.shape)


@released
def _measure_gradients(gradient: Rows, outputs: Rows, y: Rows, z: Rows, sums: Numbers) -> None:
    rows = gradient.ctypes.data, outputs.ctypes.data, y.ctypes.data, z.ctypes.data
    _add_products(y, rows, sums.ctypes.data, *y.shape)


@released
def _gradients(gradient: Rows, outputs: Rows, y: Rows, z: Rows, by_y: Rows, by_z: Rows, numbers: Numbers) -> None:
    rows = gradient.ctypes.data, outputs.ctypes.data, y.ctypes.data, z.ctypes.data, by_y.ctypes.data, by_z.ctypes.data
    _write_gradients(y, rows, numbers.ctypes.data, *y.shape)

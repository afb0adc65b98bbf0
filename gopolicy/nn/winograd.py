"""3x3 convolutions of 19x19 boards on a CPU by Winograd's algorithm, with a third of the multiplications.

F(4x4, 3x3) of Lavin and Gray (2016, "Fast algorithms for convolutional neural networks"): a board is cut into 5x5 tiles
of 4x4 points; a tile with its border, 6x6, is transformed to 36 values, in which the convolution is one matrix product
a value over the filters, 900 multiplications a board instead of 3,249.  The products are torch's, the transforms are
compiled here, 16 channels at a time.  The points of interpolation are 0, 2/3, -2/3, 3/2, -3/2 and infinity, for which
rounding to bfloat16 costs least: 1.1 % of the outputs' norm, twice less than with the usual 1 and 2; a direct
convolution has 0.24 %.  The gradients are those of the transformed products, exact but for rounding.
"""

import logging
import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

import numpy as np
import torch
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from gopolicy.go.compiled import compile_notice
from gopolicy.nn.vectors import ADDRESS, LANES, Lanes, bits, in_threads, load, released, store

TILES: Final = 5  # along a side
CHUNK: Final = 8  # positions a thread transforms at once: few enough for its second-level cache
VALUES: Final = 36  # of a transformed tile
GAIN: Final = 1.4  # in one thread, less of which several threads lose: 48 filters train 13 % slower in two

P: Final = 2 / 3
Q: Final = 3 / 2  # P * Q is 1, so the product of all points but 0 is too
POINTS: Final = (0.0, P, -P, Q, -Q)
SQUARES: Final = P * P + Q * Q
KERNEL: Final = torch.tensor(  # [6, 3]: a kernel's row to its values at the points
    [[a**n / np.prod([a - b for b in POINTS if b != a]) for n in range(3)] for a in POINTS] + [[0, 0, 1]]
).float()

PLACE = types.UniTuple(types.int64, 3)


def _from_inputs(d: list[Lanes]) -> list[Lanes]:
    """Return the values of 6 inputs at the points, as polynomials (the matrix B of the paper, transposed)."""
    even, odd = d[4] - Q * Q * d[2], P * (d[3] - Q * Q * d[1])
    far_even, far_odd = d[4] - P * P * d[2], Q * (d[3] - P * P * d[1])
    first, last = d[0] - SQUARES * d[2] + d[4], d[1] - SQUARES * d[3] + d[5]
    return [first, even + odd, even - odd, far_even + far_odd, far_even - far_odd, last]


def _to_outputs(m: list[Lanes]) -> list[Lanes]:
    """Return the 4 outputs of values at the points (A, transposed)."""
    sums, far_sums = m[1] + m[2], m[3] + m[4]
    near, far = P * (m[1] - m[2]), Q * (m[3] - m[4])
    return [m[0] + sums + far_sums, near + far, P * P * sums + Q * Q * far_sums, P * P * near + Q * Q * far + m[5]]


def _from_gradients(y: list[Lanes]) -> list[Lanes]:
    """Return the gradients by values of those by 4 outputs (A)."""
    even, odd = y[0] + P * P * y[2], P * (y[1] + P * P * y[3])
    far_even, far_odd = y[0] + Q * Q * y[2], Q * (y[1] + Q * Q * y[3])
    return [y[0], even + odd, even - odd, far_even + far_odd, far_even - far_odd, y[3]]


def _to_gradients(v: list[Lanes]) -> list[Lanes]:
    """Return the gradients by 6 inputs of those by values (B)."""
    sums, far_sums = v[1] + v[2], v[3] + v[4]
    near, far = P * (v[1] - v[2]), Q * (v[3] - v[4])
    return [
        v[0],
        v[5] - Q * Q * near - P * P * far,
        -SQUARES * v[0] - Q * Q * sums - P * P * far_sums,
        near + far - SQUARES * v[5],
        v[0] + sums + far_sums,
        v[5],
    ]


def _tile(transform: Callable[[list[Lanes]], list[Lanes]], side: int, *, add: bool = False) -> Any:
    """Return a function for compiled code that transforms a tile of `side` x `side`, rows and columns, in 16 channels.

    It takes an array of inputs and their place in it, (address of the first, bytes from row to row, from column to
    column), and the same of the outputs, which are stored or, with `add`, added.  Elements of uint16 are bfloat16.
    """

    @intrinsic  # type: ignore[untyped-decorator]  # numba ships no annotations
    def tile(typing: Any, source: Any, place: Any, target: Any, target_place: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            first, second = ([builder.extract_value(arguments[n], k) for k in range(3)] for n in (1, 3))
            columns = [
                transform([load(builder, source.dtype, _address(builder, first, i, j)) for i in range(side)])
                for j in range(side)
            ]
            for i, one in enumerate(zip(*columns, strict=True)):
                for j, value in enumerate(transform(list(one))):
                    address = _address(builder, second, i, j)
                    before = [load(builder, target.dtype, address)] if add else []
                    store(builder, target.dtype, address, sum(before, start=value))
            return context.get_dummy_value()

        return types.void(source, PLACE, target, PLACE), generate

    return tile


def _address(builder: Any, place: Any, i: int, j: int) -> Any:
    start, row, column = place
    offset = builder.add(builder.mul(row, ir.Constant(ADDRESS, i)), builder.mul(column, ir.Constant(ADDRESS, j)))
    return builder.add(start, offset)


_tile_from_inputs = _tile(_from_inputs, 6)
_tile_to_outputs = _tile(_to_outputs, 6)
_tile_from_gradients = _tile(_from_gradients, 4)
_tile_to_gradients = _tile(_to_gradients, 6, add=True)

# Below: boards are [B, 19, 19, C], values [36, B * 25, C], both float32 or the bits of bfloat16 in uint16.


@released
def _inputs(boards: NDArray[Any], values: NDArray[Any]) -> None:
    lane, channels, step = boards.itemsize * LANES, boards.itemsize * boards.shape[3], values.strides[0]
    padded = np.zeros((22, 22, boards.shape[3]), boards.dtype)
    for b in range(len(boards)):
        padded[1:20, 1:20] = boards[b]
        for t in range(TILES * TILES):
            corner = padded.ctypes.data + (t // TILES * 22 + t % TILES) * 4 * channels
            value = values.ctypes.data + (b * TILES * TILES + t) * channels
            for c in range(0, channels, lane):
                _tile_from_inputs(padded, (corner + c, 22 * channels, channels), values, (value + c, 6 * step, step))


@released
def _outputs(values: NDArray[Any], boards: NDArray[Any]) -> None:
    lane, channels, step = boards.itemsize * LANES, boards.itemsize * boards.shape[3], values.strides[0]
    padded = np.zeros((20, 20, boards.shape[3]), boards.dtype)
    for b in range(len(boards)):
        for t in range(TILES * TILES):
            corner = padded.ctypes.data + (t // TILES * 20 + t % TILES) * 4 * channels
            value = values.ctypes.data + (b * TILES * TILES + t) * channels
            for c in range(0, channels, lane):
                _tile_to_outputs(values, (value + c, 6 * step, step), padded, (corner + c, 20 * channels, channels))
        boards[b] = padded[:19, :19]


@released
def _output_gradients(boards: NDArray[Any], values: NDArray[Any]) -> None:
    lane, channels, step = boards.itemsize * LANES, boards.itemsize * boards.shape[3], values.strides[0]
    padded = np.zeros((20, 20, boards.shape[3]), boards.dtype)
    for b in range(len(boards)):
        padded[:19, :19] = boards[b]
        for t in range(TILES * TILES):
            corner = padded.ctypes.data + (t // TILES * 20 + t % TILES) * 4 * channels
            value = values.ctypes.data + (b * TILES * TILES + t) * channels
            for c in range(0, channels, lane):
                _tile_from_gradients(padded, (corner + c, 20 * channels, channels), values, (value + c, 6 * step, step))


@released
def _input_gradients(values: NDArray[Any], boards: NDArray[np.float32]) -> None:
    """boards: float32 [B, 22, 22, C], with the border."""
    lane, channels, step = values.itemsize * LANES, values.itemsize * values.shape[2], values.strides[0]
    row, column = boards.strides[1], boards.strides[2]
    boards[:] = 0
    for b in range(len(boards)):
        for t in range(TILES * TILES):
            corner = boards.ctypes.data + b * boards.strides[0] + t // TILES * 4 * row + t % TILES * 4 * column
            value = values.ctypes.data + (b * TILES * TILES + t) * channels
            for c in range(0, channels // lane):
                place = corner + c * 4 * LANES, row, column
                _tile_to_gradients(values, (value + c * lane, 6 * step, step), boards, place)


def convolve(x: Tensor, weights: Tensor) -> Tensor:
    """Return a 3x3 convolution of boards with a border of zeros, which autograd can derive.

    x: float `[B, C, 19, 19]` on the CPU, fastest in channels_last order.  weights: float32 `[K, C, 3, 3]`; C and K are
    multiples of 16.  Returns `[B, K, 19, 19]` in channels_last order: bfloat16 under autocast to it, else float32.
    """
    dtype = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else torch.float32
    outputs: Tensor = _Convolution.apply(x, weights, dtype)  # type: ignore[no-untyped-call]  # torch's
    return outputs


def suits(filters: int) -> bool:
    """Return whether a network of so many filters can be computed so."""
    return filters % LANES == 0


@cache
def is_faster(filters: int, *, half: bool) -> bool:
    """Return whether a layer of so many filters trains faster so than by torch's convolution, on the CPU.

    half: in bfloat16.  The processor time of both is compared once, in one thread, as other programs must not decide.
    """
    if half and getattr(torch.cpu, "_is_amx_tile_supported", bool)():
        return False  # matrix units multiply many times faster than the transforms add
    dtype = torch.bfloat16 if half else torch.float32
    x = torch.rand(4 * CHUNK, 19, 19, filters, dtype=dtype).permute(0, 3, 1, 2).requires_grad_()
    weights = torch.rand(filters, filters, 3, 3).to(memory_format=torch.channels_last).requires_grad_()

    def seconds(layer: Callable[[Tensor, Tensor], Tensor]) -> float:
        times = []
        for _ in range(4):
            begun = time.process_time()
            with torch.autocast("cpu", dtype, enabled=half):
                outputs = layer(x, weights)
            outputs.backward(outputs.detach())  # type: ignore[no-untyped-call]  # torch's
            times.append(time.process_time() - begun)
        return min(times)

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with compile_notice(logging.getLogger(__name__).warning, what="Winograd's algorithm", seconds=20):
            mine = seconds(convolve)
        return GAIN * mine < seconds(lambda x, weights: functional.conv2d(x, weights, padding=1))
    finally:
        torch.set_num_threads(threads)


class _Convolution(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weights: Tensor, dtype: torch.dtype) -> Tensor:
        boards = x.detach().permute(0, 2, 3, 1).to(dtype).contiguous()
        outputs, kernels = convolved(boards, weights.detach())
        ctx.save_for_backward(boards, kernels)
        return outputs.permute(0, 3, 1, 2)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, None]:
        boards, kernels = ctx.saved_tensors
        gradient = gradients[0].permute(0, 2, 3, 1).to(boards.dtype).contiguous()
        by_boards, by_weights = derived(gradient, boards, kernels)
        return by_boards.permute(0, 3, 1, 2), by_weights, None


def convolved(boards: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """Return the convolution of boards `[B, 19, 19, C]`, in their order and dtype, and the kernels for `derived`."""
    with torch.autocast("cpu", enabled=False):
        exact = torch.einsum("ia,kcab,jb->ijck", KERNEL, weights, KERNEL).flatten(0, 1)
    kernels = exact.to(boards.dtype).contiguous()  # [36, C, K]
    outputs = boards.new_empty(*boards.shape[:3], len(weights))

    def compute(share: range) -> None:
        for part, inputs, products in _chunks(share, kernels):
            _inputs(bits(boards[part]), bits(inputs))
            torch.bmm(inputs, kernels, out=products)
            _outputs(bits(products), bits(outputs[part]))

    in_threads(compute, len(boards))
    return outputs, kernels


def derived(gradient: Tensor, boards: Tensor, kernels: Tensor) -> tuple[Tensor, Tensor]:
    """Return the gradients by the boards and by the weights (float32), of that by the outputs, `[B, 19, 19, K]`."""
    by_boards = torch.empty_like(boards)

    def compute(share: range) -> Tensor:
        by_kernels, of_part = torch.zeros(kernels.shape), torch.empty_like(kernels)
        bordered = torch.empty(CHUNK, 22, 22, boards.shape[3])
        for part, inputs, products in _chunks(share, kernels):
            _inputs(bits(boards[part]), bits(inputs))
            _output_gradients(bits(gradient[part]), bits(products))
            by_kernels += torch.bmm(inputs.mT, products, out=of_part)
            torch.bmm(products, kernels.mT, out=inputs)
            count = len(boards[part])
            _input_gradients(bits(inputs), bordered[:count].numpy())
            by_boards[part].copy_(bordered[:count, 1:20, 1:20])
        return by_kernels

    by_kernels = torch.stack(in_threads(compute, len(boards))).sum(0).view(6, 6, *kernels.shape[1:])
    return by_boards, torch.einsum("ia,ijck,jb->kcab", KERNEL, by_kernels, KERNEL)


def _chunks(share: range, kernels: Tensor) -> Iterator[tuple[slice, Tensor, Tensor]]:
    """Yield some positions of a share at a time, and memory for their values before and after the products."""
    memory = [kernels.new_empty(VALUES, CHUNK * TILES * TILES, width) for width in kernels.shape[1:]]
    for first in range(share.start, share.stop, CHUNK):
        last = min(first + CHUNK, share.stop)
        if last - first < CHUNK:
            memory = [kernels.new_empty(VALUES, (last - first) * TILES * TILES, width) for width in kernels.shape[1:]]
        yield slice(first, last), memory[0], memory[1]

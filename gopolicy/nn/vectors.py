"""Machine code for a CPU that computes on sixteen channels at a time, in as many threads as torch has.

What is compiled gets float32 as they are and bfloat16 as their bits, in uint16: NumPy and numba have no such number.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Any, Final, TypeVar

import torch
from llvmlite import ir
from numba import types
from numpy.typing import NDArray
from torch import Tensor

from gopolicy.go.compiled import compiled

LANES: Final = 16  # channels in a vector

Result = TypeVar("Result")

FLOATS = ir.VectorType(ir.FloatType(), LANES)
WORDS = ir.VectorType(ir.IntType(32), LANES)
HALVES = ir.VectorType(ir.IntType(16), LANES)
ADDRESS = ir.IntType(64)
REORDERED = ("contract", "reassoc", "nsz")  # all that "fast" allows but to lose what is no number

released = partial(compiled, nogil=True)  # other threads compute meanwhile


class Lanes:
    """Sixteen channels of a value in machine code that is being written."""

    def __init__(self, builder: ir.IRBuilder, value: Any) -> None:
        self.builder, self.value = builder, value

    def __add__(self, other: "Lanes") -> "Lanes":
        return Lanes(self.builder, self.builder.fadd(self.value, other.value, flags=REORDERED))

    def __sub__(self, other: "Lanes") -> "Lanes":
        return Lanes(self.builder, self.builder.fsub(self.value, other.value, flags=REORDERED))

    def __mul__(self, other: "Lanes") -> "Lanes":
        return Lanes(self.builder, self.builder.fmul(self.value, other.value, flags=REORDERED))

    def __rmul__(self, factor: float) -> "Lanes":
        return Lanes(self.builder, ir.Constant(FLOATS, [factor] * LANES)) * self

    def where_positive(self, other: "Lanes") -> "Lanes":
        """Return this value where another one is above zero or no number, else zero."""
        zero = ir.Constant(FLOATS, [0.0] * LANES)
        above = self.builder.fcmp_unordered(">", other.value, zero)
        return Lanes(self.builder, self.builder.select(above, self.value, zero))


def load(builder: Any, dtype: Any, address: Any) -> Lanes:
    """Return sixteen channels from memory; dtype: numba's, of an array of them."""
    if dtype == types.float32:
        return Lanes(builder, builder.load(builder.inttoptr(address, FLOATS.as_pointer()), align=4))
    words = builder.zext(builder.load(builder.inttoptr(address, HALVES.as_pointer()), align=2), WORDS)
    return Lanes(builder, builder.bitcast(builder.shl(words, _all(16)), FLOATS))


def store(builder: Any, dtype: Any, address: Any, value: Lanes) -> None:
    """Write sixteen channels to memory."""
    if dtype == types.float32:
        builder.store(value.value, builder.inttoptr(address, FLOATS.as_pointer()), align=4)
        return
    words = builder.bitcast(value.value, WORDS)  # to the nearest bfloat16, ties to even
    odd = builder.and_(builder.lshr(words, _all(16)), _all(1))
    rounded = builder.lshr(builder.add(builder.add(words, odd), _all(0x7FFF)), _all(16))
    builder.store(builder.trunc(rounded, HALVES), builder.inttoptr(address, HALVES.as_pointer()), align=2)


def _all(number: int) -> Any:
    return ir.Constant(WORDS, [number] * LANES)


def bits(tensor: Tensor) -> NDArray[Any]:
    """Return float32 as they are and bfloat16 as their bits, in the same memory."""
    array: NDArray[Any] = (tensor.view(torch.uint16) if tensor.dtype == torch.bfloat16 else tensor).numpy()
    return array


def in_threads(compute: Callable[[range], Result], count: int) -> list[Result]:
    """Return what `compute` returns for `count` things, a share of them in each of torch's threads.

    Within each of them torch computes in that thread alone.
    """
    threads = torch.get_num_threads()
    shares = [range(count * i // threads, count * (i + 1) // threads) for i in range(threads)]
    if threads == 1:
        return [compute(shares[0])]
    torch.set_num_threads(1)  # also of threads that begin now
    try:
        others = _pool(threads - 1).map(compute, shares[1:])
        return [compute(shares[0]), *others]
    finally:
        torch.set_num_threads(threads)


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="vectors")

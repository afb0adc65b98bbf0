"""How the compiled functions of this package are compiled: numba, cached on disk where that is possible."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import numba
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., Any])

log = logging.getLogger(__name__)


def compiled(function: Function) -> Function:
    """Compile `function` at its first call and keep the machine code in numba's cache.

    Where neither the package's folder nor the user's cache folder can be written, the code is compiled
    once a process instead.
    """
    try:
        wrapped: Function = numba.njit(cache=True, error_model="numpy")(function)
    except RuntimeError:  # numba: "no locator available"
        wrapped = numba.njit(error_model="numpy")(function)
    return wrapped


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no annotations
def popcount(typing_context: Any, word: Any) -> Any:
    """Count the bits that are set in a uint64 (one machine instruction)."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    assert ir  # llvmlite is numba's own builder
    return types.int64(types.uint64), generate


@contextmanager
def compile_notice(tell: Callable[[str], None], after_seconds: float = 2.0) -> Iterator[None]:
    """Call `tell` with one line if the work inside has not ended `after_seconds` later.

    Loading from the cache takes half a second, so only a cold compile is ever announced.
    """
    timer = threading.Timer(after_seconds, tell, ["compiling the rules engine (about 30 s, once per installation) ..."])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()

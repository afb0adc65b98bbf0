"""How the compiled functions of this package are compiled: numba, cached on disk where that is possible."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba import types
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., Any])


@lru_cache
def _sources_digest() -> str:
    """Return a digest of the sources beside this file and of the features: all that compiled functions call."""
    room = Path(__file__).parent
    sources = sorted([*room.glob("*.py"), *room.parent.glob("features/*.py")])
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def compiled(function: Function) -> Function:
    """Compile `function` at its first call and keep the machine code in numba's cache.

    Where neither the package's folder nor the user's cache folder can be written, the code is compiled
    once a process instead.
    """
    try:
        wrapped: Any = numba.njit(cache=True, error_model="numpy")(function)
    except RuntimeError:  # numba: "no locator available"
        wrapped = numba.njit(error_model="numpy")(function)
    # Numba takes a cached function for stale when its own file has changed, not when the file of a function
    # compiled into it has, and would go on with the old rules after an update of one file.
    with suppress(AttributeError):  # no cache, or a numba that keeps its stamp elsewhere
        cache_file = wrapped._cache._cache_file
        cache_file._source_stamp = (cache_file._source_stamp, _sources_digest())
    result: Function = wrapped
    return result


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no annotations
def popcount(typing_context: Any, word: Any) -> Any:
    """Count the bits that are set in a uint64 (one machine instruction)."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

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

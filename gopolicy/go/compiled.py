"""How the compiled functions of this package are compiled: numba, cached on disk where that is possible."""

import hashlib
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

import numba
from numba import types
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., Any])

_KEPT_CACHES: Final = 3  # of earlier sources: each takes a few megabytes


def compiled(function: Function, *, nogil: bool = False) -> Function:
    """Compile `function` at its first call and keep the machine code on disk.

    The cache lies in the package's folder or else in the user's cache folder; where neither can be written, the code
    is compiled once a process instead.  nogil: other threads run Python beside it.
    """
    folder = _cache_folder()
    before = numba.config.CACHE_DIR
    try:
        numba.config.CACHE_DIR = "" if folder is None else str(folder)  # read when a function is decorated
        result: Function = numba.njit(cache=folder is not None, error_model="numpy", nogil=nogil)(function)
    finally:
        numba.config.CACHE_DIR = before
    return result


@lru_cache
def _cache_folder() -> Path | None:
    """Return a folder that belongs to the sources as they are and can be written, or None.

    Numba takes a cached function for stale when its own file has changed, not when the file of a function compiled
    into it has; so the folder is named by a digest of all files whose functions call each other.
    """
    here = Path(__file__).parent
    patterns = ("*.py", "../features/*.py", "../nn/vectors.py")
    sources = sorted(source for pattern in patterns for source in here.glob(pattern))
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
    chosen = numba.config.CACHE_DIR
    for parent in [Path(chosen)] if chosen else [here / "__pycache__", *_user_folders()]:
        folder = parent / f"compiled-{digest}"
        try:
            if not folder.is_dir():
                _remove_earlier(parent)
                folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
        except OSError:
            continue
        return folder
    return None


def _user_folders() -> list[Path]:
    """Return the user's cache folder, where the package that knows it is installed: training does without."""
    try:
        from platformdirs import user_cache_path
    except ImportError:
        return []
    return [user_cache_path("gopolicy")]


def _remove_earlier(parent: Path) -> None:
    """Remove all but the newest caches of earlier sources."""
    earlier = sorted(parent.glob("compiled-*"), key=lambda folder: folder.stat().st_mtime, reverse=True)
    for folder in earlier[_KEPT_CACHES:]:
        shutil.rmtree(folder, ignore_errors=True)


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no annotations
def popcount(typing_context: Any, word: Any) -> Any:
    """Count the bits that are set in a uint64 (one machine instruction)."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), generate


@contextmanager
def compile_notice(
    notify: Callable[[str], None], after_seconds: float = 2.0, what: str = "the rules engine", seconds: int = 30
) -> Iterator[None]:
    """Call `notify` with one line if the work inside has not ended `after_seconds` later.

    what: is loaded.  seconds: it takes about so many to compile; loading from the cache takes half a second, so it is
    a cold compile, or a busy machine, that is announced.
    """
    notice = f"loading {what} (compiling it takes about {seconds} s, once per installation) ..."
    timer = threading.Timer(after_seconds, notify, [notice])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()

"""Trying inputs: each is a function of seed, target and number, so that a run can be repeated and resumed."""

import json
import os
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np

from gopolicy.errors import GopolicyError
from gopolicy.features import encode
from gopolicy.features.batch import encode_positions
from gopolicy.go import Game
from gopolicy.records import Record
from gopolicy.records.corpus import Corpus

from .targets import Target

SECONDS = 10  # of the processor, for one input
WAITING_SECONDS = 120  # by the clock, on a busy machine
MEMORY_MIB = 512  # over what the process took before
SHRINKING_SECONDS = 30


class Finding(NamedTuple):
    """An input that breaks a promise: the smallest found, and what it raised."""

    target: str
    number: int
    data: bytes
    error: str


class HangError(Exception):
    """An input took too long."""


class EscapeError(Exception):
    """Something outside the input's folder was to be changed, a program started or a connection made."""


_CACHE = re.compile("/(__pycache__|compiled-[0-9a-f]{16})/")  # of Python and of compiled functions
_guarded: list[Path] = []
_WRITES = {"os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod"}
_OTHERS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "socket.connect", "socket.bind"}


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if not _guarded:
        return
    if event in _OTHERS:
        raise EscapeError(f"{event} {arguments!r:.200}")
    if event == "open":
        path, mode, flags = (*arguments, None, None)[:3]
        is_written = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        changed = [path] if is_written else []
    else:
        changed = list(arguments[:2]) if event in _WRITES else []
    for one in changed:
        if isinstance(one, str | bytes | os.PathLike):
            place = os.path.realpath(os.fsdecode(one))
            if not place.startswith(str(_guarded[0])) and place != os.devnull and not _CACHE.search(place):
                raise EscapeError(f"{event} {place}")


@contextmanager
def guarded(folder: Path) -> Iterator[None]:
    """Raise EscapeError for every attempt to change anything outside `folder`."""
    if not getattr(sys, "_fuzz_audited", False):
        sys.addaudithook(_audit)
        sys._fuzz_audited = True  # type: ignore[attr-defined]  # hooks cannot be removed
    _guarded.append(Path(os.path.realpath(folder)))
    try:
        yield
    finally:
        _guarded.clear()


@contextmanager
def time_limit() -> Iterator[None]:
    """Raise HangError for work that takes too long, or waits too long."""

    def stop(number: int, _: object) -> None:
        raise HangError(f"{signal.Signals(number).name}: more than {SECONDS} s of work or {WAITING_SECONDS} s in all")

    timers = {signal.SIGPROF: (signal.ITIMER_PROF, SECONDS), signal.SIGALRM: (signal.ITIMER_REAL, WAITING_SECONDS)}
    before = {number: signal.signal(number, stop) for number in timers}
    try:
        for timer, seconds in timers.values():
            signal.setitimer(timer, seconds)
        yield
    finally:
        for number, (timer, _) in timers.items():
            signal.setitimer(timer, 0)
            signal.signal(number, before[number])


def fault_of(target: Target, data: bytes, folder: Path) -> BaseException | None:
    """Return what an input finds, or None."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        with time_limit(), guarded(folder):
            target.check(data, folder)
    except GopolicyError as error:
        if len(str(error)) > 2000 or "\n" in str(error):
            return AssertionError(f"not one short line: {str(error)[:300]!r}")
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        return error
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak
    return MemoryError(f"{grown >> 10} MiB") if grown >> 10 > MEMORY_MIB else None


def smallest(target: Target, data: bytes, error: BaseException, folder: Path) -> bytes:
    """Return the smallest part of an input found that raises the same kind of error in the same place."""
    wanted, deadline = _kind(error), time.monotonic() + SHRINKING_SECONDS
    size = len(data) // 2
    while size and time.monotonic() < deadline:
        place = 0
        while place < len(data) and time.monotonic() < deadline:
            shorter = data[:place] + data[place + size :]
            found = fault_of(target, shorter, folder)
            if found is not None and _kind(found) == wanted:
                data = shorter
            else:
                place += size
        size //= 2
    return data


def _kind(error: BaseException) -> tuple[str, object]:
    frames = traceback.extract_tb(error.__traceback__)
    return type(error).__name__, (frames[-1].filename, frames[-1].lineno) if frames else None


def _compile() -> None:
    game = Game()
    game.play(60)
    encode(game)
    corpus = Corpus.from_records([Record(19, game.events)])
    encode_positions(corpus, np.zeros(1, np.int64), np.zeros(1, np.int64))


def fuzz(
    targets: Mapping[str, Target],
    inputs: range,
    seed: int,
    *,
    on_progress: Callable[[int, list[Finding]], None] = lambda number, findings: None,
) -> list[Finding]:
    """Try the inputs numbered `inputs`, the targets in turn; return what they find, one finding a kind of error.

    on_progress: called with the number tried and the findings, after each hundred inputs.
    """
    findings: list[Finding] = []
    kinds: set[object] = set()
    names = list(targets)
    _compile()  # which must not count for the first input
    with tempfile.TemporaryDirectory(prefix="gopolicy-fuzz-") as place:
        folder = Path(place) / "input"
        for number in inputs:
            name = names[number % len(names)]
            data = targets[name].make(Random(f"{seed}/{name}/{number}"))
            error = fault_of(targets[name], data, folder)
            if isinstance(error, HangError):  # not if it was the compiler, which runs once
                error = fault_of(targets[name], data, folder)
            if error is not None and _kind(error) not in kinds:
                kinds.add(_kind(error))
                text = "".join(traceback.format_exception(error))
                findings.append(Finding(name, number, smallest(targets[name], data, error, folder), text))
            if number % 100 == 99 or error is not None:
                on_progress(number + 1, findings)
    return findings


def save_findings(folder: Path, seed: int, next_number: int, findings: list[Finding]) -> None:
    """Write the findings and where to go on to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for found in findings:
        stem = f"{found.target}-{seed}-{found.number}"
        (folder / f"{stem}.input").write_bytes(found.data)
        (folder / f"{stem}.txt").write_text(found.error)
    (folder / f"progress-{seed}.json").write_text(json.dumps({"next": next_number}))


def next_number(folder: Path, seed: int) -> int:
    """Return the number of the first input that an earlier run has not tried."""
    path = folder / f"progress-{seed}.json"
    return int(json.loads(path.read_text())["next"]) if path.exists() else 0

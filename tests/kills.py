"""SIGKILL at any moment, hundreds of times: python -m tests.kills --count 200 --seed 1 [--job review]

The program works in a process of its own, which is killed after a random time.  Two seconds later no process of it
may be alive; what stands under a final name is whole, old or new; and begun again the work ends as if nothing had been.
"""

import argparse
import importlib
import logging
import math
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parents[1] / "data"
RECORDS = sorted(DATA.glob("*.sgf"))[:8]
TINY = (
    "--filters 8 --layers 2 --batch 32 --positions 320 --measure-steps 5 --save-minutes 0.0005 "
    "--device cpu --precision float32"
).split()
alive_seconds = 2.0  # how long processes may outlive the one that was killed


class KillError(Exception):
    """A kill that did harm."""


class Job(NamedTuple):
    """What is killed.

    begin: makes what it starts from, in an empty folder.  run: the work.  result: what stands under the final name,
    None if nothing does; raises for what is damaged.  is_long: results in between are no fault, and the work goes on
    from them; it is killed several times before it may end.
    """

    begin: Callable[[Path], None]
    run: Callable[[Path], object]
    result: Callable[[Path], bytes | None]
    is_long: bool = False


def _gopolicy(*arguments: object) -> None:
    from gopolicy.__main__ import main

    if main([str(argument) for argument in arguments]):
        raise KillError(" ".join(map(str, arguments)))


def _contents(name: str) -> Callable[[Path], bytes | None]:
    return lambda folder: (folder / name).read_bytes() if (folder / name).exists() else None


def _prepare(workers: int) -> Job:
    def run(folder: Path) -> None:
        _gopolicy("prepare", *RECORDS, "--out", folder / "x.corpus", "--workers", workers)

    return Job(lambda folder: None, run, _contents("x.corpus"))


def _train(workers: int) -> Job:
    def run(folder: Path) -> None:
        resume = ["--resume"] if list(folder.glob("run/checkpoint-*")) else []
        _gopolicy("train", folder / "x.corpus", "--out", folder / "run", *TINY, "--workers", workers, *resume)

    def weights(folder: Path) -> bytes | None:
        from gopolicy.nn.tensor_file import read_tensors

        path = folder / "run" / "model.safetensors"
        if not path.exists():
            return None
        tensors, _ = read_tensors(path)
        return b"".join(tensor.numpy().tobytes() for _, tensor in sorted(tensors.items()))

    return Job(_prepare(1).run, run, weights, is_long=True)


def _copy(folder: Path) -> None:
    (folder / "x.sgf").write_bytes(RECORDS[0].read_bytes())


def _review(folder: Path) -> None:
    _gopolicy("review", RECORDS[0], "-o", folder / "x.sgf")


def _save(folder: Path) -> None:
    """Save a record over and over, as the window does."""
    from gopolicy.files import write_file
    from gopolicy.records.sgf import read_trees

    [tree] = read_trees((folder / "x.sgf").read_bytes())
    for _ in range(200):
        write_file(folder / "x.sgf", tree.to_sgf())


JOBS = {
    "preparing": _prepare(1),
    "preparing with workers": _prepare(2),
    "training": _train(0),
    "training with workers": _train(2),
    "review": Job(_copy, _review, _contents("x.sgf")),
    "saving": Job(_copy, _save, _contents("x.sgf")),
}


def processes_of_session(session: int) -> list[str]:
    """Return the processes of a session that are alive: field 6 of /proc/PID/stat is the session, field 3 the state."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(path.parent.name)
    return found


def in_process(work: Callable[[Path], object], folder: Path, seconds: float = math.inf) -> bool:
    """Do work in a process that is killed after so many seconds; return whether it ended before.

    Raises KillError if it fails, and if processes outlive it.
    """
    process = os.fork()
    if process == 0:
        os.setsid()
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        status = 1
        try:
            work(folder)
            status = 0
        finally:
            os._exit(status)
    until = time.monotonic() + seconds
    while not (ended := os.waitpid(process, os.WNOHANG))[0] and time.monotonic() < until:
        time.sleep(0.002)
    if ended[0]:
        if ended[1]:
            raise KillError(f"the work failed with status {ended[1]}")
    else:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    deadline = time.monotonic() + alive_seconds
    while left := processes_of_session(process):
        if time.monotonic() > deadline:
            raise KillError(f"alive {alive_seconds} s later: {', '.join(left)}")
        time.sleep(0.02)
    return bool(ended[0])


def uninterrupted(job: Job, folder: Path) -> tuple[bytes, float]:
    """Do the work and return (its result, seconds it took)."""
    in_process(job.begin, folder)
    begun = time.monotonic()
    in_process(job.run, folder)
    result = job.result(folder)
    assert result is not None
    return result, time.monotonic() - begun


def kill(job: Job, folder: Path, expected: bytes, seconds: float, rng: random.Random, times: int) -> int:
    """Do the work and kill it up to `times` times; return how often it was.  Raises KillError for any harm."""
    in_process(job.begin, folder)
    before, kills = job.result(folder), 0
    while kills < times and not in_process(job.run, folder, rng.uniform(0.0, 1.1) * seconds):
        kills += 1
        found = job.result(folder)
        if not job.is_long and found not in (before, expected):
            raise KillError(f"{folder}: neither old nor new")
    in_process(job.run, folder)
    if job.result(folder) != expected:
        raise KillError(f"{folder}: another result than without kills")
    if left := [path.name for path in folder.rglob("*.tmp")]:
        raise KillError(f"{folder}: left behind: {', '.join(left)}")
    return kills


def load() -> None:
    """Load what the work needs, so that processes begin with it."""
    from gopolicy.commands import compile_rules

    for name in ("commands.prepare", "commands.review", "commands.train", "policy", "training.run_loop"):
        importlib.import_module(f"gopolicy.{name}")
    compile_rules()


def main() -> int:
    """Kill and print a line now and then; return 1 at the first harm."""
    global alive_seconds
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20, metavar="N", help="kills in all (default: 20)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--job", action="append", choices=JOBS)
    parser.add_argument("--alive-seconds", type=float, default=2.0, metavar="S", help="life allowed after the kill")
    args = parser.parse_args()
    alive_seconds = args.alive_seconds
    logging.getLogger("gopolicy").setLevel(logging.CRITICAL)
    load()
    rng, names = random.Random(args.seed), args.job or list(JOBS)
    with tempfile.TemporaryDirectory(prefix="gopolicy-kills-") as place:
        for i, name in enumerate(names):
            (folder := Path(place) / f"{i}").mkdir()
            expected, seconds = uninterrupted(JOBS[name], folder)
            kills, count = 0, args.count * (i + 1) // len(names) - args.count * i // len(names)
            while kills < count:
                with tempfile.TemporaryDirectory(dir=place) as work:
                    times = min(5 if JOBS[name].is_long else 1, count - kills)
                    kills += kill(JOBS[name], Path(work), expected, seconds, rng, times)
            print(f"{name}: {kills} kills within {seconds:.1f} s, no harm", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

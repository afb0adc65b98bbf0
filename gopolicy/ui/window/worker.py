"""The thread in which the network lives: loads it, answers one task at a time, wakes the window."""

import ctypes
import importlib.util
import logging
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import cast

from gopolicy.ui.model.tasks import AbandonedError, Network, Task

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Report:
    """News from the thread: a network is loaded (name, profiles and which), a task is done, or something failed."""

    task: Task | None = None
    answer: object = None
    name: str = ""
    profiles: tuple[str, ...] = ()
    profile: str = ""
    problem: str = ""
    abandoned: bool = False


class Worker:
    """Loads a network with `load` and asks it; `wake` is called from the thread whenever there is news.

    current: the task being worked on, None while idle.  ready: the network is loaded, or will not be.
    progress: the share done of a long task, None otherwise.
    """

    def __init__(self, load: Callable[[], Network], wake: Callable[[], None]) -> None:
        self.current: Task | None = None
        self.ready = False
        self.progress: float | None = None
        self._load, self._wake = load, wake
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._reports: SimpleQueue[Report] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)

    def start(self) -> None:
        """Begin to load the network."""
        self._thread.start()

    def start_task(self, task: Task) -> None:
        """Hand in a task; only while `current` is None."""
        self.current = task
        self._tasks.put(task)

    def drop(self) -> None:
        """Say that nobody waits for the current task any more."""
        if self.current is not None:
            self.current.dropped.set()

    def collect(self) -> list[Report]:
        """Return the news since the last call."""
        reports: list[Report] = []
        while True:
            try:
                report = self._reports.get_nowait()
            except Empty:
                return reports
            if report.task is not None and report.task is self.current:
                self.current, self.progress = None, None
            self.ready = True
            reports.append(report)

    def stop(self) -> None:
        """Let the thread end once the current task is done or given up."""
        self.drop()
        self._tasks.put(None)

    def _on_progress(self, share: float) -> None:
        percent = int(100 * share)
        if self.progress is None or percent != int(100 * self.progress):
            self.progress = share
            self._wake()

    def _run(self) -> None:
        try:
            network = self._load()
        except Exception as error:  # whatever keeps the network from loading, the window works without one
            log.debug("the network did not load", exc_info=True)
            self._report(Report(problem=_one_line(error)))
            self._work(cast(Network, None))  # what is asked for then needs none
            return
        self._report(Report(name=network.name, profiles=network.profiles, profile=network.profile))
        self._work(network)

    def _work(self, network: Network) -> None:
        while (task := self._tasks.get()) is not None:
            try:
                report = Report(task, task.run(network, self._on_progress))
            except AbandonedError:
                report = Report(task, abandoned=True)
            except Exception as error:  # shown in the window; the game goes on
                log.debug("a task failed", exc_info=True)
                report = Report(task, problem=_one_line(error))
            self._report(report)

    def _report(self, report: Report) -> None:
        self._reports.put(report)
        self._wake()


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def load_library(package: str, name: str) -> None:
    """Load a shared library that importing `package` loads, if it is there, and let other threads run meanwhile.

    An import holds the interpreter's lock all the while: with torch the window would stand still for 0.2 to 0.4 s.
    """
    found = importlib.util.find_spec(package)
    if sys.platform == "win32" or found is None or found.origin is None:
        return
    load = ctypes.CDLL(None).dlopen
    load.restype, load.argtypes = ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_int]
    load(os.fsencode(Path(found.origin).parent / name), os.RTLD_LAZY)  # what fails here is said by the import

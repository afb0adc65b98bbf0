"""The thread in which the network lives: loads it, answers one question at a time, wakes the window."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from gopolicy.ui.network import AbandonedError, Network, Question

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Report:
    """News from the thread: a network is loaded (name), a question is answered, or something failed (problem)."""

    question: Question | None = None
    answer: object = None
    name: str = ""
    problem: str = ""
    abandoned: bool = False


class Worker:
    """Loads a network with `load` and asks it; `wake` is called from the thread whenever there is news.

    current: the question being worked on, None while idle.  ready: the network is loaded.
    progress: the share done of a long question, None otherwise.
    """

    def __init__(self, load: Callable[[], Network], wake: Callable[[], None]) -> None:
        self.current: Question | None = None
        self.ready = False
        self.progress: float | None = None
        self._load, self._wake = load, wake
        self._questions: SimpleQueue[Question | None] = SimpleQueue()
        self._reports: SimpleQueue[Report] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)

    def start(self) -> None:
        """Begin to load the network."""
        self._thread.start()

    def ask(self, question: Question) -> None:
        """Hand in a question; only while `current` is None."""
        self.current = question
        self._questions.put(question)

    def drop(self) -> None:
        """Say that nobody waits for the current question any more."""
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
            if report.question is not None and report.question is self.current:
                self.current, self.progress = None, None
            self.ready = self.ready or bool(report.name)
            reports.append(report)

    def stop(self) -> None:
        """Let the thread end once the current question is answered or given up."""
        self.drop()
        self._questions.put(None)

    def _tell(self, share: float) -> None:
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
            return
        self._report(Report(name=network.name))
        while (question := self._questions.get()) is not None:
            try:
                report = Report(question, question.ask(network, self._tell))
            except AbandonedError:
                report = Report(question, abandoned=True)
            except Exception as error:  # told in the window; the game goes on
                log.debug("a question failed", exc_info=True)
                report = Report(question, problem=_one_line(error))
            self._report(report)

    def _report(self, report: Report) -> None:
        self._reports.put(report)
        self._wake()


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__

"""SGF texts parsed in batches, by this process or by worker processes; a worker that dies costs one game at most."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_all_start_methods, get_context
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.lifetime import end_with_parent
from gopolicy.records.corpus_format import GAME
from gopolicy.records.corpus_writer import Names, game_entry
from gopolicy.records.record import parsed_records
from gopolicy.records.selection import Counts, Selection

BATCH_GAMES: Final = 200
BATCHES_AHEAD: Final = 4  # per worker; bounds the memory
CRASHED: Final = "its worker process died"

Texts = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Batch:
    """Parsed games.

    entries: GAME `[games]`; events: uint16, one game's behind the other's; players, sources: the names that the
    entries number; counts: what was kept and dropped.
    """

    entries: NDArray[np.void]
    events: NDArray[np.uint16]
    players: Sequence[str]
    sources: Sequence[str]
    counts: Counts


def parse_batch(texts: Texts, selection: Selection, source: str) -> Batch:
    """Parse (name, SGF text) pairs and keep what `selection` keeps; a bad game is only counted."""
    counts, players = Counts(), Names()
    entries, events = [np.zeros(0, GAME)], [np.zeros(0, np.uint16)]
    for record, sides in selection.keep(parsed_records(texts, counts.drop), counts):
        entries.append(game_entry(record, players, sides))
        events.append(record.events)
    return Batch(np.concatenate(entries), np.concatenate(events), players.list(), [source], counts)


def parsed_batches(
    texts: Iterator[tuple[str, str]], selection: Selection, source: str, *, workers: "Workers", counts: Counts
) -> Iterator[Batch]:
    """Yield the texts parsed, in their order.

    counts: gets the games during which a worker died; what else the batches drop is in their own counts.
    """
    chunks = iter(lambda: list(islice(texts, BATCH_GAMES)), [])
    if not workers.number:
        for chunk in chunks:
            yield parse_batch(chunk, selection, source)
        return
    pending: deque[tuple[Texts, Future[Batch]]] = deque()
    for chunk in chunks:
        pending.append((chunk, workers.submit(chunk, selection, source)))
        if len(pending) >= BATCHES_AHEAD * workers.number:
            yield from _results(*pending.popleft(), selection, source, counts)
    while pending:
        yield from _results(*pending.popleft(), selection, source, counts)


class Workers:
    """Worker processes, each started when it is needed, and anew after it died; none where one would be alone.

    Each has an executor of its own: in a common one a killed worker can leave a lock behind that the others wait for.
    """

    def __init__(self, number: int) -> None:
        self.number = number if number > 1 else 0
        self._executors = deque(_executor() for _ in range(self.number))

    def close(self) -> None:
        """End the processes."""
        for executor in self._executors:
            executor.shutdown()

    def submit(self, texts: Texts, selection: Selection, source: str) -> "Future[Batch]":
        """Have a batch parsed by the next worker."""
        self._executors.rotate()
        try:
            return self._executors[0].submit(parse_batch, texts, selection, source)
        except BrokenProcessPool:
            self._executors[0].shutdown()
            self._executors[0] = _executor()
            return self._executors[0].submit(parse_batch, texts, selection, source)


def _results(
    texts: Texts, future: "Future[Batch]", selection: Selection, source: str, counts: Counts
) -> Iterator[Batch]:
    """Yield what a batch became; if it was lost with a worker, parse it again in ever smaller parts.

    They have a process of their own; a text of which that dies, too, is dropped.
    """
    try:
        yield future.result()
    except BrokenProcessPool:
        waiting, worker = [texts], _executor()
        try:
            while waiting:
                part = waiting.pop()
                try:
                    yield worker.submit(parse_batch, part, selection, source).result()
                except BrokenProcessPool:
                    worker.shutdown()
                    worker = _executor()
                    half = len(part) // 2
                    if half:
                        waiting += [part[half:], part[:half]]
                    else:
                        counts.drop(part[0][0], CRASHED)
        finally:
            worker.shutdown()


def _executor() -> ProcessPoolExecutor:
    # Not fork: a parent that has used torch's threads must not be forked.
    context = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
    return ProcessPoolExecutor(1, mp_context=context, initializer=end_with_parent)

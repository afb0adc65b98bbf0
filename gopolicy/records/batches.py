"""SGF texts parsed in batches, by this process or by worker processes; a worker that dies costs one game at most."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
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
    texts: Iterator[tuple[str, str]], selection: Selection, source: str, *, workers: int, counts: Counts
) -> Iterator[Batch]:
    """Yield the texts parsed, in their order.

    counts: gets the games during which a worker died; what else the batches drop is in their own counts.
    """
    chunks = iter(lambda: list(islice(texts, BATCH_GAMES)), [])
    if workers <= 1:
        for chunk in chunks:
            yield parse_batch(chunk, selection, source)
        return
    pool = _Pool(workers, selection, source, counts)
    pending: deque[tuple[Texts, Future[Batch]]] = deque()
    try:
        for chunk in chunks:
            pending.append((chunk, pool.submit(chunk)))
            if len(pending) >= BATCHES_AHEAD * workers:
                yield from pool.results(*pending.popleft())
        while pending:
            yield from pool.results(*pending.popleft())
    finally:
        pool.close()


class _Pool:
    """Worker processes, each started anew after it died.

    Each has an executor of its own: in a common one a killed worker can leave a lock behind that the others wait for.
    """

    def __init__(self, workers: int, selection: Selection, source: str, counts: Counts) -> None:
        self._selection, self._source, self._counts = selection, source, counts
        self._executors = deque(_executor() for _ in range(workers))

    def close(self) -> None:
        """End the processes."""
        for executor in self._executors:
            executor.shutdown()

    def submit(self, texts: Texts) -> "Future[Batch]":
        """Have a batch parsed by the next worker."""
        self._executors.rotate()
        try:
            return self._executors[0].submit(parse_batch, texts, self._selection, self._source)
        except BrokenProcessPool:
            self._executors[0].shutdown()
            self._executors[0] = _executor()
            return self._executors[0].submit(parse_batch, texts, self._selection, self._source)

    def results(self, texts: Texts, future: "Future[Batch]") -> Iterator[Batch]:
        """Yield what a batch became; if it was lost with a worker, it is parsed again in ever smaller parts."""
        try:
            yield future.result()
        except BrokenProcessPool:
            yield from self._parsed_alone(texts)

    def _parsed_alone(self, texts: Texts) -> Iterator[Batch]:
        """Parse texts one after the other in a process of their own, and drop those of which it dies."""
        waiting, worker = [texts], _executor()
        try:
            while waiting:
                part = waiting.pop()
                try:
                    yield worker.submit(parse_batch, part, self._selection, self._source).result()
                except BrokenProcessPool:
                    worker.shutdown()
                    worker = _executor()
                    half = len(part) // 2
                    if half:
                        waiting += [part[half:], part[:half]]
                    else:
                        self._counts.drop(part[0][0], CRASHED)
        finally:
            worker.shutdown()


def _executor() -> ProcessPoolExecutor:
    context = get_context("forkserver")  # not fork: a parent that has used torch's threads must not be forked
    return ProcessPoolExecutor(1, mp_context=context, initializer=end_with_parent)

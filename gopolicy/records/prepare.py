"""From archives of records to a corpus file, on all cores and in bounded memory.

This process reads and splits the files, workers parse and check games in batches, and the results are
written in the order of the sources, so the same sources give the same file, byte for byte.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gopolicy.records.corpus import GAME, MAGIC, Corpus, CorpusError, CorpusWriter, game_entry
from gopolicy.records.problems import RecordError
from gopolicy.records.record import Record, read_records, read_texts
from gopolicy.records.selection import DUPLICATE, Counts, Selection
from gopolicy.records.sgf import parse_game

BATCH_GAMES: Final = 200
BATCHES_AHEAD: Final = 4  # per worker; bounds the memory


class Batch(NamedTuple):
    """Parsed games: index entries (GAME `[games]`), their events one behind the other, and the counts."""

    entries: NDArray[np.void]
    events: NDArray[np.uint16]
    counts: Counts


def parse_batch(texts: Sequence[tuple[str, str]], selection: Selection) -> Batch:
    """Parse (source, SGF text) pairs and keep what `selection` keeps; a bad game is only counted."""
    counts = Counts()
    entries, events = [np.zeros(0, GAME)], [np.zeros(0, np.uint16)]

    def records() -> Iterator[Record]:
        for source, text in texts:
            try:
                yield Record.from_tree(parse_game(text), source)
            except RecordError as error:
                counts.drop(source, error.reason)

    for record in selection.keep(records(), counts):
        entries.append(game_entry(record, 0))
        events.append(record.events)
    return Batch(np.concatenate(entries), np.concatenate(events), counts)


def is_corpus(path: Path) -> bool:
    """Return whether a path is a corpus file, plain or compressed."""
    if not path.is_file():
        return False
    if path.name.endswith(".corpus.xz"):
        return True
    with open(path, "rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def prepare(
    sources: Sequence[Path],
    out: Path,
    *,
    selection: Selection,
    encoding: str | None = None,
    workers: int = 1,
    progress: Callable[[int, int, str], None] | None = None,
) -> Counts:
    """Write the games of `sources` (files, folders, archives, other corpora) to the corpus `out`; return the counts.

    Duplicates are dropped across all sources.  `progress(games, moves, source)` is called now and then.
    Raises RecordError for a source that is not there, CorpusError if `out` cannot be written or there was
    nothing to write; `out` is then what it was before.
    """
    counts, seen = Counts(), set[int]()
    with CorpusWriter(out) as writer:
        for path in sources:
            number = writer.add_source(path.name)
            for batch in _batches(path, selection, encoding, workers, counts):
                _add(writer, batch, number, seen if selection.drop_duplicates else None, counts)
                if progress:
                    progress(len(batch.entries), int(batch.entries["targets"].sum()), path.name)
        if not writer.games:
            reasons = ", ".join(f"{reason} ({count})" for reason, count in counts.dropped.most_common())
            raise CorpusError(f"{out}: no game to write: {reasons or 'the sources hold none'}")
        writer.counts = {"kept": counts.kept, "notes": dict(counts.notes), "dropped": dict(counts.dropped)}
    return counts


def _add(writer: CorpusWriter, batch: Batch, source: int, seen: set[int] | None, counts: Counts) -> None:
    """Write a batch without the games that are in `seen`, and add up its counts."""
    counts.kept += batch.counts.kept
    counts.dropped.update(batch.counts.dropped)
    counts.notes.update(batch.counts.notes)
    fresh = np.ones(len(batch.entries), np.bool_)
    if seen is not None:
        for i, digest in enumerate(batch.entries["digest"].tolist()):
            fresh[i] = digest not in seen
            seen.add(digest)
        repeated = int((~fresh).sum())
        counts.kept -= repeated
        if repeated:
            counts.dropped[DUPLICATE] += repeated
    events = batch.events[np.repeat(fresh, batch.entries["events"])]
    writer.add(batch.entries[fresh], events, source)


def _batches(path: Path, selection: Selection, encoding: str | None, workers: int, counts: Counts) -> Iterator[Batch]:
    if is_corpus(path):
        yield from _corpus_batches(Corpus.open(path))
        return
    texts = read_texts(path, on_drop=counts.drop, encoding=encoding)
    chunks = iter(lambda: list(islice(texts, BATCH_GAMES)), [])
    if workers <= 1:
        for chunk in chunks:
            yield parse_batch(chunk, selection)
        return
    pending: deque[Future[Batch]] = deque()
    # Not fork: a parent that has used torch's threads must not be forked.
    with ProcessPoolExecutor(workers, mp_context=get_context("forkserver")) as pool:
        try:
            for chunk in chunks:
                pending.append(pool.submit(parse_batch, chunk, selection))
                if len(pending) >= BATCHES_AHEAD * workers:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        except BrokenProcessPool:
            raise CorpusError(
                f"{path}: a worker process died, perhaps for want of memory; try fewer --workers"
            ) from None


def _corpus_batches(corpus: Corpus) -> Iterator[Batch]:
    for first in range(0, len(corpus), BATCH_GAMES):
        entries = corpus.index[first : first + BATCH_GAMES]
        counts = Counts()
        counts.kept = len(entries)
        yield Batch(entries, np.concatenate([corpus.events(first + i) for i in range(len(entries))]), counts)


def load_sources(sources: Sequence[Path]) -> Corpus:
    """Return corpora, files, folders and archives as one corpus; what is no corpus is read into memory.

    A bad game is skipped.  Raises RecordError, and CorpusError if there is no game at all.
    """
    parts, selection = [], Selection()
    for path in sources:
        if is_corpus(path):
            parts.append(Corpus.open(path))
        else:
            records = read_records(path, on_drop=lambda source, reason: None)
            parts.append(Corpus.from_records(selection.keep(records, Counts()), path.name))
    corpus = Corpus.join(parts)
    if not corpus.positions:
        raise CorpusError(f"{', '.join(map(str, sources))}: no 19x19 game with moves in it")
    return corpus

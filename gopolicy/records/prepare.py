"""From archives of records to a corpus file, on all cores and in bounded memory.

This process reads and splits the files, workers parse and check games in batches, and the results are
written in the order of the sources, so the same sources give the same file, byte for byte.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gopolicy.files import display_name
from gopolicy.go.coords import BLACK, WHITE
from gopolicy.records.batches import BATCH_GAMES, Batch, Workers, parsed_batches
from gopolicy.records.corpus import Corpus, CorpusError
from gopolicy.records.corpus_format import BOTH_SIDES, COMPRESSED, MAGIC, VERSION, is_target, starts, untaken
from gopolicy.records.corpus_writer import CorpusWriter
from gopolicy.records.record import read_texts
from gopolicy.records.selection import DUPLICATE, NO_MOVES, TOO_SHORT, Counts, Selection, Side


def is_corpus(path: Path) -> bool:
    """Return whether a path is a corpus file, plain or compressed."""
    if not path.is_file():
        return False
    if path.name.endswith(COMPRESSED):
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
    A game that cannot be read, for whatever reason, is counted and skipped.
    Raises RecordError for a source that is not there, CorpusError if there was nothing to write, FileError if `out`
    cannot be written; `out` is then what it was before.
    """
    counts, seen = Counts(), dict[int, int]()
    with CorpusWriter(out) as writer, closing(Workers(workers)) as pool:
        for path in sources:
            for batch in _batches(path, selection, encoding, pool, counts):
                kept = _add(writer, batch, seen if selection.drop_duplicates else None, counts)
                if progress:
                    progress(len(kept), int(kept["targets"].sum()), display_name(path.name))
        if not writer.games:
            reasons = ", ".join(f"{reason} ({count})" for reason, count in counts.dropped.most_common())
            raise CorpusError(f"{display_name(out)}: no game to write: {reasons or 'the sources hold none'}")
        writer.counts = {"kept": counts.kept, "notes": dict(counts.notes), "dropped": dict(counts.dropped)}
    return counts


def _add(writer: CorpusWriter, batch: Batch, seen: dict[int, int] | None, counts: Counts) -> NDArray[np.void]:
    """Write a batch without the moves that are in `seen`, sides by digest; return the entries written."""
    counts.add(batch.counts)
    fresh = np.ones(len(batch.entries), np.bool_)
    if seen is not None:
        for i, (entry, start) in enumerate(zip(batch.entries, starts(batch.entries["events"]), strict=True)):
            moves = batch.events[int(start) : int(start) + int(entry["events"])]
            entry["sides"], entry["targets"] = untaken(entry, moves, seen)
            fresh[i] = entry["targets"] > 0
        repeated = int((~fresh).sum())
        counts.kept -= repeated
        if repeated:
            counts.dropped[DUPLICATE] += repeated
    entries = batch.entries[fresh]
    if not len(entries):
        return entries
    numbers = np.array([writer.add_source(source) for source in batch.sources], np.uint16)
    entries["source"] = numbers[entries["source"]]
    writer.add(entries, batch.events[np.repeat(fresh, batch.entries["events"])], batch.players)
    return entries


def _batches(
    path: Path, selection: Selection, encoding: str | None, workers: Workers, counts: Counts
) -> Iterator[Batch]:
    if is_corpus(path):
        yield from _corpus_batches(path, Corpus.open(path), selection)
        return
    texts = read_texts(path, on_drop=counts.drop, encoding=encoding)
    yield from parsed_batches(texts, selection, display_name(path.resolve().name), workers=workers, counts=counts)


def _corpus_batches(path: Path, corpus: Corpus, selection: Selection) -> Iterator[Batch]:
    """Yield the games of a corpus that `selection` keeps, with the targets that it chooses among theirs."""
    if corpus.header["version"] < 2 and (selection.players or selection.years):
        raise CorpusError(f"{display_name(path)}: it holds no names and years; prepare the records again")
    for first in range(0, len(corpus), BATCH_GAMES):
        counts, entries, events = Counts(), corpus.index[first : first + BATCH_GAMES].copy(), []
        for row, entry in enumerate(entries):
            moves = corpus.events(first + row)
            if selection.is_choosy:
                entry["sides"], entry["targets"] = _chosen(corpus, first + row, moves, selection, counts)
            if entry["targets"]:
                events.append(moves)
        entries = entries[entries["targets"] > 0]
        counts.kept = len(entries)
        everything = np.concatenate([np.zeros(0, np.uint16), *events])
        yield Batch(entries, everything, corpus.players, corpus.header["sources"], counts)


def _chosen(
    corpus: Corpus, game: int, events: NDArray[np.uint16], selection: Selection, counts: Counts
) -> tuple[int, int]:
    """Return whose moves of a game are targets and how many there are: none if it is dropped, and counted so."""
    entry = corpus.index[game]
    names = corpus.player(game, BLACK), corpus.player(game, WHITE)
    black, white = Side(names[0], int(entry["black_rank"])), Side(names[1], int(entry["white_rank"]))
    sides = int(entry["sides"]) & selection.sides(black, white, int(entry["year"]))
    targets = int(np.count_nonzero(is_target(events, sides)))
    if not sides:
        counts.drop(corpus.source(game), selection.why_no_side(int(entry["year"])))
    elif not targets:
        counts.drop(corpus.source(game), NO_MOVES)
    elif np.count_nonzero(is_target(events, BOTH_SIDES)) < selection.min_moves:
        counts.drop(corpus.source(game), TOO_SHORT)
    else:
        return sides, targets
    return BOTH_SIDES, 0


def load_sources(sources: Sequence[Path], selection: Selection = Selection(), counts: Counts | None = None) -> Corpus:  # noqa: B008 - frozen
    """Return corpora, files, folders and archives as one corpus; what must be read or chosen from stands in memory.

    selection: which games to keep, and whose moves are targets.  counts: takes what was kept and dropped.
    A bad game is skipped.  Raises RecordError, and CorpusError if no game is left.
    """
    counts = counts or Counts()
    parts = []
    for path in sources:
        if is_corpus(path) and not selection.is_choosy:
            parts.append(Corpus.open(path))
        else:
            parts += [_as_corpus(batch, counts) for batch in _batches(path, selection, None, Workers(1), counts)]
    if not sum(part.positions for part in parts):
        reasons = ", ".join(f"{reason} ({count})" for reason, count in counts.dropped.most_common())
        names = ", ".join(map(display_name, sources))
        raise CorpusError(f"{names}: no 19x19 game with moves in it" + (f": {reasons}" if reasons else ""))
    return Corpus.join(parts)


def _as_corpus(batch: Batch, counts: Counts) -> Corpus:
    counts.add(batch.counts)
    index = batch.entries.copy()
    index["start"] = starts(index["events"])
    corpus = Corpus(index, batch.events, batch.players, {"version": VERSION, "sources": list(batch.sources)})
    return corpus.once()

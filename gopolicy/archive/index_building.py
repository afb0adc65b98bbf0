"""Building the index of a corpus in bounded memory: keys are spread over parts by their upper bits, then sorted.

One replay of all games, a few million turns at a time; each part is sorted alone and written behind the one before.
"""

import tempfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.archive.position_index import TAIL_BITS, PositionIndexError, corpus_fingerprint, make_header
from gopolicy.archive.position_keys import turn_keys, zobrist_table
from gopolicy.archive.replaying import replay_of
from gopolicy.files import replacing
from gopolicy.records.corpus import Corpus

MAX_EVENTS: Final = 1 << 29  # a turn is 8 times its event plus a symmetry, in 32 bits
CHUNK_EVENTS: Final = 1 << 16  # replayed at a time: compiled code lets no other thread run
PART_TURNS: Final = 1 << 22  # sorted at a time, about: 12 bytes a turn, three times in memory
BUCKET_TURNS: Final = 8  # per entry of the directory, about
ENTRY: Final = np.dtype([("key", "<u8"), ("turn", "<u4")])


def build_index(corpus: Corpus, path: Path, on_progress: Callable[[int], object] | None = None) -> int:
    """Write the index of `corpus` to `path` and return how many turns it holds.

    Readers have the index that was there before until all is written.  on_progress: called with the number of new games
    replayed.  Raises PositionIndexError for a corpus of more than MAX_EVENTS events, and FileError.
    """
    if len(corpus.all_events) > MAX_EVENTS:
        raise PositionIndexError(f"{path}: the corpus has more than {MAX_EVENTS:,} events; split it")
    total = int(corpus.index["events"].sum(dtype=np.int64))
    part_bits = (total // PART_TURNS).bit_length()
    bits = max(part_bits, (total // BUCKET_TURNS).bit_length(), 1)
    counts = np.zeros(1 << bits, np.int64)
    with replacing(path) as file, ExitStack() as stack:
        spools = [stack.enter_context(tempfile.TemporaryFile(dir=path.parent)) for _ in range(1 << part_bits)]
        _spread(corpus, spools, part_bits, on_progress)
        file.write(make_header({}))
        checksum = 0
        for spool in spools:
            spool.seek(0)
            part = np.frombuffer(spool.read(), ENTRY)
            spool.truncate(0)
            entries = _sorted_entries(part, bits, counts)
            checksum = zlib.crc32(entries.data, checksum)
            file.write(entries.data)
        directory = np.concatenate([[0], np.cumsum(counts)]).astype("<u8")
        file.write(directory.data)
        facts = {"corpus": corpus_fingerprint(corpus), "turns": int(directory[-1]), "bits": bits}
        file.seek(0)
        file.write(make_header({**facts, "crc32": zlib.crc32(directory.data, checksum)}))
    return int(directory[-1])


def _spread(
    corpus: Corpus, spools: Sequence[BinaryIO], part_bits: int, on_progress: Callable[[int], object] | None
) -> None:
    """Replay all games and write the entries of their turns to the part that the upper bits of the key name."""
    replay = replay_of(corpus)
    lengths = np.cumsum(corpus.index["events"], dtype=np.int64)
    first = 0
    while first < len(corpus):
        done = int(lengths[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(lengths, done + CHUNK_EVENTS, "right")))
        room = int(lengths[last - 1]) - done
        keys, turns = np.empty(room, np.uint64), np.empty(room, np.uint32)
        found = turn_keys(replay.part(first, last), zobrist_table(), keys, turns)
        _write_to_parts(keys[:found], turns[:found], spools, part_bits)
        if on_progress:
            on_progress(last - first)
        first = last


def _write_to_parts(
    keys: NDArray[np.uint64], turns: NDArray[np.uint32], spools: Sequence[BinaryIO], part_bits: int
) -> None:
    parts = (keys >> np.uint64(64 - part_bits)).astype(np.uint16) if part_bits else np.zeros(len(keys), np.uint16)
    order = np.argsort(parts, kind="stable")
    entries = np.empty(len(keys), ENTRY)
    entries["key"], entries["turn"] = keys[order], turns[order]
    bounds = np.searchsorted(parts[order], np.arange(len(spools) + 1))
    for spool, first, last in zip(spools, bounds, bounds[1:], strict=False):
        spool.write(entries[first:last].data)


def _sorted_entries(part: NDArray[np.void], bits: int, counts: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Return the entries of a part as the file has them, uint32 `[n, 2]`; count them by their upper bits.

    Entries of one position stay in the order of the games.
    """
    order = np.argsort(part["key"], kind="stable")
    keys = part["key"][order]
    buckets, sizes = np.unique(keys >> np.uint64(64 - bits), return_counts=True)
    counts[buckets.astype(np.int64)] += sizes
    entries = np.empty((len(part), 2), "<u4")
    entries[:, 0] = (keys >> np.uint64(64 - bits - TAIL_BITS)).astype(np.uint32)
    entries[:, 1] = part["turn"][order]
    return entries

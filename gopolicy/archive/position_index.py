"""The index of a corpus: a sorted file that finds the turns at which a position stood on the board.

    16 bytes    MAGIC
    8 bytes     length of the header
    header      JSON, filled up with blanks to HEADER bytes: version, corpus, turns, bits, crc32 of what follows
    entries     uint32 `[turns, 2]`, in the order of the keys: the 32 bits of the key behind the upper `bits`, and the
                turn as `position_keys.turn_keys` has it
    directory   uint64 `[2 ** bits + 1]`: where the entries of keys with these upper bits begin

A sorted, memory-mapped file rather than a database: eight bytes a turn where SQLite takes thirty, no import of rows
one by one, and any number of processes read it without locks.  Of 61 million turns two different positions share
the 54 bits that are kept with a probability of about one in ten; one lookup meets such a pair once in 300 million.
"""

import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.archive.position_keys import PositionKey
from gopolicy.errors import GopolicyError
from gopolicy.features.symmetry import NUM_SYMMETRIES
from gopolicy.records.corpus import Corpus

MAGIC: Final = b"gopolicy index\n\n"
VERSION: Final = 1
HEADER: Final = 512  # bytes, MAGIC and the length included
TAIL_BITS: Final = 32
CHUNK: Final = 1 << 24  # bytes of which the checksum is taken at a time


class PositionIndexError(GopolicyError, ValueError):
    """An index that cannot be used; the text says which, why and what to do."""


class StaleIndexError(PositionIndexError):
    """An index that is damaged, of another version, or of another state of its corpus: it can be built anew."""


def index_path(corpus_path: Path) -> Path:
    """Return where the index of a corpus file is kept: beside it."""
    return corpus_path.with_name(f"{corpus_path.name}.index")


def corpus_fingerprint(corpus: Corpus) -> str:
    """Return a text that differs between corpora: games, events and a checksum of the entries of the games."""
    entries = np.ascontiguousarray(corpus.index)
    return f"{len(corpus)} games, {int(entries['events'].sum(dtype=np.int64))} events, {zlib.crc32(entries.data):08x}"


@dataclass(frozen=True)
class PositionIndex:
    """An index in use.

    entries: uint32 `[turns, 2]`.  directory: uint64 `[2 ** bits + 1]`.
    """

    bits: int
    entries: NDArray[np.uint32]
    directory: NDArray[np.uint64]

    @classmethod
    def open(cls, path: Path, corpus: Corpus, *, verify: bool = False) -> "PositionIndex":
        """Open the index of `corpus`; verify: compare the checksum of all its data, too.

        Raises PositionIndexError, naming the file and the fault, if it is cut short, damaged, of another version or of
        another corpus.
        """
        facts = _read_header(path)
        if facts["version"] != VERSION:
            raise _unusable(path, f"index version {facts['version']}, this gopolicy reads {VERSION}")
        if facts["corpus"] != corpus_fingerprint(corpus):
            raise _unusable(path, "made of another corpus or of an earlier state of it")
        count, bits = int(facts["turns"]), int(facts["bits"])
        entries = 8 * count
        missing = HEADER + entries + 8 * ((1 << bits) + 1) - path.stat().st_size
        if missing:
            raise _unusable(path, f"cut short, {missing} bytes are missing" if missing > 0 else "too long")
        data = np.memmap(path, np.uint8, mode="r", offset=HEADER)
        if verify and checksum(data) != facts["crc32"]:
            raise _unusable(path, "damaged, its checksum is wrong")
        return cls(bits, data[:entries].view("<u4").reshape(-1, 2), data[entries:].view("<u8"))

    def find(self, key: PositionKey) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the turns before which a position stood on the board: (events, symmetries), int64 `[n]`.

        events: numbers in `Corpus.all_events`, increasing.  symmetries: what leads to the image of the key.
        """
        bucket = key.value >> (64 - self.bits)
        tail = np.uint32((key.value >> (64 - self.bits - TAIL_BITS)) & 0xFFFFFFFF)
        entries = self.entries[int(self.directory[bucket]) : int(self.directory[bucket + 1])]
        tails = np.ascontiguousarray(entries[:, 0])
        turns = entries[np.searchsorted(tails, tail) : np.searchsorted(tails, tail, "right"), 1]
        return (turns // NUM_SYMMETRIES).astype(np.int64), (turns % NUM_SYMMETRIES).astype(np.int64)

    def frequent(self, least: int) -> NDArray[np.int64]:
        """Return an event before which each position stood that occurs `least` times or more: int64 `[n]`."""
        firsts, counts = self._positions()
        return np.asarray(self.entries[firsts[counts >= least], 1] // NUM_SYMMETRIES, np.int64)

    def greatest_count(self) -> int:
        """Return how many times the most frequent position occurs."""
        return int(self._positions()[1].max(initial=0))

    def _positions(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return each position's first entry and how many it has, int64 `[n]`."""
        tails = np.ascontiguousarray(self.entries[:, 0])
        new = np.concatenate([[True], tails[1:] != tails[:-1]])
        new[self.directory[:-1][self.directory[:-1] < len(tails)].astype(np.int64)] = True
        firsts = np.flatnonzero(new)
        return firsts, np.diff(firsts, append=len(tails))


def checksum(data: NDArray[np.uint8]) -> int:
    """Return the CRC-32 of bytes, uint8 `[n]`."""
    value = 0
    for first in range(0, len(data), CHUNK):
        value = zlib.crc32(data[first : first + CHUNK].data, value)
    return value


def make_header(facts: dict[str, Any]) -> bytes:
    """Return the HEADER bytes that stand in front of the data."""
    text = json.dumps({"version": VERSION, **facts}).encode("ascii")
    return (MAGIC + len(text).to_bytes(8, "little") + text).ljust(HEADER)


def _read_header(path: Path) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            data = file.read(HEADER)
    except FileNotFoundError:
        raise PositionIndexError(f"{path}: no such index; --rebuild makes it") from None
    except OSError as error:
        raise PositionIndexError(f"{path}: cannot be read: {error.strerror}") from None
    prefix = len(MAGIC) + 8
    if data[: len(MAGIC)] != MAGIC:
        raise PositionIndexError(f"{path}: not an index of a corpus; --rebuild replaces it")
    try:
        facts = json.loads(data[prefix : prefix + int.from_bytes(data[len(MAGIC) : prefix], "little")])
        return {"crc32": None, "corpus": None, "turns": -1, "bits": 0, **dict(facts), "version": facts["version"]}
    except (ValueError, KeyError, TypeError):
        raise _unusable(path, "damaged, its header cannot be read") from None


def _unusable(path: Path, reason: str) -> StaleIndexError:
    return StaleIndexError(f"{path}: {reason}; --rebuild makes it anew")

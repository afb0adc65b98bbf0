"""The corpus file: the moves of many games, about two bytes each, memory-mapped.

It holds moves and not planes, so it survives every change of features.  All numbers are little-endian.

    16 bytes    MAGIC
    8 bytes     length of the header
    header      JSON: version, sections {name: [bytes, crc32]}, sources, games and what was dropped
    index       one GAME entry a game
    events      uint16, see `gopolicy.go.events`, game after game

A name that ends in .xz is the same file compressed, for carrying about; it is unpacked in memory.
Which split a game belongs to follows from its digest, so it is the same in every corpus.
"""

import json
import lzma
import os
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.errors import GopolicyError
from gopolicy.go import events as ev
from gopolicy.records.record import Record

MAGIC: Final = b"gopolicy corpus\n"
VERSION: Final = 1
# start: index of the first event; events, targets: how many events, and moves that are no passes;
# source: index into the header's sources; handicap stones; ranks: dan, negative for kyu, 0 if unknown;
# winner: BLACK, WHITE or 0; digest: the first 8 bytes of the record's.
GAME: Final = np.dtype(
    [
        ("start", "<u8"),
        ("digest", "<u8"),
        ("events", "<u2"),
        ("targets", "<u2"),
        ("source", "<u2"),
        ("handicap", "u1"),
        ("winner", "u1"),
        ("black_rank", "i1"),
        ("white_rank", "i1"),
    ]
)
PROFESSIONAL: Final = 10  # added to the grade of a professional


class CorpusError(GopolicyError, ValueError):
    """A corpus file that cannot be used; the text says which file and why."""


def rank_number(rank: str) -> int:
    """Return 1 to 9 for amateur dan, 11 to 19 for professionals, -1 and less for kyu, 0 if unknown."""
    text = rank.strip().lower()
    digits = "".join(character for character in text if character.isdigit())
    kind = text[len(digits) :].lstrip()[:1]
    if not digits or not text.startswith(digits) or not 1 <= int(digits) <= 30 or kind not in {"k", "d", "p"}:
        return 0
    return {"k": -int(digits), "d": int(digits), "p": PROFESSIONAL + int(digits)}[kind]


def game_entry(record: Record, source: int) -> NDArray[np.void]:
    """Return the index entry of a record (GAME `[1]`), its start still 0."""
    moves = (record.events < ev.SETUP) & (record.events & ev.POINT_MASK != ev.NO_POINT)
    winner = {"B": 1, "W": 2}.get(record.result[:1], 0)
    ranks = rank_number(record.black_rank), rank_number(record.white_rank)
    digest = int.from_bytes(record.digest[:8], "little")
    handicap = min(record.handicap, 255)
    return np.array([(0, digest, len(record.events), np.count_nonzero(moves), source, handicap, winner, *ranks)], GAME)


class Corpus:
    """Games of one corpus file, or of several together.

    index: GAME `[games]`; its `start` counts from the first event of `all_events`.
    all_events: uint16 `[events]`, possibly memory-mapped.
    header: what the file says of its making: sources, and counts of what was kept and dropped.
    """

    def __init__(self, index: NDArray[np.void], all_events: NDArray[np.uint16], header: dict[str, Any]) -> None:
        self.index = index
        self.all_events = all_events
        self.header = header

    def __len__(self) -> int:
        return len(self.index)

    @property
    def positions(self) -> int:
        """The number of moves that are no passes: the positions to learn from."""
        return int(self.index["targets"].sum(dtype=np.int64))

    def events(self, game: int) -> NDArray[np.uint16]:
        """Return the events of a game, uint16 `[k]`, a view."""
        entry = self.index[game]
        return self.all_events[int(entry["start"]) : int(entry["start"]) + int(entry["events"])]

    def source(self, game: int) -> str:
        """Return the name of the source that a game came from."""
        return str(self.header["sources"][int(self.index["source"][game])])

    def split(self, validation: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return (training games, validation games) as int64 indices; `validation` is the share, 0 to 1.

        By game and by digest: copies of a game never stand on both sides.
        """
        place = (self.index["digest"] >> np.uint64(11)) / 2.0**53  # in [0, 1), exact
        held_out = place < validation
        return np.flatnonzero(~held_out), np.flatnonzero(held_out)

    @classmethod
    def from_records(cls, records: Iterable[Record], name: str = "records") -> "Corpus":
        """Return a corpus in memory."""
        entries, events = [np.zeros(0, GAME)], [np.zeros(0, np.uint16)]
        for record in records:
            entries.append(game_entry(record, 0))
            events.append(record.events)
        index = np.concatenate(entries)
        index["start"] = starts(index["events"])
        return cls(index, np.concatenate(events), {"version": VERSION, "sources": [name]})

    @classmethod
    def join(cls, corpora: "list[Corpus]") -> "Corpus":
        """Return several corpora as one, in memory; a game that an earlier one holds is left out."""
        if len(corpora) == 1:
            return corpora[0]
        index = np.concatenate([corpus.index for corpus in corpora])
        shift = np.cumsum([0, *(len(corpus.header["sources"]) for corpus in corpora)])
        index["source"] += np.repeat(shift[:-1], [len(corpus) for corpus in corpora]).astype(np.uint16)
        index["start"] = starts(index["events"])
        everything = np.concatenate([_in_order(corpus) for corpus in corpora])
        _, first = np.unique(index["digest"], return_index=True)
        index = index[np.sort(first)]
        sources = [source for corpus in corpora for source in corpus.header["sources"]]
        return cls(index, everything, {"version": VERSION, "sources": sources})

    @classmethod
    def open(cls, path: str | Path, *, verify: bool = True) -> "Corpus":
        """Open a corpus file; its events are memory-mapped unless the name ends in .xz.

        verify: compare the checksums (0.1 s for 100 MB).
        Raises CorpusError, naming the file and the fault, if it is no corpus, cut short or damaged.
        """
        path = Path(path)
        try:
            with open(path, "rb") as file:
                raw = lzma.decompress(file.read()) if path.suffix == ".xz" else None
        except (OSError, lzma.LZMAError) as error:
            raise CorpusError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
        data = np.frombuffer(raw, np.uint8) if raw is not None else _mapped(path)
        header, offset = _read_header(path, data)
        sections: dict[str, NDArray[np.uint8]] = {}
        for name, (length, checksum) in header["sections"].items():
            section = data[offset : offset + length]
            if len(section) < length:
                raise CorpusError(f"{path}: cut short in its {name}: {length - len(section)} bytes are missing")
            if verify and zlib.crc32(section.data) != checksum:
                raise CorpusError(f"{path}: damaged: the checksum of its {name} is wrong; prepare it again")
            sections[name], offset = section, offset + length
        if offset != len(data):
            raise CorpusError(f"{path}: {len(data) - offset} bytes too long")
        return cls(sections["index"].view(GAME), sections["events"].view("<u2"), header)

    def save(self, path: str | Path) -> None:
        """Write the corpus to `path` (compressed if it ends in .xz), under a temporary name first."""
        with CorpusWriter(path) as writer:
            for source in self.header["sources"]:
                writer.add_source(source)
            writer.add(self.index, _in_order(self), source_offset=0)
            writer.counts = self.header.get("counts", {})


def starts(lengths: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """Return where each of several runs of `lengths` begins when they stand one behind the other."""
    ends = np.cumsum(lengths, dtype=np.uint64)
    return (ends - lengths).astype(np.uint64)


def _in_order(corpus: Corpus) -> NDArray[np.uint16]:
    """Return the events of the corpus's games one behind the other, without copying where they stand so."""
    if np.array_equal(corpus.index["start"], starts(corpus.index["events"])):
        return corpus.all_events[: int(corpus.index["events"].sum(dtype=np.int64))]
    return np.concatenate([corpus.events(game) for game in range(len(corpus))])


def _mapped(path: Path) -> NDArray[np.uint8]:
    if not path.stat().st_size:
        raise CorpusError(f"{path}: empty file, not a corpus")
    return np.memmap(path, np.uint8, mode="r")


def _read_header(path: Path, data: NDArray[np.uint8]) -> tuple[dict[str, Any], int]:
    """Return the header and the offset of the first section."""
    prefix = len(MAGIC) + 8
    if data[: len(MAGIC)].tobytes() != MAGIC:
        raise CorpusError(f"{path}: not a corpus file; make one with `gopolicy prepare`")
    length = int.from_bytes(data[len(MAGIC) : prefix].tobytes(), "little")
    text = data[prefix : prefix + length].tobytes()
    checksum, _, body = text.partition(b" ")
    if len(text) < length or checksum != b"%08x" % zlib.crc32(body):
        raise CorpusError(f"{path}: damaged: its header is cut short or changed; prepare it again")
    header: dict[str, Any] = json.loads(body)
    if header["version"] != VERSION:
        raise CorpusError(f"{path}: corpus version {header['version']}, this gopolicy reads {VERSION}")
    return header, prefix + length


class CorpusWriter:
    """Write a corpus game by game, in bounded memory; nothing appears under the final name before all is there.

    Use as a context manager; leaving it by an exception removes what was written.
    counts: what was kept and dropped, for the header.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.counts: dict[str, Any] = {}
        self.sources: list[str] = []
        self.games = 0
        self._index: list[NDArray[np.void]] = [np.zeros(0, GAME)]
        self._checksum, self._bytes = 0, 0
        # Fixed names: what a killed run leaves behind, the next one overwrites and removes.
        self._spool = self.path.with_name(f"{self.path.name}.events.tmp")
        self._whole = self.path.with_name(f"{self.path.name}.tmp")

    def __enter__(self) -> "CorpusWriter":
        try:
            self._file = open(self._spool, "wb")
        except OSError as error:
            raise CorpusError(f"{self.path}: cannot be written: {error.strerror}") from None
        return self

    def add_source(self, name: str) -> int:
        """Note the name of a source and return its number."""
        self.sources.append(name)
        if len(self.sources) > np.iinfo(np.uint16).max:
            raise CorpusError(f"{self.path}: more than {np.iinfo(np.uint16).max} sources")
        return len(self.sources) - 1

    def add(self, index: NDArray[np.void], events: NDArray[np.uint16], source_offset: int = 0) -> None:
        """Append games: their index entries (GAME `[games]`) and their events one behind the other."""
        entries = index.copy()
        entries["source"] += np.uint16(source_offset)
        data = np.ascontiguousarray(events, "<u2").tobytes()
        self._file.write(data)
        self._checksum = zlib.crc32(data, self._checksum)
        self._bytes += len(data)
        self._index.append(entries)
        self.games += len(entries)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: object) -> None:
        self._file.close()
        try:
            if kind is None:
                self._finish()
        finally:
            for path in (self._spool, self._whole):
                path.unlink(missing_ok=True)

    def _finish(self) -> None:
        index = np.concatenate(self._index)
        index["start"] = starts(index["events"])
        entries = index.tobytes()
        sections = {"index": [len(entries), zlib.crc32(entries)], "events": [self._bytes, self._checksum]}
        header = {"version": VERSION, "sections": sections, "sources": self.sources, "games": self.games}
        body = json.dumps({**header, "counts": self.counts}, ensure_ascii=False).encode()
        text = b"%08x %s" % (zlib.crc32(body), body)
        with open(self._whole, "wb") as plain:
            with lzma.open(plain, "wb", preset=6) if self.path.suffix == ".xz" else plain as out:
                out.write(MAGIC + len(text).to_bytes(8, "little") + text + entries)
                with open(self._spool, "rb") as spool:
                    while chunk := spool.read(1 << 20):
                        out.write(chunk)
                out.flush()
        os.replace(self._whole, self.path)


def open_corpora(paths: list[Path]) -> Corpus:
    """Open one or more corpus files as one corpus; raises CorpusError."""
    if not paths:
        raise CorpusError("no corpus given")
    return Corpus.join([Corpus.open(path) for path in paths])

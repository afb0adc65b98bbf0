"""Writing a corpus file game by game, in bounded memory."""

import lzma
import tempfile
import zlib
from collections.abc import Iterable, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gopolicy.files import FileError, display_name, replacing
from gopolicy.go.coords import BLACK, WHITE
from gopolicy.limits import MAX_NAME
from gopolicy.records.corpus_format import BOTH_SIDES, GAME, VERSION, CorpusError, is_target, make_header, starts
from gopolicy.records.properties import rank_number, year_of
from gopolicy.records.record import Record

MAX_SOURCES = int(np.iinfo(np.uint16).max)


class Names:
    """A list of names without repetition; number 0 is ""."""

    def __init__(self) -> None:
        self._numbers = {"": 0}

    def number(self, name: str) -> int:
        """Return the number of a name, a new one if it is not in the list."""
        return self._numbers.setdefault(" ".join(name.split()), len(self._numbers))

    def numbers(self, names: Iterable[str]) -> NDArray[np.uint32]:
        """Return the numbers of several names, uint32 `[names]`."""
        return np.array([self.number(name) for name in names], np.uint32)

    def list(self) -> list[str]:
        """Return the names in the order of their numbers."""
        return list(self._numbers)


def game_entry(record: Record, players: Names, sides: int = BOTH_SIDES) -> NDArray[np.void]:
    """Return the index entry of a record (GAME `[1]`), its start and source still 0."""
    names = [players.number(name[:MAX_NAME]) for name in (record.black, record.white)]
    counts = len(record.events), np.count_nonzero(is_target(record.events, sides))
    winner = {"B": BLACK, "W": WHITE}.get(record.result[:1], 0)
    digest = int.from_bytes(record.digest[:8], "little")
    ranks = rank_number(record.black_rank), rank_number(record.white_rank)
    facts = (0, digest, *names, *counts, 0, year_of(record.date), min(record.handicap, 255), sides, winner, *ranks)
    return np.array([facts], GAME)


class CorpusWriter:
    """Write a corpus; nothing appears under the final name before all is there.

    Use as a context manager; leaving it by an exception removes what was written.
    counts: what was kept and dropped, for the header.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.counts: dict[str, Any] = {}
        self.games = 0
        self._sources: dict[str, int] = {}
        self._players = Names()
        self._index: list[NDArray[np.void]] = [np.zeros(0, GAME)]
        self._checksum, self._bytes = 0, 0

    def __enter__(self) -> "CorpusWriter":
        try:
            self._spool = tempfile.TemporaryFile(dir=self.path.parent)  # has no name: gone with its process
        except OSError as error:
            raise FileError(f"{display_name(self.path)}: cannot be written: {error.strerror or error}") from None
        return self

    def add_source(self, name: str) -> int:
        """Return the number of a source, a new one unless there is one of that name."""
        number = self._sources.setdefault(name, len(self._sources))
        if number >= MAX_SOURCES:
            raise CorpusError(f"{display_name(self.path)}: more than {MAX_SOURCES} sources")
        return number

    def add(self, index: NDArray[np.void], events: NDArray[np.uint16], players: Sequence[str]) -> None:
        """Append games: index entries (GAME `[games]`) and their events one behind the other.

        players: the names that the entries number.  The entries' sources are numbers of `add_source`.
        """
        entries = index.copy()
        numbers = self._players.numbers(players)
        entries["black"], entries["white"] = numbers[index["black"]], numbers[index["white"]]
        data = np.ascontiguousarray(events, "<u2").tobytes()
        try:
            self._spool.write(data)
            self._spool.flush()
        except OSError as error:
            raise FileError(f"{display_name(self.path)}: cannot be written: {error.strerror or error}") from None
        self._checksum = zlib.crc32(data, self._checksum)
        self._bytes += len(data)
        self._index.append(entries)
        self.games += len(entries)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: object) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            with suppress(OSError):  # the first error is the one to see
                self._spool.close()

    def _finish(self) -> None:
        index = np.concatenate(self._index)
        index["start"] = starts(index["events"])
        players = "\n".join(self._players.list()).encode("utf-8", "replace")
        sections = {"index": index.tobytes(), "players": players}
        table = {name: [len(section), zlib.crc32(section)] for name, section in sections.items()}
        table["events"] = [self._bytes, self._checksum]
        facts = {"version": VERSION, "sections": table, "sources": list(self._sources), "games": self.games}
        with replacing(self.path) as plain:
            with lzma.open(plain, "wb", preset=6) if self.path.suffix == ".xz" else nullcontext(plain) as out:
                out.write(make_header({**facts, "counts": self.counts}) + sections["index"] + players)
                self._spool.seek(0)
                while chunk := self._spool.read(1 << 20):
                    out.write(chunk)

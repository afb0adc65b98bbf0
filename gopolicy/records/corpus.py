"""The corpus: the games of one corpus file or of several, memory-mapped.  `corpus_format` says what a file holds."""

import lzma
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gopolicy.files import display_name
from gopolicy.go import events as ev
from gopolicy.go.coords import BLACK, BOARD_SIZE, Color, Point
from gopolicy.go.game import Game
from gopolicy.limits import MAX_EXPANSION, MAX_UNPACKED
from gopolicy.records.corpus_format import (
    GAME,
    VERSION,
    CorpusError,
    check_index,
    is_target,
    read_header,
    read_index,
    starts,
    untaken,
)
from gopolicy.records.corpus_writer import CorpusWriter, Names, game_entry
from gopolicy.records.problems import RecordError
from gopolicy.records.record import Record


class Corpus:
    """Games of one corpus file, or of several together.

    index: GAME `[games]`; its `start` counts from the first event of `all_events`.
    all_events: uint16 `[events]`, possibly memory-mapped.
    players: the names that the index numbers; number 0 is "".
    header: what the file says of its making: version, sources, and counts of what was kept and dropped.
    """

    def __init__(
        self, index: NDArray[np.void], all_events: NDArray[np.uint16], players: Sequence[str], header: dict[str, Any]
    ) -> None:
        self.index = index
        self.all_events = all_events
        self.players = players
        self.header = header

    def __len__(self) -> int:
        return len(self.index)

    @property
    def positions(self) -> int:
        """The number of targets: moves to learn from, that are no passes and of the sides that count."""
        return int(self.index["targets"].sum(dtype=np.int64))

    def events(self, game: int) -> NDArray[np.uint16]:
        """Return the events of a game, uint16 `[k]`, a view."""
        entry = self.index[game]
        return self.all_events[int(entry["start"]) : int(entry["start"]) + int(entry["events"])]

    def game_before(self, game: int, target: int) -> tuple[Game, Point]:
        """Return the game before one of its targets, numbered from 0, and the point; its turn is the target's color."""
        events = self.events(game)
        place = int(np.flatnonzero(is_target(events, int(self.index["sides"][game])))[target])
        before = Game.from_events(BOARD_SIZE, events[:place])
        before.to_play = ev.event_color(int(events[place]))
        return before, int(events[place]) & ev.POINT_MASK

    def turn_numbers(self, game: int) -> NDArray[np.int64]:
        """Return which turn of the game, from 1 on and passes included, each of its targets is: int64 `[targets]`."""
        events = self.events(game)
        numbers: NDArray[np.int64] = np.cumsum(events < ev.SETUP)
        return numbers[is_target(events, int(self.index["sides"][game]))]

    def source(self, game: int) -> str:
        """Return the name of the source that a game came from."""
        return str(self.header["sources"][int(self.index["source"][game])])

    def player(self, game: int, color: Color) -> str:
        """Return the name of a game's player, "" if it is unknown."""
        return self.players[int(self.index["black" if color == BLACK else "white"][game])]

    def split(self, validation: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return (training games, validation games) as int64 indices; `validation` is the share, 0 to 1.

        By game and by digest: copies of a game never stand on both sides.
        """
        place = (self.index["digest"] >> np.uint64(11)) / 2.0**53  # in [0, 1), exact
        held_out = place < validation
        return np.flatnonzero(~held_out), np.flatnonzero(held_out)

    @classmethod
    def from_records(cls, records: Iterable[Record], name: str = "records") -> "Corpus":
        """Return a corpus in memory, the moves of both sides as targets; raises RecordError if one is not 19x19."""
        players = Names()
        entries, events = [np.zeros(0, GAME)], [np.zeros(0, np.uint16)]
        for record in records:
            if record.size != BOARD_SIZE:
                raise RecordError("a corpus holds 19x19 games only", record.source)
            entries.append(game_entry(record, players))
            events.append(record.events)
        index = np.concatenate(entries)
        index["start"] = starts(index["events"])
        return cls(index, np.concatenate(events), players.list(), {"version": VERSION, "sources": [name]})

    @classmethod
    def join(cls, corpora: "list[Corpus]") -> "Corpus":
        """Return several corpora as one, in memory, each move once; one alone as it is."""
        if len(corpora) == 1:
            return corpora[0]
        players, sources = Names(), list[str]()
        parts = []
        for corpus in corpora:
            part, numbers = corpus.index.copy(), players.numbers(corpus.players)
            part["black"], part["white"] = numbers[part["black"]], numbers[part["white"]]
            part["source"] += np.uint16(len(sources))
            sources += corpus.header["sources"]
            parts.append(part)
        index = np.concatenate(parts)
        index["start"] = starts(index["events"])
        everything = np.concatenate([corpus.events_in_order() for corpus in corpora])
        version = min(corpus.header["version"] for corpus in corpora)
        return cls(index, everything, players.list(), {"version": version, "sources": sources}).once()

    def once(self) -> "Corpus":
        """Return a corpus in which each move of a game is a target once, however many entries the game has."""
        seen, index = dict[int, int](), self.index.copy()
        _, games, counts = np.unique(index["digest"], return_inverse=True, return_counts=True)
        for row in np.flatnonzero(counts[games] > 1).tolist():
            entry = index[row]
            entry["sides"], entry["targets"] = untaken(entry, self.events(row), seen)
        return Corpus(index[index["targets"] > 0], self.all_events, self.players, self.header)

    def is_repeated(self) -> NDArray[np.bool_]:
        """Return whose game stands in an earlier entry: bool `[games]`."""
        repeated = np.ones(len(self.index), np.bool_)
        repeated[np.unique(self.index["digest"], return_index=True)[1]] = False
        return repeated

    @classmethod
    def open(cls, path: str | Path) -> "Corpus":
        """Open a corpus file and compare its checksums (0.1 s for 100 MB).

        The events are memory-mapped unless the name ends in .xz.
        Raises CorpusError, naming the file and the fault, if it is no corpus, cut short or damaged.
        """
        shown, data = Path(display_name(path)), _read_bytes(Path(path))
        header, offset = read_header(shown, data)
        sections: dict[str, NDArray[np.uint8]] = {}
        for name, (length, checksum) in header["sections"].items():
            section = data[offset : offset + length]
            if len(section) < length:
                raise CorpusError(f"{shown}: cut short in its {name}: {length - len(section)} bytes are missing")
            if zlib.crc32(section.data) != checksum:
                raise CorpusError(f"{shown}: damaged: the checksum of its {name} is wrong; prepare it again")
            sections[name], offset = section, offset + length
        if offset != len(data):
            raise CorpusError(f"{shown}: {len(data) - offset} bytes too long")
        players = (
            sections["players"].tobytes().decode("utf-8", "replace").split("\n") if "players" in sections else [""]
        )
        try:
            index, events = read_index(sections["index"], header["version"]), sections["events"].view("<u2")
        except ValueError:
            raise CorpusError(f"{shown}: damaged: it ends within a game; prepare it again") from None
        check_index(shown, index, events=len(events), players=len(players), sources=len(header["sources"]))
        return cls(index, events, players, header)

    def save(self, path: str | Path) -> None:
        """Write the corpus to `path`, compressed if it ends in .xz; raises FileError."""
        with CorpusWriter(path) as writer:
            numbers = np.array([writer.add_source(source) for source in self.header["sources"]], np.uint16)
            index = self.index.copy()
            index["source"] = numbers[index["source"]]
            writer.add(index, self.events_in_order(), self.players)
            writer.counts = self.header.get("counts", {})

    def events_in_order(self) -> NDArray[np.uint16]:
        """Return the events of the games one behind the other, without copying where they stand so."""
        if np.array_equal(self.index["start"], starts(self.index["events"])):
            return self.all_events[: int(self.index["events"].sum(dtype=np.int64))]
        return np.concatenate([self.events(game) for game in range(len(self))])


def open_corpora(paths: list[Path]) -> Corpus:
    """Open one or more corpus files as one corpus; raises CorpusError."""
    if not paths:
        raise CorpusError("no corpus given")
    return Corpus.join([Corpus.open(path) for path in paths])


def _read_bytes(path: Path) -> NDArray[np.uint8]:
    """Return the bytes of a corpus file, mapped or unpacked."""
    shown = display_name(path)
    try:
        if path.suffix == ".xz":
            return np.frombuffer(_unpacked(path.read_bytes()), np.uint8)
        if path.exists() and not path.is_file():
            raise CorpusError(f"{shown}: no file; make a corpus of records with `gopolicy prepare`")
        if not path.stat().st_size:
            raise CorpusError(f"{shown}: empty file, not a corpus")
        return np.memmap(path, np.uint8, mode="r")
    except (OSError, lzma.LZMAError, ValueError) as error:
        if isinstance(error, CorpusError):
            raise
        raise CorpusError(f"{shown}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _unpacked(packed: bytes) -> bytes:
    unpacker, most = lzma.LZMADecompressor(), MAX_UNPACKED + MAX_EXPANSION * len(packed)
    data = unpacker.decompress(packed, most)
    if not unpacker.eof:
        raise ValueError("cut short" if unpacker.needs_input else f"more than {most:,} bytes when unpacked")
    return data


__all__ = ["Corpus", "CorpusError", "CorpusWriter", "open_corpora"]

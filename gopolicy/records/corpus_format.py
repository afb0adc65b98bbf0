"""What a corpus file holds: the moves of many games, about two bytes each, and who played them.

It holds moves and not planes, so it survives every change of features.  All numbers are little-endian.

    16 bytes    MAGIC
    8 bytes     length of the header
    header      8 hexadecimal digits (CRC-32), a blank, JSON: version, sections {name: [bytes, crc32]}, sources, games
                and what was dropped
    index       one GAME entry a game
    players     UTF-8, one name a line; number 0 is "", an unknown player
    events      uint16, see `gopolicy.go.events`, game after game

A name that ends in .xz is the same file compressed; it is unpacked in memory.
Which split a game belongs to follows from its digest, so it is the same in every corpus.

The targets of a game, its moves to learn from, are the moves of its `sides` that are no passes.  `prepare` with
`--player` or `--rank` leaves out the side that does not fit; otherwise both sides' moves are targets.

Version 1 had no players, years and sides; such a file reads as games of unknown players in unknown years, with the
moves of both sides as targets.
"""

import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.errors import GopolicyError
from gopolicy.go import events as ev
from gopolicy.go.coords import BLACK, WHITE

ENDING: Final = ".corpus"
COMPRESSED: Final = ".corpus.xz"
MAGIC: Final = b"gopolicy corpus\n"
VERSION: Final = 2
BOTH_SIDES: Final = BLACK + WHITE
# start: index of the first event; digest: the first 8 bytes of the record's; black, white: numbers in players;
# events, targets: how many; source: index into the header's sources; year: 0 if unknown; handicap: stones;
# sides: BLACK, WHITE or their sum; winner: BLACK, WHITE or 0; ranks: as
# `properties.rank_number` has them, 0 if unknown.
GAME: Final = np.dtype(
    [
        ("start", "<u8"),
        ("digest", "<u8"),
        ("black", "<u4"),
        ("white", "<u4"),
        ("events", "<u2"),
        ("targets", "<u2"),
        ("source", "<u2"),
        ("year", "<u2"),
        ("handicap", "u1"),
        ("sides", "u1"),
        ("winner", "u1"),
        ("black_rank", "i1"),
        ("white_rank", "i1"),
    ]
)
_GAME_1: Final = np.dtype(
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
_SECTIONS: Final = {1: ["index", "events"], VERSION: ["index", "players", "events"]}


class CorpusError(GopolicyError, ValueError):
    """A corpus file that cannot be used; the text says which file and why."""


def starts(lengths: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """Return where each of several runs of `lengths` begins when they stand one behind the other."""
    ends = np.cumsum(lengths, dtype=np.uint64)
    return (ends - lengths).astype(np.uint64)


def is_target(events: NDArray[np.uint16], sides: int) -> NDArray[np.bool_]:
    """Return bool `[k]`: which events are moves, no passes, of `sides` (BLACK, WHITE or their sum)."""
    colors = events >> ev.COLOR_SHIFT & 3
    return np.asarray((events < ev.SETUP) & (events & ev.POINT_MASK != ev.NO_POINT) & (colors & sides != 0))


def untaken(entry: np.void, events: NDArray[np.uint16], seen: dict[int, int]) -> tuple[int, int]:
    """Return (sides, targets) of an entry without the sides that `seen` has of its game, and note them there."""
    digest, sides = int(entry["digest"]), int(entry["sides"])
    known = seen.get(digest, 0)
    seen[digest] = known | sides
    left = sides & ~known
    return left, int(entry["targets"]) if left == sides else int(np.count_nonzero(is_target(events, left)))


def make_header(facts: Mapping[str, Any]) -> bytes:
    """Return MAGIC, the length of the header and the header that says `facts`."""
    body = json.dumps(facts).encode("ascii")
    text = b"%08x %s" % (zlib.crc32(body), body)
    return MAGIC + len(text).to_bytes(8, "little") + text


def read_header(path: Path, data: NDArray[np.uint8]) -> tuple[dict[str, Any], int]:
    """Return the header of a file's bytes and the offset of the first section; raise CorpusError."""
    prefix = len(MAGIC) + 8
    if data[: len(MAGIC)].tobytes() != MAGIC:
        raise CorpusError(f"{path}: not a corpus file; make one with `gopolicy prepare`")
    length = int.from_bytes(data[len(MAGIC) : prefix].tobytes(), "little")
    text = data[prefix : prefix + length].tobytes()
    checksum, _, body = text.partition(b" ")
    if len(text) < length or checksum != b"%08x" % zlib.crc32(body):
        raise CorpusError(f"{path}: damaged: its header is cut short or changed; prepare it again")
    try:
        header = json.loads(body)
        version = header["version"]
        if version in _SECTIONS:
            header["sections"] = {name: _section(header["sections"][name]) for name in _SECTIONS[version]}
            header["sources"] = [str(source) for source in header["sources"]]
    except (ValueError, TypeError, LookupError, RecursionError):
        raise CorpusError(f"{path}: damaged: its header cannot be read; prepare it again") from None
    if version not in _SECTIONS:
        raise CorpusError(f"{path}: corpus version {version!r}; this gopolicy reads 1 to {VERSION}: prepare it again")
    return header, prefix + length


def _section(entry: Any) -> tuple[int, int]:
    length, checksum = map(int, entry)
    if length < 0:
        raise ValueError(length)
    return length, checksum


def read_index(section: NDArray[np.uint8], version: int) -> NDArray[np.void]:
    """Return the index entries, GAME `[games]`; raise ValueError if the section is not made of whole ones."""
    if version == VERSION:
        return section.view(GAME)
    earlier = section.view(_GAME_1)
    index = np.zeros(len(earlier), GAME)
    for name in set(GAME.names or ()) & set(_GAME_1.names or ()):
        index[name] = earlier[name]
    index["sides"] = BOTH_SIDES
    return index


def check_index(path: Path, index: NDArray[np.void], *, events: int, players: int, sources: int) -> None:
    """Raise CorpusError unless the entries name events, players and sources that are there."""
    starts_at, lengths = index["start"], index["events"].astype(np.uint64)
    sides = index["sides"]
    sound = (
        (starts_at <= events)
        & (lengths <= np.uint64(events) - np.minimum(starts_at, np.uint64(events)))
        & (index["targets"] <= index["events"])
        & (np.maximum(index["black"], index["white"]) < players)
        & (index["source"] < sources)
        & (sides >= BLACK)
        & (sides <= BOTH_SIDES)
    )
    if not sound.all():
        raise CorpusError(f"{path}: damaged: the entry of its game {int(np.argmin(sound))} is impossible")

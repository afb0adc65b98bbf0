"""What is fuzzed: how an input is made, and what must hold of it.

A check raises whatever it finds; errors that a user can cause are no finding.  `all_targets` has them by name.
"""

import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np

from gopolicy.errors import GopolicyError
from gopolicy.features.batch import encode_positions
from gopolicy.records.corpus import Corpus
from gopolicy.records.corpus_format import GAME, MAGIC, make_header
from gopolicy.records.encoding import decode, text_bytes
from gopolicy.records.prepare import prepare
from gopolicy.records.problems import UNEXPECTED, RecordError
from gopolicy.records.record import Record, read_records
from gopolicy.records.selection import Selection
from gopolicy.records.sgf import parse_game, read_trees, split_games
from gopolicy.records.tree import GameTree

from .mutations import mutated

ROOT = Path(__file__).parents[2]
MESSY = (
    "(;FF[3]GM[1]SZ[19]AP[Old:1]CA[gb2312]KM[375]RE[B+Resign]HA[2]AB[dd][pp]PB[a \\] b]XY[1:2][z\\:z]ST[2]"
    ";W[qd]BL[12.5]C[look\\: (here) [1\\]](;B[dc]LB[aa:1][bb:2];W[tt])(;B[cc]N[other]TR[dd:ee])"
    "(;B[]CR[aa](;W[aa])(;W[bb];B[cc];AE[dd]AW[ee]PL[W])))"
)
SGF_TOKENS = [
    token.encode()
    for token in (
        *("(;", ")", "[", "]", ";B[aa]", ";W[tt]", ";W[]", "AB[aa:ss]", "AE[aa:zz]", "SZ[9]", "SZ[9:13]", "SZ[²]"),
        *(
            "HA[",
            "KM[",
            "DT[",
            "BR[①段]",
            "RE[B+",
            "GM[2]",
            "CA[UTF-8]",
            "CA[idna]",
            "CA[utf-16]",
            "CA[unicode_escape]",
        ),
        *("C[a\\]b]", "PB[古力]", "LB[aa:x]", "\n(;FF[4]", "PL[W]", "\ufeff", "(((((((((", "B[pd][dd]W[dp]", "xx[yy]"),
    )
]


class Target(NamedTuple):
    """Something to fuzz.

    make: returns an input; check: raises what is wrong with it, in a folder of its own.
    inputs: how many the test suite tries.
    """

    make: Callable[[Random], bytes]
    check: Callable[[bytes, Path], None]
    inputs: int


@lru_cache
def sgf_seeds() -> list[bytes]:
    """Return records to begin from: real ones, cut, and the ways of writing them."""
    real = [path.read_bytes()[:350] + b")" for path in sorted((ROOT / "data").glob("*.sgf"))[:8]]
    names = [f"(;CA[{code}]PB[{name}]BR[9段];B[dd];W[pp])".encode(code) for code, name in ENCODED]
    many = b"".join(b"(;AB[dd]AW[pp]C[%d];B[aa])\n" % i for i in range(20))
    deep = b"(;SZ[9]" + b"(;B[];W[]" * 30 + b")" * 31
    return [*real, *names, many, deep, MESSY.encode(), "(;PB[é]DT[2001])".encode("utf-16"), b"(;B[aa]"]


ENCODED = [("gb18030", "柯洁"), ("big5", "許功"), ("euc_kr", "이세돌"), ("shift_jis", "井山"), ("utf-8", "Łukasz")]


def make_sgf(rng: Random) -> bytes:
    """Return a record, damaged."""
    return mutated(rng, rng.choice(sgf_seeds()), sgf_seeds(), SGF_TOKENS)


def check_sgf(data: bytes, folder: Path) -> None:
    """Read it game by game; what is saved reads as it was."""
    for text in split_games(decode(data)):
        try:
            tree = parse_game(text)
            record = Record.from_tree(tree)
        except RecordError:
            continue
        line = tree.main_line()
        played = tree.game_at(line[-1])
        assert played.events.tolist() == record.events.tolist()
        saved = tree.to_sgf()
        again = read_trees(text_bytes(saved))[0]
        assert again.to_sgf() == saved
        assert lines_of(again) == lines_of(tree)


def lines_of(tree: GameTree) -> list[tuple[int, list[int]]]:
    """Return what every node does, in order, with its number of children."""
    found, waiting = [], [tree.root]
    while waiting:
        node = waiting.pop()
        found.append((len(node.children), node.events))
        waiting += node.children
    return found


@lru_cache
def archive_seeds() -> list[bytes]:
    """Return archives of every kind, one with another in it."""
    records = {f"a/{i}.sgf": data for i, data in enumerate(sgf_seeds()[6:10])} | {"b/古力.sgf": sgf_seeds()[0]}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in records.items():
            archive.writestr(name, data)
    tars = []
    for mode in ("w", "w:gz", "w:bz2", "w:xz"):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode=mode) as tar:  # type: ignore[call-overload]
            for name, data in (records | {"inner.zip": packed.getvalue(), "long" * 40 + ".sgf": b"(;B[aa])"}).items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
        tars.append(buffer.getvalue())
    return [packed.getvalue(), packed.getvalue(), *tars]


def make_archive(rng: Random) -> bytes:
    """Return an archive, damaged."""
    tokens = [
        b"PK\x01\x02",
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"ustar",
        b"\x1f\x8b\x08",
        b"../../x.sgf",
        b"/etc/x.sgf",
        b"L",
        b"x",
    ]
    return mutated(rng, rng.choice(archive_seeds()), archive_seeds(), tokens, most=4)


def check_archive(data: bytes, folder: Path) -> None:
    """Read all its records; prepare makes a corpus of the same ones."""
    path = folder / "archive"
    path.write_bytes(data)
    drops: list[tuple[str, str]] = []
    records = list(read_records(path, on_drop=lambda *drop: drops.append(drop)))
    for _, reason in drops:
        assert not reason.startswith(UNEXPECTED) and "MemoryError" not in reason, reason
    if zlib.crc32(data) % 20 == 0:  # writing is slow
        kept = [record for record in records if record.size == 19 and record.events.size]
        try:
            counts = prepare([path], folder / "x.corpus", selection=Selection())
        except GopolicyError:
            return
        assert 0 < counts.kept <= len(kept)


@lru_cache
def corpus_seed() -> tuple[dict[str, bytes], dict[str, object]]:
    """Return the sections of a small corpus and the facts of its header."""
    games = [next(read_records(path)) for path in sorted((ROOT / "data").glob("*.sgf"))[:3]]
    corpus = Corpus.from_records(games)
    players = "\n".join(corpus.players).encode()
    sections = {"index": corpus.index.tobytes(), "players": players, "events": corpus.all_events.tobytes()}
    return sections, {"version": 2, "sources": ["data"], "games": len(corpus)}


def make_corpus(rng: Random) -> bytes:
    """Return a corpus that is damaged, mostly before its checksums were taken."""
    sections, facts = ({**part} for part in corpus_seed())
    for _ in range(rng.randint(1, 3)):
        kind = rng.randrange(5)
        if kind == 0:
            index = np.frombuffer(sections["index"], GAME).copy() if len(sections["index"]) % GAME.itemsize == 0 else []
            if len(index):
                name = rng.choice(GAME.names or ())
                limits = np.iinfo(GAME[name])
                value = rng.choice((0, 1, 3, limits.max, limits.min, 361, 77))
                index[name][rng.randrange(len(index))] = min(max(value, limits.min), limits.max)
                sections["index"] = index.tobytes()
        elif kind == 1:
            events = bytearray(sections["events"])
            odd = (0x1FFF, 0x0BFF, 0x1C00, 361 + 1024, rng.randrange(65536))
            for _ in range(rng.choice((1, 3, 100))):
                place = rng.randrange(max(len(events) - 1, 1))
                events[place : place + 2] = rng.choice(odd).to_bytes(2, "little")
            sections["events"] = bytes(events)
        elif kind == 2:
            name = rng.choice(list(sections))
            sections[name] = mutated(rng, sections[name], list(sections.values()), [b"\n", b"\xff"], most=2)
        elif kind == 3:
            facts[rng.choice([*facts, "counts"])] = rng.choice((None, -1, 2, "x", [], ["a"] * 9, {}, [[]], 1e99))
    table = {name: [len(section), zlib.crc32(section)] for name, section in sections.items()}
    if rng.random() < 0.1:
        table[rng.choice(list(table))][rng.randrange(2)] = rng.choice((-1, 0, 2**40, 2**70, "x", None))
    data = make_header({**facts, "sections": table}) + b"".join(sections.values())
    return mutated(rng, data, [data], [MAGIC], most=2) if rng.random() < 0.2 else data


def check_corpus(data: bytes, folder: Path) -> None:
    """Open it, encode positions that it says it has, replay its games, merge it."""
    path = folder / "x.corpus"
    path.write_bytes(data)
    corpus = Corpus.open(path)
    corpus.split(0.5)
    for game in range(min(len(corpus), 10)):
        corpus.source(game), corpus.player(game, 1), corpus.player(game, 2)
        targets = int(corpus.index["targets"][game])
        moves = np.unique(np.linspace(0, max(targets - 1, 0), 5).astype(np.int64))
        try:
            planes, points = encode_positions(corpus, np.full(len(moves), game), moves)
            assert ((points >= 0) & (points < 361)).all()
        except GopolicyError:
            continue
    joined = Corpus.join([corpus, corpus])
    assert joined.positions <= 2 * corpus.positions
    if zlib.crc32(data) % 20 == 0:
        counts = prepare([path], folder / "y.corpus", selection=Selection(min_moves=1))
        assert counts.kept == len(Corpus.open(folder / "y.corpus"))


def make_packed_corpus(rng: Random) -> bytes:
    """Return a compressed corpus, damaged before or after it was compressed."""
    data = lzma.compress(make_corpus(rng), preset=0)
    return mutated(rng, data, [data], [b"\xfd7zXZ\0"], most=2) if rng.random() < 0.5 else data


def check_packed_corpus(data: bytes, folder: Path) -> None:
    """Open it."""
    path = folder / "x.corpus.xz"
    path.write_bytes(data)
    Corpus.open(path)

"""The corpus file: round trips, merging, damage, and prepare as a user runs it."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from kills import processes_of_session

from gopolicy.errors import GopolicyError
from gopolicy.features.batch import encode_positions
from gopolicy.files import FileError
from gopolicy.go.coords import BLACK, WHITE, parse_sgf
from gopolicy.records import Record, RecordError, corpus_format, read_records
from gopolicy.records.corpus import Corpus, CorpusError, CorpusWriter
from gopolicy.records.prepare import load_sources, prepare
from gopolicy.records.properties import rank_number
from gopolicy.records.selection import Selection, parse_ranks, parse_years
from gopolicy.records.sgf import parse_game

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def corpus_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("corpus") / "data.corpus"
    prepare([DATA], path, selection=Selection())
    return path


def test_every_record_comes_back(corpus_file):
    corpus = Corpus.open(corpus_file)
    records = list(read_records(DATA))
    assert len(corpus) == len(records) >= 60
    for i, record in enumerate(records):
        assert np.array_equal(corpus.events(i), record.events)
        assert corpus.index["handicap"][i] == record.handicap
        assert corpus.source(i) == "data"
    assert corpus.positions == sum(move is not None for record in records for _, move in record.replay())


def test_about_two_bytes_a_move(corpus_file):
    assert corpus_file.stat().st_size < 2.3 * Corpus.open(corpus_file).positions


def test_the_same_sources_give_the_same_file_with_any_number_of_workers(corpus_file, tmp_path):
    prepare([DATA], tmp_path / "two.corpus", selection=Selection(), workers=2)
    assert (tmp_path / "two.corpus").read_bytes() == corpus_file.read_bytes()


def test_compressed_is_the_same(corpus_file, tmp_path):
    prepare([corpus_file], tmp_path / "small.corpus.xz", selection=Selection())
    small, plain = Corpus.open(tmp_path / "small.corpus.xz"), Corpus.open(corpus_file)
    assert np.array_equal(small.all_events, plain.all_events)
    assert np.array_equal(small.index["digest"], plain.index["digest"])
    assert (tmp_path / "small.corpus.xz").stat().st_size < 0.8 * corpus_file.stat().st_size


def test_merging_drops_what_is_there_already(corpus_file, tmp_path):
    counts = prepare([corpus_file, DATA / "gnugo-001.sgf"], tmp_path / "both.corpus", selection=Selection())
    assert counts.dropped == {"duplicate": 1}
    both = Corpus.open(tmp_path / "both.corpus")
    assert len(both) == len(Corpus.open(corpus_file))
    joined = Corpus.join([Corpus.open(corpus_file), load_sources([DATA / "gnugo-001.sgf"])])
    assert joined.positions == both.positions


def test_games_of_other_sizes_are_refused():
    with pytest.raises(RecordError, match="a corpus holds 19x19 games only"):
        Corpus.from_records([Record.from_tree(parse_game("(;SZ[9];B[ee])"))])


@dataclass(frozen=True)
class Noting(Selection):
    """A selection that notes in which processes it was asked."""

    folder: Path = Path()

    def keep(self, records, counts):
        (self.folder / f"{os.getpid()}").touch()
        return super().keep(records, counts)


def test_many_files_share_the_worker_processes(tmp_path):
    files = [tmp_path / f"{column}.sgf" for column in "abcdef"]
    for file in files:
        file.write_text(f"(;SZ[19];B[{file.stem}a])")
    notes = tmp_path / "notes"
    notes.mkdir()
    assert prepare(files, tmp_path / "x.corpus", selection=Noting(folder=notes), workers=2).kept == 6
    assert len(list(notes.iterdir())) == 2


def test_the_split_is_by_game_and_disjoint(corpus_file):
    corpus = Corpus.open(corpus_file)
    training, validation = corpus.split(0.3)
    assert sorted([*training, *validation]) == list(range(len(corpus)))
    assert 0 < len(validation) < len(training)
    assert len(corpus.split(0.0)[1]) == 0 and len(corpus.split(1.0)[0]) == 0


@pytest.mark.parametrize("where", [0.001, 0.02, 0.5, 0.999])
def test_a_flipped_byte_is_refused(corpus_file, tmp_path, where):
    data = bytearray(corpus_file.read_bytes())
    data[int(where * len(data))] ^= 4
    path = tmp_path / "bad.corpus"
    path.write_bytes(data)
    with pytest.raises(CorpusError, match=r"bad\.corpus: (damaged|not a corpus)"):
        Corpus.open(path)


@pytest.mark.parametrize("length", [0, 5, 20, 100, 3000, -1])
def test_a_cut_file_is_refused(corpus_file, tmp_path, length):
    path = tmp_path / "cut.corpus"
    path.write_bytes(corpus_file.read_bytes()[:length])
    with pytest.raises(CorpusError, match=r"cut\.corpus: (empty|not a corpus|damaged|cut short)"):
        Corpus.open(path)


def test_an_error_leaves_nothing_behind_and_the_old_file_alone(tmp_path):
    path = tmp_path / "x.corpus"
    path.write_bytes(b"precious")
    with pytest.raises(RuntimeError), CorpusWriter(path) as writer:
        writer.add_source("somewhere")
        raise RuntimeError
    with pytest.raises(CorpusError, match="no game to write"):
        (tmp_path / "empty.sgf").write_bytes(b"")
        prepare([tmp_path / "empty.sgf"], path, selection=Selection())
    assert path.read_bytes() == b"precious"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["empty.sgf", "x.corpus"]


KILLED = """
import os, signal, sys
from pathlib import Path
from gopolicy.records.prepare import prepare
from gopolicy.records.selection import Selection

if __name__ == "__main__":
    def killed(games, moves, source):
        os.kill(os.getpid(), signal.SIGKILL)

    sources, out = [Path(sys.argv[1])] * 3, Path(sys.argv[2])
    prepare(sources, out, selection=Selection(), workers=2, progress=killed)
"""


class Deadly(Selection):
    """A selection whose process dies of a certain game, as of a fault in compiled code."""

    def keep(self, records, counts):
        for record, sides in super().keep(records, counts):
            if record.black == "deadly":
                os.kill(os.getpid(), signal.SIGKILL)
            yield record, sides


def test_a_game_that_kills_its_worker_is_counted_named_and_skipped(tmp_path):
    number = 13
    games = [
        f"(;PB[{'deadly' if i == number else i}];B[aa];W[{chr(97 + i % 19)}{chr(98 + i // 19)}])" for i in range(40)
    ]
    (tmp_path / "x.sgf").write_text("\n".join(games))
    counts = prepare([tmp_path / "x.sgf"], tmp_path / "x.corpus", selection=Deadly(), workers=2)
    corpus = Corpus.open(tmp_path / "x.corpus")
    assert [corpus.player(i, BLACK) for i in range(39)] == [str(i) for i in range(40) if i != number]
    assert counts.dropped == {"its worker process died": 1}
    assert counts.first == {"its worker process died": f"x.sgf game {number + 1}"}


def test_batches_lost_with_a_killed_worker_are_parsed_again(tmp_path):
    def kill_once(games, moves, source):
        if not killed:
            killed.append(multiprocessing.active_children()[0])
            killed[0].kill()

    killed = []
    many = tmp_path / "many.sgf"
    many.write_text("\n".join(f"(;B[aa];W[{chr(97 + i % 19)}{chr(98 + i % 323 // 19)}]C[{i}])" for i in range(1000)))
    keep_all = Selection(drop_duplicates=False)
    prepare([many], tmp_path / "whole.corpus", selection=keep_all)
    prepare([many], tmp_path / "again.corpus", selection=keep_all, workers=2, progress=kill_once)
    assert killed and (tmp_path / "again.corpus").read_bytes() == (tmp_path / "whole.corpus").read_bytes()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_killed_prepare_leaves_the_old_file_no_other_and_no_process(tmp_path):
    out = tmp_path / "x.corpus"
    out.write_bytes(b"precious")
    (tmp_path / "killed.py").write_text(KILLED)
    command = [sys.executable, str(tmp_path / "killed.py"), str(DATA), str(out)]
    process = subprocess.Popen(command, start_new_session=True, cwd=DATA.parent, env=os.environ | {"PYTHONPATH": "."})
    assert process.wait(120) == -signal.SIGKILL
    assert out.read_bytes() == b"precious"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["killed.py", "x.corpus"]
    deadline = time.monotonic() + 20
    while processes_of_session(process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_of_session(process.pid) == []
    prepare([DATA], out, selection=Selection())
    assert len(Corpus.open(out)) >= 60


GAME_TEXT = "(;SZ[19]PB[Ada]PW[Bo]RE[W+R]BR[{}]WR[6d]DT[{}];B[pd];W[dp];B[{}{}];W[])"


def write_games(folder, *facts):
    """Write games of Ada, of a rank, against Bo, 6 dan, each of another third move; the last fact is the year."""
    text = "".join(GAME_TEXT.format(rank, year, "abcdefghij"[i], "a") for i, (rank, year) in enumerate(facts))
    path = folder / "games.sgf"
    path.write_text(text)
    return path


def prepared(source, out, **selection):
    prepare([source], out, selection=Selection(**selection))
    return Corpus.open(out)


def test_players_ranks_and_years_are_kept(tmp_path):
    corpus = prepared(write_games(tmp_path, ("5k", "1846-09-11"), ("⑨段", "")), tmp_path / "x.corpus")
    assert [corpus.player(0, color) for color in (BLACK, WHITE)] == ["Ada", "Bo"]
    assert corpus.index["winner"].tolist() == [WHITE, WHITE]
    assert corpus.index["black_rank"].tolist() == [-5, 9] and corpus.index["white_rank"].tolist() == [6, 6]
    assert corpus.index["year"].tolist() == [1846, 0] and corpus.index["sides"].tolist() == [3, 3]


def test_only_the_chosen_sides_moves_are_targets(tmp_path):
    source = write_games(tmp_path, ("5k", "1950"), ("12k", "1960"), ("1d", "1970"))
    whole = prepared(source, tmp_path / "whole.corpus")
    for one in (source, tmp_path / "whole.corpus"):  # from records and from a corpus
        kyu = prepared(one, tmp_path / "kyu.corpus", ranks=parse_ranks("9k-1k"))
        assert len(kyu) == 1 and kyu.index["sides"].tolist() == [BLACK] and kyu.positions == 2
        bo = prepared(one, tmp_path / "bo.corpus", players=("bo",))
        assert bo.index["sides"].tolist() == [WHITE] * 3 and bo.positions == 3
        some = prepared(one, tmp_path / "some.corpus", years=parse_years("1955-1999"))
        assert some.index["year"].tolist() == [1960, 1970] and some.positions == 6
        with pytest.raises(CorpusError, match=r"no side of that player or rank \(3\)"):
            prepared(one, tmp_path / "none.corpus", players=("Ce",))
    _, points = encode_positions(bo, np.arange(3), np.zeros(3, np.int64))
    assert points.tolist() == [parse_sgf("dp", 19)] * 3
    game, point = bo.game_before(1, 0)
    assert game.to_play == WHITE and len(game.moves) == 1 and point == parse_sgf("dp", 19)
    assert bo.turn_numbers(1).tolist() == [2] and kyu.turn_numbers(0).tolist() == [1, 3]
    prepare([tmp_path / "kyu.corpus", tmp_path / "bo.corpus"], tmp_path / "both.corpus", selection=Selection())
    both = Corpus.open(tmp_path / "both.corpus")
    assert len(both) == 4 and both.positions == 5 < whole.positions
    assert both.player(3, BLACK) == "Ada"
    assert Corpus.join([kyu, bo]).positions == 5
    parts = [tmp_path / f"{name}.corpus" for name in ("kyu", "bo", "whole")]
    prepare(parts, tmp_path / "all.corpus", selection=Selection())
    entries = Corpus.open(tmp_path / "all.corpus")  # of the first game there are three: Ada's moves, Bo's, no more
    assert entries.positions == whole.positions == Corpus.join(list(map(Corpus.open, parts))).positions
    assert load_sources([tmp_path / "all.corpus"], Selection(players=("Ada", "Bo"))).positions == whole.positions
    assert entries.is_repeated().sum() == len(entries) - 3


def test_ranks_and_years_of_the_command_line():
    assert parse_ranks("1k-9k") == parse_ranks("9k-1k") == (-9, -1) and parse_ranks("5d") == (5, 5)
    assert parse_years("1846") == (1846, 1846)
    for parse, text in ((parse_ranks, "strong"), (parse_ranks, "-9k"), (parse_years, "19-20")):
        with pytest.raises(GopolicyError, match="write two"):
            parse(text)


def test_merged_corpora_name_their_sources(tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.sgf").write_text(f"(;PB[{name}];B[{name}a];W[{name}b])")
    prepare([tmp_path / "a", tmp_path / "b"], tmp_path / "ab.corpus", selection=Selection())
    sources = [tmp_path / "c", tmp_path / "ab.corpus", tmp_path / "a"]
    prepare(sources, tmp_path / "all.corpus", selection=Selection())
    merged = Corpus.open(tmp_path / "all.corpus")
    assert [(merged.player(i, BLACK), merged.source(i)) for i in range(3)] == [("c", "c"), ("a", "a"), ("b", "b")]


def test_a_corpus_of_the_first_version_is_read(corpus_file, tmp_path):
    now = Corpus.open(corpus_file)
    index = np.zeros(len(now), corpus_format._GAME_1)
    for name in set(index.dtype.names) & set(now.index.dtype.names):
        index[name] = now.index[name]
    sections = {"index": index.tobytes(), "events": now.all_events.tobytes()}
    table = {name: [len(section), zlib.crc32(section)] for name, section in sections.items()}
    header = corpus_format.make_header({"version": 1, "sections": table, "sources": ["data"], "games": len(now)})
    (tmp_path / "old.corpus").write_bytes(header + b"".join(sections.values()))
    old = Corpus.open(tmp_path / "old.corpus")
    assert old.positions == now.positions and old.source(3) == "data" and old.player(0, BLACK) == ""
    games = np.arange(20)
    assert np.array_equal(encode_positions(old, games, games)[0], encode_positions(now, games, games)[0])
    with pytest.raises(CorpusError, match="prepare the records again"):
        prepared(tmp_path / "old.corpus", tmp_path / "x.corpus", players=("GNU Go",))
    assert len(prepared(tmp_path / "old.corpus", tmp_path / "x.corpus")) == len(now)


@pytest.mark.parametrize("rank", ["²d", "①段", "9" * 5000, "P9段", "\x00", "९d"])
def test_odd_ranks_stop_nothing(tmp_path, rank):
    assert len(prepared(write_games(tmp_path, (rank, "1" * 5000), ("1d", "1999")), tmp_path / "x.corpus")) == 2


@pytest.mark.parametrize(
    ("rank", "number"),
    [
        ("9d", 9),
        ("1D", 1),
        ("3k", -3),
        ("9p", 19),
        ("5 dan", 5),
        ("", 0),
        ("?", 0),
        ("7d?", 7),
        ("9段", 9),
        ("18級", -18),
        ("P5段", 15),
        ("⑨段", 9),
        ("31k", 0),
        ("12d", 0),
    ],
)
def test_rank_number(rank, number):
    assert rank_number(rank) == number


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="needs limits on file sizes")
@pytest.mark.parametrize("limit", [1, 1000, 20_000, 40_000])
@pytest.mark.parametrize("name", ["x.corpus", "x.corpus.xz"])
def test_a_full_disk_is_one_line_that_names_the_file(tmp_path, limit, name):
    import resource

    out = tmp_path / name
    out.write_bytes(b"precious")
    before, ignored = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
        with pytest.raises(FileError, match=rf"{name}: cannot be written: File too large"):
            prepare([DATA], out, selection=Selection())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert [path.name for path in tmp_path.iterdir()] == [name] and out.read_bytes() == b"precious"


def test_every_bad_file_beside_a_thousand_good_games(tmp_path):
    """What once ended a run: the good games are all in the corpus, and each bad one is counted."""
    folder = tmp_path / "games"
    folder.mkdir()
    points = [a + b for a in "abcdefghijklmnopqrs" for b in "abcdefghijklmnopqrs"]
    good = [f"(;SZ[19]PB[good];B[{points[i % 361]}];W[{points[(i + 1 + i // 361) % 361]}])" for i in range(1000)]
    (folder / "good.sgf").write_text("\n".join(good))
    odd = ["BR[²d]", "BR[①段]", f"BR[{'9' * 5000}]", f"HA[{'9' * 400}]", f"KM[{'9' * 400}]", "CA[idna]PB[é]", "CA[zip]"]
    for i, text in enumerate(odd):
        (folder / f"odd{i}.sgf").write_text(f"(;{text};B[{points[i]}];W[{points[-i - 1]}])", encoding="utf-8")
    (folder / "long.sgf").write_text("(;SZ[19]" + ";B[];W[]" * 33_000 + ")")
    (folder / "nothing.zip").write_bytes(b"PK\5\6" + bytes(18))
    (folder / "cut.tar").write_bytes(b"x" * 700)
    (folder / "cut.zip").write_bytes(b"PK\3\4" + b"x" * 100)
    os.mkfifo(folder / "pipe.sgf")
    (folder / os.fsdecode(b"\xb9\xc5.sgf")).write_text("(;GM[2])")
    counts = prepare([folder], tmp_path / "x.corpus", selection=Selection(), workers=2)
    corpus = Corpus.open(tmp_path / "x.corpus")
    assert sum(corpus.player(i, BLACK) == "good" for i in range(len(corpus))) == 1000
    assert counts.kept == 1000 + len(odd)
    assert counts.dropped == {"game too long": 1, "no SGF data found": 1, "not a game of Go": 1, "unreadable file": 3}
    assert counts.first["not a game of Go"] == "\\xb9\\xc5.sgf"

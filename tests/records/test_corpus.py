"""The corpus file: round trips, merging, damage, and prepare as a user runs it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from gopolicy.records import read_records
from gopolicy.records.corpus import Corpus, CorpusError, CorpusWriter, rank_number
from gopolicy.records.prepare import load_sources, prepare
from gopolicy.records.selection import Selection

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


def test_a_killed_prepare_leaves_the_old_file_and_can_be_run_again(tmp_path):
    out = tmp_path / "x.corpus"
    out.write_bytes(b"precious")
    command = [sys.executable, "-m", "gopolicy", "prepare", *[str(DATA)] * 20, "--out", str(out), "--no-progress"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("*.tmp")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert out.read_bytes() == b"precious"
    again = subprocess.run([*command[:4], str(DATA), *command[-3:]], capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert len(Corpus.open(out)) >= 60


@pytest.mark.parametrize(
    ("rank", "number"), [("9d", 9), ("1D", 1), ("3k", -3), ("9p", 19), ("5 dan", 5), ("", 0), ("?", 0), ("7d?", 7)]
)
def test_rank_number(rank, number):
    assert rank_number(rank) == number

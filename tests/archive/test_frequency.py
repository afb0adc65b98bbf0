"""Frequencies beside probabilities: counted by hand, and on games that a known policy plays."""

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from gopolicy.__main__ import main
from gopolicy.archive.exploration import Archive
from gopolicy.archive.frequency import MoveShares, move_shares, summarize
from gopolicy.prediction import Prediction
from gopolicy.records import read_records
from gopolicy.records.corpus import Corpus

DATA = Path(__file__).parents[2] / "data"


class Even:
    """Finds every legal move equally probable."""

    def predict_batch(self, games):
        masks = [game.legal_mask().astype(np.float32) for game in games]
        return [Prediction((mask / mask.sum()).reshape(19, 19)) for mask in masks]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("frequency") / "games.corpus"
    Corpus.from_records(read_records(DATA)).save(path)
    return path


def test_all_positions_that_occur_often_are_found(path):
    archive = Archive.open(path)
    entries, bits = np.asarray(archive.index.entries), archive.index.bits
    buckets = np.repeat(np.arange(1 << bits), np.diff(archive.index.directory.astype(np.int64)))
    counts = Counter(zip(buckets.tolist(), entries[:, 0].tolist(), strict=True))
    assert archive.index.greatest_count() == max(counts.values())
    for least in (2, 10, 1000):
        assert len(archive.index.frequent(least)) == sum(count >= least for count in counts.values())
    rows = list(move_shares(archive, Even(), 10))
    assert max(int(row.counts.sum()) for row in rows) == max(counts.values())
    assert all(row.counts.sum() >= 10 and row.probabilities.sum() == pytest.approx(1) for row in rows)


def test_distances_by_hand():
    row = MoveShares(np.array([30, 10, 0]), np.array([0.5, 0.25, 0.25]))
    report = summarize([row])
    assert (report.positions, report.turns, report.top) == (1, 40, 1)
    assert report.distance == pytest.approx(0.25)
    assert report.divergence == pytest.approx(0.75 * np.log2(1.5))
    by_low = {row.low: row for row in report.classes}
    assert (by_low[0.4].turns, by_low[0.4].played, by_low[0.4].expected) == (40, 30, 0.5)
    assert (by_low[0.2].turns, by_low[0.2].played) == (80, 10)
    assert summarize([]).positions == 0


def test_games_that_the_network_itself_plays_are_as_far_as_by_chance():
    rng = np.random.default_rng(1)
    shares = [rng.dirichlet(np.full(12, 0.3)) for _ in range(1000)]
    report = summarize([MoveShares(rng.multinomial(80, share), share) for share in shares])
    assert report.distance == pytest.approx(report.by_chance, abs=0.01)
    for row in report.classes:
        assert abs(row.share - row.expected) < 0.02


def test_the_command_prints_a_table(path, capsys):
    assert main(["frequency", str(path), "--least", "20", "--no-progress"]) == 0
    told = capsys.readouterr().out
    assert "positions that occur 20 times or more" in told and re.search(r"\d% to \d+% +[\d.]+%", told)
    assert not [line for line in told.splitlines() if line.endswith(" 0")]
    assert main(["frequency", str(path), "--least", "1000000", "--no-progress"]) == 1
    told = capsys.readouterr()
    assert "no position occurs 1000000 times or more, the most frequent one " in told.err and told.out == ""
    assert main(["frequency", str(path), "--least", "0"]) == 1
    assert "--least must be at least 1" in capsys.readouterr().err

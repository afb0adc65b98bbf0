"""The explorer against counting with sgfmill, and what a user meets of its index."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from naive_archive import count_in_region, count_moves, replay

from gopolicy.archive.exploration import Archive, ArchiveError
from gopolicy.archive.index_building import build_index
from gopolicy.archive.position_index import PositionIndex, PositionIndexError, index_path
from gopolicy.archive.position_keys import position_key
from gopolicy.archive.region_search import Region
from gopolicy.features.symmetry import NUM_SYMMETRIES, image_tables
from gopolicy.go.coords import BLACK, WHITE, opponent, parse_vertex
from gopolicy.go.game import Game
from gopolicy.prediction import Prediction
from gopolicy.records import read_records
from gopolicy.records.corpus import Corpus

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "games.corpus"
    Corpus.from_records(list(read_records(DATA))[:30]).save(path)
    return path


@pytest.fixture(scope="module")
def archive(path):
    return Archive.open(path)


@pytest.fixture(scope="module")
def turns(archive):
    return replay(archive.corpus)


def position(archive, rng, most=10_000):
    """Return the game before a random turn of a random game, in a random symmetry and perhaps with swapped colors."""
    events = archive.corpus.events(int(rng.integers(len(archive.corpus))))
    game = Game.from_events(19, events[: rng.integers(min(len(events), most))])
    image, swap = image_tables(19)[rng.integers(NUM_SYMMETRIES)], bool(rng.integers(2))
    colors = game.board.colors.reshape(-1)
    moved = Game()
    moved.set_stones(
        {int(image[p]): opponent(int(colors[p])) if swap else int(colors[p]) for p in np.flatnonzero(colors)}
    )
    moved.to_play = opponent(game.to_play) if swap else game.to_play
    return moved


def colors_of(game):
    return game.board.colors.reshape(19, 19).astype(np.uint8)


def check_whole_boards(archive, turns, rng, count, most):
    """Compare; return how often a position occurred more than once."""
    more = 0
    for _ in range(count):
        game = position(archive, rng, most)
        found = archive.explore(game)
        counts = {-1 if c.move is None else c.move: c.count for c in found.continuations}
        assert counts == count_moves(turns, colors_of(game), game.to_play)
        assert found.count == sum(counts.values()) >= 0
        more += found.count > 1
    return more


def check_regions(archive, turns, rng, count, most):
    for number in range(count):
        game = position(archive, rng, most)
        size = int(rng.integers(3, 11))
        row, column = rng.integers(20 - size, size=2) if number % 2 else (0, 19 - size)
        inside = np.zeros((19, 19), bool)
        inside[row : row + size, column : column + size] = True
        corners = np.flatnonzero(inside)[[0, -1]].tolist()
        found = archive.explore_region(game, Region.of(game, *corners))
        counts = Counter({(c.move, c.own): c.count for c in found.continuations})
        counts += Counter(unchanged=found.unchanged, captured=found.captured)
        expected = count_in_region(turns, colors_of(game), game.to_play, inside)
        assert counts == +expected
        assert found.count == sum(expected.values())


def test_next_moves_are_those_that_a_plain_count_finds(archive, turns):
    rng = np.random.default_rng(1)
    assert check_whole_boards(archive, turns, rng, 60, 8) > 10
    check_whole_boards(archive, turns, rng, 60, 300)


def test_moves_in_a_region_are_those_that_a_plain_count_finds(archive, turns):
    rng = np.random.default_rng(2)
    check_regions(archive, turns, rng, 40, 30)
    check_regions(archive, turns, rng, 40, 300)


def test_equal_moves_are_one(archive):
    found = archive.explore(Game())
    assert {len(c.equal) for c in found.continuations} <= {1, 4, 8}
    assert sum(c.count for c in found.continuations) == found.count == found.games
    assert not any(c.move is not None and (c.move % 19 < 9 or c.move // 19 > 9) for c in found.continuations)


def test_the_network_stands_beside_the_counts(archive):
    probabilities = np.zeros((19, 19), np.float32)
    for vertex in ("Q16", "D4", "Q10", "K4"):
        probabilities.flat[parse_vertex(vertex, 19)] = 0.25
    found = archive.explore(Game(), Prediction(probabilities))
    by_vertex = {c.vertex: c for c in found.continuations}
    assert by_vertex["Q16"].probability == 0.5 and by_vertex["Q16"].count > 0
    unplayed = [c for c in found.continuations if not c.count]
    assert [(c.vertex, c.probability, len(c.equal)) for c in unplayed] == [("K16", 0.5, 4)]
    region = Region.of(Game(), parse_vertex("K10", 19), parse_vertex("T19", 19))
    local = archive.explore_region(Game(), region, Prediction(probabilities))
    assert {c.vertex: c.probability for c in local.continuations}["Q16"] == 0.25
    assert [c.vertex for c in local.continuations if not c.count] == ["K16"]  # the same as Q10


def test_games_are_named_with_results_and_years(tmp_path):
    (tmp_path / "a.sgf").write_text("(;SZ[19]PB[Ada]PW[Bo]DT[1999]RE[B+R];B[pd];W[dd];B[pp])")
    (tmp_path / "b.sgf").write_text("(;SZ[19]PB[Cy]PW[Di]DT[2007-01-02]RE[W+3.5];B[dp];W[pp];B[dd])")
    Corpus.from_records(read_records(tmp_path)).save(tmp_path / "x.corpus")
    archive = Archive.open(tmp_path / "x.corpus")
    (first,) = archive.explore(Game()).continuations
    assert (first.vertex, first.count, first.wins, first.losses, first.years) == ("Q16", 2, 1, 1, (1999, 2007))
    assert first.win_share == 0.5
    assert [(g.black, g.white, g.winner, g.year, g.turn) for g in first.games] == [
        ("Cy", "Di", WHITE, 2007, 1),
        ("Ada", "Bo", BLACK, 1999, 1),
    ]
    game = Game()
    game.play(parse_vertex("D16", 19))
    (second,) = archive.explore(game).continuations
    assert second.count == 2 and second.games[0].turn == 2 and second.wins == 1


def test_a_small_board_is_refused(archive):
    with pytest.raises(ArchiveError, match="19x19 games, not 9x9"):
        archive.explore(Game(9))


def test_an_index_in_many_parts_is_the_same(archive, tmp_path, monkeypatch):
    monkeypatch.setattr("gopolicy.archive.index_building.PART_TURNS", 500)
    monkeypatch.setattr("gopolicy.archive.index_building.CHUNK_EVENTS", 700)
    done = []
    count = build_index(archive.corpus, tmp_path / "parts", done.append)
    assert sum(done) == len(archive.corpus) and count == len(archive.index.entries)
    parts = PositionIndex.open(tmp_path / "parts", archive.corpus, verify=True)
    rng = np.random.default_rng(3)
    for _ in range(20):
        key = position_key(position(archive, rng, 6))
        for one, other in zip(parts.find(key), archive.index.find(key), strict=True):
            assert np.array_equal(one, other)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data[:-9], "cut short, 9 bytes are missing; --rebuild"),
        (lambda data: data + b"x", "too long"),
        (lambda data: b"x" + data[1:], "not an index of a corpus"),
        (lambda data: data[:20], "damaged, its header"),
        (lambda data: data.replace(b'"version": 1', b'"version": 9'), "index version 9, this gopolicy reads 1"),
        (lambda data: data.replace(b" games, ", b" GAMES, "), "made of another corpus"),
        (lambda data: data[:-1] + bytes([data[-1] ^ 1]), "damaged, its checksum"),
    ],
)
def test_an_index_that_does_not_fit_is_refused(archive, path, tmp_path, change, words):
    broken = tmp_path / "broken"
    broken.write_bytes(change(index_path(path).read_bytes()))
    with pytest.raises(PositionIndexError, match=words) as error:
        PositionIndex.open(broken, archive.corpus, verify=True)
    assert str(broken) in str(error.value) and "\n" not in str(error.value)


def test_a_reader_keeps_its_index_while_another_is_built(archive, path):
    before = archive.explore(Game())
    build_index(archive.corpus, index_path(path))
    assert archive.explore(Game()) == before == Archive.open(path).explore(Game())
    assert sorted(p.name for p in path.parent.iterdir()) == ["games.corpus", "games.corpus.index"]

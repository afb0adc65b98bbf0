"""Practice: what becomes a problem, how answers are scheduled, and that none is lost."""

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

pytest.importorskip("fsrs")

from gopolicy.__main__ import main
from gopolicy.archive import practice
from gopolicy.archive.practice import Deck, PracticeError, Problem
from gopolicy.archive.surprises import SurprisingMove
from gopolicy.folder_lock import FolderLock, FolderLockError
from gopolicy.go.coords import BLACK, WHITE, parse_vertex, to_vertex
from gopolicy.prediction import Candidate, JudgedMove
from gopolicy.records import read_records
from gopolicy.records.corpus import Corpus

DATA = Path(__file__).parents[2] / "data"
NOW = datetime(2030, 1, 1, tzinfo=UTC)  # after the making of any card of these tests


def judged(corpus, game, target, *candidates):
    before, point = corpus.game_before(game, target)
    found = tuple(Candidate(parse_vertex(v, 19), v, p, rank) for rank, (v, p) in enumerate(candidates, 1))
    move = JudgedMove(len(before.moves) + 1, before.to_play, point, "", 0.001, 40, 10.0, 3.0, found)
    return SurprisingMove(game, target, move)


@pytest.fixture(scope="module")
def corpus():
    return Corpus.from_records(list(read_records(DATA))[:2])


@pytest.fixture
def deck(corpus, tmp_path):
    deck = Deck(tmp_path / "deck.json")
    clear = judged(corpus, 0, 10, ("K10", 0.5), ("K9", 0.3), ("K8", 0.1))
    vague = judged(corpus, 0, 12, ("K10", 0.2), ("K9", 0.1))
    other = judged(corpus, 1, 11, ("C10", 0.6))
    assert deck.add(corpus, [clear, vague, other], 10) == 2
    assert deck.add(corpus, [clear], 10) == 0
    return deck


def test_a_problem_is_the_position_before_the_move(corpus, deck):
    problem = next(iter(deck.problems.values()))
    before, point = corpus.game_before(0, 10)
    assert (problem.game.board.colors == before.board.colors).all() and problem.game.to_play == before.to_play
    assert problem.played == point and problem.last == before.last_turn[1]
    assert [problem.grade(parse_vertex(v, 19)) for v in ("K10", "K9", "K8", "A1")] == ["Good", "Hard", "Again", "Again"]
    assert problem.grade(None) == "Again"


def test_good_answers_come_back_later_than_bad_ones(deck):
    good, bad = deck.due(NOW)
    assert deck.answer(good, deck.problems[good].candidates[0][0], NOW) == "Good"
    assert deck.answer(bad, 0, NOW) == "Again"
    assert deck.due(NOW) == []
    assert deck.due(NOW + timedelta(minutes=5)) == [bad]
    assert deck.due(NOW + timedelta(minutes=15)) == [bad, good]


def test_every_answer_is_on_disk_at_once(deck):
    name = deck.due(NOW)[0]
    deck.answer(name, None, NOW)
    again = Deck(deck.path)
    assert again.problems == deck.problems and again.cards == deck.cards and name not in again.due(NOW)


def test_two_holders_of_a_deck_lose_nothing_of_each_other(corpus, deck):
    first, second = deck.due(NOW)
    other = Deck(deck.path)
    deck.answer(first, None, NOW)
    other.answer(second, None, NOW)
    assert other.add(corpus, [judged(corpus, 1, 20, ("C10", 0.6))], 10) == 1
    deck.answer(first, None, NOW + timedelta(days=1))
    last = Deck(deck.path)
    assert len(last.problems) == 3 and last.cards == deck.cards
    assert last.cards[second] == other.cards[second] and second not in last.due(NOW)
    assert datetime.fromisoformat(last.cards[first]["last_review"]) == NOW + timedelta(days=1)


def test_a_folder_in_use_by_other_work_is_not_waited_for_without_end(deck, monkeypatch):
    monkeypatch.setattr(practice, "LOCK_SECONDS", 0.1)
    name = deck.due(NOW)[0]
    with FolderLock(deck.path.parent), pytest.raises(FolderLockError, match="another process is at work"):
        deck.answer(name, None, NOW)
    deck.answer(name, None, NOW)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "cannot be read as a deck"),
        ('{"version": 1, "problems": []}', "cannot be read as a deck"),
        ('{"version": 9}', "deck version 9"),
    ],
)
def test_a_deck_that_cannot_be_read_is_refused(tmp_path, text, words):
    (tmp_path / "deck.json").write_text(text)
    with pytest.raises(PracticeError, match=words):
        Deck(tmp_path / "deck.json")
    assert (tmp_path / "deck.json").read_text() == text


def test_problems_are_exported_with_the_candidates_as_variations(deck, tmp_path, capsys):
    assert main(["practice", "--deck", str(deck.path), "--export", str(tmp_path / "x.sgf")]) == 0
    records = list(read_records(tmp_path / "x.sgf"))
    problem = next(iter(deck.problems.values()))
    assert len(records) == 2 and "Played in the game" in (tmp_path / "x.sgf").read_text()
    assert (records[0].before(1)[0].board.colors == problem.game.board.colors).all()
    assert records[0].before(1)[0].to_play == problem.to_play


def test_a_deck_without_problems_is_told(tmp_path, capsys):
    assert main(["practice", "--deck", str(tmp_path / "typo.json")]) == 1
    assert "typo.json: holds no problem to ask or export; fill it with --add" in capsys.readouterr().err


def test_the_terminal_asks_what_is_due(deck, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("Z99\nk10\nquit\n"))
    assert main(["practice", "--deck", str(deck.path)]) == 0
    told = capsys.readouterr().out
    assert "2 of 2 problems are due" in told and "a vertex such as Q16" in told and "The network's move." in told
    assert "to play after" in told
    assert len(json.loads(deck.path.read_text())["cards"]) == 2 and len(Deck(deck.path).due(datetime.now(UTC))) == 1


def test_the_terminal_asks_again_where_nobody_can_play(deck, capsys, monkeypatch):
    problem = deck.problems[deck.due()[0]]
    vertex = to_vertex(problem.black[0], 19)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{vertex}\npass\nquit\n"))
    assert main(["practice", "--deck", str(deck.path)]) == 0
    told = capsys.readouterr().out
    assert f"{vertex}: occupied; a vertex such as Q16, or quit: a vertex" in told and len(Deck(deck.path).due()) == 2


def test_a_corpus_fills_the_deck(tmp_path, capsys):
    Corpus.from_records(list(read_records(DATA))[:1]).save(tmp_path / "x.corpus")
    deck = tmp_path / "deck.json"
    command = ["practice", "--deck", str(deck), "--add", str(tmp_path / "x.corpus"), "--bits", "3", "--no-progress"]
    assert main([*command, "--most", "2"]) == 0
    assert "2 problems added, 2 in all" in capsys.readouterr().out
    assert all(problem.is_clear for problem in Deck(deck).problems.values())
    assert {problem.to_play for problem in Deck(deck).problems.values()} <= {BLACK, WHITE}
    assert isinstance(next(iter(Deck(deck).problems.values())), Problem)

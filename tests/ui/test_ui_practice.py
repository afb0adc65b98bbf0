"""Practice in the window: problems that are due are guessed, graded and scheduled; none is lost."""

import json
from datetime import UTC, datetime

import pytest
from conftest import answer, point

pytest.importorskip("fsrs")

from gopolicy.archive.practice import Deck, Problem
from gopolicy.go.coords import BLACK, WHITE
from gopolicy.ui.model.settings import Mode
from gopolicy.ui.panels.placing import geometry_of
from gopolicy.ui.panels.side_panel import panel_rows


def problem(played, *candidates):
    shares = tuple((point(vertex), share) for vertex, share in candidates)
    return Problem((point("D4"),), (point("Q16"),), BLACK, point("Q16"), point(played), shares, "me - you, move 3")


@pytest.fixture
def path(tmp_path):
    deck = Deck(tmp_path / "practice.json")
    deck.problems = {
        "one": problem("A1", ("D16", 0.6), ("Q4", 0.35)),
        "two": problem("B1", ("Q4", 0.7), ("D16", 0.1)),
    }
    card = deck._fsrs.Card().to_dict()
    deck.cards = {
        "one": card | {"due": "2020-01-01T00:00:00+00:00"},
        "two": card | {"due": "2020-01-02T00:00:00+00:00"},
    }
    deck.save()
    return deck.path


def due(path):
    return {name: datetime.fromisoformat(card["due"]) for name, card in json.loads(path.read_text())["cards"].items()}


def texts(session):
    return [" ".join(cell.text for cell in row.cells) for row in panel_rows(session, geometry_of(session, 1400, 900))]


def test_problems_are_asked_graded_and_kept_at_once(commands, session, network, path):
    commands.guess.practice(path)
    assert session.mode is Mode.GUESS and session.game.to_play == BLACK
    assert any("PRACTICE: 1 OF 2" in text for text in texts(session)) and not any(
        "60.0 %" in text for text in texts(session)
    )
    answer(commands, network)
    commands.click(point("D16"))
    assert any("Yes, the network's move" in text for text in texts(session))
    assert due(path)["one"] > datetime.now(UTC) and due(path)["two"] < datetime.now(UTC)
    shown = texts(session)
    assert any("D16" in text and "1st, 60.0 %" in text for text in shown) and any("A1" in text for text in shown)
    commands.step.forward()
    assert session.guessing.revealed is None and session.game.board.color_at(point("Q16")) == WHITE
    commands.click(point("K10"))
    assert any("it comes again" in text for text in texts(session))
    commands.enter()
    assert session.mode is Mode.REVIEW and "2 of 2" in session.screen.message.text


def test_a_problem_without_an_answer_stays_due(commands, session, path):
    commands.guess.practice(path)
    commands.enter()  # nothing is revealed yet, so nothing happens
    commands.look.escape()
    assert session.mode is Mode.REVIEW and session.practice is None
    assert due(path)["one"] < datetime.now(UTC)
    commands.step.back()


def test_nothing_due_no_deck_and_a_damaged_one_are_said_in_a_line(commands, session, tmp_path, path):
    commands.guess.practice(tmp_path / "none.json")
    assert "gopolicy practice --add" in session.screen.message.text
    (tmp_path / "bad.json").write_text("{")
    commands.guess.practice(tmp_path / "bad.json")
    assert session.screen.message.warning
    deck = Deck(path)
    for name in deck.problems:
        deck.answer(name, point("D16"))
        deck.answer(name, point("Q4"))
    commands.guess.practice(path)
    assert "nothing to practice" in session.screen.message.text and session.mode is Mode.PLAY


def test_an_unsaved_game_is_asked_about_first(commands, session, path):
    session.settings.human = "both"
    commands.click(point("D4"))
    commands.guess.practice(path)
    assert session.screen.dialog is not None and session.practice is None
    commands.choose_entry(1)
    assert session.practice is not None

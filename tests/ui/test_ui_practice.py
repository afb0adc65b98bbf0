"""Practice in the window: problems that are due are guessed, graded and scheduled; none is lost."""

import json
from datetime import UTC, datetime

import pygame
import pytest
from conftest import answer, point
from fake_network import FakeNetwork

pytest.importorskip("fsrs")

from gopolicy.archive.practice import Deck, Problem
from gopolicy.go.coords import BLACK, WHITE
from gopolicy.ui.drawing.picture import draw
from gopolicy.ui.model.autosave import Autosave
from gopolicy.ui.model.practicing import Practicing
from gopolicy.ui.model.screen import Call
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


def test_an_answer_is_shown_as_it_is_graded_after_the_profile_has_changed(commands, session, network, path):
    commands.guess.practice(path)
    answer(commands, network)
    session.settings.profile = "kgs-9k-1k"
    answer(commands, network)
    assert session.profile == "kgs-9k-1k"
    commands.click(point("D16"))
    assert any("Yes, the network's move" in text for text in texts(session))
    assert any("N network" in " ".join(text.split()) and "D16 1st, 60.0 %" in text for text in texts(session))


def test_an_answer_is_graded_once_and_one_that_cannot_be_kept_is_refused(commands, session, path):
    commands.guess.practice(path)
    commands.click(point("K10"))
    kept = path.read_text()
    commands.step.back()
    commands.click(point("D16"))  # goes on
    assert path.read_text() == kept and session.practice.done == 1
    path.write_text("{")
    commands.click(point("Q4"))
    assert session.screen.message.warning and session.practice.done == 1 and session.guessing.revealed is None
    commands.click(point("Q4"))
    session.set_mode(Mode.PLAY)
    assert session.mode is not Mode.GUESS and session.practice is None


def test_no_line_is_played_into_a_question(commands, session, network, path):
    commands.guess.practice(path)
    commands.click(point("D16"))
    session.settings.hints[Mode.GUESS].shown, session.screen.hover = True, point("D16")
    answer(commands, network)
    assert session.pointed_line
    commands.explore.add_line()
    assert session.cursor.number == 0 and not session.document.dirty and session.guessing.revealed is not None


def test_a_question_with_a_comment_is_no_game_to_recover(commands, session, path):
    commands.guess.practice(path)
    commands.edit.comment()
    session.screen.dialog.type("why not Q4?")
    commands.leaving.finish_writing()
    assert session.document.dirty
    commands.step.forward()
    assert session.practice is not None and Autosave(session.autosave.folder).left_over() is None


def test_a_problem_without_an_answer_stays_due(commands, session, path):
    commands.guess.practice(path)
    commands.step.forward()
    assert any("PRACTICE: 2 OF 2" in text for text in texts(session))
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


@pytest.fixture
def reviewed(commands, record, tmp_path):
    """A reviewed game, and a deck that is not there yet."""
    commands.practice = Practicing(commands.session, tmp_path / "deck" / "new.json")
    (tmp_path / "deck").mkdir()
    commands.file.open_now(record)
    answer(commands, FakeNetwork({"C3": 2000}))  # which nobody plays: every move is surprising
    assert len(commands.session.review.judged()) == 6
    return commands


def problems(tmp_path):
    return list(Deck(tmp_path / "deck" / "new.json").problems.values())


def choose(session, start):
    entries = session.screen.dialog.entries
    session.screen.dialog.choose(next(i for i, entry in enumerate(entries) if entry.label.startswith(start)), 1)


def test_the_surprising_moves_of_a_player_become_problems(reviewed, session, tmp_path):
    assert any(entry.label.startswith("Practice the moves") for entry in _menu(reviewed))
    reviewed.call(Call("practice.ask_moves"))
    values = {entry.label: entry.value() for entry in session.screen.dialog.entries}
    assert values["Black  Shusaku"] == "3" and values["White  Gennan"] == "3" and values["Both colors"] == "6"
    choose(session, "White")
    assert "3 problems added, 3 in all" in session.screen.message.text
    found = problems(tmp_path)
    assert [problem.played for problem in found] == [point("D16"), point("D4"), point("O17")]
    assert all(p.to_play == WHITE and p.candidates[0][0] == point("C3") and p.is_clear for p in found)
    assert "Shusaku - Gennan, move 2" in found[0].source
    assert found[0].black == (point("Q16"),) and found[0].last == point("Q16")
    reviewed.practice.ask_moves()
    choose(session, "Both")
    assert "3 problems added, 6 in all" in session.screen.message.text


def test_a_position_is_added_once_and_practiced_at_once(reviewed, session, network, tmp_path):
    reviewed.step.to_number(4)
    reviewed.call(Call("practice.add_position"))
    assert "1 problem added, 1 in all" in session.screen.message.text
    reviewed.call(Call("practice.add_position"))
    assert "nothing new" in session.screen.message.text and len(problems(tmp_path)) == 1
    reviewed.guess.practice(tmp_path / "deck" / "new.json")
    assert any("Practice: 1 of 1".casefold() in text.casefold() for text in texts(session))
    reviewed.click(point("C3"))
    assert any("Yes, the network's move" in text for text in texts(session))
    reviewed.practice.add_position()  # would be lost: the round keeps its own deck
    assert session.screen.message.warning and len(problems(tmp_path)) == 1


def test_the_end_of_a_game_is_a_problem_without_a_move_of_the_game(reviewed, session, tmp_path):
    reviewed.step.to_end()
    answer(reviewed, FakeNetwork({"C3": 2000}))
    reviewed.practice.add_position()
    [problem] = problems(tmp_path)
    assert problem.played is None and problem.as_tree().root.children
    reviewed.guess.practice(tmp_path / "deck" / "new.json")
    reviewed.click(point("A1"))
    shown = texts(session)
    assert any("it comes again" in text for text in shown) and not any("the game" in text for text in shown)
    draw(pygame.Surface((1280, 860)), session)


def test_what_cannot_become_a_problem_says_why(commands, session, record, network, tmp_path):
    commands.practice = Practicing(session, tmp_path / "deck.json")
    for name in ("add_position", "ask_moves"):
        getattr(commands.practice, name)()
        assert session.screen.message.warning and "loading" in session.screen.message.text
    reasons = {entry.label: entry.reason for entry in _menu(commands)}
    assert reasons["Add this position to practice"] and reasons["Practice the moves of this game ..."]
    session.network_ready("fake")
    commands.practice.ask_moves()
    assert "not reviewed this game" in session.screen.message.text
    commands.practice.add_position()
    assert "has not looked at this position" in session.screen.message.text
    session.settings.size = 9
    commands.start.begin()
    commands.practice.add_position()
    assert "19x19" in session.screen.message.text and not (tmp_path / "deck.json").exists()


def _menu(commands):
    commands.menu.show()
    entries = commands.session.screen.dialog.entries
    commands.session.screen.show(None)
    return entries


def test_a_deck_that_cannot_be_read_or_written_is_said_in_a_line(reviewed, session, tmp_path):
    deck = tmp_path / "deck" / "new.json"
    deck.write_text("{")
    reviewed.practice.add_position()
    assert session.screen.message.warning and "new.json" in session.screen.message.text and deck.read_text() == "{"
    reviewed.practice = Practicing(session, tmp_path / "none" / "new.json")
    reviewed.practice.add_position()
    assert session.screen.message.warning and "cannot be written" in session.screen.message.text

"""What is not saved is asked about; what is remembered from one window to the next."""

import json
import subprocess
import sys
import threading
from dataclasses import replace

import pygame
import pytest
from conftest import answer, open_text, point, press, type_text
from test_ui_editing import use

from gopolicy.go.coords import BLACK, WHITE
from gopolicy.ui.model.autosave import Autosave
from gopolicy.ui.model.command_groups import CommandGroups
from gopolicy.ui.model.preferences import Preferences, load, save
from gopolicy.ui.model.requests import AskWhereToSave, CloseWindow, ReadFile
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode, Settings, Tool
from gopolicy.ui.model.starting import LEVELS, level_name
from gopolicy.ui.model.tasks import Style
from gopolicy.ui.panels.buttons import buttons
from gopolicy.ui.panels.placing import geometry_of
from gopolicy.ui.panels.wording import title
from gopolicy.ui.window.input_events import EventHandler

PATIENCE = 300  # seconds until a test gives up; never how long it takes


def labels(session):
    return [entry.label for entry in session.screen.dialog.entries]


def choose(commands, start):
    commands.choose_entry(next(i for i, label in enumerate(labels(commands.session)) if label.startswith(start)))


@pytest.fixture
def changed(commands, record):
    """A record that was opened and played on."""
    commands.file.open_now(record)
    commands.step.to_end()
    commands.click(point("C3"))
    commands.session.screen.taken_requests()
    return commands


def test_closing_asks_and_saves_where_the_record_came_from(changed, session, record):
    changed.look.quit()
    assert not session.screen.requests
    choose(changed, "Save to game.sgf")
    assert session.screen.requests[-1] == CloseWindow() and "cq" in record.read_text()


def test_closing_can_be_cancelled_and_a_second_time_keeps_the_game(changed, session, tmp_path):
    changed.look.quit()
    choose(changed, "Cancel")
    assert session.screen.dialog is None and not session.screen.requests
    changed.look.quit()
    changed.look.quit()
    assert session.screen.requests[-1] == CloseWindow()
    session.autosave.leave()
    assert session.autosave.left_over() is not None


def test_changes_can_be_thrown_away(changed, session):
    session.autosave.flush()
    changed.look.quit()
    choose(changed, "Throw")
    assert session.screen.requests[-1] == CloseWindow() and session.autosave.left_over() is None


def test_a_saved_game_closes_at_once(commands, session, record):
    commands.file.open_now(record)
    commands.look.quit()
    assert session.screen.requests[-1] == CloseWindow()


def test_opening_another_file_asks_too(changed, session, tmp_path):
    other = tmp_path / "other.sgf"
    other.write_text("(;SZ[19];B[aa])")
    changed.file.open_path(other)
    assert session.screen.dialog is not None and not session.screen.requests
    choose(changed, "Keep")
    assert session.screen.requests[-1] == ReadFile(other)


def test_a_position_without_moves_is_asked_about_and_a_blank_board_is_not(commands, session):
    session.settings.human = "both"
    commands.click(point("D4"))
    commands.play.take_back()
    commands.look.quit()
    assert session.screen.requests[-1] == CloseWindow()
    commands.edit.toggle()
    commands.click(point("D4"))
    session.screen.taken_requests()
    commands.look.quit()
    assert session.screen.dialog is not None and not session.screen.requests


def test_changes_that_were_thrown_away_stay_where_nothing_takes_their_place(changed, session, tmp_path):
    session.autosave.flush()
    changed.file.open_path(tmp_path / "none.sgf")
    choose(changed, "Throw")
    assert not changed.file.open_now(tmp_path / "none.sgf")
    assert session.document.dirty
    changed.look.quit()
    assert not any(isinstance(request, CloseWindow) for request in session.screen.requests)
    choose(changed, "Keep")
    session.autosave.leave()
    assert session.autosave.left_over() is not None


def test_a_game_that_cannot_be_kept_keeps_the_window_until_it_can(changed, session, tmp_path):
    folder = tmp_path / "state"
    folder.write_text("no folder")
    for _ in range(2):
        changed.look.quit()
        choose(changed, "Keep")
        assert "not saved" in session.screen.message.text and CloseWindow() not in session.screen.requests
    folder.unlink()
    choose(changed, "Keep")
    assert session.screen.requests[-1] == CloseWindow() and len(list(folder.glob("*.sgf"))) == 1


def test_a_comment_that_is_being_written_is_asked_about(commands, session, record):
    commands.file.open_now(record)
    commands.edit.comment()
    session.screen.dialog.type("new")
    commands.look.quit()
    assert not session.screen.requests and session.tree.root.comment == "earnew"
    commands.look.escape()
    commands.start.ask()
    commands.look.quit()
    assert not session.screen.requests and "Keep" in labels(session)[1]


def test_a_label_and_a_name_that_are_being_written_are_kept_too(commands, session, record):
    commands.file.open_now(record)
    use(commands, Tool.TEXT, "K10")
    session.screen.dialog.type("good")
    session.screen.dialog.composition = "国"
    commands.look.quit()
    assert "Keep" in labels(session)[1] and session.tree.root.properties["LB"] == ["jj:good国"]
    commands.edit.information()
    choose(commands, "White")
    session.screen.dialog.type(" Inseki")
    commands.look.quit()
    assert "Keep" in labels(session)[1] and session.tree.names[WHITE] == "Gennan Inseki"


def test_a_comment_that_is_being_written_outlives_a_dropped_file(changed, session, tmp_path):
    other = tmp_path / "other.sgf"
    other.write_text("(;SZ[19];B[aa])")
    handler = EventHandler(changed, (1024, 700))
    node = session.cursor.node
    press(handler, "ctrl+e")
    type_text(handler, "notes")
    handler.handle(pygame.event.Event(pygame.DROPFILE, file=str(other)))
    assert "Keep" in labels(session)[1] and node.comment == "notes" and not session.screen.requests
    choose(changed, "Cancel")
    changed.file.save()
    press(handler, "ctrl+e")
    type_text(handler, " more")
    handler.handle(pygame.event.Event(pygame.DROPFILE, file=str(other)))  # nothing but the text is unsaved
    assert "Keep" in labels(session)[1] and node.comment == "notes more" and not session.screen.requests


def test_a_comment_that_is_being_written_outlives_an_archive(changed, session, tmp_path):
    changed.edit.comment()
    session.screen.dialog.type("notes")
    changed.file.open_path(tmp_path / "games.corpus")
    assert session.cursor.node.comment == "notes" and session.screen.requests[-1] == ReadFile(tmp_path / "games.corpus")


def test_texts_that_are_asked_for_and_not_changed_leave_nothing_to_save(commands, session, record):
    commands.file.open_now(record)
    for ask in (commands.edit.information, lambda: use(commands, Tool.TEXT, "K10")):
        ask()
        if session.screen.dialog.entries[0].label == "Black":
            choose(commands, "Komi")
        session.screen.dialog.enter()
    assert not session.document.dirty
    commands.step.ask_number()
    session.screen.dialog.type("3")
    commands.look.quit()
    assert session.screen.requests[-1] == CloseWindow() and session.cursor.number == 0


def test_a_game_that_never_was_a_file_is_asked_where_to_and_then_closed(commands, session, tmp_path):
    session.settings.human = "both"
    commands.click(point("D4"))
    commands.look.quit()
    choose(commands, "Save")
    request = session.screen.requests[-1]
    assert isinstance(request, AskWhereToSave)
    commands.file.ask_name(tmp_path, request.name, request.then)
    session.screen.dialog.enter()
    assert session.screen.requests[-1] == CloseWindow() and (tmp_path / request.name).exists()


def test_a_reopened_file_offers_the_changes_that_were_not_saved(changed, session, record, tmp_path):
    session.autosave.leave()
    later = CommandGroups(Session(autosave=Autosave(tmp_path / "state")))
    later.file.open_now(record)
    assert "not saved" in later.session.screen.dialog.title
    choose(later, "Show the changes")
    assert later.session.cursor.total == 7 and later.session.document.dirty
    assert later.session.document.path == record.absolute()  # Ctrl+S saves where it came from


def test_a_restored_game_is_played_on(tmp_path):
    first = Session(autosave=Autosave(tmp_path / "state"))
    first.settings.human = "both"
    CommandGroups(first).click(point("D4"))
    first.autosave.leave()
    later = CommandGroups(Session(autosave=Autosave(tmp_path / "state")))
    later.file.offer_recovery()
    later.choose_entry(0)
    assert later.session.mode is Mode.PLAY and later.session.game.moves == [(BLACK, point("D4"))]


def test_the_title_shows_players_file_and_an_unsaved_mark(commands, session, record):
    commands.file.open_now(record)
    assert title(session) == "Shusaku - Gennan (game.sgf) - gopolicy"
    commands.step.to_end()
    commands.click(point("C3"))
    assert title(session).startswith("* ")


def test_preferences_are_remembered(tmp_path):
    path = tmp_path / "config" / "window.json"
    settings = Settings(human="w", komi=6.5, theme="paper", top=9, sound=False, style=Style(0.0, 1.0))
    settings.hints[Mode.PLAY].shown = True
    kept = Preferences((900, 700))
    kept.opened(tmp_path / "a.sgf")
    kept.opened(tmp_path / "b.sgf")
    kept.opened(tmp_path / "a.sgf")
    save(kept, settings, path)
    found, fresh = load(path), Settings()
    found.apply(fresh)
    assert fresh == settings and found.size == (900, 700)
    assert found.recent == [str(tmp_path / "a.sgf"), str(tmp_path / "b.sgf")] and found.folder == str(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"size": [1, 2], "recent": 5, "looks": []}',
        json.dumps({"looks": {"theme": "pink", "top": -1, "komi": "x", "style": {"heat": 1}, "hints": {"play": 3}}}),
        json.dumps({"looks": {"style": {"temperature": "hot"}}}),
        json.dumps({"looks": {"style": 5, "numbers": [], "human": {}}}),
    ],
)
def test_damaged_preferences_are_those_of_a_first_start(tmp_path, text):
    path = tmp_path / "window.json"
    path.write_text(text)
    settings = Settings()
    load(path).apply(settings)
    assert settings == Settings()


def test_the_new_game_dialog_starts_at_enter_on_any_row_and_takes_any_komi(commands, session):
    commands.start.ask()
    dialog = session.screen.dialog
    assert {"Start the game", "Cancel"} <= set(labels(session))
    dialog.chosen = labels(session).index("Komi")
    for _ in range(5):
        dialog.press("backspace")
    dialog.type("-12.5")
    dialog.move(1)
    dialog.enter()
    assert session.screen.dialog is None and session.tree.komi == -12.5
    commands.start.ask()
    dialog = session.screen.dialog
    dialog.chosen = labels(session).index("Board")
    dialog.adjust(-1)
    assert dialog.entries[dialog.chosen].value() == "13x13"
    dialog.adjust(1)
    assert dialog.entries[dialog.chosen].value() == "19x19"


def test_a_new_game_that_is_not_started_changes_nothing_of_the_one_in_play(commands, session, network):
    answer(commands, network)
    commands.click(point("K10"))
    answer(commands, network)
    before = replace(session.settings)
    commands.start.ask()
    for line in range(5):
        session.screen.dialog.chosen = line
        session.screen.dialog.adjust(1)
    commands.look.escape()
    assert session.settings == before and not session.network_to_play
    commands.start.ask_strength()
    assert session.screen.dialog.entries[0].value() == "Black"
    commands.look.escape()
    commands.start.ask()
    session.screen.dialog.adjust(1)
    session.screen.dialog.enter()
    choose(commands, "Cancel")  # the game on the board is not saved
    assert session.settings == before and session.cursor.number == 2


def test_who_plays_is_asked_about_the_board_on_the_screen(commands, session, tmp_path):
    open_text(commands, tmp_path, "(;SZ[9];B[aa])")
    commands.start.ask_strength()
    assert session.screen.dialog.entries[0].value() == "both: the network is 19x19"


def test_players_are_named_anew_where_they_change_sides_in_the_game_on_the_board(commands, session, network):
    answer(commands, network)
    commands.start.begin()
    commands.start.ask_strength()
    session.screen.dialog.adjust(1)
    assert session.settings.human == "w" and session.tree.names == {BLACK: "gopolicy fake", WHITE: "Human"}


def test_playing_white_asks_what_is_to_become_of_a_position(commands, session, network):
    answer(commands, network)
    use(commands, Tool.BLACK, "D4", "Q16")
    commands.start.as_white()
    assert "Keep" in labels(session)[1] and session.settings.human == "b"
    choose(commands, "Cancel")
    assert session.settings.human == "b" and session.game.board.color_at(point("D4")) == BLACK
    commands.start.as_white()
    choose(commands, "Throw")
    assert session.settings.human == "w" and not session.tree.root.events


def test_a_small_board_is_never_played_by_the_network(commands, session):
    session.network_ready("fake")
    session.settings.size = 9
    commands.start.ask()
    commands.start.ask_and_begin()
    commands.click(40)
    assert not session.network_to_play and set(session.tree.names.values()) == {"Human"}


def test_strength_is_chosen_in_words(commands, session):
    assert [level_name(level.style) for level in LEVELS] == ["strongest", "strong", "relaxed", "beginner-friendly"]
    commands.start.ask_strength()
    dialog = session.screen.dialog
    dialog.chosen = labels(session).index("The network plays")
    dialog.adjust(1)
    assert level_name(session.settings.style) == "relaxed"
    choose(commands, "In numbers")
    assert "Sample from top" in labels(session)


def test_without_a_network_both_colors_can_be_played(commands, session):
    commands.queue.take_failure(None, "no such model")
    commands.click(point("D4"))
    commands.click(point("Q16"))
    assert session.cursor.number == 2 and "both colors" in session.screen.message.text or session.cursor.number == 2


def test_buttons_say_why_they_cannot_be_used(commands, session, record, network):
    geometry = geometry_of(session, 1280, 860)

    def reason(name):
        return next(button.reason for button in buttons(session, geometry) if button.call.name == name)

    assert reason("step.back") and reason("guess.toggle") and reason("see.toggle_labels")
    assert not reason("play.ask_to_resign")
    answer(commands, network)
    assert not reason("see.toggle_labels")
    commands.file.open_now(record, 2)
    assert not reason("step.back") and not reason("guess.toggle") and reason("play.ask_to_resign")
    commands.guess.toggle()
    assert reason("see.toggle_labels") and reason("explore.toggle_territory")


def test_a_button_is_lit_only_while_what_it_switches_can_be_seen(commands, session, record, network):
    commands.file.open_now(record, 2)
    answer(commands, network)

    def lit():
        found = buttons(session, geometry_of(session, 1280, 860))
        return {button.call.name for button in found if button.active and not button.call.name.startswith("look.")}

    assert lit() == {"see.toggle_labels", "see.toggle_heat"}
    commands.explore.toggle_territory()
    assert lit() == {"explore.toggle_territory"}


def test_nothing_in_the_window_moves_from_move_to_move(commands, session, record, network):
    commands.file.open_now(record)
    answer(commands, network)
    geometries, places = set(), set()
    for _ in range(6):
        geometry = geometry_of(session, 1280, 860)
        geometries.add(geometry)
        places.add(tuple(button.rect for button in buttons(session, geometry)))
        commands.step.forward()
    commands.play.toggle_mode()
    geometries.add(geometry_of(session, 1280, 860))
    assert len(geometries) == 1 and len(places) == 1


def test_a_large_record_is_kept_by_a_thread(tmp_path):
    autosave, gate = Autosave(tmp_path / "state"), threading.Event()

    def text():
        gate.wait(PATIENCE)
        return "(;SZ[19]C[large])"

    autosave.note(text)
    autosave.start()  # returns although the text is not there yet
    assert not autosave.is_waiting
    autosave.note(lambda: "(;SZ[19]C[larger])")
    autosave.start()  # one at a time
    assert autosave.is_waiting
    gate.set()
    autosave.flush()
    assert [path.read_text() for path in (tmp_path / "state").glob("*.sgf")] == ["(;SZ[19]C[larger])"]


def test_what_is_dropped_while_it_is_written_is_not_kept(tmp_path):
    autosave, gate = Autosave(tmp_path / "state"), threading.Event()

    def text():
        gate.wait(PATIENCE)
        return "(;SZ[19])"

    autosave.note(text)
    autosave.start()
    writer = autosave._writer
    autosave.drop()
    gate.set()
    writer.join(PATIENCE)
    assert not list((tmp_path / "state").iterdir())


def test_a_record_that_changes_while_it_is_written_is_written_again(tmp_path):
    autosave, answers = Autosave(tmp_path / "state"), iter([RuntimeError("dictionary changed size"), "(;SZ[19])"])

    def text():
        found = next(answers)
        if isinstance(found, RuntimeError):
            raise found
        return found

    autosave.note(text)
    autosave.start()
    autosave._writer.join(PATIENCE)
    assert autosave.is_waiting
    autosave.flush()
    assert len(list((tmp_path / "state").glob("*.sgf"))) == 1


def test_a_signal_before_the_window_is_there_ends_with_status_0():
    if sys.platform == "win32":
        pytest.skip("signals work otherwise there")
    program = "from gopolicy.ui.window.closing import leave_on_signals as f; f(); print(1, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"1\n"
        process.terminate()
        assert process.wait(PATIENCE) == 0


def test_a_move_that_is_taken_back_and_played_again_is_kept(commands, session, tmp_path):
    session.settings.human = "both"
    commands.click(point("D4"))
    commands.click(point("Q16"))
    commands.play.take_back()
    session.autosave.flush()
    commands.step.forward()
    assert session.cursor.number == 2
    session.autosave.flush()
    [kept] = (tmp_path / "state").glob("*.sgf")
    assert "W[pd]" in kept.read_text()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Honinbo\0", "Honinbo\ufffd"),
        ("a\tb", "a\ufffdb"),
        ("\udc81", "\ufffd"),
        ("本因坊\u3000秀策", "本因坊\u3000秀策"),
    ],
)
def test_the_title_is_text_that_any_system_takes(commands, session, record, name, shown):
    commands.file.open_now(record)
    session.tree.names[BLACK] = name
    assert title(session) == f"{shown} - Gennan (game.sgf) - gopolicy"

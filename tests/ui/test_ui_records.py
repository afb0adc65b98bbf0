"""Opening, saving, pasting, collections, archives, and games that were never saved."""

import threading
import zipfile
from pathlib import Path

import pytest
from conftest import GAME, point

from gopolicy.go.coords import BLACK, WHITE
from gopolicy.records.sgf import read_trees
from gopolicy.ui.model.autosave import Autosave
from gopolicy.ui.model.command_groups import CommandGroups
from gopolicy.ui.model.requests import ReadFile
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode
from gopolicy.ui.window.loading import Loader


def do_read(commands):
    """Read the files that were asked for, as the window does in a thread."""
    for request in commands.session.screen.taken_requests():
        if isinstance(request, ReadFile):
            commands.file.open_now(request.path, request.number)


def games(*numbers):
    return "".join(f"(;SZ[19]GN[{n}]PB[black {n}];B[{'abcdefg'[n]}a])" for n in numbers)


def test_a_collection_and_an_archive_are_stepped_through(commands, session, tmp_path):
    archive = tmp_path / "games.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("a/one.sgf", games(1))
        out.writestr("readme.txt", "nothing")
        out.writestr("a/bad.sgf", "no game here")
        out.writestr("two.sgf", games(2, 3))
    assert commands.file.open_now(archive)
    assert session.tree.names[BLACK] == "black 1" and session.document.playlist.title.startswith("game 1 of 2")
    commands.file.next_game()
    commands.file.next_game()
    assert session.tree.names[BLACK] == "black 3" and session.document.playlist.title == "game 3 of 3"
    commands.file.next_game()
    assert session.screen.message.warning and session.tree.names[BLACK] == "black 3"
    commands.file.previous_game()
    assert session.tree.names[BLACK] == "black 2" and session.document.path is None


def test_a_game_that_is_not_shown_after_all_does_not_move_the_playlist(commands, session, tmp_path):
    path = tmp_path / "three.sgf"
    path.write_text(games(1, 2, 3))
    commands.file.open_now(path)
    session.settings.human = "both"
    commands.click(point("Q16"))
    for ask in (commands.file.next_game, lambda: commands.file.show_game(2)):
        ask()
        commands.look.escape()
        assert session.document.playlist.title.startswith("game 1 of 3")
    commands.file.next_game()
    commands.choose_entry(1)
    assert session.tree.names[BLACK] == "black 2" and session.document.playlist.title == "game 2 of 3"


def test_next_game_of_a_single_file_is_the_next_file(commands, session, tmp_path):
    for n in (1, 2):
        (tmp_path / f"{n}.sgf").write_text(games(n))
    commands.file.open_now(tmp_path / "1.sgf")
    commands.file.next_game()
    do_read(commands)
    assert session.document.path == tmp_path / "2.sgf"
    commands.file.next_game()
    assert session.screen.message.warning and session.document.path == tmp_path / "2.sgf"


def test_next_file_goes_past_collections_hidden_files_and_what_cannot_be_read(commands, session, tmp_path):
    (tmp_path / "1.sgf").write_text(games(1))
    (tmp_path / "2.sgf").write_text("no record")
    (tmp_path / "3.sgf").write_text(games(2, 3))
    (tmp_path / "4.sgf").write_text(games(4))
    (tmp_path / "._1.sgf").write_bytes(b"\0\5\x16\7")
    commands.file.open_now(tmp_path / "1.sgf")
    seen = []
    for step in (*[commands.file.next_game] * 5, *[commands.file.previous_game] * 5):
        step()
        do_read(commands)
        seen.append(session.tree.names[BLACK][-1])
    assert "".join(seen) == "1234422111" and session.screen.message.warning


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"PK\x03\x04 cut", b"\x1f\x8b\x08 cut", b"(;GM[2]SZ[8])", b"(;SZ[99])"]
)
def test_what_cannot_be_read_is_one_line_and_changes_nothing(commands, session, tmp_path, data):
    session.settings.human = "both"
    commands.click(point("D4"))
    path = tmp_path / "bad.sgf"
    path.write_bytes(data)
    assert not commands.file.open_now(path)
    assert not commands.file.open_now(tmp_path / "missing.sgf")
    assert session.screen.message.warning and "\n" not in session.screen.message.text
    assert session.cursor.number == 1 and session.document.dirty


def test_a_path_that_cannot_be_looked_at_is_reported_as_one_that_cannot_be_read(tmp_path):
    read = threading.Event()
    loader = Loader(None, read.set)
    loader.start(ReadFile(tmp_path / ("x" * 300 + ".sgf")))
    assert read.wait(60) and loader.collect().problem is not None


def test_names_in_other_encodings_are_read(commands, session, tmp_path):
    path = tmp_path / "gbk.sgf"
    path.write_bytes("(;SZ[19]PB[古力]PW[常昊九段]EV[第八届春兰杯职业围棋锦标赛];B[pd])".encode("gb18030"))
    commands.file.open_now(path)
    assert session.tree.names == {BLACK: "古力", WHITE: "常昊九段"}
    commands.file.save_to(tmp_path / "out.sgf")
    data = (tmp_path / "out.sgf").read_bytes()
    assert "古力" in data.decode("utf-8") and b"CA[UTF-8]" in data


def test_pasting_opens_a_game_or_says_why_not(commands, session):
    commands.file.take_pasted(GAME)
    assert session.mode is Mode.REVIEW and session.tree.names[BLACK] == "Shusaku"
    commands.file.take_pasted("mailto:someone@example.com")
    assert session.screen.message.warning and session.tree.names[BLACK] == "Shusaku"


def test_all_pasted_games_can_be_stepped_through(commands, session):
    commands.file.take_pasted("(;SZ[19]PB[First];B[pd])\n(;SZ[19]PB[Second];B[dd])")
    for step, name in ((commands.file.next_game, "Second"), (commands.file.previous_game, "First")):
        step()
        if session.screen.dialog is not None:  # a pasted game is in no file yet
            commands.choose_entry(2)
        assert session.tree.names[BLACK] == name


@pytest.mark.parametrize(
    ("typed", "name"), [("Lee vs. Gu round 2", "Lee vs. Gu round 2.sgf"), ("a", "a.sgf"), ("b.SGF", "b.SGF")]
)
def test_a_typed_name_gets_the_ending_of_records(commands, session, tmp_path, typed, name):
    commands.file.ask_name(tmp_path, typed)
    session.screen.dialog.enter()
    assert session.document.path == tmp_path / name and session.document.path.exists()


def test_copying_hands_the_text_over(commands, session):
    commands.file.copy()
    assert session.screen.requests[-1].text.startswith("(;")


def test_saving_asks_for_a_name_once_and_an_unwritable_place_is_told(commands, session, tmp_path):
    session.settings.human = "both"
    commands.click(point("D4"))
    commands.file.save()
    assert session.screen.requests[-1].name.endswith(".sgf")
    commands.file.ask_name(tmp_path, "mine")
    session.screen.dialog.enter()
    assert session.document.path == tmp_path / "mine.sgf" and not session.document.dirty
    commands.click(point("Q16"))
    commands.file.save()
    assert read_trees((tmp_path / "mine.sgf").read_bytes())[0].main_line()[-1].turn == (WHITE, point("Q16"))
    assert not commands.file.save_to(tmp_path / "nowhere" / "x.sgf")
    dialog = session.screen.dialog
    assert dialog.title == "Not saved" and dialog.note.endswith("unharmed")
    dialog.enter()
    assert session.screen.requests[-1].name == "mine.sgf" and session.screen.dialog is None
    assert [p.name for p in tmp_path.glob("*.part")] == []


def test_a_name_that_is_taken_is_asked_about_and_one_that_is_none_is_refused(commands, session, tmp_path):
    folder = tmp_path / "games"
    folder.mkdir()
    (folder / "mine.sgf").write_text("other")
    commands.file.ask_name(folder, "mine")
    session.screen.dialog.enter()
    assert session.screen.dialog.title == "Replace mine.sgf?" and session.document.path is None
    session.screen.dialog.enter()  # back to the name
    assert session.screen.dialog.text.value == "mine" and (folder / "mine.sgf").read_text() == "other"
    session.screen.dialog.enter()
    commands.choose_entry(1)
    assert session.document.path == folder / "mine.sgf" and (folder / "mine.sgf").read_text().startswith("(;")
    commands.file.ask_name(folder, "mine")  # its own file
    session.screen.dialog.enter()
    assert session.screen.dialog is None and session.screen.message.text.startswith("saved")
    commands.file.ask_name(folder, " ")
    session.screen.dialog.enter()
    assert session.screen.dialog is not None and [path.name for path in tmp_path.iterdir()] == ["games"]
    commands.file.ask_name(folder, "~nobody-of-this-name/x")
    session.screen.dialog.enter()
    assert session.screen.dialog.title == "Not saved"


def test_an_unsaved_game_is_offered_to_the_next_window(tmp_path):
    folder = tmp_path / "state"
    first = Session(autosave=Autosave(folder))
    first.settings.human = "both"
    CommandGroups(first).click(point("D4"))
    CommandGroups(first).click(point("Q16"))
    running = CommandGroups(Session(autosave=Autosave(folder)))
    running.file.offer_recovery()
    assert running.session.screen.dialog is None  # the first window still runs
    first.autosave.leave()  # as the end of its process does
    later = CommandGroups(Session(autosave=Autosave(folder)))
    later.file.offer_recovery()
    assert later.session.screen.dialog is not None
    later.choose_entry(0)
    assert later.session.game.moves == [(BLACK, point("D4")), (WHITE, point("Q16"))]
    assert later.session.document.dirty and later.session.document.path is None
    later.file.save_to(tmp_path / "kept.sgf")
    assert list(folder.glob("*")) == []


def state_window(tmp_path):
    """A window for two people, which keeps its unsaved game in a folder."""
    commands = CommandGroups(Session(autosave=Autosave(tmp_path / "state")))
    commands.session.settings.human = "both"
    return commands


def test_moves_of_a_restored_game_are_taken_back_as_where_it_began_and_those_of_a_record_stay(tmp_path):
    first = state_window(tmp_path)
    for vertex in ("Q16", "D4", "Q4"):
        first.play.play(point(vertex))
    first.session.autosave.leave()
    later = state_window(tmp_path)
    later.file.offer_recovery()
    later.choose_entry(0)
    later.file.save_to(tmp_path / "game.sgf")
    later.play.take_back()
    later.play.play(point("R4"))
    assert [node.turn[1] for node in later.session.tree.main_line()[1:]] == [*map(point, ("Q16", "D4", "R4"))]
    assert not later.session.cursor.node.parent.children[1:]
    later.file.take_pasted("(;SZ[19];B[pd];W[dp])")
    later.choose_entry(1)  # keeps the one before
    later.session.autosave.leave()
    last = state_window(tmp_path)
    last.file.offer_recovery()
    last.choose_entry(0)
    last.play.take_back()
    assert len(last.session.tree.main_line()) == 3


def test_a_blank_board_leaves_nothing_and_one_that_something_was_written_on_is_asked_about(tmp_path):
    first = state_window(tmp_path)
    first.play.play(point("Q16"))
    first.play.take_back()
    first.session.autosave.flush()
    first.look.quit()
    assert not list((tmp_path / "state").iterdir()) and first.session.screen.dialog is None
    second = state_window(tmp_path)
    second.session.tree.event = "club"
    second.session.changed(second.session.tree.root)
    second.look.quit()
    assert second.session.screen.dialog is not None


def test_the_game_that_a_place_was_asked_for_is_the_one_that_is_saved(commands, session, tmp_path):
    path = tmp_path / "two.sgf"
    path.write_text(games(1, 2), encoding="utf-8")
    commands.file.open_now(path)
    commands.file.save_as()
    request = session.screen.requests[-1]
    commands.file.next_game()  # meanwhile: the system's dialog does not hold the window
    assert not commands.file.save_to(tmp_path / "nowhere" / "x.sgf", document=request.document)
    session.screen.dialog.enter()
    assert session.screen.requests[-1].document is request.document
    commands.file.save_to(tmp_path / request.name, lambda: pytest.fail("another game"), request.document)
    assert read_trees((tmp_path / request.name).read_bytes())[0].names[BLACK] == "black 1"
    assert session.document.path is None


def test_an_unsaved_game_is_offered_behind_a_file_that_a_window_begins_with(tmp_path, record):
    first = CommandGroups(Session(autosave=Autosave(tmp_path / "state")))
    first.session.settings.human = "both"
    first.click(point("D4"))
    first.session.autosave.leave()
    later = CommandGroups(Session(autosave=Autosave(tmp_path / "state")))
    later.file.recovers = True
    later.file.open_path(record)
    later.file.when_read(lambda: later.file.open_now(record))
    assert later.session.document.path == record and later.session.screen.dialog is not None
    later.choose_entry(0)
    assert later.session.game.moves == [(BLACK, point("D4"))]
    later.file.when_read(lambda: later.file.open_now(record))
    assert later.session.screen.dialog is None


def test_an_unsaved_game_is_read_as_it_was_written_whatever_encoding_files_have(tmp_path):
    path = tmp_path / "game.sgf"
    path.write_bytes("(;SZ[19]PB[李昌镐];B[pd])".encode("gb18030"))

    def window():
        commands = CommandGroups(Session(autosave=Autosave(tmp_path / "state")))
        commands.file.encoding = "gb18030"
        commands.file.open_now(path)
        return commands

    first = window()
    first.step.to_end()
    first.click(point("D4"))
    first.session.autosave.leave()
    later = window()
    later.choose_entry(0)  # shows the changes
    assert later.session.tree.names[BLACK] == "李昌镐" and later.session.cursor.total == 2
    later.file.save()
    assert window().session.tree.names[BLACK] == "李昌镐"


def test_an_unsaved_game_that_cannot_be_kept_anew_or_removed_stays(tmp_path, monkeypatch):
    first = Session(autosave=Autosave(tmp_path / "state"))
    first.settings.human = "both"
    CommandGroups(first).click(point("D4"))
    first.autosave.leave()
    later = CommandGroups(Session(autosave=Autosave(tmp_path / "state")))
    left = later.session.autosave.left_over()

    def fail(*_, **__):
        raise PermissionError(13, "not here", str(left))

    for name, entry in (
        (f"{Autosave.__module__}.write_file", 0),
        ("pathlib.Path.unlink", 0),
        ("pathlib.Path.unlink", 2),
    ):
        later.file.offer_recovery()
        with monkeypatch.context() as patch:
            patch.setattr(name, fail)
            later.choose_entry(entry)
        assert left.exists() and "not here" in later.session.screen.message.text
        later.session.document.unwanted = True


def test_opening_another_game_keeps_the_unsaved_one(tmp_path, record):
    session = Session(autosave=Autosave(tmp_path / "state"))
    commands = CommandGroups(session)
    session.settings.human = "both"
    commands.click(point("D4"))
    commands.file.open_now(record)
    left = session.autosave.left_over()
    assert left is not None and "B[dp]" in left.read_text()


def test_a_state_folder_that_cannot_be_made_does_not_stop_play(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    session = Session(autosave=Autosave(blocked))
    commands = CommandGroups(session)
    session.settings.human = "both"
    commands.click(point("D4"))
    assert session.cursor.number == 1


def test_the_file_list_opens_folders_and_records(commands, session, tmp_path, record):
    (tmp_path / "sub").mkdir()
    commands.file.choose_from(tmp_path)
    labels = [entry.label for entry in session.screen.dialog.entries]
    assert labels == [".. (folder above)", "sub/", "game.sgf", "Cancel"]
    commands.choose_entry(1)
    assert session.screen.dialog.note == str(tmp_path / "sub")
    commands.choose_entry(0)
    commands.choose_entry(2)
    do_read(commands)
    assert session.document.path == record and session.screen.dialog is None


def test_a_new_game_takes_the_settings(commands, session):
    commands.start.ask()
    commands.choose_entry(1, -1)  # 13 lines
    commands.choose_entry(3)  # 2 stones
    session.screen.dialog.enter()
    assert session.game.size == 13 and session.tree.handicap == 2
    assert (session.game.board.colors == BLACK).sum() == 2 and session.game.to_play == WHITE


def test_reading_starts_at_a_move_number(commands, session, record):
    assert commands.file.open_now(record, number=3)
    assert session.cursor.number == 3 and session.cursor.node.comment == "here"
    commands.step.ask_number()
    session.screen.dialog.type("5")
    session.screen.dialog.enter()
    assert session.cursor.number == 5
    commands.step.ask_number()
    session.screen.dialog.type("x")
    session.screen.dialog.enter()
    assert session.cursor.number == 5 and session.screen.message.warning


def test_suggested_names_are_safe(session):
    session.tree.names = {BLACK: "a/b:c", WHITE: "李世石"}
    session.tree.date = "2016-03-09"
    assert session.document.suggested_name() == "2016-03-09-a_b_c-李世石.sgf"
    assert Path(session.document.suggested_name()).name == session.document.suggested_name()

"""Opening, saving, pasting, collections, archives, and games that were never saved."""

import zipfile
from pathlib import Path

import pytest
from conftest import GAME, point

from gopolicy.go.coords import BLACK, WHITE
from gopolicy.records.sgf import read_trees
from gopolicy.ui.actions import Actions
from gopolicy.ui.autosave import Autosave
from gopolicy.ui.session import Session
from gopolicy.ui.settings import Mode


def games(*numbers):
    return "".join(f"(;SZ[19]GN[{n}]PB[black {n}];B[{'abcdefg'[n]}a])" for n in numbers)


def test_a_collection_and_an_archive_are_stepped_through(actions, session, tmp_path):
    archive = tmp_path / "games.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("a/one.sgf", games(1))
        out.writestr("readme.txt", "nothing")
        out.writestr("a/bad.sgf", "no game here")
        out.writestr("two.sgf", games(2, 3))
    assert actions.open_path(archive)
    assert session.tree.names[BLACK] == "black 1" and session.shelf.title.startswith("game 1 of 2")
    actions.next_game()
    actions.next_game()
    assert session.tree.names[BLACK] == "black 3" and session.shelf.title == "game 3 of 3"
    actions.next_game()
    assert session.message.warning and session.tree.names[BLACK] == "black 3"
    actions.previous_game()
    assert session.tree.names[BLACK] == "black 2" and session.path is None


def test_next_game_of_a_single_file_is_the_next_file(actions, session, tmp_path):
    for n in (1, 2):
        (tmp_path / f"{n}.sgf").write_text(games(n))
    actions.open_path(tmp_path / "1.sgf")
    actions.next_game()
    assert session.path == tmp_path / "2.sgf"
    actions.next_game()
    assert session.message.warning and session.path == tmp_path / "2.sgf"


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"PK\x03\x04 cut", b"\x1f\x8b\x08 cut", b"(;GM[2]SZ[8])", b"(;SZ[99])"]
)
def test_what_cannot_be_read_is_one_line_and_changes_nothing(actions, session, tmp_path, data):
    session.settings.human = "both"
    session.click(point("D4"))
    path = tmp_path / "bad.sgf"
    path.write_bytes(data)
    assert not actions.open_path(path)
    assert not actions.open_path(tmp_path / "missing.sgf")
    assert session.message.warning and "\n" not in session.message.text
    assert session.walk.number == 1 and session.dirty


def test_names_in_other_encodings_are_read(actions, session, tmp_path):
    path = tmp_path / "gbk.sgf"
    path.write_bytes("(;SZ[19]PB[古力]PW[常昊九段]EV[第八届春兰杯职业围棋锦标赛];B[pd])".encode("gb18030"))
    actions.open_path(path)
    assert session.tree.names == {BLACK: "古力", WHITE: "常昊九段"}
    actions.save_to(tmp_path / "out.sgf")
    data = (tmp_path / "out.sgf").read_bytes()
    assert "古力" in data.decode("utf-8") and b"CA[UTF-8]" in data


def test_pasting_opens_a_game_or_says_why_not(actions, session):
    actions.paste_text(GAME)
    assert session.mode is Mode.REVIEW and session.tree.names[BLACK] == "Shusaku"
    actions.paste_text("http://example.com")
    assert session.message.warning and session.tree.names[BLACK] == "Shusaku"


def test_copying_wishes_for_the_text(actions, session):
    actions.copy()
    assert session.wishes[-1].kind == "copy" and session.wishes[-1].text.startswith("(;")


def test_saving_asks_for_a_name_once_and_an_unwritable_place_is_told(actions, session, tmp_path):
    session.settings.human = "both"
    session.click(point("D4"))
    actions.save()
    assert session.wishes[-1].kind == "save" and session.wishes[-1].text.endswith(".sgf")
    actions.ask_name(tmp_path, "mine")
    session.dialog.enter()
    assert session.path == tmp_path / "mine.sgf" and not session.dirty
    session.click(point("Q16"))
    actions.save()
    assert read_trees((tmp_path / "mine.sgf").read_bytes())[0].main_line()[-1].turn == (WHITE, point("Q16"))
    assert not actions.save_to(tmp_path / "nowhere" / "x.sgf")
    assert session.message.warning and session.message.text.startswith("not saved")
    assert [p.name for p in tmp_path.glob("*.part")] == []


def test_an_unsaved_game_is_offered_to_the_next_window(tmp_path):
    folder = tmp_path / "state"
    first = Session(autosave=Autosave(folder))
    first.settings.human = "both"
    first.click(point("D4"))
    first.click(point("Q16"))
    running = Actions(Session(autosave=Autosave(folder)))
    running.offer_recovery()
    assert running.session.dialog is None  # the first window still runs
    first.autosave.leave()  # as the end of its process does
    later = Actions(Session(autosave=Autosave(folder)))
    later.offer_recovery()
    assert later.session.dialog is not None
    later.choose_entry(0)
    assert later.session.game.moves == [(BLACK, point("D4")), (WHITE, point("Q16"))]
    assert later.session.dirty and later.session.path is None
    later.save_to(tmp_path / "kept.sgf")
    assert list(folder.glob("*")) == []


def test_opening_another_game_keeps_the_unsaved_one(tmp_path, record):
    session = Session(autosave=Autosave(tmp_path / "state"))
    session.settings.human = "both"
    session.click(point("D4"))
    actions = Actions(session)
    actions.open_path(record)
    left = session.autosave.left_over()
    assert left is not None and "B[dp]" in left.read_text()


def test_a_state_folder_that_cannot_be_made_does_not_stop_play(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    session = Session(autosave=Autosave(blocked))
    session.settings.human = "both"
    session.click(point("D4"))
    assert session.walk.number == 1


def test_the_file_list_opens_folders_and_records(actions, session, tmp_path, record):
    (tmp_path / "sub").mkdir()
    actions.choose_from(tmp_path)
    labels = [entry.label for entry in session.dialog.entries]
    assert labels == [".. (folder above)", "sub/", "game.sgf"]
    actions.choose_entry(1)
    assert session.dialog.note == str(tmp_path / "sub")
    actions.choose_entry(0)
    actions.choose_entry(2)
    assert session.path == record and session.dialog is None


def test_a_new_game_takes_the_settings(actions, session):
    actions.new_game()
    actions.choose_entry(2, -1)  # 13 lines
    actions.choose_entry(4)  # 2 stones
    actions.choose_entry(0)
    assert session.game.size == 13 and session.tree.handicap == 2
    assert (session.game.board.colors == BLACK).sum() == 2 and session.game.to_play == WHITE


def test_reading_starts_at_a_move_number(actions, session, record):
    assert actions.open_path(record, number=3)
    assert session.walk.number == 3 and session.walk.node.comment == "here"
    actions.go_to_move()
    session.dialog.type("5")
    session.dialog.enter()
    assert session.walk.number == 5
    actions.go_to_move()
    session.dialog.type("x")
    session.dialog.enter()
    assert session.walk.number == 5 and session.message.warning


def test_suggested_names_are_safe(session):
    session.tree.names = {BLACK: "a/b:c", WHITE: "李世石"}
    session.tree.date = "2016-03-09"
    assert session.suggested_name() == "2016-03-09-a_b_c-李世石.sgf"
    assert Path(session.suggested_name()).name == session.suggested_name()

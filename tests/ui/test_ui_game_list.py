"""Lists of games: what they say, searching, opening."""

import zipfile

import pygame
import pytest
from conftest import press, type_text

from gopolicy.go.coords import BLACK
from gopolicy.ui.drawing.picture import draw
from gopolicy.ui.model import listing
from gopolicy.ui.model.game_list import GameList, head_of
from gopolicy.ui.model.playlist import Playlist
from gopolicy.ui.panels.boxes import dialog_box
from gopolicy.ui.window.input_events import EventHandler


def test_a_head_is_read_from_the_first_node_only():
    text = (
        "(;GM[1]C[a ; b \\] PB[no]]PB [Lee \\\\ Sedol]BR[9p]PW[古力]RE[黑中盘胜]DT[2014-05-25]EV[Jubango]"
        ";B[pd]PB[later]DT[x])"
    )
    head = head_of(3, "a/one.sgf", text)
    assert (head.index, head.black, head.white, head.result) == (3, "Lee \\ Sedol 9p", "古力", "B+R")
    assert (head.date, head.event, head.source) == ("2014-05-25", "Jubango", "a/one.sgf")
    assert head_of(0, "x", "no game").black == ""


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "games.zip"
    with zipfile.ZipFile(path, "w") as out:
        for n in range(30):
            winner = "BW"[n % 2]
            out.writestr(f"{n:02}.sgf", f"(;PB[Player {n}]PW[{'Shusaku' if n % 3 else 'Gennan'}]RE[{winner}+R];B[pd])")
    return path


def test_games_are_read_a_part_at_a_time_and_found_by_words(archive):
    games = GameList(Playlist(archive))
    games.read_on(7)
    assert games.total == 7 and not games.is_complete and games.summary(7) == "7 of 7+ games"
    while not games.is_complete:
        games.read_on(7)
    found = games.matching("gennan b+r")
    assert [head.index for head in found] == [0, 6, 12, 18, 24] and games.summary(5) == "5 of 30 games"
    assert len(games.matching("  ")) == 30 and games.matching("nobody") == []
    assert [head.index for head in games.matching("PLAYER 29")] == [29]


def test_the_list_is_searched_by_typing_and_enter_opens(commands, session, archive):
    handler = EventHandler(commands, (1024, 700))
    commands.file.open_now(archive)
    commands.games.show()
    dialog = session.screen.dialog
    assert len(dialog.entries) == 30 and dialog.note.startswith("30 of 30 games")
    assert dialog.entries[3].columns == ("4", "Player 3", "Gennan", "W+R", "", "")
    box = dialog_box(session, handler.geometry).rect
    type_text(handler, "gennan b+r")
    assert dialog_box(session, handler.geometry).rect == box  # nothing jumps
    assert len(dialog.entries) == 5 and dialog.note.startswith("5 of 30 games")
    draw(pygame.Surface((1024, 700)), session)
    press(handler, "down")
    press(handler, "enter")
    assert session.tree.names[BLACK] == "Player 6" and session.screen.dialog is None
    assert session.document.playlist.title == "game 7 of 30"


def test_a_search_without_a_match_opens_nothing_and_a_click_beside_closes(commands, session, archive):
    handler = EventHandler(commands, (1024, 700))
    commands.file.open_now(archive)
    commands.games.show()
    type_text(handler, "nobody")
    press(handler, "down")
    press(handler, "enter")
    assert session.screen.dialog is not None and session.screen.dialog.entries == []
    draw(pygame.Surface((1024, 700)), session)
    handler.handle(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=(2, 2), button=1))
    assert session.screen.dialog is None and session.tree.names[BLACK] == "Player 0"


def test_a_large_archive_is_read_on_while_its_list_is_shown(commands, session, archive, monkeypatch):
    monkeypatch.setattr(listing, "READ_AT_ONCE", 4)
    commands.file.open_now(archive)
    commands.games.show()
    assert len(session.screen.dialog.entries) == 4 and commands.games.reads_on
    session.screen.dialog.type("w+r")
    while commands.games.reads_on:
        commands.games.read_on()
    assert len(session.screen.dialog.entries) == 15 and session.screen.dialog.note.startswith("15 of 30 games")
    session.screen.show(None)
    commands.games.read_on()
    assert not commands.games.reads_on


def test_a_single_game_has_no_list(commands, session, record):
    commands.file.open_now(record)
    commands.games.show_if_several()
    commands.games.show()
    assert session.screen.dialog is None


def test_a_folder_can_be_opened_as_a_whole(commands, session, tmp_path):
    for n in (1, 2):
        (tmp_path / f"{n}.sgf").write_text(f"(;PB[black {n}];B[aa])")
    commands.file.choose_from(tmp_path)
    entry = next(entry for entry in session.screen.dialog.entries if entry.label == "All games of this folder")
    entry.act()
    request = session.screen.taken_requests()[-1]
    commands.file.open_now(request.path)
    commands.games.show_if_several()
    assert [entry.columns[1] for entry in session.screen.dialog.entries] == ["black 1", "black 2"]


def test_the_file_list_is_searched_by_typing(commands, session, tmp_path):
    for name in ("Shusaku-Gennan.sgf", "lee.sgf", "gu.SGF"):
        (tmp_path / name).write_text("(;B[aa])")
    handler = EventHandler(commands, (1024, 700))
    commands.file.choose_from(tmp_path)
    type_text(handler, "shu")
    assert [entry.label for entry in session.screen.dialog.entries] == ["Shusaku-Gennan.sgf"]
    draw(pygame.Surface((1024, 700)), session)
    press(handler, "enter")
    assert session.screen.taken_requests()[-1].path == tmp_path / "Shusaku-Gennan.sgf"


def test_a_game_of_the_list_that_cannot_be_read_is_refused_and_no_other_shown(commands, session, tmp_path):
    path = tmp_path / "games.sgf"
    good = [f"(;SZ[19]PB[black {n}];B[aa])" for n in range(6)]
    path.write_text("".join([*good[:3], "(;GM[2]SZ[8]PB[chess])", *good[3:]]))
    commands.file.open_now(path)
    commands.games.show()
    entry = next(entry for entry in session.screen.dialog.entries if entry.columns[1] == "chess")
    entry.act()
    assert session.screen.message.warning and session.tree.names[BLACK] == "black 0"
    assert session.screen.dialog.note == session.screen.message.text
    commands.file.next_game()
    assert session.tree.names[BLACK] == "black 1"

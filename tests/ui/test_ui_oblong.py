"""Boards whose columns and rows differ: opened, drawn, stepped through, played on, edited, saved and restored."""

import numpy as np
import pytest
from conftest import answer, point
from sgfmill.sgf_grammar import parse_sgf_game
from test_ui_view import brightness, drawn

from gopolicy.__main__ import main
from gopolicy.go.coords import BLACK, COLORS, WHITE, point_count, size_name, to_vertex
from gopolicy.nn import NetworkConfig, PolicyNetwork, save_model
from gopolicy.records.sgf import read_trees
from gopolicy.ui.model.autosave import Autosave
from gopolicy.ui.model.command_groups import CommandGroups
from gopolicy.ui.model.markup import markup_of
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode, Tool
from gopolicy.ui.panels.buttons import buttons
from gopolicy.ui.panels.placing import geometry_of

WIDE = (
    "(;GM[1]FF[4]SZ[19:13]KM[6.5]AB[pd][dj]AW[sa]ZZ[kept];B[sb]LB[qd:A][am:x]TR[dj]SQ[sm];W[am]"
    "(;B[ra]C[takes];W[jj])(;B[al]N[other];W[dd]SL[rl:sm]))"
)
SIZES = [(19, 13), (13, 19), (9, 7), (2, 25), (25, 2)]


@pytest.fixture
def wide(commands, tmp_path):
    path = tmp_path / "wide.sgf"
    path.write_text(WIDE)
    commands.file.open_now(path)
    return commands


def at(vertex):
    return point(vertex, (19, 13))


def vertices(session, color):
    stones = np.flatnonzero(session.game.board.colors == color)
    return {to_vertex(int(stone), session.game.size) for stone in stones}


def test_a_record_is_stepped_through_with_its_captures_and_variations(wide):
    session = wide.session
    assert session.game.size == (19, 13) and session.mode is Mode.REVIEW
    assert vertices(session, BLACK) == {"Q10", "D4"} and vertices(session, WHITE) == {"T13"}
    for _ in range(3):
        wide.step.forward()
    assert vertices(session, BLACK) == {"Q10", "D4", "T12", "S13"} and vertices(session, WHITE) == {"A1"}
    assert session.game.board.captured(WHITE) == 1 and session.cursor.node.comment == "takes"
    wide.step.next_variation()
    assert vertices(session, BLACK) == {"Q10", "D4", "T12", "A2"} and vertices(session, WHITE) == {"T13", "A1"}
    wide.step.to_end()
    markup = markup_of(session.cursor.node, session.game.size)
    assert {to_vertex(marked, (19, 13)) for marked in markup.shapes} == {"S2", "T2", "S1", "T1"}
    wide.step.to_start()
    assert session.cursor.number == 0


@pytest.mark.parametrize("size", SIZES)
def test_a_game_is_played_by_hand_and_the_network_is_not_asked(commands, session, network, size):
    session.settings.size = size
    commands.start.begin()
    answer(commands, network)
    last = point_count(size) - 1
    for played in (0, last, size[0] - 1):
        commands.click(played)
    assert [move for _, move in session.game.moves] == [0, last, size[0] - 1]
    assert session.humans == set(COLORS) and not session.has_network
    commands.see.toggle_hints()
    answer(commands, network)
    assert network.policy.calls == 0 and not session.network_to_play
    assert session.why_no_hints() == f"the network knows 19x19 only, this board is {size_name(size)}"
    disabled = {button.call.name for button in buttons(session, geometry_of(session, 1280, 860)) if button.reason}
    assert {"explore.toggle_both", "explore.toggle_planes", "archive.toggle"} <= disabled
    commands.play.take_back()
    assert len(session.game.moves) == 2


def test_a_ko_is_refused_and_counting_ends_a_game(commands, session, network):
    session.settings.size = (9, 7)
    commands.start.begin()
    for vertex in "D7 E7 E6 G7 A1 F6 F7".split():
        commands.click(point(vertex, (9, 7)))
    session.screen.hover = point("E7", (9, 7))
    assert session.game.board.captured(WHITE) == 1 and session.why_not == "ko: play elsewhere first"
    commands.count.toggle()
    answer(commands, network)
    assert session.mode is Mode.COUNT and session.count.owner.shape == (7, 9)


def test_a_record_is_edited_saved_and_restored(wide, tmp_path):
    session = wide.session
    wide.step.forward()
    wide.edit.toggle()
    for tool, vertex in ((Tool.TRIANGLE, "T1"), (Tool.LETTER, "A13"), (Tool.WHITE, "A2")):
        session.tool = tool
        wide.click(at(vertex))
    wide.edit.toggle()
    wide.click(at("C3"))
    session.autosave.leave()  # as a window does that is not closed in peace
    restored = CommandGroups(Session(autosave=Autosave(tmp_path / "state")))
    restored.file.offer_recovery()
    restored.choose_entry(0)
    assert restored.session.tree.size == (19, 13) and restored.session.tree.to_sgf() == session.tree.to_sgf()
    assert wide.file.save_to(tmp_path / "saved.sgf")
    data = (tmp_path / "saved.sgf").read_bytes()
    root, first = parse_sgf_game(data).sequence[:2]
    assert root["SZ"] == [b"19:13"] and root["ZZ"] == [b"kept"] and root["AB"] == [b"pd", b"dj"]
    assert set(first["TR"]) == {b"dj", b"sm"} and set(first["LB"]) == {b"qd:A", b"am:x", b"aa:B"}
    tree = read_trees(data)[0]
    assert tree.game_at(tree.main_line()[-1]).board.captured(WHITE) == 1
    wide.file.open_now(tmp_path / "saved.sgf")
    assert session.game.size == (19, 13)


def test_the_size_of_a_new_game_can_be_typed(commands, session):
    commands.start.ask()
    dialog = session.screen.dialog
    dialog.chosen = next(i for i, entry in enumerate(dialog.entries) if entry.label == "Board")
    for _ in range(5):
        dialog.press("backspace")
    dialog.type("13x")
    dialog.enter()
    assert session.screen.dialog is dialog and session.screen.message.warning
    dialog.type("9")
    assert dialog.entries[dialog.chosen].value() == "13x9"
    dialog.enter()
    assert session.game.size == (13, 9) and session.screen.dialog is None
    commands.start.ask()
    session.screen.dialog.entries[1].adjust(1)
    assert session.screen.dialog.entries[1].value() == "9x9"


@pytest.mark.parametrize(("typed", "komi"), [("999", None), ("6.3", None), ("", None), ("6.50", 6.5), ("-7", -7)])
def test_a_typed_komi_is_the_one_that_is_played_or_refused(commands, session, typed, komi):
    commands.start.ask()
    dialog = session.screen.dialog
    dialog.chosen = next(i for i, entry in enumerate(dialog.entries) if entry.label == "Komi")
    for _ in range(5):
        dialog.press("backspace")
    dialog.type(typed)
    dialog.enter()
    assert (session.screen.dialog is None) == (komi is not None)
    assert "no komi" in session.screen.message.text if komi is None else session.game.komi == komi


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("mirrored", [False, True])
def test_stones_are_drawn_where_a_click_puts_them(commands, session, size, turns, mirrored):
    session.settings.size, session.settings.turns, session.settings.mirrored = size, turns, mirrored
    commands.start.begin()
    columns, rows = size
    played = {0: BLACK, columns * rows - 1: WHITE, columns - 1: BLACK, (rows - 1) * columns: WHITE}
    for place in played:
        commands.click(place)
    surface, geometry = drawn(session)
    for place, color in played.items():
        x, y = geometry.pixel(place)
        light = brightness(surface, (x + geometry.cell // 3, y))
        assert light < 70 if color == BLACK else light > 180
        assert geometry.point(x, y) == place
    shown = (columns, rows) if turns % 2 == 0 else (rows, columns)
    assert (geometry.board.w > geometry.board.h) == (shown[0] > shown[1])


def test_a_picture_is_drawn_without_a_display(tmp_path, capsys):
    (tmp_path / "wide.sgf").write_text(WIDE)
    model = tmp_path / "small.safetensors"
    save_model(model, PolicyNetwork(NetworkConfig(4, 2)))
    for arguments in ([str(tmp_path / "wide.sgf")], ["--size", "9x7"]):
        out = tmp_path / "picture.png"
        assert main(["board", *arguments, "--snapshot", str(out), "--model", str(model)]) == 0
        assert out.read_bytes().startswith(b"\x89PNG")
    assert main(["board", "--size", "9x26", "--snapshot", str(out)]) == 1
    assert capsys.readouterr().err.strip().endswith("board size 26 is not from 2 to 25")

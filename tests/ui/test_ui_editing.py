"""Editing a record: stones, markup, comments, what it says of the game, the review written into it."""

import pygame
import pytest
from conftest import answer, open_text, point, press
from fake_network import FakeNetwork
from test_ui_saving import FULL, node_list, saved, unchanged

from gopolicy.go.coords import BLACK, EMPTY, WHITE
from gopolicy.ui.drawing.picture import draw
from gopolicy.ui.model.settings import TOOLS, Mode, Tool
from gopolicy.ui.window.input_events import EventHandler


@pytest.fixture
def full(commands, tmp_path):
    path = tmp_path / "full.sgf"
    path.write_text(FULL, encoding="utf-8")
    commands.file.open_now(path)
    return path


def use(commands, tool, *vertices):
    """Click on points with a tool, in edit mode."""
    if commands.session.mode is not Mode.EDIT:
        commands.edit.toggle()
    commands.edit.choose_tool(TOOLS.index(tool))
    for vertex in vertices:
        commands.click(point(vertex))


@pytest.mark.parametrize("leave", ["f4", "escape", "enter"])
def test_a_game_goes_on_after_it_was_edited(commands, session, network, leave):
    handler = EventHandler(commands, (1024, 700))
    answer(commands, network)
    commands.click(point("K10"))
    answer(commands, network)
    use(commands, Tool.TRIANGLE, "K10")
    press(handler, "c")
    press(handler, "f4")  # counting, and back to editing
    press(handler, leave)
    assert session.mode is Mode.PLAY and not session.hints_visible
    answer(commands, network)
    assert session.cursor.number == 2
    commands.click(point("C3"))
    answer(commands, network)
    assert session.cursor.number == 4


def test_the_network_waits_where_editing_has_made_it_its_turn(commands, session, network):
    answer(commands, network)
    use(commands, Tool.BLACK, "D4")  # now White is to play
    commands.look.escape()
    assert session.mode is Mode.PLAY and session.game.to_play not in session.humans
    answer(commands, network)
    assert session.cursor.number == 0 and "Enter lets it play" in session.screen.message.text
    commands.enter()
    answer(commands, network)
    assert session.cursor.number == 1


def test_editing_from_guessing_ends_in_review(commands, session, record):
    commands.file.open_now(record)
    commands.guess.toggle()
    commands.edit.toggle()
    commands.look.escape()
    assert session.mode is Mode.REVIEW


def test_stones_are_set_up_on_an_empty_board_and_taken_off_again(commands, session):
    use(commands, Tool.BLACK, "D4", "Q16")
    use(commands, Tool.WHITE, "D16")
    assert [session.game.board.color_at(point(v)) for v in ("D4", "Q16", "D16")] == [BLACK, BLACK, WHITE]
    assert session.tree.root.properties["AB"] == ["dp", "pd"] and session.cursor.number == 0
    use(commands, Tool.ERASE, "Q16")
    use(commands, Tool.WHITE, "D16")  # the same again takes it off
    assert session.tree.root.properties["AB"] == ["dp"]
    assert "AW" not in session.tree.root.properties and "AE" not in session.tree.root.properties


def test_setup_behind_a_move_gets_a_node_of_its_own_that_goes_with_its_last_stone(commands, session, record):
    commands.file.open_now(record)
    commands.step.forward()
    move = session.cursor.node
    use(commands, Tool.ERASE, "Q16")
    assert session.cursor.node.parent is move and session.cursor.node.properties == {"AE": ["pd"]}
    assert session.game.board.color_at(point("Q16")) == EMPTY
    use(commands, Tool.BLACK, "Q16")
    assert session.cursor.node is move and len(move.children) == 1


def test_nothing_is_set_up_behind_an_illegal_move(commands, session, tmp_path):
    open_text(commands, tmp_path, "(;SZ[19];B[dd];W[pp];B[dd];W[dp])")
    commands.step.to_end()
    use(commands, Tool.BLACK, "K10")
    commands.edit.change_player()
    assert "AB" not in session.tree.to_sgf() and "PL" not in session.tree.to_sgf() and not session.document.dirty
    assert session.screen.message.text == "illegal record"


def test_a_stone_without_liberties_is_refused(commands, session):
    use(commands, Tool.WHITE, "A2", "B1")
    use(commands, Tool.BLACK, "A1")
    assert session.screen.message.warning and session.game.board.color_at(point("A1")) == EMPTY


def test_the_other_color_plays_next_and_the_record_says_so(commands, session, tmp_path):
    use(commands, Tool.BLACK, "D4", "Q16")
    first = session.game.to_play
    commands.edit.change_player()
    assert session.game.to_play != first
    commands.file.save_to(tmp_path / "out.sgf")
    commands.file.open_now(tmp_path / "out.sgf")
    assert session.game.to_play != first
    commands.play.toggle_mode()
    before = session.tree.to_sgf()
    commands.edit.change_player()  # only while editing
    assert session.tree.to_sgf() == before


@pytest.mark.parametrize(
    ("tool", "identifier"),
    [(Tool.TRIANGLE, "TR"), (Tool.SQUARE, "SQ"), (Tool.CIRCLE, "CR"), (Tool.CROSS, "MA")],
)
def test_shapes_are_put_on_and_taken_off(commands, session, tool, identifier):
    use(commands, tool, "D4", "Q16", "D4")
    assert session.tree.root.properties[identifier] == ["pd"] and session.document.dirty
    draw(pygame.Surface((700, 560)), session)
    use(commands, tool, "Q16")
    assert identifier not in session.tree.root.properties


def test_letters_and_numbers_go_on_and_fill_gaps(commands, session):
    use(commands, Tool.LETTER, "D4", "Q16")
    use(commands, Tool.NUMBER, "K10", "C3")
    assert session.tree.root.properties["LB"] == ["dp:A", "pd:B", "jj:1", "cq:2"]
    use(commands, Tool.LETTER, "D4", "R3")
    assert session.tree.root.properties["LB"] == ["pd:B", "jj:1", "cq:2", "qq:A"]


def test_digits_choose_the_tool(commands, session):
    handler = EventHandler(commands, (1024, 700))
    commands.edit.toggle()
    press(handler, "4")
    assert session.tool is Tool.TRIANGLE


def test_a_comment_is_typed_with_its_lines(commands, session, record, tmp_path):
    handler = EventHandler(commands, (1024, 700))
    commands.file.open_now(record)
    commands.step.to_number(3)
    commands.edit.comment()
    for key in ("enter", "x", "ctrl+enter"):
        press(handler, key)
    assert session.cursor.node.comment == "here\nx" and session.document.dirty
    commands.file.save_to(tmp_path / "out.sgf")
    assert "C[here\nx]" in (tmp_path / "out.sgf").read_text(encoding="utf-8")


def test_a_comment_that_is_closed_unchanged_or_cancelled_changes_nothing(commands, session, record):
    commands.file.open_now(record)
    commands.edit.comment()
    session.screen.dialog.type("more")
    commands.look.escape()
    commands.edit.comment()
    session.screen.dialog.enter()
    assert session.cursor.node.comment == "ear" and not session.document.dirty


def test_names_ranks_komi_and_result_are_changed(commands, session, record, tmp_path):
    commands.file.open_now(record)
    for label, text in (("Black", "A]b\\c"), ("White's rank", "3d"), ("Komi", "0,5"), ("Result", "W+T")):
        commands.edit.information()
        entry = next(entry for entry in session.screen.dialog.entries if entry.label == label)
        entry.act()
        session.screen.dialog.accept(text)
    commands.file.save_to(tmp_path / "out.sgf")
    commands.file.open_now(tmp_path / "out.sgf")
    tree = session.tree
    assert (tree.names[BLACK], tree.ranks[WHITE], tree.komi, tree.result) == ("A]b\\c", "3d", 0.5, "W+T")
    assert tree.names[WHITE] == "Gennan" and tree.root.comment == "ear"


def test_a_komi_that_is_none_is_refused(commands, session, record):
    commands.file.open_now(record)
    commands.edit.information()
    next(entry for entry in session.screen.dialog.entries if entry.label == "Komi").act()
    session.screen.dialog.accept("many")
    assert session.screen.message.warning and session.tree.komi == 6.5


def test_edits_change_only_what_was_edited(commands, session, full, tmp_path):
    before = node_list(full.read_bytes())
    session.mode = Mode.REVIEW
    commands.step.to_number(1)
    commands.edit.comment()
    session.screen.dialog.accept("new")
    use(commands, Tool.TRIANGLE, "K10")
    use(commands, Tool.BLACK, "T1")  # a node of its own, the last variation
    commands.edit.information()
    next(entry for entry in session.screen.dialog.entries if entry.label == "Event").act()
    session.screen.dialog.accept("Final")
    after = saved(commands, tmp_path)
    added = next(i for i, node in enumerate(after) if node == {"AB": [b"ss"]})
    assert unchanged(before, after[:added] + after[added + 1 :]) == [(0, "EV"), (1, "C"), (1, "TR")]
    assert after[1]["TR"] == [b"dd", b"jj"] and after[0]["EV"] == [b"Final"]


def test_editing_and_taking_back_the_edit_leaves_the_record_as_it_was(commands, session, full, tmp_path):
    before = node_list(full.read_bytes())
    commands.step.to_end()
    use(commands, Tool.CROSS, "K10", "K10")
    use(commands, Tool.LETTER, "K10", "K10")
    use(commands, Tool.WHITE, "K9", "K9")
    assert unchanged(before, saved(commands, tmp_path)) == []


def test_the_review_is_written_once_however_often_it_is_asked_for(commands, session, record, network, tmp_path):
    commands.file.open_now(record)
    answer(commands, network)
    commands.step.to_end()
    commands.step.next_variation()  # away from the main line, which is reviewed all the same
    commands.file.write_review()
    assert "all 6 moves" in session.screen.message.text and session.document.dirty
    text = session.tree.to_sgf()
    main = session.tree.main_line()
    assert "number 2" in main[1].comment and "LB" in main[0].properties and main[0].comment.startswith("ear")
    commands.file.write_review()
    assert session.tree.to_sgf() == text
    draw(pygame.Surface((700, 560)), session)


def test_moves_are_judged_anew_where_the_position_before_them_is_edited(commands, session, tmp_path, network):
    open_text(commands, tmp_path, "(;SZ[19];B[pd];W[dd];B[pp];W[dp])")
    answer(commands, network)
    before = [move.probability for move in session.review.judged()]
    commands.step.to_start()
    use(commands, Tool.WHITE, "Q3")
    assert session.review.judged() == [] and session.review.judged_at(session.cursor.line[1]) is None
    commands.edit.toggle()
    answer(commands, FakeNetwork({"R16": 300}))
    after = [move.probability for move in session.review.judged()]
    assert len(after) == len(before) and after != before


def test_a_review_that_is_not_there_is_not_written(commands, session, record):
    commands.file.open_now(record)
    before = session.tree.to_sgf()
    commands.file.write_review()
    assert session.screen.message.warning and session.tree.to_sgf() == before


def test_a_review_of_a_large_board_is_not_written_into_a_small_one(commands, session, record, network, tmp_path):
    commands.file.open_now(record)
    answer(commands, network)
    open_text(commands, tmp_path, "(;SZ[5];B[aa];W[ab])")
    commands.file.write_review()
    assert session.review.judged() == [] and not session.document.dirty


def test_the_view_is_turned_and_mirrored_and_the_record_is_not(commands, session, record):
    commands.file.open_now(record)
    before = session.tree.to_sgf()
    handler = EventHandler(commands, (1024, 700))
    for turn in (commands.look.turn, commands.look.mirror, commands.look.turn):
        turn()
        center = handler.geometry.pixel(point("C3"))
        assert handler.geometry.point(*center) == point("C3")
        draw(pygame.Surface((1024, 700)), session)
    assert session.tree.to_sgf() == before
    session.mode, session.settings.human = Mode.PLAY, "both"
    handler.handle(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=handler.geometry.pixel(point("C3")), button=1))
    assert session.game.moves == [(BLACK, point("C3"))]

"""Playing, reviewing, guessing and counting, without a window."""

import numpy as np
import pytest
from conftest import answer, open_text, point
from fake_network import FakeNetwork

from gopolicy.go.coords import BLACK, WHITE, to_sgf
from gopolicy.records.sgf import read_trees
from gopolicy.ui.model.availability import why_not
from gopolicy.ui.model.command_groups import CommandGroups
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode, Overlay, Settings
from gopolicy.ui.model.tasks import ChooseMove, Predict
from gopolicy.ui.panels.geometry import layout
from gopolicy.ui.panels.side_panel import panel_rows, status


def test_the_network_answers_a_stone_after_a_pause(session, network, clock, commands):
    session.network_ready("fake")
    commands.click(point("K10"))
    task = commands.queue.next_task()
    assert isinstance(task, ChooseMove) and session.network_to_play
    commands.queue.take_answer(task, task.run(network, lambda share: None))
    commands.queue.play_if_due()
    assert session.opponent.seconds_until_due() == pytest.approx(0.4)
    assert session.cursor.number == 1
    clock.now += 0.5
    commands.queue.play_if_due()
    assert session.game.moves == [(BLACK, point("K10")), (WHITE, point("D4"))]


def test_clicks_while_the_network_thinks_change_nothing(session, commands):
    session.network_ready("fake")
    commands.click(point("K10"))
    commands.click(point("C3"))
    assert session.cursor.number == 1 and "thinking" in session.screen.message.text


def test_an_answer_to_a_position_that_left_the_board_is_dropped(session, network, commands):
    session.network_ready("fake")
    commands.click(point("K10"))
    task = commands.queue.next_task()
    commands.play.take_back()
    assert not commands.queue.is_wanted(task)
    commands.queue.take_answer(task, point("D4"))
    assert session.opponent.due is None and session.cursor.number == 0


def test_stale_probabilities_are_kept_for_their_own_position(session, network, commands):
    session.settings.human = "both"
    session.settings.hints[Mode.PLAY].shown = True
    session.network_ready("fake")
    task = commands.queue.next_task()
    assert isinstance(task, Predict)
    commands.click(point("D4"))
    commands.queue.take_answer(task, task.run(network, lambda share: None))
    assert session.prediction is None
    commands.step.back()
    assert session.prediction is not None


def test_take_back_returns_to_the_persons_turn(session, network, commands):
    answer(commands, network)
    commands.click(point("K10"))
    answer(commands, network)
    assert session.cursor.number == 2
    commands.play.take_back()
    assert session.cursor.number == 0 and not session.tree.root.children


def test_forward_plays_again_what_was_taken_back(session, network, commands):
    answer(commands, network)
    commands.click(point("K10"))
    answer(commands, network)
    session.settings.human = "both"
    commands.play.take_back()
    commands.play.take_back()
    commands.step.forward()
    commands.step.forward()
    assert session.game.moves == [(BLACK, point("K10")), (WHITE, point("D4"))]


def test_taking_back_in_a_record_removes_nothing(session, commands, record):
    commands.file.open_now(record)
    commands.step.to_end()
    commands.play.take_back()
    assert session.cursor.number == 5 and session.cursor.total == 6 and not session.document.dirty


def test_a_result_that_is_taken_back_gives_way_to_the_one_of_the_record(session, commands, record):
    commands.file.open_now(record)
    commands.step.to_end()
    commands.count.toggle()
    commands.count.accept()
    assert session.tree.result == "B+2" and "B+2" in session.screen.dialog.title
    commands.choose_entry(0)  # keep it
    assert session.screen.dialog is None and session.tree.result == "B+2" and not session.document.dirty
    commands.count.toggle()
    commands.count.accept()
    commands.choose_entry(1)
    assert session.document.decided and session.tree.result != "B+2"
    commands.play.take_back()
    assert session.tree.result == "B+2" and session.document.dirty and session.cursor.total == 6


def test_two_passes_lead_to_counting_and_a_result(session, network, commands):
    answer(commands, network)
    commands.click(point("K10"))
    answer(commands, network)
    commands.play.pass_turn()
    answer(commands, network)
    assert session.mode is Mode.COUNT and session.count.dead == {point("D4")} and session.count.estimated
    commands.click(point("D4"))  # alive after all
    assert session.count.corrected and not session.count.dead
    commands.click(point("D4"))
    assert session.count.result == "B+353.5"
    commands.enter()
    assert session.tree.result == "B+353.5" and session.mode is Mode.PLAY
    assert "RE[B+353.5]" in session.tree.to_sgf()
    assert commands.queue.next_task() is not None  # the review of the finished game
    answer(commands, network)
    assert len(session.review.judged()) == 2


def test_resigning_writes_the_result(session, commands):
    session.settings.human = "both"
    commands.click(point("Q16"))
    commands.play.ask_to_resign()
    assert session.screen.dialog is not None
    commands.choose_entry(1)
    assert session.tree.result == "B+R"
    commands.play.take_back()
    assert session.tree.result == "" and session.cursor.number == 0


@pytest.fixture
def finished(session, commands):
    """A game of two moves and two passes, counted."""
    session.settings.human = "both"
    for vertex in ("Q16", "D4"):
        commands.click(point(vertex))
    commands.play.pass_turn()
    commands.play.pass_turn()
    commands.enter()
    assert session.tree.result == "W+7.5"
    return commands


@pytest.mark.parametrize("saves", [True, False])
def test_stepping_back_in_a_finished_game_leaves_its_result(finished, session, tmp_path, saves):
    if saves:
        finished.file.save_to(tmp_path / "game.sgf")
    finished.play.toggle_mode()
    finished.step.back()
    finished.step.back()
    finished.play.take_back()
    assert session.cursor.number == 1 and session.cursor.total == 4 and session.tree.result == "W+7.5"


def test_a_saved_result_outlives_taking_back_the_last_move(finished, session, tmp_path):
    path = tmp_path / "game.sgf"
    finished.file.save_to(path)
    finished.play.take_back()
    finished.file.save()
    assert session.cursor.number == 3 and "RE[W+7.5]" in path.read_text()
    finished.step.forward()
    assert session.is_over and session.document.decided


def test_a_result_comes_back_with_the_move_it_was_reached_at(finished, session):
    finished.play.take_back()
    assert session.tree.result == "" and session.cursor.total == 3
    finished.step.forward()
    assert session.tree.result == "W+7.5" and session.document.decided


def test_a_stone_after_the_end_sets_the_result_aside_until_it_is_taken_off(finished, session):
    finished.play.toggle_mode()
    finished.click(point("K10"))
    assert session.tree.result == "" and not session.is_over and "RE[" not in session.document.text.whole()
    finished.play.take_back()
    assert session.tree.result == "W+7.5" and session.is_over and "RE[W+7.5]" in session.document.text.whole()
    session.tree.result = "Void"  # as the person has written it
    session.changed(session.tree.root)
    finished.click(point("K10"))
    finished.play.take_back()
    assert session.tree.result == "Void"


def test_a_move_tried_behind_a_saved_result_leaves_it(finished, session, tmp_path):
    path = tmp_path / "game.sgf"
    finished.file.save_to(path)
    finished.play.toggle_mode()
    finished.click(point("K10"))
    finished.step.back()
    finished.file.save()
    assert "RE[W+7.5]" in path.read_text() and session.tree.result == "W+7.5"


def test_a_result_goes_with_an_earlier_move_that_is_deleted(finished, session):
    for _ in range(3):
        finished.step.back()
    finished.tree.delete()
    assert session.tree.result == "" and session.cursor.total == 0
    finished.tree.restore()
    assert session.tree.result == "W+7.5"


def test_a_result_that_is_cleared_by_hand_opens_the_game_again(finished, session):
    session.tree.result = ""
    session.changed(session.tree.root)
    assert not session.document.decided


def test_a_count_does_not_replace_a_resignation_unasked(session, commands):
    commands.play.resign()
    commands.count.toggle()
    commands.enter()
    assert session.tree.result == "W+R" and "W+R" in session.screen.dialog.title
    commands.choose_entry(1)
    assert session.tree.result == "W+7.5"


@pytest.mark.parametrize("counts", [True, False])
def test_the_line_that_is_played_to_its_end_is_the_game(session, network, commands, counts):
    session.settings.human = "both"
    for vertex in ("K10", "C3"):
        commands.click(point(vertex))
    session.cursor.node.comment = "not this"  # so that it stays when it is taken back
    commands.play.take_back()
    commands.click(point("R3"))
    if counts:
        commands.play.pass_turn()
        commands.play.pass_turn()
        commands.enter()
    else:
        commands.play.resign()
    assert session.tree.result and session.document.at_end and session.document.decided
    assert [move for _, move in session.game.moves[:2]] == [point("K10"), point("R3")]
    again = read_trees(session.tree.to_sgf().encode())[0]
    assert len(again.root.children[0].children) == 2 and again.main_line()[2].turn[1] == point("R3")


def test_a_game_is_decided_where_no_move_was_played(session, commands):
    commands.play.resign()
    assert session.tree.result == "W+R" and session.is_over
    session.settings.human = "both"
    commands.click(point("K10"))
    assert session.tree.result == "" and not session.is_over


def test_the_network_answers_in_a_variation_of_a_finished_game(session, network, commands):
    answer(commands, network)
    for vertex in ("K10", "C3"):
        commands.click(point(vertex))
        answer(commands, network)
    commands.play.resign()
    commands.step.back()
    commands.step.back()
    commands.click(point("R3"))
    assert session.network_to_play and not session.document.decided
    assert not any("Tab reviews" in text for text in status(session))
    answer(commands, network)
    assert session.cursor.number == 4 and session.tree.result == "W+R"
    assert session.game.moves[2:] == [(BLACK, point("R3")), (WHITE, point("Q16"))]
    assert not why_not(session, "window.enter")


def test_resigning_in_a_variation_leaves_the_result_of_the_record(session, network, commands, record):
    commands.file.open_now(record, 2)
    commands.play.toggle_mode()
    commands.click(point("C10"))
    answer(commands, network)
    commands.play.ask_to_resign()
    commands.choose_entry(1)
    assert session.tree.result == "B+2" and "W+R" in session.screen.message.text and not session.network_to_play
    commands.step.to_start()
    commands.tree.go_to(6, 0)  # the end of the main line
    commands.play.ask_to_resign()
    assert "B+2" in session.screen.dialog.note
    commands.choose_entry(1)
    assert session.tree.result == "W+R"


def test_an_illegal_point_is_refused_with_its_reason(session, commands):
    session.settings.human = "both"
    commands.click(point("Q16"))
    commands.click(point("Q16"))
    assert session.screen.message.warning and "occupied" in session.screen.message.text
    assert session.cursor.number == 1


def test_a_ko_is_explained_under_the_mouse(session, commands):
    session.settings.human = "both"
    for vertex in "D5 E5 D3 E3 C4 F4 E4 D4".split():
        commands.click(point(vertex))
    session.screen.hover = point("E4")
    assert session.why_not.startswith("ko")


def test_review_judges_every_move_and_finds_the_surprises(session, commands, network, record):
    commands.file.open_now(record)
    assert session.mode is Mode.REVIEW and session.hints_visible
    answer(commands, network)
    judged = session.review.judged()
    assert [move.number for move in judged] == [1, 2, 3, 4, 5, 6]
    assert judged[0].rank == 2  # D4 is more probable than Q16
    assert len(session.review.surprises()) == 5
    commands.step.next_surprise()
    assert session.cursor.number == session.review.surprises()[0].number
    commands.step.previous_surprise()


def test_play_and_review_keep_their_own_hints(session, commands, network):
    answer(commands, network)
    assert not session.hints_visible
    commands.see.toggle_hints()
    assert session.hints_visible
    commands.see.toggle_hints()
    commands.play.toggle_mode()
    assert session.hints_visible
    commands.see.peek(True)
    assert not session.hints_visible
    commands.see.peek(False)
    commands.play.toggle_mode()
    assert not session.hints_visible


def test_candidates_obey_number_and_threshold(session, commands, network):
    commands.see.toggle_hints()
    answer(commands, network)
    assert [c.move for c in session.candidates][:2] == [point("D4"), point("Q16")]
    assert len(session.candidates) == 5
    commands.see.fewer()
    assert len(session.candidates) == 4
    for _ in range(3):
        commands.see.raise_threshold()
    assert len(session.candidates) == 3  # those over 2 %: 30, 20 and 10 of 425
    commands.see.play_candidate(1)
    assert session.game.moves[0] == (BLACK, point("D4"))


def test_guessing_scores_three_ways(session, commands, network, record):
    commands.file.open_now(record)
    commands.guess.toggle()
    answer(commands, network)
    assert session.mode is Mode.GUESS and not session.hints_visible
    commands.click(point("Q16"))  # the game's move
    assert session.guessing.revealed.hit and session.hints_visible
    commands.click(point("A1"))  # goes on
    assert session.cursor.number == 1 and session.guessing.revealed is None
    commands.click(point("C3"))
    answers = session.guessing.guesses
    assert [g.hit for g in answers] == [True, False] and [g.network_hit for g in answers] == [False, False]
    table = session.guessing.table
    assert table[0][:2] == ("you", "1/2  50 %") and table[1][:2] == ("network", "0/2  0 %")
    commands.guess.toggle()
    assert session.mode is Mode.REVIEW


def test_an_answer_is_neither_shown_before_its_guess_nor_scored_twice(session, commands, network, record):
    commands.file.open_now(record)
    commands.guess.toggle()
    answer(commands, network)
    for show in (commands.explore.toggle_both, commands.explore.toggle_continuations):
        show()
        assert session.view.overlay is Overlay.NONE and "guessing" in session.screen.message.text
    commands.click(point("A1"))
    commands.explore.toggle_continuations()
    assert session.view.overlay is Overlay.CONTINUATIONS
    commands.step.forward()
    commands.step.back()
    assert session.view.overlay is Overlay.NONE
    commands.click(point("Q16"))
    assert session.guessing.revealed.hit and [guess.hit for guess in session.guessing.guesses] == [False]


def test_hard_guessing_skips_what_the_network_knows(session, commands, record):
    sure = FakeNetwork({"Q16": 1e9})
    commands.file.open_now(record)
    session.network_ready("fake")
    answer(commands, sure)
    commands.guess.toggle_hard()
    assert session.cursor.number == 1  # the first move, Q16, was certain


def test_hard_guessing_skips_what_turns_out_to_be_easy_once_the_network_answers(session, commands, record):
    commands.file.open_now(record)
    session.network_ready("fake")
    commands.guess.toggle_hard()
    assert session.cursor.number == 0  # nothing is known yet
    answer(commands, FakeNetwork({"Q16": 1e9}))
    assert session.cursor.number == 1


def test_a_guess_counts_where_the_network_expects_nothing_but_a_pass(session, commands, network, record):
    commands.file.open_now(record)
    network.passing = 1.0
    answer(commands, network)
    commands.guess.toggle()
    commands.click(point("Q16"))
    assert session.guessing.revealed.hit and session.guessing.revealed.expected is None


def test_continuations_of_a_position_without_a_legal_move_are_none(session, commands, tmp_path):
    class Strict(FakeNetwork):
        def probabilities_batch(self, games):
            assert all(game.legal_mask().any() for game in games)
            return super().probabilities_batch(games)

    eyes = {point("A19"), point("C17")}
    stones = "".join(f"[{to_sgf(stone, 19)}]" for stone in range(361) if stone not in eyes)
    open_text(commands, tmp_path, f"(;SZ[19]AB{stones}PL[W])")
    network = Strict({"D4": 30})
    answer(commands, network)
    commands.explore.toggle_continuations()
    answer(commands, network)
    assert session.view.continuations.first == [] and session.network_name == "fake"


def test_continuations_have_odds_and_can_be_played(session, commands):
    network = FakeNetwork({"D4": 1e6, "Q16": 3e5})
    session.settings.human = "both"
    answer(commands, network)
    commands.explore.toggle_continuations()
    answer(commands, network)
    ends = session.view.continuations.ends
    assert [f.point for f in session.view.continuations.first] == [point("D4"), point("Q16")]
    assert sum(end.joint for end in ends) <= 1.001
    assert ends[0].line[0].probability == pytest.approx(1e6 / 1.3e6, rel=0.01)
    shown = [future.point for future in session.view.continuations.shown]
    commands.enter()
    assert [move for _, move in session.game.moves] == shown


def test_big_for_both_asks_for_the_other_color_too(session, commands, network):
    answer(commands, network)
    commands.explore.hold_both(True)
    answer(commands, network)
    assert session.other_prediction() is not None
    commands.explore.hold_both(False)
    assert session.view.overlay is Overlay.NONE


def test_territory_is_estimated_and_forgotten_with_the_position(session, commands, network):
    session.settings.human = "both"
    answer(commands, network)
    commands.explore.toggle_territory()
    answer(commands, network)
    assert session.view.territory.key == session.key and session.view.territory.is_final
    commands.click(point("K10"))
    assert session.view.territory.key != session.key


def test_the_expected_lead_counts_komi_and_what_white_gets_for_handicap_stones(session, commands, network, tmp_path):
    open_text(commands, tmp_path, "(;SZ[19]KM[0.5]RU[Chinese]HA[2]AB[pd][dp];W[dd])")
    answer(commands, network)
    commands.explore.toggle_territory()
    answer(commands, network)
    cells = [cell.text for row in panel_rows(session, layout(1280, 860, 19)) for cell in row.cells]
    assert "Black 358.5" in cells  # all 361 points are Black's


def test_planes_show_liberties(session, commands):
    session.settings.human = "both"
    for vertex in ("A1", "Q16", "B1"):
        commands.click(point(vertex))
    commands.explore.toggle_planes()
    commands.see.select(4)
    values = session.view.planes.values(session.game)
    assert values == {point("A1"): "3", point("B1"): "3", point("Q16"): "4"}
    seen = set()
    for _ in range(60):
        seen.add((session.view.planes.feature, session.view.planes.plane))
        commands.step.next_variation()
        session.view.planes.values(session.game)
    assert len(seen) == 54  # every plane, and each wide feature as a whole


def test_a_small_board_plays_without_hints(network):
    session = Session(Settings(size=9, human="b"))
    commands = CommandGroups(session)
    session.network_ready("fake")
    commands.click(40)
    commands.click(41)
    assert session.cursor.number == 2 and "19x19 only" in session.why_no_hints()
    assert commands.queue.next_task() is None


def test_without_a_network_the_board_still_works(session, commands):
    commands.queue.take_failure(None, "no network found")
    commands.click(point("D4"))
    commands.click(point("Q16"))
    assert session.cursor.number == 2 and session.why_no_hints() == "no network found"


def test_a_failing_network_is_told_once_and_asked_no_more(session, commands):
    session.network_ready("fake")
    commands.click(point("D4"))
    task = commands.queue.next_task()
    commands.queue.take_failure(task, "out of memory")
    assert "out of memory" in session.screen.message.text and commands.queue.next_task() is None


def test_a_profile_that_cannot_be_used_leaves_the_network_as_it_was(session, commands, network):
    session.network_ready("fake", network.profiles)
    session.settings.profile = "kgs-9k-1k"
    commands.queue.take_failure(commands.queue.next_task(), "no such file")
    assert session.screen.message.text == "no such file" and session.settings.profile == "" and session.has_network


def test_the_network_plays_itself_until_it_is_stopped(clock):
    session = Session(Settings(human="none"), clock=clock)
    commands = CommandGroups(session)
    network = FakeNetwork()
    answer(commands, network, limit=20)
    assert session.cursor.number >= 19

    commands.look.escape()
    number = session.cursor.number
    answer(commands, network, limit=5)
    assert session.opponent.paused and session.cursor.number == number


def test_style_reaches_the_network(clock):
    from gopolicy.ui.model.tasks import Style

    session = Session(Settings(style=Style(0.7, 0.8, 30)), clock=clock)
    commands = CommandGroups(session)
    network = FakeNetwork()
    session.network_ready("fake")
    commands.click(0)
    answer(commands, network, limit=1)
    assert network.styles == [Style(0.7, 0.8, 30)]


def test_an_illegal_move_in_a_record_stops_the_board_not_the_browsing(session, commands, tmp_path):
    path = tmp_path / "bad.sgf"
    path.write_text("(;SZ[19];B[dd];W[dd];B[pp])")
    commands.file.open_now(path)
    assert session.screen.message.warning and "occupied" in session.screen.message.text
    commands.step.to_end()
    assert session.game.moves == [(BLACK, point("D16"))]
    commands.click(point("C3"))
    assert session.screen.message.warning
    commands.play.toggle_mode()
    session.settings.human = "none"
    assert answer(commands, FakeNetwork()) < 20 and session.opponent.paused  # nothing is tried for ever
    assert np.count_nonzero(session.game.board.colors) == 1


def test_variations_can_be_walked_and_are_kept(session, commands, record, tmp_path):
    commands.file.open_now(record)
    commands.step.to_end()
    assert session.cursor.node.turn == (WHITE, point("O17"))
    commands.step.next_variation()
    assert session.cursor.node.turn == (BLACK, point("K10"))
    commands.step.forward()
    assert session.cursor.node.comment == "other line"
    commands.click(point("C3"))
    assert commands.file.save_to(tmp_path / "out.sgf")
    tree = read_trees((tmp_path / "out.sgf").read_bytes())[0]
    assert len(tree.main_line()) == 7 and "other line" in tree.to_sgf() and "RE[B+2]" in tree.to_sgf()


def test_dame_and_open_points_are_shown_until_they_are_decided(session, network, commands):
    network.undecided, network.ownership = True, 0.1
    session.settings.human = "both"
    answer(commands, network)
    commands.click(point("K10"))
    commands.count.toggle()
    task = commands.queue.next_task()
    commands.queue.take_answer(task, task.run(network, lambda share: None))
    assert session.count.open_points == 361 and "estimate" in session.screen.message.text
    assert session.count.result == "B+29.5" and session.count.points == {BLACK: 199, WHITE: 162}
    answer(commands, network)
    assert session.count.open_points == 0 and "estimate" not in session.screen.message.text
    assert commands.queue.next_task() is None  # settled: nothing more to find out


def test_a_japanese_record_is_counted_by_territory_and_prisoners(commands, session, tmp_path):
    for rules in ("Japanese", "Chinese"):
        path = tmp_path / f"{rules}.sgf"
        setup = "AB[ac][bc][cc][dc][ec][fc][gc][hc][ic]AW[ae][be][ce][de][ee][fe][ge][he][ie]AB[ai]"
        path.write_text(f"(;SZ[9]RU[{rules}]KM[0.5]{setup})")
        commands.file.open_now(path)
        commands.count.toggle()
        commands.click(8 * 9)  # the black stone in White's territory is dead
        black, white = 18, 36
        if rules == "Japanese":
            result = black - (white + 1) - 0.5
        else:
            result = (black + 9) - (white + 9) - 0.5
        assert session.count.result == f"W+{-result:g}"
        commands.count.toggle()


def test_a_komi_or_rules_changed_while_counting_count(session, network, commands):
    session.settings.human = "both"
    commands.click(point("K10"))
    commands.play.pass_turn()
    commands.play.pass_turn()
    answer(commands, network)
    before = session.count.result
    for label, text in (("Komi", "0.5"), ("Rules", "Japanese")):
        commands.edit.information()
        next(entry for entry in session.screen.dialog.entries if entry.label == label).act()
        session.screen.dialog.accept(text)
    assert session.count.rules.territory and before != session.count.result
    result = session.count.result
    commands.look.escape()
    commands.enter()
    assert session.tree.result == result and session.tree.komi == 0.5


def test_escape_from_a_count_plays_on(session, network, commands):
    answer(commands, network)
    commands.click(point("K10"))
    answer(commands, network)
    commands.play.pass_turn()
    answer(commands, network)
    assert session.mode is Mode.COUNT and session.cursor.number == 4
    commands.look.escape()
    assert session.mode is Mode.PLAY and not session.document.decided
    commands.enter()  # the network moves, although both have passed
    assert session.network_to_play
    session.opponent.stop()
    commands.click(point("C3"))
    assert session.game.moves[-1] == (BLACK, point("C3"))


def test_where_everything_is_settled_a_pass_is_a_candidate(session, network, commands, record):
    network.passing = 0.9
    commands.file.open_now(record)
    answer(commands, network)
    assert session.candidates[0].move is None and session.candidates[0].vertex == "pass"
    commands.play.toggle_mode()
    commands.step.to_end()
    commands.see.toggle_hints()
    session.settings.human = "both"
    answer(commands, network)
    commands.see.play_candidate(1)
    assert session.game.moves[-1][1] is None
    commands.explore.toggle_attribution()
    answer(commands, network)

"""Playing, reviewing, guessing and counting, without a window."""

import numpy as np
import pytest
from conftest import answer, point
from fake_network import FakeNetwork

from gopolicy.go.coords import BLACK, WHITE
from gopolicy.records.sgf import read_trees
from gopolicy.ui import asking
from gopolicy.ui.network import AskMove, AskProbabilities
from gopolicy.ui.session import Session
from gopolicy.ui.settings import Mode, Overlay, Settings


def test_the_network_answers_a_stone_after_a_pause(session, network, clock):
    session.network_ready("fake")
    session.click(point("K10"))
    question = asking.next_question(session)
    assert isinstance(question, AskMove) and session.network_to_play
    asking.take_answer(session, question, question.ask(network, lambda share: None))
    asking.play_if_due(session)
    assert asking.seconds_until_due(session) == pytest.approx(0.4)
    assert session.walk.number == 1
    clock.now += 0.5
    asking.play_if_due(session)
    assert session.game.moves == [(BLACK, point("K10")), (WHITE, point("D4"))]


def test_clicks_while_the_network_thinks_change_nothing(session):
    session.network_ready("fake")
    session.click(point("K10"))
    session.click(point("C3"))
    assert session.walk.number == 1 and "thinking" in session.message.text


def test_an_answer_to_a_position_that_left_the_board_is_dropped(session, network):
    session.network_ready("fake")
    session.click(point("K10"))
    question = asking.next_question(session)
    session.take_back()
    assert not asking.is_wanted(session, question)
    asking.take_answer(session, question, point("D4"))
    assert session.pending is None and session.walk.number == 0


def test_stale_probabilities_are_kept_for_their_own_position(session, network, actions):
    session.settings.human = "both"
    session.settings.hints[Mode.PLAY].shown = True
    session.network_ready("fake")
    question = asking.next_question(session)
    assert isinstance(question, AskProbabilities)
    session.click(point("D4"))
    asking.take_answer(session, question, question.ask(network, lambda share: None))
    assert session.grid is None
    actions.back()
    assert session.grid is not None


def test_take_back_returns_to_the_persons_turn(session, network):
    answer(session, network)
    session.click(point("K10"))
    answer(session, network)
    assert session.walk.number == 2
    session.take_back()
    assert session.walk.number == 0 and not session.tree.root.children


def test_forward_plays_again_what_was_taken_back(session, network, actions):
    answer(session, network)
    session.click(point("K10"))
    answer(session, network)
    session.settings.human = "both"
    session.take_back()
    session.take_back()
    actions.forward()
    actions.forward()
    assert session.game.moves == [(BLACK, point("K10")), (WHITE, point("D4"))]


def test_taking_back_in_a_record_removes_nothing(session, actions, record):
    actions.open_path(record)
    actions.to_end()
    actions.take_back()
    assert session.walk.number == 5 and session.walk.total == 6


def test_two_passes_lead_to_counting_and_a_result(session, network, actions):
    answer(session, network)
    session.click(point("K10"))
    answer(session, network)
    actions.pass_turn()
    answer(session, network)
    assert session.mode is Mode.COUNT and session.count.dead == {point("D4")} and session.count.estimated
    session.click(point("D4"))  # alive after all
    assert session.count.corrected and not session.count.dead
    session.click(point("D4"))
    assert session.count.result == "B+353.5"
    actions.network_move()
    assert session.tree.result == "B+353.5" and session.mode is Mode.PLAY
    assert "RE[B+353.5]" in session.tree.to_sgf()
    assert asking.next_question(session) is not None  # the review of the finished game
    answer(session, network)
    assert len(session.judged()) == 2


def test_resigning_writes_the_result(session, actions):
    session.settings.human = "both"
    session.click(point("Q16"))
    actions.resign()
    assert session.dialog is not None
    actions.choose_entry(1)
    assert session.tree.result == "B+R"
    session.take_back()
    assert session.tree.result == "" and session.walk.number == 0


def test_an_illegal_point_is_refused_with_its_reason(session):
    session.settings.human = "both"
    session.click(point("Q16"))
    session.click(point("Q16"))
    assert session.message.warning and "occupied" in session.message.text
    assert session.walk.number == 1


def test_a_ko_is_explained_under_the_mouse(session):
    session.settings.human = "both"
    for vertex in "D5 E5 D3 E3 C4 F4 E4 D4".split():
        session.click(point(vertex))
    session.hover = point("E4")
    assert session.why_not.startswith("ko")


def test_review_judges_every_move_and_finds_the_surprises(session, actions, network, record):
    actions.open_path(record)
    assert session.mode is Mode.REVIEW and session.hints_visible
    answer(session, network)
    judged = session.judged()
    assert [move.number for move in judged] == [1, 2, 3, 4, 5, 6]
    assert judged[0].rank == 2  # D4 is likelier than Q16
    assert len(session.surprises()) == 5
    actions.next_surprise()
    assert session.walk.number == session.surprises()[0].number
    actions.previous_surprise()


def test_play_and_review_keep_their_own_hints(session, actions, network):
    answer(session, network)
    assert not session.hints_visible
    actions.toggle_hints()
    assert session.hints_visible
    actions.toggle_hints()
    actions.toggle_mode()
    assert session.hints_visible
    actions.peek(True)
    assert not session.hints_visible
    actions.peek(False)
    actions.toggle_mode()
    assert not session.hints_visible


def test_candidates_obey_number_and_threshold(session, actions, network):
    actions.toggle_hints()
    answer(session, network)
    assert [c.point for c in session.candidates][:2] == [point("D4"), point("Q16")]
    assert len(session.candidates) == 5
    actions.fewer()
    assert len(session.candidates) == 4
    for _ in range(3):
        actions.raise_threshold()
    assert len(session.candidates) == 3  # those over 2 %: 30, 20 and 10 of 425
    actions.play_candidate(1)
    assert session.game.moves[0] == (BLACK, point("D4"))


def test_guessing_scores_three_ways(session, actions, network, record):
    actions.open_path(record)
    actions.toggle_guess()
    answer(session, network)
    assert session.mode is Mode.GUESS and not session.hints_visible
    session.click(point("Q16"))  # the game's move
    assert session.guessing.revealed.hit and session.hints_visible
    session.click(point("A1"))  # goes on
    assert session.walk.number == 1 and session.guessing.revealed is None
    session.click(point("C3"))
    answers = session.guessing.guesses
    assert [g.hit for g in answers] == [True, False] and [g.network_hit for g in answers] == [False, False]
    table = session.guessing.table
    assert table[0][:2] == ("you", "1/2  50 %") and table[1][:2] == ("network", "0/2  0 %")
    actions.toggle_guess()
    assert session.mode is Mode.REVIEW


def test_hard_guessing_skips_what_the_network_knows(session, actions, record):
    sure = FakeNetwork({"Q16": 1e9})
    actions.open_path(record)
    session.network_ready("fake")
    answer(session, sure)
    actions.toggle_hard_guess()
    assert session.walk.number == 1  # the first move, Q16, was certain


def test_futures_grow_with_odds_and_can_be_played(session, actions):
    network = FakeNetwork({"D4": 1e6, "Q16": 3e5})
    session.settings.human = "both"
    answer(session, network)
    actions.toggle_futures()
    answer(session, network)
    ends = session.futures.ends
    assert [f.point for f in session.futures.first] == [point("D4"), point("Q16")]
    assert sum(end.joint for end in ends) <= 1.001
    assert ends[0].line[0].probability == pytest.approx(1e6 / 1.3e6, rel=0.01)
    shown = [future.point for future in session.futures.shown]
    actions.network_move()
    assert [move for _, move in session.game.moves] == shown


def test_big_for_both_asks_for_the_other_color_too(session, actions, network):
    answer(session, network)
    actions.big_for_both(True)
    answer(session, network)
    assert session.answers.get(session.other_key()) is not None
    actions.big_for_both(False)
    assert session.overlay is Overlay.NONE


def test_territory_is_estimated_and_forgotten_with_the_position(session, actions, network):
    session.settings.human = "both"
    answer(session, network)
    actions.toggle_territory()
    answer(session, network)
    assert session.territory.key == session.key and session.territory.rounds == 4
    session.click(point("K10"))
    assert session.territory.key != session.key


def test_planes_show_liberties(session, actions):
    session.settings.human = "both"
    for vertex in ("A1", "Q16", "B1"):
        session.click(point(vertex))
    actions.toggle_planes()
    actions.candidate(4)
    values = session.planes.values(session.game)
    assert values == {point("A1"): "3", point("B1"): "3", point("Q16"): "4"}
    seen = set()
    for _ in range(60):
        seen.add((session.planes.feature, session.planes.plane))
        actions.next_variation()
        session.planes.values(session.game)
    assert len(seen) == 54  # every plane, and each wide feature as a whole


def test_a_small_board_plays_without_hints(network):
    session = Session(Settings(size=9, human="b"))
    session.network_ready("fake")
    session.click(40)
    session.click(41)
    assert session.walk.number == 2 and "19x19 only" in session.why_no_hints()
    assert asking.next_question(session) is None


def test_without_a_network_the_board_still_works(session):
    asking.take_failure(session, None, "no network found")
    session.click(point("D4"))
    session.click(point("Q16"))
    assert session.walk.number == 2 and session.why_no_hints() == "no network found"


def test_a_failing_network_is_told_once_and_asked_no_more(session):
    session.network_ready("fake")
    session.click(point("D4"))
    question = asking.next_question(session)
    asking.take_failure(session, question, "out of memory")
    assert "out of memory" in session.message.text and asking.next_question(session) is None


def test_the_network_plays_itself_until_it_is_stopped(clock):
    session = Session(Settings(human="none"), clock=clock)
    network = FakeNetwork()
    answer(session, network, limit=20)
    assert session.walk.number >= 19
    from gopolicy.ui.actions import Actions

    Actions(session).escape()
    number = session.walk.number
    answer(session, network, limit=5)
    assert session.paused and session.walk.number == number


def test_style_reaches_the_network(clock):
    from gopolicy.ui.network import Style

    session = Session(Settings(style=Style(0.7, 0.8, 30)), clock=clock)
    network = FakeNetwork()
    session.network_ready("fake")
    session.click(0)
    answer(session, network, limit=1)
    assert network.styles == [Style(0.7, 0.8, 30)]


def test_an_illegal_move_in_a_record_stops_the_board_not_the_browsing(session, actions, tmp_path):
    path = tmp_path / "bad.sgf"
    path.write_text("(;SZ[19];B[dd];W[dd];B[pp])")
    actions.open_path(path)
    assert session.message.warning and "occupied" in session.message.text
    actions.to_end()
    assert session.game.moves == [(BLACK, point("D16"))]
    session.click(point("C3"))
    assert session.message.warning
    actions.toggle_mode()
    session.settings.human = "none"
    assert answer(session, FakeNetwork()) < 20 and session.paused  # nothing is tried for ever
    assert np.count_nonzero(session.game.board.colors) == 1


def test_variations_can_be_walked_and_are_kept(session, actions, record, tmp_path):
    actions.open_path(record)
    actions.to_end()
    assert session.walk.node.turn == (WHITE, point("O17"))
    actions.next_variation()
    assert session.walk.node.turn == (BLACK, point("K10"))
    actions.forward()
    assert session.walk.node.comment == "other line"
    session.click(point("C3"))
    assert actions.save_to(tmp_path / "out.sgf")
    tree = read_trees((tmp_path / "out.sgf").read_bytes())[0]
    assert len(tree.main_line()) == 7 and "other line" in tree.to_sgf() and "RE[B+2]" in tree.to_sgf()

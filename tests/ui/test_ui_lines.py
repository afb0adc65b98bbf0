"""Continuations of the candidate under the mouse."""

import pygame
from conftest import answer, open_text, point
from fake_network import FakeNetwork

from gopolicy.go.coords import BLACK, WHITE
from gopolicy.ui.drawing.picture import draw
from gopolicy.ui.model.candidate_lines import CandidateLines, Line
from gopolicy.ui.model.positions import PositionKey
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.tasks import Continue

SURE = {"D4": 1e6, "Q16": 3e5, "C3": 1e5, "R3": 4e4}


def test_pointing_at_a_candidate_shows_how_the_network_would_play_on(commands, session, record):
    network = FakeNetwork(SURE)
    commands.file.open_now(record)
    answer(commands, network)
    assert session.pointed_line == []
    session.screen.point_at(point("D4"), None)
    task = commands.queue.next_task()
    assert isinstance(task, Continue) and task.moves[0] == point("D4")
    answer(commands, network)
    line = session.pointed_line
    assert line[:3] == [(BLACK, point("D4")), (WHITE, point("Q16")), (BLACK, point("C3"))]
    session.screen.point_at(None, Call("see.select", (2,)))  # its row in the panel
    assert session.pointed_line[0] == (BLACK, point("Q16")) and commands.queue.next_task() is None


def test_the_line_is_dropped_with_the_mouse_and_with_the_position(commands, session, record):
    network = FakeNetwork(SURE)
    commands.file.open_now(record)
    answer(commands, network)
    session.screen.point_at(point("D4"), None)
    task = commands.queue.next_task()
    session.screen.point_at(point("A1"), None)
    assert not commands.queue.is_wanted(task) and session.pointed_line == []
    session.screen.point_at(point("D4"), None)
    answer(commands, network)
    commands.step.forward()
    assert session.pointed_line == []


def test_hidden_hints_have_no_line(commands, session, record):
    commands.file.open_now(record)
    answer(commands, FakeNetwork(SURE))
    commands.see.toggle_hints()
    session.screen.point_at(point("D4"), None)
    assert session.pointed_candidate is None and commands.queue.next_task() is None


def test_a_line_ends_before_an_improbable_move_but_has_an_answer():
    lines = CandidateLines(PositionKey(1), [Line((1, 2, 3, 4), (1.0, 0.01, 0.5, 0.02)), Line((9, 8), (1.0, 0.001))])
    assert [move for _, move in lines.stones(1, WHITE)] == [1, 2, 3]
    assert lines.stones(9, WHITE) == [(WHITE, 9), (BLACK, 8)] and lines.stones(5, WHITE) == []


def test_the_line_is_drawn_with_stones_and_can_be_played(commands, session, record):
    network = FakeNetwork(SURE)
    commands.file.open_now(record)
    answer(commands, network)
    surface = pygame.Surface((1280, 860))
    draw(surface, session)
    before = pygame.image.tobytes(surface, "RGB")
    session.screen.point_at(point("D4"), None)
    answer(commands, network)
    draw(surface, session)
    assert pygame.image.tobytes(surface, "RGB") != before
    line = session.pointed_line
    commands.explore.add_line()
    assert session.game.moves == line


def test_a_continuation_is_added_in_its_colors_where_the_record_has_two_moves_in_a_row(commands, session, tmp_path):
    open_text(commands, tmp_path, "(;SZ[19]HA[2];B[dp];B[pp];W[aa];B[bb])", 0)
    network = FakeNetwork({"D4": 800_000, "Q16": 100_000, "K10": 10_000, "C3": 1000})
    answer(commands, network)
    commands.explore.toggle_continuations()
    answer(commands, network)
    shown = [(move.color, move.point) for move in session.view.continuations.shown]
    assert shown[:2] == [(BLACK, point("D4")), (WHITE, point("Q16"))]
    commands.explore.add_line()
    assert [node.turn for node in session.cursor.node.path() if node.turn] == shown

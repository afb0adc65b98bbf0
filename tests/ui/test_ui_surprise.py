"""The most surprising moves of a game can be seen in windows of every usual size, and reached by scrolling."""

import pygame
import pytest
from conftest import answer, click, move_mouse, open_text, turn_wheel
from fake_network import FakeNetwork

from gopolicy.ui.drawing.picture import draw
from gopolicy.ui.panels.lower_panel import scroll_of
from gopolicy.ui.panels.placing import geometry_of, sections_of
from gopolicy.ui.panels.side_panel import panel_rows
from gopolicy.ui.panels.surprise_panel import LISTED
from gopolicy.ui.window.input_events import EventHandler

SIZES = [(1024, 700), (1280, 860), (1400, 900), (2560, 1440), (900, 1400)]


@pytest.fixture
def reviewed(commands, tmp_path):
    """A reviewed game of sixty moves."""
    letters = "abcdefghijklmnopqrs"
    moves = [f";{'BW'[n % 2]}[{letters[2 + n % 15]}{letters[2 + n // 15 * 4]}]" for n in range(60)]
    open_text(commands, tmp_path, f"(;SZ[19]{''.join(moves)})")
    answer(commands, FakeNetwork({"C17": 30, "D17": 20}))
    assert len(commands.session.review.judged()) == 60
    return commands


def listed(session, size):
    """Return the numbers of the moves that the panel lists."""
    rows = panel_rows(session, geometry_of(session, *size))
    return [row.call.arguments[0] for row in rows if row.call is not None and row.call.name == "step.to_number"]


@pytest.mark.parametrize("size", SIZES)
def test_the_most_surprising_moves_are_listed_beside_the_figures(reviewed, session, size):
    found = listed(session, size)
    most = sorted(session.review.judged(), key=lambda move: (-move.bits, move.number))
    assert len(found) >= 3 and found == [move.number for move in most[: len(found)]]
    texts = [row.cells[0].text for row in panel_rows(session, geometry_of(session, *size)) if row.cells]
    assert "average surprise, bits" in texts and "most surprising" in texts


@pytest.mark.parametrize("size", [*SIZES, (700, 560)])
def test_every_row_is_inside_its_part_and_the_wheel_reaches_the_last_move(reviewed, session, size):
    handler = EventHandler(reviewed, size)
    lower = sections_of(session, handler.geometry).lower
    rect = scroll_of(session, lower, handler.geometry.unit).rect
    move_mouse(handler, rect.center)
    number, seen = session.cursor.number, set()
    for _ in range(20):
        seen |= set(listed(session, size))
        for row in panel_rows(session, handler.geometry):
            if row.call is not None and row.call.name == "step.to_number":
                assert row.rect.y >= rect.y and row.rect.bottom <= rect.bottom
        turn_wheel(handler, -1)
    assert len(seen) == LISTED and session.cursor.number == number
    scroll = scroll_of(session, lower, handler.geometry.unit)
    assert scroll.above + scroll.shown == scroll.total


def test_a_click_in_the_scrolled_list_goes_to_the_move_and_the_list_stays(reviewed, session):
    handler = EventHandler(reviewed, (1280, 860))
    session.screen.scrolled["surprise"] = 5
    before = listed(session, (1280, 860))
    row = next(row for row in panel_rows(session, handler.geometry) if row.call and row.call.name == "step.to_number")
    click(handler, row.rect.center)
    assert session.cursor.number == before[0] and listed(session, (1280, 860)) == before


def test_a_scroll_bar_is_drawn_beside_a_long_list(reviewed, session):
    surface = pygame.Surface((1280, 860))
    draw(surface, session)
    geometry = geometry_of(session, 1280, 860)
    rect = scroll_of(session, sections_of(session, geometry).lower, geometry.unit).rect
    x = rect.right - geometry.unit // 8
    shades = {surface.get_at((x, y))[:3] for y in range(rect.y + 2, rect.bottom - 2)}
    assert len(shades) >= 2

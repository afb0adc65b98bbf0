"""Pixels and points, at several window sizes."""

import pytest

from gopolicy.go.coords import point_at, point_count
from gopolicy.ui.panels.geometry import View, flow, layout, row_of, rows_of

SIZES = [(700, 560), (1280, 860), (2560, 1600), (600, 1000), (320, 240)]


@pytest.mark.parametrize("window", SIZES)
@pytest.mark.parametrize("coordinates", [True, False])
def test_every_point_comes_back(window, coordinates):
    geometry = layout(*window, coordinates=coordinates)
    for point in range(361):
        assert geometry.point(*geometry.pixel(point)) == point


@pytest.mark.parametrize("window", SIZES)
def test_upper_left_and_lower_right_are_where_they_belong(window):
    geometry = layout(*window)
    assert geometry.point(geometry.left, geometry.top) == point_at(0, 0, 19)
    last = geometry.left + 18 * geometry.cell, geometry.top + 18 * geometry.cell
    assert geometry.point(*last) == point_at(18, 18, 19)
    assert geometry.pixel(18) == (geometry.left + 18 * geometry.cell, geometry.top)
    assert geometry.point(geometry.board.x - 1, geometry.top) is None


@pytest.mark.parametrize("window", SIZES)
@pytest.mark.parametrize("size", [2, 9, 19, 25, (19, 13), (2, 25), (25, 2)])
def test_the_parts_fit_the_window_and_do_not_overlap(window, size):
    geometry = layout(*window, size)
    parts = [
        part for part in (geometry.board, geometry.panel, geometry.tools, geometry.graph, geometry.bar) if part.h > 0
    ]
    for part in parts:
        assert part.x >= 0 and part.y >= 0
        assert part.right <= window[0] and part.bottom <= window[1]
    for i, first in enumerate(parts):
        for second in parts[i + 1 :]:
            apart = first.right <= second.x or second.right <= first.x
            assert apart or first.bottom <= second.y or second.bottom <= first.y


def test_the_board_is_the_largest_part():
    geometry = layout(1280, 860)
    assert geometry.board.w * geometry.board.h > 0.45 * 1280 * 860


def test_a_plain_board_fills_the_window():
    geometry = layout(1000, 1000, plain=True)
    assert geometry.board.w > 950 and geometry.panel.w == geometry.bar.h == geometry.graph.h == 0


def test_buttons_that_do_not_fit_have_no_width():
    bar = layout(320, 240).bar
    rects = flow(["take back"] * 20, bar, 11)
    assert rects[0].w > 0 and rects[-1].w == 0
    assert all(rect.right <= bar.right for rect in rects)
    cells = [cell for row in rows_of(3, bar, 11) for cell in row_of(["a", "a longer one", "b"], row, 11)]
    assert len(cells) == 9 and all(rect.right <= bar.right and rect.bottom <= bar.bottom for rect in cells)


@pytest.mark.parametrize("view", [View(turns, mirrored) for turns in range(4) for mirrored in (False, True)])
@pytest.mark.parametrize("size", [9, 19, (19, 13), (7, 9), (25, 2)])
def test_a_turned_or_mirrored_board_maps_every_point_to_a_place_of_its_own(view, size):
    geometry = layout(900, 700, size, view=view)
    places = [geometry.pixel(point) for point in range(point_count(size))]
    assert len(set(places)) == point_count(size)
    assert [geometry.point(*place) for place in places] == list(range(point_count(size)))
    assert all(geometry.board.holds(*place) for place in places)


def test_a_quarter_turn_brings_the_upper_left_corner_to_the_upper_right():
    geometry = layout(900, 700, view=View(1))
    assert geometry.pixel(0) == (geometry.left + 18 * geometry.cell, geometry.top)
    assert layout(900, 700, view=View(0, mirrored=True)).pixel(0) == geometry.pixel(0)
    wide = layout(900, 700, (19, 13), view=View(1))
    assert wide.pixel(0) == (wide.left + 12 * wide.cell, wide.top)
    assert wide.pixel(18) == (wide.left + 12 * wide.cell, wide.top + 18 * wide.cell)

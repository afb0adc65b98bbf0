"""Pixels: stones where the board has them, every state drawn at every size, nothing outside its place."""

import numpy as np
import pygame
import pytest
from conftest import answer, point

from gopolicy.go.coords import BLACK, WHITE
from gopolicy.ui import fonts, paint
from gopolicy.ui.heatmap import colors, levels, signed_colors
from gopolicy.ui.scene import geometry_of
from gopolicy.ui.settings import Mode
from gopolicy.ui.theme import DARK, THEMES
from gopolicy.ui.view import draw

SIZES = [(700, 560), (1280, 860), (2560, 1600)]


def drawn(session, size=(700, 560)):
    surface = pygame.Surface(size)
    draw(surface, session)
    return surface, geometry_of(session, *size)


def brightness(surface, place):
    return sum(surface.get_at(place)[:3]) / 3


@pytest.mark.parametrize("size", SIZES)
def test_stones_are_drawn_where_they_stand(session, size):
    session.settings.human = "both"
    session.click(point("Q16"))
    session.click(point("D4"))
    session.click(point("K10"))
    surface, geometry = drawn(session, size)
    off = geometry.cell // 3
    for vertex, color in (("Q16", BLACK), ("D4", WHITE)):
        x, y = geometry.pixel(point(vertex))
        light = brightness(surface, (x + off, y))
        assert light < 70 if color == BLACK else light > 180
    x, y = geometry.pixel(point("C10"))
    wood = surface.get_at((x + off, y + off))
    assert wood[0] > wood[2] + 50  # still wood


def test_a_ghost_stone_follows_the_mouse_and_a_cross_refuses(session):
    session.settings.human = "both"
    for vertex in "D5 E5 D3 E3 C4 F4 E4 D4".split():
        session.click(point(vertex))
    before, geometry = drawn(session)
    session.hover = point("K10")
    ghost, _ = drawn(session)
    x, y = geometry.pixel(point("K10"))
    assert brightness(ghost, (x + 5, y + 5)) < brightness(before, (x + 5, y + 5)) - 40
    session.hover = point("E4")
    refused, _ = drawn(session)
    red, _, blue = refused.get_at(geometry.pixel(point("E4")))[:3]
    assert red > blue + 80


def test_the_likeliest_point_is_blue(session, actions, network):
    actions.toggle_hints()
    answer(session, network)
    surface, geometry = drawn(session)
    x, y = geometry.pixel(point("D4"))
    red, _, blue = surface.get_at((x, y - geometry.cell * 38 // 100))[:3]
    assert blue > red + 60


@pytest.mark.parametrize("size", [*SIZES, (320, 240), (500, 900)])
@pytest.mark.parametrize("theme", sorted(THEMES))
def test_every_state_can_be_drawn_at_every_size(session, actions, network, record, size, theme):
    session.settings.theme = theme
    actions.open_path(record, 2)
    answer(session, network)
    states = "toggle_both toggle_futures toggle_planes toggle_saliency toggle_territory toggle_guess"
    pictures = set()
    for name in ["touch", *states.split(), "count", "help", "new_game", "strength"]:
        if name != "touch":
            getattr(actions, name)()
            answer(session, network)
        surface, _ = drawn(session, size)
        pictures.add(pygame.image.tobytes(surface, "RGB"))
        for _ in range(3 if name != "touch" else 0):
            if session.dialog or session.help_open or name != "toggle_both":
                actions.escape()
        session.mode = Mode.REVIEW
        session.dialog = None
        session.help_open = False
    assert len(pictures) >= 9


@pytest.mark.parametrize("size", [2, 5, 9, 13, 25])
def test_other_boards_are_drawn(session, actions, size):
    session.settings.size = size
    session.new_game()
    session.click(1)
    surface, geometry = drawn(session)
    x, y = geometry.pixel(1)
    assert brightness(surface, (x + geometry.cell // 3, y)) < 70


def test_the_plain_board_and_numbers_and_no_coordinates(session, actions):
    session.settings.human = "both"
    session.click(point("D4"))
    first, _ = drawn(session)
    for verb in (actions.cycle_numbers, actions.toggle_coordinates, actions.plain_board):
        verb()
        second, _ = drawn(session)
        assert pygame.image.tobytes(first, "RGB") != pygame.image.tobytes(second, "RGB")
        first = second


def test_text_is_cut_to_its_width_and_unknown_signs_are_replaced():
    assert fonts.shortened("abcdefghijklmnop", 20, 60).endswith("…")
    assert fonts.render(fonts.shortened("abcdefghijklmnop", 20, 60), 20, (0, 0, 0)).get_width() <= 60
    assert fonts.shortened("abc", 20, 300) == "abc"
    shown = "".join(part for _, part in fonts.runs("a\x00b\U0001f600\uffff"))
    assert shown == "a?b??" and fonts.lacks("\U0001f600") and not fonts.lacks("a\n")
    assert "".join(part for _, part in fonts.runs("名人 조치훈")) in ("名人 조치훈", "?? ???")


def test_heat_levels_keep_small_values_visible():
    values = np.array([[0.5, 0.05, 0.005, 0.0]], np.float32)
    strengths = levels(values)
    assert strengths[0, 0] == 1 and strengths[0, 3] == 0
    assert strengths[0, 2] > 0.3
    shades = colors(strengths)
    assert shades.shape == (1, 4, 3) and shades.dtype == np.uint8
    assert int(shades[0, 0, 0]) < int(shades[0, 2, 0])
    assert not levels(np.zeros((2, 2), np.float32)).any()
    assert signed_colors(np.array([0.0], np.float32)).tolist() == [[255, 255, 255]]


def test_shapes_have_smooth_edges():
    alpha = pygame.surfarray.array_alpha(paint.disc(10.0, (0, 0, 0)))
    assert alpha.max() == 255 and alpha.min() == 0 and len(np.unique(alpha)) > 8
    assert paint.wood(50, 40, DARK).get_size() == (50, 40)

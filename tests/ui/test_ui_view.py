"""Pixels: stones where the board has them, every state drawn at every size, nothing outside its place."""

import numpy as np
import pygame
import pytest
from conftest import answer, point

from gopolicy.explain.color_scales import colors, levels, signed_colors
from gopolicy.go.coords import BLACK, WHITE
from gopolicy.ui.drawing import fonts, paint
from gopolicy.ui.drawing.picture import draw
from gopolicy.ui.drawing.theme import DARK, THEMES
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.settings import Mode
from gopolicy.ui.panels.placing import geometry_of

SIZES = [(700, 560), (1280, 860), (2560, 1600)]


def drawn(session, size=(700, 560)):
    surface = pygame.Surface(size)
    draw(surface, session)
    return surface, geometry_of(session, *size)


def brightness(surface, place):
    return sum(surface.get_at(place)[:3]) / 3


@pytest.mark.parametrize("size", SIZES)
def test_stones_are_drawn_where_they_stand(session, size, commands):
    session.settings.human = "both"
    commands.click(point("Q16"))
    commands.click(point("D4"))
    commands.click(point("K10"))
    surface, geometry = drawn(session, size)
    off = geometry.cell // 3
    for vertex, color in (("Q16", BLACK), ("D4", WHITE)):
        x, y = geometry.pixel(point(vertex))
        light = brightness(surface, (x + off, y))
        assert light < 70 if color == BLACK else light > 180
    x, y = geometry.pixel(point("C10"))
    wood = surface.get_at((x + off, y + off))
    assert wood[0] > wood[2] + 50  # still wood


def test_a_ghost_stone_follows_the_mouse_and_a_cross_refuses(session, commands):
    session.settings.human = "both"
    for vertex in "D5 E5 D3 E3 C4 F4 E4 D4".split():
        commands.click(point(vertex))
    before, geometry = drawn(session)
    session.screen.hover = point("K10")
    ghost, _ = drawn(session)
    x, y = geometry.pixel(point("K10"))
    assert brightness(ghost, (x + 5, y + 5)) < brightness(before, (x + 5, y + 5)) - 40
    session.screen.hover = point("E4")
    refused, _ = drawn(session)
    red, _, blue = refused.get_at(geometry.pixel(point("E4")))[:3]
    assert red > blue + 80


def test_the_top_move_is_blue(session, commands, network):
    commands.see.toggle_hints()
    answer(commands, network)
    surface, geometry = drawn(session)
    x, y = geometry.pixel(point("D4"))
    red, _, blue = surface.get_at((x, y - geometry.cell * 32 // 100))[:3]
    assert blue > red + 60


@pytest.mark.parametrize("size", [*SIZES, (320, 240), (500, 900)])
@pytest.mark.parametrize("theme", sorted(THEMES))
def test_every_state_can_be_drawn_at_every_size(session, commands, network, record, size, theme):
    session.settings.theme = theme
    commands.file.open_now(record, 2)
    answer(commands, network)
    states = "explore.toggle_both explore.toggle_continuations explore.toggle_planes explore.toggle_attribution "
    states += "explore.toggle_territory guess.toggle count.toggle look.help start.ask start.ask_strength"
    pictures = set()
    for name in ["", *states.split()]:
        if name:
            commands.call(Call(name))
            answer(commands, network)
        surface, _ = drawn(session, size)
        pictures.add(pygame.image.tobytes(surface, "RGB"))
        for _ in range(3 if name else 0):
            if session.screen.dialog or session.screen.help_open or name != "explore.toggle_both":
                commands.look.escape()
        session.mode = Mode.REVIEW
        session.screen.dialog = None
        session.screen.help_open = False
    assert len(pictures) >= 9


@pytest.mark.parametrize("size", [2, 5, 9, 13, 25])
def test_other_boards_are_drawn(session, commands, size):
    session.settings.size = size
    commands.start.begin()
    commands.click(1)
    surface, geometry = drawn(session)
    x, y = geometry.pixel(1)
    assert brightness(surface, (x + geometry.cell // 3, y)) < 70


def test_the_plain_board_and_numbers_and_no_coordinates(session, commands):
    session.settings.human = "both"
    commands.click(point("D4"))
    first, _ = drawn(session)
    for verb in (commands.look.cycle_numbers, commands.look.toggle_coordinates, commands.look.plain_board):
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
    text = "名人 조치훈"
    shown = "".join(part for _, part in fonts.runs(text))
    assert len(shown) == len(text) and all(a in (b, "?") for a, b in zip(shown, text, strict=True))
    assert fonts.lacks(text) == ("?" in shown)  # whatever fonts this machine has


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


def test_what_both_want_is_drawn_where_a_pass_is_a_candidate(commands, session, network):
    network.passing = 0.6
    session.settings.hints[Mode.PLAY].shown = True
    answer(commands, network)
    assert session.candidates[0].move is None
    commands.explore.toggle_both()
    answer(commands, network)
    draw(pygame.Surface((700, 560)), session)
    assert session.other_prediction() is not None

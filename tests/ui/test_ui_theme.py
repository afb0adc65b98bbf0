"""Contrast of the window's colors, by WCAG 2: text 4.5:1, marks 3:1, in every theme and as it is drawn."""

import pygame
import pytest
from color_vision import MATRICES, difference, seen
from conftest import answer, point

from gopolicy.go.coords import BLACK
from gopolicy.ui.drawing import paint
from gopolicy.ui.drawing.picture import draw
from gopolicy.ui.drawing.theme import THEMES, WHITE_INK, blend, contrast
from gopolicy.ui.model.settings import THEME_NAMES
from gopolicy.ui.panels.placing import geometry_of

TEXT, MARK = 4.5, 3.0


@pytest.fixture(params=THEME_NAMES)
def theme(request):
    return THEMES[request.param]


def test_contrast_is_that_of_the_standard():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


def test_the_themes_are_those_that_can_be_chosen():
    assert tuple(THEMES) == THEME_NAMES


def test_text_can_be_read_on_every_ground_it_stands_on(theme):
    for ground in (theme.panel, theme.raised):
        for ink in (theme.text, theme.muted, theme.accent, theme.warning):
            assert contrast(ink, ground) >= TEXT, (ink, ground)
    for ink, ground in (
        (theme.text, theme.hover),
        (theme.text, theme.back),
        (WHITE_INK, theme.selected),
        (WHITE_INK, theme.candidate),
        (WHITE_INK, theme.top),
        (WHITE_INK, theme.graph),
        (theme.label, theme.wood),
    ):
        assert contrast(ink, ground) >= TEXT, (ink, ground)


def test_marks_stand_off_from_their_ground(theme):
    for mark in (theme.candidate, theme.top, theme.game_move, theme.line, theme.heat_high, theme.rim):
        assert contrast(mark, theme.wood) >= MARK, mark
    for bar in (theme.graph_black, theme.graph_white, theme.graph_mark):
        assert contrast(bar, theme.graph) >= MARK, bar
    assert contrast(theme.disabled, theme.panel) >= MARK
    white = paint.stone(20.0, 2).get_at((22, 22))[:3]
    black = paint.stone(20.0, BLACK).get_at((22, 22))[:3]
    for chip in (theme.candidate, theme.top):
        assert contrast(chip, white) >= MARK
    assert contrast(theme.top, theme.candidate) >= 1.5 and contrast(black, theme.wood) >= MARK


def test_the_heat_map_gets_steadily_stronger(theme):
    steps = [contrast(blend(theme.heat_low, theme.heat_high, level / 4), theme.heat_low) for level in range(5)]
    assert steps == sorted(steps) and steps[-1] >= 2


def test_a_chip_looks_like_no_stone(session, commands, network, theme):
    session.settings.theme = theme.name
    commands.see.toggle_hints()
    answer(commands, network)
    surface = pygame.Surface((1280, 860))
    draw(surface, session)
    geometry = geometry_of(session, 1280, 860)
    x, y = geometry.pixel(point("Q16"))  # the second candidate
    corner = round(geometry.cell * 0.34)
    red, green, blue = surface.get_at((x - corner, y - corner))[:3]  # outside a circle, inside the rounded square
    assert contrast((red, green, blue), theme.wood) >= MARK and blue > red + 60


@pytest.fixture(params=[None, *MATRICES])
def vision(request):
    return request.param


def test_the_simulation_leaves_grays_and_takes_red_from_green():
    for deficiency in MATRICES:
        assert difference(seen((120, 120, 120), deficiency), (120, 120, 120)) < 2
    red, green = (200, 60, 60), (90, 130, 40)
    assert difference(seen(red, "deuteranopia"), seen(green, "deuteranopia")) < difference(red, green) / 2


def test_text_and_marks_stand_off_for_every_kind_of_color_vision(theme, vision):
    texts = [
        (ink, ground) for ground in (theme.panel, theme.raised) for ink in (theme.text, theme.accent, theme.warning)
    ]
    texts += [(WHITE_INK, theme.candidate), (WHITE_INK, theme.top), (theme.label, theme.wood)]
    for ink, ground in texts:
        assert contrast(seen(ink, vision), seen(ground, vision)) >= TEXT, (ink, ground)
    marks = [(mark, theme.wood) for mark in (theme.candidate, theme.top, theme.game_move, theme.line, theme.heat_high)]
    marks += [(bar, theme.graph) for bar in (theme.graph_black, theme.graph_white, theme.graph_mark)]
    for mark, ground in marks:
        assert contrast(seen(mark, vision), seen(ground, vision)) >= MARK, (mark, ground)


def test_what_means_something_else_looks_different_for_every_kind_of_color_vision(theme, vision):
    apart = [
        (theme.candidate, theme.top),
        (theme.candidate, theme.game_move),
        (theme.top, theme.game_move),
        (theme.accent, theme.warning),
        (theme.text, theme.warning),
        (theme.graph_mark, theme.graph_white),
        (theme.selected, theme.raised),
    ]
    for first, second in apart:
        assert difference(seen(first, vision), seen(second, vision)) >= 10, (first, second)

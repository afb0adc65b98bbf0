"""Saliency in the window: asked for the chosen candidate, shown as shades, numbers and a table."""

import pygame
from conftest import answer, point

from gopolicy.ui import asking
from gopolicy.ui.geometry import layout
from gopolicy.ui.network import AskSaliency
from gopolicy.ui.panel import panel_rows
from gopolicy.ui.scene import geometry_of
from gopolicy.ui.settings import Overlay
from gopolicy.ui.view import draw


def test_the_likeliest_move_is_explained_until_another_is_chosen(session, actions, network, record):
    actions.open_path(record, 2)
    answer(session, network)
    actions.toggle_saliency()
    assert session.overlay is Overlay.SALIENCY and session.explained == session.candidates[0].point
    answer(session, network)
    assert session.saliency.point == session.explained and session.saliency.key == session.key
    actions.next_variation()
    assert session.explained == session.candidates[1].point
    question = asking.next_question(session)
    assert isinstance(question, AskSaliency) and question.point == session.explained
    answer(session, network)
    assert session.saliency.point == session.candidates[1].point
    actions.previous_variation()
    actions.previous_variation()
    assert session.explained == session.candidates[0].point


def test_features_sum_to_the_bits_and_the_strongest_points_are_labeled(session, actions, network):
    actions.toggle_saliency()
    assert session.overlay is Overlay.NONE  # no network yet
    answer(session, network)
    actions.toggle_saliency()
    answer(session, network)
    saliency = session.saliency
    assert saliency.bits == 1.5 and sum(bits for _, bits in saliency.features) == 1.5
    assert saliency.labels == {session.explained: "+3.0", 0: "-1.5"}
    assert saliency.shades.max() == 1 and -1 < saliency.shades[0, 0] < -0.5
    texts = [cell.text for row in panel_rows(session, layout(1280, 860, 19)) for cell in row.cells]
    assert "stone color" in texts and "+1.5" in texts


def test_a_stale_answer_is_neither_wanted_nor_shown(session, actions, network):
    session.settings.human = "both"
    answer(session, network)
    actions.toggle_saliency()
    answer(session, network)
    question = AskSaliency(session.key, (session.game.copy(),), session.explained)
    assert asking.is_wanted(session, question)
    session.click(point("K10"))
    assert not asking.is_wanted(session, question)
    asking.take_answer(session, question, question.ask(network, lambda share: None))
    assert session.saliency.key != session.key
    surface = pygame.Surface((1280, 860))
    draw(surface, session)


def test_blue_points_raised_it_and_orange_ones_lowered_it(session, actions, network):
    answer(session, network)
    actions.toggle_saliency()
    answer(session, network)
    surface = pygame.Surface((1280, 860))
    draw(surface, session)
    geometry = geometry_of(session, 1280, 860)
    corner = geometry.cell * 4 // 10

    def color(place):
        x, y = geometry.pixel(place)
        return surface.get_at((x - corner, y - corner))[:3]

    assert color(session.explained)[2] > color(session.explained)[0] + 40
    assert color(0)[0] > color(0)[2] + 60
    actions.toggle_saliency()
    assert session.overlay is Overlay.NONE

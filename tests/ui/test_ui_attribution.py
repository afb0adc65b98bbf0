"""Attribution in the window: asked for the chosen candidate, shown as shades, numbers and a table."""

import pygame
from conftest import answer, point

from gopolicy.ui.drawing.picture import draw
from gopolicy.ui.model.settings import Overlay
from gopolicy.ui.model.tasks import Attribute
from gopolicy.ui.panels.geometry import layout
from gopolicy.ui.panels.placing import geometry_of
from gopolicy.ui.panels.side_panel import panel_rows


def test_the_top_move_is_explained_until_another_is_chosen(session, commands, network, record):
    commands.file.open_now(record, 2)
    answer(commands, network)
    commands.explore.toggle_attribution()
    assert session.view.overlay is Overlay.ATTRIBUTION and session.explained == session.candidates[0].move
    answer(commands, network)
    assert session.view.attribution.values.point == session.explained and session.view.attribution.key == session.key
    commands.step.next_variation()
    assert session.explained == session.candidates[1].move
    task = commands.queue.next_task()
    assert isinstance(task, Attribute) and task.point == session.explained
    answer(commands, network)
    assert session.view.attribution.values.point == session.candidates[1].move
    commands.step.previous_variation()
    commands.step.previous_variation()
    assert session.explained == session.candidates[0].move


def test_features_sum_to_the_bits_and_the_strongest_points_are_labeled(session, commands, network):
    commands.explore.toggle_attribution()
    assert session.view.overlay is Overlay.NONE  # no network yet
    answer(commands, network)
    commands.explore.toggle_attribution()
    answer(commands, network)
    attribution = session.view.attribution.values
    assert attribution.bits == 1.5 and sum(attribution.by_feature.values()) == 1.5
    assert attribution.strongest(least=0.1) == {session.explained: 3.0, 0: -1.5}
    assert attribution.shades.max() == 1 and -1 < attribution.shades[0, 0] < -0.5
    texts = [cell.text for row in panel_rows(session, layout(1280, 860, 19)) for cell in row.cells]
    assert "stone color" in texts and "+1.5" in texts


def test_a_stale_answer_is_neither_wanted_nor_shown(session, commands, network):
    session.settings.human = "both"
    answer(commands, network)
    commands.explore.toggle_attribution()
    answer(commands, network)
    task = Attribute(session.key, (session.game.copy(),), session.explained)
    assert commands.queue.is_wanted(task)
    commands.click(point("K10"))
    assert not commands.queue.is_wanted(task)
    commands.queue.take_answer(task, task.run(network, lambda share: None))
    assert session.view.attribution.key != session.key and session.attribution is None
    surface = pygame.Surface((1280, 860))
    draw(surface, session)


def test_blue_points_raised_it_and_orange_ones_lowered_it(session, commands, network):
    answer(commands, network)
    commands.explore.toggle_attribution()
    answer(commands, network)
    surface = pygame.Surface((1280, 860))
    draw(surface, session)
    geometry = geometry_of(session, 1280, 860)
    corner = geometry.cell * 4 // 10

    def color(place):
        x, y = geometry.pixel(place)
        return surface.get_at((x - corner, y - corner))[:3]

    assert color(session.explained)[2] > color(session.explained)[0] + 40
    assert color(0)[0] > color(0)[2] + 60
    commands.explore.toggle_attribution()
    assert session.view.overlay is Overlay.NONE

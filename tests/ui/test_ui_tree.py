"""The variation tree: where nodes stand, clicks, deleting and reordering."""

import pygame
import pytest
from conftest import click, move_mouse, open_text, turn_wheel

from gopolicy.records.sgf import parse_game, read_trees
from gopolicy.ui.drawing.picture import draw
from gopolicy.ui.model.tree_layout import Place, lay_out
from gopolicy.ui.panels import tree_map
from gopolicy.ui.panels.placing import geometry_of
from gopolicy.ui.window.input_events import EventHandler

FORKS = "(;B[aa];W[bb](;B[cc];W[dd](;B[ee];W[ff])(;B[eg]))(;B[ch];W[di];B[ej];W[fk])(;B[cl]))"
LONG = "(;SZ[19]" + ";B[];W[]" * 200 + ")"
SIZE = (1400, 900)


@pytest.fixture
def forks(commands, tmp_path):
    open_text(commands, tmp_path, FORKS)
    commands.look.show_tree()
    return commands


def values(session):
    """Return the moves of the cursor's line as SGF writes them."""
    return [(node.properties.get("B") or node.properties["W"])[0] for node in session.cursor.line if node.turn]


def test_variations_stand_in_rows_below_the_line_they_leave():
    layout = lay_out(parse_game(FORKS).root)
    rows = {}
    for node, place in layout.places.items():
        rows.setdefault(place.row, []).append((place.column, next(iter(node.properties.values()))[0]))
    assert {row: sorted(nodes) for row, nodes in rows.items()} == {
        0: [(0, "aa"), (1, "bb"), (2, "cc"), (3, "dd"), (4, "ee"), (5, "ff")],
        1: [(4, "eg")],
        2: [(2, "ch"), (3, "di"), (4, "ej"), (5, "fk")],
        3: [(2, "cl")],
    }
    assert (layout.columns, layout.rows) == (6, 4)


def test_no_two_nodes_share_a_place_in_a_large_tree():
    text = ";B[aa];W[bb]" * 1000 + "".join(f"(;B[cc];W[dd]{';B[ee]' * (n % 7)})" for n in range(300))
    root = parse_game(f"(;SZ[19]{text})").root
    layout = lay_out(root)
    assert len(layout.nodes) == len(layout.places) and layout.rows == 300 and layout.columns > 2000
    for place, node in layout.nodes.items():
        if node.parent is not None:
            parent = layout.places[node.parent]
            assert parent.column == place.column - 1 and parent.row <= place.row


def test_a_layout_that_is_extended_move_by_move_is_the_one_of_the_whole_tree(commands, session):
    session.settings.human = "both"
    for number in range(60):
        if number % 9 == 8:
            commands.step.back()
            commands.step.back()
        commands.click(number * 5)
        if number % 13 == 12:
            commands.play.take_back()
        assert session.tree_view.layout == lay_out(session.tree.root)


def test_a_click_on_a_node_goes_there(forks):
    session = forks.session
    handler = EventHandler(forks, SIZE)
    for node, _ in list(session.tree_view.layout.places.items()):
        shown = tree_map.tree_map(session, handler.geometry)
        places = {session.tree_view.node_at(Place(*_place(session, handler, dot))): dot for dot in shown.dots}
        click(handler, places[node].center)
        assert session.cursor.node is node


def _place(session, handler, dot):
    return tree_map.call_at(session, handler.geometry, *dot.center).arguments


def test_the_current_node_is_in_view_and_marked_after_every_step(commands, tmp_path):
    open_text(commands, tmp_path, LONG)
    commands.look.show_tree()
    for command in (commands.step.to_end, commands.step.back_ten, commands.step.to_start, commands.step.forward):
        command()
        shown = tree_map.tree_map(commands.session, geometry_of(commands.session, *SIZE))
        assert [dot.current for dot in shown.dots].count(True) == 1 and shown.hidden


def test_the_wheel_over_the_tree_scrolls_it_and_moves_nothing_else(commands, tmp_path):
    open_text(commands, tmp_path, LONG)
    commands.look.show_tree()
    handler = EventHandler(commands, SIZE)
    move_mouse(handler, handler.geometry.tree.center)
    size = tree_map.view_size(handler.geometry)
    assert commands.session.tree_view.corner(*size).column == 0
    turn_wheel(handler, -2)
    assert commands.session.tree_view.corner(*size).column > 0 and commands.session.cursor.number == 0
    commands.step.forward()
    assert commands.session.tree_view.corner(*size).column == 0


def test_up_and_down_go_between_siblings_also_from_the_parent(forks):
    session = forks.session
    forks.step.to_number(2)
    forks.step.next_variation()
    assert session.cursor.node.properties["B"] == ["ch"]
    forks.step.next_variation()
    assert session.cursor.node.properties["B"] == ["cl"]
    forks.step.next_variation()
    assert session.cursor.node.properties["B"] == ["cc"]
    forks.step.forward()  # to a node that is followed by a fork and stands behind another
    forks.step.next_variation()
    assert session.cursor.node.properties["B"] == ["eg"]


def test_a_branch_is_deleted_and_put_back(forks, tmp_path):
    session = forks.session
    before = session.tree.to_sgf()
    forks.step.to_number(2)
    forks.step.next_variation()
    forks.tree.delete()
    assert session.cursor.number == 2 and len(session.cursor.node.children) == 2 and session.document.dirty
    forks.file.save_to(tmp_path / "less.sgf")
    assert "ch" not in (tmp_path / "less.sgf").read_text()
    forks.tree.restore()
    assert session.tree.to_sgf() == before
    forks.step.to_start()
    forks.tree.delete()
    assert session.tree.to_sgf() == before


def test_branches_are_put_back_one_after_another(forks):
    before = forks.session.tree.to_sgf()
    forks.step.to_number(2)
    for _ in range(2):
        forks.step.forward()
        forks.tree.delete()
    for _ in range(2):
        forks.tree.restore()
    assert forks.session.tree.to_sgf() == before


def test_what_was_deleted_does_not_come_back_into_another_record(forks):
    forks.step.to_end()
    forks.tree.delete()
    forks.start.begin()
    text = forks.session.tree.to_sgf()
    forks.tree.restore()
    assert forks.session.tree.to_sgf() == text


def test_variations_are_reordered_and_become_the_main_line(forks, tmp_path):
    session = forks.session
    forks.step.to_number(2)
    forks.step.previous_variation()
    assert session.cursor.node.properties["B"] == ["cl"]
    forks.tree.move_up()
    fork = session.cursor.node.parent
    assert [child.properties["B"][0] for child in fork.children] == ["cc", "cl", "ch"]
    forks.tree.move_down()
    forks.tree.move_down()
    assert [child.properties["B"][0] for child in fork.children] == ["cc", "ch", "cl"]
    forks.tree.make_main_line()
    assert [child.properties["B"][0] for child in fork.children] == ["cl", "cc", "ch"]
    forks.file.save_to(tmp_path / "out.sgf")
    line = read_trees((tmp_path / "out.sgf").read_bytes())[0].main_line()
    assert len(line) == 3 and session.cursor.node.properties["B"] == ["cl"]


def test_the_tree_is_drawn_with_the_current_node_set_off(forks):
    surface = pygame.Surface(SIZE)
    geometry = geometry_of(forks.session, *SIZE)
    shown = tree_map.tree_map(forks.session, geometry)
    draw(surface, forks.session)
    current = next(dot for dot in shown.dots if dot.current)
    other = next(dot for dot in shown.dots if dot.color and not dot.current)
    edge = round(shown.slot * 0.36 * 1.2)
    at_edge = {surface.get_at((dot.center[0], dot.center[1] + edge))[:3] for dot in (current, other)}
    assert len(at_edge) == 2

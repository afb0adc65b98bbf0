"""Markup is drawn as records have it, and long comments are shown in full."""

import pygame
import pytest
from conftest import move_mouse, open_text, point, turn_wheel

from gopolicy.ui.drawing.picture import draw
from gopolicy.ui.model.markup import markup_of
from gopolicy.ui.model.settings import TOOLS, Mode, Tool
from gopolicy.ui.panels.lower_panel import comment_lines
from gopolicy.ui.panels.placing import geometry_of, sections_of
from gopolicy.ui.panels.side_panel import panel_rows
from gopolicy.ui.window.input_events import EventHandler

MARKED = (
    "(;SZ[19]PB[Shusaku]XX[kept];B[pd]C[one]LB[dd:A][pp:12]TR[dp]SQ[jj]CR[cc]MA[qq]SL[aa:bb]DD[ss]AR[ab:cd]LN[ee:ff]"
    "(;W[dd]KO[];B[dq])(;W[dp]C[two]))"
)
SIZE = (1280, 860)


@pytest.fixture
def marked(commands, tmp_path):
    open_text(commands, tmp_path, MARKED, 1)
    return commands


def test_markup_is_read_as_the_specification_says(marked):
    markup = markup_of(marked.session.cursor.node, 19)
    assert markup.labels == {point("D16"): "A", point("Q4"): "12"}
    assert markup.shapes[point("D4")] == "triangle" and markup.shapes[point("K10")] == "square"
    assert markup.shapes[point("C17")] == "circle" and markup.shapes[point("R3")] == "cross"
    assert {p for p, shape in markup.shapes.items() if shape == "selected"} == {0, 1, 19, 20}
    assert markup.dimmed == {360}
    assert markup.arrows == [(19, 3 * 19 + 2)] and markup.lines == [(4 * 19 + 4, 5 * 19 + 5)]


def test_markup_that_cannot_be_read_is_left_out(commands, tmp_path):
    open_text(commands, tmp_path, "(;SZ[19];B[pd]LB[zz:A][:B][dd]TR[][z]AR[aa][aa:zz])", 1)
    draw(pygame.Surface(SIZE), commands.session)
    assert markup_of(commands.session.cursor.node, 19).labels == {point("D16"): ""}


@pytest.mark.parametrize("vertex", ["D16", "D4", "K10", "C17", "R3", "A19", "T1", "C16", "F14"])
def test_markup_is_drawn(marked, vertex):
    session = marked.session
    session.settings.hints[Mode.REVIEW].shown = False
    with_markup, without = pygame.Surface(SIZE), pygame.Surface(SIZE)
    draw(with_markup, session)
    geometry = geometry_of(session, *SIZE)
    for name in ("LB", "TR", "SQ", "CR", "MA", "SL", "DD", "AR", "LN"):
        session.cursor.node.properties.pop(name)
    draw(without, session)
    x, y = geometry.pixel(point(vertex))
    half = geometry.cell // 2
    part = pygame.Rect(x - half, y - half, 2 * half, 2 * half)
    first, second = (pygame.image.tobytes(surface.subsurface(part), "RGB") for surface in (with_markup, without))
    assert first != second


def test_a_long_comment_is_shown_in_full_by_scrolling(marked):
    session = marked.session
    words = [f"word{number}" for number in range(600)]
    session.cursor.node.comment = " ".join(words)
    handler = EventHandler(marked, SIZE)
    lower = sections_of(session, handler.geometry).lower
    move_mouse(handler, lower.center)
    seen = []
    for _ in range(100):
        texts = [cell.text for row in panel_rows(session, handler.geometry) for cell in row.cells]
        seen += [word for text in texts for word in text.split() if word.startswith("word")]
        turn_wheel(handler, -1)
    assert set(words) <= set(seen)
    lines, above, total = comment_lines(session, lower, handler.geometry.unit)
    assert above + len(lines) == total and session.cursor.number == 1
    marked.step.forward()
    assert comment_lines(session, lower, handler.geometry.unit)[1] == 0


def test_names_of_positions_and_the_comment_on_the_game_are_shown(commands, tmp_path):
    path = tmp_path / "named.sgf"
    path.write_text("(;GM[1]SZ[19]N[Start]GC[Played in Kyoto](;B[pd]N[Kobayashi]C[A good move])(;B[dd]))")
    commands.file.open_now(path)
    handler = EventHandler(commands, SIZE)
    assert commands.session.screen.tab == "comment"
    for expected in (["Start", "Played in Kyoto"], ["Kobayashi", "A good move"]):
        lower = sections_of(commands.session, handler.geometry).lower
        assert comment_lines(commands.session, lower, handler.geometry.unit)[0] == expected
        commands.step.forward()


def test_a_label_on_the_last_move_is_not_crossed_by_its_ring(commands, tmp_path):
    pictures = []
    for label in ("", "LB[pd:A]"):
        open_text(commands, tmp_path, f"(;SZ[19];B[pd]{label})", 1)
        commands.session.settings.hints[Mode.REVIEW].shown = False
        surface = pygame.Surface(SIZE)
        draw(surface, commands.session)
        geometry = geometry_of(commands.session, *SIZE)
        x, y = geometry.pixel(point("Q16"))
        pictures.append(surface.get_at((x - round(geometry.cell * 0.25), y))[:3])
    assert min(pictures[0]) > 150 and max(pictures[1]) < 100


def test_a_label_is_any_text_that_is_typed_and_the_record_keeps_all_of_it(commands, session, record):
    commands.file.open_now(record)
    commands.edit.toggle()
    commands.edit.choose_tool(TOOLS.index(Tool.TEXT))
    commands.click(point("C3"))
    session.screen.dialog.type("good [shape]: here")
    session.screen.dialog.enter()
    node = session.cursor.node
    assert markup_of(node, 19).labels == {point("C3"): "good"}
    assert "LB[cq:good [shape\\]\\: here]" in session.tree.to_sgf()
    commands.click(point("C3"))
    assert session.screen.dialog.text.value == "good [shape]: here"
    session.screen.dialog.text.value = ""
    session.screen.dialog.enter()
    assert "LB" not in node.properties

"""Keys and clicks: every row of the key table, and the places where the mouse does something."""

import pygame
import pytest
from conftest import answer, click, key_events, open_text, point, press, type_text

from gopolicy.go.coords import BLACK
from gopolicy.ui.model.key_table import BAR, BY_NAME, COMMANDS, TABS, TOOLS, TREE_BAR, shown_keys
from gopolicy.ui.model.requests import CloseWindow, ReadFile
from gopolicy.ui.model.settings import Mode, Overlay
from gopolicy.ui.panels.boxes import dialog_box, help_box
from gopolicy.ui.panels.buttons import buttons
from gopolicy.ui.panels.graph import number_at
from gopolicy.ui.panels.side_panel import panel_rows
from gopolicy.ui.window.input_events import EventHandler, key_name

SIZE = (1280, 860)


@pytest.fixture
def handler(commands):
    return EventHandler(commands, SIZE)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_key_of_the_table_runs_its_command(command, session, network, record, commands, monkeypatch):
    commands.file.open_now(record, 2)
    answer(commands, network)
    called = []
    real = commands.call

    def call(call):
        if call.name == command.name:
            called.append(call.arguments)
        real(call)

    monkeypatch.setattr(commands, "call", call)
    handler = EventHandler(commands, SIZE)
    keys = [key for key in command.keys if not key.startswith("wheel")]
    for key in keys:
        session.screen.dialog = None
        press(handler, key)
    expected = 2 * len(keys) if command.held else len(keys)
    assert len(called) == expected
    if command.ranked:
        assert [arguments[0] for arguments in called] == list(range(1, 10))


def test_the_table_has_no_key_twice_and_every_button_has_a_row():
    keys = [key for command in COMMANDS for key in command.keys]
    assert len(keys) == len(set(keys))
    named = {*BAR, *(name for row in TOOLS for name in row), *TABS, *TREE_BAR} - {"|"}
    assert all(BY_NAME[name].label for name in named)
    assert all(shown_keys(command) and command.text for command in COMMANDS)


def test_the_wheel_steps_through_the_game(handler, session, commands, record):
    commands.file.open_now(record)
    handler.handle(pygame.event.Event(pygame.MOUSEWHEEL, y=-1, x=0))
    handler.handle(pygame.event.Event(pygame.MOUSEWHEEL, y=-1, x=0))
    assert session.cursor.number == 2
    handler.handle(pygame.event.Event(pygame.MOUSEWHEEL, y=1, x=0))
    assert session.cursor.number == 1


def test_the_press_that_comes_with_a_turn_of_the_wheel_closes_nothing(handler, session, commands):
    turn = pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=(5, 5), button=5)
    commands.menu.show()
    handler.handle(turn)
    assert session.screen.dialog is not None
    session.screen.show(None)
    commands.look.help()
    handler.handle(turn)
    assert session.screen.help_open


def test_clicks_play_and_the_right_button_takes_back(handler, session):
    session.settings.human = "both"
    click(handler, handler.geometry.pixel(point("Q16")))
    assert session.game.moves == [(BLACK, point("Q16"))]
    click(handler, handler.geometry.pixel(point("A1")), button=3)
    assert session.cursor.number == 0


def test_the_right_button_keeps_what_is_commented_or_saved(handler, session, commands, tmp_path):
    path = open_text(commands, tmp_path, "(;SZ[19];B[pd];W[dd];B[pq])")
    press(handler, "right")
    click(handler, handler.geometry.pixel(point("R4")))
    press(handler, "ctrl+e")
    type_text(handler, "better")
    press(handler, "ctrl+enter")
    click(handler, handler.geometry.pixel(point("C3")))
    for _ in range(2):
        click(handler, handler.geometry.pixel(point("K10")), 3)
    commands.file.save()
    assert session.cursor.number == 1 and "C[better]" in path.read_text() and "B[cq]" not in path.read_text()
    press(handler, "right")
    click(handler, handler.geometry.pixel(point("C3")))
    commands.file.save()
    for _ in range(2):
        click(handler, handler.geometry.pixel(point("K10")), 3)
    commands.file.save()
    assert session.cursor.number == 1 and "B[cq]" in path.read_text()


def test_a_double_click_on_a_stone_goes_to_its_move(handler, session, commands, record):
    commands.file.open_now(record)
    commands.step.to_end()
    place = handler.geometry.pixel(point("D16"))
    click(handler, place)
    assert session.cursor.number == 6
    click(handler, place)
    assert session.cursor.number == 2


def test_held_keys_are_let_go_when_the_window_loses_the_keyboard(handler, session):
    handler.handle(key_events("z")[0])
    assert session.screen.peeking
    handler.handle(pygame.event.Event(pygame.WINDOWFOCUSLOST))
    assert not session.screen.peeking


def test_toggles_do_not_repeat_while_held_but_steps_do(handler, session, commands, record):
    commands.file.open_now(record)
    shown = session.hints.shown
    for _ in range(3):
        handler.handle(key_events("space")[0])
    assert session.hints.shown != shown
    for _ in range(3):
        handler.handle(key_events("right")[0])
    assert session.cursor.number == 3


def test_buttons_do_what_their_row_says(handler, session, commands, record, network):
    commands.file.open_now(record)
    answer(commands, network)
    by_name = {button.call.name: button for button in buttons(session, handler.geometry)}
    assert set(by_name) == {*BAR, *(name for row in TOOLS for name in row), *TABS} - {"|"}
    click(handler, by_name["step.to_end"].rect.center)
    assert session.cursor.number == 6
    click(handler, by_name["explore.toggle_planes"].rect.center)
    assert session.view.overlay is Overlay.PLANES
    by_name = {button.call.name: button for button in buttons(session, handler.geometry)}
    click(handler, by_name["play.toggle_mode"].rect.center)
    assert session.mode is Mode.PLAY


def test_the_graph_and_the_panel_can_be_clicked(handler, session, commands, record, network):
    commands.file.open_now(record)
    answer(commands, network)
    graph = handler.geometry.graph
    click(handler, (graph.x + graph.w // 2, graph.center[1]))
    assert session.cursor.number in (0, 3, 6) or 1 <= session.cursor.number <= 6
    rows = [row for row in panel_rows(session, handler.geometry) if row.call and row.call.name == "see.select"]
    click(handler, rows[1].rect.center)
    assert session.view.selected == 2


def test_a_drag_that_began_elsewhere_does_not_move_along_the_graph(handler, session, commands, record):
    commands.file.open_now(record)
    graph = handler.geometry.graph

    def drag(x, y):
        handler.handle(pygame.event.Event(pygame.MOUSEMOTION, pos=(x, y), rel=(0, 0), buttons=(1, 0, 0)))
        return session.cursor.number

    row = [(x, graph.center[1]) for x in range(graph.x, graph.right)]
    places = [next(place for place in row if number_at(session, handler.geometry, *place) == n) for n in (2, 4)]
    here = session.cursor.number
    click(handler, handler.geometry.pixel(point("Q16")))  # as the record goes on
    assert {drag(*place) for place in places} == {here + 1}
    handler.handle(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=places[0], button=1))
    assert drag(*places[0]) != drag(*places[1])


def test_a_line_that_was_taken_back_in_a_record_is_put_back(commands, session, record):
    commands.file.open_now(record)
    commands.step.to_number(2)
    for vertex in ("K10", "K11"):
        commands.click(point(vertex))
    for _ in range(2):
        commands.play.take_back()
    commands.step.forward()
    commands.step.back()
    commands.tree.restore()
    commands.step.forward()
    assert [node.turn[1] for node in session.cursor.node.path()[3:]] == [point("K10"), point("K11")]
    assert session.document.dirty


def test_clicks_do_not_go_through_dialogs_and_help(handler, session, commands):
    session.settings.human = "both"
    commands.look.help()
    click(handler, handler.geometry.pixel(point("K10")))
    assert session.cursor.number == 0 and not session.screen.help_open
    commands.start.ask()
    click(handler, (5, 5))
    click(handler, handler.geometry.pixel(point("K10")))
    assert session.cursor.number == 0 and session.screen.dialog is not None
    box = dialog_box(session, handler.geometry)
    entry = next(row for row in box.rows if row.call and row.call.arguments[0] == 0)
    click(handler, entry.rect.center)
    assert session.screen.dialog.entries[0].value() == "White"
    click(handler, entry.part[0].center)  # the arrow before the value
    assert session.screen.dialog.entries[0].value() == "Black"
    press(handler, "escape")
    assert session.screen.dialog is None


@pytest.mark.parametrize(
    ("key", "mod", "name"),
    [
        ("/", pygame.KMOD_LSHIFT, "?"),
        ("=", pygame.KMOD_LSHIFT, "+"),
        ("ß", pygame.KMOD_LSHIFT, "?"),  # German
        ("8", pygame.KMOD_MODE, "["),  # German, where AltGr is a key of its own
        ("8", pygame.KMOD_LCTRL | pygame.KMOD_RALT, "["),  # and where it is Ctrl and Alt
        ("q", pygame.KMOD_LCTRL | pygame.KMOD_RALT, "altgr+q"),
        ("q", pygame.KMOD_LCTRL, "ctrl+q"),
        ("q", pygame.KMOD_LMETA, "ctrl+q"),
        ("5", pygame.KMOD_LSHIFT, "shift+5"),
    ],
)
def test_keys_are_named_by_their_sign_while_no_text_is_read(key, mod, name):
    assert key_name(pygame.event.Event(pygame.KEYDOWN, key=ord(key), mod=mod, unicode="")) == name


def test_typing_goes_to_the_dialog(handler, session, commands, record):
    commands.file.open_now(record)
    press(handler, "ctrl+g")
    for text in ("4", "backspace", "3", "enter"):
        press(handler, text)
    assert session.cursor.number == 3


def test_keys_and_the_wheel_do_nothing_under_the_help(handler, session, commands, record):
    commands.file.open_now(record, 2)
    before = session.tree.to_sgf()
    press(handler, "f1")
    handler.handle(pygame.event.Event(pygame.MOUSEWHEEL, y=-1, x=0))
    assert session.cursor.number == 2 and session.screen.help_open
    press(handler, "delete")
    assert session.tree.to_sgf() == before and not session.screen.help_open


@pytest.mark.parametrize("window", [(640, 480), (700, 560), (1280, 860), (2560, 1600), (600, 900)])
def test_help_shows_every_command_inside_the_window(session, commands, window):
    commands.look.help()
    handler = EventHandler(commands, window)
    box = help_box(session, handler.geometry)
    texts = [cell.text for row in box.rows for cell in row.cells]
    assert all(command.text in texts for command in COMMANDS)
    assert all(row.rect.bottom <= box.rect.bottom <= window[1] for row in box.rows)
    lasts = [row for row, following in zip(box.rows, box.rows[1:], strict=False) if following.rect.y < row.rect.y]
    assert lasts and all(row.tone != "title" for row in [*lasts, box.rows[-1]])


def test_a_dropped_file_is_opened(handler, session, record):
    handler.handle(pygame.event.Event(pygame.DROPFILE, file=str(record)))
    assert session.screen.requests[-1] == ReadFile(record)


def test_closing_the_window_requests_it(handler, session):
    handler.handle(pygame.event.Event(pygame.QUIT))
    assert session.screen.requests[-1] == CloseWindow()

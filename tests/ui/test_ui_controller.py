"""Keys and clicks: every row of the key table, and the places where the mouse does something."""

import pygame
import pytest
from conftest import answer, point

from gopolicy.go.coords import BLACK
from gopolicy.ui.actions import Actions
from gopolicy.ui.controller import NAMES, Controller
from gopolicy.ui.keys import BAR, BY_METHOD, COMMANDS, TOOLS, shown_keys
from gopolicy.ui.panel import panel_rows
from gopolicy.ui.scene import buttons, dialog_box, help_box
from gopolicy.ui.settings import Mode, Overlay

SIZE = (1280, 860)
CODES = {name: code for code, name in NAMES.items() if code != pygame.K_KP_ENTER}


def key_events(text):
    """Return the events of a key as the table writes it: pressed and let go."""
    *modifiers, name = text.split("+") if text != "+" else ["+"]
    mod = sum({"ctrl": pygame.KMOD_CTRL, "shift": pygame.KMOD_SHIFT}[modifier] for modifier in modifiers)
    code = CODES.get(name) or ord(name)
    sign = name if len(name) == 1 and not mod else ""
    down = pygame.event.Event(pygame.KEYDOWN, key=code, mod=mod, unicode=sign)
    return [down, pygame.event.Event(pygame.KEYUP, key=code, mod=mod)]


def press(controller, text):
    for event in key_events(text):
        controller.handle(event)


def click(controller, position, button=1):
    controller.handle(pygame.event.Event(pygame.MOUSEMOTION, pos=position, rel=(0, 0), buttons=(0, 0, 0)))
    controller.handle(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=position, button=button))


@pytest.fixture
def controller(actions):
    return Controller(actions, SIZE)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.method)
def test_every_key_of_the_table_calls_its_method(command, session, network, record, monkeypatch):
    actions = Actions(session)
    actions.open_path(record, 2)
    answer(session, network)
    called = []
    real = getattr(actions, command.method)
    monkeypatch.setattr(actions, command.method, lambda *args: (called.append(args), real(*args)))
    controller = Controller(actions, SIZE)
    keys = [key for key in command.keys if not key.startswith("wheel")]
    for key in keys:
        session.dialog = None
        press(controller, key)
    expected = 2 * len(keys) if command.held else len(keys)
    assert len(called) == expected
    if command.ranked:
        assert [arguments[0] for arguments in called] == list(range(1, 10))


def test_the_table_has_no_key_twice_and_every_button_has_a_row():
    keys = [key for command in COMMANDS for key in command.keys]
    assert len(keys) == len(set(keys))
    assert all(name == "|" or BY_METHOD[name].label for name in (*BAR, *TOOLS))
    assert all(shown_keys(command) and command.text for command in COMMANDS)


def test_the_wheel_steps_through_the_game(controller, session, actions, record):
    actions.open_path(record)
    controller.handle(pygame.event.Event(pygame.MOUSEWHEEL, y=-1, x=0))
    controller.handle(pygame.event.Event(pygame.MOUSEWHEEL, y=-1, x=0))
    assert session.walk.number == 2
    controller.handle(pygame.event.Event(pygame.MOUSEWHEEL, y=1, x=0))
    assert session.walk.number == 1


def test_clicks_play_and_the_right_button_takes_back(controller, session):
    session.settings.human = "both"
    click(controller, controller.geometry.pixel(point("Q16")))
    assert session.game.moves == [(BLACK, point("Q16"))]
    click(controller, controller.geometry.pixel(point("A1")), button=3)
    assert session.walk.number == 0


def test_a_double_click_on_a_stone_goes_to_its_move(controller, session, actions, record):
    actions.open_path(record)
    actions.to_end()
    place = controller.geometry.pixel(point("D16"))
    click(controller, place)
    assert session.walk.number == 6
    click(controller, place)
    assert session.walk.number == 2


def test_held_keys_are_let_go_when_the_window_loses_the_keyboard(controller, session):
    controller.handle(key_events("z")[0])
    assert session.peeking
    controller.handle(pygame.event.Event(pygame.WINDOWFOCUSLOST))
    assert not session.peeking


def test_toggles_do_not_repeat_while_held_but_steps_do(controller, session, actions, record):
    actions.open_path(record)
    shown = session.hints.shown
    for _ in range(3):
        controller.handle(key_events("space")[0])
    assert session.hints.shown != shown
    for _ in range(3):
        controller.handle(key_events("right")[0])
    assert session.walk.number == 3


def test_buttons_do_what_their_row_says(controller, session, actions, record, network):
    actions.open_path(record)
    answer(session, network)
    by_name = {button.call.method: button for button in buttons(session, controller.geometry)}
    assert set(by_name) == (set(BAR) | set(TOOLS)) - {"|"}
    click(controller, by_name["to_end"].rect.center)
    assert session.walk.number == 6
    click(controller, by_name["toggle_planes"].rect.center)
    assert session.overlay is Overlay.PLANES
    by_name = {button.call.method: button for button in buttons(session, controller.geometry)}
    click(controller, by_name["toggle_mode"].rect.center)
    assert session.mode is Mode.PLAY


def test_the_strip_and_the_panel_can_be_clicked(controller, session, actions, record, network):
    actions.open_path(record)
    answer(session, network)
    strip = controller.geometry.strip
    click(controller, (strip.x + strip.w // 2, strip.center[1]))
    assert session.walk.number in (0, 3, 6) or 1 <= session.walk.number <= 6
    rows = [row for row in panel_rows(session, controller.geometry) if row.call and row.call.method == "candidate"]
    click(controller, rows[1].rect.center)
    assert session.selected == 2


def test_clicks_do_not_go_through_dialogs_and_help(controller, session, actions):
    session.settings.human = "both"
    actions.help()
    click(controller, controller.geometry.pixel(point("K10")))
    assert session.walk.number == 0 and not session.help_open
    actions.new_game()
    click(controller, (5, 5))
    click(controller, controller.geometry.pixel(point("K10")))
    assert session.walk.number == 0 and session.dialog is not None
    box = dialog_box(session, controller.geometry)
    entry = next(row for row in box.rows if row.call and row.call.arguments == (1,))
    click(controller, entry.rect.center)
    assert session.settings.human == "none"
    press(controller, "escape")
    assert session.dialog is None


def test_typing_goes_to_the_dialog(controller, session, actions, record):
    actions.open_path(record)
    press(controller, "ctrl+g")
    for text in ("4", "backspace", "3", "enter"):
        press(controller, text)
    assert session.walk.number == 3


@pytest.mark.parametrize("window", [(700, 560), (1280, 860), (2560, 1600), (600, 900)])
def test_help_shows_every_command_inside_the_window(session, actions, window):
    actions.help()
    controller = Controller(actions, window)
    box = help_box(session, controller.geometry)
    texts = [cell.text for row in box.rows for cell in row.cells]
    assert all(command.text in texts for command in COMMANDS)
    assert all(row.rect.bottom <= box.rect.bottom <= window[1] for row in box.rows)


def test_a_dropped_file_is_opened(controller, session, record):
    controller.handle(pygame.event.Event(pygame.DROPFILE, file=str(record)))
    assert session.path == record


def test_closing_the_window_wishes_to_quit(controller, session):
    controller.handle(pygame.event.Event(pygame.QUIT))
    assert session.wishes[-1].kind == "quit"

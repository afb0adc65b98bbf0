"""Typing: plain characters, AltGr and dead keys, input methods, and when text is read at all."""

import pygame
import pytest
from conftest import GAME, click, commit, compose, open_text, point, press, type_text
from fake_network import FakeNetwork

from gopolicy.ui.drawing.picture import caret_place, draw
from gopolicy.ui.drawing.theme import THEMES
from gopolicy.ui.model.dialogs import LONGEST_TEXT, Text
from gopolicy.ui.model.requests import CloseWindow
from gopolicy.ui.panels.boxes import dialog_box
from gopolicy.ui.window.app import App
from gopolicy.ui.window.input_events import EventHandler

SIZE = (1024, 700)
ALT_GR = pygame.KMOD_LCTRL | pygame.KMOD_RALT  # as Windows reports it


@pytest.fixture
def handler(commands):
    return EventHandler(commands, SIZE)


@pytest.fixture
def comment(commands, handler, tmp_path):
    """The dialog in which the comment of the game, `ear`, is written."""
    open_text(commands, tmp_path, GAME)
    press(handler, "ctrl+e")
    return commands.session.screen.dialog


def key_down(key, mod=0, sign=""):
    return pygame.event.Event(pygame.KEYDOWN, key=key, mod=mod, unicode=sign)


def text_input(text):
    return pygame.event.Event(pygame.TEXTINPUT, text=text)


def field_cell(handler):
    """The line in which text is typed."""
    rows = dialog_box(handler.session, handler.geometry).rows
    return [cell for row in rows for cell in row.cells if cell.composed is not None][-1]


def underlined(session, begin, caret):
    """Whether there is a line under the letters between two places of the caret, whatever the font makes of them."""
    surface = pygame.Surface(SIZE)
    draw(surface, session)
    ink = THEMES[session.settings.theme].text
    return any(
        all(surface.get_at((x, y))[:3] == ink for x in range(begin.x + 1, caret.x - 1))
        for y in range(caret.y, caret.bottom)
    )


def test_text_is_what_the_system_says_was_typed(comment, handler):
    handler.handle(key_down(pygame.K_e, sign="e"))
    handler.handle(text_input("é"))  # a dead key before
    handler.handle(text_input("囲碁"))
    assert comment.text.value == "earé囲碁"


def test_a_changed_comment_is_thrown_away_only_at_a_second_escape(comment, handler, session):
    for _ in range(2):
        type_text(handler, "s")
        handler.handle(key_down(pygame.K_ESCAPE))
        press(handler, "escape")  # it is held
        assert session.screen.dialog is comment and "Escape" in comment.note
    press(handler, "escape")
    assert session.screen.dialog is None
    press(handler, "ctrl+e")
    press(handler, "escape")
    assert session.screen.dialog is None and session.tree.root.comment == "ear"


def test_all_spaces_are_text_and_a_long_text_grows_no_longer(comment, handler):
    handler.handle(text_input("井山　裕太 a\u00a0b\tc\nd\x07"))
    assert comment.text.value == "ear井山　裕太 a\u00a0b c\nd"
    one_line = Text()
    one_line.type("a\nb\tc")
    assert one_line.value == "a b c"
    long = Text("x" * (LONGEST_TEXT + 10))
    long.type("yy" * LONGEST_TEXT)
    assert long.value == "x" * (LONGEST_TEXT + 10)
    handler.handle(text_input("z" * LONGEST_TEXT))
    assert len(comment.text.value) == LONGEST_TEXT and "its end was left out" in comment.note


def test_enter_does_what_looks_chosen(commands, session, handler, tmp_path):
    commands.file.ask_name(tmp_path, "new.sgf")
    press(handler, "down")
    assert session.screen.dialog.chosen == 0
    press(handler, "enter")
    assert (tmp_path / "new.sgf").exists() and session.screen.dialog is None
    press(handler, "ctrl+n")
    now = session.document
    press(handler, "up")
    assert session.screen.dialog.entries[session.screen.dialog.chosen].label == "Cancel"
    press(handler, "enter")
    assert session.document is now and session.screen.dialog is None


def test_a_title_that_is_longer_than_its_dialog_goes_on_in_the_next_line(commands, session, handler):
    commands.click(point("Q16"))
    commands.file.leaving.ask("Open 2026-11-23-Somebody-with-a-long-name-and-another.sgf", lambda: None)
    box = dialog_box(session, handler.geometry)
    title = [row.cells[0].text for row in box.rows if not row.call]
    assert len(title) > 1 and "".join(title).endswith("not saved")
    assert box.rows[-1].rect.bottom <= box.rect.bottom


def test_a_composition_is_underlined_at_the_caret_until_it_is_typed(comment, handler, session):
    press(handler, "home")
    begin = caret_place(session, handler.geometry)
    for text in ("い", "いご"):
        compose(handler, text)
    assert comment.text.value == "ear" and field_cell(handler)[:1] + field_cell(handler)[4:] == ("いご|ear", (0, 2))
    caret = caret_place(session, handler.geometry)
    assert begin.x < caret.x and underlined(session, begin, caret)
    commit(handler, "囲碁")
    assert comment.text.value == "囲碁ear" and comment.composition == ""
    assert field_cell(handler).composed == (2, 2) and caret_place(session, handler.geometry) == caret
    assert not underlined(session, begin, caret)
    press(handler, "ctrl+enter")
    assert session.tree.root.comment == "囲碁ear"


@pytest.mark.parametrize("key", ["enter", "ctrl+enter", "escape", "backspace", "left", "home", "ctrl+q"])
def test_while_composing_all_keys_belong_to_the_input_method(comment, handler, session, key):
    compose(handler, "han")
    press(handler, key)
    assert session.screen.dialog is comment and comment.composition == "han"
    assert (comment.text.value, comment.text.caret) == ("ear", 3)
    compose(handler, "")
    press(handler, "escape")
    assert session.screen.dialog is None


def test_a_long_composition_comes_in_parts(comment, handler):
    for start, text in ((0, "あ" * 10), (10, "い" * 3), (0, "う")):
        handler.handle(pygame.event.Event(pygame.TEXTEDITING, text=text, start=start, length=len(text)))
        if start:
            assert comment.composition == "あ" * 10 + "い" * 3
    assert comment.composition == "う"


def test_a_long_comment_is_shown_where_it_is_composed(comment, handler):
    comment.text.value = "a | b\n" * 150 + "word " * 40
    comment.text.caret = len(comment.text.value) - 10
    compose(handler, "ni hao " * 12)
    rows = [row.cells[0] for row in dialog_box(handler.session, handler.geometry).rows if row.cells[0].composed]
    assert " ".join(cell.text[slice(*cell.composed)] for cell in rows).split() == ["ni", "hao"] * 12
    assert rows[-1].text[rows[-1].composed[1]] == "|"


def test_what_is_composed_is_typed_by_a_click_on_save(comment, handler, session):
    compose(handler, "국")
    row = next(row for row in dialog_box(session, handler.geometry).rows if row.call and row.cells[0].text == "Save")
    click(handler, row.rect.center)
    assert session.tree.root.comment == "ear국"


def test_what_is_composed_ends_where_the_window_loses_the_keyboard(comment, handler):
    compose(handler, "han")
    handler.handle(pygame.event.Event(pygame.WINDOWFOCUSLOST))
    assert comment.composition == "" and comment.text.value == "ear"


def test_alt_gr_types_and_calls_no_command(comment, handler, session):
    for key, text in ((pygame.K_q, "@"), (pygame.K_v, "„")):
        handler.handle(key_down(key, ALT_GR, text))
        handler.handle(text_input(text))
    assert comment.text.value == "ear@„"
    press(handler, "escape")
    handler.handle(key_down(pygame.K_q, ALT_GR, "@"))
    assert CloseWindow() not in session.screen.requests


def test_keys_with_ctrl_type_nothing(comment, handler):
    handler.handle(key_down(pygame.K_1, pygame.KMOD_LCTRL, "1"))
    handler.handle(text_input("1"))  # as X11 has it
    handler.handle(pygame.event.Event(pygame.KEYUP, key=pygame.K_1, mod=pygame.KMOD_LCTRL))
    handler.handle(text_input("2"))
    assert comment.text.value == "ear2"


def test_the_key_that_opens_a_field_types_nothing_however_long_it_is_held(commands, handler, session, tmp_path):
    handler.handle(key_down(pygame.K_a, sign="a"))
    commands.file.choose_from(tmp_path)  # what A asks for
    for _ in range(2):
        handler.handle(text_input("a"))
    assert session.screen.dialog.text.value == ""
    handler.handle(pygame.event.Event(pygame.KEYUP, key=pygame.K_a, mod=0))
    type_text(handler, "Ab")
    assert session.screen.dialog.text.value == "Ab"


def test_komi_and_size_are_typed_in_digits_of_any_width(commands, handler, session):
    press(handler, "ctrl+n")
    dialog = session.screen.dialog
    for label, text in (("Board", "１３"), ("Komi", "－０．５")):
        dialog.chosen = next(i for i, entry in enumerate(dialog.entries) if entry.label == label)
        for _ in range(5):
            press(handler, "backspace")
        compose(handler, text)
        assert field_cell(handler).text == text
        press(handler, "enter")
        commit(handler, text)
    press(handler, "backspace")
    compose(handler, "５")
    commands.choose_entry(len(dialog.entries) - 2)  # a click on the start
    assert session.screen.dialog is None and (session.game.size, session.tree.komi) == (13, -0.5)


def test_what_is_typed_takes_the_place_of_what_stood_there_and_komi_may_have_a_comma(handler, session):
    press(handler, "ctrl+n")
    press(handler, "down")
    type_text(handler, "13")
    press(handler, "down")
    type_text(handler, "6,5")
    press(handler, "enter")
    assert session.screen.dialog is None and (session.game.size, session.tree.komi) == (13, 6.5)


def test_the_caret_goes_from_line_to_line(comment, handler):
    for key in ("enter", "l", "o", "n", "g", "e", "r", "enter", "z", "up", "up", "home", "1", "down", "end", "2"):
        press(handler, key)
    assert comment.text.value == "1ear\nlonger2\nz"
    for key in ("up", "3", "up", "4", "down", "down", "5", "down", "6"):
        press(handler, key)
    assert comment.text.value == "41ear3\nlonger2\nz56"


def test_a_key_that_closed_a_dialog_does_nothing_else_while_it_is_held(commands, handler, session, network):
    press(handler, "ctrl+n")
    for _ in range(3):
        handler.handle(key_down(pygame.K_RETURN))
    assert session.screen.dialog is None and session.cursor.number == 0
    handler.handle(pygame.event.Event(pygame.KEYUP, key=pygame.K_RETURN, mod=0))
    commands.click(3)  # unsaved now
    press(handler, "ctrl+n")
    for _ in range(3):
        handler.handle(key_down(pygame.K_RETURN))
    assert "not saved" in session.screen.dialog.title
    handler.handle(pygame.event.Event(pygame.WINDOWFOCUSLOST))
    press(handler, "escape")
    assert session.screen.dialog is None
    for _ in range(2):
        handler.handle(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_n, mod=pygame.KMOD_CTRL, unicode=""))
        handler.handle(key_down(pygame.K_DOWN))
    assert session.screen.dialog.chosen == 2  # what repeats there goes on


class TextReading:
    """What the window tells SDL of text."""

    def __init__(self, monkeypatch):
        self.on, self.calls, self.place = True, 0, None
        monkeypatch.setattr(pygame.key, "start_text_input", lambda: self.set(True))
        monkeypatch.setattr(pygame.key, "stop_text_input", lambda: self.set(False))
        monkeypatch.setattr(pygame.key, "set_text_input_rect", lambda rect: setattr(self, "place", rect))

    def set(self, on):
        self.on, self.calls = on, self.calls + 1


@pytest.fixture
def app(dummy, commands):
    app = App(commands, FakeNetwork, size=(700, 560), native_dialogs=False)
    yield app
    app.worker.stop()


def post(app, *events):
    for event in events:
        pygame.event.post(event)
    app.step(patience=0.01)


def test_text_is_read_only_while_there_is_a_field(app, commands, session, monkeypatch):
    reading = TextReading(monkeypatch)
    app._open()
    app.step(patience=0.01)
    assert not reading.on
    commands.step.ask_number()
    app.step(patience=0.01)
    assert reading.on and session.screen.dialog is not None
    before = reading.place
    calls = reading.calls
    post(app, text_input("1234"))
    assert reading.place.x > before.x and reading.calls == calls
    post(app, key_down(pygame.K_ESCAPE))
    assert not reading.on
    commands.start.ask()
    app.step(patience=0.01)
    assert not reading.on
    post(app, key_down(pygame.K_DOWN))  # to the size of the board
    assert reading.on
    post(app, pygame.event.Event(pygame.TEXTEDITING, text="9", start=0, length=0))
    session.screen.dialog.move(1)  # by the wheel
    session.screen.touch()
    app.step(patience=0.01)
    assert reading.on and session.screen.dialog.composition == ""


def test_what_is_typed_before_text_is_read_is_taken_from_the_keys(app, commands, session, tmp_path):
    app._open()
    app.step(patience=0.01)
    open_text(commands, tmp_path, GAME)
    post(app, key_down(pygame.K_g, pygame.KMOD_LCTRL, "\x07"), key_down(pygame.K_3, sign="3"))
    post(app, key_down(pygame.K_4, sign="4"))  # its text would come by itself now
    assert session.screen.dialog.text.value == "3"
    post(app, key_down(pygame.K_RETURN, sign="\r"))
    assert session.cursor.number == 3


def test_the_letter_that_asks_for_a_file_is_no_search(app, commands, session, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    app._open()
    app.step(patience=0.01)
    post(app, key_down(pygame.K_a, sign="a"), text_input("a"))
    assert session.screen.dialog.text.value == ""
    post(app, text_input("a"), pygame.event.Event(pygame.KEYUP, key=pygame.K_a, mod=0))
    assert session.screen.dialog.text.value == ""
    post(app, text_input("a"))
    assert session.screen.dialog.text.value == "a"

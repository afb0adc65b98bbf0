"""The window in every language: whole catalogues, a session in each, the choice of one, and that its words fit."""

import ast
import json
import re
import string
from pathlib import Path

import pygame
import pytest
from conftest import answer, point

import gopolicy.ui
from gopolicy.__main__ import main
from gopolicy.features import FEATURES
from gopolicy.go.board import REASONS
from gopolicy.go.game import SUPERKO_REASON
from gopolicy.nn import NetworkConfig, PolicyNetwork, save_model
from gopolicy.prediction import PHASES
from gopolicy.ui.drawing import fonts
from gopolicy.ui.drawing.picture import draw
from gopolicy.ui.model import figures, key_table, language, listing, menu, practice_round, preferences, settings
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.settings import Mode, Settings
from gopolicy.ui.model.starting import LEVELS
from gopolicy.ui.panels.boxes import dialog_box, help_box
from gopolicy.ui.panels.buttons import buttons
from gopolicy.ui.panels.geometry import text_width
from gopolicy.ui.panels.placing import geometry_of
from gopolicy.ui.panels.rows import wrap
from gopolicy.ui.panels.side_panel import panel_rows

CODE = Path(gopolicy.ui.__file__).parent
OTHERS = [code for code in language.NAMES if code != language.ENGLISH]
SIGNS = re.compile(r"[<>|]*|F?\d+")  # labels and keys that are the same everywhere
LEAST = 0.47  # mean width of a letter of what is surely too long


def texts_in_calls():
    """The texts that stand in the code as arguments of `tr`."""
    found = set()
    for path in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr":
                if isinstance(node.args[0], ast.Constant):
                    found.add(node.args[0].value)
    return found


def texts_in_tables():
    """The texts that are translated where they are shown."""
    found = set(REASONS.values()) | {SUPERKO_REASON, "illegal record"}
    for command in key_table.COMMANDS:
        found |= {command.group, command.text, command.label}
        found |= {word for key in command.keys if len(key) > 1 for word in key_table._shown(key).split("+")}
    found |= {label for label, _ in menu.ENTRIES} | {text for figure in figures.FIGURES for text in figure}
    found |= {level.name for level in LEVELS} | {tool.value for tool in settings.TOOLS}
    found |= {*settings.SEAT_NAMES.values(), *settings.THEME_NAMES, *listing.HEADS, *practice_round.WORDS.values()}
    found |= {text for feature in FEATURES for text in (feature.name, feature.meaning)}
    found |= {phase.name for phase in PHASES}
    return set(language._RECORD_WORDS) | {text for text in found if not SIGNS.fullmatch(text) and len(text) > 1}


def fields(text):
    return sorted((name, spec) for _, name, spec, _ in string.Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_of_the_window_is_translated_and_no_other(code):
    wanted, there = texts_in_calls() | texts_in_tables(), set(language.catalogue(code).texts)
    assert there - wanted == set()
    assert wanted - there == set()


def test_every_text_with_named_fields_is_one_that_is_translated():
    found = set()
    for path in CODE.rglob("*.py"):
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        found |= {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    templates = {text for text in found if re.search(r"{[a-z_]+(:[^}]*)?}", text)}
    assert templates <= texts_in_calls()


def test_english_holds_nothing_but_plural_forms_of_texts_that_are_used():
    texts = language.catalogue("en").texts
    assert set(texts) <= texts_in_calls()
    assert all(isinstance(forms, list) and forms[-1] == text for text, forms in texts.items())


@pytest.mark.parametrize("code", language.NAMES)
def test_translations_have_the_fields_of_their_source(code):
    for text, found in language.catalogue(code).texts.items():
        forms = [found] if isinstance(found, str) else found
        assert all(form.strip() for form in forms)
        assert fields(forms[-1]) == fields(text), text
        for form in forms[:-1]:  # a form that is for one number only need not say it
            assert set(fields(text)) - set(fields(form)) <= {("count", "")}, text
            assert set(fields(form)) <= set(fields(text)), text


@pytest.mark.parametrize("code", language.NAMES)
def test_plural_forms_are_complete(code):
    texts, plural = language.catalogue(code)
    needed = 1 + max(plural(number) for number in range(1000))
    numbered = language.catalogue("en").texts
    for text in numbered:
        forms = texts[text]
        assert (1 if isinstance(forms, str) else len(forms)) == needed, text
    assert not any(
        isinstance(forms, list) for text, forms in texts.items() if text not in language.catalogue("en").texts
    )


def test_a_number_chooses_its_form():
    said = {}
    for code in ("en", "de", "fr", "ja"):
        language.use(code)
        said[code] = [language.tr("{count} prisoners", count=number) for number in (0, 1, 2)]
    assert said["en"] == ["0 prisoners", "1 prisoner", "2 prisoners"]
    assert said["de"] == ["0 Gefangene", "1 Gefangener", "2 Gefangene"]
    assert said["fr"] == ["0 prisonnier", "1 prisonnier", "2 prisonniers"]
    assert said["ja"] == ["アゲハマ 0", "アゲハマ 1", "アゲハマ 2"]


def test_results_are_written_as_the_language_writes_them():
    language.use("fr")
    assert [language.result_name(text) for text in ("B+3.5", "W+R", "0", "?", "")] == [
        "N+3.5",
        "B+abandon",
        "jigo",
        "?",
        "",
    ]


class Recorded(dict):
    """A catalogue that notes what it is asked for and lacks."""

    def __init__(self, texts, lacks):
        super().__init__(texts)
        self.lacks = lacks

    def get(self, text, default=None):
        if text not in self and not SIGNS.fullmatch(text) and len(text) > 1:
            self.lacks.add(text)
        return super().get(text, default)


def played(session, commands, network, record, look):
    """Do what opens every panel, dialog and menu, and look at each."""
    look()
    for name in "menu.show menu.recent look.ask_language start.ask start.ask_strength start.ask_numbers".split():
        commands.call(Call(name))
        look()
    commands.look.escape()
    answer(commands, network)
    commands.click(point("Q4"))
    answer(commands, network)
    look()
    for name in "play.ask_to_resign start.ask_and_begin look.help".split():
        commands.call(Call(name))
        look()
        commands.look.escape()
    commands.play.resign()
    look()
    commands.file.open_now(record, 2)
    answer(commands, network)
    names = "explore.toggle_both explore.toggle_continuations explore.toggle_planes explore.toggle_attribution "
    names += "explore.toggle_territory profiles.toggle count.toggle guess.toggle edit.toggle edit.information "
    names += "edit.comment step.ask_number look.show_tree look.show_comment look.show_surprise see.more "
    names += "look.cycle_numbers look.cycle_numbers look.toggle_sound look.next_theme tree.delete tree.restore "
    names += "tree.move_up tree.make_main_line step.next_surprise see.raise_threshold file.write_review file.copy "
    names += "games.show archive.choose play.pass_turn play.take_back guess.practice file.next_game look.plain_board"
    for name in names.split():
        commands.call(Call(name))
        answer(commands, network)
        look()
        commands.look.escape()
        session.screen.dialog = None
        session.set_mode(Mode.REVIEW)
    commands.guess.toggle()
    commands.guess.guess(point("K10"))
    look()
    commands.look.escape()
    for place in range(len(figures.FIGURES)):
        session.screen.pointing, session.screen.pointed_at = Call("look.about", (place,)), -1000.0
        look()


@pytest.mark.parametrize("code", OTHERS)
def test_a_session_is_in_one_language_in_every_menu_dialog_and_panel(
    session, commands, network, record, code, monkeypatch, tmp_path
):
    monkeypatch.setattr("gopolicy.ui.model.guessing.default_deck", lambda: tmp_path / "no.deck")
    lacks, (texts, plural) = set(), language.catalogue(code)
    recorded = language.Catalogue(Recorded(texts, lacks), plural)
    monkeypatch.setattr(language, "catalogue", lambda code: recorded)
    language.use(code)
    surface = pygame.Surface((900, 640))
    played(session, commands, network, record, lambda: draw(surface, session))
    assert lacks <= {session.settings.theme, "?"}


def said_here(session):
    geometry = geometry_of(session, 1024, 700)
    cells = [cell.text for row in panel_rows(session, geometry) for cell in row.cells]
    return cells + [button.label for button in buttons(session, geometry)]


def test_the_language_is_changed_in_the_window_at_once_and_remembered(session, commands, tmp_path):
    commands.menu.show()
    entries = [entry.label for entry in session.screen.dialog.entries]
    commands.window.choose_entry(entries.index("Language ..."))
    dialog = session.screen.dialog
    assert [entry.label for entry in dialog.entries[:-1]] == [name.own for name in language.NAMES.values()]
    assert dialog.entries[0].value() == "now"
    commands.window.choose_entry(1)
    assert session.screen.dialog is None and session.screen.message.text == "Sprache: Deutsch"
    here = said_here(session)
    assert {"Du spielst Schwarz. Klicke auf einen Punkt.", "Passen", "0 Gefangene", "Mensch"} <= set(here)
    path = tmp_path / "window.json"
    preferences.save(session.preferences, session.settings, path)
    next_time = Settings()
    preferences.load(path).apply(next_time)
    assert next_time.language == "de"
    path.write_text(json.dumps({"looks": {"language": "xx"}}))
    next_time = Settings()
    preferences.load(path).apply(next_time)
    assert next_time.language == ""


def test_a_language_without_a_font_is_offered_with_the_reason_and_not_used(session, commands):
    session.screen.writes = str.isascii
    commands.look.ask_language()
    entry = session.screen.dialog.entries[list(language.NAMES).index("ja")]
    assert (entry.label, entry.value()) == ("Japanese", "no font here")
    entry.act()
    assert session.screen.message.warning and "no font here for Japanese" in session.screen.message.text
    assert language.current() == "en" and session.settings.language == ""


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "fr_CA", "LANG": "de_DE"}, "fr"),
        ({"LANGUAGE": "it:es:de", "LANG": "de_DE"}, "es"),
        ({"LANG": "it_IT.UTF-8"}, "en"),
        ({"LC_MESSAGES": "ko", "LANG": "en_US"}, "ko"),
    ],
)
def test_the_locale_names_the_language(environment, code):
    assert language.of_environment(environment) == code


def snapshot(tmp_path, *options):
    model = tmp_path / "small.safetensors"
    save_model(model, PolicyNetwork(NetworkConfig(4, 2)))
    return main(["board", "--snapshot", str(tmp_path / "o.png"), "--model", str(model), *options])


def test_the_option_goes_before_the_locale(tmp_path, monkeypatch, capsys):
    assert snapshot(tmp_path, "--language", "de") == 0 and language.current() == "de"
    monkeypatch.setenv("LANGUAGE", "fr")
    assert snapshot(tmp_path) == 0 and language.current() == "fr"
    assert snapshot(tmp_path, "--language", "xx") == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["gopolicy: no language 'xx': choose one of en, de, fr, es, zh, ja, ko"]


def test_without_a_font_the_window_is_in_english(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "writes", str.isascii)
    assert snapshot(tmp_path, "--language", "zh") == 0 and language.current() == "en"


@pytest.mark.parametrize("window", [(1024, 700), (1400, 900)])
@pytest.mark.parametrize("code", language.NAMES)
def test_labels_fit_their_places(session, commands, network, record, code, window):
    language.use(code)
    commands.file.open_now(record, 2)
    answer(commands, network)
    geometry = geometry_of(session, *window)
    found = buttons(session, geometry)
    assert set(key_table.BAR) - {"|"} <= {button.call.name for button in found}
    for button in found:
        if not SIGNS.fullmatch(button.label):
            assert text_width(button.label, geometry.unit * 0.92, LEAST) <= button.rect.w - 4, button.label
    commands.look.help()
    for box in (help_box(session, geometry), *dialogs(session, commands, geometry)):
        for row in box.rows:
            if len(row.cells) > 1:
                assert_apart(row)


def dialogs(session, commands, geometry):
    for name in "menu.show start.ask start.ask_strength start.ask_numbers edit.information look.ask_language".split():
        commands.call(Call(name))
        yield dialog_box(session, geometry)


def assert_apart(row):
    """A row's left text ends before the next text begins."""
    size = row.rect.h / 1.45
    first, *others = row.cells
    starts = []
    for cell in others:
        share = {"left": 0.0, "center": 0.5, "right": 1.0}[cell.anchor]
        starts.append(cell.x * row.rect.w - share * text_width(cell.text, size, LEAST))
    assert first.x * row.rect.w + text_width(first.text, size, LEAST) <= min(starts), [cell.text for cell in row.cells]


def test_lines_of_chinese_break_between_characters_but_not_before_punctuation():
    text = "请选择语料库：用 gopolicy prepare GAMES 可由你的棋谱生成。"
    lines = wrap(text, 120, 12)
    assert len(lines) > 2 and all(text_width(line, 12, 0.525) <= 140 for line in lines)
    assert not any(line[0] in "：。" for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("text", ["x" * 5000, "word " * 1000, "請" * 3000, "a\n" * 300])
def test_every_line_of_a_long_text_is_there(text):
    lines = wrap(text, 120, 12, most=len(text))
    assert "".join(lines).replace(" ", "") == text.replace(" ", "").replace("\n", "")
    assert all(text_width(line, 12, 0.525) <= 120 for line in lines)
    assert wrap(text, 120, 12, most=5) == [*lines[:4], f"{lines[4]} …"]


def test_chinese_is_written_with_the_chinese_face_of_a_file_that_holds_several():
    path = pygame.font.match_font("notosanscjksc")
    if path is None or fonts._place(path, " SC") == 0:
        pytest.skip("no such file here")
    pictures = {}
    for code in ("zh", "ja"):
        language.use(code)
        pictures[code] = pygame.image.tobytes(fonts.render("直：", 40, (255, 255, 255)), "RGBA")
    assert pictures["zh"] != pictures["ja"]


def test_the_catalogues_are_package_data():
    settings = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    assert '"ui/languages/*"' in settings
    assert {path.stem for path in language.FOLDER.glob("*.toml")} == set(language.NAMES)

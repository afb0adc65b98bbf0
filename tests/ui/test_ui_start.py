"""The first look: what is offered, levels of strength, what is remembered, what buttons say."""

import json
from pathlib import Path

import pytest
from conftest import answer, point

from gopolicy.go.coords import BLACK, WHITE
from gopolicy.ui.model.figures import FIGURES
from gopolicy.ui.model.key_table import BAR, TABS, TOOLS, TREE_BAR
from gopolicy.ui.model.preferences import MOST_RECENT, Preferences, load, save
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.settings import Mode, Settings
from gopolicy.ui.model.starting import LEVELS, level_name
from gopolicy.ui.model.tasks import Style
from gopolicy.ui.panels.buttons import buttons
from gopolicy.ui.panels.placing import geometry_of
from gopolicy.ui.panels.side_panel import panel_rows
from gopolicy.ui.panels.tips import tip_of

SIZE = (1400, 900)


def rows(session):
    """Return {text of a row: what a click on it does}."""
    return {row.cells[0].text: row.call for row in panel_rows(session, geometry_of(session, *SIZE)) if row.cells}


def test_the_first_look_says_what_to_do_and_offers_three_other_things(commands, session, network):
    session.network_ready("fake")
    shown = rows(session)
    assert "You play Black.  Click a point." in shown
    names = {call.name for call in shown.values() if call is not None}
    assert {"start.as_white", "file.open", "see.toggle_hints"} <= names
    commands.call(Call("start.as_white"))
    answer(commands, network)
    assert session.game.moves[0] == (BLACK, point("D4")) and session.game.to_play == WHITE
    commands.click(point("K10"))
    assert "You play White." not in rows(session)


def test_the_first_look_at_a_board_that_the_network_does_not_know_offers_nothing_of_it(commands, session):
    session.network_ready("fake")
    session.settings.size = 13
    commands.start.begin()
    names = {call.name for call in rows(session).values() if call is not None}
    assert "file.open" in names and not names & {"start.as_white", "see.toggle_hints"}


def test_levels_run_from_the_top_move_to_wider_choices(commands, session):
    assert [level.name for level in LEVELS] == ["strongest", "strong", "relaxed", "beginner-friendly"]
    assert LEVELS[0].style.temperature == 0
    styles = [(level.style.temperature, level.style.top_p) for level in LEVELS[1:]]
    assert styles == sorted(set(styles)) and level_name(Settings().style) == "strong"
    commands.start.ask_strength()
    entry = next(e for e in session.screen.dialog.entries if e.label == "The network plays")
    entry.adjust(1)
    assert entry.value() == "relaxed" and session.settings.style == LEVELS[2].style
    next(e for e in session.screen.dialog.entries if e.label == "In numbers ...").act()
    temperature = next(e for e in session.screen.dialog.entries if e.label == "Temperature")
    temperature.adjust(1)
    assert level_name(session.settings.style).startswith("own")


def test_settings_and_places_are_remembered(tmp_path):
    path = tmp_path / "config" / "window.json"
    settings = Settings(
        theme="paper", numbers=10, top=7, coordinates=False, style=Style(0.5, 0.9, 30), komi=6.5, threshold=0.02
    )
    settings.hints[Mode.PLAY].shown = True
    kept = Preferences(size=(1500, 800))
    kept.opened(tmp_path / "a" / "one.sgf")
    save(kept, settings, path)
    found = load(path)
    assert found.size == (1500, 800) and found.folder == str(tmp_path / "a")
    assert found.recent == [str(tmp_path / "a" / "one.sgf")]
    fresh = Settings()
    found.apply(fresh)
    assert fresh == settings


def test_recent_files_are_the_latest_first_without_repetition(commands, session, record, tmp_path):
    for n in range(MOST_RECENT + 3):
        session.preferences.opened(tmp_path / f"{n}.sgf")
    commands.file.open_now(record)
    session.preferences.opened(tmp_path / "9.sgf")
    recent = session.preferences.recent
    assert recent[:2] == [str(tmp_path / "9.sgf"), str(record)] and len(recent) == MOST_RECENT == len(set(recent))
    commands.menu.recent()
    session.screen.dialog.entries[1].act()
    assert session.screen.taken_requests()[-1].path == Path(record)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '"x"',
        '{"size": [1, 2], "recent": 5}',
        '{"size": "x", "recent": [1, null], "looks": []}',
        json.dumps({"looks": {"theme": "none", "numbers": "x", "style": {"temperature": "hot"}, "hints": {"play": 3}}}),
        json.dumps({"looks": {"style": [1], "hints": [], "top": 1e9, "komi": "7", "human": 4, "sound": "yes"}}),
        json.dumps({"looks": {"style": {"temperature": -1, "top_p": None, "greedy_after": "x"}, "komi": 1e400}}),
        json.dumps({"folder": 3, "size": [900, 700, 1], "recent": None}),
        json.dumps({"looks": {"theme": ["dark"], "top": True, "human": {}, "style": {"greedy_after": -3.5}}}),
    ],
)
def test_a_damaged_file_of_preferences_is_as_good_as_none(text, tmp_path):
    path = tmp_path / "window.json"
    path.write_text(text)
    settings = Settings()
    load(path).apply(settings)
    assert settings == Settings()


def test_preferences_that_cannot_be_written_are_let_go(tmp_path):
    (tmp_path / "file").write_text("")
    save(Preferences(), Settings(), tmp_path / "file" / "window.json")
    assert load(tmp_path / "nowhere.json") == Preferences()


def test_every_button_says_its_key_and_what_it_does(commands, session, record):
    commands.file.open_now(record)
    commands.look.show_tree()
    shown = buttons(session, geometry_of(session, *SIZE))
    names = {button.call.name for button in shown}
    assert names == ({*BAR, *TABS, *TREE_BAR} | {name for row in TOOLS for name in row}) - {"|"}
    for button in shown:
        text = button.tip[0]
        assert text.endswith(")") and "()" not in text and len(text) > 8


def test_buttons_of_the_tree_say_why_they_do_nothing(commands, session, record):
    commands.file.open_now(record)
    commands.look.show_tree()

    def reasons():
        return {b.call.name: b.reason for b in buttons(session, geometry_of(session, *SIZE)) if b.call.name in TREE_BAR}

    assert all(reasons().values())
    commands.step.to_number(5)
    commands.step.next_variation()
    assert reasons() == {
        "tree.move_up": "",
        "tree.move_down": "this is the last variation",
        "tree.make_main_line": "",
        "tree.delete": "",
    }


def test_figures_say_what_they_are_when_the_mouse_rests_on_them(commands, session, network, record, clock):
    commands.file.open_now(record)
    answer(commands, network)
    session.screen.show_tab("surprise")
    geometry = geometry_of(session, *SIZE)
    found = [row for row in panel_rows(session, geometry) if row.call is not None and row.call.name == "look.about"]
    names = {FIGURES[row.call.arguments[0]].name for row in found}
    assert {"average surprise, bits", "the top move", "in the top 5", "bits", "plausible moves"} <= names
    for row in found:
        session.screen.point_at(None, row.call, clock.now)
        assert tip_of(session, geometry) is None
        clock.now += 1
        tip = tip_of(session, geometry)
        assert tip.about == row.rect and len(tip.lines) >= 2 and tip.lines[0][1] == "strong"
        commands.call(row.call)
        assert session.screen.message.text.startswith(tip.lines[1][0][:10])

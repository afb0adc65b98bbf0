"""The archive overlay: counts beside the network's percents, games opened where they had the position."""

import time
from pathlib import Path

import pygame
import pytest
from conftest import answer, point
from fake_network import FakeNetwork
from fakes import UniformPolicy

from gopolicy.archive.exploration import Archive
from gopolicy.archive.position_index import index_path
from gopolicy.records import read_records
from gopolicy.records.corpus import Corpus
from gopolicy.ui.drawing.picture import draw
from gopolicy.ui.model.archive_view import LISTED, ArchiveView
from gopolicy.ui.model.command_groups import CommandGroups
from gopolicy.ui.model.preferences import Preferences, load, save
from gopolicy.ui.model.requests import AskForFileToOpen, ReadFile
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode, Overlay, Settings
from gopolicy.ui.panels.buttons import buttons
from gopolicy.ui.panels.placing import geometry_of
from gopolicy.ui.panels.side_panel import panel_rows
from gopolicy.ui.panels.wording import short_count
from gopolicy.ui.window.app import App

DATA = Path(__file__).parents[2] / "data"
PATIENCE = 300  # seconds until a test gives up; never how long it takes


@pytest.fixture
def opened(commands, archive_path, network):
    """A session with the archive's overlay on the empty board, all looked up."""
    commands.archive.adopt(ArchiveView(Archive.open(archive_path), archive_path))
    answer(commands, network)
    return commands


def failing():
    raise OSError("no network")


def run(app, until):
    """Run the window's loop until a condition holds."""
    end = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < end
        app.step(patience=0.02)


def texts(session, width=1400, height=900):
    return [[cell.text for cell in row.cells] for row in panel_rows(session, geometry_of(session, width, height))]


def test_moves_stand_with_their_games_beside_the_networks_percents(opened, session, archive_path):
    expected = Archive.open(archive_path).explore(session.game).continuations
    rows = texts(session)
    assert any("in 15 games of games.corpus" in row[0] for row in rows)
    first = next(row for row in rows if row and row[0] == expected[0].vertex)
    assert first[1] == str(expected[0].count) and first[-1].endswith("%")
    assert len(session.archive.games) > 0


def test_the_overlay_follows_the_board_and_a_click_still_plays(opened, session, network):
    session.settings.human = "both"
    before = session.archive.explored.found.count
    opened.click(point("K10"))
    answer(opened, network)
    assert session.view.overlay is Overlay.ARCHIVE and session.cursor.number == 1
    assert session.archive.found(session.key).count < before


def test_enter_opens_the_chosen_game_at_that_move(opened, session, network):
    opened.step.next_variation()
    assert session.archive.game == 1
    chosen = session.archive.games[1]
    opened.enter()
    assert session.mode is Mode.REVIEW and session.cursor.number == chosen.turn - 1
    assert session.view.overlay is Overlay.ARCHIVE and session.tree.names[1] == chosen.black
    answer(opened, network)
    assert session.archive.found(session.key).count > 0


def test_the_percents_are_those_of_the_profile_that_the_network_plays_like(opened, session, network, archive_path):
    before = session.archive.explored.found
    network.policy = UniformPolicy({"C3": 300})
    session.settings.profile = "kgs-9k-1k"
    answer(opened, network)
    expected = Archive.open(archive_path).explore(session.game, session.prediction, games=LISTED)
    assert session.archive.found(session.key) == expected != before


@pytest.fixture
def guessed(opened, session, network, record):
    """The archive beside the answer to a guess, the second of a record."""
    opened.file.open_now(record, 0)
    opened.guess.toggle()
    opened.click(point("Q16"))
    opened.enter()
    opened.click(point("D16"))
    opened.archive.toggle()
    answer(opened, network)
    assert session.view.overlay is Overlay.ARCHIVE and not session.hides_answers
    return opened


@pytest.mark.parametrize(
    "call",
    [Call("step.back"), Call("step.to_start"), Call("step.back_ten"), Call("step.to_number", (3,))]
    + [Call("play.take_back"), Call("tree.go_to", (3, 0))],
)
def test_the_archive_gives_no_answer_before_a_guess(guessed, session, call):
    guessed.call(call)
    assert session.hides_answers and session.view.overlay is Overlay.NONE


def test_a_game_of_the_archive_is_opened_to_guess_its_moves_without_the_archive(guessed, session):
    guessed.archive.open_game()
    assert session.mode is Mode.GUESS and session.hides_answers and session.view.overlay is Overlay.NONE


def test_a_click_chooses_a_move_and_its_games(opened, session):
    rows = panel_rows(session, geometry_of(session, 1400, 900))
    second = next(row for row in rows if row.call is not None and row.call == ("archive.choose_move", (1,)))
    opened.call(second.call)
    assert session.archive.chosen is session.archive.explored.found.continuations[1]


def test_a_position_that_nobody_had_says_so_and_lists_what_the_network_expects(opened, session, network):
    session.settings.human = "both"
    for vertex in ("A1", "T19", "A2"):
        opened.click(point(vertex))
    answer(opened, network)
    rows = texts(session)
    assert any("no game of games.corpus had this position" in row[0] for row in rows)
    assert ["D4", "none"] == next(row for row in rows if row[0] == "D4")[:2]


def test_it_works_without_a_network(commands, session, archive_path, dummy):
    app = App(commands, failing, size=(900, 700), native_dialogs=False)
    app._open()
    app.worker.start()
    commands.archive.adopt(ArchiveView(Archive.open(archive_path), archive_path))
    run(app, lambda: session.archive.found(session.key) is not None)
    assert session.archive.found(session.key).count == 15 and session.network_is_missing
    app.worker.stop()


def test_the_archive_is_asked_for_once_and_remembered(commands, session, archive_path, tmp_path):
    commands.archive.toggle()
    assert session.screen.taken_requests() == [AskForFileToOpen()] and "gopolicy prepare" in session.screen.message.text
    commands.archive.adopt(ArchiveView(Archive.open(archive_path), archive_path))
    save(session.preferences, session.settings, tmp_path / "window.json")
    later = CommandGroups(Session(preferences=load(tmp_path / "window.json")))
    later.archive.toggle()
    assert later.session.screen.taken_requests() == [ReadFile(archive_path)]


def test_a_corpus_is_opened_in_a_thread_and_leaves_the_record_where_it_is(archive_path, dummy):
    session = Session(Settings(human="both"))
    commands = CommandGroups(session)
    app = App(commands, FakeNetwork, size=(900, 700), native_dialogs=False)
    app._open()
    commands.click(point("D4"))
    commands.file.open_path(archive_path)
    run(app, lambda: session.archive is not None)
    assert session.archive.path == archive_path and session.cursor.number == 1 and not session.screen.loading
    bad = archive_path.with_name("bad.corpus")
    bad.write_bytes(b"no corpus")
    commands.file.open_path(bad)
    run(app, lambda: not session.screen.loading)
    assert session.screen.message.warning and session.archive.path == archive_path


@pytest.mark.parametrize("is_foreign", [False, True])
def test_an_index_of_an_earlier_corpus_is_built_anew_and_a_foreign_file_is_not_replaced(tmp_path, dummy, is_foreign):
    path = tmp_path / "games.corpus"
    Corpus.from_records(list(read_records(DATA))[:1]).save(path)
    Archive.open(path)  # builds the index
    Corpus.from_records(list(read_records(DATA))[:2]).save(path)
    if is_foreign:
        index_path(path).write_text("precious")
    session = Session(Settings(human="both"))
    app = App(CommandGroups(session), FakeNetwork, size=(900, 700), native_dialogs=False)
    app._open()
    app.commands.file.open_path(path)
    run(app, lambda: not session.screen.loading)
    if is_foreign:
        assert session.screen.message.warning and index_path(path).read_text() == "precious"
    else:
        assert session.archive.path == path and len(Archive.open(path).corpus) == 2


def test_counts_are_on_the_board(opened, session):
    surface = pygame.Surface((1280, 860))
    draw(surface, session)
    x, y = geometry_of(session, 1280, 860).pixel(session.archive.chosen.move)
    shown = surface.get_at((x - 8, y - 8))
    opened.archive.toggle()
    draw(surface, session)
    assert surface.get_at((x - 8, y - 8)) != shown


def test_counts_are_short():
    assert [short_count(n) for n in (7, 842, 1234, 9949, 9950, 23_456, 301_000, 999_500)] == [
        "7",
        "842",
        "1.2k",
        "9.9k",
        "10k",
        "23k",
        "301k",
        "1M",
    ]


def test_preferences_without_an_archive_are_read(tmp_path):
    path = tmp_path / "window.json"
    path.write_text('{"archive": 5}')
    assert load(path).archive == "5" and Preferences().archive == ""


def test_in_a_tall_window_the_games_stand_beside_the_moves(opened, session):
    assert any("LATEST GAMES" in row[0] for row in texts(session))
    shown = texts(session, 900, 1400)
    assert sum("LATEST GAMES" in row[0] for row in shown) == 1 and any("move 1" in row[-1] for row in shown)
    labels = {button.label for button in buttons(session, geometry_of(session, 900, 1400))}
    assert "Games" in labels and "Surprise" not in labels

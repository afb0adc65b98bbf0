"""A region of the board, marked by a drag, is searched for in the archive: counts, games, progress, stopping."""

import time
from pathlib import Path

import pygame
import pytest
from conftest import answer, click, move_mouse, point
from fake_network import FakeNetwork

from gopolicy.archive import region_search
from gopolicy.archive.exploration import Archive
from gopolicy.archive.region_search import Region
from gopolicy.go.coords import to_vertex
from gopolicy.ui.drawing.picture import draw
from gopolicy.ui.drawing.theme import THEMES
from gopolicy.ui.model.archive_view import ArchiveView, Rectangle
from gopolicy.ui.model.settings import Overlay
from gopolicy.ui.model.tasks import AbandonedError, Explore
from gopolicy.ui.panels.placing import geometry_of
from gopolicy.ui.panels.side_panel import panel_rows, status
from gopolicy.ui.window.app import App
from gopolicy.ui.window.input_events import EventHandler

DATA = Path(__file__).parents[2] / "data"
SIZE = (1400, 900)
PATIENCE = 300  # seconds until a test gives up; never how long it takes


@pytest.fixture
def opened(commands, archive_path, network):
    """A session with the archive's overlay on a game of its own at move 6."""
    commands.file.open_now(DATA / "gnugo-001.sgf", 6)
    commands.archive.adopt(ArchiveView(Archive.open(archive_path), archive_path))
    answer(commands, network)
    return commands


@pytest.fixture
def handler(opened):
    return EventHandler(opened, SIZE)


def shift(handler, kind):
    handler.handle(pygame.event.Event(kind, key=pygame.K_LSHIFT, mod=0, unicode=""))


def drag(handler, first, last):
    begin, end = (handler.geometry.pixel(point(vertex)) for vertex in (first, last))
    click(handler, begin)
    move_mouse(handler, end, pressed=True)
    handler.handle(pygame.event.Event(pygame.MOUSEBUTTONUP, pos=end, button=1))


def shift_drag(handler, first, last):
    shift(handler, pygame.KEYDOWN)
    drag(handler, first, last)
    shift(handler, pygame.KEYUP)


def rows(session):
    return panel_rows(session, geometry_of(session, *SIZE))


def texts(session):
    return [" ".join(cell.text for cell in row.cells) for row in rows(session)]


def test_a_drag_with_shift_searches_for_the_region(opened, handler, session, network, archive_path):
    number = session.cursor.number
    shift_drag(handler, "T19", "K10")
    assert session.archive.region.name == "K10:T19" and session.cursor.number == number
    assert any("searching all games" in text for text in texts(session))
    answer(opened, network)
    found = session.archive.found(session.key)
    game = session.game
    expected = Archive.open(archive_path).explore_region(game, Region.parse(game, "K10:T19"))
    assert (found.count, found.games, found.unchanged, found.captured) == (
        expected.count,
        expected.games,
        expected.unchanged,
        expected.captured,
    )
    counts = {(move.move, move.own, move.count) for move in expected.continuations}
    assert found.count > 0 and {(m.move, m.own, m.count) for m in found.continuations if m.count} == counts
    shown = texts(session)
    assert any("Played in K10:T19".casefold() in text.casefold() for text in shown)
    assert any(f"{found.count:,} times in" in text for text in shown)


def test_the_command_lets_one_drag_once_and_escape_goes_back(opened, handler, session, network):
    opened.archive.mark_region()
    assert "drag a rectangle" in session.screen.message.text
    drag(handler, "A19", "H12")
    assert session.archive.region.name == "A12:H19"
    answer(opened, network)
    moves = session.cursor.number
    opened.look.escape()
    assert session.archive.region is None and session.view.overlay is Overlay.ARCHIVE
    answer(opened, network)
    assert session.archive.found(session.key) is not None
    opened.look.escape()
    assert session.view.overlay is Overlay.NONE
    drag(handler, "Q10", "R10")  # not marking any more: a click plays
    assert session.cursor.number == moves + 1


def test_a_single_point_is_no_region_and_a_lost_focus_ends_a_drag(opened, handler, session):
    shift_drag(handler, "C3", "C3")
    assert session.archive.region is None and session.archive.marked is None
    shift(handler, pygame.KEYDOWN)
    click(handler, handler.geometry.pixel(point("C3")))
    move_mouse(handler, handler.geometry.pixel(point("F6")), pressed=True)
    assert session.archive.marked == Rectangle(point("C3"), point("F6"))
    handler.handle(pygame.event.Event(pygame.WINDOWFOCUSLOST))
    assert session.archive.marked is None and session.archive.region.name == "C3:F6"


def test_enter_opens_a_game_that_had_the_region(opened, handler, session, network):
    shift_drag(handler, "K10", "T19")
    answer(opened, network)
    chosen = session.archive.games[session.archive.game]
    color = session.archive.chosen
    assert any("Latest games with".casefold() in text.casefold() and color.vertex in text for text in texts(session))
    opened.enter()
    if session.screen.dialog is not None:
        opened.choose_entry(2)
    assert session.cursor.number == chosen.turn - 1 and session.tree.names[1] == chosen.black
    assert session.archive.region is None


def test_a_search_reports_progress_and_is_given_up(opened, handler, session, monkeypatch):
    monkeypatch.setattr(region_search, "CHUNK_GAMES", 3)
    shift_drag(handler, "K10", "T19")
    task = opened.queue._overlay_task(session.key)
    assert isinstance(task, Explore) and opened.queue.is_wanted(task)
    shares = []
    task.run(FakeNetwork(), shares.append)
    assert shares == sorted(shares) and len(shares) == 7 and shares[-1] == 1
    session.progress = 0.4
    assert status(session)[0].startswith("searching the archive: 40 %")

    def drop(share):
        opened.look.escape()
        assert not opened.queue.is_wanted(task)
        task.dropped.set()

    with pytest.raises(AbandonedError):
        task.run(FakeNetwork(), drop)


def test_the_region_stays_while_one_steps_and_every_position_is_searched(opened, handler, session, network):
    shift_drag(handler, "K10", "T19")
    answer(opened, network)
    first = session.archive.found(session.key)
    opened.step.back()
    assert session.archive.found(session.key) is None
    answer(opened, network)
    assert session.archive.found(session.key) is not first and session.archive.region is not None


def test_the_region_is_framed_and_the_moves_of_both_colors_are_told_apart(opened, handler, session, network):
    shift_drag(handler, "K10", "T19")
    answer(opened, network)
    surface = pygame.Surface(SIZE)
    draw(surface, session)
    geometry, theme = geometry_of(session, *SIZE), THEMES[session.settings.theme]
    x, y = geometry.pixel(point("K10"))
    assert surface.get_at((x - geometry.cell // 2, y - 3))[:3] == theme.top
    found = session.archive.found(session.key).continuations
    firsts = {}
    for move in found[:30]:
        for equal in move.equal if move.count else ():
            firsts.setdefault(equal, move)
    assert {move.own for move in firsts.values()} == {True, False}
    for at, move in list(firsts.items())[:6]:
        if move is not session.archive.chosen:
            x, y = geometry.pixel(at)
            reach = round(geometry.cell * (0.2 if move.count < 0.01 * session.archive.explored.found.count else 0.3))
            red, _, blue = surface.get_at((x - reach, y - reach))[:3]
            assert (blue > red) == move.own, to_vertex(at, 19)
    stones = {row.stone for row in rows(session) if row.call is not None and row.call.name == "archive.choose_move"}
    assert stones == {1, 2}


def test_the_archive_off_and_on_again_marks_no_region(opened, handler, session):
    opened.archive.mark_region()
    opened.archive.toggle()
    opened.archive.toggle()
    drag(handler, "K10", "T19")
    assert session.view.overlay is Overlay.ARCHIVE and session.archive.region is session.archive.marked is None


def test_in_a_tall_window_the_moves_have_their_rows_too(opened, handler, session, network):
    shift_drag(handler, "K10", "T19")
    answer(opened, network)
    shown = panel_rows(session, geometry_of(session, 900, 1400))
    assert sum(row.call is not None and row.call.name == "archive.choose_move" for row in shown) >= 3


def test_without_an_archive_a_line_says_what_to_do(commands, session):
    handler = EventHandler(commands, SIZE)
    shift_drag(handler, "K10", "T19")
    assert "archive" in session.screen.message.text and not session.screen.requests and session.cursor.number == 0


def test_in_the_window_a_region_is_searched_in_the_networks_thread(archive_path, session, commands, monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    app = App(commands, FakeNetwork, size=SIZE, native_dialogs=False)
    app._open()
    app.worker.start()
    commands.file.open_now(DATA / "gnugo-001.sgf", 6)
    commands.archive.adopt(ArchiveView(Archive.open(archive_path), archive_path))
    shift_drag(app.events, "K10", "T19")
    end = time.monotonic() + PATIENCE
    while session.archive.found(session.key) is None:
        assert time.monotonic() < end
        app.step(patience=0.02)
    assert session.archive.explored.region.name == "K10:T19"
    app.worker.stop()
    pygame.display.quit()


def test_a_region_ends_with_the_record_it_was_marked_in(opened, handler, tmp_path):
    (tmp_path / "small.sgf").write_text("(;SZ[13];B[cc])")
    archive = opened.session.archive
    shift_drag(handler, "Q16", "S18")
    opened.archive.mark_region()
    opened.archive.begin_region(300)
    assert archive.region is not None and archive.is_marking
    opened.file.open_now(tmp_path / "small.sgf")
    assert (archive.region, archive.marked, archive.is_marking) == (None, None, False)

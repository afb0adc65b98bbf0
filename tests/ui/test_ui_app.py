"""The loop, the network's thread and the command, under SDL's dummy driver and without any display."""

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pygame
import pytest
from conftest import point
from fake_network import FakeNetwork
from pygame._sdl2.video import Window

from gopolicy.__main__ import build_parser, main
from gopolicy.nn import NetworkConfig, PolicyNetwork, save_model
from gopolicy.records.sgf import read_trees
from gopolicy.records.tree_text import TreeText
from gopolicy.ui.model.autosave import Autosave
from gopolicy.ui.model.command_groups import CommandGroups
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Settings
from gopolicy.ui.model.tasks import Settle
from gopolicy.ui.panels.side_panel import panel_rows
from gopolicy.ui.window import loading
from gopolicy.ui.window.app import App, DisplayError
from gopolicy.ui.window.sounds import wave
from gopolicy.ui.window.worker import Worker

PATIENCE = 300  # seconds until a test gives up, compiling included; never how long it takes


def run(app, until):
    """Run the loop until a condition holds or patience ends."""
    app._open()
    app.worker.start()
    end = time.monotonic() + PATIENCE
    while not until() and time.monotonic() < end:
        app.step(patience=0.05)
    app.worker.stop()
    assert until()


def test_the_window_opens_plays_and_quits(dummy):
    session = Session(Settings(human="b"))
    commands = CommandGroups(session)
    app = App(CommandGroups(session), FakeNetwork, size=(700, 560), native_dialogs=False)
    commands.click(point("D4"))
    run(app, lambda: session.cursor.number == 2)
    assert app.frames > 0
    app.running = True
    app.commands.look.quit()
    app.step(patience=0.01)
    assert app.running and session.screen.dialog is not None  # the game is not saved
    app.commands.choose_entry(1)  # keep it for later
    app.step(patience=0.01)
    assert not app.running


def test_closing_keeps_the_last_change_of_a_large_record_without_writing_all_of_it_anew(dummy, tmp_path, monkeypatch):
    path = tmp_path / "large.sgf"
    path.write_text("(;SZ[19]" + "(;B[aa];W[bb];B[cc])" * 3000 + ")")
    session = Session(Settings(human="both"), autosave=Autosave(tmp_path / "state"))
    app = App(CommandGroups(session), FakeNetwork, size=(700, 560), native_dialogs=False)
    app._open()
    app.commands.file.open_path(path)
    end = time.monotonic() + PATIENCE
    while session.document.path is None and time.monotonic() < end:
        app.step(patience=0.02)
    made = []
    real = TreeText._pieces
    monkeypatch.setattr(TreeText, "_pieces", lambda text, node: made.append(node) or real(text, node))
    app.commands.step.to_end()
    app.commands.click(point("K10"))
    app.close()
    [kept] = (tmp_path / "state").glob("*.sgf")
    assert read_trees(kept.read_bytes())[0].root.children[0].children[0].children[0].children[0].turn[1] == point("K10")
    assert 0 < len(made) < 20  # of 9,000 nodes


def test_the_window_is_up_before_the_network_and_works_without_one(dummy):
    session = Session()
    commands = CommandGroups(session)
    gate = threading.Event()

    def load():
        gate.wait(PATIENCE)
        raise OSError("no network here")

    app = App(CommandGroups(session), load, size=(700, 560), native_dialogs=False)
    app._open()
    app._redraw()
    assert app.frames == 1 and not session.network_name
    pygame.display.quit()
    gate.set()
    run(app, lambda: session.network_note == "no network here")
    commands.click(point("D4"))
    assert session.cursor.number == 1


def test_an_idle_window_draws_nothing(dummy):
    session = Session()
    app = App(CommandGroups(session), FakeNetwork, size=(700, 560), native_dialogs=False)
    run(app, lambda: session.network_name == "fake")
    for _ in range(5):
        app.step(patience=0.01)
    frames = app.frames
    for _ in range(20):
        app.step(patience=0.001)
    assert app.frames == frames


def copied_and_pasted(path):
    """A window in which a record was copied, and pasted into a new game."""
    commands = CommandGroups(Session(Settings(human="both")))
    app = App(commands, FakeNetwork, size=(700, 560), native_dialogs=False)
    app._open()
    commands.file.open_now(path)
    commands.file.copy()
    app.step(patience=0.01)
    commands.start.begin()
    commands.file.paste()
    app.step(patience=0.01)
    return app


def test_a_record_that_cannot_be_read_whole_is_shown_and_copied(dummy, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    path = tmp_path / "old.sgf"
    path.write_bytes(b"(;FF[4]SZ[19]PB[\x81\x8d\x9d]PW[Honinbo\0];B[pd])")
    assert copied_and_pasted(path).session.cursor.total == 1


def test_requests_are_done_without_a_desktop(dummy, tmp_path, monkeypatch, record):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")  # no clipboard programs
    app = copied_and_pasted(record)
    commands, session = app.commands, app.session
    assert session.cursor.total == 6
    commands.file.open()
    app.step(patience=0.01)
    assert any(entry.label == "game.sgf" for entry in session.screen.dialog.entries)
    session.screen.dialog = None
    commands.file.save_as()
    app.step(patience=0.01)
    session.screen.dialog.enter()
    assert session.document.path is not None and session.document.path.parent == tmp_path


def test_resizing_changes_the_layout(dummy):
    session = Session()
    app = App(CommandGroups(session), FakeNetwork, size=(700, 560), native_dialogs=False)
    app._open()
    pygame.display.set_mode((900, 700), pygame.RESIZABLE)
    app.step(patience=0.01)
    app.step(patience=0.01)
    assert app.events.size == (900, 700)


def test_without_a_display_one_line_says_so(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    if sys.platform in ("win32", "darwin"):
        pytest.skip("this system always has a display")
    with pytest.raises(DisplayError, match="no display.*--snapshot"):
        App(CommandGroups(Session()), FakeNetwork).run()


def test_play_py_without_a_display_exits_with_one_line(tmp_path):
    if sys.platform in ("win32", "darwin"):
        pytest.skip("this system always has a display")
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment["XDG_STATE_HOME"] = str(tmp_path)
    script = os.path.join(os.path.dirname(__file__), "..", "..", "play.py")
    done = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True)
    lines = done.stderr.splitlines()
    assert done.returncode == 1 and len(lines) == 1 and "no display" in lines[0]


def test_snapshots_need_no_display(tmp_path, record, capsys):
    out = tmp_path / "board.png"
    model = str(tmp_path / "small.safetensors")
    save_model(tmp_path / "small.safetensors", PolicyNetwork(NetworkConfig(4, 2)))
    arguments = ["board", str(record), "--model", model, "--move", "3", "--snapshot", str(out), "--window", "700x560"]
    assert main(arguments) == 0
    assert pygame.image.load(str(out)).get_size() == (700, 560)
    assert main([*arguments[:-1], "7x"]) == 1
    assert main(["board", str(tmp_path / "no.sgf"), "--snapshot", str(out)]) == 1
    assert main(["board", "--snapshot", str(tmp_path / "no" / "x.png"), "--model", model]) == 1
    out.unlink()
    for wrong in (
        ["--model", "missing"],
        ["--profile", "nobody"],
        ["--move", "99999"],
        ["--feature", "99"],
        ["--seed", "-1"],
        ["--komi", "nan"],
    ):
        assert main([*arguments, *wrong]) == 1 and not out.exists()
    assert all(line.startswith("gopolicy: ") for line in capsys.readouterr().err.splitlines())


def test_the_worker_abandons_what_nobody_waits_for():
    started = threading.Event()

    class Slow(FakeNetwork):
        def settle(self, game, rules, seconds, is_stopped):
            started.set()
            while not is_stopped():
                pass

    news = threading.Event()
    worker = Worker(Slow, news.set)
    worker.start()
    session = Session()
    worker.start_task(Settle(session.key, (session.game.copy(),), session.rules))
    assert started.wait(PATIENCE)
    worker.drop()
    reports = []
    while not any(report.abandoned for report in reports):
        assert news.wait(PATIENCE)
        news.clear()
        reports += worker.collect()
    assert worker.current is None and worker.ready
    worker.stop()


def test_sounds_are_short_and_within_range():
    for name in ("stone", "capture", "pass", "refused", "end"):
        samples = wave(name)
        assert 0 < samples.size < 44_100 and abs(samples).max() < 2


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_closes_the_window_with_status_0_whatever_runs(name, tmp_path):
    if sys.platform == "win32":
        pytest.skip("signals work otherwise there")
    if signal.getsignal(getattr(signal, name)) is signal.SIG_IGN:
        pytest.skip(f"{name} is ignored here, and so it is in every process that is started")
    here = os.path.dirname(__file__)
    paths = [here, os.path.dirname(here), os.path.dirname(os.path.dirname(here))]
    environment = os.environ | {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy"}
    environment["PYTHONPATH"] = os.pathsep.join(paths)
    command = [sys.executable, os.path.join(here, "fake_window.py"), str(tmp_path), "700", "560", "busy"]
    window = subprocess.Popen(command, env=environment)
    end = time.monotonic() + PATIENCE
    while not (tmp_path / "busy").exists():
        assert time.monotonic() < end and window.poll() is None
        time.sleep(0.02)
    window.send_signal(getattr(signal, name))
    assert window.wait(PATIENCE) == 0


@pytest.fixture
def gate(monkeypatch):
    """What reading a file waits for."""
    gate = threading.Event()
    real = loading.read_playlist

    def slow(path, encoding):
        gate.wait(PATIENCE)
        return real(path, encoding)

    monkeypatch.setattr(loading, "read_playlist", slow)
    return gate


def test_a_large_file_is_read_while_the_window_stays_alive(dummy, tmp_path, gate):
    path = tmp_path / "large.sgf"
    path.write_text("(;SZ[19]" + ";B[aa];W[bb]" * 10 + ")")
    session = Session()
    commands = CommandGroups(session)
    app = App(commands, FakeNetwork, size=(900, 700), native_dialogs=False)
    app._open()
    commands.file.open_path(path)
    app.step(patience=0.01)
    rows = panel_rows(session, app.events.geometry)
    assert any("reading large.sgf" in row.cells[0].text for row in rows) and any(
        row.bar is not None and "Escape" in row.cells[0].text for row in rows
    )
    app.step(patience=0.01)
    session.settings.human = "both"
    commands.click(point("D4"))  # the window is alive
    assert session.cursor.number == 1
    shares = [app.loader.share() for _ in range(20)]
    assert shares == sorted(shares) and 0 < shares[0] and shares[-1] < 1
    gate.set()
    end = time.monotonic() + PATIENCE
    while session.screen.loading and time.monotonic() < end:
        app.step(patience=0.05)
    assert session.document.path == path and len(session.cursor.line) == 21


def test_a_comment_that_is_being_written_outlives_the_end_of_the_session(dummy, tmp_path):
    session = Session(autosave=Autosave(tmp_path / "state"))
    app = App(CommandGroups(session), FakeNetwork, size=(900, 700), native_dialogs=False)
    app._open()
    app.commands.edit.comment()
    session.screen.dialog.type("notes")
    app.close()  # as a signal has it closed
    [kept] = (tmp_path / "state").glob("*.sgf")
    assert read_trees(kept.read_bytes())[0].root.comment == "notes"


def test_a_comment_that_is_being_written_outlives_the_end_of_reading(dummy, tmp_path, gate):
    path = tmp_path / "large.sgf"
    path.write_text("(;SZ[19];B[aa];W[bb])(;SZ[19];B[bb])")
    session = Session()
    app = App(CommandGroups(session), FakeNetwork, size=(900, 700), native_dialogs=False)
    app._open()
    app.commands.file.open_path(path)
    app.step(patience=0.01)
    mine = session.tree
    app.commands.edit.comment()
    session.screen.dialog.type("notes")
    gate.set()
    end = time.monotonic() + PATIENCE
    while session.screen.loading and time.monotonic() < end:
        app.step(patience=0.05)
    assert session.tree is mine and mine.root.comment == "notes" and not session.screen.loading
    app.commands.choose_entry(1)  # keep it for later
    assert session.tree is not mine and session.screen.dialog.title == "Games of large.sgf"


def test_a_file_that_cannot_be_read_is_one_line_in_the_window(dummy, tmp_path):
    session = Session()
    app = App(CommandGroups(session), FakeNetwork, size=(900, 700), native_dialogs=False)
    app._open()
    app.commands.file.open_path(tmp_path / "missing.sgf")
    end = time.monotonic() + PATIENCE
    while session.screen.loading and time.monotonic() < end:
        app.step(patience=0.05)
    assert session.screen.message.warning and "missing.sgf" in session.screen.message.text


def test_the_first_move_compiles_nothing():
    from gopolicy.commands import board
    from gopolicy.go.scoring import scoring_rules
    from gopolicy.ui.model.tasks import Style

    network = board._loader(build_parser().parse_args(["board"]))()
    before = compiled_functions()
    session = Session(Settings(human="b"))
    CommandGroups(session).click(point("D4"))
    network.choose_move(session.game.copy(), Style(), scoring_rules(""), np.random.default_rng(0))
    assert compiled_functions() == before


def compiled_functions():
    """Return how many versions of each compiled function of the package there are."""
    modules = [module for name, module in sys.modules.items() if name.startswith("gopolicy.")]
    found = {
        (f.__module__, f.__name__): f for m in modules for f in vars(m).values() if hasattr(f, "nopython_signatures")
    }
    return {name: len(function.nopython_signatures) for name, function in found.items()}


def test_full_screen_and_back_is_the_same_window_of_the_same_size(dummy):
    session = Session()
    app = App(CommandGroups(session), FakeNetwork, size=(900, 700), native_dialogs=False)
    app._open()
    window = Window.from_display_module()
    before = window.id, window.position
    for _ in range(2):
        app.commands.look.full_screen()
        app.step(patience=0.01)
    after = Window.from_display_module()
    assert (after.id, after.position) == before

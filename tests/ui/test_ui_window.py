"""A real window on a virtual screen: a whole game by clicks, played, counted, saved, read by sgfmill; a comment."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import point
from sgfmill import sgf

from gopolicy.go.coords import to_vertex
from gopolicy.ui.model.autosave import Autosave
from gopolicy.ui.model.command_groups import CommandGroups
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode, Settings
from gopolicy.ui.panels.boxes import dialog_box
from gopolicy.ui.panels.buttons import buttons
from gopolicy.ui.panels.placing import geometry_of

pytestmark = pytest.mark.skipif(not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="needs Xvfb and xdotool")
SIZE = (700, 560)
PATIENCE = 60  # seconds until the test gives up; it waits for what happens, not for time to pass


@pytest.fixture
def display():
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1024x768x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    number = os.fdopen(read).readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


class Window:
    """The window under test, seen through its unsaved game on disk and touched by xdotool."""

    def __init__(self, display, folder):
        self.folder = folder
        hidden = ("SDL_VIDEODRIVER", "WAYLAND_DISPLAY")
        self.environment = {name: value for name, value in os.environ.items() if name not in hidden}
        here = Path(__file__).parent
        paths = [str(here), str(here.parent), str(here.parent.parent)]
        self.environment |= {"DISPLAY": display, "PYTHONPATH": os.pathsep.join(paths), "SDL_AUDIODRIVER": "dummy"}
        command = [sys.executable, str(here / "fake_window.py"), str(folder), *map(str, SIZE)]
        self.process = subprocess.Popen(command, env=self.environment, cwd=folder)
        self.id = self.tool("search", "--sync", "--onlyvisible", "--class", "fake_window").split()[0]
        self.model = Session(Settings(human="b"), autosave=Autosave(None))  # what the window should be like

    def tool(self, *arguments):
        done = subprocess.run(
            ["xdotool", *arguments], env=self.environment, capture_output=True, text=True, timeout=PATIENCE
        )
        return done.stdout

    def click(self, place, button=1):
        x, y = place
        self.tool("mousemove", "--window", self.id, str(x), str(y), "click", str(button))

    @property
    def geometry(self):
        return geometry_of(self.model, *SIZE)

    def play(self, vertex):
        """Click a point until its stone is there: a screen may swallow the click that brings the keyboard."""
        place, before = self.geometry.pixel(point(vertex)), len(self.moves())
        self.click(place)
        clicked = time.monotonic()

        def is_played():
            nonlocal clicked
            if len(self.moves()) == before and time.monotonic() - clicked > 2:
                self.click(place)  # on a stone that is there after all, a click does nothing
                clicked = time.monotonic()
            return len(self.moves()) > before

        self.until(is_played)

    def press(self, method):
        place = next(button.rect.center for button in buttons(self.model, self.geometry) if button.call.name == method)
        self.click(place)

    def text(self):
        files = list(self.folder.glob("unsaved-*.sgf"))
        return files[0].read_text(encoding="utf-8") if files else ""

    def moves(self):
        return re.findall(r";[^;]*?([BW])\[([a-s]{2})?\]", self.text())

    def until(self, holds):
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end and self.process.poll() is None, self.text()
            time.sleep(0.05)


@pytest.fixture
def window(display, tmp_path):
    window = Window(display, tmp_path)
    yield window
    if window.process.poll() is None:
        window.process.terminate()
    window.process.wait()


def test_a_whole_game_by_clicks(window, tmp_path):
    window.play("K10")
    window.until(lambda: len(window.moves()) == 2)
    window.play("R16")
    window.until(lambda: len(window.moves()) == 4)
    window.click(window.geometry.pixel(point("A1")), button=3)  # takes back two plies
    window.until(lambda: len(window.moves()) == 2)
    window.play("Q16")
    window.until(lambda: len(window.moves()) == 4)
    window.press("play.pass_turn")
    window.until(lambda: len(window.moves()) == 6)
    assert [color for color, _ in window.moves()] == ["B", "W"] * 3
    window.model.mode = Mode.COUNT
    window.click(window.geometry.pixel(point("D4")))  # dead, and D16 with it
    window.press("window.enter")  # the button reads "accept" now
    window.until(lambda: "RE[" in window.text())
    window.model.mode = Mode.PLAY
    window.tool("key", "--window", window.id, "ctrl+s")
    CommandGroups(window.model).file.ask_name(tmp_path, "x.sgf")
    entry = next(row for row in dialog_box(window.model, window.geometry).rows if row.call)
    saved = []

    def is_saved():
        saved[:] = [path for path in tmp_path.glob("*.sgf") if not path.name.startswith("unsaved")]
        if not saved:
            window.click(entry.rect.center)
        return bool(saved)

    window.until(is_saved)
    game = sgf.Sgf_game.from_bytes(saved[0].read_bytes())
    moves = [node.get_move() for node in game.get_main_sequence()[1:]]
    vertices = [
        (color, "pass" if move is None else to_vertex((18 - move[0]) * 19 + move[1], 19)) for color, move in moves
    ]
    expected = ["K10", "D4", "Q16", "D16", "pass", "pass"]
    assert vertices == list(zip("bw" * 3, expected, strict=True))
    assert game.get_winner() == "b" and game.get_komi() == 7.5
    assert game.root.get("RE") == "B+353.5"
    window.until(lambda: not list(tmp_path.glob("unsaved-*.sgf")))


def test_a_comment_is_typed(window):
    window.play("K10")
    window.until(lambda: len(window.moves()) == 2)
    window.tool("key", "ctrl+e", "a", "b", "Home", "X", "ctrl+1", "ctrl+Return")
    window.until(lambda: "C[Xab]" in window.text())

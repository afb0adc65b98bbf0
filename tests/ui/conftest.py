"""The window's tests run under SDL's dummy drivers, with sessions and games that every module uses."""

import os
from pathlib import Path

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import pygame
import pytest
from fake_network import FakeNetwork

from gopolicy.archive.exploration import Archive
from gopolicy.go.coords import parse_vertex
from gopolicy.records import read_records
from gopolicy.records.corpus import Corpus
from gopolicy.ui.model import language
from gopolicy.ui.model.autosave import Autosave
from gopolicy.ui.model.command_groups import CommandGroups
from gopolicy.ui.model.session import Session
from gopolicy.ui.window.input_events import NAMES

DATA = Path(__file__).parents[2] / "data"

CODES = {name: code for code, name in NAMES.items() if code != pygame.K_KP_ENTER}

pygame.font.init()  # once, and never ended: fonts are kept between tests

GAME = (
    "(;GM[1]FF[4]SZ[19]KM[6.5]PB[Shusaku]PW[Gennan]RE[B+2]C[ear]"
    ";B[pd];W[dd];B[pq]C[here];W[dp](;B[qk];W[nc])(;B[jj];W[pf]C[other line]))"
)


@pytest.fixture(autouse=True)
def english():
    """Every test begins in English."""
    language.use("en")
    yield
    language.use("en")


class Clock:
    """A clock that stands until it is set."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def network():
    return FakeNetwork({"D4": 30, "Q16": 20, "Q4": 10, "D16": 8})


@pytest.fixture
def session(tmp_path, clock):
    return Session(autosave=Autosave(tmp_path / "state"), clock=clock)


@pytest.fixture
def commands(session):
    return CommandGroups(session)


@pytest.fixture(scope="session")
def archive_path(tmp_path_factory):
    """A corpus of twenty games with its index."""
    path = tmp_path_factory.mktemp("archive") / "games.corpus"
    Corpus.from_records(list(read_records(DATA))[:20]).save(path)
    Archive.open(path)  # builds the index
    return path


@pytest.fixture
def dummy(monkeypatch):
    """Windows without a display, and no sound."""
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    yield
    pygame.display.quit()


@pytest.fixture
def record(tmp_path):
    path = tmp_path / "game.sgf"
    path.write_text(GAME, encoding="utf-8")
    return path


def answer(commands, network, limit=200):
    """Do all tasks and play due moves, as the window's loop does; return how many tasks there were."""
    session = commands.session
    if not session.network_name:
        session.network_ready(network.name, network.profiles, network.profile)
    for asked in range(limit):
        task = commands.queue.next_task()
        if task is None:
            return asked
        commands.queue.take_answer(task, task.run(network, lambda share: None))
        session.clock.now += 1
        commands.queue.play_if_due()
    return limit


def point(vertex, size=19):
    return parse_vertex(vertex, size)


def open_text(commands, folder, text, number=None):
    """Open a record that a text is, as from a file, at a move number."""
    path = folder / "record.sgf"
    path.write_text(text, encoding="utf-8")
    assert commands.file.open_now(path, number)
    return path


def press(handler, text):
    """Press a key as the table writes it, and let it go."""
    for event in key_events(text):
        handler.handle(event)


def type_text(handler, text):
    """Type characters, each with a key of its own."""
    for letter in text:
        press(handler, letter)


def key_events(text):
    """Return the events of a key as the table writes it, as SDL sends them while text is read."""
    *modifiers, name = text.split("+") if text != "+" else ["+"]
    mod = sum({"ctrl": pygame.KMOD_CTRL, "shift": pygame.KMOD_SHIFT}[modifier] for modifier in modifiers)
    code = CODES.get(name) or ord(name.lower())
    sign = name if len(name) == 1 and not mod else " " if name == "space" else ""
    typed = [pygame.event.Event(pygame.TEXTINPUT, text=sign)] if sign else []
    down = pygame.event.Event(pygame.KEYDOWN, key=code, mod=mod, unicode=sign)
    return [down, *typed, pygame.event.Event(pygame.KEYUP, key=code, mod=mod)]


def compose(handler, text):
    """Have an input method show what it composes, "" at its end."""
    handler.handle(pygame.event.Event(pygame.TEXTEDITING, text=text, start=0, length=0))


def commit(handler, text):
    """Have an input method type a text."""
    handler.handle(pygame.event.Event(pygame.TEXTINPUT, text=text))
    compose(handler, "")


def move_mouse(handler, place, *, pressed=False):
    buttons = (int(pressed), 0, 0)
    handler.handle(pygame.event.Event(pygame.MOUSEMOTION, pos=place, rel=(1, 1), buttons=buttons))


def click(handler, place, button=1):
    move_mouse(handler, place)
    handler.handle(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=place, button=button))


def turn_wheel(handler, turns):
    """Turn the wheel, up above 0."""
    handler.handle(pygame.event.Event(pygame.MOUSEWHEEL, x=0, y=turns))

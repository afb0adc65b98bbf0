"""The window's tests run under SDL's dummy drivers, with sessions and games that every module uses."""

import os

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import pygame
import pytest
from fake_network import FakeNetwork

from gopolicy.go.coords import parse_vertex
from gopolicy.ui import asking
from gopolicy.ui.actions import Actions
from gopolicy.ui.autosave import Autosave
from gopolicy.ui.session import Session

pygame.font.init()  # once, and never ended: fonts are kept between tests

GAME = (
    "(;GM[1]FF[4]SZ[19]KM[6.5]PB[Shusaku]PW[Gennan]RE[B+2]C[ear]"
    ";B[pd];W[dd];B[pq]C[here];W[dp](;B[qk];W[nc])(;B[jj];W[pf]C[other line]))"
)


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
def actions(session):
    return Actions(session)


@pytest.fixture
def record(tmp_path):
    path = tmp_path / "game.sgf"
    path.write_text(GAME, encoding="utf-8")
    return path


def answer(session, network, limit=200):
    """Answer all questions and play due moves, as the window's loop does; return how many questions there were."""
    if not session.network_name:
        session.network_ready(network.name)
    for asked in range(limit):
        question = asking.next_question(session)
        if question is None:
            return asked
        asking.take_answer(session, question, question.ask(network, lambda share: None))
        session.clock.now += 1
        asking.play_if_due(session)
    return limit


def point(vertex, size=19):
    return parse_vertex(vertex, size)

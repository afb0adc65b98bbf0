"""Thousands of random events: no exception, and the board always what its record says."""

import os
import random

import numpy as np
import pygame
import pytest
from conftest import GAME
from fake_network import FakeNetwork

from gopolicy.archive.exploration import Archive
from gopolicy.records.corpus import Corpus
from gopolicy.records.record import Record
from gopolicy.records.sgf import read_trees
from gopolicy.ui.drawing.picture import draw
from gopolicy.ui.model.archive_view import ArchiveView
from gopolicy.ui.model.autosave import Autosave
from gopolicy.ui.model.command_groups import CommandGroups
from gopolicy.ui.model.requests import AskForFileToOpen, AskWhereToSave, PasteText, ReadFile
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import SEATS
from gopolicy.ui.window.input_events import NAMES, SHIFTS, EventHandler

EVENTS = int(os.environ.get("GOPOLICY_RANDOM_EVENTS", "3000"))
CODES = [*NAMES, *SHIFTS, *(ord(letter) for letter in "abcdefghijklmnopqrstuvwxyz123456789+-=?[]")]
TEXTS = ["", "", "a", "5", "x", "あ", "に ほん %", "|", "é" * 9]
MODS = [0, 0, 0, pygame.KMOD_SHIFT, pygame.KMOD_CTRL, pygame.KMOD_CTRL | pygame.KMOD_SHIFT]


def files(folder):
    good, bad, small, wide = (folder / f"{name}.sgf" for name in ("good", "bad", "small", "wide"))
    good.write_text(GAME)
    bad.write_bytes(b"(;SZ[19];B[dd];W[dd]" + bytes(range(256)))
    small.write_text("(;SZ[9]HA[2];W[ee];B[])(;SZ[5];B[aa];W[ab];B[ba])")
    wide.write_text("(;SZ[19:13]HA[2];W[sm]TR[sa];B[rm](;W[pd];B[sl])(;AW[am];W[aa]))")
    (folder / "cut.zip").write_bytes(b"PK\x03\x04rubbish")
    (folder / "empty.sgf").write_bytes(b"")
    return [good, bad, small, wide, folder / "cut.zip", folder / "empty.sgf", folder / "missing.sgf", folder]


def random_event(rng, handler, paths):
    width, height = handler.size
    kind = rng.random()
    place = (rng.randrange(-5, width + 5), rng.randrange(-5, height + 5))
    if kind < 0.40:
        return pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=place, button=rng.choice((1, 1, 1, 1, 2, 3, 4, 8)))
    if kind < 0.43:
        return pygame.event.Event(pygame.MOUSEBUTTONUP, pos=place, button=1)
    if kind < 0.55:
        return pygame.event.Event(pygame.MOUSEMOTION, pos=place, rel=(1, 1), buttons=rng.choice(((0, 0, 0), (1, 0, 0))))
    if kind < 0.58:
        kinds = (pygame.TEXTINPUT, pygame.TEXTEDITING, pygame.TEXTEDITING)
        return pygame.event.Event(rng.choice(kinds), text=rng.choice(TEXTS), start=rng.randrange(9), length=1)
    if kind < 0.80:
        code = rng.choice(CODES)
        sign = chr(code) if 32 <= code < 127 else ""
        return pygame.event.Event(pygame.KEYDOWN, key=code, mod=rng.choice(MODS), unicode=sign)
    if kind < 0.94:
        return pygame.event.Event(pygame.KEYUP, key=rng.choice(CODES), mod=0)
    if kind < 0.96:
        return pygame.event.Event(pygame.MOUSEWHEEL, x=0, y=rng.choice((-3, -1, 1, 3)))
    if kind < 0.97:
        size = rng.choice([(1, 1), (320, 240), (700, 560), (1280, 860), (500, 1200)])
        return pygame.event.Event(pygame.VIDEORESIZE, size=size, w=size[0], h=size[1])
    if kind < 0.985:
        return pygame.event.Event(pygame.DROPFILE, file=str(rng.choice(paths)))
    return pygame.event.Event(rng.choice((pygame.WINDOWLEAVE, pygame.WINDOWFOCUSLOST, pygame.QUIT)))


def check(session):
    """The board is what replaying the record gives, and every stone has a liberty."""
    cursor = session.cursor
    assert cursor.node in cursor.line and cursor.line[0] is session.tree.root
    fresh = session.tree.game_at(cursor.node)
    assert np.array_equal(fresh.board.colors, session.game.board.colors)
    following = [child.turn[0] for child in cursor.node.children if child.turn is not None]
    assert session.game.to_play in (fresh.to_play, *following[:1])  # a record's next move may be out of turn
    assert session.document.text.whole() == session.tree.to_sgf()  # what is kept of it is never old
    board = session.game.board
    assert all(board.liberties(int(point)) > 0 for point in np.flatnonzero(board.colors))


def do_requests(session, commands, folder, rng):
    for request in session.screen.taken_requests():
        match request:
            case PasteText():
                commands.file.take_pasted(rng.choice((GAME, "", "(;B[aa", "text\x00")))
            case AskForFileToOpen():
                commands.file.choose_from(folder)
            case AskWhereToSave(name):
                commands.file.ask_name(folder / "saved", name)
            case ReadFile(path, number):
                commands.file.open_now(path, number)


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """A small archive, and a folder of the user's data for the deck of practice."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    path = tmp_path / "games.corpus"
    tree = read_trees(GAME.encode())[0]
    Corpus.from_records([Record.from_tree(tree)]).save(path)
    return ArchiveView(Archive.open(path), path)


@pytest.mark.parametrize("seed", [1, 2])
def test_random_events_break_nothing(seed, tmp_path, clock, archive):
    rng = random.Random(seed)
    (tmp_path / "saved").mkdir()
    (tmp_path / "records").mkdir()
    paths = files(tmp_path / "records")
    session = Session(autosave=Autosave(tmp_path / "state"), clock=clock)
    commands, network = CommandGroups(session), FakeNetwork({"D4": 9, "Q16": 5, "C3": 4})
    session.network_ready(network.name)
    commands.archive.adopt(archive)
    handler = EventHandler(commands, (700, 560))
    surface = pygame.Surface((700, 560))
    waiting = None
    for number in range(EVENTS // 2):
        clock.now += rng.choice((0.01, 0.1, 1.0))
        handler.handle(random_event(rng, handler, paths))
        do_requests(session, commands, tmp_path / "records", rng)
        if waiting is not None and rng.random() < 0.5:  # an answer may come late
            commands.queue.take_answer(waiting, waiting.run(network, lambda share: None))
            waiting = None
        waiting = waiting or commands.queue.next_task()
        commands.queue.play_if_due()
        check(session)
        if number % 40 == 0:
            session.settings.human = rng.choice(list(SEATS))
            draw(surface, session)

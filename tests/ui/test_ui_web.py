"""Records from the web: a pasted address is fetched, within limits, and what is no record is said in a line."""

import gzip
import http.server
import io
import tarfile
import threading
import time
import zipfile

import pygame
import pytest
from conftest import GAME, point
from fake_network import FakeNetwork

from gopolicy.ui.model.command_groups import CommandGroups
from gopolicy.ui.model.requests import ReadAddress
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode, Settings
from gopolicy.ui.model.web_address import record_address, shown_address
from gopolicy.ui.panels.placing import geometry_of
from gopolicy.ui.panels.side_panel import panel_rows
from gopolicy.ui.window.app import App
from gopolicy.ui.window.download import DownloadError, download

PATIENCE = 300  # seconds until a test gives up; never how long it takes


class Site(http.server.BaseHTTPRequestHandler):
    """Serves what `pages` holds: bytes, an address to redirect to, or a function that answers."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):  # noqa: N802  # the name that http.server calls
        found = self.server.pages.get(self.path)
        if callable(found):
            found(self)
        elif found is None:
            self.send_error(404)
        elif isinstance(found, str):
            self.send_response(302)
            self.send_header("Location", found)
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self.send_response(200)
            self.send_header("Content-Length", str(len(found)))
            self.end_headers()
            self.wfile.write(found)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    server.pages = {}
    server.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def app(monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    app = App(CommandGroups(Session(Settings(human="both"))), FakeNetwork, size=(900, 700), native_dialogs=False)
    app._open()
    yield app
    pygame.display.quit()


def paste(app, text):
    """Paste a text, and let the window read what it names."""
    app.commands.file.take_pasted(text)
    wait_while(app, lambda: app.session.screen.loading)
    return app.session


def wait_while(app, condition):
    end = time.monotonic() + PATIENCE
    while condition():
        assert time.monotonic() < end
        app.step(patience=0.02)


def fetch(address, **limits):
    return download(address, lambda count, length: None, lambda: False, **limits)


def archive_of(kind):
    data, packed = GAME.encode(), io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("one.sgf", data)
            archive.writestr("two.sgf", data)
    else:
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            for name in ("one.sgf", "two.sgf"):
                member = tarfile.TarInfo(name)
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
    return packed.getvalue()


def test_a_pasted_address_is_fetched_and_reviewed(site, app):
    site.pages["/game.sgf?n=1"] = GAME.encode()
    session = paste(app, f"  {site.address}/game.sgf?n=1\n")
    assert session.tree.names[1] == "Shusaku" and session.cursor.total == 6 and session.mode is Mode.REVIEW
    assert session.document.path is None and not session.document.dirty


def test_a_redirect_is_followed(site, app):
    site.pages |= {"/old": "/new.sgf", "/new.sgf": GAME.encode()}
    assert paste(app, f"{site.address}/old").cursor.total == 6


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_archives_are_read_as_from_disk(site, app, kind):
    site.pages[f"/games.{kind}"] = archive_of(kind)
    session = paste(app, f"{site.address}/games.{kind}")
    assert session.cursor.total == 6 and session.document.playlist.title.startswith("game 1 of 2")


@pytest.mark.parametrize(
    "page, said",
    [
        (None, "404"),
        ("file:///etc/passwd", "not allowed"),
        ("ftp://127.0.0.1/game.sgf", "redirected to 'ftp'"),
        ("/page", "redirect"),  # to itself, for ever
        (b"<!DOCTYPE html><p>(;B[aa])", "a web page"),
        (b"nothing", "no SGF data"),
        (gzip.compress(GAME.encode()), "damaged archive"),  # as a file of that kind
    ],
)
def test_what_cannot_be_opened_is_said_in_a_line_and_the_board_stays(site, app, page, said):
    if page is not None:
        site.pages["/page"] = page
    app.commands.click(point("D4"))
    app.session.document.dirty = False
    session = paste(app, f"{site.address}/page")
    message = session.screen.message
    assert message.warning and said in message.text and "\n" not in message.text and "127.0.0.1/page" in message.text
    assert session.cursor.number == 1


def test_nobody_listens(app, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    assert "cannot be fetched" in paste(app, "http://127.0.0.1:9/game.sgf").screen.message.text


def test_bytes_are_bounded_whether_the_length_is_stated_or_not(site):
    def unstated(handler):
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"3e8\r\n" + b" " * 1000 + b"\r\n")
        handler.wfile.write(b"0\r\n\r\n")

    site.pages |= {"/stated": b" " * 5000, "/unstated": unstated}
    for page in site.pages:
        with pytest.raises(DownloadError, match="more than 4,999 bytes"):
            fetch(f"{site.address}{page}", most=4999)
    assert len(fetch(f"{site.address}/stated", most=5000)) == 5000


def test_a_server_that_falls_silent_or_hangs_up_is_given_up(site):
    gate = threading.Event()

    def begin(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"(;SZ[19]")
        handler.wfile.flush()

    def silent(handler):
        begin(handler)
        gate.wait(PATIENCE)

    def hangs_up(handler):
        begin(handler)
        handler.close_connection = True

    site.pages |= {"/silent": silent, "/mute": lambda handler: gate.wait(PATIENCE), "/short": hangs_up}
    for page in ("/silent", "/mute"):
        with pytest.raises(DownloadError, match="no answer in 0.2 seconds"):
            fetch(site.address + page, timeout=0.2)
    with pytest.raises(DownloadError, match="ended early"):
        fetch(site.address + "/short")
    gate.set()


def test_progress_is_shown_and_escape_stops_it(site, app):
    gate = threading.Event()

    def slow(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(GAME)))
        handler.end_headers()
        handler.wfile.write(GAME[:20].encode())
        handler.wfile.flush()
        gate.wait(PATIENCE)
        handler.wfile.write(GAME[20:].encode())

    site.pages["/slow.sgf"] = slow
    session = app.session
    app.commands.file.take_pasted(f"{site.address}/slow.sgf")
    wait_while(app, lambda: not session.screen.loaded)
    rows = panel_rows(session, geometry_of(session, 900, 700))
    assert any(row.cells[0].text == "reading 127.0.0.1/slow.sgf" for row in rows if row.cells)
    assert any(row.bar and row.cells[0].text == "Escape stops" for row in rows)
    app.commands.click(point("D4"))  # the window is alive
    thread = app.loader._thread
    app.commands.look.escape()
    app.step(patience=0.01)
    assert not session.screen.loading and app.loader.share() is None and "stopped" in session.screen.message.text
    gate.set()
    thread.join(PATIENCE)
    app.step(patience=0.01)
    assert not thread.is_alive() and session.cursor.number == 1 and not session.tree.names[1] == "Shusaku"


def test_an_unsaved_game_is_asked_about_before_anything_is_fetched(commands, session):
    session.settings.human = "both"
    commands.click(point("D4"))
    commands.file.take_pasted("https://example.org/a.sgf")
    assert "example.org/a.sgf" in session.screen.dialog.title and not session.screen.requests[-1:] == [
        ReadAddress("https://example.org/a.sgf")
    ]
    commands.choose_entry(1)
    assert session.screen.requests[-1] == ReadAddress("https://example.org/a.sgf")


@pytest.mark.parametrize(
    "text, address",
    [
        ("https://online-go.com/game/12345", "https://online-go.com/api/v1/games/12345/sgf"),
        (" http://online-go.com/game/12345/ \n", "https://online-go.com/api/v1/games/12345/sgf"),
        ("https://online-go.com/game/view/7#x", "https://online-go.com/api/v1/games/7/sgf"),
        ("https://online-go.com/api/v1/games/7/sgf", "https://online-go.com/api/v1/games/7/sgf"),
        ("https://other.org/game/12345", "https://other.org/game/12345"),
        ("https://a.org/棋.sgf?q=黑 白", None),
        ("https://a.org/棋.sgf", "https://a.org/%E6%A3%8B.sgf"),
        ("https://a.org/%E6%A3%8B.sgf?a=1&b=2", "https://a.org/%E6%A3%8B.sgf?a=1&b=2"),
        ("HTTPS://a.org/x#part", "https://a.org/x"),
        ("ftp://a.org/x.sgf", None),
        ("file:///etc/passwd", None),
        ("https://", None),
        ("http://[::1/x", None),
        ("(;B[aa]C[https://a.org])", None),
        ("", None),
    ],
)
def test_what_is_taken_for_an_address(text, address):
    assert record_address(text) == address


def test_long_addresses_are_shown_short():
    assert shown_address("https://a.org/x?key=1") == "a.org/x"
    assert len(shown_address("https://a.org/" + "x" * 500)) == 60

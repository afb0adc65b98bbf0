"""The window: opens it, runs the loop, keeps the network's thread busy, fulfills the session's wishes.

The only user of pygame.display.  The loop sleeps until there is an event, news from the network or a move
that is due, and draws only when the session has changed.
"""

import math
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pygame

from gopolicy.errors import GopolicyError
from gopolicy.go.coords import BLACK
from gopolicy.ui import asking, paint
from gopolicy.ui.actions import Actions
from gopolicy.ui.controller import Controller
from gopolicy.ui.desktop import Clipboard, FileDialog
from gopolicy.ui.geometry import SMALLEST
from gopolicy.ui.network import Network
from gopolicy.ui.notes import Wish
from gopolicy.ui.sounds import Sounds
from gopolicy.ui.view import draw
from gopolicy.ui.worker import Report, Worker

DEFAULT_SIZE: Final = (1280, 860)
REPEAT_MS: Final = (350, 45)  # delay and interval of held keys
SCREENS: Final = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
SCREENLESS: Final = ("offscreen", "dummy", "evdev")
BUSY_PAUSE: Final = 0.004  # seconds between looks for events while the window is in use
IDLE_PAUSE: Final = 0.02


class DisplayError(GopolicyError, RuntimeError):
    """There is no display to open a window on."""


class App:
    """A window on a session.  native_dialogs: use the desktop's file dialogs, else lists in the window."""

    def __init__(
        self,
        actions: Actions,
        load: Callable[[], Network],
        *,
        size: tuple[int, int] | None = None,
        native_dialogs: bool = True,
    ) -> None:
        self.actions, self.session = actions, actions.session
        self.worker = Worker(load, self._wake)
        self.sounds, self.clipboard = Sounds(), Clipboard()
        self.running = False
        self.frames = 0
        self._size = size
        self._windowed = DEFAULT_SIZE
        self._calls: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._dialog = FileDialog(self._chosen, self._no_dialog) if native_dialogs else None
        self._drawn = -1
        self._news = threading.Event()
        self._last_event = 0.0
        self.controller = Controller(actions, DEFAULT_SIZE)

    def run(self) -> None:
        """Open the window and stay until it is closed.  Raises DisplayError where there is no display."""
        self._open()
        self.running = True
        self._redraw()
        self.worker.start()
        try:
            while self.running:
                self.step()
        finally:
            self.worker.stop()
            pygame.display.quit()

    def step(self, patience: float | None = None) -> None:
        """Wait for something to happen, at most `patience` seconds, and do what it asks for."""
        due = asking.seconds_until_due(self.session)
        waits = [seconds for seconds in (due, patience) if seconds is not None]
        for event in self._wait(min(waits, default=math.inf)):
            if event.type in (pygame.VIDEOEXPOSE, pygame.WINDOWEXPOSED, pygame.VIDEORESIZE):
                self._drawn = -1
            self.controller.handle(event)
        while not self._calls.empty():
            self._calls.get()()
        self._settle()

    def _wait(self, seconds: float) -> list[pygame.event.Event]:
        """Return the next events, or none when there is news from a thread or the time is up.

        pygame's own wait looks for events a thousand times a second; this looks less often, and least
        while nobody touches the window.
        """
        start = time.monotonic()
        while True:
            events = pygame.event.get()
            now = time.monotonic()
            if events or self._news.is_set() or now - start >= seconds:
                self._news.clear()
                self._last_event = now if events else self._last_event
                return events
            pause = BUSY_PAUSE if now - self._last_event < 1.0 else IDLE_PAUSE
            self._news.wait(min(pause, seconds - (now - start)))

    def _settle(self) -> None:
        """Take the network's news, play its move if that is due, ask on, fulfill wishes, and show the result."""
        for report in self.worker.collect():
            self._take(report)
        asking.play_if_due(self.session)
        self._keep_asking()
        for wish in self._wishes():
            self._fulfill(wish)
        self._redraw()

    def _open(self) -> None:
        if sys.platform == "win32":
            import ctypes

            ctypes.windll.user32.SetProcessDPIAware()  # else Windows enlarges the picture, blurred
        try:
            if sys.platform.startswith("linux") and not any(name in os.environ for name in SCREENS):
                raise pygame.error("none found")
            pygame.display.init()
            if pygame.display.get_driver() in SCREENLESS and "SDL_VIDEODRIVER" not in os.environ:
                raise pygame.error("none that works")
            pygame.font.init()
            size = self._size or self._fitting_size()
            pygame.display.set_icon(paint.stone(30, BLACK))
            pygame.display.set_caption("gopolicy")
            pygame.display.set_mode(size, pygame.RESIZABLE)
        except pygame.error as error:
            pygame.display.quit()
            raise DisplayError(
                f"no display to open a window on ({error}); --snapshot OUT.png draws a picture without one"
            ) from error
        pygame.key.set_repeat(*REPEAT_MS)
        self.controller.size = self._surface().get_size()

    def _fitting_size(self) -> tuple[int, int]:
        """Return a size that fits the screen: the default, or three quarters of a large one."""
        width, height = pygame.display.get_desktop_sizes()[0]
        size = (max(DEFAULT_SIZE[0], width * 3 // 5), max(DEFAULT_SIZE[1], height * 3 // 4))
        return max(SMALLEST[0], min(size[0], width - 40)), max(SMALLEST[1], min(size[1], height - 100))

    def _surface(self) -> pygame.Surface:
        surface = pygame.display.get_surface()
        assert surface is not None
        return surface

    def _redraw(self) -> None:
        """Draw and show the window, if anything has changed."""
        surface = self._surface()
        if surface.get_size() != self.controller.size:
            self.controller.size = surface.get_size()
            self._drawn = -1
        if self._drawn == self.session.version:
            return
        self._drawn = self.session.version
        draw(surface, self.session, self.controller.geometry if surface.get_width() >= SMALLEST[0] else None)
        pygame.display.flip()
        self.frames += 1

    # The network

    def _wake(self) -> None:
        """Wake the loop; called from other threads."""
        self._news.set()

    def _take(self, report: Report) -> None:
        if report.name:
            self.session.network_ready(report.name)
        elif report.problem:
            asking.take_failure(self.session, report.question, report.problem)
        elif report.question is not None and not report.abandoned:
            asking.take_answer(self.session, report.question, report.answer)
        self.session.progress = None

    def _keep_asking(self) -> None:
        current = self.worker.current
        if current is not None:
            if not asking.is_wanted(self.session, current):
                self.worker.drop()
            if self.worker.progress != self.session.progress and not current.dropped.is_set():
                self.session.progress = self.worker.progress
                self.session.touch()
        elif self.worker.ready and (question := asking.next_question(self.session)) is not None:
            self.worker.ask(question)

    # Wishes

    def _wishes(self) -> list[Wish]:
        wishes, self.session.wishes = self.session.wishes, []
        return wishes

    def _fulfill(self, wish: Wish) -> None:
        if wish.kind == "sound":
            if self.session.settings.sound:
                self.sounds.play(wish.text)
        elif wish.kind == "quit":
            self.running = False
        elif wish.kind == "copy":
            self.clipboard.put(wish.text)
        elif wish.kind == "paste":
            self.actions.paste_text(self.clipboard.get())
        elif wish.kind == "full screen":
            self._toggle_full_screen()
        elif self._dialog is not None:
            self._dialog.show(wish.kind, self._folder(), wish.text)
        else:
            self._no_dialog_here(wish.kind, wish.text)

    def _folder(self) -> Path:
        path = self.session.path or self.session.shelf.path
        return path.absolute().parent if path else Path.cwd()

    def _chosen(self, kind: str, path: Path | None) -> None:
        """Open or save what was chosen; called from the dialog's thread."""
        if path is not None:
            self._calls.put(lambda: self.actions.open_path(path) if kind == "open" else self.actions.save_to(path))
            self._wake()

    def _no_dialog(self, kind: str) -> None:
        """Ask in the window instead; called from the dialog's thread."""
        self._dialog = None
        self._calls.put(lambda: self._no_dialog_here(kind, self.session.suggested_name()))
        self._wake()

    def _no_dialog_here(self, kind: str, name: str) -> None:
        if kind == "open":
            self.actions.choose_from(self._folder())
        elif kind == "save":
            self.actions.ask_name(self._folder(), name)

    def _toggle_full_screen(self) -> None:
        surface = self._surface()
        if surface.get_flags() & pygame.FULLSCREEN:
            pygame.display.set_mode(self._windowed, pygame.RESIZABLE)
        else:
            self._windowed = surface.get_size()
            pygame.display.set_mode((0, 0), pygame.FULLSCREEN)
        self._drawn = -1

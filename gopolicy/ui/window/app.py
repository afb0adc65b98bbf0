"""The window: opens it, runs the loop, keeps the network's thread busy, does what the session requests.

The only user of pygame.display.  The loop sleeps until there is an event, news from a thread or something
is due, and draws only when the session has changed.
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
from pygame._sdl2.video import Window

from gopolicy.errors import GopolicyError
from gopolicy.go.coords import BLACK
from gopolicy.ui.drawing import paint
from gopolicy.ui.drawing.picture import caret_place, draw
from gopolicy.ui.model.command_groups import CommandGroups
from gopolicy.ui.model.dialogs import Entry, Text
from gopolicy.ui.model.requests import (
    AskForFileToOpen,
    AskWhereToSave,
    CloseWindow,
    CopyText,
    PasteText,
    PlaySound,
    ReadAddress,
    ReadFile,
    Request,
    StopReading,
    ToggleFullScreen,
)
from gopolicy.ui.model.tasks import Network
from gopolicy.ui.panels.geometry import SMALLEST
from gopolicy.ui.panels.wording import title
from gopolicy.ui.window.closing import on_ending
from gopolicy.ui.window.desktop import Clipboard, FileDialog
from gopolicy.ui.window.input_events import EventHandler
from gopolicy.ui.window.loading import Loaded, Loader
from gopolicy.ui.window.sounds import Sounds
from gopolicy.ui.window.worker import Report, Worker

DEFAULT_SIZE: Final = (1280, 860)
REPEAT_MS: Final = (350, 45)  # delay and interval of held keys
SCREENS: Final = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
SCREENLESS: Final = ("offscreen", "dummy", "evdev")
BUSY_PAUSE: Final = 0.004  # seconds between looks for events while the window is in use
IDLE_PAUSE: Final = 0.02
LOADING_PAUSE: Final = 0.1  # seconds between two pictures of the progress bar
SWITCH: Final = 0.001  # seconds until a thread that works in Python lets the window have its turn


class DisplayError(GopolicyError, RuntimeError):
    """There is no display to open a window on."""


class App:
    """A window on a session.  native_dialogs: use the desktop's file dialogs, else lists in the window."""

    def __init__(
        self,
        commands: CommandGroups,
        load: Callable[[], Network],
        *,
        size: tuple[int, int] | None = None,
        native_dialogs: bool = True,
    ) -> None:
        self.commands, self.session = commands, commands.session
        self.worker = Worker(load, self._wake)
        self.loader = Loader(commands.file.encoding, self._wake)
        self.sounds, self.clipboard = Sounds(), Clipboard()
        self.running = False
        self._ended = False  # by a signal
        self.frames = 0
        self._size = size
        self._fills_screen = False
        self._calls: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._dialog = FileDialog(self._chosen, self._no_dialog) if native_dialogs else None
        self._drawn = -1
        self._news = threading.Event()
        self._last_event = 0.0
        self.events = EventHandler(commands, DEFAULT_SIZE)
        self._field: Text | Entry | None = None  # that text is read for

    def run(self) -> None:
        """Open the window and stay until it is closed; the process is to end then by `closing.leave_at_once`.

        SIGTERM, Ctrl-C and the end of the terminal close it too; the game is kept.
        Raises DisplayError where there is no display.
        """
        self._open()
        self.running = True
        sys.setswitchinterval(SWITCH)
        on_ending(self._end)
        self._redraw()
        self.worker.start()
        try:
            while self.running and not self._ended:
                self.step()
        finally:
            self.close()

    def _end(self) -> None:
        """Close at the next look for events; called from a signal handler."""
        self._ended = True

    def close(self) -> None:
        """Keep an unsaved game; threads that still work are not waited for.

        The end of the process closes the window, sooner than the display does.
        """
        if not self._fills_screen:
            self.session.preferences.size = self._surface().get_size()
        self.worker.stop()
        self.commands.leaving.finish_writing()
        if self.session.autosave.is_slow:
            pygame.display.quit()
        self.session.autosave.flush()

    def step(self, patience: float | None = None) -> None:
        """Wait for something to happen, at most `patience` seconds, and do what it asks for."""
        due = self.session.opponent.seconds_until_due()
        tip = self.session.screen.seconds_until_tip(self.session.clock())
        saving = self.session.autosave.pause if self.session.autosave.is_waiting else None
        listing = 0.0 if self.commands.games.reads_on else None
        loading = LOADING_PAUSE if self.loader.share() is not None else None
        waits = [seconds for seconds in (loading, due, tip, saving, listing, patience) if seconds is not None]
        events = self._wait(min(waits, default=math.inf))
        if tip is not None and self.session.screen.seconds_until_tip(self.session.clock()) is None:
            self._drawn = -1  # the mouse rests on something now
        for event in events:
            if event.type in (pygame.VIDEOEXPOSE, pygame.WINDOWEXPOSED, pygame.VIDEORESIZE):
                self._drawn = -1
            self.events.handle(event)
        while not self._calls.empty():
            self._calls.get()()
        self._settle()
        if time.monotonic() - self._last_event >= self.session.autosave.pause:
            self.session.autosave.start()

    def _wait(self, seconds: float) -> list[pygame.event.Event]:
        """Return the next events, or none when there is news from a thread or the time is up.

        pygame's own wait looks for events a thousand times a second; this looks less often, and least
        while nobody touches the window.
        """
        start = time.monotonic()
        while True:
            events = pygame.event.get()
            now = time.monotonic()
            if events or self._ended or self._news.is_set() or now - start >= seconds:
                self._news.clear()
                self._last_event = now if events else self._last_event
                return events
            pause = BUSY_PAUSE if now - self._last_event < 1.0 else IDLE_PAUSE
            self._news.wait(min(pause, seconds - (now - start)))

    def _settle(self) -> None:
        """Take news, play the network's move if that is due, queue the next task, and show the result."""
        for report in self.worker.collect():
            self._take(report)
        self._take_loaded()
        self.commands.games.read_on()
        self.commands.queue.play_if_due()
        self._keep_evaluating()
        for request in self.session.screen.taken_requests():
            self._do(request)
        self._redraw()

    def _open(self) -> None:
        if sys.platform == "win32":
            import ctypes

            ctypes.windll.user32.SetProcessDPIAware()  # else Windows enlarges the picture, blurred
        try:
            if sys.platform.startswith("linux") and not any(name in os.environ for name in SCREENS):
                raise pygame.error("none found")
            # Without OpenGL: drawing needs none, and its driver takes up to 100 MB.
            os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")
            os.environ.setdefault("SDL_IME_SHOW_UI", "1")  # Windows shows no candidates of input methods without
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
        pygame.key.stop_text_input()
        self.events.reads_text = False
        self.events.size = self._surface().get_size()

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
        if surface.get_size() != self.events.size:
            self.events.size = surface.get_size()
            self._drawn = -1
        if self._drawn == self.session.screen.version:
            return
        self._drawn = self.session.screen.version
        pygame.display.set_caption(title(self.session))
        draw(surface, self.session, self.events.geometry if surface.get_width() >= SMALLEST[0] else None)
        pygame.display.flip()
        self.frames += 1
        self._read_text()

    def _read_text(self) -> None:
        """Have text read while there is a field for it; at other times an input method would take keys of commands."""
        dialog = self.session.screen.dialog
        field = None if dialog is None else dialog.field
        if field is not self._field:
            self._field = field
            self.events.reads_text = field is not None
            pygame.key.stop_text_input()  # what was being composed in another field ends with it
            if dialog is not None:
                dialog.composition = ""
            if field is not None:
                pygame.key.start_text_input()
        if field is not None and (place := caret_place(self.session, self.events.geometry)) is not None:
            pygame.key.set_text_input_rect(place)

    # Threads

    def _wake(self) -> None:
        """Wake the loop; called from other threads."""
        self._news.set()

    def _take(self, report: Report) -> None:
        if report.name:
            self.session.network_ready(report.name, report.profiles, report.profile)
        elif report.problem:
            self.commands.queue.take_failure(report.task, report.problem)
        elif report.task is not None and not report.abandoned:
            self.commands.queue.take_answer(report.task, report.answer)
        self.session.progress = None

    def _keep_evaluating(self) -> None:
        current = self.worker.current
        if current is not None:
            if not self.commands.queue.is_wanted(current):
                self.worker.drop()
            if self.worker.progress != self.session.progress and not current.dropped.is_set():
                self.session.progress = self.worker.progress
                self.session.screen.touch()
        elif self.worker.ready and (task := self.commands.queue.next_task()) is not None:
            self.worker.start_task(task)

    def _take_loaded(self) -> None:
        loaded = self.loader.collect()
        if (share := self.loader.share()) is not None and share != self.session.screen.loaded:
            self.session.screen.loaded = share
            self.session.screen.touch()
        if loaded is None:
            return
        if loaded.opened is not None:
            self.commands.file.when_read(lambda: self._show(loaded))
        elif loaded.archive is not None:
            self.commands.archive.adopt(loaded.archive)
        elif loaded.problem is not None:
            self.commands.file.not_read(loaded.problem)

    def _show(self, loaded: Loaded) -> None:
        assert loaded.opened is not None
        number = loaded.request.number if isinstance(loaded.request, ReadFile) else None
        self.commands.file.adopt(loaded.opened, loaded.playlist, number=number)
        self.commands.games.show_if_several()

    # Requests

    def _do(self, request: Request) -> None:
        match request:
            case PlaySound(name):
                if self.session.settings.sound:
                    self.sounds.play(name)
            case CloseWindow():
                self.running = False
            case CopyText(text):
                self.clipboard.put(text)
            case PasteText():
                self.commands.file.take_pasted(self.clipboard.get())
            case ReadFile() | ReadAddress():
                self.loader.start(request)
            case StopReading():
                self.loader.stop()
            case ToggleFullScreen():
                self._toggle_full_screen()
            case AskForFileToOpen() | AskWhereToSave():
                self._ask_for_file(request)

    def _ask_for_file(self, request: AskForFileToOpen | AskWhereToSave) -> None:
        if self._dialog is not None:
            self._dialog.show(request, self._folder())
        elif isinstance(request, AskWhereToSave):
            self.commands.file.ask_name(self._folder(), request.name, request.then)
        else:
            self.commands.file.choose_from(self._folder())

    def _folder(self) -> Path:
        path = self.session.document.path or self.session.document.playlist.path
        if path is not None:
            return path.absolute().parent
        folder = Path(self.session.preferences.folder or ".")
        return folder.absolute() if folder.is_dir() else Path.cwd()

    def _chosen(self, request: AskForFileToOpen | AskWhereToSave, path: Path | None) -> None:
        """Open or save what was chosen; called from the dialog's thread."""
        if path is not None:
            file = self.commands.file
            if isinstance(request, AskWhereToSave):
                self._calls.put(lambda: file.save_to(path, request.then, request.document))
            else:
                self._calls.put(lambda: file.open_path(path))
            self._wake()

    def _no_dialog(self, request: AskForFileToOpen | AskWhereToSave) -> None:
        """Ask in the window instead; called from the dialog's thread."""
        self._dialog = None
        self._calls.put(lambda: self._ask_for_file(request))
        self._wake()

    def _toggle_full_screen(self) -> None:
        window = Window.from_display_module()  # the same window: a new one would be put somewhere else
        if self._fills_screen:
            window.set_windowed()
        else:
            window.set_fullscreen(desktop=True)
        self._fills_screen = not self._fills_screen
        self._drawn = -1

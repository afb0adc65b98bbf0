"""Reading records in a thread, so that the window stays alive while a large file is read."""

import math
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gopolicy.archive.exploration import Archive
from gopolicy.errors import GopolicyError
from gopolicy.ui.model.archive_view import ArchiveView
from gopolicy.ui.model.filing import CORPUS, read_playlist
from gopolicy.ui.model.playlist import Opened, Playlist
from gopolicy.ui.model.requests import ReadFile

BYTES_PER_SECOND: Final = 1_400_000  # about what is read of a tree in a second of a processor, for the progress bar
LINEAR: Final = 0.7  # share up to which the bar keeps step with the estimate; behind it, it gets slower


@dataclass(frozen=True)
class Loaded:
    """A file that was read: its games and the first of them, or an archive, or why it could not be read."""

    request: ReadFile
    playlist: Playlist | None = None
    opened: Opened | None = None
    archive: ArchiveView | None = None
    problem: Exception | None = None


class Loader:
    """Reads one file at a time; `wake` is called from the thread when one is read."""

    def __init__(self, encoding: str | None, wake: Callable[[], None]) -> None:
        self._encoding, self._wake = encoding, wake
        self._wanted: ReadFile | None = None
        self._begun, self._size, self._clock = 0.0, 0, -1
        self._thread: threading.Thread | None = None
        self._done: queue.SimpleQueue[Loaded] = queue.SimpleQueue()

    def start(self, request: ReadFile) -> None:
        """Begin to read; a file that is still being read is forgotten when it is done."""
        self._wanted, self._begun, self._clock = request, time.monotonic(), -1
        self._size = request.path.stat().st_size if request.path.is_file() else 0
        self._thread = threading.Thread(target=self._run, args=(request, request.path), name="loading", daemon=True)
        self._thread.start()

    def share(self) -> float | None:
        """Return about how much of the wanted file is read, by its size and the thread's time; None for none.

        It never reaches 1: where the estimate was too short, the bar goes on more and more slowly.
        """
        if self._wanted is None:
            return None
        expected = self._seconds() * BYTES_PER_SECOND / max(self._size, 1)
        return expected if expected < LINEAR else 1 - (1 - LINEAR) * math.exp(-(expected - LINEAR) / (1 - LINEAR))

    def _seconds(self) -> float:
        """Return how long the thread has worked, or where the system does not say, how long ago it began."""
        try:
            return time.clock_gettime(self._clock)
        except (AttributeError, OSError):  # another system, or the thread has ended
            return time.monotonic() - self._begun

    @property
    def works(self) -> bool:
        """Whether a file is being read."""
        return self._thread is not None and self._thread.is_alive()

    def collect(self) -> Loaded | None:
        """Return the file that was asked for last, once it is read."""
        while not self._done.empty():
            loaded = self._done.get()
            if loaded.request is self._wanted:
                self._wanted = None
                return loaded
        return None

    def _run(self, request: ReadFile, path: Path) -> None:
        if hasattr(time, "pthread_getcpuclockid"):
            self._clock = time.pthread_getcpuclockid(threading.get_ident())
        try:
            if path.suffix == CORPUS:
                self._done.put(Loaded(request, archive=ArchiveView(Archive.open(path), path)))
            else:
                playlist, opened = read_playlist(path, self._encoding)
                self._done.put(Loaded(request, playlist, opened))
        except (GopolicyError, OSError, LookupError) as error:
            self._done.put(Loaded(request, problem=error))
        self._wake()

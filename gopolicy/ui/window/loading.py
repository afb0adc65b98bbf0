"""Reading records in a thread, so that the window stays alive while a large file is read."""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gopolicy.records import RecordError
from gopolicy.ui.model.filing import read_playlist
from gopolicy.ui.model.playlist import Opened, Playlist
from gopolicy.ui.model.requests import ReadFile


@dataclass(frozen=True)
class Loaded:
    """A file that was read: its games and the first of them, or why it could not be read."""

    request: ReadFile
    playlist: Playlist | None = None
    opened: Opened | None = None
    problem: Exception | None = None


class Loader:
    """Reads one file at a time; `wake` is called from the thread when one is read."""

    def __init__(self, encoding: str | None, wake: Callable[[], None]) -> None:
        self._encoding, self._wake = encoding, wake
        self._wanted: ReadFile | None = None
        self._thread: threading.Thread | None = None
        self._done: queue.SimpleQueue[Loaded] = queue.SimpleQueue()

    def start(self, request: ReadFile) -> None:
        """Begin to read; a file that is still being read is forgotten when it is done."""
        self._wanted = request
        self._thread = threading.Thread(target=self._run, args=(request, request.path), name="loading", daemon=True)
        self._thread.start()

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
        try:
            playlist, opened = read_playlist(path, self._encoding)
            self._done.put(Loaded(request, playlist, opened))
        except (RecordError, OSError, LookupError) as error:
            self._done.put(Loaded(request, problem=error))
        self._wake()

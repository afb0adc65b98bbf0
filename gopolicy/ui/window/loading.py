"""Reading records, from files and from the web, in a thread, so that the window stays alive meanwhile."""

import math
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gopolicy.archive.exploration import Archive
from gopolicy.archive.position_index import StaleIndexError
from gopolicy.errors import GopolicyError
from gopolicy.ui.model.archive_view import ArchiveView
from gopolicy.ui.model.filing import CORPUS, read_playlist
from gopolicy.ui.model.playlist import Opened, Playlist
from gopolicy.ui.model.requests import ReadAddress, ReadFile
from gopolicy.ui.model.tasks import AbandonedError
from gopolicy.ui.model.web_address import shown_address

BYTES_PER_SECOND: Final = 1_400_000  # about what is read of a tree in a second of a processor, for the progress bar
FETCHING: Final = 0.8  # share of the bar for what is fetched; the rest is for reading it
UNSTATED: Final = 1 << 16  # bytes after which the bar of what does not state its length is at the middle of that
LINEAR: Final = 0.7  # share up to which the bar keeps step with the estimate; behind it, it gets slower


@dataclass(frozen=True)
class Loaded:
    """What was read: its games and the first of them, or an archive, or why it could not be read."""

    request: ReadFile | ReadAddress
    playlist: Playlist | None = None
    opened: Opened | None = None
    archive: ArchiveView | None = None
    problem: Exception | None = None


class Loader:
    """Reads one file or address at a time; `wake` is called from the thread when one is read."""

    def __init__(self, encoding: str | None, wake: Callable[[], None]) -> None:
        self._encoding, self._wake = encoding, wake
        self._wanted: ReadFile | ReadAddress | None = None
        self._begun, self._size, self._clock = 0.0, 0, -1
        self._fetched: float | None = None  # share of what is fetched, None where nothing is
        self._thread: threading.Thread | None = None
        self._done: queue.SimpleQueue[Loaded] = queue.SimpleQueue()

    def start(self, request: ReadFile | ReadAddress) -> None:
        """Begin to read; what is still being read is forgotten when it is done."""
        self._wanted, self._begun, self._clock = request, time.monotonic(), -1
        self._size, self._fetched = 0, 0.0
        if isinstance(request, ReadFile):
            self._fetched = None
            with suppress(OSError):  # which the thread meets too, and reports
                self._size = request.path.stat().st_size if request.path.is_file() else 0
        self._thread = threading.Thread(target=self._run, args=(request,), name="loading", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Forget what is being read; what is fetched is given up, a file is read to its end for nothing."""
        self._wanted = None

    def share(self) -> float | None:
        """Return about how much of what is wanted is read, by its size and the thread's time; None for none.

        It never reaches 1: where the estimate was too short, the bar goes on more and more slowly.
        """
        if self._wanted is None:
            return None
        if self._fetched is None:
            return self._share_read()
        read = self._share_read() if self._size else 0.0
        return FETCHING * self._fetched + (1 - FETCHING) * read

    def _share_read(self) -> float:
        expected = self._seconds() * BYTES_PER_SECOND / max(self._size, 1)
        return expected if expected < LINEAR else 1 - (1 - LINEAR) * math.exp(-(expected - LINEAR) / (1 - LINEAR))

    def _seconds(self) -> float:
        """Return how long the thread has worked, or where the system does not say, how long ago it began."""
        try:
            return time.clock_gettime(self._clock)
        except (AttributeError, OSError):  # another system, or the thread has ended
            return time.monotonic() - self._begun

    def collect(self) -> Loaded | None:
        """Return what was asked for last, once it is read."""
        while not self._done.empty():
            loaded = self._done.get()
            if loaded.request is self._wanted:
                self._wanted = None
                return loaded
        return None

    def _run(self, request: ReadFile | ReadAddress) -> None:
        if hasattr(time, "pthread_getcpuclockid"):
            self._clock = time.pthread_getcpuclockid(threading.get_ident())
        try:
            if isinstance(request, ReadAddress):
                self._done.put(self._fetch(request))
            elif request.path.suffix == CORPUS:
                self._done.put(Loaded(request, archive=ArchiveView(_archive(request.path), request.path)))
            else:
                playlist, opened = read_playlist(request.path, self._encoding)
                self._done.put(Loaded(request, playlist, opened.with_text()))
        except AbandonedError:
            return
        except (GopolicyError, OSError, LookupError) as error:
            self._done.put(Loaded(request, problem=error))
        self._wake()

    def _fetch(self, request: ReadAddress) -> Loaded:
        from gopolicy.ui.window.download import download  # imports TLS, which files do without

        def note(count: int, length: int | None) -> None:
            if self._wanted is request:
                self._fetched = count / (length or count + UNSTATED)

        data = download(request.address, note, lambda: self._wanted is not request)
        if self._wanted is request:
            self._size = len(data)
        playlist = Playlist.of_data(shown_address(request.address), data, self._encoding)
        return Loaded(request, playlist, playlist.step(1).with_text())


def _archive(path: Path) -> Archive:
    """Open a corpus; an index that does not fit it any more is built anew."""
    try:
        return Archive.open(path)
    except StaleIndexError:
        return Archive.open(path, rebuild=True)

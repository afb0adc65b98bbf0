"""Unsaved games on disk, so that neither a crash nor a closed window loses one.

Each window writes files of its own and holds a lock next to each while it runs; the next window offers the
newest file that no running window holds.  The name of the file that a game came from is kept beside it.
"""

import json
import logging
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import platformdirs

from gopolicy.files import make_folder, write_file

if sys.platform != "win32":
    import fcntl

log = logging.getLogger(__name__)

PREFIX: Final = "unsaved-"
LEAST_PAUSE: Final = 0.3
PAUSES: Final = 10  # times what the last writing took


def default_folder() -> Path:
    """Return the folder for unsaved games: the user's state folder of this system."""
    return Path(platformdirs.user_state_dir("gopolicy", appauthor=False))


class Autosave:
    """A window's unsaved game in `folder`; None keeps nothing.  A folder that cannot be written is logged once.

    failure: why the last writing failed, None if it did not.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._path: Path | None = None
        self._lock: IO[bytes] | None = None
        self.failure: OSError | None = None
        self._lost: Callable[[], str] | None = None  # what could not be written
        self.pause = LEAST_PAUSE  # seconds without events before a change is written: a large record takes its time
        self._waiting: Callable[[], str] | None = None
        self._source: Path | None = None
        self._is_played = False
        self._writer: threading.Thread | None = None
        self._replacing = threading.Lock()  # held while the file is written
        self._dropped = threading.Event()  # what is being written is not wanted any more

    @property
    def is_waiting(self) -> bool:
        """Whether a change has not been written yet."""
        return self._waiting is not None

    @property
    def is_slow(self) -> bool:
        """Whether a change waits that will take more than a moment to write, judged by the last one."""
        return self.is_waiting and self.pause > LEAST_PAUSE * PAUSES

    def note(self, text: Callable[[], str], source: Path | None = None, *, is_played: bool = False) -> None:
        """Have the game written at the next `flush` or `start`.

        source: the file it came from.  is_played: it is played here, so that its moves can be taken back.
        """
        self._waiting, self._source, self._is_played = text, source, is_played

    def start(self) -> None:
        """Begin to write what waits, in a thread; not while the last writing still runs."""
        if self._waiting is None or (self._writer is not None and self._writer.is_alive()):
            return
        text, self._waiting = self._waiting, None
        if (path := self._prepared(text)) is not None:
            self._writer = threading.Thread(target=self._write, args=(text, path, self._dropped), name="autosave")
            self._writer.start()

    def flush(self) -> None:
        """Have everything written when this returns, what failed before too, replacing what was kept of the game."""
        self._wait()
        text, self._waiting = self._waiting or self._lost, None
        if text is not None and (path := self._prepared(text)) is not None:
            self._write(text, path, self._dropped)

    def leave(self) -> None:
        """Leave the game where it is for a later window; the next `flush` starts another file."""
        self.flush()
        self._release()

    def drop(self) -> None:
        """Forget the game: it is saved, or nobody wants it."""
        self._waiting = None
        with self._replacing:
            self._dropped.set()
        self._dropped, self._writer = threading.Event(), None
        if self._path is not None:
            _forget(self._path)
            _forget(_source_path(self._path))
        self._release()

    def _wait(self) -> None:
        if self._writer is not None:
            self._writer.join()
            self._writer = None

    def _prepared(self, text: Callable[[], str]) -> Path | None:
        """Return the file to write, locked; None if nothing can be kept."""
        if self.folder is None:
            return None
        try:
            make_folder(self.folder)
            if self._path is None:
                name = f"{PREFIX}{time.strftime('%Y%m%d-%H%M%S')}-{time.perf_counter_ns() % 10**9:09d}.sgf"
                self._lock = _locked(_lock_path(self.folder / name))
                self._path = self.folder / name
                if self._source is not None or self._is_played:
                    source = None if self._source is None else str(self._source.absolute())
                    write_file(_source_path(self._path), json.dumps(source))
        except OSError as error:
            self._fail(text, error)
            return None
        return self._path

    def _write(self, text: Callable[[], str], path: Path, dropped: threading.Event) -> None:
        """Write the game; one that is changed meanwhile waits already, and is written again."""
        begun = time.monotonic()
        try:
            data = text()
        except RuntimeError:  # a container of the tree changed its size under the thread
            self._waiting = self._waiting or text
            return
        try:
            with self._replacing:
                if not dropped.is_set():
                    write_file(path, data)
                    self._lost = self.failure = None
        except OSError as error:
            if not dropped.is_set():
                self._fail(text, error)
        self.pause = max(LEAST_PAUSE, PAUSES * (time.monotonic() - begun))

    def _fail(self, text: Callable[[], str], error: OSError) -> None:
        if self.failure is None:
            log.warning("unsaved games cannot be kept: %s", error)
        self._lost, self.failure = text, error

    def left_over(self, source: Path | None = None) -> Path | None:
        """Return the newest game that a window left behind, or None; source: only changes to this file."""
        if self.folder is None:
            return None
        found = sorted(self.folder.glob(f"{PREFIX}*.sgf"), key=lambda path: path.name, reverse=True)
        for path in found:
            fits = source is None or source_of(path) == source.absolute()
            if fits and path != self._path and not _is_held(_lock_path(path)):
                return path
        return None

    def remove(self, path: Path) -> None:
        """Remove a game that was left behind, with what stands beside it; raises OSError."""
        for file in (path, _lock_path(path), _source_path(path)):
            file.unlink(missing_ok=True)

    def _release(self) -> None:
        if self._path is not None and self._lock is not None:
            self._lock.close()
            _forget(_lock_path(self._path))
        self._path = self._lock = self._lost = self.failure = None


def _forget(path: Path) -> None:
    """Remove a file; one that cannot be removed is offered again."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


def source_of(path: Path) -> Path | None:
    """Return the file that a game left behind came from, None if it came from none or that is not known."""
    try:
        return Path(json.loads(_source_path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def is_played(path: Path) -> bool:
    """Return whether a game left behind was being played here."""
    try:
        return bool(json.loads(_source_path(path).read_text(encoding="utf-8")) is None)
    except (OSError, ValueError):
        return False


def _lock_path(path: Path) -> Path:
    return path.with_suffix(".lock")


def _source_path(path: Path) -> Path:
    return path.with_suffix(".source")


def _locked(path: Path) -> IO[bytes]:
    handle = path.open("wb")
    if sys.platform != "win32":  # Windows refuses to delete open files, which is lock enough
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return handle


def _is_held(path: Path) -> bool:
    """Return whether a running window holds a lock."""
    try:
        if sys.platform == "win32":
            path.unlink()
            return False
        with path.open("rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except FileNotFoundError:
        return False
    except OSError:
        return True

"""Unsaved games on disk, so that neither a crash nor a closed window loses one.

Each window writes files of its own and holds a lock next to each while it runs; the next window offers the
newest file that no running window holds.  The name of the file that a game came from is kept beside it.
"""

import json
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Final

import platformdirs

from gopolicy.files import write_file

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
    """A window's unsaved game in `folder`; None keeps nothing.  A folder that cannot be written is logged once."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._path: Path | None = None
        self._lock: IO[bytes] | None = None
        self._broken = folder is None
        self.pause = LEAST_PAUSE  # seconds without events before a change is written: a large record takes its time
        self._waiting: tuple[Callable[[], str], Path | None] | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether a change has not been written yet."""
        return self._waiting is not None

    def note(self, text: Callable[[], str], source: Path | None = None) -> None:
        """Have the game written at the next `flush`; source: the file it came from."""
        self._waiting = (text, source)

    def flush(self) -> None:
        """Write the game, replacing what was kept of it before."""
        if self._waiting is None:
            return
        (text, source), self._waiting = self._waiting, None
        if self._broken or self.folder is None:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if self._path is None:
                name = f"{PREFIX}{time.strftime('%Y%m%d-%H%M%S')}-{time.perf_counter_ns() % 10**9:09d}.sgf"
                self._path = self.folder / name
                self._lock = _locked(_lock_path(self._path))
                if source is not None:
                    write_file(_source_path(self._path), json.dumps(str(source.absolute())))
            begun = time.monotonic()
            write_file(self._path, text())
            self.pause = max(LEAST_PAUSE, PAUSES * (time.monotonic() - begun))
        except OSError as error:
            self._broken = True
            log.warning("unsaved games cannot be kept: %s", error)

    def leave(self) -> None:
        """Leave the game where it is for a later window; the next `flush` starts another file."""
        self.flush()
        self._release()

    def drop(self) -> None:
        """Forget the game: it is saved, or nobody wants it."""
        self._waiting = None
        if self._path is not None:
            self._path.unlink(missing_ok=True)
            _source_path(self._path).unlink(missing_ok=True)
        self._release()

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
        """Remove a game that was left behind, with what stands beside it."""
        for file in (path, _lock_path(path), _source_path(path)):
            file.unlink(missing_ok=True)

    def _release(self) -> None:
        if self._path is not None and self._lock is not None:
            self._lock.close()
            _lock_path(self._path).unlink(missing_ok=True)
        self._path = self._lock = None


def source_of(path: Path) -> Path | None:
    """Return the file that a game left behind came from, None if it came from none or that is not known."""
    try:
        return Path(json.loads(_source_path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


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

"""Unsaved games on disk, so that neither a crash nor a closed window loses one.

Each window writes files of its own and holds a lock next to each while it runs; the next window offers the
newest file that no running window holds.
"""

import logging
import os
import sys
import time
from pathlib import Path
from typing import IO, Final

if sys.platform != "win32":
    import fcntl

log = logging.getLogger(__name__)

PREFIX: Final = "unsaved-"


def default_folder() -> Path:
    """Return the folder for unsaved games: the user's state folder of this system."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return base / "gopolicy"


class Autosave:
    """A window's unsaved game in `folder`; None keeps nothing.  A folder that cannot be written is logged once."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._path: Path | None = None
        self._lock: IO[bytes] | None = None
        self._broken = folder is None

    def keep(self, text: str) -> None:
        """Write the game, replacing what was kept of it before."""
        if self._broken or self.folder is None:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if self._path is None:
                name = f"{PREFIX}{time.strftime('%Y%m%d-%H%M%S')}-{time.perf_counter_ns() % 10**9:09d}.sgf"
                self._path = self.folder / name
                self._lock = _locked(_lock_path(self._path))
            write_whole(self._path, text)
        except OSError as error:
            self._broken = True
            log.warning("unsaved games cannot be kept: %s", error)

    def leave(self) -> None:
        """Leave the game where it is for a later window; the next `keep` starts another file."""
        self._release()

    def drop(self) -> None:
        """Forget the game: it is saved, or nobody wants it."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)
        self._release()

    def left_over(self) -> Path | None:
        """Return the newest game that a window left behind, or None."""
        if self.folder is None:
            return None
        found = sorted(self.folder.glob(f"{PREFIX}*.sgf"), key=lambda path: path.name, reverse=True)
        return next((path for path in found if path != self._path and not _is_held(_lock_path(path))), None)

    def remove(self, path: Path) -> None:
        """Remove a game that was left behind, with its lock."""
        path.unlink(missing_ok=True)
        _lock_path(path).unlink(missing_ok=True)

    def _release(self) -> None:
        if self._path is not None and self._lock is not None:
            self._lock.close()
            _lock_path(self._path).unlink(missing_ok=True)
        self._path = self._lock = None


def write_whole(path: Path, text: str) -> None:
    """Write a text file as UTF-8 so that at any moment either the old or the new one is there; raise OSError."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(path)


def _lock_path(path: Path) -> Path:
    return path.with_suffix(".lock")


def _locked(path: Path) -> IO[bytes]:
    handle = path.open("wb")
    if sys.platform != "win32":  # Windows refuses to delete open files, which is lock enough
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return handle


def _is_held(path: Path) -> bool:
    """Tell whether a running window holds a lock."""
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

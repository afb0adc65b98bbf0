"""A lock on a folder that a command works in: held by one process at a time, and gone with it however it ends."""

import logging
import os
import time
from pathlib import Path
from typing import Self

from gopolicy.errors import GopolicyError

try:
    import fcntl
except ImportError:  # no such locks on Windows: two commands in one folder go unnoticed there
    fcntl = None  # type: ignore[assignment]


class FolderLockError(GopolicyError, OSError):
    """A folder in which another process is at work."""


class FolderLock:
    """The lock on a folder, held until `close` or until the object is no longer used; also a context manager.

    wait_seconds: how long to wait for another holder to give it back.
    Raises FolderLockError if there still is one, OSError for a folder that cannot be opened.
    """

    def __init__(self, folder: Path, *, wait_seconds: float = 0.0) -> None:
        self._descriptor: int | None = None
        if fcntl is None:
            return
        self._descriptor = os.open(folder, os.O_RDONLY)
        given_up = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() < given_up:
                    time.sleep(0.05)
                    continue
                self.close()
                raise FolderLockError(f"{folder}: another process is at work in it; wait, or choose another") from None
            except OSError as error:  # a file system without locks
                logging.getLogger(__name__).info("%s: not locked: %s", folder, error.strerror)
            return

    def close(self) -> None:
        """Give the lock back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

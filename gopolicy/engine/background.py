"""A value that takes long to make, made on a thread of its own."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Background(Generic[T]):
    """What `make` returns; the work begins at `start`, or when the value is first wanted.

    The thread does not keep the process alive.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._future: Future[T] = Future()
        self._lock = Lock()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin the work, if it has not begun."""
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="background", daemon=True)
                self._thread.start()

    def result(self) -> T:
        """Wait for the value and return it, or raise what `make` raised."""
        self.start()
        return self._future.result()

    def _run(self) -> None:
        try:
            self._future.set_result(self._make())
        except BaseException as error:  # noqa: BLE001 - handed on to who waits
            self._future.set_exception(error)

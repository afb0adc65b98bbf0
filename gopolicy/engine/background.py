"""A value that takes long to make, made on a thread of its own: the policy that an engine serves."""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Generic, TypeVar

from gopolicy.errors import GopolicyError
from gopolicy.files import display_name

if TYPE_CHECKING:
    from gopolicy.policy import Policy

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


def policy_loader(model: Path | None, profile: str | None) -> "Callable[[], Policy]":
    """Return what loads a policy as `Policy.load` does, which takes seconds.

    Raises GopolicyError at once where there is no such file or no such profile.
    """
    if model is not None and str(model) != "net" and not model.exists():
        raise GopolicyError(f"{display_name(model)}: no such file")
    found = None
    if profile is not None:
        from gopolicy.profiles import find_profile

        found = find_profile(profile)

    def load() -> "Policy":
        from gopolicy.policy import Policy

        return Policy.load(model, profile=found)

    return load

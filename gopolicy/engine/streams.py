"""Lines of a byte stream, read on a thread, so that work can go on until the next one arrives.

Engines read their commands through this, and the client reads another engine's answers through it.
"""

import codecs
import os
import queue
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO, Final, NoReturn, TextIO

from gopolicy.errors import GopolicyError
from gopolicy.files import display_name

BLOCK_BYTES: Final = 65536
# A program that never ends its line must not fill the memory; JSON queries of long games take 10 kB.
MAX_LINE_BYTES: Final = 4 << 20
MAX_LINES_AHEAD: Final = 10_000


class StreamError(GopolicyError, OSError):
    """A standard stream that is closed."""


class InputLines:
    """The lines of an unbuffered byte stream in order, without their line ends.

    Bytes that are not UTF-8 become replacement characters; lines over MAX_LINE_BYTES are cut in pieces,
    and reading pauses when MAX_LINES_AHEAD lines wait.
    One thread may ask for lines; the stream is read on another.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._queue: queue.Queue[str | None] = queue.Queue(MAX_LINES_AHEAD)
        self._next: list[str | None] = []
        self._mark = codecs.BOM_UTF8  # what some programs on Windows put before their first line
        self._thread = threading.Thread(target=self._read, name="input lines", daemon=True)
        self._thread.start()

    def next(self) -> str | None:
        """Wait for the next line and return it; None once the stream has ended."""
        self.wait(None)
        line = self._next[0]
        if line is not None:
            self._next.clear()
        return line

    def wait(self, seconds: float | None) -> bool:
        """Wait until a line, or the end, is there for `next`; return False if `seconds` pass first."""
        if not self._next:
            try:
                self._next.append(self._queue.get(timeout=seconds))
            except queue.Empty:
                return False
        return True

    def peek(self) -> str | None:
        """Return the next line if it is there already; `next` will return it again."""
        return self._next[0] if self.wait(0) else None

    def _read(self) -> None:
        rest = b""
        while block := self._read_block():
            *lines, rest = (rest + block).split(b"\n")
            if len(rest) > MAX_LINE_BYTES:
                lines, rest = [*lines, rest], b""
            for line in lines:
                self._put(line)
        if rest:
            self._put(rest)
        self._queue.put(None)

    def _read_block(self) -> bytes:
        try:
            return self._stream.read(BLOCK_BYTES) or b""
        except (OSError, ValueError):  # closed on our side
            return b""

    def _put(self, line: bytes) -> None:
        line, self._mark = line.removeprefix(self._mark), b""
        self._queue.put(line.removesuffix(b"\r").decode("utf-8", errors="replace"))


def standard_input() -> InputLines:
    """Return the lines of this process's standard input.

    It bypasses `sys.stdin`, whose lock a waiting thread would still hold when the interpreter shuts down.
    Raises StreamError if it is closed.
    """
    if sys.stdin is None:
        raise StreamError("standard input is closed: nobody can ask anything")
    return InputLines(open(sys.stdin.fileno(), "rb", buffering=0, closefd=False))


def line_writer(stream: TextIO) -> Callable[[str], None]:
    """Return a function that writes text to `stream` and flushes it."""

    def write(text: str) -> None:
        stream.write(text)
        stream.flush()

    return write


def end_process() -> NoReturn:
    """End this process with status 0, without waiting for threads that still load a network."""
    sys.stdout.flush()
    os._exit(0)


def reserve_standard_output(log: str = os.devnull, *, ready: str = "") -> TextIO:
    """Return the real standard output, and send all else that this process prints to the file `log`.

    That includes what libraries write to standard output and standard error below Python, which a
    program at the other end would take for an answer.

    ready: the last line for standard error.
    Raises StreamError if standard output is closed or the log cannot be written.
    """
    if sys.stdout is None:
        raise StreamError("standard output is closed: nobody would see the answers")
    try:  # before `dup`: it takes 2 if that is closed
        file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    except OSError as error:
        reason = "no such folder" if isinstance(error, FileNotFoundError) else error.strerror
        raise StreamError(f"--log {display_name(log)}: {reason}") from None
    sys.stdout.flush()
    if sys.stderr is not None:
        sys.stderr.write(ready)
        sys.stderr.flush()
    real = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(file, 1)
    os.dup2(file, 2)
    if file != 2:
        os.close(file)
    return real

"""Talk to another engine: one in a process of its own, or one in this process.

A `?` answer is a GtpError, as on the engine's side.  An engine that ends, hangs or says what is no
response is a ChannelError; its channel is of no more use then.
"""

import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from typing import Final, Protocol

from gopolicy.engine.gtp.protocol import Dispatcher, GtpError
from gopolicy.engine.streams import InputLines
from gopolicy.errors import GopolicyError

TIMEOUT_SECONDS: Final = 120.0
CLOSING_SECONDS: Final = 2.0
# A response is at most a game record; more lines than this are a program that talks without end.
MAX_RESPONSE_LINES: Final = 100_000


class ChannelError(GopolicyError, RuntimeError):
    """The other engine cannot be started, has ended, does not answer in time, or does not speak GTP."""


class Channel(Protocol):
    """A way to send lines to an engine and to get its lines."""

    def send(self, line: str) -> None:
        """Send one line.  Raises ChannelError if nobody reads it."""

    def receive(self, timeout_seconds: float) -> str:
        """Return the next line.  Raises ChannelError if there is none, or none in time."""

    def close(self) -> None:
        """End the engine, by force if need be."""


class ProcessChannel:
    """An engine in a process of its own, given by its command line (no shell is involved)."""

    def __init__(self, command: str | Sequence[str]) -> None:
        self._errors = tempfile.TemporaryFile()
        try:
            words = command_words(command) if isinstance(command, str) else list(command)
            self._name = os.path.basename(words[0])
            self._process = subprocess.Popen(
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                bufsize=0,
                start_new_session=True,  # so that its own children can be ended with it
            )
        except (OSError, IndexError, ValueError) as error:
            raise ChannelError(f"cannot start the engine {command!r}: {error}") from error
        assert self._process.stdout is not None
        self._lines = InputLines(self._process.stdout)  # type: ignore[arg-type]  # bufsize 0: it is unbuffered

    def send(self, line: str) -> None:
        """Send one line.  Raises ChannelError if the process has ended."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line.encode() + b"\n")
        except OSError as error:
            raise ChannelError(self._obituary()) from error

    def receive(self, timeout_seconds: float) -> str:
        """Return the next line of its standard output.  Raises ChannelError at its end, or if there is none in time."""
        if not self._lines.wait(timeout_seconds):
            raise ChannelError(f"{self._name} did not answer in time")
        line = self._lines.next()
        if line is None:
            raise ChannelError(self._obituary())
        return line

    def close(self) -> None:
        """Close its input, and kill it if it has not ended soon after."""
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.close()
        except OSError:
            pass
        try:
            self._process.wait(CLOSING_SECONDS)
        except subprocess.TimeoutExpired:
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._errors.close()

    def _obituary(self) -> str:
        try:
            status = self._process.wait(CLOSING_SECONDS)
        except subprocess.TimeoutExpired:
            return f"{self._name} closed its output"
        self._errors.seek(0)
        last = deque(self._errors.read().decode(errors="replace").split("\n"), 2)
        words = " ".join(line.strip() for line in last).strip()
        how = f"was ended by signal {-status}" if status < 0 else f"ended with exit status {status}"
        return f"{self._name} {how}" + (f": {words[:200]}" if words else "")


def command_words(command: str) -> list[str]:
    """Return the words of a command line; raises ValueError for a quotation mark without its other."""
    if sys.platform == "win32":  # where names of files have backslashes
        return [word.strip('"') for word in shlex.split(command, posix=False)]
    return shlex.split(command)


class LocalChannel:
    """An engine in this process.  A response that stays open ends with its last line, all work done."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._lines: deque[str] = deque()
        self._has_quit = False

    def send(self, line: str) -> None:
        """Obey one line.  Raises ChannelError after `quit`."""
        if self._has_quit:
            raise ChannelError("the engine has quit")
        response = self._dispatcher.respond(line)
        if response is not None:
            self._lines.extend(response.whole().removesuffix("\n").split("\n"))
            self._has_quit = response.is_last

    def receive(self, timeout_seconds: float) -> str:
        """Return the next line of the responses.  Raises ChannelError if all have been read."""
        if not self._lines:
            raise ChannelError("the engine has nothing to say")
        return self._lines.popleft()

    def close(self) -> None:
        """End the engine."""
        self._has_quit = True


class GtpClient:
    """Commands to an engine, and its answers."""

    def __init__(self, channel: Channel, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._channel = channel
        self._timeout_seconds = timeout_seconds

    def command(self, name: str, *arguments: object) -> str:
        """Return the answer to a command, without its `=`.

        Raises GtpError with the engine's own words if it answers `?`, ChannelError if it gives no response.
        """
        deadline = time.monotonic() + self._timeout_seconds
        self._channel.send(" ".join([name, *(str(argument) for argument in arguments)]))
        lines = [self._first_line(deadline)]
        while line := self._receive(deadline):
            lines.append(line)
            if len(lines) > MAX_RESPONSE_LINES:
                raise ChannelError(f"the answer to {name} has no end")
        text = "\n".join([lines[0][1:].lstrip(), *lines[1:]])
        if lines[0].startswith("?"):
            raise GtpError(text.strip())
        return text.rstrip()

    def close(self) -> None:
        """Ask the engine to quit and see to it that it does."""
        try:
            self._channel.send("quit")
        except ChannelError:
            pass
        self._channel.close()

    def _first_line(self, deadline: float) -> str:
        line = ""
        while not line.strip():  # some engines end their greeting, or their answer, with one blank line too many
            line = self._receive(deadline)
        if line[0] not in "=?":
            raise ChannelError(f"the engine said {line[:80]!r}, which is no GTP response")
        return line

    def _receive(self, deadline: float) -> str:
        return self._channel.receive(max(0.0, deadline - time.monotonic()))

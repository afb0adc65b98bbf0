"""GTP lines: parse, dispatch, format.  This module knows the protocol and no Go.

Reference: the Go Text Protocol, version 2, draft 2, sections 2.5 to 2.13.  A command is one line with an
optional id; its response starts with `=` or `?` and that id and ends with one blank line, and there is no
blank line inside.  Some commands of later programs answer until the next line arrives: see `Stream`.
"""

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from gopolicy.engine.streams import InputLines
from gopolicy.errors import GopolicyError

PROTOCOL_VERSION: Final = "2"
# Loading more commands starts when no command waits this long after the first answer, or, before any
# command came, after the longer time: the first answers must not wait for heavy imports.
IDLE_SECONDS: Final = 0.05
SILENT_SECONDS: Final = 1.0

_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")

log = logging.getLogger(__name__)


class GtpError(GopolicyError, ValueError):
    """A command that failed; the text is what follows the question mark."""


class Command(NamedTuple):
    """A line: `id` as written ("" if there is none), the command's name, and its arguments."""

    id: str
    name: str
    arguments: list[str]


@dataclass
class Stream:
    """A response that stays open: a line every `interval_seconds` until any input arrives.

    line: the latest.  better: works on, a step of less than 0.3 seconds each, and gives a line to replace it.
    """

    line: str
    interval_seconds: float
    better: Iterator[str] = field(default_factory=lambda: iter(()))

    def improve(self) -> bool:
        """Do one step of work; return whether there was one left."""
        line = next(self.better, None)
        self.line = self.line if line is None else line
        return line is not None


Handler = Callable[[list[str]], str | Stream]


def parse_line(line: str) -> Command | None:
    """Return the command in a line, or None for one that only has blanks, control characters and a comment."""
    words = re.findall(r"[^ \t\r\n]+", _CONTROL.sub("", line).partition("#")[0])  # other blanks may be in a file's name
    if not words:
        return None
    has_id = words[0].isascii() and words[0].isdigit()
    name = words[1:2] if has_id else words[:1]
    return Command(words[0] if has_id else "", name[0] if name else "", words[2:] if has_id else words[1:])


def is_interrupt(line: str | None) -> bool:
    """Return whether a line is the comment that ends a command that takes long, as GoGui sends it."""
    return line is not None and line.strip().lower() == "# interrupt"


def format_response(command_id: str, text: str, *, failed: bool = False) -> str:
    """Return a whole response; a text that starts with a newline begins below the `=` line.

    Blank lines and control characters inside are taken out, since they would end the response early.
    GoGui wants a blank after the `=` above a board.
    """
    lines = [_CONTROL.sub("", line) for line in text.split("\n")]
    first, rest = lines[0].rstrip(), [line for line in lines[1:] if line.strip()]
    head = f"{'?' if failed else '='}{command_id}"
    return "\n".join([f"{head} {first}" if first or rest else head, *rest]) + "\n\n"


class Response(NamedTuple):
    """What a command gave: the framed text, or where `stream` is set, only its first line.

    is_last: no more commands are to be served.
    """

    text: str
    stream: Stream | None = None
    is_last: bool = False

    def whole(self) -> str:
        """Return the framed text; of a stream with its last line once, all work done."""
        if self.stream is None:
            return self.text
        while self.stream.improve():
            pass
        return f"{self.text}{self.stream.line}\n\n"


class Dispatcher:
    """Commands by name.

    more: gives further commands, at the first time that a name is not among `commands` or all names are
        wanted; an exception in it is the answer to that command, and it is called again at the next.
    """

    def __init__(
        self, commands: Mapping[str, Handler], more: Callable[[], Mapping[str, Handler]] | None = None
    ) -> None:
        self._commands: dict[str, Handler] = {
            "protocol_version": lambda arguments: PROTOCOL_VERSION,
            "list_commands": lambda arguments: "\n".join(sorted(self.names())),
            "known_command": self._known_command,
            "quit": lambda arguments: "",
            **commands,
        }
        self._more = more

    def names(self) -> set[str]:
        """Return the names of all commands."""
        self._load()
        return set(self._commands)

    def respond(self, line: str) -> Response | None:
        """Obey one line and return the response, or None for a line without a command."""
        command = parse_line(line)
        if command is None:
            return None
        try:
            reply = self._handler(command.name)(command.arguments)
        except GtpError as error:
            return Response(format_response(command.id, str(error), failed=True))
        except Exception as error:  # a fault of ours must not end the other program's game
            log.exception("%r failed", line)
            return Response(format_response(command.id, f"{type(error).__name__}: {error}", failed=True))
        if isinstance(reply, Stream):
            return Response(f"={command.id}\n", stream=reply)
        return Response(format_response(command.id, reply), is_last=command.name == "quit")

    def _known_command(self, arguments: list[str]) -> str:
        if len(arguments) != 1:
            raise GtpError("syntax error")
        return "true" if arguments[0] in self.names() else "false"

    def _handler(self, name: str) -> Handler:
        if name not in self._commands:
            self._load()
        if name not in self._commands:
            raise GtpError("unknown command")
        return self._commands[name]

    def _load(self) -> None:
        if self._more is not None:
            self._commands = {**self._more(), **self._commands}
            self._more = None


def serve(
    dispatcher: Dispatcher,
    lines: InputLines,
    write: Callable[[str], None],
    *,
    when_idle: Callable[[], object] = lambda: None,
) -> None:
    """Answer lines until `quit` or the end of input.

    write: takes text and passes it on at once.
    when_idle: called once, when the first commands have been answered and no other waits.
    """
    patience_seconds: float | None = SILENT_SECONDS
    while True:
        if patience_seconds is not None and not lines.wait(patience_seconds):
            when_idle()
            patience_seconds = None
        line = lines.next()
        response = dispatcher.respond(line) if line is not None else None
        if response is not None:
            write(response.text)
            if response.stream is not None:
                _repeat(response.stream, lines, write)
        if line is None or (response is not None and response.is_last):
            return
        patience_seconds = patience_seconds and IDLE_SECONDS


def _repeat(stream: Stream, lines: InputLines, write: Callable[[str], None]) -> None:
    has_work = True
    due = time.monotonic()
    while True:
        if time.monotonic() >= due:
            write(stream.line + "\n")
            due = time.monotonic() + stream.interval_seconds
        if lines.wait(0.0 if has_work else max(0.0, due - time.monotonic())):
            break
        has_work = has_work and _improves(stream)
    write("\n")


def _improves(stream: Stream) -> bool:
    """Return whether a stream has more to find out; after a fault of ours it has not, and says what it said."""
    try:
        return stream.improve()
    except Exception:
        log.exception("an analysis failed")
        return False

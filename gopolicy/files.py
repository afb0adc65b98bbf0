"""The one writer of files: under a temporary name first, then renamed, so that what was there is never half lost."""

import contextlib
import errno
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from gopolicy.errors import GopolicyError

LONGEST: Final = 230  # bytes
OPEN_ALREADY: Final = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/")
TEMPORARY: Final = re.compile(r"\.(?P<name>.+)\.(?P<process>\d+)\.tmp")


class FileError(GopolicyError, OSError):
    """A file that cannot be written; the text names it, and what stood under its name is unharmed."""


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that takes the name `path` when the context ends without an error.

    What stood there before stays until then, and for good if anything fails.  A symbolic link is followed, the mode of
    an existing file kept, and what is no regular file (a pipe, /dev/stdout) written directly.  Temporary files that
    dead processes left under the same name are removed.  Raises FileError.
    """
    target = Path(os.path.realpath(path))
    temporary = _temporary(target)
    try:
        if _is_stream(path):
            with open(path, "ab") as file:  # where a shell leads it to a file, behind what that holds
                yield file
            return
        _remove_left_over(target)
        _check_not_protected(target)
        try:
            with open(temporary, "wb") as file:
                if target.exists():
                    os.chmod(temporary, target.stat().st_mode & 0o7777)
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
    except FileError:
        raise
    except OSError as error:
        if error.filename is not None and Path(os.fsdecode(error.filename)) not in (target, temporary):
            raise  # of another file that the context is about
        raise _unwritable(path, error) from None


def check_writable(path: Path) -> None:
    """Raise FileError where `replacing` could not write a file, before there is anything to write."""
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise FileError(f"{display_name(path)}: is a folder; name a file")
    if _is_stream(path):
        return  # opening a pipe would wait for its reader
    if not target.parent.is_dir():
        raise FileError(f"{display_name(path)}: no such folder {display_name(path.parent)!r}")
    temporary = _temporary(target)
    try:
        _check_not_protected(target)
        with open(temporary, "wb"):
            pass
        temporary.unlink()  # once it is closed: Windows removes no open file
    except OSError as error:
        raise _unwritable(path, error) from None


def make_folder(folder: Path) -> None:
    """Make a folder, with those around it, unless it is there; raises FileError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{display_name(folder)}: cannot be made: {error.strerror}") from None


def display_name(path: str | Path) -> str:
    """Return a path as one line of text; control characters and bytes that are no UTF-8 are written out."""
    text = str(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\x{ord(found[0]):02x}", text)


def write_file(path: Path, data: bytes | str) -> None:
    """Write a whole file, text as UTF-8, by `replacing`; raises FileError."""
    with replacing(path) as file:
        file.write(data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data)


def _is_stream(path: Path) -> bool:
    """Return whether a path is no regular file, or one that a process has open, such as /dev/stdout."""
    return str(path).startswith(OPEN_ALREADY) or (path.exists() and not path.is_file())


def _check_not_protected(target: Path) -> None:
    """Raise PermissionError for a file that is write-protected, which renaming would replace all the same."""
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "it is write-protected", str(target))


def _temporary(target: Path) -> Path:
    return target.with_name(f".{_shortened(target.name)}.{os.getpid()}.tmp")


def _shortened(name: str) -> str:
    """Return the end of a name that leaves room for what stands around it: names have 255 bytes at most."""
    return os.fsdecode(os.fsencode(name)[-LONGEST:])


def _unwritable(path: Path, error: OSError) -> FileError:
    reason = error.strerror or error
    return FileError(f"{display_name(path)}: cannot be written: {reason}; what was there is unharmed")


def _remove_left_over(target: Path) -> None:
    """Remove temporary files of `target` whose process has ended."""
    name = _shortened(target.name)
    for sibling in target.parent.glob(f".{_literal(name)}.*.tmp"):
        found = TEMPORARY.fullmatch(sibling.name)
        if found and found["name"] == name and not _is_alive(int(found["process"])):
            with contextlib.suppress(OSError):
                sibling.unlink()


def _literal(name: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", name)


def _is_alive(process: int) -> bool:
    if sys.platform == "win32":
        return True  # there os.kill would end it
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True

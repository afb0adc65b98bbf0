"""Where records lie: a file, a folder, a zip or a tar archive -> (name, bytes), one after the other.

Nothing is unpacked to disk, and nothing else in the package opens an archive.  What cannot be read is told
to the caller and skipped.
"""

import io
import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from lzma import LZMAError
from pathlib import Path, PurePosixPath
from typing import IO, Final, NamedTuple

from gopolicy.records.problems import NO_SGF, TOO_LARGE, UNREADABLE, RecordError

# A month of games in one collection is 14 MB; what is larger than this is no record.
MAX_BYTES: Final = 256 * 2**20
_ZIP, _TAR = (".zip",), (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
_DAMAGE = (OSError, EOFError, ValueError, RuntimeError, zlib.error, LZMAError, tarfile.TarError, zipfile.BadZipFile)

OnDrop = Callable[[str, str], None]


class Source(NamedTuple):
    """An SGF file: its name, as a person finds it again, and its bytes."""

    name: str
    data: bytes


def read_sources(path: str | Path, on_drop: OnDrop) -> Iterator[Source]:
    """Yield the SGF files at `path`: a file, a folder (sorted, all levels) or an archive (in its own order).

    A path to one file is read whatever its suffix; in folders and archives only .sgf files and, one level
    deep, archives count, and hidden files do not.  Call `on_drop(name, reason)` for everything that cannot
    be read.  Raises RecordError if there is no such path or it cannot be opened.
    """
    path = Path(path)
    if not path.exists():
        raise RecordError("no such file or folder", str(path))
    files = _folder_files(path) if path.is_dir() else iter([path])
    return _read_files(path, files, on_drop)


def _folder_files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _is_hidden(name))
        for name in sorted(names):
            if not _is_hidden(name) and _has_suffix(name, (".sgf", *_ZIP, *_TAR)):
                yield Path(place, name)


def _read_files(path: Path, files: Iterator[Path], on_drop: OnDrop) -> Iterator[Source]:
    empty = True
    for file in files:
        empty = False
        name = file.name if file == path else file.relative_to(path).as_posix()
        try:
            stream = file.open("rb")
        except OSError as error:
            reason = f"{UNREADABLE}: {error.strerror or error}"
            if file == path:
                raise RecordError(reason, str(path)) from error
            on_drop(name, reason)
        else:
            with stream:
                yield from _read_stream(name, stream, on_drop, inner=False)
    if empty:
        on_drop(str(path), f"{NO_SGF}: the folder holds no .sgf file and no archive")


def _read_stream(name: str, stream: IO[bytes], on_drop: OnDrop, *, inner: bool) -> Iterator[Source]:
    """Yield what is in an open file, which may be an archive; `inner` ones are not opened further."""
    start = stream.read(4)
    stream.seek(0)
    if start[:2] == b"PK" or _has_suffix(name, _ZIP):
        members = _zip_members(stream)
    elif start[:2] == b"\x1f\x8b" or start[:3] == b"BZh" or start == b"\xfd7zX" or _has_suffix(name, _TAR):
        members = _tar_members(stream)
    else:
        data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            on_drop(name, _too_large())
        else:
            yield Source(name, data)
        return
    for member, content in _told(members):
        member_name = f"{name}: {member}" if member else name
        if isinstance(content, str):
            on_drop(member_name, content)
        elif _has_suffix(member, (".sgf",)):
            yield Source(member_name, content)
        elif inner:
            on_drop(member_name, f"{UNREADABLE}: an archive in an archive in an archive")
        else:
            yield from _read_stream(member_name, io.BytesIO(content), on_drop, inner=True)


# The members of an archive that may hold records: (name, bytes), or (name, reason) for one that cannot be read.
_Members = Iterator[tuple[str, bytes | str]]


def _told(members: _Members) -> _Members:
    """Yield the members, and at the end what is wrong with the archive itself, under the name ""."""
    count = 0
    try:
        for member in members:
            count += 1
            yield member
    except _DAMAGE as error:
        yield "", f"{UNREADABLE}: damaged archive, {count} files of it were read ({_one_line(error)})"
    else:
        if not count:
            yield "", f"{NO_SGF}: the archive holds no .sgf file"


def _zip_members(stream: IO[bytes]) -> _Members:
    archive = zipfile.ZipFile(stream)
    for member in archive.infolist():
        name = _zip_name(member)
        if member.is_dir() or not _is_wanted(name):
            continue
        try:
            with archive.open(member) as content:
                data = content.read(MAX_BYTES + 1)
        except _DAMAGE as error:
            yield name, f"{UNREADABLE}: {_one_line(error)}"
        else:
            yield name, data if len(data) <= MAX_BYTES else _too_large()


def _tar_members(stream: IO[bytes]) -> _Members:
    archive = tarfile.open(fileobj=stream, mode="r:*")
    for member in archive:
        if not member.isfile() or not _is_wanted(member.name):
            continue
        name = member.name.removeprefix("./")
        if member.size > MAX_BYTES:
            yield name, _too_large()
            continue
        content = archive.extractfile(member)
        data = content.read() if content else b""
        if len(data) < member.size:
            raise EOFError(f"{name} ends early")
        yield name, data
    if stream.seek(0, os.SEEK_END) % tarfile.BLOCKSIZE and archive.fileobj is stream:
        raise EOFError("the last block ends early")  # tarfile takes that for a proper end


def _too_large() -> str:
    return f"{TOO_LARGE}: more than {MAX_BYTES >> 20} MiB"


def _zip_name(member: zipfile.ZipInfo) -> str:
    """Return a member's name; zip files of old say nothing of its encoding, and Python then assumes cp437."""
    if member.flag_bits & 0x800:
        return member.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return member.filename.encode("cp437").decode(encoding)
        except UnicodeError:
            continue
    return member.filename


def _is_wanted(name: str) -> bool:
    return not any(_is_hidden(part) for part in PurePosixPath(name).parts) and _has_suffix(name, (".sgf", *_ZIP, *_TAR))


def _is_hidden(name: str) -> bool:
    return name == "__MACOSX" or (name.startswith(".") and name not in (".", ".."))


def _has_suffix(name: str, suffixes: tuple[str, ...]) -> bool:
    return name.lower().endswith(suffixes)


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__

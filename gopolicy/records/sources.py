"""Sources of records: a file, a folder, a zip or a tar archive -> (name, bytes), one after the other.

Nothing is unpacked to disk, and nothing else in the package opens an archive.  Only regular files are opened, links
within archives are not followed, and what an archive unpacks to is bounded by its size.  What cannot be read is given
to the caller and skipped.
"""

import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, NamedTuple, cast

from gopolicy.files import display_name
from gopolicy.limits import MAX_EXPANSION, MAX_FILE_BYTES, MAX_MEMBERS, MAX_UNPACKED
from gopolicy.records.corpus_format import COMPRESSED, ENDING
from gopolicy.records.problems import IN_FOLDER, NO_SGF, TOO_LARGE, UNREADABLE, RecordError

_ZIP, _TAR = (".zip",), (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
_SINGLE: Final = (".sgf.gz", ".sgf.bz2", ".sgf.xz")
_COMPRESSED: Final[dict[bytes, Callable[[IO[bytes]], Any]]] = {
    b"\x1f\x8b": lambda stream: gzip.GzipFile(fileobj=stream),
    b"BZ": bz2.BZ2File,
    b"\xfd7": lzma.LZMAFile,
}

OnDrop = Callable[[str, str], None]


class Source(NamedTuple):
    """An SGF file: its name, as a person finds it again, and its bytes."""

    name: str
    data: bytes


def read_sources(path: str | Path, on_drop: OnDrop) -> Iterator[Source]:
    """Yield the SGF files at `path`: a file, a folder (sorted, all levels) or an archive (in its own order).

    A path to one file is read whatever its suffix; in folders only .sgf files, compressed or not, and archives count,
    in archives .sgf files and, one level deep, archives; hidden files do not.  Call `on_drop(name, reason)` for
    everything that cannot be read.  Raises RecordError if there is no such path or it cannot be opened.
    """
    path = Path(path)
    if not path.exists():
        raise RecordError("no such file or folder", display_name(path))
    files = _folder_files(path, on_drop) if path.is_dir() else iter([path])
    return _read_files(path, files, on_drop)


def unpack_sources(name: str, data: bytes, on_drop: OnDrop) -> Iterator[Source]:
    """Yield the SGF files in the bytes of a file, as `read_sources` would from a file of that name."""
    stream = io.BytesIO(data)
    yield from _read_stream(name, stream, _Budget.of(stream), on_drop, inner=False)


def _folder_files(folder: Path, on_drop: OnDrop) -> Iterator[Path]:
    def tell(path: str | Path, reason: str) -> None:
        on_drop(display_name(Path(path).relative_to(folder).as_posix()), reason)

    for place, folders, names in os.walk(
        folder, onerror=lambda error: tell(error.filename, f"unreadable folder: {error.strerror}")
    ):
        folders[:] = sorted(name for name in folders if not _is_hidden(name))
        for name in folders:
            if Path(place, name).is_symlink():  # not followed: links can lead round in circles
                tell(Path(place, name), "a link to a folder: name it as a source")
        for name in sorted(names):
            if is_record_name(name):
                yield Path(place, name)
            elif not _is_hidden(name) and _has_suffix(name, (ENDING, COMPRESSED)):
                tell(Path(place, name), IN_FOLDER)


def _read_files(path: Path, files: Iterator[Path], on_drop: OnDrop) -> Iterator[Source]:
    empty = True
    for file in files:
        empty = False
        name = display_name(file.name if file == path else file.relative_to(path).as_posix())
        try:
            if not file.is_file():  # opening a pipe would wait for a writer
                raise OSError("not a regular file")
            stream = file.open("rb")
        except OSError as error:
            reason = f"{UNREADABLE}: {error.strerror or error}"
            if file == path:
                raise RecordError(reason, display_name(path)) from error
            on_drop(name, reason)
        else:
            with stream:
                yield from _read_stream(name, stream, _Budget.of(stream), on_drop, inner=False)
    if empty:
        on_drop(display_name(path), f"{NO_SGF}: the folder holds no .sgf file and no archive")


class _Budget:
    """How many bytes an archive, with the archives in it, may still unpack to."""

    def __init__(self, left: int) -> None:
        self.left = left

    @classmethod
    def of(cls, stream: IO[bytes]) -> "_Budget":
        size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        return cls(MAX_UNPACKED + MAX_EXPANSION * size)

    @property
    def next_file(self) -> int:
        """The bytes that the next file may have."""
        return min(MAX_FILE_BYTES, self.left)


def _read_stream(name: str, stream: IO[bytes], budget: _Budget, on_drop: OnDrop, *, inner: bool) -> Iterator[Source]:
    """Yield what is in an open file, which may be an archive; `inner` ones are not opened further."""
    try:
        start = stream.read(4)
        stream.seek(0)
        if start[:2] == b"PK" or _has_suffix(name, _ZIP):
            members = _zip_members(stream, budget)
        elif (start[:2] in _COMPRESSED and not _has_suffix(name, _SINGLE)) or _has_suffix(name, _TAR):
            members = _tar_members(stream, start[:2], budget)
        else:
            opened = _COMPRESSED[start[:2]](stream) if start[:2] in _COMPRESSED else stream
            data = opened.read(MAX_FILE_BYTES + 1)
            if len(data) > MAX_FILE_BYTES:
                on_drop(name, _too_large(MAX_FILE_BYTES))
            else:
                yield Source(name, data)
            return
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        on_drop(name, f"{UNREADABLE}: {getattr(error, 'strerror', None) or _one_line(error)}")
        return
    for member, content in _with_faults(members):
        member_name = f"{name}: {display_name(member)}" if member else name
        if isinstance(content, str):
            on_drop(member_name, content)
        elif _has_suffix(member, (".sgf",)):
            yield Source(member_name, content)
        elif inner:
            on_drop(member_name, f"{UNREADABLE}: an archive in an archive in an archive")
        else:
            yield from _read_stream(member_name, io.BytesIO(content), budget, on_drop, inner=True)


# The members of an archive that may hold records: (name, bytes), or (name, reason) for one that cannot be read.
_Members = Iterator[tuple[str, bytes | str]]


def _with_faults(members: _Members) -> _Members:
    """Yield the members, and at the end what is wrong with the archive itself, under the name ""."""
    count = 0
    try:
        for member in members:
            count += 1
            yield member
    except RecordError as error:
        yield "", error.reason
    except Exception as error:  # a damaged archive can raise anything
        yield "", f"{UNREADABLE}: damaged archive, {count} files of it were read ({_one_line(error)})"
    else:
        if not count:
            yield "", f"{NO_SGF}: the archive holds no .sgf file"


def _zip_members(stream: IO[bytes], budget: _Budget) -> _Members:
    archive = zipfile.ZipFile(stream)
    for number, member in enumerate(archive.infolist()):
        if number >= MAX_MEMBERS or budget.left <= 0:
            raise RecordError(_unpacks_to_too_much())
        name = _zip_name(member)
        if not _is_wanted(name):
            continue
        most = budget.next_file
        try:
            with archive.open(member) as content:
                data = content.read(most + 1)
        except Exception as error:  # a damaged member can raise anything
            yield name, f"{UNREADABLE}: {_one_line(error)}"
            continue
        budget.left -= len(data)
        yield name, data if len(data) <= most else _too_large(most)


def _tar_members(stream: IO[bytes], start: bytes, budget: _Budget) -> _Members:
    opened = _COMPRESSED[start](stream) if start in _COMPRESSED else stream
    archive: Any = tarfile.open(fileobj=cast(IO[bytes], _Guarded(opened, budget.left)), mode="r:")
    end = 0
    for _ in range(MAX_MEMBERS):
        member = archive.next()
        if member is None:
            break
        archive.members.clear()  # tarfile keeps them all
        if not end < archive.offset <= budget.left:  # a size below 0 leads back, a large one to minutes of skipping
            raise RecordError(_unpacks_to_too_much())
        end = archive.offset
        if not member.isfile() or not _is_wanted(member.name):
            continue
        name = member.name.removeprefix("./")
        if member.size > MAX_FILE_BYTES:
            yield name, _too_large(MAX_FILE_BYTES)
            continue
        content = archive.extractfile(member)
        data = content.read() if content else b""
        if len(data) < member.size:
            raise EOFError(f"{name} ends early")
        yield name, data
    budget.left -= end
    if opened is stream and stream.seek(0, os.SEEK_END) % tarfile.BLOCKSIZE:
        raise EOFError("the last block ends early")  # tarfile takes that for a proper end


class _Guarded:
    """A stream for tarfile that refuses to read more at once than a whole archive may unpack to."""

    def __init__(self, stream: Any, most: int) -> None:
        self._stream, self._most = stream, most
        self.seek, self.tell = stream.seek, stream.tell

    def read(self, count: int = -1) -> bytes:
        if not 0 <= count <= self._most:
            raise RecordError(_unpacks_to_too_much())
        return bytes(self._stream.read(count))


def _too_large(most: int) -> str:
    return f"{TOO_LARGE}: more than {most:,} bytes"


def _unpacks_to_too_much() -> str:
    return f"{TOO_LARGE}: an archive that unpacks to far more than its size"


def _zip_name(member: zipfile.ZipInfo) -> str:
    """Return a member's name; old zip files do not state its encoding, and Python then assumes cp437."""
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


def is_record_name(name: str) -> bool:
    """Return whether a file of this name in a folder is read."""
    return not _is_hidden(name) and _has_suffix(name, (".sgf", *_SINGLE, *_ZIP, *_TAR))


def _is_hidden(name: str) -> bool:
    return name == "__MACOSX" or (name.startswith(".") and name not in (".", ".."))


def _has_suffix(name: str, suffixes: tuple[str, ...]) -> bool:
    return name.lower().endswith(suffixes)


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__

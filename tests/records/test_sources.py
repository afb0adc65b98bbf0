"""Files, folders and archives, sound and damaged."""

import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from gopolicy.records import RecordError, sources
from gopolicy.records.sources import read_sources

SGF = b"(;GM[1]SZ[19];B[dd])"


def make_zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def make_tar(members: dict[str, bytes], mode: str = "w:gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def read(path: Path) -> tuple[list[str], list[tuple[str, str]]]:
    drops: list[tuple[str, str]] = []
    names = [name for name, data in read_sources(path, lambda *drop: drops.append(drop)) if data == SGF]
    return names, drops


def test_one_file_is_read_whatever_its_suffix(tmp_path: Path) -> None:
    (tmp_path / "game.txt").write_bytes(SGF)
    assert read(tmp_path / "game.txt") == (["game.txt"], [])


def test_folder_is_sorted_and_skips_what_is_hidden_or_no_record(tmp_path: Path) -> None:
    for name in ("b.sgf", "a.SGF", "._a.sgf", ".hidden/x.sgf", "__MACOSX/y.sgf", "sub/c.sgf", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(SGF)
    (tmp_path / "more.zip").write_bytes(make_zip({"z.sgf": SGF}))
    assert read(tmp_path) == (["a.SGF", "b.sgf", "more.zip: z.sgf", "sub/c.sgf"], [])


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz"])
def test_a_game_that_is_compressed_by_itself(tmp_path: Path, suffix: str) -> None:
    packed = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}[suffix](SGF)
    (tmp_path / f"game.sgf.{suffix}").write_bytes(packed)
    (tmp_path / f"cut.sgf.{suffix}").write_bytes(packed[:-12])
    names, [(name, reason)] = read(tmp_path)
    assert names == [f"game.sgf.{suffix}"] and name == f"cut.sgf.{suffix}" and reason.startswith("unreadable")


def test_empty_folder_is_told(tmp_path: Path) -> None:
    names, [(name, reason)] = read(tmp_path)
    assert names == [] and name == str(tmp_path) and reason.startswith("no SGF data found")


def test_folders_that_are_not_read_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("open", "shut"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.sgf").write_bytes(SGF)
    (tmp_path / "round").symlink_to(tmp_path)
    scandir = os.scandir

    def refuse(path: str) -> object:
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    names, problems = read(tmp_path)
    assert names == ["open/a.sgf"]
    assert problems == [
        ("round", "a link to a folder: name it as a source"),
        ("shut", "unreadable folder: Permission denied"),
    ]


MEMBERS = {"d/b.sgf": SGF, "d/a.sgf": SGF, "__MACOSX/d/._b.sgf": b"x", "d/._a.sgf": b"x", "d/readme.txt": b"x"}


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_in_its_own_order(tmp_path: Path, mode: str) -> None:
    path = tmp_path / f"games.tar{mode[1:].replace(':', '.')}"
    path.write_bytes(make_tar(MEMBERS, mode))
    assert read(path) == ([f"{path.name}: d/b.sgf", f"{path.name}: d/a.sgf"], [])


def test_zip_in_its_own_order(tmp_path: Path) -> None:
    (tmp_path / "games.zip").write_bytes(make_zip({"d/": b"", **MEMBERS}))
    assert read(tmp_path / "games.zip") == (["games.zip: d/b.sgf", "games.zip: d/a.sgf"], [])


def test_archive_is_known_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "download").write_bytes(make_zip(MEMBERS))
    assert len(read(tmp_path / "download")[0]) == 2


def test_inner_archives_one_level_deep(tmp_path: Path) -> None:
    inner = make_zip({"i.sgf": SGF, "deep.zip": make_zip({"lost.sgf": SGF})})
    (tmp_path / "o.tar.gz").write_bytes(make_tar({"i.zip": inner, "o.sgf": SGF}))
    names, drops = read(tmp_path / "o.tar.gz")
    assert names == ["o.tar.gz: i.zip: i.sgf", "o.tar.gz: o.sgf"]
    assert [name for name, _ in drops] == ["o.tar.gz: i.zip: deep.zip"]


def test_names_of_old_zip_files(tmp_path: Path) -> None:
    data = make_zip({"ABCDEF.sgf": SGF})
    for encoding in ("gb18030", "utf-8"):
        name = "古力柯".encode("gb18030") if encoding == "gb18030" else "古力".encode()
        (tmp_path / "old.zip").write_bytes(data.replace(b"ABCDEF", name))
        assert read(tmp_path / "old.zip")[0] == [f"old.zip: {name.decode(encoding)}.sgf"]


def test_truncated_tar_yields_what_it_has_and_tells_once(tmp_path: Path) -> None:
    data = make_tar({f"{i}.sgf": SGF for i in range(50)}, "w")
    (tmp_path / "cut.tar").write_bytes(data[:20_600])
    names, drops = read(tmp_path / "cut.tar")
    assert len(names) == 20
    assert [(name, reason.partition(":")[0]) for name, reason in drops] == [("cut.tar", "unreadable file")]


def test_truncated_tar_gz(tmp_path: Path) -> None:
    noise = [bytes(range(256)) * 0 + i.to_bytes(4, "big") * 500 for i in range(200)]
    data = make_tar({f"{i}.sgf": SGF for i in range(100)} | {f"n{i}.txt": text for i, text in enumerate(noise)})
    (tmp_path / "cut.tar.gz").write_bytes(data[: len(data) // 2])
    names, drops = read(tmp_path / "cut.tar.gz")
    assert len(names) > 10 and len(drops) == 1 and "\n" not in drops[0][1]


@pytest.mark.parametrize("name", ["x.zip", "x.tar", "x.tar.gz"])
@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 nonsense", b"\x1f\x8b\x08 nonsense"])
def test_no_archive_at_all_is_one_problem(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    names, drops = read(tmp_path / name)
    assert names == [] and {drop[0] for drop in drops} == {name} and len(drops) == 1


def test_damaged_zip_member_leaves_the_others(tmp_path: Path) -> None:
    data = bytearray(make_zip({"a.sgf": SGF * 30, "b.sgf": SGF}))
    data[40] ^= 0xFF  # inside the first member's compressed data
    (tmp_path / "x.zip").write_bytes(data)
    names, [(name, _)] = read(tmp_path / "x.zip")
    assert names == ["x.zip: b.sgf"] and name == "x.zip: a.sgf"


def test_encrypted_zip_member_is_told(tmp_path: Path) -> None:
    data = bytearray(make_zip({"a.sgf": SGF}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "x.zip").write_bytes(data)
    assert "password" in read(tmp_path / "x.zip")[1][0][1]


def test_size_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_FILE_BYTES", 30)
    large = SGF * 2
    (tmp_path / "a.sgf").write_bytes(large)
    (tmp_path / "b.zip").write_bytes(make_zip({"x.sgf": large, "y.sgf": SGF}))
    (tmp_path / "c.tar").write_bytes(make_tar({"x.sgf": large, "y.sgf": SGF}, "w"))
    names, drops = read(tmp_path)
    assert names == ["b.zip: y.sgf", "c.tar: y.sgf"]
    assert [name for name, _ in drops] == ["a.sgf", "b.zip: x.sgf", "c.tar: x.sgf"]


ZEROS = bytes(2**20)


@pytest.mark.parametrize("name", ["bomb.zip", "bomb.tar.gz", "bomb.tar.xz", "skipped.tar.gz", "nested.zip"])
def test_what_unpacks_to_far_more_than_its_size_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(sources, "MAX_UNPACKED", 2**20)
    members = {f"{i}.{'txt' if name.startswith('skipped') else 'sgf'}": ZEROS for i in range(100)} | {"a.sgf": SGF}
    if name.endswith("zip"):
        data = make_zip(members)
        data = make_zip({"inner.zip": data}) if name.startswith("nested") else data
    else:
        data = make_tar(members, "w:" + name.rpartition(".")[2])
    (tmp_path / name).write_bytes(data)
    assert len(data) < 150_000
    names, drops = read(tmp_path / name)
    assert names == [] and len(drops) <= 100 and drops[-1][1].startswith("file too large")


def test_a_huge_header_of_a_tar_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_UNPACKED", 2**20)
    header = tarfile.TarInfo("long")
    header.type, header.size = tarfile.XHDTYPE, 2**32
    (tmp_path / "x.tar.gz").write_bytes(gzip.compress(header.tobuf() + ZEROS))
    assert read(tmp_path / "x.tar.gz")[1][0][1].startswith("file too large")


def test_a_size_below_zero_in_a_tar_ends_it(tmp_path: Path) -> None:
    """Tarfile alone would read the same header for ever."""
    header = bytearray(tarfile.TarInfo("a.sgf").tobuf())
    header[124:136] = b"\xff" * 10 + b"\xfc\x00"  # base 256: -1024
    header[148:156] = b"        "
    header[148:156] = b"%06o\0 " % sum(header)
    (tmp_path / "x.tar").write_bytes(bytes(header) * 4)
    names, drops = read(tmp_path / "x.tar")
    assert names == [] and len(drops) == 1


def test_a_zip_member_without_a_name_is_skipped(tmp_path: Path) -> None:
    data = make_zip({"X": b"", "a.sgf": SGF})
    directory = data.index(b"PK\x01\x02")
    data = data[:directory] + data[directory:].replace(b"X", b"", 1)
    data = bytearray(data)
    data[directory + 28] = 0  # the length of the name in the directory
    size = int.from_bytes(data[-10:-6], "little") - 1
    data[-10:-6] = size.to_bytes(4, "little")
    (tmp_path / "x.zip").write_bytes(data)
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert archive.namelist() == ["", "a.sgf"]
    assert read(tmp_path / "x.zip") == (["x.zip: a.sgf"], [])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.sgf")
    (tmp_path / "endless.sgf").symlink_to("/dev/zero")
    (tmp_path / "good.sgf").write_bytes(SGF)
    names, drops = read(tmp_path)
    assert names == ["good.sgf"]
    assert drops == [(name, "unreadable file: not a regular file") for name in ("endless.sgf", "pipe.sgf")]
    with pytest.raises(RecordError, match="pipe.sgf: unreadable file: not a regular file"):
        list(read_sources(tmp_path / "pipe.sgf", lambda *_: None))


@pytest.mark.skipif(os.name != "posix", reason="file names are bytes on POSIX only")
def test_file_names_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xb9\xc5.sgf")).write_bytes(SGF)
    (tmp_path / "line\nbreak.sgf").write_bytes(SGF)
    assert read(tmp_path)[0] == ["line\\x0abreak.sgf", "\\xb9\\xc5.sgf"]


def test_missing_path() -> None:
    with pytest.raises(RecordError, match=r"^/nowhere/at/all.sgf: no such file or folder$"):
        read_sources("/nowhere/at/all.sgf", lambda *_: None)


def test_a_caller_may_stop_at_the_first_problem(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK")

    def strict(name: str, reason: str) -> None:
        raise ValueError(f"{name}: {reason}")

    with pytest.raises(ValueError, match=r"x.zip: unreadable file: damaged archive"):
        list(read_sources(tmp_path / "x.zip", strict))

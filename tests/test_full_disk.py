"""A disk that is full at any write: the message names the file, what stood there stays, nothing is left behind."""

import ast
import errno
import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import gopolicy
from gopolicy import files
from gopolicy.__main__ import main

ROOT = Path(__file__).parents[1]
GAME = ROOT / "data" / "gnugo-001.sgf"
PRECIOUS = b"what was there"


class Disk:
    """A disk for the writer of files that is full at its write number `space`; `written`: how many were tried."""

    def __init__(self, space):
        self.space, self.written = space, 0

    def write(self):
        self.written += 1
        if self.written > self.space:
            raise OSError(errno.ENOSPC, "No space left on device")

    def open(self, path, mode):
        return io.BufferedWriter(File(path, mode, self))

    def temporary_file(self, dir=None):
        return io.BufferedRandom(File(tempfile.mkstemp(dir=dir)[1], "w+b", self))


class File(io.FileIO):
    def __init__(self, path, mode, disk):
        super().__init__(path, mode)
        self.disk = disk

    def write(self, data):
        self.disk.write()
        return super().write(data)


@pytest.fixture
def small_model(tmp_path_factory):
    import torch

    from gopolicy.nn import NetworkConfig, PolicyNetwork, save_model

    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("model") / "small.safetensors"
    save_model(path, PolicyNetwork(NetworkConfig(4, 2)))
    return path


COMMANDS = {
    "x.corpus": "prepare {game} --out {out}",
    "x.corpus.xz": "prepare {game} --out {out}",
    "x.sgf": "review {game} --model {model} -o {out}",
    "x.csv": "review {game} --model {model} --csv {out}",
    "x.json": "review {game} --model {model} --json {out}",
    "x.png": "review {game} --model {model} --plot {out}",
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_disk_that_is_full_at_any_write(name, small_model, tmp_path, monkeypatch, capsys):
    out = tmp_path / name
    words = COMMANDS[name].format(game=GAME, out=out, model=small_model).split()
    for space in range(60):
        disk = Disk(space)
        monkeypatch.setattr(files, "open", disk.open, raising=False)
        monkeypatch.setattr(tempfile, "TemporaryFile", disk.temporary_file)
        out.write_bytes(PRECIOUS)
        status = main(words)
        told = capsys.readouterr().err
        if disk.written <= space:
            break
        errors = [line for line in told.splitlines() if line.startswith("gopolicy:")]
        assert status == 1 and len(errors) == 1 and "Traceback" not in told
        assert f"{out}: cannot be written: No space left on device" in errors[0]
        assert out.read_bytes() == PRECIOUS and not list(tmp_path.glob("*.tmp")) and not list(tmp_path.glob(".*"))
    assert status == 0 and space > 0 and out.read_bytes() != PRECIOUS


def test_an_error_of_another_file_is_not_told_of_this_one(tmp_path):
    with pytest.raises(FileNotFoundError, match="other"), files.replacing(tmp_path / "x"):
        open(tmp_path / "other")
    assert not list(tmp_path.iterdir())


def test_a_write_protected_file_stays(tmp_path, monkeypatch):
    kept = tmp_path / "x.sgf"
    kept.write_bytes(PRECIOUS)
    monkeypatch.setattr("os.access", lambda path, mode: path != kept)  # root may write what is protected
    for write in (files.check_writable, lambda path: files.write_file(path, "new")):
        with pytest.raises(files.FileError, match="x.sgf: cannot be written: it is write-protected"):
            write(kept)
    assert kept.read_bytes() == PRECIOUS and list(tmp_path.iterdir()) == [kept]


def test_what_a_shell_has_opened_is_added_to(tmp_path):
    log = tmp_path / "log.txt"
    log.write_text("before\n")
    program = "from pathlib import Path; from gopolicy.files import *; p = Path('/dev/stdout')"
    with open(log, "ab") as output:
        run = [sys.executable, "-c", f"{program}; check_writable(p); write_file(p, 'rows\\n')"]
        assert subprocess.run(run, stdout=output, check=True).returncode == 0
    assert log.read_text() == "before\nrows\n" and list(tmp_path.iterdir()) == [log]
    assert subprocess.run(run, capture_output=True, check=True).stdout == b"rows\n"


# What writes without the writer of files, and why: files that have no name, lines that are added, a lock.
ALLOWED = {
    "files.py": {"open"},
    "records/corpus_writer.py": {"TemporaryFile"},
    "archive/index_building.py": {"TemporaryFile"},
    "engine/client.py": {"TemporaryFile"},
    "go/compiled.py": {"TemporaryFile"},
    "commands/bench.py": {"TemporaryDirectory"},
    "training/metrics.py": {"open"},
    "ui/model/autosave.py": {"open"},
}
WRITERS = {"write_text", "write_bytes", "TemporaryFile", "NamedTemporaryFile", "TemporaryDirectory", "mkstemp"}
TO_FILE = {"savefig", "savez", "savez_compressed"}  # which take paths, too


def writes(call):
    """Return the name of a call that writes to a path, or None."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    texts = [part.value for part in call.args + [k.value for k in call.keywords] if isinstance(part, ast.Constant)]
    if (
        name == "open"
        and ast.unparse(call.func) != "lzma.open"
        and any(isinstance(text, str) and re.fullmatch(r"[rbt]*[wax+][bt+]*", text) for text in texts)
    ):
        return name
    if name in TO_FILE and not (isinstance(call.args[0], ast.Name) and call.args[0].id == "file"):
        return name
    return name if name in WRITERS else None


def test_every_file_goes_through_one_writer():
    package = Path(gopolicy.__file__).parent
    found = {}
    for path in sorted(package.rglob("*.py")):
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        if names := {name for call in calls if (name := writes(call))}:
            found[path.relative_to(package).as_posix()] = names
    assert found == ALLOWED

"""Where compiled code is kept, in processes of their own: nowhere to write, and a callee that has changed."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gopolicy.go import compiled


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with the real `compiled.py`, a function in one file and its caller in another."""
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "compiled.py").write_bytes(Path(compiled.__file__).read_bytes())
    (folder / "callee.py").write_text(
        "from small.compiled import compiled\n\n\n@compiled\ndef one(x):\n    return x + 1\n"
    )
    (folder / "caller.py").write_text(
        "from small.callee import one\nfrom small.compiled import compiled\n\n\n"
        "@compiled\ndef twice(x):\n    return 2 * one(x)\n"
    )
    return folder


def run(package: Path, **environment: str) -> str:
    """Return what `twice(20)` gives in a new process."""
    kept = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    program = "from small.caller import twice; print(twice(20), sum(twice.stats.cache_hits.values()))"
    return subprocess.run(
        [sys.executable, "-c", program],
        env=kept | {"PYTHONPATH": str(package.parent)} | environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_the_cache_is_used_until_a_callee_changes(package: Path) -> None:
    assert run(package) == "42 0"
    assert run(package) == "42 1"
    callee = package / "callee.py"
    callee.write_text(callee.read_text().replace("x + 1", "x + 2"))
    assert run(package) == "44 0"


def test_without_a_place_to_write_it_is_compiled_in_memory(package: Path, tmp_path: Path) -> None:
    (package / "__pycache__").write_text("a file, so that no folder can be made here, not even by root")
    nowhere = tmp_path / "nowhere"
    nowhere.write_text("")
    assert run(package, HOME=str(nowhere), XDG_CACHE_HOME=str(nowhere / "cache")) == "42 0"
    assert not list(tmp_path.rglob("*.nbi"))


def test_a_notice_is_given_only_when_the_work_takes_long() -> None:
    notices: list[str] = []
    with compiled.compile_notice(notices.append, after_seconds=60):
        pass
    assert notices == []
    given = threading.Event()
    with compiled.compile_notice(lambda line: (notices.append(line), given.set()), after_seconds=0):
        assert given.wait(10)
    assert len(notices) == 1 and notices[0].startswith("loading the rules engine") and "\n" not in notices[0]


def test_an_error_inside_passes_through() -> None:
    notices: list[str] = []
    with pytest.raises(KeyError), compiled.compile_notice(notices.append):
        raise KeyError
    assert notices == []

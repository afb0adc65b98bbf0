"""A few kills of everything that writes; `python -m tests.kills` does hundreds."""

import os
import subprocess
import sys
from pathlib import Path

import kills
import pytest

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork") or not Path("/proc/self/stat").exists(), reason="needs fork and /proc"
)


@pytest.mark.parametrize("name", kills.JOBS)
def test_kills_do_no_harm(name: str) -> None:
    # In a process of its own: what it forks must not inherit the threads and the fork server of other tests.
    command = [sys.executable, "-m", "tests.kills", "--count", "1", "--job", name, "--alive-seconds", "60"]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "no harm" in done.stdout

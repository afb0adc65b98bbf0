"""A few kills of everything that writes; `python -m tests.kills` does hundreds."""

import os
import random
from pathlib import Path

import kills
import pytest

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork") or not Path("/proc/self/stat").exists(), reason="needs fork and /proc"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]


@pytest.mark.parametrize("name", kills.JOBS)
def test_kills_do_no_harm(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kills, "ALIVE_SECONDS", 60.0)  # of a busy machine
    kills.load()
    for folder in ("whole", "killed"):
        (tmp_path / folder).mkdir()
    expected, seconds = kills.uninterrupted(kills.JOBS[name], tmp_path / "whole")
    kills.kill(kills.JOBS[name], tmp_path / "killed", expected, seconds, random.Random(1), times=1)

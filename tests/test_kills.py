"""A few kills of everything that writes; `python -m tests.kills` does hundreds."""

import os
import random
from pathlib import Path

import pytest
from kills import JOBS, kill, load, uninterrupted

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork") or not Path("/proc/self/stat").exists(), reason="needs fork and /proc"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]


@pytest.mark.parametrize("name", JOBS)
def test_kills_do_no_harm(name: str, tmp_path: Path) -> None:
    load()
    for folder in ("whole", "killed"):
        (tmp_path / folder).mkdir()
    expected, seconds = uninterrupted(JOBS[name], tmp_path / "whole")
    kill(JOBS[name], tmp_path / "killed", expected, seconds, random.Random(1), times=2)

"""A few thousand hostile inputs of every kind, and the fuzzer itself; `python -m tests.fuzz` tries more."""

from pathlib import Path

import pytest

from gopolicy.engine.gtp.gtp_state import GtpState

from .all_targets import TARGETS
from .running import EscapeError, Target, fault_of, fuzz, next_number, save_findings


@pytest.fixture(autouse=True)
def no_logging(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", logger="gopolicy")


@pytest.mark.parametrize("name", TARGETS)
def test_hostile_inputs(name: str) -> None:
    findings = fuzz({name: TARGETS[name]}, range(TARGETS[name].inputs), seed=1)
    assert findings == [], "\n".join(f"{found.number} {found.data[:300]!r}\n{found.error}" for found in findings)


def broken(data: bytes, folder: Path) -> None:
    """A reader with two faults."""
    (folder / "scratch").write_bytes(data)
    if b"\xff" in data and data.count(b"(") > 1:
        raise ZeroDivisionError
    if data.startswith(b"escape"):
        (folder.parent / "outside").write_bytes(data)


def test_the_fuzzer_finds_a_fault_and_shrinks_its_input() -> None:
    target = Target(lambda rng: rng.randbytes(50) + b"((\xff", broken, 1)
    [found] = fuzz({"broken": target}, range(20), seed=3)
    assert sorted(found.data) == sorted(b"((\xff") and "ZeroDivisionError" in found.error
    again = fuzz({"broken": target}, range(20), seed=3)
    assert again[0].data == found.data


def test_the_fuzzer_sees_what_is_written_elsewhere(tmp_path: Path) -> None:
    assert fault_of(Target(lambda rng: b"", broken, 1), b"fine", tmp_path / "x") is None
    assert isinstance(fault_of(Target(lambda rng: b"", broken, 1), b"escape", tmp_path / "x"), EscapeError)
    assert not (tmp_path / "outside").exists()


def test_a_run_goes_on_where_it_ended(tmp_path: Path) -> None:
    assert next_number(tmp_path, 7) == 0
    save_findings(tmp_path, 7, 300, [])
    assert next_number(tmp_path, 7) == 300 and next_number(tmp_path, 8) == 0


def test_a_fault_that_an_engine_answers_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(GtpState, "set_komi", fail)
    assert isinstance(fault_of(TARGETS["gtp"], b"komi 6.5", tmp_path / "x"), ZeroDivisionError)

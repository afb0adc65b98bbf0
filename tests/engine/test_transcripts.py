"""Whole GTP sessions, to the byte.

Lines with `> ` are commands; what follows is the response.  `GOLDEN=write pytest tests/engine` writes the
responses anew, for a look at what has changed.
"""

import os
from pathlib import Path

import pytest
from fakes import UniformPolicy

import gopolicy
from gopolicy.engine.gtp.command_table import commands
from gopolicy.engine.gtp.gtp_state import GtpState
from gopolicy.engine.gtp.protocol import Dispatcher

FOLDER = Path(__file__).parent.parent / "golden" / "gtp"
SESSIONS = sorted(FOLDER.glob("*.txt"))
FAVORITES = {"Q16": 400, "D4": 200, "Q4": 100.5, "D16": 50, "K10": 10}


def new_dispatcher() -> Dispatcher:
    state = GtpState(lambda: UniformPolicy(FAVORITES))
    names = {"name": lambda arguments: "gopolicy", "version": lambda arguments: "0.1.0"}
    return Dispatcher({**names, **commands(state)})


def asked(path: Path) -> list[str]:
    return [line.removeprefix("> ") for line in path.read_text().splitlines() if line.startswith("> ")]


@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.stem)
def test_session(path, monkeypatch):
    monkeypatch.setattr(gopolicy, "__version__", "0.0.0")  # its length moves the line breaks of saved records
    dispatcher = new_dispatcher()
    text = ""
    for line in asked(path):
        response = dispatcher.respond(line.replace("{folder}", str(FOLDER)))
        answer = response.whole()
        assert answer.startswith(("=", "?")) and answer.endswith("\n\n") and "\n\n" not in answer[:-2]
        text += f"> {line}\n{answer}".replace(str(FOLDER), "{folder}")
    if os.environ.get("GOLDEN") == "write":
        path.write_text(text)
    assert text == path.read_text()


def test_every_command_is_in_a_session():
    used = {word for path in SESSIONS for line in asked(path) for word in line.split() if not word.isdigit()}
    assert new_dispatcher().names() <= used

"""The client against engines that behave and engines that do not."""

import sys

import pytest

from gopolicy.engine import client
from gopolicy.engine.client import ChannelError, GtpClient, LocalChannel, ProcessChannel
from gopolicy.engine.gtp.protocol import Dispatcher, GtpError, Stream


def refuse(arguments):
    raise GtpError("illegal move")


COMMANDS = {
    "name": lambda arguments: "someone",
    "board": lambda arguments: "\n  A B\n2 . .",
    "play": refuse,
    "watch": lambda arguments: Stream("info", 1),
}


def python(code: str, **options) -> GtpClient:
    return GtpClient(ProcessChannel([sys.executable, "-c", code]), **options)


def test_local_engine():
    engine = GtpClient(LocalChannel(Dispatcher(COMMANDS)))
    assert engine.command("name") == "someone"
    assert engine.command("board") == "\n  A B\n2 . ."
    assert engine.command("watch", 3) == "\ninfo"
    with pytest.raises(GtpError, match="^illegal move$"):
        engine.command("play", "b", "Q16")
    engine.close()
    with pytest.raises(ChannelError, match="has quit"):
        engine.command("name")


def test_process_engine():
    engine = python(
        "while True:\n line = input()\n print('=', line[::-1], end='\\n\\n', flush=True)\n if line == 'quit': break"
    )
    assert engine.command("abc", 12) == "21 cba"
    engine.close()


@pytest.mark.parametrize("command", ["", 'gnugo "', "no-such-program", "nul\0"])
def test_commands_that_cannot_be_started(command):
    with pytest.raises(ChannelError, match="cannot start the engine"):
        ProcessChannel(command)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("", "python.* ended with exit status 0$"),
        ("import sys; input(); sys.exit('no license')", "ended with exit status 1: no license"),
        ("import os; input(); os.kill(os.getpid(), 9)", "was ended by signal 9"),
        ("import time; time.sleep(60)", "did not answer in time"),
        ("import time, os; os.close(1); time.sleep(60)", "closed its output"),
        ("while True: print('hello, I am an engine')", "'hello, I am an engine', which is no GTP response"),
        ("print('= and so on')\nwhile True: print('and so on', flush=True)", "has no end|did not answer in time"),
        ("while True: print('', flush=True)", "did not answer in time"),
    ],
)
def test_engines_that_fail(code, message, monkeypatch):
    monkeypatch.setattr(client, "CLOSING_SECONDS", 60 if "ended" in message else 0.3)
    engine = python(code, timeout_seconds=0.7 if "in time" in message else 60)
    with pytest.raises(ChannelError, match=message):
        engine.command("name")
        engine.command("name")
    engine.close()


def test_an_engine_that_does_not_exist():
    with pytest.raises(ChannelError, match="cannot start the engine 'no-such-engine --gtp'.*No such file"):
        ProcessChannel("no-such-engine --gtp")
    with pytest.raises(ChannelError, match="cannot start the engine ''"):
        ProcessChannel("")


def test_an_engine_that_will_not_quit_is_killed(monkeypatch):
    monkeypatch.setattr(client, "CLOSING_SECONDS", 0.2)
    engine = python(
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('= x\\n', flush=True)\ntime.sleep(60)"
    )
    assert engine.command("name") == "x"
    engine.close()  # returns, though the engine would sleep for a minute

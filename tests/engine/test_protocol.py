"""Framing: what a line means and what a response looks like, to the byte."""

import io
import os
import threading
import time

import pytest

from gopolicy.engine.gtp.protocol import Command, Dispatcher, GtpError, Stream, format_response, parse_line, serve
from gopolicy.engine.streams import MAX_LINE_BYTES, InputLines


def fail(arguments):
    raise GtpError("illegal move")


COMMANDS = {
    "echo": lambda arguments: " ".join(arguments),
    "board": lambda arguments: "\n  A B\n\n2 . .\x07\n   \n1 . .\n",
    "fail": fail,
    "crash": lambda arguments: 1 / 0,
    "watch": lambda arguments: Stream("info move A1 pv A1", 0.02),
}


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("name", Command("", "name", [])),
        ("12 name", Command("12", "name", [])),
        ("007 play b\tQ16 # a comment", Command("007", "play", ["b", "Q16"])),
        ("  play   B  q16  ", Command("", "play", ["B", "q16"])),
        ("na\x00me\x7f", Command("", "name", [])),
        ("5", Command("5", "", [])),
        ("-5 name", Command("", "-5", ["name"])),
        ("٣ name", Command("", "٣", ["name"])),
        ("", None),
        (" \t ", None),
        ("# only a comment", None),
        ("\x01\x02", None),
    ],
)
def test_parse_line(line, command):
    assert parse_line(line) == command


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("protocol_version", "= 2\n\n"),
        ("3 protocol_version", "=3 2\n\n"),
        ("echo", "=\n\n"),
        ("4 echo a b", "=4 a b\n\n"),
        ("board", "= \n  A B\n2 . .\n1 . .\n\n"),
        ("6 board", "=6 \n  A B\n2 . .\n1 . .\n\n"),
        ("fail", "? illegal move\n\n"),
        ("7 fail", "?7 illegal move\n\n"),
        ("nonsense", "? unknown command\n\n"),
        ("8", "?8 unknown command\n\n"),
        ("known_command echo", "= true\n\n"),
        ("known_command ECHO", "= false\n\n"),
        ("known_command", "? syntax error\n\n"),
        (
            "list_commands",
            "= "
            + "\n".join(sorted([*COMMANDS, *"protocol_version list_commands known_command quit".split()]))
            + "\n\n",
        ),
        ("quit", "=\n\n"),
    ],
)
def test_respond(line, text):
    assert Dispatcher(COMMANDS).respond(line).text == text


def test_a_fault_of_ours_is_an_answer_and_is_logged(caplog):
    assert Dispatcher(COMMANDS).respond("9 crash").text == "?9 ZeroDivisionError: division by zero\n\n"
    assert "'9 crash' failed" in caplog.text


def test_error_text_cannot_break_the_frame():
    assert format_response("1", "a\n\nb\r\x00", failed=True) == "?1 a\nb\n\n"


def test_more_commands_are_loaded_when_wanted():
    loads = []

    def more():
        loads.append(1)
        return {"late": lambda arguments: "here", "echo": lambda arguments: "never"}

    dispatcher = Dispatcher(COMMANDS, more)
    assert dispatcher.respond("echo x").text == "= x\n\n" and not loads
    assert dispatcher.respond("late").text == "= here\n\n"
    assert dispatcher.respond("echo x").text == "= x\n\n"
    assert dispatcher.respond("nonsense").text == "? unknown command\n\n"
    assert len(loads) == 1


def converse(text: bytes) -> str:
    written = []
    serve(Dispatcher(COMMANDS), InputLines(io.BytesIO(text)), written.append)
    return "".join(written)


def test_serve_until_quit_or_the_end():
    assert converse(b"1 echo a\r\n\r\n# x\n2 quit\n3 echo b\n") == "=1 a\n\n=2\n\n"
    assert converse(b"echo a\necho b") == "= a\n\n= b\n\n"
    assert converse(b"echo \xff\xfe\n") == "= ��\n\n"
    assert converse(b"") == ""


def test_idle_is_told_once_after_the_first_answers():
    source, sink = os.pipe()
    written, idle = [], []
    lines = InputLines(open(source, "rb", buffering=0))
    server = threading.Thread(
        target=serve,
        args=(Dispatcher(COMMANDS), lines, written.append),
        kwargs={"when_idle": lambda: idle.append(len(written))},
    )
    server.start()
    os.write(sink, b"echo a\necho b\n")
    wait_until(lambda: idle)
    os.write(sink, b"echo c\n")
    wait_until(lambda: len(written) == 3)
    time.sleep(0.1)
    os.close(sink)
    server.join(5)
    assert idle == [2]


def wait_until(condition, seconds=5.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.005)


@pytest.mark.parametrize("interruption", [b"\n", b"echo next\n", b"# interrupt\n", b"\x01\n"])
def test_a_stream_stays_open_until_any_input(interruption):
    source, sink = os.pipe()
    written = []
    lines = InputLines(open(source, "rb", buffering=0))
    server = threading.Thread(target=serve, args=(Dispatcher(COMMANDS), lines, written.append))
    server.start()
    os.write(sink, b"7 watch\n")
    wait_until(lambda: len(written) > 4)
    os.write(sink, interruption)
    os.close(sink)
    server.join(5)
    answer = "= next\n\n" if b"next" in interruption else ""
    text = "".join(written)
    assert text.startswith("=7\ninfo move A1 pv A1\ninfo move A1 pv A1\n")
    assert text.endswith("info move A1 pv A1\n\n" + answer)
    assert text.count("\n\n") == (2 if answer else 1)


def test_a_stream_ends_with_the_input():
    assert converse(b"watch\n") == "=\ninfo move A1 pv A1\n\n"


def test_a_line_without_end_is_cut():
    lines = InputLines(io.BytesIO(b"x" * (MAX_LINE_BYTES + 70000)))
    assert MAX_LINE_BYTES < len(lines.next()) < MAX_LINE_BYTES + 70000
    assert lines.next().strip("x") == ""
    assert lines.next() is None and lines.next() is None


def test_a_byte_order_mark_before_the_first_command_is_dropped():
    assert converse(b"\xef\xbb\xbf7 echo a\n\xef\xbb\xbfecho b\n") == "=7 a\n\n? unknown command\n\n"


def test_the_next_line_can_be_seen_before_it_is_taken():
    source, sink = os.pipe()
    lines = InputLines(open(source, "rb", buffering=0))
    assert lines.peek() is None
    os.write(sink, b"# interrupt\n")
    wait_until(lambda: lines.peek() == "# interrupt")
    assert lines.next() == "# interrupt"
    os.close(sink)


def test_a_stream_gets_better_between_its_lines_and_stops_working_at_input():
    source, sink = os.pipe()
    written, steps = [], []

    def work():
        for number in range(10**9):
            steps.append(number)
            yield f"info {number}"

    lines = InputLines(open(source, "rb", buffering=0))
    dispatcher = Dispatcher({"watch": lambda arguments: Stream("info first", 0.01, work())})
    server = threading.Thread(target=serve, args=(dispatcher, lines, written.append))
    server.start()
    os.write(sink, b"watch\n")
    wait_until(lambda: len(written) > 3)
    os.write(sink, b"\n")
    wait_until(lambda: written[-1] == "\n")
    assert written[1] == "info first\n" and written[2].startswith("info ") and written[2] != written[1]
    count = len(steps)
    os.close(sink)
    server.join(5)
    assert len(steps) == count


def test_a_whole_response_has_the_last_line_of_a_stream():
    stream = Stream("info first", 1, iter(["info second", "info third"]))
    assert Dispatcher({"watch": lambda arguments: stream}).respond("5 watch").whole() == "=5\ninfo third\n\n"


def test_a_stream_whose_work_fails_ends_as_any_other():
    def work():
        yield "info second"
        raise RuntimeError("CUDA out of memory")

    written = []
    dispatcher = Dispatcher({"watch": lambda arguments: Stream("info first", 0.01, work())})
    source, sink = os.pipe()
    lines = InputLines(open(source, "rb", buffering=0))
    server = threading.Thread(target=serve, args=(dispatcher, lines, written.append))
    server.start()
    os.write(sink, b"watch\n")
    wait_until(lambda: written.count("info second\n") > 1)
    os.write(sink, b"7 name\nquit\n")
    wait_until(lambda: written[-1] == "=\n\n")
    server.join(5)
    os.close(sink)
    assert "\n" in written and any(text.startswith("?7") for text in written)

"""Models and the protocols of other programs, fuzzed: see `targets`."""

import io
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from random import Random

import torch
from fakes import UniformPolicy
from safetensors.torch import load, save

from gopolicy.engine.gtp.command_table import commands
from gopolicy.engine.gtp.gtp_state import GtpState
from gopolicy.engine.gtp.protocol import Dispatcher
from gopolicy.engine.kata.server import AnalysisServer
from gopolicy.engine.streams import InputLines
from gopolicy.errors import GopolicyError
from gopolicy.nn import NetworkConfig, PolicyNetwork, load_model, save_model

from .mutations import mutated
from .targets import MESSY, ROOT


@contextmanager
def logged_faults() -> Iterator[list[BaseException]]:
    """Collect the exceptions that a server logs and answers: its own faults, which must not end a session."""
    found: list[BaseException] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.exc_info and record.exc_info[1] and not isinstance(record.exc_info[1], GopolicyError):
                found.append(record.exc_info[1])

    logger, handler = logging.getLogger("gopolicy"), Handler()
    logger.addHandler(handler)
    propagate, logger.propagate = logger.propagate, False
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield found
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate
        logger.setLevel(level)


@lru_cache
def model_seeds() -> list[bytes]:
    """Return a model as it is written now, and one as the first version wrote it, without a digest."""
    torch.manual_seed(1)
    folder = Path(os.environ.get("TMPDIR", "/tmp"))
    path = folder / f"fuzz-{os.getpid()}.safetensors"
    save_model(path, PolicyNetwork(NetworkConfig(4, 2)))
    now = path.read_bytes()
    path.unlink()
    length = int.from_bytes(now[:8], "little")
    metadata = json.loads(now[8 : 8 + length])["__metadata__"]
    facts = {
        name: value for name, value in json.loads(metadata["gopolicy"]).items() if name not in ("digest", "version")
    }
    return [now, save(load(now), {"gopolicy": json.dumps(facts)})]


def make_model(rng: Random) -> bytes:
    """Return a model with a damaged header or damaged weights."""
    data = rng.choice(model_seeds())
    length = int.from_bytes(data[:8], "little")
    if rng.random() < 0.5:
        tokens = [
            b'"layers": 100000',
            b'"filters": -1',
            b'"filters": 99999999',
            b'"planes": 49',
            b"null",
            b"[]",
            b"{",
            b"1e99",
        ]
        header = mutated(rng, data[8 : 8 + length], [data], tokens, most=2)
        return len(header).to_bytes(8, "little") + header + data[8 + length :]
    weights = bytearray(data[8 + length :])
    for _ in range(rng.choice((1, 1, 50))):
        weights[rng.randrange(len(weights))] ^= 1 << rng.randrange(8)
    data = data[: 8 + length] + bytes(weights)
    return mutated(rng, data, [data], [b"\0" * 8], most=2) if rng.random() < 0.3 else data


def check_model(data: bytes, folder: Path) -> None:
    """Load it; a model that loads gives numbers."""
    path = folder / "x.safetensors"
    path.write_bytes(data)
    network, _ = load_model(path)
    with torch.inference_mode():
        network.eval()(torch.zeros(1, network.config.planes, 19, 19))


@lru_cache
def gtp_seeds() -> list[bytes]:
    """Return the commands of the recorded sessions."""
    sessions = []
    for path in sorted((ROOT / "tests" / "golden" / "gtp").glob("*.txt")):
        lines = [line.removeprefix("> ") for line in path.read_text().splitlines() if line.startswith("> ")]
        sessions += ["\n".join(lines[i : i + 6]).replace("{folder}/", "").encode() for i in range(0, len(lines), 6)]
    return sessions


GTP_TOKENS = [
    b"play b q16\n",
    b"genmove w\n",
    b"undo\n",
    b"boardsize ",
    b"komi ",
    b"loadsgf x.sgf ",
    b"printsgf y.sgf\n",
]
GTP_TOKENS += [
    b"lz-analyze interval 9999999999\n",
    b"kata-analyze b ",
    b" allow b A1 ",
    b"kata-set-param seed ",
    b"pass",
]


def make_gtp(rng: Random) -> bytes:
    """Return a few commands, damaged."""
    return mutated(rng, rng.choice(gtp_seeds()), gtp_seeds(), GTP_TOKENS, most=4)[:3000]


def check_gtp(data: bytes, folder: Path) -> None:
    """Every command gets one response, and none is a fault of the engine."""
    (folder / "x.sgf").write_text(MESSY)
    dispatcher = Dispatcher(commands(GtpState(UniformPolicy)))
    with in_folder(folder), logged_faults() as faults:
        for line in data.decode("utf-8", "replace").split("\n")[:12]:
            if any(slow in line for slow in SLOW):
                continue
            response = dispatcher.respond(line)
            if response is None:
                continue
            text = response.text if response.stream is not None else response.whole()
            assert text.startswith(("=", "?")) and (response.stream or text.endswith("\n\n")), text
            assert "\n\n" not in text[:-2], text
    if faults:
        raise faults[0]


# Playouts to the end of the game, many thousand positions each.
SLOW = ("final", "score", "gogui-analyze_commands", "cleanup", "ownership", "status")


@contextmanager
def in_folder(folder: Path) -> Iterator[None]:
    """Work in a folder for a time."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


QUERY = {
    "id": "q",
    "boardXSize": 19,
    "boardYSize": 19,
    "rules": "japanese",
    "komi": 6.5,
    "moves": [["B", "Q16"], ["W", "D4"]],
}
ANALYSIS_SEEDS = [
    json.dumps(query).encode()
    for query in (
        QUERY,
        QUERY | {"analyzeTurns": [0, 1, 2], "includePolicy": True, "maxVisits": 10, "priority": 3},
        QUERY | {"initialStones": [["B", "D16"]], "initialPlayer": "W", "overrideSettings": {"maxTime": 8}},
        QUERY | {"allowMoves": [{"player": "B", "moves": ["C3"], "untilDepth": 1}], "whiteHandicapBonus": "0"},
        {"id": "v", "action": "query_version"},
        {"id": "m", "action": "query_models"},
        {"id": "t", "action": "terminate", "terminateId": "q", "turnNumbers": [1]},
    )
]
ANALYSIS_TOKENS = [
    b"null",
    b"true",
    b'"',
    b"[",
    b"]",
    b"{",
    b"1e999",
    b"NaN",
    b'["B","Q16"],',
    b'"rules":{},',
    b'"pass"',
]


def make_analysis(rng: Random) -> bytes:
    """Return queries, one of them damaged."""
    queries = [rng.choice(ANALYSIS_SEEDS) for _ in range(2)]
    if rng.random() < 0.5:
        data = json.loads(queries[0])
        data[rng.choice(list(data))] = rng.choice(
            (None, -1, 10**30, 1e300, "", "x" * 5000, [], [[]], {}, [None], True, [-1])
        )
        queries[0] = json.dumps(data).encode()
    else:
        queries[0] = mutated(rng, queries[0], ANALYSIS_SEEDS, ANALYSIS_TOKENS, most=3)[:20_000]
    return b"\n".join(queries)


def check_analysis(data: bytes, folder: Path) -> None:
    """Every response is a line of strict JSON, and none is a fault of the engine."""
    written: list[str] = []

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    with in_folder(folder), logged_faults() as faults:
        AnalysisServer(UniformPolicy, written.append, version="1").serve(InputLines(io.BytesIO(data)))
    for line in written:
        assert line.count("\n") == 1
        json.loads(line, parse_constant=refuse)
    if faults:
        raise faults[0]

"""Write the network as an ONNX file, also with all that a web page needs, and check that it says what torch says.

The check evaluates positions of a game that the network plays against itself, or of --check RECORDS.  --web writes a
folder: net.onnx, planes.js (the input planes in JavaScript, without dependencies) and index.html, a board that shows
the policy.  The page wants onnxruntime-web beside it, and a server:

    gopolicy export --web site && cd site && npm install onnxruntime-web && python3 -m http.server
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gopolicy.commands import options
from gopolicy.commands.options import OptionError
from gopolicy.go.coords import BOARD_SIZE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gopolicy.go.game import Game
    from gopolicy.nn import PolicyNetwork
    from gopolicy.policy import Policy

WEB_FILES = "planes.js", "index.html"
TOLERANCE = 1e-5
BATCHES = (1, 8, 64)
SELF_PLAY_MOVES = 60
TIMING_SECONDS = 2.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--onnx", metavar="FILE", type=Path, help="the file to write")
    parser.add_argument("--web", metavar="FOLDER", type=Path, help="the folder to write a web page into")
    options.add_model(parser)
    options.add_profile(parser)
    parser.add_argument("--check", metavar="RECORDS", help="file, folder or archive to take positions from")
    parser.add_argument(
        "--positions", type=int, default=1000, metavar="N", help="of RECORDS at most (default: %(default)s)"
    )
    parser.add_argument("--benchmark", action="store_true", help="also time torch and onnxruntime side by side")


def run(args: argparse.Namespace) -> int:
    """Write the files, compare the network with torch's, and print both."""
    from gopolicy import __version__
    from gopolicy.files import make_folder
    from gopolicy.nn.onnx_export import export_onnx
    from gopolicy.policy import Policy

    if args.onnx is None and args.web is None:
        raise OptionError("nothing to write: give --onnx FILE or --web FOLDER")
    options.check_positive(args, "positions")
    options.check_outputs(args, args.onnx, inputs=(args.check,))
    policy = Policy.load(args.model, device="cpu", profile=args.profile)
    if policy.has_habits:
        print(
            f"{args.profile}: the habits of the opening are left out, a file holds the network alone", file=sys.stderr
        )
    if args.check:
        next(_record_positions(args.check))  # refused before anything is written
    if args.web is not None:
        _check_pages(args.web)
        make_folder(args.web)
        options.check_outputs(args, args.web / "net.onnx", inputs=(args.onnx,))
    network = policy.network
    facts = {
        "gopolicy": __version__,
        "name": policy.name,
        "calibration_temperature": f"{policy.facts.temperature:g}, already applied",
    }
    if args.web is not None:
        _write_page(args.web, policy.name, network.config.planes)
    for path in filter(None, (args.onnx, args.web and args.web / "net.onnx")):
        export_onnx(network, path, facts)
        print(f"{path}: {path.stat().st_size:,} bytes")
        _check(args, policy, path)
    return 0


def _check_pages(folder: Path) -> None:
    """Refuse a folder with pages that this command did not write; raises OptionError."""
    for path in (folder / name for name in WEB_FILES):
        if path.is_file() and b"planes.js" not in path.read_bytes():
            raise OptionError(f"{path}: not a page of gopolicy's; choose another folder")
    network = folder / "net.onnx"
    if network.exists() and not any((folder / name).exists() for name in WEB_FILES):
        raise OptionError(f"{network}: not a page's network; choose another folder")


def _write_page(folder: Path, name: str, planes: int) -> None:
    from html import escape
    from importlib.resources import files

    from gopolicy.files import write_file

    for source in WEB_FILES:
        text = files("gopolicy").joinpath("engine", "web", source).read_text(encoding="utf-8")
        write_file(folder / source, text.replace("{{planes}}", str(planes)).replace("{{name}}", escape(name)))
        print(f"{folder / source}")


def _check(args: argparse.Namespace, policy: "Policy", path: Path) -> None:
    """Print how much the file differs from torch; raise OptionError if that is more than TOLERANCE."""
    from itertools import islice

    import numpy as np

    from gopolicy.features import encode
    from gopolicy.nn.onnx_export import largest_difference

    games = _record_positions(args.check) if args.check else _own_positions(policy)
    used = policy.network.config.planes
    planes = np.stack([encode(game)[:used] for game in islice(games, args.positions)])
    difference = largest_difference(policy.network, path, planes)
    print(f"largest difference from torch over {len(planes)} positions: {difference:.1e}")
    if args.benchmark:
        _benchmark(policy.network, path, planes)
    if difference > TOLERANCE:
        raise OptionError(f"{path}: differs from torch by {difference:.1e}, more than {TOLERANCE:.0e}; do not use it")


def _record_positions(records: str) -> "Iterator[Game]":
    from gopolicy.records import read_records

    found = False
    for record in read_records(records):
        if record.size == BOARD_SIZE:
            for game, _ in record.replay():
                found = True
                yield game
    if not found:
        raise OptionError(f"{records}: no position of a 19x19 game")


def _own_positions(policy: "Policy") -> "Iterator[Game]":
    import numpy as np

    from gopolicy.go.game import Game
    from gopolicy.policy import Sampling, choose_move

    game, rng = Game(), np.random.default_rng(0)
    for _ in range(SELF_PLAY_MOVES):
        yield game.copy()
        game.play(choose_move(policy, game, rng, Sampling(1.0)))


def _benchmark(network: "PolicyNetwork", path: Path, planes: "NDArray[np.uint8]") -> None:
    """Print the seconds that torch and onnxruntime take for batches, both with their default threads."""
    import onnxruntime
    import torch

    from gopolicy.nn.onnx_export import INPUT, OUTPUT

    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    print(f"{'batch':>5}{'torch':>12}{'onnxruntime':>14}   milliseconds a batch")
    for size in BATCHES:
        batch = planes[[i % len(planes) for i in range(size)]]
        with torch.inference_mode():
            torch_ms = _milliseconds(lambda tensor: network(tensor.float()).softmax(1), torch.from_numpy(batch))
        onnx_ms = _milliseconds(lambda array: session.run([OUTPUT], {INPUT: array}), batch)
        print(f"{size:>5}{torch_ms:>12.2f}{onnx_ms:>14.2f}")


def _milliseconds(work: Callable[[Any], object], batch: object) -> float:
    """Return the median time of `work(batch)`, after one call that does not count."""
    import statistics
    import time

    work(batch)
    times: list[float] = []
    while sum(times) < TIMING_SECONDS or len(times) < 3:
        begun = time.perf_counter()
        work(batch)
        times.append(time.perf_counter() - begun)
    return 1000 * statistics.median(times)

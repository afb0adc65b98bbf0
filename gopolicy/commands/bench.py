"""Measure speeds on this machine: planes, corpus, loader, network.

    gopolicy bench planes SOURCE     planes of whole games, positions per CPU-second of one core
    gopolicy bench corpus SOURCE     reading records into a corpus, games a second
    gopolicy bench loader CORPUS     shuffled batches to a consumer that does nothing
    gopolicy bench network           inference at batch 1, 8, 64 and a training step
    gopolicy bench training CORPUS   training end to end, its share of the matrix rate, where the time goes

Shared machines swing by a factor of two within seconds: each figure is the best and the median of several
runs, beside the rate of a single-thread float32 matrix product in the same minute.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gopolicy.commands import options
from gopolicy.errors import GopolicyError
from gopolicy.go.coords import BLACK, BOARD_SIZE, WHITE
from gopolicy.lifetime import usable_cores
from gopolicy.training.config import CONVOLUTIONS, PRESETS

Row = tuple[str, str, float, float]  # what, unit, best, median


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("what", choices=("planes", "corpus", "loader", "network", "training"))
    parser.add_argument("sources", nargs="*", type=Path, metavar="SOURCE", help="records or corpora to measure on")
    parser.add_argument("--games", type=int, default=733, metavar="N", help="games to measure on (default: 733)")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="times to measure (default: 5)")
    parser.add_argument(
        "--workers", type=int, metavar="N", help="processes (default: one per core; training: as train)"
    )
    parser.add_argument("--network", choices=PRESETS, default="alphago-192", help="size (default: alphago-192)")
    text = "positions of a batch; auto, for `training`: the fastest (default: 256)"
    parser.add_argument("--batch", type=options.batch_size, default=256, metavar="N", help=text)
    parser.add_argument("--steps", type=int, default=10, metavar="N", help="steps a run of `training` (default: 10)")
    parser.add_argument("--compile", default="auto", metavar="MODE", help="auto, on, graphs, off (default: auto)")
    text = "direct, winograd, or auto: whichever trains faster on a CPU (default: auto)"
    parser.add_argument("--convolution", choices=CONVOLUTIONS, default="auto", help=text)
    options.add_device(parser)
    options.add_threads(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Measure and print one table."""
    import json

    from gopolicy.commands import compile_rules
    from gopolicy.files import display_name

    options.check_positive(args, "games", "runs", "batch", "steps")
    options.check_not_negative(args, "workers")
    compile_rules()
    measure = {"planes": _planes, "corpus": _corpus, "loader": _loader, "network": _network, "training": _training}[
        args.what
    ]
    if args.what != "network" and not args.sources:
        raise GopolicyError(f"bench {args.what}: name a record, an archive or a corpus to measure on")
    if args.what == "network" and args.sources:
        raise options.OptionError(f"bench network: measures no records; leave out {display_name(args.sources[0])}")
    if args.batch == "auto" and args.what != "training":
        raise options.OptionError("--batch auto: for `bench training` only")
    before = matrix_rate()
    rows = measure(args)
    facts = {**machine(), "matrix GFLOP/s": round(max(before, matrix_rate()))}
    if args.json:
        table = [{"what": what, "unit": unit, "best": best, "median": median} for what, unit, best, median in rows]
        print(json.dumps({"bench": args.what, **facts, "rows": table}))
        return 0
    print(", ".join(f"{name} {value}" for name, value in facts.items()))
    width = max(len(what) for what, *_ in rows)
    print(f"{'':{width}}{'best':>12}{'median':>12}")
    for what, unit, best, median in rows:
        print(f"{what:{width}}{best:>12,.4g}{median:>12,.4g}  {unit}")
    return 0


def machine() -> dict[str, Any]:
    """Return what the figures depend on: processor, cores, versions."""
    import platform
    from importlib.metadata import version

    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = [line for line in info.read_text().splitlines() if line.startswith(("model name", "model\t"))]
        cpu = " ".join(line.partition(":")[2].strip() for line in sorted(set(lines), reverse=True))
    versions = {name: version(name) for name in ("numpy", "numba", "torch")}
    return {"cpu": cpu, "cores": usable_cores(), "python": platform.python_version(), **versions}


def matrix_rate() -> float:
    """Return the rate of a single-thread float32 matrix product of 2048 x 2048, in GFLOP/s."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        matrix = torch.ones(2048, 2048)
        return 2 * 2048**3 / min(_timed(lambda: matrix @ matrix) for _ in range(3)) / 1e9
    finally:
        torch.set_num_threads(threads)


def _timed(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _rates(count: int, seconds: list[float]) -> tuple[float, float]:
    """Return (best, median) of `count` things in each of `seconds`."""
    from statistics import median

    return count / min(seconds), count / median(seconds)


def _planes(args: argparse.Namespace) -> list[Row]:
    import numpy as np

    from gopolicy.features.batch import encode_chosen
    from gopolicy.features.planes import NUM_PLANES
    from gopolicy.go.moves import replay_events
    from gopolicy.go.state import new_state, new_trail, word_count
    from gopolicy.records.prepare import load_sources

    corpus = load_sources(args.sources)
    games = [corpus.events(i) for i in range(min(args.games, len(corpus)))]
    counts = corpus.index["targets"][: len(games)].astype(np.int64)
    planes = np.empty((int(counts.max()), NUM_PLANES, word_count(BOARD_SIZE)), np.uint64)
    points, order = np.empty(len(planes), np.int64), np.arange(len(planes))
    state, trail = new_state(BOARD_SIZE), new_trail()

    def encode_all() -> None:
        for events, count in zip(games, counts.tolist(), strict=True):
            encode_chosen(state, trail, events, BLACK + WHITE, order[:count], order[:count], planes, points)

    def replay_all() -> None:
        for events in games:
            replay_events(new_state(BOARD_SIZE), trail, events)

    rows: list[Row] = []
    total = int(counts.sum())
    for name, work in (("all planes, whole games", encode_all), ("replay alone", replay_all)):
        work()
        rows.append((name, "positions per CPU-second, one core", *_rates(total, _cpu_seconds(work, args.runs))))
    return rows


def _cpu_seconds(work: Callable[[], Any], runs: int) -> list[float]:
    seconds = []
    for _ in range(runs):
        begun = time.process_time()
        work()
        seconds.append(time.process_time() - begun)
    return seconds


def _corpus(args: argparse.Namespace) -> list[Row]:
    import tempfile

    from gopolicy.records.corpus import Corpus
    from gopolicy.records.prepare import prepare
    from gopolicy.records.selection import Selection

    workers = args.workers if args.workers is not None else usable_cores()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "bench.corpus"

        def work() -> None:
            prepare(args.sources, out, selection=Selection(), workers=workers)

        seconds = [_timed(work) for _ in range(args.runs)]
        corpus, size = Corpus.open(out), out.stat().st_size
        opened = [_timed(lambda: Corpus.open(out)) for _ in range(args.runs)]
    per_move = size / corpus.positions
    return [
        (f"prepare, {workers} processes", "games a second", *_rates(len(corpus), seconds)),
        ("open and check", "MB a second", *_rates(size, [1e6 * s for s in opened])),
        ("size", "bytes a move", per_move, per_move),
    ]


def _loader(args: argparse.Namespace) -> list[Row]:
    from contextlib import closing

    import numpy as np

    from gopolicy.records.corpus import open_corpora
    from gopolicy.training.loader import batches
    from gopolicy.training.order import Order

    corpus = open_corpora(args.sources)
    order = Order(corpus, np.arange(len(corpus)), seed=1)
    workers = args.workers if args.workers is not None else usable_cores()
    number = max(1, 250_000 // args.batch)  # many blocks, so that what was fetched ahead counts little
    with closing(batches(order, args.batch, workers=workers)) as source:
        for _ in range(number):
            next(source)
        seconds = [_timed(lambda: [next(source) for _ in range(number)]) for _ in range(args.runs)]
    return [(f"loader, {workers} processes", "positions a second", *_rates(number * args.batch, seconds))]


def _network(args: argparse.Namespace) -> list[Row]:
    import torch

    from gopolicy.go.state import word_count
    from gopolicy.nn.network import NetworkConfig, PolicyNetwork, on_device
    from gopolicy.nn.training_form import NormalizedNetwork
    from gopolicy.training.config import TrainingConfig
    from gopolicy.training.device import adapted, pick_device, set_up
    from gopolicy.training.loader import Batch
    from gopolicy.training.loop import Trainer

    options.apply_threads(args)
    device = pick_device(args.device)
    set_up(device)
    config = NetworkConfig(*PRESETS[args.network])
    network = on_device(PolicyNetwork(config), device).eval()

    def wait() -> None:
        if device.type == "cuda":
            torch.cuda.synchronize(device)

    rows: list[Row] = []
    for size in (1, 8, 64):
        planes = torch.rand(size, config.planes, BOARD_SIZE, BOARD_SIZE, device=device).to(
            memory_format=torch.channels_last
        )

        def infer(planes: torch.Tensor = planes) -> None:
            with torch.inference_mode():
                network(planes)
            wait()

        infer()
        rates = _rates(size, [_timed(infer) for _ in range(args.runs)])
        rows.append((f"inference, batch {size}, float32", "positions a second", *rates))
    batch = Batch(
        torch.zeros(args.batch, config.planes, 8 * word_count(BOARD_SIZE), dtype=torch.uint8),
        torch.zeros(args.batch, dtype=torch.int64),
        torch.zeros(args.batch, dtype=torch.int64),
    )
    recipe = TrainingConfig(batch=args.batch, convolution=args.convolution)
    recipe = adapted(recipe, config, device, compile_mode=args.compile)
    trainer = Trainer(recipe, NormalizedNetwork(config), device, recipe.precision, compile_mode=args.compile)

    def step() -> None:
        trainer.step(batch)
        trainer.results()  # waits for the device

    step()
    rates = _rates(args.batch, [_timed(step) for _ in range(args.runs)])
    what = f"training step, batch {args.batch}, {recipe.precision}, {recipe.convolution} convolutions"
    rows.append((what, "positions a second", *rates))
    return rows


def _training(args: argparse.Namespace) -> list[Row]:
    import sys

    import numpy as np

    from gopolicy.nn.network import NetworkConfig
    from gopolicy.nn.training_form import NormalizedNetwork
    from gopolicy.records.corpus import open_corpora
    from gopolicy.training.batch_size import with_measured_batch
    from gopolicy.training.config import TrainingConfig
    from gopolicy.training.device import adapted, pick_device, set_up
    from gopolicy.training.loop import Trainer
    from gopolicy.training.order import Order
    from gopolicy.training.speed import measure_training

    options.apply_threads(args)
    device = pick_device(args.device)
    set_up(device)
    shape = NetworkConfig(*PRESETS[args.network])
    if args.batch == "auto":
        config, chosen = with_measured_batch(
            TrainingConfig(positions=sys.maxsize, convolution=args.convolution), shape, device
        )
        print(chosen, file=sys.stderr)
    else:
        config = TrainingConfig(batch=args.batch, convolution=args.convolution)
    config = adapted(config, shape, device, compile_mode=args.compile)
    trainer = Trainer(config, NormalizedNetwork(shape), device, config.precision, compile_mode=args.compile)
    corpus = open_corpora(args.sources)
    order = Order(corpus, np.arange(len(corpus)), seed=1)
    speed = measure_training(trainer, order, workers=args.workers, steps=args.steps, runs=args.runs)
    what = f"{args.network} on {device}, batch {config.batch}, {config.precision}, {config.convolution} convolutions"
    parts = {**speed.parts, "a step, part after part": sum(speed.parts.values())}
    return [
        (what, "positions a second, end to end", *speed.positions),
        (f"matrix product, {config.precision}", "GFLOP/s", speed.matrix / 1e9, speed.matrix / 1e9),
        (
            "convolutions, of the matrix product",
            "%",
            100 * speed.share,
            100 * speed.share * speed.positions[1] / speed.positions[0],
        ),
        *((part, "milliseconds", 1e3 * seconds, 1e3 * seconds) for part, seconds in parts.items()),
    ]

"""Train a network on corpus files, on a GPU where there is one, else on the CPU.

The run's folder receives model.safetensors (what board, query and engines use), checkpoints (to go on
from, in files of at most 16 MB), metrics.jsonl and metrics.png.  Ctrl-C saves and stops; --resume goes
on from there, on a CPU to the last bit, also with other --positions or --minutes.  Several GPUs or
machines (which must share the --out folder) share each batch under torchrun, and so do the cores of a
CPU, faster than as --threads:

    torchrun --nproc-per-node 4 -m gopolicy train games.corpus --out runs/mine
"""

import argparse
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gopolicy.commands import options
from gopolicy.errors import is_out_of_memory
from gopolicy.training.config import PRESETS, TrainingConfig, TrainingError, field_help

if TYPE_CHECKING:
    import torch

    from gopolicy.nn.network import NetworkConfig
    from gopolicy.training.processes import Processes
    from gopolicy.training.run import Run
    from gopolicy.training.run_loop import Report, SessionOptions

DEFAULT_NETWORK = "small"
DRAW_SECONDS = 300.0  # between pictures of the measurements, which training waits for


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options; those of the recipe come from TrainingConfig."""
    parser.add_argument("corpora", nargs="+", type=Path, metavar="CORPUS", help="files made by `gopolicy prepare`")
    parser.add_argument("--out", type=Path, required=True, metavar="RUN", help="folder of the run")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    parser.add_argument("--network", choices=PRESETS, help=f"size of the network (default: {DEFAULT_NETWORK})")
    parser.add_argument("--filters", type=int, metavar="K", help="filters a layer; with --from more makes it grow")
    parser.add_argument("--layers", type=int, metavar="N", help="hidden layers, instead of the preset's")
    parser.add_argument("--planes", type=int, metavar="N", help="use only the first N planes (4, 12, 20; default: all)")
    parser.add_argument("--from", dest="start", type=Path, metavar="MODEL", help="start from a model; `net` ships")
    options.add_device(parser)
    options.add_threads(parser)
    parser.add_argument("--workers", type=int, metavar="N", help="processes that make planes (default: 0 on a CPU)")
    parser.add_argument("--save-minutes", type=float, default=5.0, metavar="M", help="between checkpoints (default: 5)")
    parser.add_argument("--measure-steps", type=int, default=1000, metavar="N", help="between measurements (1000)")
    parser.add_argument(
        "--compile",
        default="auto",
        metavar="MODE",
        help="the network by torch: on, graphs (replayed on a GPU), off, auto: on where one GPU trains (default: auto)",
    )
    parser.add_argument("--tensorboard", action="store_true", help="write events for TensorBoard into --out too")
    recipe = parser.add_argument_group("the recipe")
    for name, text in field_help(TrainingConfig).items():
        default = getattr(TrainingConfig, name)
        option = "--" + name.replace("_", "-")
        if name == "batch":
            text += "; auto: the fastest, with --lr and --warmup usual for it"
            recipe.add_argument(option, type=options.batch_size, help=f"{text} (default: {default})")
        elif isinstance(default, bool):
            recipe.add_argument(option, action=argparse.BooleanOptionalAction, help=f"{text} (default: {default})")
        else:
            recipe.add_argument(option, type=type(default), help=f"{text} (default: {default or 'none'})")


def run(args: argparse.Namespace) -> int:
    """Train, showing progress on stderr."""
    import sys

    from gopolicy.commands import compile_rules
    from gopolicy.training.device import pick_device, set_up
    from gopolicy.training.processes import join_processes, leave_processes, take_own_gpu

    begun = time.monotonic()
    options.check_not_negative(args, "workers", "save_minutes")
    options.check_positive(args, "measure_steps")
    session = _session_options(args)
    options.apply_threads(args)
    compile_rules()
    take_own_gpu(args.device)
    device = pick_device(args.device)
    set_up(device)
    processes = join_processes(device)
    try:
        job = _run(args, device, processes)
        if processes.first:
            _describe(job)
        with closing(job):
            ended = _train(args, job, session, begun)
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        raise TrainingError(f"{device}: out of memory; use a smaller --batch ({str(error).splitlines()[0]})") from None
    finally:
        leave_processes()
    if not processes.first:
        return 0 if ended else 130
    _plot(job)
    if not ended:
        step = job.trainer.step_number
        print(f"stopped and saved at step {step}; --resume goes on from here", file=sys.stderr)
        return 130
    print(f"{args.out / 'model.safetensors'} is ready; try: gopolicy query GAME.sgf --model {args.out}")
    return 0


def _session_options(args: argparse.Namespace) -> "SessionOptions":
    from gopolicy.training.run_loop import SessionOptions

    return SessionOptions(workers=args.workers, save_seconds=60 * args.save_minutes, measure_steps=args.measure_steps)


def _run(args: argparse.Namespace, device: "torch.device", processes: "Processes") -> "Run":
    """Return the run to work on, new or from its checkpoint."""
    from gopolicy.nn.model_file import load_model
    from gopolicy.nn.network import NetworkConfig
    from gopolicy.policy.policy import find_model
    from gopolicy.records.corpus import open_corpora
    from gopolicy.training.run import Run, check_is_free

    corpus = open_corpora(args.corpora)
    given = {name: getattr(args, name) for name in field_help(TrainingConfig) if getattr(args, name) is not None}
    if {"positions", "minutes"} <= given.keys():
        raise TrainingError("--positions and --minutes: give one of them, which says how long the run is")
    if given.get("teacher"):
        given["teacher"] = str(find_model(given["teacher"]).resolve())
    if args.resume:
        job = Run.resume(args.out, corpus, device, changes=given, processes=processes, compile_mode=args.compile)
        _check_network(args, job.network, "the run's network", "--resume")
        if args.start:
            raise TrainingError("--from begins a run; leave it out with --resume")
        return job
    start = find_model(args.start) if args.start else _new_network(args)
    network = start if isinstance(start, NetworkConfig) else _grown(args, load_model(start)[0].config)
    check_is_free(args.out)  # before --batch auto measures
    recipe = _recipe(given, network, device, processes)
    return Run.begin(
        args.out,
        corpus,
        recipe,
        start,
        device,
        filters=network.filters,
        processes=processes,
        compile_mode=args.compile,
    )


def _recipe(
    given: dict[str, Any], network: "NetworkConfig", device: "torch.device", processes: "Processes"
) -> TrainingConfig:
    """Return the configuration; for --batch auto with a measured one, which is told."""
    import sys

    from gopolicy.training.batch_size import with_measured_batch

    if given.get("batch") != "auto":
        return TrainingConfig(**given)
    config = TrainingConfig(**{name: value for name, value in given.items() if name != "batch"})
    config, chosen = with_measured_batch(config, network, device, given=given, processes=processes)
    if processes.first:
        print(f"{chosen}, --lr {config.lr:.3g}, --warmup {config.warmup:g}", file=sys.stderr)
    return config


def _asked_for(args: argparse.Namespace, preset: str | None) -> dict[str, int]:
    """Return what the options, and a preset below them, say of the network."""
    chosen = dict(zip(("filters", "layers"), PRESETS[preset], strict=True)) if preset else {}
    given = {name: getattr(args, name) for name in ("filters", "layers", "planes")}
    return chosen | {name: value for name, value in given.items() if value is not None}


def _new_network(args: argparse.Namespace) -> "NetworkConfig":
    from gopolicy.nn.network import NetworkConfig

    return NetworkConfig(**_asked_for(args, args.network or DEFAULT_NETWORK))


def _grown(args: argparse.Namespace, network: "NetworkConfig") -> "NetworkConfig":
    """Return the network of --from with as many filters as the options say; raises TrainingError for fewer."""
    from dataclasses import replace

    filters = max(network.filters, _asked_for(args, args.network).get("filters", 0))
    grown = replace(network, filters=filters)
    _check_network(args, grown, "the model", "--from")
    return grown


def _check_network(args: argparse.Namespace, network: "NetworkConfig", whose: str, option: str) -> None:
    """Refuse, by its name, an option of the network that is not what it has by `option`; raises TrainingError."""
    for name, value in _asked_for(args, args.network).items():
        known = getattr(network, name)
        if value != known:
            given_as = f"--{name} {value}" if getattr(args, name) is not None else f"--network {args.network}"
            raise TrainingError(f"{given_as}: {whose} has {known} {name}; leave it out with {option}")


def _describe(job: "Run") -> None:
    import sys

    from gopolicy.nn.network import parameter_count

    trainer, config, processes = job.trainer, job.trainer.config, job.trainer.processes
    print(
        f"{job.network}, {parameter_count(trainer.model()):,} parameters, on {trainer.device} in {config.precision}"
        + (", by Winograd's algorithm" if trainer.network.winograd else "")
        + (f", {processes.size} processes" if processes.size > 1 else "")
        + f"; {job.order.positions:,} positions to learn from, {len(job.validation):,} games held out",
        file=sys.stderr,
    )


def _train(args: argparse.Namespace, job: "Run", session: "SessionOptions", begun: float) -> bool:
    import sys

    from tqdm import tqdm

    from gopolicy.training.run_loop import train

    config, first = job.trainer.config, job.trainer.processes.first
    batch, done = config.batch, job.trainer.step_number * config.batch
    events = _events(args.out) if args.tensorboard and first else None
    total = None if config.minutes else config.steps * batch
    drawn = time.monotonic()
    with tqdm(total=total, initial=done, unit=" pos", unit_scale=True, file=sys.stderr, disable=not first) as bar:

        def show(report: "Report") -> None:
            nonlocal drawn
            bar.total = report.steps * batch
            bar.set_postfix_str(f"loss {report.recent.loss:.3f} top-1 {report.recent.top1:.1%}", refresh=False)
            bar.update(report.step * batch - bar.n)
            if report.measured:
                score = report.measured.total
                bar.write(
                    f"{report.step * batch:>12,} positions: held-out loss {score.loss:.3f}, "
                    f"top-1 {score.top1:.1%}, top-5 {score.top5:.1%}",
                    file=sys.stderr,
                )
                if time.monotonic() - drawn > DRAW_SECONDS:
                    _plot(job)
                    drawn = time.monotonic()
            if events:
                for name, value in report.as_dict().items():
                    events.add_scalar(name, value, report.step * batch)

        ended = train(job, session, show, begun=begun)
    if events:
        events.close()
    return ended


def _events(folder: Path) -> Any:
    """Return TensorBoard's writer."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise options.OptionError("--tensorboard needs the package: pip install 'gopolicy[tensorboard]'") from None
    return SummaryWriter(folder)


def _plot(job: "Run") -> None:
    """Draw loss and accuracy over the positions into metrics.png, where matplotlib is installed and it can be."""
    import sys

    from gopolicy.files import FileError, replacing

    try:
        from matplotlib.figure import Figure
    except ImportError:
        print("matplotlib is not installed: no metrics.png", file=sys.stderr)
        return
    rows = job.metrics.rows()
    if not rows:
        return
    figure = Figure(figsize=(11, 4), layout="constrained")
    losses, shares = figure.subplots(1, 2)
    for axes, name, factor in ((losses, "loss", 1), (shares, "top1", 100), (shares, "top5", 100)):
        for key, style in ((name, "-"), (f"validation_{name}", "o-")):
            points = [(row["positions"] / 1e6, factor * row[key]) for row in rows if row.get(key) is not None]
            if points:
                label = ("held out " if key != name else "training ") + name.replace("top", "top-")
                axes.plot(*zip(*points, strict=True), style, label=label, markersize=4, linewidth=1)
                axes.legend()
    losses.set(xlabel="million positions", ylabel="loss (nats)")
    shares.set(xlabel="million positions", ylabel="moves predicted (%)")
    for axes in (losses, shares):
        axes.grid(alpha=0.3)
    try:
        with replacing(job.folder / "metrics.png") as file:
            figure.savefig(file, dpi=100, format="png")
    except FileError as error:
        print(f"no picture: {error}", file=sys.stderr)

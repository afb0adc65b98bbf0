"""Train a network on corpus files, on a GPU where there is one, else on the CPU.

The run's folder receives model.safetensors (what board, query and engines use), checkpoints
(to go on from), metrics.jsonl and metrics.png.  Ctrl-C saves and stops; --resume goes on from there.
Several GPUs or machines share each batch under torchrun:

    torchrun --nproc-per-node 4 -m gopolicy train games.corpus --out runs/mine
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gopolicy.commands import options
from gopolicy.training.config import PRESETS, TrainingConfig, field_help

if TYPE_CHECKING:
    import torch

    from gopolicy.training.processes import Processes
    from gopolicy.training.run import Report, Run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options; those of the recipe come from TrainingConfig."""
    parser.add_argument("corpora", nargs="+", type=Path, metavar="CORPUS", help="files made by `gopolicy prepare`")
    parser.add_argument("--out", type=Path, required=True, metavar="RUN", help="folder of the run")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    parser.add_argument("--network", choices=PRESETS, default="small", help="size of the network (default: small)")
    parser.add_argument("--filters", type=int, metavar="K", help="filters a layer, instead of the preset's")
    parser.add_argument("--layers", type=int, metavar="N", help="hidden layers, instead of the preset's")
    parser.add_argument("--planes", type=int, metavar="N", help="use only the first N planes (4, 12, 20; default: all)")
    parser.add_argument("--from", dest="start", type=Path, metavar="MODEL", help="start from a model; `net` ships")
    options.add_device(parser)
    options.add_threads(parser)
    parser.add_argument("--workers", type=int, metavar="N", help="processes that make planes (default: 0 on a CPU)")
    parser.add_argument("--save-minutes", type=float, default=5.0, metavar="M", help="between checkpoints (default: 5)")
    parser.add_argument("--measure-steps", type=int, default=1000, metavar="N", help="between measurements (1000)")
    parser.add_argument("--compile", choices=("auto", "on", "off"), default="auto", help="by torch (auto: on GPUs)")
    parser.add_argument("--tensorboard", action="store_true", help="write events for TensorBoard into --out too")
    recipe = parser.add_argument_group("the recipe")
    for name, text in field_help(TrainingConfig).items():
        default = getattr(TrainingConfig, name)
        option = "--" + name.replace("_", "-")
        if isinstance(default, bool):
            recipe.add_argument(option, action=argparse.BooleanOptionalAction, default=default, help=text)
        else:
            recipe.add_argument(option, type=type(default), default=default, help=f"{text} (default: {default})")


def run(args: argparse.Namespace) -> int:
    """Train, showing progress on stderr."""
    import sys

    from gopolicy.commands import compile_rules
    from gopolicy.nn.network import parameter_count
    from gopolicy.training.device import allow_fast_products, default_workers, keep_freed_memory, pick_device
    from gopolicy.training.processes import join_processes, leave_processes, own_device

    options.apply_threads(args)
    compile_rules()
    device = own_device(pick_device(args.device))
    if device.type == "cpu":
        keep_freed_memory()
    else:
        allow_fast_products()
    processes = join_processes(device)
    try:
        job = _job(args, device, processes)
        trainer, config = job.trainer, job.trainer.config
        if processes.first:
            print(
                f"{trainer.network.config}, {parameter_count(trainer.model()):,} parameters, "
                f"on {device} in {config.precision}"
                + (f", {processes.size} processes" if processes.size > 1 else "")
                + f"; {job.order.positions:,} positions to learn from, {len(job.validation):,} games held out",
                file=sys.stderr,
            )
        ended = _train(args, job, default_workers(device) if args.workers is None else args.workers)
    finally:
        leave_processes()
    if not processes.first:
        return 0 if ended else 130
    _plot(args.out)
    if not ended:
        print(f"stopped and saved at step {trainer.step_number}; --resume goes on from here", file=sys.stderr)
        return 130
    print(f"{args.out / 'model.safetensors'} is ready; try: gopolicy query GAME.sgf --model {args.out}")
    return 0


def _job(args: argparse.Namespace, device: "torch.device", processes: "Processes") -> "Run":
    from gopolicy.nn.network import NetworkConfig
    from gopolicy.policy.policy import find_model
    from gopolicy.records.corpus import open_corpora
    from gopolicy.training.run import Run

    corpus = open_corpora(args.corpora)
    compiled = args.compile == "on" or (args.compile == "auto" and device.type == "cuda")
    if args.resume:
        return Run.resume(args.out, corpus, device, processes=processes, compiled=compiled)
    config = TrainingConfig(**{name: getattr(args, name) for name in field_help(TrainingConfig)})
    filters, layers = PRESETS[args.network]
    shape = {"planes": args.planes} if args.planes else {}
    new = NetworkConfig(args.filters or filters, args.layers or layers, **shape)
    start = find_model(args.start) if args.start else new
    return Run.begin(args.out, corpus, config, start, device, processes=processes, compiled=compiled)


def _train(args: argparse.Namespace, job: "Run", workers: int) -> bool:
    import sys

    from tqdm import tqdm

    batch = job.trainer.config.batch
    done, total = job.trainer.step_number * batch, job.trainer.config.steps * batch
    events = _events(args)
    silent = not job.trainer.processes.first
    with tqdm(total=total, initial=done, unit=" pos", unit_scale=True, file=sys.stderr, disable=silent) as bar:

        def show(report: "Report") -> None:
            bar.set_postfix_str(f"loss {report.recent.loss:.3f} top-1 {report.recent.top1:.1%}", refresh=False)
            bar.update(report.step * batch - bar.n)
            if report.measured:
                total = report.measured.total
                bar.write(
                    f"{report.step * batch:>12,} positions: held-out loss {total.loss:.3f}, "
                    f"top-1 {total.top1:.1%}, top-5 {total.top5:.1%}",
                    file=sys.stderr,
                )
                _plot(args.out)
            if events:
                for name, value in report.as_dict().items():
                    events.add_scalar(name, value, report.step * batch)

        ended = job.train(
            workers=workers, save_seconds=60 * args.save_minutes, measure_steps=args.measure_steps, on_progress=show
        )
    if events:
        events.close()
    return ended


def _events(args: argparse.Namespace) -> Any:
    """Return TensorBoard's writer, or None if it was not asked for."""
    if not args.tensorboard:
        return None
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise options.OptionError("--tensorboard needs the package: pip install 'gopolicy[tensorboard]'") from None
    return SummaryWriter(args.out)


def _plot(folder: Path) -> None:
    """Draw loss and accuracy of metrics.jsonl over the positions seen into metrics.png."""
    import json
    import os

    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    figure, (losses, shares) = pyplot.subplots(1, 2, figsize=(11, 4), layout="constrained")
    for axes, name, factor in ((losses, "loss", 1), (shares, "top1", 100), (shares, "top5", 100)):
        for key, style in ((name, "-"), (f"validation_{name}", "o-")):
            points = [(row["positions"] / 1e6, factor * row[key]) for row in rows if row.get(key) is not None]
            if points:
                label = ("held out " if key != name else "training ") + name.replace("top", "top-")
                axes.plot(*zip(*points, strict=True), style, label=label, markersize=4, linewidth=1)
    losses.set(xlabel="million positions", ylabel="loss (nats)")
    shares.set(xlabel="million positions", ylabel="moves predicted (%)")
    for axes in (losses, shares):
        axes.grid(alpha=0.3)
        axes.legend()
    temporary = folder / f"metrics.{os.getpid()}.png"
    figure.savefig(temporary, dpi=100)
    pyplot.close(figure)
    os.replace(temporary, folder / "metrics.png")

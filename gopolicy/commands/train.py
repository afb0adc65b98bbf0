"""Train a network on corpus files, on a GPU where there is one, else on the CPU.

The run's folder receives model.safetensors (what board, query and engines use), checkpoint.safetensors
(to go on from) and metrics.jsonl.  Ctrl-C saves and stops; --resume goes on from there.
"""

import argparse
from pathlib import Path

from gopolicy.training.config import PRESETS, TrainingConfig, field_help


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options; those of the recipe come from TrainingConfig."""
    parser.add_argument("corpora", nargs="+", type=Path, metavar="CORPUS", help="files made by `gopolicy prepare`")
    parser.add_argument("--out", type=Path, required=True, metavar="RUN", help="folder of the run")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    parser.add_argument("--network", choices=PRESETS, default="small", help="size of the network (default: small)")
    parser.add_argument("--filters", type=int, metavar="K", help="filters a layer, instead of the preset's")
    parser.add_argument("--layers", type=int, metavar="N", help="hidden layers, instead of the preset's")
    parser.add_argument("--planes", type=int, metavar="N", help="use only the first N planes (4, 12, 20; default: all)")
    parser.add_argument("--from", dest="start", type=Path, metavar="MODEL", help="start from the weights of a model")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda (default: auto)")
    parser.add_argument("--threads", type=int, metavar="N", help="CPU threads of the network (default: torch's)")
    parser.add_argument("--workers", type=int, metavar="N", help="processes that make planes (default: 0 on a CPU)")
    parser.add_argument("--save-minutes", type=float, default=5.0, metavar="M", help="between checkpoints (default: 5)")
    parser.add_argument("--measure-steps", type=int, default=1000, metavar="N", help="between measurements (1000)")
    recipe = parser.add_argument_group("the recipe")
    for name, text in field_help(TrainingConfig).items():
        default = getattr(TrainingConfig, name)
        option = "--" + name.replace("_", "-")
        recipe.add_argument(option, type=type(default), default=default, help=f"{text} (default: {default})")


def run(args: argparse.Namespace) -> int:
    """Train, showing progress on stderr."""
    import sys

    import torch
    from tqdm import tqdm

    from gopolicy.commands import compile_rules
    from gopolicy.nn.network import NetworkConfig, parameter_count
    from gopolicy.records.corpus import open_corpora
    from gopolicy.training.run import Report, Run, default_workers, pick_device

    if args.threads:
        torch.set_num_threads(args.threads)
    compile_rules()
    corpus, device = open_corpora(args.corpora), pick_device(args.device)
    if args.resume:
        job = Run.resume(args.out, corpus, device)
    else:
        config = TrainingConfig(**{name: getattr(args, name) for name in field_help(TrainingConfig)})
        filters, layers = PRESETS[args.network]
        shape = {"planes": args.planes} if args.planes else {}
        start = args.start or NetworkConfig(args.filters or filters, args.layers or layers, **shape)
        job = Run.begin(args.out, corpus, config, start, device)
    trainer, config = job.trainer, job.trainer.config
    print(
        f"{trainer.network.config}, {parameter_count(trainer.model()):,} parameters, "
        f"on {device} in {config.precision}; "
        f"{job.order.positions:,} positions to learn from, {len(job.validation):,} games held out",
        file=sys.stderr,
    )
    done = trainer.step_number * config.batch
    with tqdm(total=config.steps * config.batch, initial=done, unit=" pos", unit_scale=True, file=sys.stderr) as bar:

        def show(report: Report) -> None:
            bar.set_postfix_str(f"loss {report.recent.loss:.3f} top-1 {report.recent.top1:.1%}", refresh=False)
            bar.update(report.step * config.batch - bar.n)
            if report.measured:
                total = report.measured.total
                bar.write(
                    f"{report.step * config.batch:>12,} positions: held-out loss {total.loss:.3f}, "
                    f"top-1 {total.top1:.1%}, top-5 {total.top5:.1%}",
                    file=sys.stderr,
                )

        workers = default_workers(device) if args.workers is None else args.workers
        ended = job.train(
            workers=workers, save_seconds=60 * args.save_minutes, measure_steps=args.measure_steps, tell=show
        )
    if not ended:
        print(f"stopped and saved at step {trainer.step_number}; --resume goes on from here", file=sys.stderr)
        return 130
    print(f"{args.out / 'model.safetensors'} is ready; try: gopolicy query GAME.sgf --model {args.out}")
    return 0

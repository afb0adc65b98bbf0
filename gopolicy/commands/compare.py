"""Repeat the lecture on Go: train small networks under equal conditions and write what came of it.

Sources are corpus files, or SGF files, folders and archives.  Every network learns from the same positions in
the same order and is measured on the same held-out ones.  DIR receives report.md, its pictures and results.json,
from which the same command goes on after Ctrl-C; what is finished is not repeated.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gopolicy.commands import options

if TYPE_CHECKING:
    from gopolicy.explain.lesson.comparisons import Claim
    from gopolicy.explain.lesson.results import Results
    from gopolicy.explain.lesson.running import Material, Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("sources", nargs="+", type=Path, metavar="SOURCE", help="games to learn from")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the report")
    parser.add_argument(
        "--validation", type=Path, nargs="+", metavar="SOURCE", help="games to measure on (default: a tenth, held out)"
    )
    parser.add_argument("--quick", action="store_true", help="for a class: one seed and few positions, in minutes")
    parser.add_argument(
        "--only", metavar="LETTERS", help="claims to test, such as a,c (default: a to f; r: the search for rates)"
    )
    parser.add_argument("--seeds", type=int, metavar="N", help="runs of each network (default: 3, quick: 1)")
    parser.add_argument(
        "--positions", type=int, metavar="N", help="positions a network learns from (default: 32000, quick: 10000)"
    )
    parser.add_argument(
        "--measured", type=int, metavar="N", help="positions to measure on (default: 8192, quick: 2048)"
    )
    options.add_threads(parser)
    options.add_precision(parser)
    options.add_no_progress(parser)


def run(args: argparse.Namespace) -> int:
    """Compare, showing progress on stderr, and name the report."""
    import sys

    import torch

    from gopolicy.commands import compile_rules
    from gopolicy.explain.lesson.comparisons import chosen_claims
    from gopolicy.explain.lesson.results import Results
    from gopolicy.explain.lesson.running import Material
    from gopolicy.training.device import set_up

    claims, settings = chosen_claims(args.only), _settings(args)
    options.apply_threads(args)
    set_up(torch.device("cpu"))
    compile_rules()
    material = Material.of(
        options.read_games(args.sources), options.read_games(args.validation) if args.validation else None
    )
    results = Results(args.out, material.facts(settings), _machine())
    ended = _compare(args, claims, material, settings, results)

    from gopolicy.explain.lesson.report import write_report

    write_report(results, claims, args.out)
    if not ended:
        print("stopped: the report shows what is finished, the same command goes on from here", file=sys.stderr)
        return 130
    print(f"{args.out / 'report.md'} is ready")
    return 0


def _settings(args: argparse.Namespace) -> "Settings":
    """Return what the options say; raises LessonError for a number below 1."""
    from dataclasses import replace

    from gopolicy.explain.lesson.comparisons import LessonError
    from gopolicy.explain.lesson.running import QUICK, Settings
    from gopolicy.training.device import pick_device, pick_precision

    for name in ("seeds", "positions", "measured", "threads"):
        if getattr(args, name) is not None and getattr(args, name) < 1:
            raise LessonError(f"--{name} {getattr(args, name)}: must be at least 1")
    settings = QUICK if args.quick else Settings()
    changes = {name: getattr(args, name) for name in ("positions", "measured") if getattr(args, name)}
    return replace(settings, precision=pick_precision(args.precision, pick_device("cpu")), **changes)


def _machine() -> dict[str, str]:
    """Return where and with what the networks are trained."""
    import os
    import platform

    import torch

    threads = f"{torch.get_num_threads()} of {os.cpu_count()} cores"
    return {"machine": f"{platform.machine()}, {threads}", "torch": torch.__version__}


def _compare(
    args: argparse.Namespace,
    claims: "tuple[Claim, ...]",
    material: "Material",
    settings: "Settings",
    results: "Results",
) -> bool:
    """Train and measure what is missing; return False if Ctrl-C broke it off."""
    import sys

    from tqdm import tqdm

    from gopolicy.explain.lesson.comparisons import NETWORKS, networks_of
    from gopolicy.explain.lesson.running import compare

    names, seeds = networks_of(claims), range(1, 1 + (args.seeds or (1 if args.quick else 3)))
    missing = [name for name in names for seed in seeds if not results.has(name, seed)]
    total = round(sum(NETWORKS[name].times for name in missing) * settings.positions)
    with tqdm(total=total, unit=" pos", unit_scale=True, disable=args.no_progress, file=sys.stderr) as bar:

        def show(name: str, seed: int, positions: int) -> None:
            bar.set_postfix_str(f"{name}, seed {seed}", refresh=False)
            bar.update(positions)

        try:
            compare(material, names, len(seeds), settings, results, show)
        except KeyboardInterrupt:
            return False
    return True

"""Average the weights of networks that were trained from one start; the average may predict better than each of them.

Measure it with `gopolicy evaluate` on games that none of them was trained on, and fit its temperature anew.
"""

import argparse
from pathlib import Path

from gopolicy.commands import options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("models", nargs="+", metavar="MODEL", help="model files or runs; `net` ships")
    parser.add_argument("--shares", type=float, nargs="+", metavar="S", help="one a model (default: equal ones)")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the model file to write")


def run(args: argparse.Namespace) -> int:
    """Average and write."""
    from math import isfinite

    from gopolicy.files import display_name
    from gopolicy.nn.model_file import average_models, is_half, save_model
    from gopolicy.policy.policy import find_model

    paths = [find_model(name) for name in args.models]
    shares = args.shares or [1.0] * len(paths)
    if len(shares) != len(paths) or not (isfinite(sum(shares)) and min(shares) > 0):
        raise options.OptionError(f"--shares: needs {len(paths)} numbers over 0, one a model")
    options.check_outputs(args, args.out, inputs=paths)
    network, facts = average_models(paths, shares)
    save_model(args.out, network, facts, half=all(map(is_half, paths)))
    print(f"{display_name(args.out)} is {facts.started_from}")
    return 0

"""Draw the input that filters or output points like best, found by gradient ascent with the weights fixed.

Every point is a mixture: own stone, opponent's stone or empty, and what such a point can hold in the other
features (see gopolicy.nn.explain.mixture); the larger and darker a stone, the surer.  Left without, right with the
lecture's L1 term: a penalty on every stone.  A filter counts at the middle point, or with --sum by its degree
of activation, the sum over the board; an output point (--output) by the log probability of the move.  The features
of moves could then say it all without any stone, so with --output only stones are free, and every empty point holds
what it holds on the empty board.  Nothing says that a favorite input can occur: --records tells how much real
positions reach, at most.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gopolicy.go.coords import BOARD_SIZE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gopolicy.nn import PolicyNetwork
    from gopolicy.nn.explain import Favorites, Unit

CENTER = 180
REAL = 1000  # positions of --records


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    from gopolicy.commands.explain.options import add_filters, add_output

    add_filters(parser)
    parser.add_argument("--output", nargs="+", metavar="VERTEX", help="output points such as Q16, instead of filters")
    parser.add_argument("--sum", action="store_true", help="a filter's sum over the board, not one point")
    parser.add_argument(
        "--free", choices=("all", "stones"), help="all planes, or stones alone (default: all; stones with --output)"
    )
    parser.add_argument("--penalty", type=float, default=0.02, metavar="L", help="of a stone (default: 0.02)")
    parser.add_argument("--steps", type=int, default=200, metavar="N", help="of the ascent (default: 200)")
    parser.add_argument("--seed", type=int, default=0, help="of the start (default: 0)")
    parser.add_argument("--records", nargs="+", type=Path, metavar="SOURCE", help="compare with 1,000 real positions")
    parser.add_argument("--no-progress", action="store_true", help="no progress bar")
    add_output(parser, "favorite.png")


def run(args: argparse.Namespace) -> int:
    """Climb and draw."""
    import numpy as np

    from gopolicy.commands.explain.favorite_sheet import draw_favorites, unit_name, value_text
    from gopolicy.commands.explain.options import check_rows, load_network, save_arrays

    if args.steps < 1 or args.penalty < 0:
        raise ValueError("--steps must be at least 1, and --penalty not negative")
    network = load_network(args.model)
    units = _units(args, network)
    check_rows([(unit.layer or 0, unit.filter) for unit in units])
    pair = _climb(args, network, units)
    real = _real_values(args.records, network, units) if args.records else None
    draw_favorites(network, units, pair, real).save(args.out)
    for i, unit in enumerate(units):
        values = [f"{value_text(unit, found.values[i])} with {found.stones[i]:.0f} stones" for found in pair]
        told = "" if real is None else f"; {REAL:,} real positions at most {value_text(unit, real[i])}"
        print(f"{unit_name(unit)}: {values[0]}; L1 term: {values[1]}{told}")
    print(f"{args.out}: {len(units)} favorite inputs")
    names = np.array([unit_name(unit) for unit in units])
    save_arrays(args.arrays, units=names, planes=pair[0].planes, planes_l1=pair[1].planes)
    return 0


def _units(args: argparse.Namespace, network: "PolicyNetwork") -> "list[Unit]":
    from gopolicy.commands.explain.options import parse_filters
    from gopolicy.go.coords import parse_vertex
    from gopolicy.nn.explain import Unit

    if not args.output:
        point = None if args.sum else CENTER
        return [Unit(layer, number, point) for layer, number in parse_filters(args.filters, network)]
    if args.filters or args.sum:
        raise ValueError("--output is instead of --filters and --sum")
    points = [parse_vertex(vertex, BOARD_SIZE) for vertex in args.output]
    if None in points:
        raise ValueError("--output: a pass is no point")
    return [Unit(point=point) for point in points]


def _climb(
    args: argparse.Namespace, network: "PolicyNetwork", units: "Sequence[Unit]"
) -> "tuple[Favorites, Favorites]":
    """Return the favorites without and with the penalty; units of one layer climb together."""
    import sys
    from functools import partial

    from tqdm import tqdm

    from gopolicy.nn.explain import favorite_inputs

    moves = _empty_board() if (args.free or ("stones" if args.output else "all")) == "stones" else None
    layers = list(dict.fromkeys(unit.layer for unit in units))
    results = []
    with tqdm(total=2 * len(layers) * args.steps, unit=" step", disable=args.no_progress, file=sys.stderr) as bar:
        for penalty in (0.0, args.penalty):
            parts = []
            for layer in layers:
                group = [unit for unit in units if unit.layer == layer]
                climb = partial(favorite_inputs, network, group, steps=args.steps, seed=args.seed)
                parts.append(climb(penalty=penalty, moves=moves, progress=bar.update))
            results.append(_in_order(parts, layers, units))
    return results[0], results[1]


def _empty_board() -> "NDArray[np.uint8]":
    from gopolicy.features import encode
    from gopolicy.go.game import Game

    return encode(Game())


def _in_order(parts: "list[Favorites]", layers: list[int | None], units: "Sequence[Unit]") -> "Favorites":
    """Return the groups' favorites in the order of the units."""
    import numpy as np

    from gopolicy.nn.explain import Favorites

    grouped = [i for layer in layers for i, unit in enumerate(units) if unit.layer == layer]
    order = np.argsort(grouped)
    names = ("planes", "colors", "values", "stones")
    return Favorites(*(np.concatenate([getattr(part, name) for part in parts])[order] for name in names))


def _real_values(sources: list[Path], network: "PolicyNetwork", units: "Sequence[Unit]") -> list[float]:
    """Return the most that each unit answers to real positions: anywhere on the board, for a filter at a point."""
    import numpy as np
    import torch

    from gopolicy.commands import compile_rules
    from gopolicy.commands.explain.examples import Sample
    from gopolicy.nn.explain.ascent import greatest_values

    compile_rules()
    sample = Sample.draw(sources, REAL, seed=0)
    planes = np.concatenate([batch.planes for batch in sample.batches(lambda done: None)])
    with torch.inference_mode():
        return [float(value) for value in greatest_values(network, planes, units)]

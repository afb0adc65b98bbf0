"""Draw the input that activates filters or output points most: activation maximization by gradient ascent.

Every point is a mixture: own stone, opponent's stone or empty, and what such a point can hold in the other
features (see gopolicy.explain.soft_planes); the larger and darker a stone, the more probable.  Left without, right with
the lecture's L1 term: a penalty on every stone.  A filter counts at the middle point, or with --sum by its degree
of activation, the sum over the board; an output point (--output) by the log probability of the move.  The features
of moves could then say it all without any stone, so with --output only stones are free, and every empty point holds
what it holds on the empty board.  Such an input need not be able to occur: --records prints what real
positions reach, at most.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gopolicy.commands import options
from gopolicy.go.coords import BOARD_SIZE, parse_vertex

if TYPE_CHECKING:
    from gopolicy.explain.activation_maximization import MaximizingInputs
    from gopolicy.explain.activations import Unit
    from gopolicy.nn import PolicyNetwork

CENTER: Final = 180
REAL: Final = 1000  # positions of --records


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
    options.add_no_progress(parser)
    add_output(parser, "favorite.png")


def run(args: argparse.Namespace) -> int:
    """Maximize, draw and print."""
    import math

    import numpy as np

    from gopolicy.commands.explain.options import check_rows, load_network, save_arrays
    from gopolicy.explain.drawing.input_sheet import draw_inputs, value_text
    from gopolicy.explain.filter_names import unit_name

    options.check_positive(args, "steps")
    options.check_seed(args)
    if not 0 <= args.penalty < math.inf:
        raise options.OptionError("--penalty must not be negative")
    options.check_outputs(args, options.picture_path(args.out), args.arrays, inputs=args.records or ())
    network = load_network(args.model)
    units = _units(args, network)
    check_rows([(unit.layer or 0, unit.filter) for unit in units])
    pair = _maximize(args, network, units)
    real = _real_values(args.records, network, units) if args.records else None
    draw_inputs(network, units, pair, real).save(args.out)
    for i, unit in enumerate(units):
        values = [f"{value_text(unit, found.values[i])} with {found.stones[i]:.0f} stones" for found in pair]
        reached = "" if real is None else f"; {REAL:,} real positions at most {value_text(unit, real[i])}"
        print(f"{unit_name(unit)}: {values[0]}; L1 term: {values[1]}{reached}")
    print(f"{args.out}: {len(units)} inputs")
    names = np.array([unit_name(unit) for unit in units])
    save_arrays(args, units=names, planes=pair[0].planes, planes_l1=pair[1].planes)
    return 0


def _units(args: argparse.Namespace, network: "PolicyNetwork") -> "list[Unit]":
    from gopolicy.commands.options import OptionError
    from gopolicy.explain.activations import Unit
    from gopolicy.explain.filter_names import parse_filters

    if not args.output:
        point = None if args.sum else CENTER
        return [Unit(layer, number, point) for layer, number in parse_filters(args.filters, network)]
    if args.filters or args.sum:
        raise OptionError("--output is instead of --filters and --sum")
    points = [parse_vertex(vertex, BOARD_SIZE) for vertex in args.output]
    if None in points:
        raise OptionError("--output: a pass is no point")
    return [Unit(point=point) for point in points]


def _maximize(
    args: argparse.Namespace, network: "PolicyNetwork", units: "list[Unit]"
) -> "tuple[MaximizingInputs, MaximizingInputs]":
    """Return the inputs without and with the penalty."""
    import sys
    from functools import partial

    from tqdm import tqdm

    from gopolicy.explain.activation_maximization import maximizing_inputs
    from gopolicy.features import encode
    from gopolicy.go.game import Game

    only_stones = (args.free or ("stones" if args.output else "all")) == "stones"
    total = 2 * len({unit.layer for unit in units}) * args.steps
    with tqdm(total=total, unit=" step", disable=args.no_progress, file=sys.stderr) as bar:
        maximize = partial(maximizing_inputs, network, units, steps=args.steps, seed=args.seed, on_progress=bar.update)
        moves = encode(Game()) if only_stones else None
        return maximize(moves=moves), maximize(moves=moves, penalty=args.penalty)


def _real_values(sources: list[Path], network: "PolicyNetwork", units: "list[Unit]") -> list[float]:
    """Return the greatest value of each unit over real positions: anywhere on the board, for a filter at a point."""
    import numpy as np

    from gopolicy.commands import compile_rules
    from gopolicy.explain.activations import greatest_values
    from gopolicy.explain.position_sample import PositionSample

    compile_rules()
    sample = PositionSample.draw(sources, REAL, seed=0)
    planes = np.concatenate([batch.planes for batch in sample.batches(lambda done: None)])
    return [float(value) for value in greatest_values(network, planes, units)]

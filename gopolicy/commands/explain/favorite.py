"""Draw the input that filters or output points like best, found by gradient ascent with the weights fixed.

Every point is a mixture: own stone, opponent's stone or empty, and what such a point can hold in the other
features (see gopolicy.nn.explain.mixture); the larger and darker a stone, the surer.  Left without, right with the
lecture's L1 term: a penalty on every stone.  A filter counts at the middle point, or with --sum by its degree
of activation, the sum over the board; an output point (--output) by the log probability of the move.  Nothing says
that such an input can occur: --records tells how much real positions reach, at most.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gopolicy.commands.explain.sheet import Sheet
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
    parser.add_argument("--penalty", type=float, default=0.02, metavar="L", help="of a stone (default: 0.02)")
    parser.add_argument("--steps", type=int, default=200, metavar="N", help="of the ascent (default: 200)")
    parser.add_argument("--seed", type=int, default=0, help="of the start (default: 0)")
    parser.add_argument("--records", nargs="+", type=Path, metavar="SOURCE", help="compare with 1,000 real positions")
    parser.add_argument("--no-progress", action="store_true", help="no progress bar")
    add_output(parser, "favorite.png")


def run(args: argparse.Namespace) -> int:
    """Climb and draw."""
    import numpy as np

    from gopolicy.commands.explain.options import check_rows, load_network, save_arrays

    if args.steps < 1 or args.penalty < 0:
        raise ValueError("--steps must be at least 1, and --penalty not negative")
    network = load_network(args.model)
    units = _units(args, network)
    check_rows([(unit.layer or 0, unit.filter) for unit in units])
    pair = _climb(args, network, units)
    real = _real_values(args.records, network, units) if args.records else None
    _draw(args, network, units, pair, real).save(args.out)
    for i, unit in enumerate(units):
        values = [f"{found.values[i]:.2f} with {found.stones[i]:.0f} stones" for found in pair]
        told = "" if real is None else f"; {REAL:,} real positions at most {real[i]:.2f}"
        print(f"{_name(unit)}: {values[0]}; L1 term: {values[1]}{told}")
    print(f"{args.out}: {len(units)} favorite inputs")
    names = np.array([_name(unit) for unit in units])
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
    points = [parse_vertex(vertex, 19) for vertex in args.output]
    if None in points:
        raise ValueError("--output: a pass is no point")
    return [Unit(point=point) for point in points]


def _name(unit: "Unit") -> str:
    from gopolicy.go.coords import to_vertex

    if unit.layer is None:
        return f"output {to_vertex(unit.point, 19)}"
    return f"layer {unit.layer} filter {unit.filter}"


def _climb(
    args: argparse.Namespace, network: "PolicyNetwork", units: "Sequence[Unit]"
) -> "tuple[Favorites, Favorites]":
    """Return the favorites without and with the penalty; units of one layer climb together."""
    import sys

    from tqdm import tqdm

    from gopolicy.nn.explain import favorite_inputs

    layers = list(dict.fromkeys(unit.layer for unit in units))
    results = []
    with tqdm(total=2 * len(layers) * args.steps, unit=" step", disable=args.no_progress, file=sys.stderr) as bar:
        for penalty in (0.0, args.penalty):
            parts = []
            for layer in layers:
                group = [unit for unit in units if unit.layer == layer]
                parts.append(
                    favorite_inputs(
                        network, group, penalty=penalty, steps=args.steps, seed=args.seed, progress=bar.update
                    )
                )
            results.append(_in_order(parts, layers, units))
    return results[0], results[1]


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


def _draw(
    args: argparse.Namespace,
    network: "PolicyNetwork",
    units: "Sequence[Unit]",
    pair: "tuple[Favorites, Favorites]",
    real: list[float] | None,
) -> "Sheet":
    from gopolicy.commands.explain.sheet import Diagram, Sheet, Window
    from gopolicy.nn.explain import receptive_field

    def window(unit: "Unit") -> Window:
        if unit.layer is None or unit.point is None:
            return Window(0, 0, 19)
        return Window.around(unit.point, receptive_field(network, unit.layer))

    windows = [window(unit) for unit in units]
    side = max(shown.side for shown in windows)
    width, height = 2 * side + 3.0, side + 3.4
    columns = max(1, min(len(units), round(100 / width), -(-len(units) // 2) if len(units) > 2 else 2))
    rows = -(-len(units) // columns)
    inches = min(0.2, 18 / (columns * width))
    sheet = Sheet(columns * width + 0.6, rows * height + 2.6, inches=inches)
    unit_size = 0.14 / inches
    sheet.text(0.8, 1.0, "Favorite inputs: left without, right with the L1 term.", size=unit_size, weight="bold")
    sheet.text(
        0.8, 1.0 + 1.25 * unit_size, "Black: the player to move.  Size and shade: how sure.", size=0.85 * unit_size
    )
    for i, unit in enumerate(units):
        x, y = (i % columns) * width + 0.8, (i // columns) * height + 4.0
        reach = "" if real is None else f", real positions {real[i]:.1f}"
        values = f"{pair[0].values[i]:.1f} and {pair[1].values[i]:.1f}{reach}"
        sheet.text(x, y - 0.6, f"{_name(unit)}: {values}", size=0.75 * unit_size)
        for place, found in enumerate(pair):
            framed = unit.point
            diagram = Diagram(found.colors[i, :2], framed=framed)
            sheet.board(x + place * (side + 0.8) + (side - windows[i].side) / 2, y, diagram, windows[i])
    return sheet

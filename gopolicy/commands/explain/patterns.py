"""Find the real positions that activate filters most and draw them as Go diagrams.

Each diagram is cut to the filter's receptive field (at most --side points) around the point that activates it, in a
blue square; the move that was played next has an orange ring; a board's edge is a thick line.
Of each game only one position is shown.  --table says in numbers what the examples have in common, beside how common
that is among random points; --shapes draws the filters that show given shapes most clearly.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gopolicy.commands import options

if TYPE_CHECKING:
    from gopolicy.explain.patterns import Patterns
    from gopolicy.explain.position_sample import PositionSample
    from gopolicy.nn import PolicyNetwork


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    from gopolicy.commands.explain.options import add_filters, add_output

    parser.add_argument(
        "sources", nargs="*", type=Path, metavar="SOURCE", help="corpus files or game records (default: data)"
    )
    add_filters(parser)
    parser.add_argument(
        "--shapes",
        nargs="+",
        metavar="NAME",
        help='the clearest filter (default: of all) of each, such as "ko capture" hane cuts',
    )
    add_output(parser, "patterns.png")
    parser.add_argument(
        "--table", action="store_true", help="print what the examples of a filter share (default: of all); no picture"
    )
    parser.add_argument("--top", type=int, default=10, metavar="N", help="examples a filter (default: 10)")
    parser.add_argument("--drawn", type=int, metavar="N", help="draw only N of them (default: all)")
    parser.add_argument("--side", type=int, default=13, metavar="N", help="draw at most N points a side (default: 13)")
    parser.add_argument(
        "--sample", type=int, default=20_000, metavar="N", help="search N random positions (default: 20,000)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the sample (default: 0)")
    options.add_precision(parser)
    options.add_threads(parser)
    options.add_no_progress(parser)


def run(args: argparse.Namespace) -> int:
    """Search, then draw or print."""
    from gopolicy.commands import compile_rules
    from gopolicy.commands.explain.options import check_rows, load_network, save_arrays
    from gopolicy.explain.filter_names import parse_filters
    from gopolicy.explain.position_sample import PositionSample

    options.apply_threads(args)
    options.check_positive(args, "top", "drawn", "sample", "side")
    options.check_seed(args)
    options.check_outputs(
        args, None if args.table else options.picture_path(args.out), args.arrays, inputs=args.sources
    )
    _check_shapes(args.shapes or [])
    network = load_network(args.model)
    everything = args.filters is None and (args.table or args.shapes)
    pairs = parse_filters(["all"] if everything else args.filters, network)
    if not args.table:
        check_rows(args.shapes or pairs)
    compile_rules()
    sample = PositionSample.draw(args.sources or [Path("data")], args.sample, args.seed)
    found = _search(args, network, sample, sorted({layer for layer, _ in pairs}))
    _report(args, network, sample, found, pairs)
    arrays = {f"layer {layer} {name}": array for layer, table in found.items() for name, array in vars(table).items()}
    save_arrays(args, game=sample.games, move=sample.moves, **arrays)
    return 0


def _check_shapes(names: list[str]) -> None:
    """Refuse what is no shape, such as a source, before any is searched."""
    from gopolicy.explain.go_shapes import SHAPES

    for name in names:
        if name not in SHAPES:
            known = ", ".join(SHAPES)
            raise options.OptionError(
                f"--shapes {name!r}: no such shape; write SOURCE before --shapes.  Shapes: {known}"
            )


def _search(
    args: argparse.Namespace, network: "PolicyNetwork", sample: "PositionSample", layers: list[int]
) -> "dict[int, Patterns]":
    import sys

    from tqdm import tqdm

    from gopolicy.explain.patterns import find_patterns
    from gopolicy.nn.network import on_device
    from gopolicy.training.device import pick_device, pick_precision, torch_dtype

    device = pick_device("auto")
    dtype = torch_dtype(pick_precision(args.precision, device))
    with tqdm(total=len(sample), unit=" pos", disable=args.no_progress, file=sys.stderr) as bar:
        batches = sample.batches(bar.update)
        return find_patterns(on_device(network, device), batches, layers, top=args.top, dtype=dtype)


def _report(
    args: argparse.Namespace,
    network: "PolicyNetwork",
    sample: "PositionSample",
    found: "dict[int, Patterns]",
    pairs: list[tuple[int, int]],
) -> None:
    """Print the table, or draw the filters that were named or that show the named shapes."""
    from gopolicy.explain.drawing.pattern_sheet import draw_patterns
    from gopolicy.explain.pattern_statistics import base_rates, find_clearest, shared_shapes, table_lines

    examples = {(layer, number): sample.examples(found[layer], number) for layer, number in pairs}
    titles = {(layer, number): f"layer {layer}" for layer, number in pairs}
    if args.table or args.shapes:
        base = base_rates(sample, args.seed)
        shared = shared_shapes(examples, base)
    if args.table:
        print(f"the best places of each filter in {sample}; in brackets: among random points\n")
        print("\n".join(table_lines(examples, shared, base)))
        return
    if args.shapes:
        clearest = find_clearest(shared, args.shapes)
        titles = {row.filter: f"{row.name} {row.examples}/{len(examples[row.filter])}" for row in clearest}
        examples = {row.filter: examples[row.filter] for row in clearest}
        for row in clearest:
            print(f"{row.filter[0]}:{row.filter[1]:<4} {titles[row.filter]}")
    examples = {chosen: places[: args.drawn] for chosen, places in examples.items()}
    draw_patterns(network.cpu(), examples, titles, side=args.side, searched=str(sample)).save(args.out)
    print(f"{args.out}: {len(examples)} filters, the best {args.top} places of each in {sample}")

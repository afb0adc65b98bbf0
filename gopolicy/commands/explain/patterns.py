"""Find the real positions that excite filters most and draw them as Go diagrams.

Each diagram is cut to what the filter can see (its receptive field) around the point where it answers, in a blue
square; the move that was played next has an orange ring; a board's edge is a thick line.  Of each game only
one position is shown.  --table says in numbers what the examples have in common, beside how common that is
among random points.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gopolicy.commands.explain.sheet import Sheet
    from gopolicy.go.game import Game
    from gopolicy.nn import PolicyNetwork
    from gopolicy.nn.explain import Patterns
    from gopolicy.nn.explain.patterns import Positions
    from gopolicy.records.corpus import Corpus

BATCH = 64
BASE = 4000  # random points that the table compares with
SHOWN = 5  # properties a filter in the table
FAINT = 0.05  # stones with less than this share of the greatest credit are drawn faintly
LEGEND = (
    "Black is to play.  Blue square: here the filter answers; orange ring: the next move; "
    "faint stones hardly mattered to it."
)


class Example(NamedTuple):
    """A place where a filter answered: the position, what was played there next, the point, how much."""

    game: "Game"
    played: int
    point: int
    value: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    from gopolicy.commands.explain.options import add_filters, add_output

    parser.add_argument(
        "sources", nargs="*", type=Path, metavar="SOURCE", help="corpus files or game records (default: data)"
    )
    add_filters(parser)
    add_output(parser, "patterns.png")
    parser.add_argument("--table", action="store_true", help="print what the examples have in common; no picture")
    parser.add_argument("--top", type=int, default=10, metavar="N", help="examples a filter (default: 10)")
    parser.add_argument("--side", type=int, default=13, metavar="N", help="draw at most N points a side (default: 13)")
    parser.add_argument(
        "--sample", type=int, default=20_000, metavar="N", help="search N random positions (default: 20,000)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the sample (default: 0)")
    parser.add_argument("--precision", default="auto", help="auto, float32 or bfloat16 (default: auto)")
    parser.add_argument("--threads", type=int, metavar="N", help="CPU threads (default: torch's)")
    parser.add_argument("--no-progress", action="store_true", help="no progress bar")


def run(args: argparse.Namespace) -> int:
    """Search, then draw or print."""
    import numpy as np
    import torch

    from gopolicy.commands import compile_rules
    from gopolicy.commands.explain.options import check_rows, load_network, parse_filters, save_arrays
    from gopolicy.records.prepare import load_sources
    from gopolicy.training.evaluation import sample_positions

    if args.threads:
        torch.set_num_threads(args.threads)
    if args.top < 1 or args.sample < 1:
        raise ValueError("--top and --sample must be at least 1")
    network = load_network(args.model)
    pairs = parse_filters(["all"] if args.table and args.filters is None else args.filters, network)
    if not args.table:
        check_rows(pairs)
    compile_rules()
    corpus = load_sources(args.sources or [Path("data")])
    places = sample_positions(corpus, np.arange(len(corpus)), args.sample, args.seed)
    found = _search(args, network, corpus, places, sorted({layer for layer, _ in pairs}))
    examples = {(layer, number): list(_examples(corpus, places, found[layer], number)) for layer, number in pairs}
    searched = f"{len(places[0]):,} positions of {len(np.unique(places[0])):,} games"
    if args.table:
        _print_table(examples, _base_rates(corpus, places, args.seed), searched)
    else:
        _draw(args, network, examples, searched).save(args.out)
        print(f"{args.out}: {len(pairs)} filters, the best {args.top} places of each in {searched}")
    arrays = {f"layer {layer} {name}": array for layer, table in found.items() for name, array in vars(table).items()}
    save_arrays(args.arrays, game=places[0], move=places[1], **arrays)
    return 0


def _search(
    args: argparse.Namespace,
    network: "PolicyNetwork",
    corpus: "Corpus",
    places: "tuple[NDArray[np.int64], NDArray[np.int64]]",
    layers: list[int],
) -> "dict[int, Patterns]":
    import sys

    import torch
    from tqdm import tqdm

    from gopolicy.nn.explain import find_patterns
    from gopolicy.nn.network import on_device
    from gopolicy.training.device import pick_device, pick_precision

    device = pick_device("auto")
    dtype = torch.bfloat16 if pick_precision(args.precision, device) == "bfloat16" else torch.float32
    with tqdm(total=len(places[0]), unit=" pos", disable=args.no_progress, file=sys.stderr) as bar:
        batches = _batches(corpus, places, bar.update)
        return find_patterns(on_device(network, device), batches, layers, top=args.top, dtype=dtype)


def _batches(
    corpus: "Corpus", places: "tuple[NDArray[np.int64], NDArray[np.int64]]", progress: Callable[[int], object]
) -> "Iterator[Positions]":
    import numpy as np

    from gopolicy.features.batch import encode_positions
    from gopolicy.features.planes import unpack
    from gopolicy.nn.explain.patterns import Positions

    games, moves = places
    for first in range(0, len(games), BATCH):
        part = slice(first, first + BATCH)
        planes, _ = encode_positions(corpus, games[part], moves[part])
        yield Positions(unpack(planes), np.arange(first, first + len(planes)), games[part])
        progress(len(planes))


def _position(corpus: "Corpus", game: int, move: int) -> "tuple[Game, int]":
    """Return a game of the corpus before one of its moves, passes not counted, and that move."""
    import numpy as np

    from gopolicy.go import events as ev
    from gopolicy.go.game import Game

    events = corpus.events(game)
    moves = np.flatnonzero(((events & ev.SETUP) == 0) & ((events & ev.POINT_MASK) != ev.NO_POINT))
    place = int(moves[move])
    position = Game.from_events(19, events[:place])
    position.to_play = ev.event_color(int(events[place]))
    return position, int(events[place]) & ev.POINT_MASK


def _examples(
    corpus: "Corpus", places: "tuple[NDArray[np.int64], NDArray[np.int64]]", table: "Patterns", number: int
) -> Iterator[Example]:
    rows = zip(table.positions[number], table.points[number], table.values[number], strict=True)
    for position, point, value in rows:
        if position >= 0:
            game, played = _position(corpus, int(places[0][position]), int(places[1][position]))
            yield Example(game, played, int(point), float(value))


def _base_rates(corpus: "Corpus", places: "tuple[NDArray[np.int64], NDArray[np.int64]]", seed: int) -> dict[str, float]:
    """Return how many of all points of the sample's positions have each property, as a share, from random ones."""
    import numpy as np

    from gopolicy.commands.explain.shapes import shapes

    rng = np.random.default_rng(seed)
    counts: Counter[str] = Counter()
    chosen = rng.integers(len(places[0]), size=BASE // 10)
    for index in chosen.tolist():
        game, played = _position(corpus, int(places[0][index]), int(places[1][index]))
        for point in rng.integers(game.size**2, size=10).tolist():
            counts.update(shapes(game, point, played))
    return {name: count / (10 * len(chosen)) for name, count in counts.items()}


def _print_table(examples: dict[tuple[int, int], list[Example]], base: dict[str, float], searched: str) -> None:
    from gopolicy.commands.explain.shapes import common_shapes

    print(f"the best places of each filter in {searched}; in brackets: among random points\n")
    print("layer filter  strongest  of the examples are at a point that is")
    clearest: dict[str, tuple[int, int, int]] = {}  # by name: examples, layer, filter
    for (layer, number), found in examples.items():
        if not found:
            print(f"{layer:>5}{number:>7}{0:>11.2f}  silent")
            continue
        shared = common_shapes([(e.game, e.point, e.played) for e in found], base)
        told = ", ".join(f"{count}/{len(found)} {name} ({rate:.1%})" for name, count, rate in shared[:SHOWN])
        print(f"{layer:>5}{number:>7}{found[0].value:>11.2f}  {told}")
        for name, count, _ in shared:
            if count > clearest.get(name, (0, 0, 0))[0]:
                clearest[name] = (count, layer, number)
    print("\nthe earliest of the clearest filters of each\nlayer filter  examples")
    for name in sorted(clearest, key=lambda name: base.get(name, 0.0)):
        count, layer, number = clearest[name]
        print(f"{layer:>5}{number:>7}{count:>10}  {name} ({base.get(name, 0.0):.1%})")


def _draw(
    args: argparse.Namespace,
    network: "PolicyNetwork",
    examples: dict[tuple[int, int], list[Example]],
    searched: str,
) -> "Sheet":
    import numpy as np

    from gopolicy.commands.explain.sheet import Diagram, Sheet, Window, real_stones
    from gopolicy.features import encode
    from gopolicy.go.game import Game
    from gopolicy.nn.explain import Unit, attributions, receptive_field

    empty = encode(Game())
    fields = {layer: receptive_field(network, layer) for layer, _ in examples}
    sides = {layer: min(field, args.side, 19) for layer, field in fields.items()}
    widest = max(sides.values())
    step = widest + 1.2
    inches = min(0.17, 20 / (args.top * step))
    unit = 0.16 / inches  # a letter is as large on every sheet
    label, head = 5.6 * unit, 3.4 * unit
    height = sum(sides[layer] + 1.4 + unit for layer, _ in examples)
    sheet = Sheet(label + args.top * step, head + height, inches=inches)
    sheet.text(0.6, unit, f"Where filters answer most: the best of {searched}", size=0.95 * unit, weight="bold")
    sheet.text(0.6, 2.3 * unit, LEGEND, size=0.75 * unit)
    y = head
    for (layer, number), found in examples.items():
        side = sides[layer]
        sheet.text(0.6, y + side / 2 - unit, f"layer {layer}", size=0.9 * unit)
        sheet.text(0.6, y + side / 2 + 0.4 * unit, f"filter {number}", size=0.9 * unit)
        if not found:
            sheet.text(label, y + side / 2, "silent on all of them", size=0.9 * unit, color="#666666")
        for place, example in enumerate(found):
            unit_here = Unit(layer, number, example.point)
            planes = encode(example.game)
            credits = np.abs(attributions(network, planes, empty, unit_here, steps=8)).sum(0)
            faint = credits < FAINT * credits.max()
            diagram = Diagram(real_stones(planes), framed=example.point, ringed=example.played, faint=faint)
            x = label + place * step + (widest - side) / 2
            sheet.board(x, y, diagram, Window.around(example.point, side))
            sheet.text(
                x + side / 2,
                y + side + 0.5 * unit,
                f"{example.value:.1f}",
                size=0.65 * unit,
                ha="center",
                color="#666666",
            )
        y += side + 1.4 + unit
    return sheet

"""Look inside a network: its sizes, what activates its filters, why it expects a move.

  layers       the size arithmetic of every layer, beside what full connections would cost
  filters      first-layer filters as pictures, by feature
  patterns     the real positions that activate filters most, as Go diagrams
  favorite     the input that activates a filter or an output point most, by gradient ascent
  dream        the stones that a layer would add to a position
  attribution  which stones and planes moved the probability of a move (also: saliency)

In patterns and inputs of favorite the player to move is drawn as Black.  Layers count from 1, filters from 0:
3:17 is filter 17 of layer 3.  `gopolicy explain MODE --help` has the options of each; the same as arrays in
Python is in gopolicy.explain.
"""

import argparse
import importlib

from gopolicy.commands.options import add_model

MODES = {"layers": [], "filters": [], "patterns": [], "favorite": [], "dream": [], "attribution": ["saliency"]}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the modes and their options."""
    modes = parser.add_subparsers(dest="mode", metavar="MODE", required=True)
    for name, aliases in MODES.items():
        module = importlib.import_module(f"{__name__}.{name}")
        text = module.__doc__ or ""
        mode = modes.add_parser(
            name,
            aliases=aliases,
            help=text.splitlines()[0],
            description=text,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        add_model(mode)
        module.add_arguments(mode)
        mode.set_defaults(explain=module.run)


def run(args: argparse.Namespace) -> int:
    """Run the chosen mode."""
    return int(args.explain(args))

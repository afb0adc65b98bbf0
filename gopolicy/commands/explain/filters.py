"""Draw first-layer filters as pictures, plane by plane, in the groups of the features.

Blue weights are positive, orange ones negative; each filter is scaled to the largest weight shown.  Printed is how the
squared weights are shared among the features.
"""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gopolicy.nn import PolicyNetwork


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    from gopolicy.commands.explain.options import add_output

    add_output(parser, "filters.png")
    parser.add_argument("--filters", metavar="LIST", help="such as 0-23,40 (default: the first 24; all with --feature)")
    parser.add_argument("--feature", metavar="NAME", help='only the planes of a feature, such as "stone color"')


def run(args: argparse.Namespace) -> int:
    """Draw the sheet and print the shares."""
    import numpy as np

    from gopolicy.commands.explain.options import load_network, save_arrays
    from gopolicy.commands.options import check_outputs, picture_path
    from gopolicy.explain.drawing.filter_sheet import draw_filters
    from gopolicy.explain.filter_names import parse_filters
    from gopolicy.explain.layer_sizes import first_layer_shares

    check_outputs(args, picture_path(args.out), args.arrays)
    network = load_network(args.model)
    most = network.config.filters
    chosen = args.filters or f"0-{min(most, most if args.feature else 24) - 1}"
    numbers = [number for _, number in parse_filters([f"1:{chosen.removeprefix('1:')}"], network)]
    weights = next(network.hidden()).weight.detach().numpy()
    groups = _groups(network, args.feature)
    draw_filters(weights, numbers, groups).save(args.out, dpi=100)
    print(f"{args.out}: {len(numbers)} filters of layer 1, {sum(len(planes) for planes in groups.values())} planes")
    save_arrays(args, weights=weights, filters=np.array(numbers))
    print("\nshare of the squared weights   mean   most, of filter")
    for name, shares in first_layer_shares(network).items():
        print(f"{name:<29}{shares.mean():>6.1%}{shares.max():>7.1%}  {int(shares.argmax())}")
    return 0


def _groups(network: "PolicyNetwork", feature: str | None) -> dict[str, list[int]]:
    """Return the planes to draw by feature; raises OptionError for a name that is none."""
    from gopolicy.commands.options import OptionError
    from gopolicy.features.planes import FEATURES, OFFSETS

    groups = {
        f.name: [OFFSETS[f.name] + i for i in range(f.width) if OFFSETS[f.name] + i < network.config.planes]
        for f in FEATURES
    }
    groups = {name: planes for name, planes in groups.items() if planes}
    if feature is None:
        return groups
    if feature not in groups:
        raise OptionError(f"--feature {feature!r}: the network's features are {', '.join(groups)}")
    return {feature: groups[feature]}

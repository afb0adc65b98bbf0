"""Draw first-layer filters as pictures, plane by plane, in the groups of the features.

Blue weights speak for the filter, orange ones against it; each filter is scaled to the largest weight
shown.  Printed is how the squared weights are shared among the features: what the first layer listens to.
"""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gopolicy.commands.explain.sheet import Sheet
    from gopolicy.nn import PolicyNetwork

GAP = 3.0  # cells between features
LABEL = 9.0
HEAD = 16.0
WIDE = 280.0  # cells: a sheet takes as many filters side by side as fit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    from gopolicy.commands.explain.options import add_output

    add_output(parser, "filters.png")
    parser.add_argument("--filters", metavar="LIST", help="such as 0-23,40 (default: the first 24; all with --feature)")
    parser.add_argument("--feature", metavar="NAME", help='only the planes of a feature, such as "stone color"')


def run(args: argparse.Namespace) -> int:
    """Draw the sheet and print the shares."""
    import numpy as np

    from gopolicy.commands.explain.options import load_network, parse_filters, save_arrays
    from gopolicy.nn.explain import first_layer_shares

    network = load_network(args.model)
    most = network.config.filters
    chosen = args.filters or f"0-{min(most, most if args.feature else 24) - 1}"
    numbers = [number for _, number in parse_filters([f"1:{chosen.removeprefix('1:')}"], network)]
    weights = next(network.hidden()).weight.detach().numpy()
    groups = _groups(network, args.feature)
    sheet = _draw(weights, numbers, groups)
    sheet.save(args.out, dpi=100)
    print(f"{args.out}: {len(numbers)} filters of layer 1, {sum(len(planes) for planes in groups.values())} planes")
    save_arrays(args.arrays, weights=weights, filters=np.array(numbers))
    print("\nshare of the squared weights   mean   most, of filter")
    for name, shares in first_layer_shares(network).items():
        print(f"{name:<29}{shares.mean():>6.1%}{shares.max():>7.1%}  {int(shares.argmax())}")
    return 0


def _groups(network: "PolicyNetwork", feature: str | None) -> dict[str, list[int]]:
    """Return the planes to draw by feature; raises ValueError for a name that is none."""
    from gopolicy.features.planes import FEATURES, OFFSETS

    groups = {
        f.name: [OFFSETS[f.name] + i for i in range(f.width) if OFFSETS[f.name] + i < network.config.planes]
        for f in FEATURES
    }
    groups = {name: planes for name, planes in groups.items() if planes}
    if feature is None:
        return groups
    if feature not in groups:
        raise ValueError(f"--feature {feature!r}: the network's features are {', '.join(groups)}")
    return {feature: groups[feature]}


def _draw(weights: "NDArray[np.float32]", numbers: list[int], groups: dict[str, list[int]]) -> "Sheet":
    from gopolicy.commands.explain.sheet import Sheet

    side = weights.shape[-1]
    block = LABEL + sum(len(planes) * (side + 1) + GAP for planes in groups.values())
    columns = max(1, min(len(numbers), int(WIDE // block)))
    rows = -(-len(numbers) // columns)
    sheet = Sheet(columns * block + 2, HEAD + rows * (side + 2) + 2, inches=0.06)
    for column in range(columns):
        _heading(sheet, column * block + LABEL, groups, side)
    shown = [plane for planes in groups.values() for plane in planes]
    for place, number in enumerate(numbers):
        column, row = place // rows, place % rows
        top = HEAD + row * (side + 2)
        x = column * block + LABEL
        sheet.text(x - 2, top + side / 2, str(number), size=3.2, ha="right")
        filters = weights[number] / max(float(abs(weights[number][shown]).max()), 1e-12)
        for planes in groups.values():
            for plane in planes:
                sheet.array(x, top, filters[plane])
                x += side + 1
            x += GAP
    return sheet


def _heading(sheet: "Sheet", x: float, groups: dict[str, list[int]], side: int) -> None:
    """Write the features' names, aslant where they have one plane, and the values of their planes."""
    for name, planes in groups.items():
        if len(planes) == 1:
            sheet.text(x + 1, HEAD - 2, name, size=2.4, rotation=40, va="bottom")
        else:
            sheet.text(x, HEAD - 7, name, size=3.2, weight="bold")
            values = ["own", "opp.", "empty"] if name == "stone color" else [str(i + 1) for i in range(len(planes))]
            values[-1] += "+" if name != "stone color" else ""
            for i, value in enumerate(values):
                sheet.text(x + i * (side + 1) + side / 2, HEAD - 2.5, value, size=1.9, ha="center")
        x += len(planes) * (side + 1) + GAP

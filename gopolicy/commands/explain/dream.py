"""Deep Dream on a position: which stones a layer would add.

The layer's positive answers are made larger and its negative ones smaller by changing the input; the stones of the
position stay, and empty points may become stones.  The larger and darker a stone with a blue rim, the surer.
Early layers dream of contacts and shapes, late ones of whole moves.
"""

import argparse
from typing import TYPE_CHECKING

from gopolicy.go.coords import BOARD_SIZE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gopolicy.go import Game


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    from gopolicy.commands.explain.options import add_output
    from gopolicy.commands.explain.position import add_position

    add_position(parser)
    parser.add_argument("--layers", nargs="+", type=int, metavar="L", help="default: an early, a middle, the last one")
    parser.add_argument("--stones", type=int, default=12, metavar="N", help="stop when N are added (default: 12)")
    add_output(parser, "dream.png")


def run(args: argparse.Namespace) -> int:
    """Dream and draw."""
    import numpy as np

    from gopolicy.commands import compile_rules
    from gopolicy.commands.explain.options import load_network, save_arrays
    from gopolicy.commands.explain.position import own_view, read_position
    from gopolicy.commands.explain.sheet import Diagram, Sheet, Window, own_as_black, real_colors
    from gopolicy.features import encode
    from gopolicy.nn.explain import dream

    compile_rules()
    number, game, _ = read_position(args)
    network = load_network(args.model)
    last = network.config.layers
    layers = args.layers or sorted({min(2, last), (last + 1) // 2, last})
    planes = encode(game)
    dreams = [dream(network, planes, layer, stones=args.stones) for layer in layers]
    sheet = Sheet(22.0 * (len(layers) + 1), 23.5, inches=0.2)
    whole, real = Window(0, 0, BOARD_SIZE), own_as_black(planes)
    sheet.text(2.0, 1.2, f"before move {number}, {own_view(game)}", weight="bold")
    sheet.board(2.0, 2.4, Diagram(real_colors(real, game)), whole, coordinates=True)
    for place, (layer, colors) in enumerate(zip(layers, dreams, strict=True), start=1):
        sheet.text(2.0 + 22 * place, 1.2, f"as layer {layer} would have it", weight="bold")
        added = (real.sum(0) == 0) & (colors[:2].max(0) > 0)
        sheet.board(2.0 + 22 * place, 2.4, Diagram(real_colors(colors[:2], game), added=added), whole, coordinates=True)
        print(f"layer {layer} adds {_told(colors, real, game)}")
    sheet.save(args.out)
    print(f"{args.out}: move {number}, layers {', '.join(map(str, layers))}")
    save_arrays(args.arrays, planes=planes, layers=np.array(layers), colors=np.stack(dreams))
    return 0


def _told(colors: "NDArray[np.float32]", real: "NDArray[np.float32]", game: "Game") -> str:
    """Return the added stones in words, the surest first."""
    import numpy as np

    from gopolicy.go.coords import COLOR_NAMES, opponent, to_vertex

    stones = np.where(real.sum(0) == 0, colors[:2], 0).reshape(2, -1)
    names = [COLOR_NAMES[color] for color in (game.to_play, opponent(game.to_play))]
    best = np.argsort(-stones.max(0), kind="stable")
    shown = [int(point) for point in best if stones[:, point].sum() > 0.5]
    told = [f"{names[stones[:, point].argmax()]} {to_vertex(point, BOARD_SIZE)}" for point in shown]
    return ", ".join(told) or "nothing"

"""Deep Dream on a position: which stones a layer would add.

The layer's positive outputs are made larger and its negative ones smaller by changing the input; the stones of the
position stay, and empty points may become stones.  The larger and darker a stone with a blue rim, the more probable.
Early layers add contacts and shapes, late ones whole moves.
"""

import argparse
from typing import TYPE_CHECKING

from gopolicy.go.coords import BOARD_SIZE, COLOR_NAMES, opponent, to_vertex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gopolicy.go import Game


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    from gopolicy.commands.explain.options import add_output
    from gopolicy.commands.options import add_position

    add_position(parser)
    parser.add_argument("--layers", nargs="+", type=int, metavar="L", help="default: an early, a middle, the last one")
    parser.add_argument("--stones", type=int, default=12, metavar="N", help="stop when N are added (default: 12)")
    add_output(parser, "dream.png")


def run(args: argparse.Namespace) -> int:
    """Add stones, print and draw them."""
    import numpy as np

    from gopolicy.commands import compile_rules
    from gopolicy.commands.explain.options import load_network, position_title, read_position, save_arrays
    from gopolicy.commands.options import check_outputs, check_positive, picture_path
    from gopolicy.explain.deep_dream import dream
    from gopolicy.explain.drawing.dream_sheet import draw_dreams
    from gopolicy.features import encode

    check_positive(args, "stones")
    check_outputs(args, picture_path(args.out), args.arrays, inputs=(args.game,))
    compile_rules()
    game, number = read_position(args)
    network = load_network(args.model)
    last = network.config.layers
    layers = args.layers or sorted({min(2, last), (last + 1) // 2, last})
    planes = encode(game)
    dreams = {layer: dream(network, planes, layer, stones=args.stones) for layer in layers}
    for layer, colors in dreams.items():
        print(f"layer {layer} adds {_added_stones(colors, planes, game)}")
    draw_dreams(game, dreams, position_title(game, number)).save(args.out)
    print(f"{args.out}: move {number}, layers {', '.join(map(str, layers))}")
    save_arrays(args, planes=planes, layers=np.array(layers), colors=np.stack(list(dreams.values())))
    return 0


def _added_stones(colors: "NDArray[np.float32]", planes: "NDArray[np.uint8]", game: "Game") -> str:
    """Return the added stones in words, the most probable first."""
    import numpy as np

    stones = np.where(planes[:2].sum(0) == 0, colors[:2], 0).reshape(2, -1)
    names = [COLOR_NAMES[color] for color in (game.to_play, opponent(game.to_play))]
    best = np.argsort(-stones.max(0), kind="stable")
    shown = [int(point) for point in best if stones[:, point].sum() > 0.5]
    return ", ".join(f"{names[stones[:, p].argmax()]} {to_vertex(p, BOARD_SIZE)}" for p in shown) or "nothing"

"""Show which stones and planes moved the probability of a move: integrated gradients from the empty board.

The planes go in a straight line from the empty board to the position; each number is credited with its change
times the mean gradient along the line, in bits.  The values sum to the change of the move's log probability, and a
plane that the network does not read gets exactly 0.  Blue points made the move more probable, orange ones less.
The board window shows the same with the key W.
"""

import argparse
from typing import TYPE_CHECKING

from gopolicy.go.coords import BOARD_SIZE, parse_vertex, to_vertex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gopolicy.explain.attribution import Attribution
    from gopolicy.go import Game, Point


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    from gopolicy.commands.explain.options import add_output
    from gopolicy.commands.options import add_position

    add_position(parser)
    parser.add_argument("--of", metavar="VERTEX", help="the move to explain (default: the most probable)")
    parser.add_argument("--steps", type=int, default=64, metavar="N", help="of the line (default: 64)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_output(parser, "attribution.png")


def run(args: argparse.Namespace) -> int:
    """Attribute, draw and print the table."""
    import json

    from gopolicy.commands import compile_rules
    from gopolicy.commands.explain.options import position_title, read_position, save_arrays
    from gopolicy.commands.options import check_outputs, check_positive, picture_path
    from gopolicy.explain.activations import Unit
    from gopolicy.explain.attribution import Attribution
    from gopolicy.explain.drawing.attribution_sheet import draw_attribution
    from gopolicy.explain.integrated_gradients import attribute
    from gopolicy.features import encode
    from gopolicy.go.game import Game
    from gopolicy.policy import Policy

    check_positive(args, "steps")
    check_outputs(args, picture_path(args.out), args.arrays, inputs=(args.game,))
    compile_rules()
    game, number = read_position(args)
    policy = Policy.load(args.model, device="cpu")
    here, there = policy.probabilities_batch([game, Game()], symmetries=1, legal_only=False).reshape(2, -1)
    point = _chosen_point(args.of, game, here)
    planes = encode(game)
    values = attribute(policy.network, planes, encode(Game()), Unit(point=point), steps=args.steps)
    attribution = Attribution(point, values)
    title = f"{position_title(game, number)}: why {to_vertex(point, game.size)}?"
    change = f"{100 * here[point]:.2g} % here, {100 * there[point]:.2g} % on the empty board"
    summary = f"{change}: {attribution.bits:+.1f} bits"
    draw_attribution(game, attribution, title, summary).save(args.out)
    if args.json:
        print(json.dumps(_facts(number, attribution, float(here[point]), float(there[point]))))
    else:
        print(f"{title}\n{summary}\n")
        _print_table("features", attribution.by_feature)
        _print_table("points", _named(attribution.strongest()))
        print(f"{args.out}: attribution of {to_vertex(point, game.size)}")
    save_arrays(args, attributions=values, planes=planes, point=point)
    return 0


def _chosen_point(vertex: str | None, game: "Game", probabilities: "NDArray[np.float32]") -> "Point":
    """Return the point to explain; raises OptionError for a move that is no legal point."""
    import numpy as np

    from gopolicy.commands.options import OptionError

    legal = game.legal_mask()
    if vertex is None:
        if not legal.any():
            raise OptionError("no legal move in this position")
        return int(np.argmax(np.where(legal, probabilities, -1)))
    point = parse_vertex(vertex, game.size)
    if point is None or not legal[point]:
        raise OptionError(f"--of {vertex}: {game.why_illegal(point) or 'a pass is no point'}")
    return point


def _facts(number: int, attribution: "Attribution", here: float, there: float) -> dict[str, object]:
    """Return what --json prints; probabilities are 0 to 1."""
    return {
        "move": number,
        "of": to_vertex(attribution.point, BOARD_SIZE),
        "probability": here,
        "on the empty board": there,
        "bits": attribution.bits,
        "features": attribution.by_feature,
        "points": _named(attribution.strongest()),
    }


def _named(points: "dict[Point, float]") -> dict[str, float]:
    return {to_vertex(point, BOARD_SIZE): bits for point, bits in points.items()}


def _print_table(heading: str, values: dict[str, float]) -> None:
    print(f"{heading:<22}{'bits':>7}")
    for name, bits in values.items():
        print(f"{name:<22}{bits:>+7.2f}")
    print()

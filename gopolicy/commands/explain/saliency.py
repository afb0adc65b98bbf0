"""Show which stones and planes moved the probability of a move: integrated gradients from the empty board.

The planes go in a straight line from the empty board to the position; each number is credited with its change
times the mean gradient on the way, in bits.  The credits sum to the change of the move's log probability, and a
plane that the network does not read gets exactly 0; occlusion, the other usual way, promises neither.  Blue
points made the move likelier, orange ones less likely.  The board window shows the same with the key W.
"""

import argparse
from typing import TYPE_CHECKING

from gopolicy.go.coords import BOARD_SIZE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gopolicy.go import Game, Point

STRONGEST = 6  # points that are printed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    from gopolicy.commands.explain.options import add_output
    from gopolicy.commands.explain.position import add_position

    add_position(parser)
    parser.add_argument("--of", metavar="VERTEX", help="the move to explain (default: the likeliest)")
    parser.add_argument("--steps", type=int, default=64, metavar="N", help="of the way (default: 64)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_output(parser, "saliency.png")


def run(args: argparse.Namespace) -> int:
    """Attribute, draw and print the table."""
    import json

    from gopolicy.commands import compile_rules
    from gopolicy.commands.explain.options import load_network, save_arrays
    from gopolicy.commands.explain.position import own_view, read_position
    from gopolicy.features import encode
    from gopolicy.go.coords import to_vertex
    from gopolicy.go.game import Game
    from gopolicy.nn.explain import Unit, attributions, sum_by_feature

    if args.steps < 1:
        raise ValueError("--steps must be at least 1")
    compile_rules()
    number, game, _ = read_position(args)
    network = load_network(args.model)
    planes, empty = encode(game), encode(Game())
    here, there = _probabilities(network, planes), _probabilities(network, empty)
    point = _chosen(args.of, game, here)
    values = attributions(network, planes, empty, Unit(point=point), steps=args.steps)
    features = sum_by_feature(values)
    facts = {
        "move": number,
        "of": to_vertex(point, game.size),
        "probability": float(here[point]),
        "on the empty board": float(there[point]),
        "bits": float(values.sum()),
        "features": features,
        "points": _strongest(values),
    }
    title = f"before move {number}, {own_view(game)}: why {facts['of']}?"
    _draw(args, game, point, values, facts, title)
    if args.json:
        print(json.dumps(facts))
    else:
        _print(facts, title)
        print(f"{args.out}: saliency of {facts['of']}")
        save_arrays(args.arrays, attributions=values, planes=planes, point=point)
    return 0


def _probabilities(network: "object", planes: "NDArray[np.uint8]") -> "NDArray[np.float32]":
    """Return the probabilities of all points, float32 `[361]`, legal or not."""
    import numpy as np
    import torch

    from gopolicy.nn import PolicyNetwork

    assert isinstance(network, PolicyNetwork)
    with torch.inference_mode():
        inputs = torch.from_numpy(planes[None, : network.config.planes]).float()
        return np.asarray(network(inputs).softmax(1)[0].numpy(), np.float32)


def _chosen(vertex: str | None, game: "Game", probabilities: "NDArray[np.float32]") -> "Point":
    """Return the point to explain; raises ValueError for a move that is no legal point."""
    import numpy as np

    from gopolicy.go.coords import parse_vertex

    legal = game.legal_mask()
    if vertex is None:
        if not legal.any():
            raise ValueError("no legal move in this position")
        return int(np.argmax(np.where(legal, probabilities, -1)))
    point = parse_vertex(vertex, game.size)
    if point is None or not legal[point]:
        reason = game.why_illegal(point) or "a pass is no point"
        raise ValueError(f"--of {vertex}: {reason}")
    return point


def _strongest(values: "NDArray[np.float32]") -> dict[str, float]:
    """Return the points with the greatest credits, up or down, in bits."""
    import numpy as np

    from gopolicy.go.coords import to_vertex

    sums = values.sum(axis=0).ravel()
    order = np.argsort(-np.abs(sums), kind="stable")[:STRONGEST]
    return {to_vertex(int(point), BOARD_SIZE): float(sums[point]) for point in order}


def _sentence(facts: dict[str, "object"]) -> str:
    """Return the probabilities in words, in percent with two digits however small."""

    def percent(name: str) -> str:
        value = facts[name]
        assert isinstance(value, float)
        return f"{100 * value:.2g} %"

    return (
        f"{percent('probability')} here, {percent('on the empty board')} on the empty board: {facts['bits']:+.1f} bits"
    )


def _print(facts: dict[str, "object"], title: str) -> None:
    print(title)
    print(f"{_sentence(facts)}\n")
    for heading in ("features", "points"):
        table = facts[heading]
        assert isinstance(table, dict)
        print(f"{heading:<22}{'bits':>7}")
        for name, bits in table.items():
            print(f"{name:<22}{bits:>+7.2f}")
        print()


def _draw(
    args: argparse.Namespace,
    game: "Game",
    point: "Point",
    values: "NDArray[np.float32]",
    facts: dict[str, "object"],
    title: str,
) -> None:
    from gopolicy.commands.explain.sheet import BLUE, ORANGE, Diagram, Sheet, Window, own_as_black, real_colors
    from gopolicy.features import encode
    from gopolicy.go.coords import parse_vertex
    from gopolicy.ui.saliency import Saliency

    stones = real_colors(own_as_black(encode(game)), game)
    sheet = Sheet(41, 24, inches=0.22)
    sheet.text(2.0, 1.1, title, weight="bold", size=1.05)
    sheet.text(2.0, 2.3, f"{_sentence(facts)}.  Blue raised it, orange lowered it.", size=0.8)
    features, points = facts["features"], facts["points"]
    assert isinstance(features, dict) and isinstance(points, dict)
    labels = {parse_vertex(vertex, game.size) or 0: f"{bits:+.1f}" for vertex, bits in points.items()}
    diagram = Diagram(stones, heat=Saliency(b"", point, values).shades, framed=point, labels=labels)
    sheet.board(2.0, 3.2, diagram, Window(0, 0, BOARD_SIZE), coordinates=True)
    most = max(max(map(abs, features.values())), 1e-12)
    sheet.text(23.5, 4.2, "by feature, in bits", weight="bold", size=0.9)
    for row, (name, bits) in enumerate(features.items()):
        y = 5.6 + 1.5 * row
        sheet.text(30.2, y, name, size=0.8, ha="right")
        sheet.bar(34, y - 0.45, 3.2 * bits / most, 0.9, BLUE if bits > 0 else ORANGE)
        sheet.text(40.6, y, f"{bits:+.2f}", size=0.8, ha="right")
    sheet.save(args.out)

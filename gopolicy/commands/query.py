"""Print how probable the network finds each move of a position.

The position is that of a game record (a file, a zip or tar with --game, or - for standard input) before
move --move, by default the end of the record, or the one after --moves "B Q16 W D4".
"""

import argparse
import json
from typing import TYPE_CHECKING

from gopolicy.commands import options
from gopolicy.go.coords import COLOR_NAMES

if TYPE_CHECKING:
    from gopolicy.go import Game
    from gopolicy.policy import Policy
    from gopolicy.prediction import Candidate, Prediction
    from gopolicy.records import Record


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    options.add_position(parser)
    parser.add_argument("--all", action="store_true", help="every move of the game, a line each")
    parser.add_argument("--top", type=int, metavar="N", help="candidates to print (default: 5)")
    options.add_model(parser)
    options.add_profile(parser)
    options.add_symmetries(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON (with --all a list)")
    form.add_argument("--csv", action="store_true", help="print comma-separated values")
    form.add_argument("--board", action="store_true", help="print the board in percent")


def run(args: argparse.Namespace) -> int:
    """Print the prediction on stdout."""
    from gopolicy.commands import compile_rules
    from gopolicy.policy import Policy
    from gopolicy.prediction import TOP

    options.check_positive(args, "top")
    if args.all and (args.board or args.move is not None or args.top is not None):
        raise options.OptionError("--all prints every move of the game; leave out --board, --move and --top")
    compile_rules()
    record = options.read_record(args)
    policy = Policy.load(args.model, symmetries=args.symmetries, profile=args.profile)
    if args.all:
        _print_game(args, policy, record)
        return 0
    number = record.turns + 1 if args.move is None else args.move
    game, move = record.before(number)
    prediction = policy.predict(game)
    shown = prediction.candidates(args.top or TOP)
    played = next((c for c in prediction.candidates() if c.move == move), None)
    if args.json:
        print(json.dumps(_as_dict(args, policy, number, game, shown, played)))
    elif args.csv:
        print("rank,vertex,probability")
        for candidate in shown:
            print(f"{candidate.rank},{candidate.vertex},{candidate.probability:.6f}")
    elif args.board:
        _print_board(game, prediction)
    else:
        _print_text(number, game, shown, played)
    return 0


def _print_text(number: int, game: "Game", shown: "list[Candidate]", played: "Candidate | None") -> None:
    print(f"move {number}, {COLOR_NAMES[game.to_play]} to play")
    for candidate in shown:
        mark = "   played" if candidate == played else ""
        print(f"{candidate.rank:>3} {candidate.vertex:<4}{candidate.probability:>7.1%}{mark}")
    print(f"    {len(shown)} shown = {sum(candidate.probability for candidate in shown):.0%}")
    if played and played not in shown:
        print(f"{played.rank:>3} {played.vertex:<4}{played.probability:>7.1%}   played")


def _as_dict(
    args: argparse.Namespace,
    policy: "Policy",
    number: int,
    game: "Game",
    shown: "list[Candidate]",
    played: "Candidate | None",
) -> dict[str, object]:
    def facts(candidate: "Candidate") -> dict[str, object]:
        probability = round(candidate.probability, 6)
        return {"rank": candidate.rank, "vertex": candidate.vertex, "probability": probability}

    return {
        "source": args.moves if args.moves is not None else args.game,
        "move": number,
        "to_play": COLOR_NAMES[game.to_play],
        "model": policy.name,
        "profile": policy.profile or None,
        "symmetries": args.symmetries,
        "suggestions": [facts(candidate) for candidate in shown],
        "played": facts(played) if played else None,
    }


def _print_board(game: "Game", prediction: "Prediction") -> None:
    """Print percents on the points, stones as X and O, and a dot where it is under half a percent."""
    from gopolicy.go.coords import column_names
    from gopolicy.go.diagram import SYMBOLS

    header = "    " + "".join(f"{name:>3}" for name in column_names(game.size))
    print(header)
    rows = len(prediction.probabilities)
    for row, shares in enumerate(100 * prediction.probabilities):
        cells = [
            SYMBOLS[color] if color else f"{percent:.0f}" if percent >= 0.5 else "."
            for color, percent in zip(game.board.colors[row], shares, strict=True)
        ]
        label = rows - row
        print(f"{label:>3} " + "".join(f"{cell:>3}" for cell in cells) + f" {label:>3}")
    print(header)


def _print_game(args: argparse.Namespace, policy: "Policy", record: "Record") -> None:
    """Print every move that was played with its probability and rank."""
    from gopolicy.go.coords import to_vertex
    from gopolicy.policy.review import review_positions

    turns = list(record.replay())
    judged = {move.number: move for move in review_positions(policy, turns)}
    rows = []
    for number, (game, move) in enumerate(turns, start=1):
        found = judged.get(number)
        color, vertex = COLOR_NAMES[game.to_play], to_vertex(move, game.size)
        rows.append((number, color, vertex, found and found.probability, found and found.rank))
    if args.json:
        names = ("move", "color", "vertex", "probability", "rank")
        print(json.dumps([dict(zip(names, row, strict=True)) for row in rows]))
        return
    if args.csv:
        print("move,color,vertex,probability,rank")
    for number, color, vertex, probability, rank in rows:
        if args.csv:
            print(f"{number},{color},{vertex},{'' if probability is None else f'{probability:.6f}'},{rank or ''}")
        else:
            share = "" if probability is None else f"{probability:>7.1%} {rank:>4}"
            print(f"{number:>4} {color[0].upper()} {vertex:<4}{share}")

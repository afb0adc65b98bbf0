"""Print how probable the network finds each move of a position.

The position is that of a game record (a file, an archive with --game, or - for standard input) before
move --move, by default the end of the record, or the one after --moves "B Q16 W D4".
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gopolicy.go import Game, Move
    from gopolicy.policy import Policy, Suggestion


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("game", nargs="?", metavar="GAME", help="SGF file, folder, archive, or - for standard input")
    parser.add_argument("--moves", metavar='"B Q16 W D4"', help="a position by its moves, instead of a record")
    parser.add_argument(
        "--move", type=int, metavar="N", help="ask about move N of the record (default: what follows it)"
    )
    parser.add_argument("--game", dest="number", type=int, default=1, metavar="K", help="the K-th game of a collection")
    parser.add_argument("--all", action="store_true", help="every move of the game, a line each")
    parser.add_argument("--top", type=int, default=5, metavar="N", help="moves to print (default: 5)")
    parser.add_argument(
        "--model", type=Path, metavar="M", help="model file or run folder (default: the one that ships)"
    )
    parser.add_argument(
        "--symmetries", type=int, default=1, choices=range(1, 9), metavar="N", help="average 1 to 8 views"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    form.add_argument("--csv", action="store_true", help="print comma-separated values")
    form.add_argument("--board", action="store_true", help="print the board in percent")


def run(args: argparse.Namespace) -> int:
    """Answer the query on stdout."""
    from gopolicy.commands import compile_rules
    from gopolicy.policy import Policy

    compile_rules()
    positions = positions_of(args)
    policy = Policy.load(args.model, symmetries=args.symmetries)
    if args.all:
        return _print_game(args, policy, positions)
    number, game, played = chosen_position(args, positions)
    probabilities = policy.probabilities(game)
    from gopolicy.policy.policy import rank_moves

    ranked = rank_moves(probabilities, game.size**2)
    actual = next((move for move in ranked if move.move == played), None)
    shown = ranked[: args.top]
    if args.json:
        _print_json(args, policy, number, game, shown, actual)
    elif args.csv:
        print("rank,vertex,probability")
        for move in shown:
            print(f"{move.rank},{move.vertex},{move.probability:.6f}")
    elif args.board:
        _print_board(game, probabilities)
    else:
        _print_text(number, game, shown, actual)
    return 0


def positions_of(args: argparse.Namespace) -> "list[tuple[Game, Move]]":
    """Return (game before the turn, move) for every turn, and the end with None for what is not known."""
    import sys

    from gopolicy.records import RecordError, read_records
    from gopolicy.records.record import Record
    from gopolicy.records.sgf import read_trees

    if args.moves is not None:
        if args.game:
            raise RecordError("give a record or --moves, not both")
        return _typed(args.moves)
    if args.game is None:
        raise RecordError("nothing to ask about: give a record, - or --moves")
    if args.game == "-":
        trees = read_trees(sys.stdin.buffer.read())
        records = iter([Record.from_tree(tree, "standard input") for tree in trees])
    else:
        records = read_records(args.game)
    record = None
    for count, record in enumerate(records, start=1):  # noqa: B007 - the last one is used
        if count == args.number:
            return [*record.replay(), (record.final_game(), None)]
    held = "no game that can be read" if record is None else f"fewer than {args.number} games"
    raise RecordError(f"{args.game}: {held}")


def _typed(text: str) -> "list[tuple[Game, Move]]":
    """Return the positions of moves written as colors and vertices; SGF letters (dd) are read too."""
    from gopolicy.go import Game
    from gopolicy.go.coords import CoordinateError, parse_color, parse_sgf, parse_vertex

    game, positions = Game(), []
    words = text.replace(",", " ").replace(";", " ").split()
    if len(words) % 2:
        raise CoordinateError(f"--moves {text!r}: colors and vertices in turn, such as B Q16 W D4")
    for color_word, vertex in zip(words[::2], words[1::2], strict=True):
        color = parse_color(color_word)
        move = (
            parse_sgf(vertex, game.size) if vertex.isalpha() and len(vertex) == 2 else parse_vertex(vertex, game.size)
        )
        game.to_play = color
        positions.append((game.copy(), move))
        game.play(move, color)
    return [*positions, (game, None)]


def chosen_position(args: argparse.Namespace, positions: "list[tuple[Game, Move]]") -> "tuple[int, Game, Move]":
    """Return (move number, game, the move that was played or None)."""
    from gopolicy.records import RecordError

    number = len(positions) if args.move is None else args.move
    if not 1 <= number <= len(positions):
        raise RecordError(
            f"--move {number}: the game has moves 1 to {len(positions) - 1}, and {len(positions)} follows"
        )
    return number, *positions[number - 1]


def _color(game: "Game") -> str:
    from gopolicy.go.coords import COLOR_NAMES

    return COLOR_NAMES[game.to_play]


def _print_text(number: int, game: "Game", shown: "list[Suggestion]", actual: "Suggestion | None") -> None:
    print(f"move {number}, {_color(game)} to play")
    for move in shown:
        played = "   played" if move == actual else ""
        print(f"{move.rank:>3} {move.vertex:<4}{move.probability:>7.1%}{played}")
    print(f"    {len(shown)} shown = {sum(move.probability for move in shown):.0%}")
    if actual and actual not in shown:
        print(f"{actual.rank:>3} {actual.vertex:<4}{actual.probability:>7.1%}   played")


def _print_json(
    args: argparse.Namespace,
    policy: "Policy",
    number: int,
    game: "Game",
    shown: "list[Suggestion]",
    actual: "Suggestion | None",
) -> None:
    import json

    def facts(move: "Suggestion") -> dict[str, object]:
        return {"rank": move.rank, "vertex": move.vertex, "probability": round(move.probability, 6)}

    answer = {
        "source": args.moves if args.moves is not None else args.game,
        "move": number,
        "to_play": _color(game),
        "model": policy.name,
        "symmetries": args.symmetries,
        "suggestions": [facts(move) for move in shown],
        "played": facts(actual) if actual else None,
    }
    print(json.dumps(answer))


def _print_board(game: "Game", probabilities: "object") -> None:
    """Print percents on the points, stones as X and O, and a dot where it is under half a percent."""
    import numpy as np

    from gopolicy.go.coords import column_names
    from gopolicy.go.diagram import SYMBOLS

    percents = np.asarray(probabilities) * 100
    header = "    " + "".join(f"{name:>3}" for name in column_names(game.size))
    print(header)
    for row in range(game.size):
        cells = [
            SYMBOLS[color] if color else f"{percent:.0f}" if percent >= 0.5 else "."
            for color, percent in zip(game.board.colors[row], percents[row], strict=True)
        ]
        label = game.size - row
        print(f"{label:>3} " + "".join(f"{cell:>3}" for cell in cells) + f" {label:>3}")
    print(header)


def _print_game(args: argparse.Namespace, policy: "Policy", positions: "list[tuple[Game, Move]]") -> int:
    """Print every move that was played with its probability and rank."""
    import json

    from gopolicy.go.coords import to_vertex

    rows = []
    turns = [(number, game, move) for number, (game, move) in enumerate(positions[:-1], start=1)]
    answers = policy.probabilities_batch([game for _, game, move in turns if move is not None])
    remaining = iter(answers)
    for number, game, move in turns:
        probability, rank = None, None
        if move is not None:
            flat = next(remaining).reshape(-1)
            probability, rank = float(flat[move]), 1 + int((flat > flat[move]).sum())
        rows.append((number, _color(game), to_vertex(move, game.size), probability, rank))
    if args.json:
        names = ("move", "color", "vertex", "probability", "rank")
        print(json.dumps([dict(zip(names, row, strict=True)) for row in rows]))
        return 0
    if args.csv:
        print("move,color,vertex,probability,rank")
    for number, color, vertex, probability, rank in rows:
        if args.csv:
            print(f"{number},{color},{vertex},{'' if probability is None else f'{probability:.6f}'},{rank or ''}")
        else:
            told = "" if probability is None else f"{probability:>7.1%} {rank:>4}"
            print(f"{number:>4} {color[0].upper()} {vertex:<4}{told}")
    return 0

"""Print what was played in a position, in the games of a corpus, beside what the network expects.

The position is that of `gopolicy query`.  Positions are the same up to the symmetries of the board and swapped colors.
The first call builds an index beside the corpus (GAMES.corpus.index); --region searches a part of the board instead,
by a scan, and counts moves of both players in it: a region occurs until something changes in it.
"""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gopolicy.commands import options
from gopolicy.go.coords import BLACK, COLOR_NAMES, WHITE, opponent

if TYPE_CHECKING:
    from gopolicy.archive.exploration import Archive, Continuation, Exploration, GameReference
    from gopolicy.go import Game
    from gopolicy.prediction import Prediction


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    options.add_position(parser)
    parser.add_argument("--archive", type=Path, required=True, metavar="CORPUS", help="corpus file to search")
    parser.add_argument(
        "--region", metavar="PART", help="upper-right, upper-left, lower-right, lower-left, or two corners: K10:T19"
    )
    parser.add_argument("--top", type=int, default=12, metavar="N", help="moves to print (default: 12)")
    parser.add_argument("--games", type=int, default=1, metavar="N", help="latest games of each move (default: 1)")
    parser.add_argument("--no-network", action="store_true", help="counts only")
    options.add_model(parser)
    options.add_symmetries(parser)
    parser.add_argument("--rebuild", action="store_true", help="build the index anew")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("-o", "--out", type=Path, metavar="OUT.png", help="draw the moves of the player to move")
    options.add_no_progress(parser)


def run(args: argparse.Namespace) -> int:
    """Search and print."""
    from gopolicy.archive.exploration import Archive
    from gopolicy.commands import compile_rules

    options.check_positive(args, "top", "games")
    options.check_outputs(args, options.picture_path(args.out), inputs=(args.game, args.archive))
    compile_rules()
    record = options.read_record(args)
    number = record.turns + 1 if args.move is None else args.move
    game, _ = record.before(number)
    with options.progress(args, "games") as advance:
        archive = Archive.open(args.archive, rebuild=args.rebuild, on_progress=advance)
    found = _explore(args, archive, game)
    if args.out:
        _draw(args, game, number, found)
    if args.json:
        print(json.dumps(_as_dict(args, number, game, found)))
        return 0
    part = f", {args.region}" if args.region else ""
    print(f"move {number}, {COLOR_NAMES[game.to_play]} to play{part}: {found.count:,} times in {found.games:,} games")
    if found.continuations:
        _print_table(found.continuations[: args.top], game)
    if args.region:
        print(f"game ended: {found.unchanged:,} times; changed by a capture from outside: {found.captured:,} times")
    return 0


def _explore(args: argparse.Namespace, archive: "Archive", game: "Game") -> "Exploration":
    from gopolicy.archive.region_search import Region

    if args.region is None:
        return archive.explore(game, _prediction(args, game), games=args.games)
    region = Region.parse(game, args.region)
    with options.progress(args, "games", len(archive.corpus)) as advance:
        return archive.explore_region(game, region, _prediction(args, game), games=args.games, on_progress=advance)


def _prediction(args: argparse.Namespace, game: "Game") -> "Prediction | None":
    if args.no_network:
        return None
    from gopolicy.policy import Policy

    return Policy.load(args.model, symmetries=args.symmetries).predict(game)


def _print_table(shown: "tuple[Continuation, ...]", game: "Game") -> None:
    print(f"{'':8}{'move':<6}{'played':>8}{'won':>7}  {'years':<11}{'network':>8}  latest")
    for move in shown:
        color = game.to_play if move.own else opponent(game.to_play)
        won = "" if move.win_share is None else f"{move.win_share:.0%}"
        years = "-".join(str(year) for year in dict.fromkeys(move.years) if year)
        network = "" if move.probability is None else f"{move.probability:.1%}"
        latest = "; ".join(_name(reference) for reference in move.games)
        print(f"{COLOR_NAMES[color]:<8}{move.vertex:<6}{move.count:>8,}{won:>7}  {years:<11}{network:>8}  {latest}")


def _draw(args: argparse.Namespace, game: "Game", number: int, found: "Exploration") -> None:
    """Draw how often each move was played, and how probable it is."""
    import numpy as np

    from gopolicy.explain.color_scales import levels
    from gopolicy.explain.drawing.board_sheet import draw_board

    shares = np.zeros(game.board.colors.size, np.float32)
    labels = {}
    for move in found.continuations[: args.top]:
        if move.own and move.move is not None:
            network = "" if move.probability is None else f"\n{move.probability:.0%}"
            labels[move.move] = f"{move.count}{network}"
            shares[move.move] = move.count / max(found.count, 1)
    title = f"before move {number}, {COLOR_NAMES[game.to_play]} to play"
    summary = f"{found.count:,} times in {found.games:,} games; below: the network"
    draw_board(game, labels, levels(shares).reshape(game.board.shape), title, summary).save(args.out)


def _name(reference: "GameReference") -> str:
    players = f"{reference.black or '?'} - {reference.white or '?'}"
    result = {BLACK: " B+", WHITE: " W+"}.get(reference.winner or 0, "")
    year = f"{reference.year} " if reference.year else ""
    return f"{year}{players}{result} move {reference.turn}, game {reference.number + 1} ({reference.source})"


def _as_dict(args: argparse.Namespace, number: int, game: "Game", found: "Exploration") -> dict[str, Any]:
    return {
        "move": number,
        "to_play": COLOR_NAMES[game.to_play],
        "region": args.region,
        "archive": str(args.archive),
        "count": found.count,
        "games": found.games,
        "unchanged": found.unchanged,
        "captured": found.captured,
        "continuations": [_move_as_dict(move, game) for move in found.continuations[: args.top]],
    }


def _move_as_dict(move: "Continuation", game: "Game") -> dict[str, Any]:
    return {
        "vertex": move.vertex,
        "color": COLOR_NAMES[game.to_play if move.own else opponent(game.to_play)],
        "count": move.count,
        "wins": move.wins,
        "losses": move.losses,
        "years": [year or None for year in move.years],
        "probability": None if move.probability is None else round(move.probability, 6),
        "games": [vars(reference) | {"number": reference.number + 1} for reference in move.games],
    }

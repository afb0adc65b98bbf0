"""Say which profile explains the moves of games best: rank, era and style of a player, in bits a move.

GAMES are SGF files, folders, archives or corpus files.  --player names whose moves to explain; without it both sides'
are.  A profile is behind the best by some bits a move; where the interval of that, by game, holds 0, the games
cannot tell the two apart.  Most of what tells people apart is in the opening, whose habits a profile counts.

    gopolicy who my-games --player "my name"
    gopolicy who unknown.sgf --among a.profile b.profile
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gopolicy.commands import options

if TYPE_CHECKING:
    from gopolicy.profiles import Profile
    from gopolicy.training.profile_comparison import Explanation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("sources", nargs="+", type=Path, metavar="GAMES")
    options.add_sides(parser)
    parser.add_argument("--among", nargs="+", metavar="P", help="profiles to compare (default: all that ship)")
    parser.add_argument("--moves", type=int, default=2000, metavar="N", help="look at N at most (default: 2000)")
    parser.add_argument("--opening", action="store_true", help="look at moves of the opening alone: three times faster")
    parser.add_argument("--seed", type=int, default=0, help="draws them (default: 0)")
    options.add_model(parser)
    options.add_device(parser)
    options.add_precision(parser)
    options.add_threads(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options.add_no_progress(parser)


def run(args: argparse.Namespace) -> int:
    """Compare the profiles and print the table and the verdict."""
    import numpy as np

    from gopolicy.commands import compile_rules
    from gopolicy.nn.model_file import load_model
    from gopolicy.nn.network import on_device
    from gopolicy.policy.policy import find_model
    from gopolicy.profiles import shipped_profiles
    from gopolicy.training.move_bits import Moves
    from gopolicy.training.profile_comparison import explain_moves

    options.apply_threads(args)
    options.check_positive(args, "moves")
    options.check_seed(args)
    device, dtype = options.device_and_dtype(args)
    profiles = _named(args.among) if args.among else list(shipped_profiles().values())
    compile_rules()
    corpus = options.read_games(args.sources, options.selection(args))
    draw = Moves.of_opening if args.opening else Moves.of
    moves = draw(corpus, np.arange(len(corpus)), args.moves, args.seed)
    if not len(moves):
        raise options.OptionError("no move of the opening in these games; leave out --opening")
    base = on_device(load_model(find_model(args.model))[0], device)
    with options.progress(args, "predictions", (1 + len(profiles)) * len(moves)) as advance:
        found = explain_moves(base, profiles, moves, dtype=dtype, on_progress=advance)
    if args.json:
        _print_json(found, len(moves.groups[1]))
    else:
        _print_table(found, len(moves.groups[1]))
    return 0


def _named(names: list[str]) -> "list[Profile]":
    """Return the profiles of --among; those with one name are called what the option calls them."""
    from collections import Counter
    from dataclasses import replace

    from gopolicy.files import display_name
    from gopolicy.profiles import find_profile
    from gopolicy.training.profile_comparison import NOBODY

    found = {name: find_profile(name) for name in names}
    often = Counter([NOBODY, *(profile.name for profile in found.values())])
    return [
        profile if often[profile.name] == 1 else replace(profile, name=display_name(name))
        for name, profile in found.items()
    ]


def _print_table(found: "list[Explanation]", games: int) -> None:
    from math import isinf

    from gopolicy.training.profile_comparison import verdict

    width = max(len(one.name) for one in found)
    too_few = isinf(found[0].behind[1])
    print(f"{found[0].score.moves:,} moves of {games:,} games")
    print(f"{'':{width}}{'bits a move':>13}{'top-1':>8}{'behind':>9}" + ("" if too_few else "   95 % interval"))
    for one in found:
        mean, low, high = one.behind
        interval = "" if too_few else f"   {low:.3f} to {high:.3f}"
        behind = "" if one is found[0] else f"{mean:>9.3f}{interval}"
        print(f"{one.name:{width}}{one.score.bits:>13.3f}{one.score.top1:>8.1%}{behind}")
    best = verdict(found)
    if too_few:
        print(f"best guess: {found[0].name}; of fewer than three games there is no interval, more games would tell")
    elif best:
        print(f"{best} explains these moves best")
    else:
        possible = [one.name for one in found if one.is_possible]
        print(f"cannot tell: {', '.join(possible)} explain these moves about as well; more games would tell")


def _print_json(found: "list[Explanation]", games: int) -> None:
    import json
    import math

    from gopolicy.training.profile_comparison import verdict

    rows = []
    for one in found:
        behind = [value if math.isfinite(value) else None for value in one.behind]
        scores = {"name": one.name, "bits": one.score.bits, "top1": one.score.top1}
        rows.append({**scores, "behind": behind, "possible": one.is_possible})
    print(json.dumps({"games": games, "moves": found[0].score.moves, "best": verdict(found), "profiles": rows}))

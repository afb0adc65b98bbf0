"""Learn a profile from a player's games: the network as that player, in a small file beside it.

GAMES are SGF files, folders, archives or corpus files.  With --player, --rank or --years only the moves of the sides
that fit are learned from.  Some of the games are held out: they say how far to go, and what the profile is worth.
Beside the numbers that change the network, the habits of the opening are counted, which `gopolicy who` knows people by.

    gopolicy learn my-games --player "my name" --out me.profile
    gopolicy query game.sgf --profile me.profile
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gopolicy.commands import options

if TYPE_CHECKING:
    from gopolicy.profiles import Profile
    from gopolicy.training.profile_learning import Learned, LearningConfig


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("sources", nargs="+", type=Path, metavar="GAMES")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the profile to write")
    options.add_sides(parser)
    parser.add_argument("--name", help="what to call the profile (default: the file's name)")
    options.add_model(parser)
    parser.add_argument(
        "--from", dest="start", metavar="P", help="begin with a profile, also one of another network; habits count anew"
    )
    parser.add_argument("--games", type=int, metavar="N", help="take only so many games, drawn by --seed")
    parser.add_argument(
        "--passes", type=int, default=1, metavar="N", help="over the moves (default: 1; 0: habits only)"
    )
    parser.add_argument("--positions", type=int, default=0, metavar="N", help="moves to learn from at most")
    parser.add_argument("--seed", type=int, default=1, help="of the order and of the games taken (default: 1)")
    options.add_device(parser)
    options.add_precision(parser)
    options.add_threads(parser)
    options.add_no_progress(parser)


def run(args: argparse.Namespace) -> int:
    """Learn, write the profile, and print how well the held-out games are predicted before and after."""
    import time
    from dataclasses import replace

    from gopolicy.commands import compile_rules
    from gopolicy.files import display_name
    from gopolicy.nn.model_file import load_model
    from gopolicy.nn.network import on_device
    from gopolicy.policy.policy import find_model
    from gopolicy.profiles import check_replaceable, find_profile, save_profiles
    from gopolicy.training.profile_learning import draw_games, learn_profile

    options.apply_threads(args)
    options.check_positive(args, "games")
    options.check_seed(args)
    options.check_not_negative(args, "passes", "positions")
    options.check_outputs(args, args.out, inputs=args.sources)
    name = display_name(args.name or args.out.name.partition(".")[0])
    if ":" in name:
        raise options.OptionError(f"--name {name!r}: choose one without a colon, which ends the file in FILE:NAME")
    check_replaceable(args.out, [name])
    device, dtype = options.device_and_dtype(args)
    start = find_profile(args.start) if args.start else None
    compile_rules()
    corpus = options.read_games(args.sources, options.selection(args))
    if args.games:
        corpus = draw_games(corpus, args.games, args.seed)
    base = on_device(load_model(find_model(args.model))[0], device)
    begun = time.monotonic()
    with options.progress(args, "moves") as advance:
        learned = learn_profile(base, corpus, _config(args), start=start, dtype=dtype, on_progress=advance)
    facts = replace(
        learned.profile.facts,
        source=", ".join(display_name(path.resolve().name) for path in args.sources),
        player=", ".join(args.player),
        ranks=args.rank or "",
        years=args.years or "",
    )
    profile = replace(learned.profile, name=name, facts=facts)
    save_profiles(args.out, [profile])
    _report(args, profile, learned, time.monotonic() - begun)
    return 0


def _config(args: argparse.Namespace) -> "LearningConfig":
    from gopolicy.training.profile_learning import LearningConfig

    return LearningConfig(passes=args.passes, positions=args.positions, seed=args.seed)


def _report(args: argparse.Namespace, profile: "Profile", learned: "Learned", seconds: float) -> None:
    facts = profile.facts
    print(f"learned from {facts.games:,} games, {facts.positions:,} moves in {seconds:.0f} s")
    print(f"{facts.held_out:,} moves of games that were held out:")
    print(f"{'':12}{'bits a move':>12}{'top-1':>9}{'95 % interval':>19}")
    for name, score in (("before", learned.before), ("after", learned.after), ("with habits", learned.complete)):
        low, high = score.top1_interval
        print(f"{name:12}{score.bits:>12.3f}{score.top1:>9.2%}{f'{low:.2%} to {high:.2%}':>19}")
    print(_verdict("the profile", learned.gain))
    print(_verdict("the profile with its habits", learned.complete_gain))
    print(f"{args.out} is ready; try: gopolicy query GAME.sgf --profile {args.out}")


def _verdict(what: str, interval: tuple[float, float, float]) -> str:
    gain, low, high = interval
    if low == float("-inf"):
        return f"too few games are held out to tell whether {what} predicts better; give more"
    if low > 0:
        return f"{what} saves {gain:.3f} bits a move (95 % interval {low:.3f} to {high:.3f})"
    if high < 0:
        return f"{what} costs {-gain:.3f} bits a move (95 % interval {-high:.3f} to {-low:.3f}): do not use it"
    change = f"{-gain:+.3f} bits a move (95 % interval {-high:+.3f} to {-low:+.3f})"
    return f"too few games to tell whether {what} predicts better: {change}"

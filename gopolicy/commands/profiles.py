"""List the profiles: what each learned from, and how well it then predicted moves that it did not learn from.

Without FILE those that ship.  With --carry-over profiles of one network are written for another one of the same
shape or with more filters, as they are; measure them again, or learn on with `gopolicy learn --from`.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gopolicy.commands import options

if TYPE_CHECKING:
    from gopolicy.profiles import Profile


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="files of profiles (default: what ships)")
    parser.add_argument("--join", type=Path, metavar="OUT", help="write the profiles of all files into one")
    parser.add_argument("--carry-over", type=Path, metavar="OUT", help="the same, for the network of --model")
    options.add_model(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the table, and write what the options name."""
    import json
    from dataclasses import asdict

    from gopolicy.profiles import check_replaceable, load_profiles, save_profiles, shipped_profiles

    if args.model and not args.carry_over:
        raise options.OptionError("--model is about --carry-over; leave it out")
    options.check_outputs(args, args.join, args.carry_over)
    files = [load_profiles(path) for path in args.files] or [shipped_profiles()]
    found = [profile for profiles in files for profile in profiles.values()]
    names = [profile.name for profile in found]
    if len(set(names)) < len(names):
        repeated = sorted({name for name in names if names.count(name) > 1})
        raise options.OptionError(f"two profiles have one name: {', '.join(repeated)}")
    for path in filter(None, (args.join, args.carry_over)):
        check_replaceable(path, names)
    carried = _carried_over(args, found) if args.carry_over else []
    if args.json:
        print(json.dumps({profile.name: asdict(profile.facts) for profile in found}))
    else:
        _print_table(found)
    if args.join:
        save_profiles(args.join, found)
    if args.carry_over:
        save_profiles(args.carry_over, carried)
    return 0


def _carried_over(args: argparse.Namespace, profiles: "list[Profile]") -> "list[Profile]":
    from dataclasses import replace

    from gopolicy.nn.model_file import load_model
    from gopolicy.policy.policy import find_model
    from gopolicy.profiles import network_digest
    from gopolicy.profiles.profile import check_fits, widened

    network = load_model(find_model(args.model))[0]
    carried = [widened(profile, network.config.filters) for profile in profiles]
    for profile in carried:
        check_fits(network, profile)
    base = network_digest(network)
    return [replace(profile, facts=replace(profile.facts, base=base)) for profile in carried]


def _print_table(profiles: "list[Profile]") -> None:
    if not profiles:
        print("no profile ships; `gopolicy learn` makes one")
        return
    width = max(len(profile.name) for profile in profiles)
    titles = "".join(f"{title:>9}" for title in ("without", "numbers", "habits", "without", "with"))
    print(f"{'':{width}}{'learned from':>17}{'held out':>10}{'bits a move':>27}{'top-1':>18}")
    print(f"{'':{width}}{'games':>8}{'moves':>9}{'moves':>10}{titles}")
    for profile in profiles:
        facts = profile.facts
        if not facts.held_out:
            print(f"{profile.name:{width}}  {facts.source or 'not measured'}")
            continue
        bits = (facts.bits_before, facts.bits_after, facts.bits_habits or facts.bits_after)
        top1 = (facts.top1_before, facts.top1_habits or facts.top1_after)
        print(
            f"{profile.name:{width}}{facts.games:>8,}{facts.positions:>9,}{facts.held_out:>10,}"
            + "".join(f"{value:>9.3f}" for value in bits)
            + "".join(f"{value:>9.1%}" for value in top1)
        )

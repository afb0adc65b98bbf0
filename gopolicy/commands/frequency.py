"""Compare how often moves were played with how probable the network finds them, in positions that occur many times.

Best on games that the network has not learned from.  By chance is the distance that games drawn from the network's own
probabilities would have; the classes show whether moves of 20 % are played in 20 % of the turns.
"""

import argparse
import json
from pathlib import Path

from gopolicy.commands import options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("corpus", type=Path, metavar="CORPUS", help="corpus file")
    parser.add_argument("--least", type=int, default=50, metavar="N", help="occurrences of a position (default: 50)")
    options.add_model(parser)
    options.add_symmetries(parser)
    parser.add_argument("--rebuild", action="store_true", help="build the index of the corpus anew")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options.add_no_progress(parser)


def run(args: argparse.Namespace) -> int:
    """Compare and print."""
    from gopolicy.archive.exploration import Archive
    from gopolicy.archive.frequency import compare_frequencies
    from gopolicy.commands import compile_rules
    from gopolicy.files import display_name
    from gopolicy.policy import Policy

    options.check_positive(args, "least")
    compile_rules()
    policy = Policy.load(args.model, symmetries=args.symmetries)
    with options.progress(args, "games") as advance:
        archive = Archive.open(args.corpus, rebuild=args.rebuild, on_progress=advance)
    with options.progress(args, "positions") as advance:
        report = compare_frequencies(archive, policy, least=args.least, on_progress=advance)
    if not report.positions:
        raise options.OptionError(
            f"{display_name(args.corpus)}: no position occurs {args.least} times or more, the most frequent one "
            f"{archive.index.greatest_count():,} times; lower --least or give a larger corpus"
        )
    if args.json:
        print(json.dumps(report.as_dict()))
        return 0
    print(f"{report.positions:,} positions that occur {args.least} times or more, {report.turns:,} turns")
    print(f"distance {report.distance:.3f}, by chance {report.by_chance:.3f}; divergence {report.divergence:.3f} bits")
    print(f"most frequent move on top in {report.top:.1%} of the positions\n")
    print(f"{'probability':<14}{'expected':>9}{'played':>9}  {'95 %':<16}{'of turns':>12}")
    for row in (row for row in report.classes if row.turns):
        low, high = row.interval
        name = f"{row.low:.0%} to {row.high:.0%}"
        print(f"{name:<14}{row.expected:>9.2%}{row.share:>9.2%}  {f'{low:.2%} to {high:.2%}':<16}{row.turns:>12,}")
    return 0

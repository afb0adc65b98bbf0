"""Speak KataGo's JSON analysis protocol, so that KaTrain can use the network.

In KaTrain's settings choose a custom engine with the command `gopolicy analysis`.  KataGo's
options (-model, -config, ...) are accepted and have no effect, as has any that is not listed here.
"""

import argparse
import os

from gopolicy import __version__
from gopolicy.commands import options
from gopolicy.engine.parameters import add_options, read_options

KATAGO_OPTIONS = ("-model", "-human-model", "-config", "-override-config", "-analysis-threads")
# The others are about the moves of a player, and KaTrain chooses its own.
OPTIONS = ("symmetries", "pass_when_offered", "report_winrate", "threshold", "pv_moves", "seed")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    options.add_model(parser)
    options.add_profile(parser)
    parser.add_argument(
        "--log", metavar="FILE", default=os.devnull, help="where messages and errors go (default: nowhere)"
    )
    add_options(parser, OPTIONS)
    for option in KATAGO_OPTIONS:
        parser.add_argument(option, dest=f"katago{option}", help=argparse.SUPPRESS)
    parser.add_argument("-quit-without-waiting", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(ignores_unknown=True)


def run(args: argparse.Namespace) -> int:
    """Answer queries until the end of the input."""
    from gopolicy.engine.background import Background, policy_loader
    from gopolicy.engine.kata.server import AnalysisServer
    from gopolicy.engine.streams import end_process, line_writer, reserve_standard_output, standard_input

    parameters = read_options(args, OPTIONS)
    policy = Background(policy_loader(args.model, args.profile))
    lines = standard_input()
    write = line_writer(reserve_standard_output(args.log))
    policy.start()
    try:
        AnalysisServer(policy.result, write, parameters, version=__version__).serve(lines)
    except BrokenPipeError:
        pass  # the program at the other end is gone
    end_process()

"""Speak the Go Text Protocol, for Sabaki, Lizzie, GoGui, referees and server bots.

Standard output carries only answers, and standard error one line that LizGoban waits for; what libraries print goes
to --log.
The network is loaded after the first answers, so that programs that wait for the name see it at once.
"""

import argparse
import os
import re
from typing import TYPE_CHECKING

from gopolicy import __version__
from gopolicy.commands import options
from gopolicy.engine.parameters import add_options, read_options

if TYPE_CHECKING:
    from gopolicy.policy import Policy

READY = "GTP ready, beginning main protocol loop\n"  # KataGo's words


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    options.add_model(parser)
    options.add_profile(parser)
    parser.add_argument(
        "--gtp-version",
        metavar="TEXT",
        default=_plain(__version__),
        help="what to answer to `version`; Lizzie wants 0.15 or more",
    )
    parser.add_argument(
        "--log", metavar="FILE", default=os.devnull, help="where messages and errors go (default: nowhere)"
    )
    add_options(parser)


def _plain(version: str) -> str:
    """Return the numbers of a version, three of them: Lizzie fails on anything else."""
    numbers = re.findall(r"\d+", version.partition("+")[0])
    return ".".join([*numbers, "0", "0"][:3])


def run(args: argparse.Namespace) -> int:
    """Answer commands until `quit` or the end of the input."""
    from gopolicy.engine.background import Background, policy_loader
    from gopolicy.engine.gtp.protocol import Dispatcher, Handler, serve
    from gopolicy.engine.streams import end_process, line_writer, reserve_standard_output, standard_input

    parameters = read_options(args)
    load = policy_loader(args.model, args.profile)
    lines = standard_input()
    write = line_writer(reserve_standard_output(args.log, ready=READY))
    policy = Background(lambda: _warmed_up(load()))

    def more() -> dict[str, Handler]:
        from gopolicy.engine.gtp.command_table import commands
        from gopolicy.engine.gtp.gtp_state import GtpState

        return commands(GtpState(policy.result, parameters, waiting_line=lines.peek))

    names: dict[str, Handler] = {"name": lambda arguments: "gopolicy", "version": lambda arguments: args.gtp_version}
    try:
        serve(Dispatcher(names, more), lines, write, when_idle=policy.start)
    except BrokenPipeError:
        pass  # the program at the other end is gone
    end_process()


def _warmed_up(policy: "Policy") -> "Policy":
    """Return the policy after a first evaluation and a first random game: those take longest."""
    from gopolicy.go.game import Game
    from gopolicy.go.random_games import finish_randomly

    policy.probabilities(Game())
    finish_randomly(Game(), 1, seed=0)
    return policy

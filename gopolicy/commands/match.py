"""Play many games between two players, each a network or any program that speaks GTP, and keep them.

A player is a model file or run folder, `net` for the network that ships, or a GTP command in quotes:

    gopolicy match net "gnugo --mode gtp --level 1" -o games --games 20 --referee "gnugo --mode gtp --chinese-rules"

The folder keeps one SGF file a game and results.jsonl; the same command again goes on where it was
interrupted.  Without a referee games are scored by --rules, after dead stones, found by random games, are taken off.
"""

import argparse
import math
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gopolicy.commands import options
from gopolicy.engine.client import command_words
from gopolicy.engine.match_results import NETWORKS
from gopolicy.engine.parameters import Parameters, add_options, read_options
from gopolicy.engine.rules import parse_rules
from gopolicy.go.coords import BOARD_SIZE
from gopolicy.go.scoring import AREA, ScoringRules

if TYPE_CHECKING:
    from gopolicy.engine.match_results import Played, Summary
    from gopolicy.engine.players import Player
    from gopolicy.go.game import Game
    from gopolicy.policy import Policy

DAY_SECONDS = 86_400.0
SECONDS_APART = 1.1  # engines that draw by the clock would play the same games at all tables
# How a network plays; the other parameters are about analysis.
OPTIONS = ("temperature", "top_p", "greedy_after", "history", "pass_when_offered", "cleanup", "seed", "symmetries")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("first", metavar="PLAYER", help="a model file or run folder, `net`, or a GTP command in quotes")
    parser.add_argument("second", metavar="OPPONENT", help="the same")
    parser.add_argument("-o", "--output", metavar="FOLDER", required=True, help="where the games go")
    parser.add_argument("--games", type=int, default=20, help="how many (default: %(default)s); colors alternate")
    parser.add_argument("--referee", metavar="COMMAND", help="a GTP command that scores the finished games")
    parser.add_argument("--openings", metavar="RECORDS", help="file, folder or archive of records to start from")
    parser.add_argument(
        "--opening-moves", type=int, default=20, metavar="N", help="turns to take from each (default: %(default)s)"
    )
    parser.add_argument(
        "--rules", default="chinese", help="for passing and scoring: chinese, japanese, ... (default: %(default)s)"
    )
    parser.add_argument("--komi", type=float, default=7.5, help="points given to White (default: %(default)s)")
    parser.add_argument(
        "--max-moves", type=int, default=722, metavar="N", help="score a game after so many (default: %(default)s)"
    )
    parser.add_argument(
        "--timeout", type=float, default=120.0, metavar="SECONDS", help="for one answer (default: %(default)s)"
    )
    parser.add_argument("--parallel", type=int, default=1, metavar="N", help="games at a time (default: %(default)s)")
    networks = parser.add_argument_group("how networks play")
    networks.add_argument("--profile", metavar="P", help="PLAYER, a network, plays as this profile")
    networks.add_argument("--opponent-profile", metavar="P", help="OPPONENT, a network, plays as this profile")
    add_options(networks, OPTIONS)


def run(args: argparse.Namespace) -> int:
    """Play the match and print each game and the result."""
    from gopolicy.engine.match import Setting, Table, play_match
    from gopolicy.engine.match_results import summarize
    from gopolicy.engine.players import GtpPlayer

    options.check_positive(args, "parallel", "games", "max_moves")
    if not math.isfinite(args.komi) or args.opening_moves < 0:
        raise options.OptionError("--komi must be a finite number and --opening-moves at least 0")
    if not 0 < args.timeout <= DAY_SECONDS:  # nan is refused too
        raise options.OptionError(f"--timeout must be over 0 and at most {DAY_SECONDS:g} seconds, not {args.timeout:g}")
    parameters, rules = read_options(args, OPTIONS), _rules(args)
    policies = [
        _policy(args.first, args.profile, parameters),
        _policy(args.second, args.opponent_profile, parameters),
    ]
    if any(policies):
        _share_cores(args.parallel)
    first, second = (
        _seat(spec, policy, args, parameters) for spec, policy in zip((args.first, args.second), policies, strict=True)
    )
    setting = Setting(args.games, _openings(args), args.komi, args.max_moves, rules, args.rules)
    players: list[Player] = []
    tables: list[Table] = []
    try:
        for _ in range(args.parallel):
            if any(isinstance(player, GtpPlayer) for player in players):
                time.sleep(SECONDS_APART)
            referee = GtpPlayer(args.referee, timeout_seconds=args.timeout) if args.referee else None
            tables.append(Table(first(), second(), referee))
            players += [player for player in (tables[-1].first, tables[-1].second, referee) if player]
            names = [player.name for player in players]  # the engines' own: this starts them
        print(f"{names[0]} against {names[1]}" + (f", referee {names[2]}" if args.referee else ""))
        played = play_match(
            tables,
            setting,
            Path(args.output),
            description=_describe(args, parameters, policies),
            on_progress=_print_game,
        )
    finally:
        for player in players:
            player.close()
    _print_summary(summarize(played), names[0])
    return 0


def _policy(spec: str, profile: str | None, parameters: Parameters) -> "Policy | None":
    """Return the network that a player is, loaded once for all tables, or None for a program."""
    if spec != "net" and _is_program(spec):
        if profile:
            raise options.OptionError(f"player {spec!r} is a program: only networks play as a profile")
        return None
    from gopolicy.policy import Policy
    from gopolicy.policy.policy import find_model

    if not find_model(spec).exists():
        raise options.OptionError(f"player {spec!r} is neither a program that can be run, nor a model file, nor `net`")
    return Policy.load(spec, symmetries=parameters.symmetries, profile=profile)


def _is_program(spec: str) -> bool:
    try:
        words = command_words(spec)
    except ValueError:  # a quotation mark without its other
        return False
    is_model = len(words) == 1 and words[0].endswith(".safetensors")  # some disks make all files executable
    return bool(words) and not is_model and shutil.which(words[0]) is not None


def _share_cores(tables: int) -> None:
    """Give each of so many tables its share of the threads that torch would use."""
    import torch

    torch.set_num_threads(max(1, torch.get_num_threads() // tables))


def _seat(
    spec: str, policy: "Policy | None", args: argparse.Namespace, parameters: Parameters
) -> "Callable[[], Player]":
    """Return what makes a player, one for each table."""
    from gopolicy.engine.players import GtpPlayer, PolicyPlayer

    if policy is None:
        return lambda: GtpPlayer(spec, timeout_seconds=args.timeout)
    return lambda: PolicyPlayer(policy, parameters, rules=_rules(args))


def _rules(args: argparse.Namespace) -> ScoringRules:
    scoring = parse_rules(args.rules).scoring
    return scoring if scoring.territory else AREA  # nobody gives a handicap in a match


def _openings(args: argparse.Namespace) -> "list[Game]":
    from gopolicy.go.events import is_setup
    from gopolicy.go.game import Game
    from gopolicy.records import read_records

    if args.openings is None:
        return []
    found: dict[bytes, Game] = {}
    for record in read_records(args.openings):
        turns = [i for i, event in enumerate(record.events) if not is_setup(event)]
        if record.size == BOARD_SIZE and len(turns) > args.opening_moves:
            events = record.events[: turns[args.opening_moves]]
            found.setdefault(events.tobytes(), Game.from_events(BOARD_SIZE, events))
        if 2 * len(found) >= args.games:
            break
    if not found:
        raise options.OptionError(f"{args.openings} holds no 19x19 record of more than {args.opening_moves} moves")
    return list(found.values())


def _describe(args: argparse.Namespace, parameters: Parameters, policies: "Sequence[Policy | None]") -> dict[str, Any]:
    shared = {
        key: getattr(args, key)
        for key in ("first", "second", "referee", "openings", "opening_moves", "komi", "max_moves")
    }
    if _rules(args) != AREA:
        shared["rules"] = args.rules
    shared |= {key: getattr(args, key) for key in ("profile", "opponent_profile") if getattr(args, key)}
    shared |= {key: policy.digest for key, policy in zip(NETWORKS, policies, strict=True) if policy}
    return shared | {name: parameters.text(name) for name in OPTIONS}


def _print_game(played: "Played") -> None:
    from gopolicy.go.coords import COLOR_NAMES

    who = {1: "won", 0.5: "drew", 0: "lost"}[played.score]
    color = COLOR_NAMES[played.first_color].capitalize()
    same = f"; the same game as {played.same_as}, not counted" if played.same_as else ""
    print(
        f"game {played.number}: {who} as {color}, {played.result} ({played.reason}), {played.moves} moves{same}",
        flush=True,
    )


def _print_summary(summary: "Summary", name: str) -> None:
    print(
        f"{name}: {summary.wins} won, {summary.draws} drawn, {summary.losses} lost of {summary.games}: "
        f"{100 * summary.share:.1f} % (95 % interval {100 * summary.low:.1f} to {100 * summary.high:.1f})"
    )
    print(f"as Black {summary.black[0]:g} of {summary.black[1]}, as White {summary.white[0]:g} of {summary.white[1]}")
    if summary.repeated:
        print(f"{summary.repeated} games repeated earlier ones and do not count; --temperature makes games differ")
    for who, count in summary.failures.items():
        if count:
            print(f"the {who} player lost {count} games by failing; the reasons stand above and in the records")

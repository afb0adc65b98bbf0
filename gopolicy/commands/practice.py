"""Practice positions from one's own games, where the network had a clear move and another one was played.

Fill the deck with --add games.corpus --player NAME; without options the problems that are due are asked in the
terminal: answer with a vertex such as Q16, nothing to see the moves, quit to stop.  Every answer is saved at once.
"""

import argparse
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from gopolicy.commands import options
from gopolicy.go.coords import BOARD_SIZE, COLOR_NAMES, CoordinateError, parse_vertex, to_vertex

if TYPE_CHECKING:
    from gopolicy.archive.practice import Deck, Problem
    from gopolicy.go import Game
    from gopolicy.go.coords import Point

MOST: Final = 100  # problems that --add adds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--deck", type=Path, metavar="FILE", help="file of the problems (default: in your data folder)")
    parser.add_argument("--add", type=Path, metavar="CORPUS", help="add problems from the games of a corpus file")
    parser.add_argument(
        "--player", action="append", metavar="NAME", help="whose moves to take with --add (default: of all)"
    )
    parser.add_argument("--bits", type=float, metavar="B", help="least surprise of a move (default: 6)")
    parser.add_argument("--most", type=int, metavar="N", help="problems to add at most (default: 100)")
    parser.add_argument("--export", type=Path, metavar="OUT.sgf", help="write all problems as an SGF collection")
    options.add_model(parser)
    options.add_symmetries(parser, default=None)
    options.add_no_progress(parser)


def run(args: argparse.Namespace) -> int:
    """Add, export or ask."""
    from gopolicy.archive.practice import Deck, default_deck
    from gopolicy.commands import compile_rules

    _check_filling(args)
    deck = Deck(args.deck or default_deck())
    if args.add or not args.export:
        options.check_outputs(args, deck.path, args.export, inputs=(args.add,))
    else:
        options.check_outputs(args, args.export, inputs=(deck.path,))
    if not args.add:
        _check_filled(deck)
    compile_rules()
    if args.add:
        count = _add(args, deck)
        print(f"{deck.path}: {count} problems added, {len(deck.problems)} in all")
    if args.export:
        from gopolicy.files import write_file

        _check_filled(deck)
        write_file(args.export, "".join(problem.as_tree().to_sgf() for problem in deck.problems.values()))
        print(f"{args.export}: {len(deck.problems)} problems")
    if not args.add and not args.export:
        _ask_all(deck)
    return 0


def _check_filling(args: argparse.Namespace) -> None:
    """Refuse what is about --add without it, else fill in its defaults."""
    from gopolicy.archive.practice import LEAST_BITS

    if not args.add:
        names = ("player", "bits", "most", "model", "symmetries")
        given = next((name for name in names if getattr(args, name) is not None), None)
        if given:
            raise options.OptionError(f"--{given} is about problems to add; give --add, too")
    args.bits = LEAST_BITS if args.bits is None else args.bits
    args.most = MOST if args.most is None else args.most
    args.symmetries, args.player = args.symmetries or 1, args.player or []
    options.check_positive(args, "most")
    options.check_bits(args)


def _check_filled(deck: "Deck") -> None:
    if not deck.problems:
        raise options.OptionError(f"{deck.path}: holds no problem to ask or export; fill it with --add")


def _add(args: argparse.Namespace, deck: "Deck") -> int:
    from gopolicy.archive.surprises import SurpriseSearch, search, search_facts, targets_of
    from gopolicy.policy import Policy
    from gopolicy.records.corpus import Corpus

    corpus, policy = Corpus.open(args.add), Policy.load(args.model)
    targets = targets_of(corpus, args.player)
    state = SurpriseSearch(search_facts(corpus, policy, args.player, args.symmetries, args.bits))
    with options.progress(args, "moves", len(targets[0])) as advance:
        search(corpus, policy, targets, state, on_progress=advance)
    return deck.add(corpus, state.found, args.most)


def _ask_all(deck: "Deck") -> None:
    due = deck.due()
    print(f"{len(due)} of {len(deck.problems)} problems are due")
    for name in due:
        problem = deck.problems[name]
        _print_problem(problem)
        move = _read_move(problem.game)
        if move == "quit":
            return
        grade = deck.answer(name, move)
        words = {"Good": "The network's move.", "Hard": "Nearly as probable.", "Again": "Not among the probable ones."}
        moves = ", ".join(f"{to_vertex(point, BOARD_SIZE)} {share:.0%}" for point, share in problem.candidates)
        played = f"; played: {to_vertex(problem.played, BOARD_SIZE)}" if problem.played is not None else ""
        print(f"{words[grade]}  Network: {moves}{played} ({problem.source})\n")


def _print_problem(problem: "Problem") -> None:
    from gopolicy.go.diagram import draw_diagram

    last = "" if problem.last is None else f" after {to_vertex(problem.last, BOARD_SIZE)}"
    print(draw_diagram(problem.game.board, coordinates=True))
    print(f"{COLOR_NAMES[problem.to_play]} to play{last}: ", end="", flush=True)


def _read_move(game: "Game") -> "Point | Literal['quit'] | None":
    """Return the point of a legal move, None for no answer, or "quit"."""
    for line in sys.stdin:
        word, fault = line.strip(), ""
        if not word:
            return None
        if word.lower() in ("quit", "q"):
            return "quit"
        with suppress(CoordinateError):
            point = parse_vertex(word, BOARD_SIZE)
            reason = game.why_illegal(point)
            if point is not None and not reason:
                return point
            fault = f"{to_vertex(point, BOARD_SIZE)}: {reason}; " if reason else ""
        print(f"{fault}a vertex such as Q16, or quit: ", end="", flush=True)
    return "quit"

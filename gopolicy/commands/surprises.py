"""Rank the moves of a corpus that the network found improbable, with what it expected.

Classified by an archive (the corpus itself unless --archive names another): moves that other games have in the same
position, moves that other games have in the same 9x9 surroundings, and moves that are neither
in three other games: played once, or nearly so.  Ctrl-C keeps what is judged, and the same command goes on from there.
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from gopolicy.commands import options

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gopolicy.archive.surprises import Repetition, SurpriseSearch, SurprisingMove
    from gopolicy.records.corpus import Corpus


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("corpus", type=Path, metavar="CORPUS", help="corpus file of the games to judge")
    parser.add_argument(
        "--player", action="append", default=[], metavar="NAME", help="moves of this player only (default: of all)"
    )
    parser.add_argument(
        "--out", type=Path, metavar="OUT.sgf", required=True, help="write the moves as an SGF collection"
    )
    parser.add_argument("--archive", type=Path, metavar="CORPUS", help="games to compare with (default: the same)")
    kinds = "only moves that three other games have there (position), around there (shape), or neither (once)"
    parser.add_argument("--kind", choices=("position", "shape", "once"), help=kinds)
    parser.add_argument("--top", type=int, default=100, metavar="N", help="moves to write (default: 100)")
    parser.add_argument("--bits", type=float, default=8.0, metavar="B", help="least surprise of a move (default: 8)")
    options.add_model(parser)
    options.add_symmetries(parser)
    options.add_precision(parser)
    options.add_threads(parser)
    parser.add_argument("--rebuild", action="store_true", help="build the archive's index anew")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options.add_no_progress(parser)


def run(args: argparse.Namespace) -> int:
    """Search, compare, write and print."""
    from gopolicy.archive.exploration import Archive
    from gopolicy.archive.surprise_collection import as_sgf
    from gopolicy.archive.surprises import repetitions, targets_of
    from gopolicy.commands import compile_rules
    from gopolicy.files import write_file
    from gopolicy.records.corpus import Corpus

    options.check_positive(args, "top")
    options.check_bits(args)
    options.check_outputs(args, args.out, inputs=(args.corpus, args.archive))
    options.apply_threads(args)
    compile_rules()
    corpus = Corpus.open(args.corpus)
    targets = targets_of(corpus, args.player)
    with options.progress(args, "games") as advance:
        archive = Archive.open(args.archive or args.corpus, rebuild=args.rebuild, on_progress=advance)
    state = _search(args, corpus, targets)
    if state is None:
        print("stopped: the same command goes on from here", file=sys.stderr)
        return 130
    with options.progress(args, "games", len(archive.corpus)) as advance:
        counts = repetitions(archive, corpus, state.found, advance)
    pairs = list(zip(state.found, counts, strict=True))
    shown = [pair for pair in pairs if args.kind in (None, pair[1].kind)][: args.top]
    if shown:
        write_file(args.out, as_sgf(corpus, shown))
    _progress_file(args).unlink(missing_ok=True)
    _print(args, corpus, state, shown)
    return 0


def _progress_file(args: argparse.Namespace) -> Path:
    out: Path = args.out
    return out.with_name(f"{out.name}.progress")


def _search(
    args: argparse.Namespace, corpus: "Corpus", targets: "tuple[NDArray[np.int64], NDArray[np.int64]]"
) -> "SurpriseSearch | None":
    """Judge the targets; return None if Ctrl-C broke it off."""
    from gopolicy.archive.surprises import SurpriseSearch, search, search_facts
    from gopolicy.policy import Policy
    from gopolicy.training.device import pick_precision, set_up, torch_dtype

    policy = Policy.load(args.model)
    set_up(policy.device)
    dtype = torch_dtype(pick_precision(args.precision, policy.device))
    facts = search_facts(corpus, policy, args.player, args.symmetries, args.bits)
    state = SurpriseSearch.load(_progress_file(args), facts)
    with options.progress(args, "moves", len(targets[0])) as advance:
        advance(state.done)
        try:
            search(corpus, policy, targets, state, dtype=dtype, save_to=_progress_file(args), on_progress=advance)
        except KeyboardInterrupt:
            return None
    return state


def _print(
    args: argparse.Namespace,
    corpus: "Corpus",
    state: "SurpriseSearch",
    shown: "list[tuple[SurprisingMove, Repetition]]",
) -> None:
    from gopolicy.archive.surprise_collection import describe

    if args.json:
        rows = [asdict(move) | asdict(counts) | {"kind": counts.kind} for move, counts in shown]
        print(json.dumps({"score": state.score.as_dict(), "surprises": rows}))
        return
    for move, counts in shown[:20]:
        judged = move.judged
        expected = ", ".join(f"{candidate.vertex} {candidate.probability:.0%}" for candidate in judged.candidates)
        players = " - ".join(corpus.player(move.game, color) or "?" for color in (1, 2))
        place = f"{judged.bits:5.1f} bits  {judged.vertex:<4} move {judged.number:<4}{players}"
        print(f"{place}: {expected}; {describe(counts)}")
    score = state.score
    written = f"{args.out}: {len(shown)} moves" if shown else f"nothing to write, {args.out} is as it was"
    if state.left_out:
        print(f"the {len(state.found):,} most surprising were looked at, {state.left_out:,} more were left out")
    print(f"{score.moves:,} moves judged, top-1 {score.top1:.1%}; {written}")

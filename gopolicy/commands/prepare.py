"""Read game records into a corpus file to train on.

Sources are SGF files, folders, zip and tar archives (also .gz, .bz2, .xz), and other corpora, which are
merged.  A bad game never stops the run: it is counted by reason.

With --player or --rank only the moves of the side that fits are learned from, so that one game can stand in the
corpora of both its players:

    gopolicy prepare GAMES --out mine.corpus --player "my name"
    gopolicy prepare GAMES --out kyu.corpus --rank 9k-1k
"""

import argparse
from pathlib import Path

from gopolicy.commands import options
from gopolicy.lifetime import usable_cores


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("sources", nargs="+", type=Path, metavar="SOURCE")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="x.corpus, or x.corpus.xz, compressed")
    options.add_sides(parser)
    parser.add_argument("--min-moves", type=int, default=0, metavar="N", help="drop shorter games (default: 0)")
    parser.add_argument(
        "--keep-duplicates",
        action="store_true",
        help="keep games that occur more than once; several corpora read together hold each once",
    )
    parser.add_argument("--encoding", help="text encoding of the records (default: detected for each file)")
    parser.add_argument("--workers", type=int, metavar="N", help="processes (default: one per core)")
    parser.add_argument("--strict", action="store_true", help="fail if any game was dropped")
    options.add_no_progress(parser)


def run(args: argparse.Namespace) -> int:
    """Prepare the corpus and print the table of what was kept and dropped."""
    import sys
    import time
    from dataclasses import replace

    from tqdm import tqdm

    from gopolicy.commands import compile_rules
    from gopolicy.files import display_name
    from gopolicy.records.corpus import Corpus
    from gopolicy.records.corpus_format import COMPRESSED
    from gopolicy.records.prepare import is_corpus, prepare

    options.check_not_negative(args, "min_moves", "workers")
    if args.out.suffix == ".xz" and not args.out.name.endswith(COMPRESSED):
        raise options.OptionError(f"--out {display_name(args.out)}: a compressed corpus is named x{COMPRESSED}")
    if args.encoding and (corpus := next(filter(is_corpus, args.sources), None)):
        raise options.OptionError(f"--encoding: is for records; {display_name(corpus)} is a corpus")
    options.check_outputs(args, args.out, inputs=args.sources)
    selection = replace(options.selection(args), min_moves=args.min_moves, drop_duplicates=not args.keep_duplicates)
    compile_rules()  # once here, so that the workers find it in the cache
    begun = time.monotonic()
    with tqdm(unit=" games", disable=args.no_progress, file=sys.stderr) as bar:

        def show(games: int, moves: int, source: str) -> None:
            bar.set_postfix_str(source, refresh=False)
            bar.update(games)

        workers = args.workers if args.workers is not None else usable_cores()
        counts = prepare(
            args.sources, args.out, selection=selection, encoding=args.encoding, workers=workers, progress=show
        )
    seconds = time.monotonic() - begun
    corpus, size = Corpus.open(args.out), args.out.stat().st_size
    print(counts.table())
    print(f"{display_name(args.out)}: {len(corpus):,} games, {corpus.positions:,} moves, {size:,} bytes", end=", ")
    print(f"{size / len(corpus.all_events):.2f} bytes a move, {seconds:.1f} s, {len(corpus) / seconds:,.0f} games/s")
    return 1 if args.strict and counts.dropped else 0

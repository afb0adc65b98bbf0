"""Measure how well a network predicts the moves of games: loss, top-1 and top-5 with 95 % intervals.

Sources are corpus files, or SGF files, folders and archives.  Accuracy counts all 361 points, legal or
not, as the paper does; passes are no positions.
"""

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("sources", nargs="+", type=Path, metavar="SOURCE")
    parser.add_argument(
        "--model", type=Path, metavar="M", help="model file or run folder (default: the one that ships)"
    )
    parser.add_argument("--sample", type=int, metavar="N", help="measure on N random positions (default: on all)")
    parser.add_argument("--seed", type=int, default=0, help="of the sample (default: 0)")
    parser.add_argument(
        "--symmetries", type=int, default=1, choices=range(1, 9), metavar="N", help="average 1 to 8 views"
    )
    parser.add_argument("--batch", type=int, default=256, metavar="B", help="positions a forward pass (default: 256)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda (default: auto)")
    parser.add_argument("--precision", default="auto", help="auto, float32 or bfloat16 (default: auto)")
    parser.add_argument("--threads", type=int, metavar="N", help="CPU threads (default: torch's)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--no-progress", action="store_true", help="no progress bar")


def run(args: argparse.Namespace) -> int:
    """Evaluate and print a table: all positions, then by phase and by kind of game."""
    import json
    import sys

    import numpy as np
    import torch
    from tqdm import tqdm

    from gopolicy.commands import compile_rules
    from gopolicy.nn.checkpoint import load_model
    from gopolicy.nn.network import on_device
    from gopolicy.policy.policy import find_model
    from gopolicy.records.corpus import Corpus
    from gopolicy.records.prepare import load_sources
    from gopolicy.training.device import pick_device, pick_precision
    from gopolicy.training.evaluation import Tally, evaluate, sample_positions

    if args.threads:
        torch.set_num_threads(args.threads)
    compile_rules()
    path = find_model(args.model)
    network, facts = load_model(path)
    device = pick_device(args.device)
    precision = pick_precision(args.precision, device)
    corpus: Corpus = load_sources(args.sources)
    games = np.arange(len(corpus))
    total = len(sample_positions(corpus, games, args.sample, args.seed)[0])
    with tqdm(total=total, unit=" pos", unit_scale=True, disable=args.no_progress, file=sys.stderr) as bar:
        result = evaluate(
            on_device(network, device),
            corpus,
            games,
            count=args.sample,
            seed=args.seed,
            symmetries=args.symmetries,
            batch_size=args.batch,
            device=device,
            dtype=torch.bfloat16 if precision == "bfloat16" else torch.float32,
            progress=bar.update,
        )
    if args.json:
        groups = {name: tally.as_dict() for name, tally in result.groups.items()}
        facts = {"model": str(path), "symmetries": args.symmetries, "precision": precision, "games": len(corpus)}
        print(json.dumps({**facts, **result.total.as_dict(), "groups": groups}))
        return 0
    print(f"{path}, {args.symmetries} symmetries, {precision} on {device}; {len(corpus):,} games")
    print(f"{'':16}{'positions':>10}{'loss':>8}{'top-1':>9}{'95 % interval':>19}{'top-5':>9}")
    rows: dict[str, Tally] = {"all": result.total, **result.groups}
    for name, tally in rows.items():
        low, high = tally.interval
        print(
            f"{name:16}{tally.positions:>10,}{tally.loss:>8.4f}{tally.top1:>9.2%}"
            f"{f'{low:.2%} to {high:.2%}':>19}{tally.top5:>9.2%}"
        )
    return 0

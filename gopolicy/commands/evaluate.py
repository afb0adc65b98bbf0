"""Measure how well networks predict the moves of games: loss, top-1 and top-5 with 95 % intervals.

Sources are corpus files, or SGF files, folders and archives.  Accuracy counts all 361 points, legal or
not, as the paper does; passes are no positions.  One network is shown by phase and by kind of game; several
networks, several numbers of symmetries or --train give a line each, as in the paper's Extended Data Table 3:

    gopolicy evaluate test.corpus --model A B C --symmetries 1 8 --train train.corpus --sample 100000

Whether percents come true is drawn by --calibration.  A temperature that makes them is fitted on games that the
network did not learn from, written into a new model file and drawn on other games:

    gopolicy evaluate validation.corpus --model A --fit-temperature calibrated.safetensors
    gopolicy evaluate test.corpus --model calibrated.safetensors --calibration reliability.png
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gopolicy.commands import options

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray

    from gopolicy.records.corpus import Corpus
    from gopolicy.training.evaluation import EvaluatedModel, Evaluation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("sources", nargs="+", type=Path, metavar="SOURCE")
    parser.add_argument(
        "--model", type=Path, nargs="+", metavar="M", help="model files or run folders (default: the one that ships)"
    )
    options.add_profile(parser)
    parser.add_argument("--train", type=Path, nargs="+", metavar="SOURCE", help="games to compare with: trained on")
    parser.add_argument("--sample", type=int, metavar="N", help="measure on N random positions (default: on all)")
    parser.add_argument("--seed", type=int, default=0, help="of the sample (default: 0)")
    parser.add_argument(
        "--symmetries", type=int, nargs="+", default=[1], choices=range(1, 9), metavar="N", help="average 1 to 8 views"
    )
    parser.add_argument("--hide-history", action="store_true", help="show all stones as old, as if set up by hand")
    parser.add_argument("--calibration", type=Path, metavar="PNG", help="draw how often moves of each percent came")
    parser.add_argument("--fit-temperature", type=Path, metavar="MODEL", help="calibrate on SOURCE, write a new model")
    options.add_device(parser)
    options.add_precision(parser)
    options.add_threads(parser)
    parser.add_argument("--json", action="store_true", help="print JSON (of several models or symmetries a list)")
    options.add_no_progress(parser)


def run(args: argparse.Namespace) -> int:
    """Evaluate and print a table: of one network by phase and kind of game, of several a line each."""
    import json

    from gopolicy.commands import compile_rules
    from gopolicy.policy.policy import find_model
    from gopolicy.training.device import pick_device, pick_precision

    options.apply_threads(args)
    options.check_positive(args, "sample")
    options.check_seed(args)
    _check_calibration(args)
    picture = options.picture_path(args.calibration)
    options.check_outputs(args, picture, args.fit_temperature, inputs=[*args.sources, *(args.train or [])])
    compile_rules()
    paths = [find_model(path) for path in args.model or [None]]
    device = pick_device(args.device)
    precision = pick_precision(args.precision, device)
    corpora = {"test": options.read_games(args.sources)}
    if args.train:
        corpora["train"] = options.read_games(args.train)
    if args.sample and args.sample >= max(corpus.positions for corpus in corpora.values()):
        args.sample = None  # all of them
    calibration = _Calibration(args)
    rows = [
        _measure(args, path, symmetries, corpora, device, precision, calibration)
        for path in paths
        for symmetries in args.symmetries
    ]
    told = calibration.finish(paths[0])
    facts = {"precision": precision, "device": str(device), "games": len(corpora["test"])}
    facts |= {name: getattr(args, name) for name in ("profile", "hide_history", "sample", "seed")}
    if args.json:
        answers = [{**row.as_dict(), **facts, **told} for row in rows]
        print(json.dumps(answers[0] if len(rows) == 1 else answers))
    elif len(rows) == 1 and not args.train:
        how = f"{precision} on {device}{_conditions(args)}"
        print(f"{rows[0].model}, {args.symmetries[0]} symmetries, {how}; {facts['games']:,} games")
        _print_groups(rows[0].results["test"])
        for name, value in told.items():
            print(f"{name.replace('_', ' ')}: {value:.4f}")
    else:
        games = ", ".join(f"{name}: {len(games):,} games" for name, games in corpora.items())
        print(f"{precision} on {device}{_conditions(args)}; {games}")
        _print_rows(rows)
    return 0


def _conditions(args: argparse.Namespace) -> str:
    """Return what else the options say of the measurement, for the heading."""
    from gopolicy.files import display_name

    profile = f", profile {display_name(args.profile)}" if args.profile else ""
    history = ", history hidden" if args.hide_history else ""
    sample = f", a sample of {args.sample:,} by seed {args.seed}" if args.sample else ""
    return profile + history + sample


def _check_calibration(args: argparse.Namespace) -> None:
    if not (args.calibration or args.fit_temperature):
        return
    if len(args.model or [None]) > 1 or len(args.symmetries) > 1 or args.train:
        raise options.OptionError("--calibration and --fit-temperature take one model, one --symmetries and no --train")
    if args.fit_temperature and args.profile:
        raise options.OptionError("--fit-temperature writes the network itself; leave out --profile")
    if args.fit_temperature and args.symmetries != [1]:
        raise options.OptionError("--fit-temperature: the logits are those of one symmetry; leave out --symmetries")


class _Calibration:
    """What --calibration and --fit-temperature do beside the measurement."""

    def __init__(self, args: argparse.Namespace) -> None:
        from gopolicy.training.calibration import Reliability, TemperatureFit

        self.picture, self.out = args.calibration, args.fit_temperature
        self.reliability = Reliability() if self.picture else None
        self.fit = TemperatureFit() if self.out else None

    def add(self, probabilities: "NDArray[np.float32]", points: "NDArray[np.int64]") -> None:
        """Take the predictions of a batch."""
        for taker in (self.reliability, self.fit):
            if taker:
                taker.add(probabilities, points)

    def finish(self, model: Path) -> dict[str, float]:
        """Draw, write the calibrated model, and return what was found by name."""
        told: dict[str, float] = {}
        if self.reliability:
            from gopolicy.explain.reliability_diagram import draw_reliability

            draw_reliability(self.reliability, self.picture, model.stem if model.is_file() else model.name)
            told["expected_calibration_error"] = self.reliability.expected_error
        if self.fit:
            from dataclasses import replace

            from gopolicy.nn.model_file import is_half, load_model, save_model
            from gopolicy.training.calibration import divide_logits

            network, facts = load_model(model)
            told["temperature"] = self.fit.temperature()
            divide_logits(network, told["temperature"])
            calibrated = replace(facts, temperature=facts.temperature * told["temperature"])
            save_model(self.out, network, calibrated, half=is_half(model))
        return told


def _measure(
    args: argparse.Namespace,
    path: Path,
    symmetries: int,
    corpora: "dict[str, Corpus]",
    device: "torch.device",
    precision: str,
    calibration: "_Calibration",
) -> "EvaluatedModel":
    import sys

    import numpy as np
    from tqdm import tqdm

    from gopolicy.nn.model_file import load_model
    from gopolicy.nn.network import on_device
    from gopolicy.profiles import find_profile, fuse_profile
    from gopolicy.profiles.habits import NO_HABITS
    from gopolicy.training.device import torch_dtype
    from gopolicy.training.evaluation import EvaluatedModel, evaluate, sample_positions

    network = on_device(load_model(path)[0], device)
    habits = NO_HABITS
    if args.profile:
        profile = find_profile(args.profile)
        network, habits = on_device(fuse_profile(network, profile), device), profile.habits
    results = {}
    for name, corpus in corpora.items():
        positions = sample_positions(corpus, np.arange(len(corpus)), args.sample, args.seed)
        title = f"{path.stem if path.is_file() else path.name} x{symmetries} {name}"
        with tqdm(
            total=len(positions[0]), desc=title, unit=" pos", unit_scale=True, disable=args.no_progress, file=sys.stderr
        ) as bar:

            def take(
                probabilities: "NDArray[np.float32]", points: "NDArray[np.int64]", bar: "tqdm[None]" = bar
            ) -> None:
                calibration.add(probabilities, points)
                bar.update(len(points))

            results[name] = evaluate(
                network,
                corpus,
                positions,
                symmetries=symmetries,
                dtype=torch_dtype(precision),
                habits=habits,
                hidden=args.hide_history,
                on_predictions=take,
            )
    return EvaluatedModel(str(path), network.config, symmetries, results)


def _print_groups(result: "Evaluation") -> None:
    print(f"{'':16}{'positions':>10}{'loss':>8}{'top-1':>9}{'95 % interval':>19}{'top-5':>9}")
    for name, score in {"all": result.total, **result.groups}.items():
        low, high = score.top1_interval
        print(
            f"{name:16}{score.moves:>10,}{score.loss:>8.4f}{score.top1:>9.2%}"
            f"{f'{low:.2%} to {high:.2%}':>19}{score.top5:>9.2%}"
        )


def _print_rows(rows: "list[EvaluatedModel]") -> None:
    width = max(len(row.model) for row in rows)
    train = "train" in rows[0].results
    print(
        f"{'':{width}}{'filters':>9}{'layers':>8}{'planes':>8}{'symmetries':>12}{'loss':>8}{'test top-1':>12}"
        f"{'95 % interval':>20}{'test top-5':>12}" + (f"{'train top-1':>13}" if train else "")
    )
    for row in rows:
        total, shape = row.results["test"].total, row.network
        low, high = total.top1_interval
        print(
            f"{row.model:{width}}{shape.filters:>9}{shape.layers:>8}{shape.planes:>8}{row.symmetries:>12}"
            f"{total.loss:>8.4f}{total.top1:>12.2%}{f'{low:.2%} to {high:.2%}':>20}{total.top5:>12.2%}"
            + (f"{row.results['train'].total.top1:>13.2%}" if train else "")
        )

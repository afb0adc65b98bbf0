"""Tell how expected each move of a game was: probability, rank, bits of surprise, and what was expected instead.

RECORDS is an SGF file, a folder or an archive.  -o writes the games with a comment at every move and the
likeliest moves labeled 1 to 5, which any SGF viewer shows: into one file if it ends in .sgf, else into a
folder, one file a game.  Without an output option the summary table is printed.
"""

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from gopolicy.go.coords import BOARD_SIZE

if TYPE_CHECKING:
    from contextlib import ExitStack

    from gopolicy.go.coords import Color
    from gopolicy.policy import Policy
    from gopolicy.policy.review import MoveReview, ReviewTable
    from gopolicy.records.tree import GameTree

COLUMNS = ("source", "number", "color", "vertex", "probability", "rank", "bits", "expected")
SURPRISE_BITS = 6.0  # about one chance in sixty


class Reviewed(NamedTuple):
    """A game with the reviews of its moves."""

    source: str
    tree: "GameTree"
    reviews: "list[MoveReview]"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("records", metavar="RECORDS", help="SGF file, folder, zip or tar archive")
    parser.add_argument("-o", "--output", metavar="OUT", help="where the commented games go: a file x.sgf, or a folder")
    parser.add_argument("--summary", action="store_true", help="print top-1, top-5 and mean bits per player and phase")
    parser.add_argument("--csv", metavar="FILE", help="write a line a move")
    parser.add_argument("--json", metavar="FILE", help="write a JSON object a game, one a line")
    parser.add_argument("--plot", metavar="FILE", help="draw the surprise of every move (.png, .svg or .pdf)")
    parser.add_argument("--model", metavar="FILE", help="the network (default: the one that ships)")
    parser.add_argument(
        "--symmetries", type=int, default=1, metavar="N", help="turns and flips to average over, 1 to 8"
    )
    parser.add_argument(
        "--all-points", action="store_true", help="count illegal points as candidates, as `gopolicy evaluate` does"
    )
    parser.add_argument("--games", type=int, metavar="N", help="stop after so many games")


def run(args: argparse.Namespace) -> int:
    """Review the games and write what was asked for."""
    import sys
    import time
    from contextlib import ExitStack

    from gopolicy.policy import Policy

    policy = Policy.load(None if args.model is None else Path(args.model))
    dropped, games, begun = Counter[str](), 0, time.monotonic()
    with ExitStack() as files:
        outputs = _Outputs(args, files)
        for game in _review_all(policy, args, dropped):
            outputs.add(game)
            games += 1
        outputs.finish()
    seconds = time.monotonic() - begun
    moves = outputs.table.totals().moves
    print(f"{games} games, {moves} moves, {games / seconds:.1f} games a second", file=sys.stderr)
    for reason, number in dropped.most_common():
        print(f"left out: {number} x {reason}", file=sys.stderr)
    return 0 if games else 1


class _Outputs:
    """All that was asked for, filled game by game; files that it opens are closed by `files`."""

    def __init__(self, args: argparse.Namespace, files: "ExitStack") -> None:
        from gopolicy.policy.review import ReviewTable

        def open_file(path: str | None) -> IO[str] | None:
            return None if path is None else files.enter_context(open(path, "w", encoding="utf-8", newline=""))

        self._args = args
        self._csv, self._json = open_file(args.csv), open_file(args.json)
        self._names: set[str] = set()  # of the files in the folder of commented games
        self._commented: list[str] = []  # or the games that go into one file
        self._bits: list[tuple[int, Color, float]] = []
        self.table = ReviewTable()
        if self._csv:
            self._csv.write(",".join(COLUMNS) + "\n")

    def add(self, game: Reviewed) -> None:
        """Write or count one game."""
        for review in game.reviews:
            self.table.add(review)
            self._bits.append((review.number, review.color, review.bits))
        if self._csv:
            _write_csv(self._csv, game)
        if self._json:
            _write_json(self._json, game)
        if self._args.output:
            _annotate(game)
            self._commented.append(_keep(Path(self._args.output), game, self._names))

    def finish(self) -> None:
        """Write and print what is about all games."""
        args = self._args
        if args.output and Path(args.output).suffix == ".sgf" and self._commented:
            Path(args.output).write_text("".join(self._commented), encoding="utf-8")
        if args.plot:
            _plot(args.plot, self._bits)
        if args.summary or not (args.output or args.csv or args.json or args.plot):
            print(_summary_text(self.table))


def _review_all(policy: "Policy", args: argparse.Namespace, dropped: Counter[str]) -> Iterator[Reviewed]:
    """Yield every game of the records with its reviews; count in `dropped` those that have none, and why."""
    from gopolicy.policy.review import review_positions
    from gopolicy.records.problems import RecordError, phrase
    from gopolicy.records.record import Record, read_texts
    from gopolicy.records.sgf import parse_game

    def drop(source: str, reason: str) -> None:
        dropped[phrase(reason)] += 1

    games = 0
    for source, text in read_texts(args.records, on_drop=drop):
        if games == args.games:
            return
        try:
            tree = parse_game(text)
        except RecordError as error:
            drop(source, error.reason)
            continue
        if tree.size != BOARD_SIZE:
            drop(source, f"board of {tree.size} lines")
            continue
        games += 1
        positions = Record.from_tree(tree, source).replay()
        legal_only = not args.all_points
        reviews = review_positions(policy, positions, symmetries=args.symmetries, legal_only=legal_only)
        yield Reviewed(source, tree, list(reviews))


def _annotate(game: Reviewed) -> None:
    """Write each review into its node, and the labels of what was expected into the node before it."""
    from gopolicy.go.coords import to_sgf

    nodes = [node for node in game.tree.main_line() if node.turn]
    for review in game.reviews:
        node = nodes[review.number - 1]
        text = _comment(review)
        node.comment = f"{node.comment}\n\n{text}" if node.comment else text
        if node.parent is not None:
            labels = node.parent.properties.setdefault("LB", [])
            taken = {label.partition(":")[0] for label in labels}
            points = [(to_sgf(suggestion.move, game.tree.size), suggestion.rank) for suggestion in review.top]
            labels += [f"{point}:{rank}" for point, rank in points if point not in taken]


def _comment(review: "MoveReview") -> str:
    surprise = "Surprise: " if review.bits >= SURPRISE_BITS else ""
    played = (
        f"{surprise}{review.vertex} was number {review.rank}, {_percent(review.probability)}, {review.bits:.1f} bits"
    )
    expected = ", ".join(
        f"{suggestion.rank} {suggestion.vertex} {_percent(suggestion.probability)}" for suggestion in review.top
    )
    return f"{played}.\nExpected: {expected}"


def _percent(p: float) -> str:
    return f"{100 * p:.1f} %" if p >= 0.001 else "under 0.1 %"


def _keep(output: Path, game: Reviewed, names: set[str]) -> str:
    """Return the game's SGF text if it goes into one file with others, else write it into its own and return "".

    names: those of the files written so far; it grows.
    """
    text = game.tree.to_sgf()
    if output.suffix == ".sgf":
        return text
    output.mkdir(parents=True, exist_ok=True)
    stem = re.sub(r"[^\w.-]+", "_", game.source.replace(".sgf", "")).strip("_.") or "game"
    name = next(name for n in count(1) if (name := stem if n == 1 else f"{stem}_{n}") not in names)
    names.add(name)
    (output / f"{name}.sgf").write_text(text, encoding="utf-8")
    return ""


def _write_csv(file: IO[str], game: Reviewed) -> None:
    import csv

    from gopolicy.go.coords import COLOR_NAMES

    writer = csv.writer(file, lineterminator="\n")
    for review in game.reviews:
        expected = " ".join(f"{suggestion.vertex}:{suggestion.probability:.4f}" for suggestion in review.top)
        color = COLOR_NAMES[review.color]
        p, bits = f"{review.probability:.6f}", f"{review.bits:.3f}"
        writer.writerow([game.source, review.number, color, review.vertex, p, review.rank, bits, expected])


def _write_json(file: IO[str], game: Reviewed) -> None:
    import json

    from gopolicy.go.coords import BLACK, COLOR_NAMES, WHITE

    moves: list[dict[str, Any]] = [
        {
            "number": review.number,
            "color": COLOR_NAMES[review.color],
            "vertex": review.vertex,
            "probability": round(review.probability, 6),
            "rank": review.rank,
            "bits": round(review.bits, 3),
            "expected": [[suggestion.vertex, round(suggestion.probability, 6)] for suggestion in review.top],
        }
        for review in game.reviews
    ]
    tree = game.tree
    head = {"source": game.source, "black": tree.names[BLACK], "white": tree.names[WHITE], "result": tree.result}
    file.write(json.dumps({**head, "moves": moves}, ensure_ascii=False) + "\n")


def _summary_text(table: "ReviewTable") -> str:
    from gopolicy.go.coords import BLACK, WHITE
    from gopolicy.policy.review import PHASES

    lines = [f"{'':21}{'moves':>8}{'top-1':>9}{'top-5':>9}{'bits':>8}"]
    for who, color in (("Black", BLACK), ("White", WHITE), ("both", None)):
        for phase in (*(name for name, _, _ in PHASES), None):
            totals = table.totals(color, phase)
            if totals.moves:
                shares = f"{100 * totals.top1:>7.2f} %{100 * totals.top5:>7.2f} %{totals.mean_bits:>8.3f}"
                lines.append(f"{who:<6} {phase or 'all':<14}{totals.moves:>8}{shares}")
    return "\n".join(lines)


def _plot(path: str, moves: "list[tuple[int, Color, float]]") -> None:
    """Draw bits by move number, Black's up and White's down; of several games the mean."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    from gopolicy.go.coords import BLACK, COLORS

    figure, axes = pyplot.subplots(figsize=(12, 4), layout="constrained")
    for color in COLORS:
        at_number: dict[int, list[float]] = {}
        for number, mover, bits in moves:
            if mover == color:
                at_number.setdefault(number, []).append(bits if color == BLACK else -bits)
        means = [sum(values) / len(values) for values in at_number.values()]
        name, fill = ("Black", "black") if color == BLACK else ("White", "white")
        axes.bar(list(at_number), means, width=1.0, color=fill, edgecolor="gray", linewidth=0.4, label=name)
    axes.axhline(0, color="gray", linewidth=0.8)
    axes.set(xlabel="move", ylabel="surprise in bits: Black up, White down")
    axes.yaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    axes.set_facecolor("#e8d3a8")
    figure.legend(loc="outside upper right", ncols=2)
    figure.savefig(path, dpi=120)
    pyplot.close(figure)

"""Say how expected each move of a game was: probability, rank, bits of surprise, and the candidates instead.

RECORDS is an SGF file, a folder or an archive.  -o writes the games with a comment at every move, the candidates
labeled 1 to 5 and surprises marked, which any SGF viewer shows: into one file if it ends in .sgf, else into a
folder, one file a game.  Without an output option the summary table is printed.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter
from contextlib import ExitStack
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

from gopolicy.commands import options

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gopolicy.go.coords import Color
    from gopolicy.policy.review import ReviewedGame
    from gopolicy.prediction import ScoreTable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("records", metavar="RECORDS", help="SGF file, folder, zip or tar archive")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help="where the commented games go: a file x.sgf, or a folder"
    )
    parser.add_argument("--summary", action="store_true", help="print top-1, top-5 and mean bits per player and phase")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write a line a move")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write a JSON object a game, one a line")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the surprise graph (.png, .svg or .pdf)")
    options.add_model(parser)
    options.add_profile(parser)
    options.add_symmetries(parser)
    parser.add_argument(
        "--all-points", action="store_true", help="count illegal points as candidates, as `gopolicy evaluate` does"
    )
    parser.add_argument("--games", type=int, metavar="N", help="stop after so many games")


def run(args: argparse.Namespace) -> int:
    """Review the games, and write and print what the options name."""
    from gopolicy.policy import Policy
    from gopolicy.policy.review import review_records
    from gopolicy.records.problems import phrase

    options.check_positive(args, "games")
    _check_outputs(args)
    policy = Policy.load(args.model, profile=args.profile)
    dropped, begun = Counter[str](), time.monotonic()
    found = review_records(
        policy,
        args.records,
        on_drop=lambda source, reason: dropped.update([phrase(reason)]),
        symmetries=args.symmetries,
        legal_only=not args.all_points,
    )
    is_stopped = False
    with ExitStack() as files:
        outputs = _Outputs(args, files)
        try:
            for game in islice(found, args.games):
                outputs.add(game)
        except KeyboardInterrupt:  # the games so far are worth having
            if not outputs.games:
                raise
            is_stopped = True
        if not outputs.games:
            reasons = "".join(f"; left out: {number} x {reason}" for reason, number in dropped.most_common())
            raise options.OptionError(f"{args.records}: no game to review{reasons}")
        outputs.finish()
    seconds, moves = time.monotonic() - begun, outputs.table.score().moves
    ending = "; stopped before the last" if is_stopped else ""
    rate = f"{outputs.games / seconds:.1f} games a second"
    print(f"{outputs.games} games, {moves} moves, {rate}{ending}", file=sys.stderr)
    options.tell_left_out(dropped)
    return 130 if is_stopped else 0


def _check_outputs(args: argparse.Namespace) -> None:
    """Refuse outputs that could not be written."""
    from gopolicy.files import make_folder
    from gopolicy.records.record import read_texts

    plot = options.picture_path(args.plot, (".png", ".svg", ".pdf"))
    into_one = args.output and _is_one_file(args.output)
    options.check_outputs(args, args.csv, args.json, plot, args.output if into_one else None, inputs=(args.records,))
    if into_one:
        _spare_records(args, args.output)
    elif args.output and args.output.exists():
        make_folder(args.output)
        names = set[str]()
        for source, _ in islice(read_texts(args.records, on_drop=lambda source, reason: None), args.games):
            _spare_files(args, _file_name(source, names))


def _is_one_file(output: Path) -> bool:
    return output.suffix.lower() == ".sgf"


def _spare_records(args: argparse.Namespace, path: Path) -> None:
    """Refuse to write commented games over what is reviewed."""
    target, records = path.resolve(), Path(args.records).resolve()
    if target.exists() and (target == records or records in target.parents):
        raise options.OptionError(f"{path}: is one of the records to review; choose another -o")


def _spare_files(args: argparse.Namespace, name: str) -> None:
    """Refuse to write over a file in the folder that -o names, unless it is an earlier review."""
    from gopolicy.policy.annotations import SIGN

    path = args.output / name
    _spare_records(args, path)
    if path.is_file() and SIGN.encode() not in path.read_bytes():
        raise options.OptionError(f"{path}: is a file that no review wrote; move it away or choose another -o")


class _Outputs:
    """What the options name, filled game by game; `files` closes the files that grow with every game."""

    def __init__(self, args: argparse.Namespace, files: ExitStack) -> None:
        from gopolicy.files import replacing
        from gopolicy.policy.review import COLUMNS
        from gopolicy.prediction import ScoreTable

        self._args = args
        self._csv = files.enter_context(replacing(args.csv)) if args.csv else None
        self._json = files.enter_context(replacing(args.json)) if args.json else None
        self._names: set[str] = set()  # of the files in the folder of commented games
        self._commented: list[str] = []  # or the games that go into one file
        self._bits: list[tuple[int, Color, float]] = []
        self.games = 0
        self.table = ScoreTable()
        if self._csv:
            self._csv.write(_as_csv([COLUMNS]))

    def add(self, game: "ReviewedGame") -> None:
        """Write or count one game."""
        from gopolicy.files import make_folder, write_file
        from gopolicy.policy.annotations import annotate

        self.games += 1
        if game.cut_text:
            print(f"{game.source}: {game.cut_text}", file=sys.stderr)
        for move in game.moves:
            self.table.add(move)
            if self._args.plot:
                self._bits.append((move.number, move.color, move.bits))
        if self._csv:
            self._csv.write(_as_csv(game.as_rows()))
        if self._json:
            self._json.write(json.dumps(game.as_dict(), ensure_ascii=False).encode() + b"\n")
        if output := self._args.output:
            annotate(game.tree, game.moves)
            if _is_one_file(output):
                self._commented.append(game.tree.to_sgf())
            else:
                make_folder(output)
                name = _file_name(game.source, self._names)
                _spare_files(self._args, name)
                write_file(output / name, game.tree.to_sgf())

    def finish(self) -> None:
        """Write and print what is about all games."""
        from gopolicy.files import write_file

        args = self._args
        if self._commented:
            write_file(args.output, "".join(self._commented))
        if args.plot:
            _plot(args.plot, self._bits)
        if args.summary or not (args.output or args.csv or args.json or args.plot):
            print(_summary_text(self.table))


LONGEST_STEM: Final = 200  # bytes of a file's name, which may have 255


def _file_name(source: str, names: set[str]) -> str:
    """Return a new name for the file of a game and add it to `names`, as disks compare it that ignore case."""
    stem = re.sub(r"[^\w.-]+", "_", source.replace(".sgf", "")).strip("_.") or "game"
    stem = stem.encode()[-LONGEST_STEM:].decode(errors="ignore")  # the end tells games of one folder apart
    tried = (f"{stem}.sgf" if n == 1 else f"{stem}_{n}.sgf" for n in count(1))
    name = next(name for name in tried if _folded(name) not in names)
    names.add(_folded(name))
    return name


def _folded(name: str) -> str:
    return normalize("NFC", name).casefold()


def _as_csv(rows: "Iterable[Iterable[object]]") -> bytes:
    import csv
    import io

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _summary_text(table: "ScoreTable") -> str:
    from gopolicy.go.coords import BLACK, WHITE
    from gopolicy.prediction import PHASES

    lines = [f"{'':21}{'moves':>8}{'top-1':>9}{'top-5':>9}{'bits':>8}"]
    for who, color in (("Black", BLACK), ("White", WHITE), ("both", None)):
        for phase in (*(phase.name for phase in PHASES), None):
            score = table.score(color, phase)
            if score.moves:
                shares = f"{100 * score.top1:>7.2f} %{100 * score.top5:>7.2f} %{score.bits:>8.3f}"
                lines.append(f"{who:<6} {phase or 'all':<14}{score.moves:>8}{shares}")
    return "\n".join(lines)


def _plot(path: Path, moves: "list[tuple[int, Color, float]]") -> None:
    """Draw bits by move number, Black's up and White's down; of several games the mean."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    from gopolicy.files import replacing
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
    with replacing(path) as file:
        figure.savefig(file, dpi=120, format=path.suffix.lower().lstrip(".") or "png")
    pyplot.close(figure)

"""Options that several commands share, declared once, and what they stand for."""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gopolicy.errors import GopolicyError

if TYPE_CHECKING:
    import torch

    from gopolicy.go import Game
    from gopolicy.records import Record
    from gopolicy.records.corpus import Corpus
    from gopolicy.records.selection import Selection


class OptionError(GopolicyError, ValueError):
    """Options that do not fit or do not fit together; the text names them."""


def add_model(parser: argparse.ArgumentParser) -> None:
    """Declare --model, a Path or None for the network that ships."""
    text = "model file or run folder (default: the one that ships)"
    parser.add_argument("--model", type=Path, metavar="M", help=text)


def add_profile(parser: argparse.ArgumentParser) -> None:
    """Declare --profile, a name or a file of a profile, which `Policy.load` takes."""
    text = "predict as a profile: a name of `gopolicy profiles`, a file that `gopolicy learn` wrote, or rank_5k"
    parser.add_argument("--profile", metavar="P", help=text)


def add_sides(parser: argparse.ArgumentParser) -> None:
    """Declare --player, --rank and --years: whose moves count; `selection` reads them."""
    parser.add_argument("--player", action="append", default=[], metavar="NAME", help="only this player's moves")
    parser.add_argument("--rank", metavar="9k-1k", help="only moves of players of these ranks: 9k-1k, 1d-9d, 1p-9p")
    parser.add_argument("--years", metavar="1950-1999", help="only games of these years")


def selection(args: argparse.Namespace) -> "Selection":
    """Return the choice of games and sides that the options of `add_sides` name; raises SelectionError."""
    from gopolicy.records.selection import Selection, parse_ranks, parse_years

    return Selection(
        players=tuple(args.player),
        ranks=parse_ranks(args.rank) if args.rank else None,
        years=parse_years(args.years) if args.years else None,
    )


def tell_left_out(dropped: Counter[str]) -> None:
    """Say on stderr how many games were left out for each reason."""
    for reason, number in dropped.most_common():
        print(f"left out: {number} x {reason}", file=sys.stderr)


def read_games(sources: Sequence[Path], selection: "Selection | None" = None) -> "Corpus":
    """Return the games of corpora and records, and say on stderr what is left out; raises as `load_sources` does."""
    from gopolicy.records.prepare import load_sources
    from gopolicy.records.selection import CUT_TAIL, Counts, Selection

    counts = Counts()
    corpus = load_sources(sources, selection or Selection(), counts)
    tell_left_out(counts.dropped)
    if counts.notes[CUT_TAIL]:
        print(f"{CUT_TAIL}: {counts.notes[CUT_TAIL]}", file=sys.stderr)
    return corpus


def add_symmetries(parser: argparse.ArgumentParser, *, default: int | None = 1, note: str = "default: 1") -> None:
    """Declare --symmetries, 1 to 8; note: what the help says of the default."""
    text = f"symmetries of the board to average over, 1 to 8 ({note})"
    parser.add_argument("--symmetries", type=int, default=default, choices=range(1, 9), metavar="N", help=text)


def add_device(parser: argparse.ArgumentParser) -> None:
    """Declare --device; `gopolicy.training.device.pick_device` reads it."""
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda (default: auto)")


def add_precision(parser: argparse.ArgumentParser) -> None:
    """Declare --precision; `gopolicy.training.device.pick_precision` reads it."""
    parser.add_argument("--precision", default="auto", help="auto, float32 or bfloat16 (default: auto)")


def device_and_dtype(args: argparse.Namespace) -> "tuple[torch.device, torch.dtype]":
    """Return where --device and --precision say to compute, ready to train there, and in what; raises TrainingError."""
    import torch

    from gopolicy.training.device import pick_device, pick_precision, set_up

    device = pick_device(args.device)
    set_up(device)
    bfloat16 = pick_precision(args.precision, device) == "bfloat16"
    return device, torch.bfloat16 if bfloat16 else torch.float32


def batch_size(text: str) -> int | str:
    """Return the number of --batch, or `auto`."""
    return text if text == "auto" else int(text)


def add_threads(parser: argparse.ArgumentParser) -> None:
    """Declare --threads; `apply_threads` obeys it."""
    parser.add_argument("--threads", type=int, metavar="N", help="CPU threads of the network (default: torch's)")


def apply_threads(args: argparse.Namespace) -> None:
    """Make torch use as many threads as --threads says."""
    import torch

    if args.threads is not None:
        if args.threads < 1:
            raise OptionError(f"--threads must be at least 1, not {args.threads}")
        torch.set_num_threads(args.threads)


def check_positive(args: argparse.Namespace, *names: str) -> None:
    """Refuse a number under 1 by the name of its option; raises OptionError."""
    _check_least(args, names, 1)


def check_not_negative(args: argparse.Namespace, *names: str) -> None:
    """Refuse a number under 0 by the name of its option; raises OptionError."""
    _check_least(args, names, 0)


def check_seed(args: argparse.Namespace) -> None:
    """Refuse a --seed that no generator takes; raises OptionError."""
    from gopolicy.engine.parameters import MAX_SEED

    if args.seed is not None and not 0 <= args.seed <= MAX_SEED:
        raise OptionError(f"--seed must be from 0 to {MAX_SEED}, not {args.seed}")


def _check_least(args: argparse.Namespace, names: tuple[str, ...], least: int) -> None:
    for name in names:
        value = getattr(args, name)
        if isinstance(value, (int, float)) and not value >= least:
            raise OptionError(f"--{name.replace('_', '-')} must be at least {least}, not {value}")


def check_bits(args: argparse.Namespace) -> None:
    """Refuse a --bits that is not above 0; raises OptionError."""
    if not args.bits > 0:
        raise OptionError(f"--bits must be above 0, not {args.bits:g}")


def picture_path(path: Path | None, endings: tuple[str, ...] = (".png",)) -> Path | None:
    """Return where a picture goes; raises OptionError for a name that promises another kind of file than `endings`."""
    from gopolicy.files import display_name

    if path is not None and path.suffix.lower() not in ("", *endings):
        raise OptionError(f"{display_name(path)}: give the picture a name that ends with {', '.join(endings)}")
    return path


def check_outputs(args: argparse.Namespace, *paths: Path | None, inputs: Iterable[str | Path | None] = ()) -> None:
    """Refuse files that could not be written after the work, or are inputs or named twice; raises FileError.

    args: its model, or models, and its profile are inputs, too.
    """
    import os

    from gopolicy.files import FileError, check_writable, display_name
    from gopolicy.records.sources import is_record_name

    inputs = list(inputs)
    folders = {Path(os.path.realpath(path)) for path in inputs if path is not None and os.path.isdir(path)}
    taken = {os.path.realpath(path) for path in [*inputs, *_models(args)] if path is not None}
    for path in paths:
        if path is None:
            continue
        check_writable(path)
        place = os.path.realpath(path)
        is_record = path.is_file() and is_record_name(path.name) and folders & set(Path(place).parents)
        if is_record or (place in taken and (path.is_file() or not path.exists())):
            raise FileError(f"{display_name(path)}: is an input or another output, too; choose another name")
        taken.add(place)


def _models(args: argparse.Namespace) -> "list[str | Path | None]":
    """Return the model and profile files that a command was given to read."""
    model, profile = getattr(args, "model", None), getattr(args, "profile", None) or ""
    if not Path(profile).exists():
        profile = profile.rpartition(":")[0]  # FILE:NAME
    if model is None:
        return [profile or None]
    from gopolicy.policy.policy import find_model  # imports torch

    return [profile or None, *map(find_model, model if isinstance(model, list) else [model])]


def add_no_progress(parser: argparse.ArgumentParser) -> None:
    """Declare --no-progress."""
    parser.add_argument("--no-progress", action="store_true", help="no progress bar")


@contextmanager
def progress(args: argparse.Namespace, unit: str, total: int | None = None) -> Iterator[Callable[[int], object]]:
    """Yield what advances a progress bar on stderr, drawn at the first advance unless --no-progress was given."""
    from tqdm import tqdm

    bar: tqdm[None] | None = None

    def advance(count: int) -> None:
        nonlocal bar
        if bar is None:
            bar = tqdm(total=total, unit=f" {unit}", unit_scale=True, disable=args.no_progress, file=sys.stderr)
        bar.update(count)

    try:
        yield advance
    finally:
        if bar is not None:
            bar.close()


def add_position(parser: argparse.ArgumentParser) -> None:
    """Declare a position: a record and a move of it, or moves; `read_record` and `Record.before` read it."""
    parser.add_argument("game", nargs="?", metavar="GAME", help="SGF file, folder, zip or tar, or - for standard input")
    parser.add_argument("--moves", metavar='"B Q16 W D4"', help="a position by its moves, instead of a record")
    parser.add_argument("--move", type=int, metavar="N", help="before move N of the record (default: its end)")
    parser.add_argument(
        "--game", dest="number", type=int, metavar="K", help="the K-th game of a collection (default: 1)"
    )


def read_record(args: argparse.Namespace) -> "Record":
    """Return the record that the options of `add_position` name; one that is cut is told.  Raises GopolicyError."""
    from gopolicy.records import Record, RecordError
    from gopolicy.records.problems import reason_of
    from gopolicy.records.sgf import parse_game

    if args.number is not None and args.number < 1:
        raise OptionError(f"--game must be at least 1, not {args.number}")
    if args.moves is not None:
        if args.game or args.number:
            raise OptionError("--moves is a position by itself; leave out the record and --game")
        game = typed_game(args.moves)
        return Record(size=game.size, events=game.events)
    if args.game is None:
        raise OptionError("no position: give a record, - or --moves")
    source, text = _numbered_text(args.game, args.number or 1)
    try:
        record = Record.from_tree(parse_game(text), source)
    except Exception as error:  # of any kind, as for `read_records`
        raise RecordError(reason_of(error), source) from error
    if record.cut:
        _tell(source, record.cut_text)
    return record


def _numbered_text(path: str, number: int) -> tuple[str, str]:
    """Return (source, SGF text) of a game, counted from 1 on, readable or not; raises RecordError."""
    from gopolicy.records import RecordError
    from gopolicy.records.encoding import decode
    from gopolicy.records.record import named_games, read_texts

    if path == "-":
        if sys.stdin is None:
            raise OptionError("standard input is closed")
        texts = named_games("standard input", decode(sys.stdin.buffer.read()), _tell)
    else:
        texts = read_texts(path, on_drop=_tell)
    count = 0
    for count, found in enumerate(texts, start=1):
        if count == number:
            return found
    raise RecordError(f"{path}: {f'holds {count} games, no game {number}' if count else 'no game that can be read'}")


def _tell(source: str, reason: str) -> None:
    print(f"{source}: {reason}", file=sys.stderr)


def typed_game(text: str) -> "Game":
    """Return the game of moves written as colors and vertices; SGF letters (dd) are read too.

    Raises CoordinateError or IllegalMoveError.
    """
    from gopolicy.go import Game
    from gopolicy.go.coords import CoordinateError, parse_color, parse_sgf, parse_vertex

    game = Game()
    words = text.replace(",", " ").replace(";", " ").split()
    if len(words) % 2:
        raise CoordinateError(f"--moves {text!r}: colors and vertices in turn, such as B Q16 W D4")
    for color, vertex in zip(words[::2], words[1::2], strict=True):
        parse = parse_sgf if vertex.isalpha() and len(vertex) == 2 else parse_vertex
        game.play(parse(vertex, game.size), parse_color(color))
    return game

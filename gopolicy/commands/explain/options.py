"""Options that several modes of `gopolicy explain` share, and what they stand for."""

import argparse
from collections.abc import Sized
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gopolicy.commands.options import OptionError, read_record
from gopolicy.go.coords import BOARD_SIZE, COLOR_NAMES, size_name

if TYPE_CHECKING:
    from gopolicy.go import Game
    from gopolicy.nn import PolicyNetwork

MOST_ROWS: Final = 40  # rows of a sheet, so that a picture stays readable


def add_output(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare -o, with a default name, and --arrays."""
    parser.add_argument("-o", "--out", type=Path, metavar="OUT.png", default=Path(name), help=f"default: {name}")
    parser.add_argument("--arrays", type=Path, metavar="OUT.npz", help="write the numbers, too, as NumPy arrays")


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Declare --filters."""
    parser.add_argument(
        "--filters",
        nargs="+",
        metavar="LAYER:FILTERS",
        help='such as 3:17 or 5:0-11,40; "all" for every filter (default: the first 12 of a layer in the middle)',
    )


def read_position(args: argparse.Namespace) -> "tuple[Game, int]":
    """Return the position that `options.add_position` names, and its move's number; raises GopolicyError."""
    record = read_record(args)
    number = record.turns + 1 if args.move is None else args.move
    game = record.before(number)[0]
    if game.size != BOARD_SIZE:
        raise OptionError(f"the network knows {BOARD_SIZE}x{BOARD_SIZE} only, not {size_name(game.size)}")
    return game, number


def position_title(game: "Game", number: int) -> str:
    """Return a line about the position before move `number`."""
    return f"before move {number}, {COLOR_NAMES[game.to_play]} to play"


def load_network(path: Path | None) -> "PolicyNetwork":
    """Return the network of a model, or the one that ships; raises CheckpointError."""
    from gopolicy.nn.model_file import load_model
    from gopolicy.policy.policy import find_model

    return load_model(find_model(path))[0]


def check_rows(filters: Sized) -> None:
    """Raise OptionError if a sheet would have too many rows."""
    if len(filters) > MOST_ROWS:
        raise OptionError(f"{len(filters)} filters are too many for a sheet; name at most {MOST_ROWS} with --filters")


def save_arrays(args: argparse.Namespace, **arrays: Any) -> None:
    """Write arrays if --arrays was given, and say so unless JSON is printed; raises FileError."""
    if args.arrays is None:
        return
    import numpy as np

    from gopolicy.files import replacing

    with replacing(args.arrays) as file:
        np.savez(file, **arrays)
    if not getattr(args, "json", False):
        print(f"{args.arrays}: {', '.join(arrays)}")

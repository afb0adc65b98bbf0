"""The position that a mode looks at: told as `gopolicy query` is told."""

import argparse
from typing import TYPE_CHECKING

from gopolicy.go.coords import BOARD_SIZE

if TYPE_CHECKING:
    from gopolicy.go import Game, Move


def add_position(parser: argparse.ArgumentParser) -> None:
    """Declare the position."""
    parser.add_argument("game", nargs="?", metavar="GAME", help="SGF file, folder, archive, or - for standard input")
    parser.add_argument("--moves", metavar='"B Q16 W D4"', help="a position by its moves, instead of a record")
    parser.add_argument("--move", type=int, metavar="N", help="before move N of the record (default: its end)")
    parser.add_argument("--game", dest="number", type=int, default=1, metavar="K", help="the K-th game of a collection")


def read_position(args: argparse.Namespace) -> "tuple[int, Game, Move]":
    """Return (move number, game before it, the move that was played or None); raises ValueError for other boards."""
    from gopolicy.commands.query import chosen_position, positions_of

    number, game, played = chosen_position(args, positions_of(args))
    if game.size != BOARD_SIZE:
        raise ValueError(f"the network knows {BOARD_SIZE}x{BOARD_SIZE} only, not {game.size}x{game.size}")
    return number, game, played


def own_view(game: "Game") -> str:
    """Return what a picture says of its colors."""
    from gopolicy.go.coords import COLOR_NAMES

    return f"{COLOR_NAMES[game.to_play]} to play"

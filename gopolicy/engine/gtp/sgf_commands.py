"""GTP commands that read and write SGF files."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from gopolicy.engine.gtp.arguments import integer_at, text_at
from gopolicy.engine.gtp.gtp_state import GtpState
from gopolicy.engine.gtp.protocol import GtpError
from gopolicy.engine.rules import rules_of_record
from gopolicy.errors import GopolicyError
from gopolicy.files import FileError, write_file
from gopolicy.go.coords import BOARD_SIZE
from gopolicy.go.game import Game
from gopolicy.records.problems import other_size
from gopolicy.records.record import Record
from gopolicy.records.sgf import read_trees
from gopolicy.records.tree import GameTree

MAX_BYTES: Final = 16 * 2**20  # a game with many comments and variations has some 100 kB


def loadsgf(state: GtpState, arguments: list[str]) -> str:
    """`loadsgf FILE [MOVE]`: the position before move number MOVE, or at the end, with the record's komi and rules.

    Names may hold blanks.
    """
    text_at(arguments, 0)
    has_number = len(arguments) > 1 and arguments[-1].isascii() and arguments[-1].isdigit()
    path = _path(arguments[:-1] if has_number else arguments)
    try:
        tree = _read_tree(Path(path))
        game = _game(tree, integer_at(arguments, len(arguments) - 1) if has_number else None)
    except OSError as error:
        raise GtpError(f"cannot load file: {error.strerror}") from None
    except (GopolicyError, ValueError) as error:
        raise GtpError(f"cannot load file: {error}") from None
    if game.size != BOARD_SIZE:
        raise GtpError(f"cannot load file: {other_size(game.size, BOARD_SIZE)}")
    state.game = game
    state.set_komi(game.komi)
    state.rules = rules_of_record(tree.rules) or state.rules
    state.has_other_size = False
    return ""


def _read_tree(path: Path) -> GameTree:
    if path.exists() and not path.is_file():
        raise GopolicyError("not a regular file")
    if path.stat().st_size > MAX_BYTES:
        raise GopolicyError(f"more than {MAX_BYTES >> 20} MiB")
    return read_trees(path.read_bytes())[0]


def _game(tree: GameTree, before_move: int | None) -> Game:
    game = tree.game_at(tree.main_line()[-1])
    if before_move is None or before_move > len(game.moves):
        cut = Record.from_tree(tree).cut_text
        if cut and before_move != len(game.moves) + 1:
            raise GopolicyError(cut)
        return game
    return game.before(max(before_move, 1))


def printsgf(state: GtpState, arguments: list[str]) -> str:
    """`printsgf [FILE]`: the game as SGF, into the response or into a file."""
    tree = GameTree.from_game(state.game)
    tree.rules = state.rules.name
    text = tree.to_sgf()
    if not arguments:
        return text.strip()
    try:
        write_file(Path(_path(arguments)), text)
    except FileError as error:
        raise GtpError(str(error)) from None
    return ""


def _path(words: list[str]) -> str:
    return " ".join(words).strip('"')  # GoGui quotes names that hold blanks


COMMANDS: Final[dict[str, Callable[[GtpState, list[str]], str]]] = {"loadsgf": loadsgf, "printsgf": printsgf}

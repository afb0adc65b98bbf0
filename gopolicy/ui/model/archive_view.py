"""The archive beside the board: what was played in the position, which move and which game of it are pointed out."""

from pathlib import Path
from typing import Final, NamedTuple

from gopolicy.archive.archive_games import game_tree
from gopolicy.archive.exploration import Archive, Continuation, Exploration, GameReference
from gopolicy.go.game import Game
from gopolicy.prediction import Prediction
from gopolicy.records.tree import GameTree
from gopolicy.ui.model.positions import PositionKey

LISTED: Final = 12  # games of each move


class Explored(NamedTuple):
    """What an archive holds of a position."""

    key: PositionKey
    found: Exploration


class ArchiveView:
    """An open archive, what was found in it last, and the places of the chosen move and game in their lists."""

    def __init__(self, archive: Archive, path: Path) -> None:
        self.path = path
        self.explored: Explored | None = None
        self.move = 0
        self.game = 0
        self._archive = archive

    def explore(self, game: Game, prediction: Prediction | None) -> Exploration:
        """Look a position up; it takes some milliseconds."""
        return self._archive.explore(game, prediction, games=LISTED)

    def take(self, explored: Explored) -> None:
        """Keep what was found, and choose the most frequent move and its latest game."""
        self.explored, self.move, self.game = explored, 0, 0

    def found(self, key: PositionKey) -> Exploration | None:
        """Return what was found in a position, None before it was looked up."""
        return self.explored.found if self.explored is not None and self.explored.key == key else None

    def choose_move(self, index: int) -> None:
        """Choose a move by its place in the list."""
        self.move, self.game = index, 0

    def choose_game(self, index: int) -> None:
        """Choose a game by its place in the list of the chosen move."""
        self.game = min(max(index, 0), max(len(self.games) - 1, 0))

    @property
    def chosen(self) -> Continuation | None:
        """The chosen move, None where nothing was found."""
        moves = self.explored.found.continuations if self.explored is not None else ()
        return moves[min(self.move, len(moves) - 1)] if moves else None

    @property
    def games(self) -> tuple[GameReference, ...]:
        """The latest games with the chosen move."""
        return self.chosen.games if self.chosen is not None else ()

    def tree(self, reference: GameReference) -> GameTree:
        """Return the record of a game."""
        return game_tree(self._archive.corpus, reference.number)

"""The archive beside the board: what was played in the position or in a region of it, and what of that is chosen."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from gopolicy.archive.archive_games import game_tree
from gopolicy.archive.exploration import Archive, Continuation, Exploration, GameReference
from gopolicy.archive.region_search import Region
from gopolicy.go.coords import BOARD_SIZE, Point, row_column, to_vertex
from gopolicy.go.game import Game
from gopolicy.prediction import Prediction
from gopolicy.records.tree import GameTree
from gopolicy.ui.model.positions import PositionKey

LISTED: Final = 12  # games of each move


class Rectangle(NamedTuple):
    """A part of the board between two opposite corners."""

    first: Point
    last: Point

    @property
    def name(self) -> str:
        """Its lower left and its upper right corner: `K10:T19`."""
        rows, columns = zip(*(row_column(point, BOARD_SIZE) for point in self), strict=True)
        corners = (max(rows), min(columns)), (min(rows), max(columns))
        return ":".join(to_vertex(row * BOARD_SIZE + column, BOARD_SIZE) for row, column in corners)


class Explored(NamedTuple):
    """What an archive holds of a position, or of a region of it."""

    key: PositionKey
    region: Rectangle | None
    found: Exploration


class ArchiveView:
    """An open archive, what was found in it last, and the places of the chosen move and game in their lists.

    region: the part of the board that is looked up, None for all of it.  marked: the part that is being marked.
    is_marking: whether the next drag on the board marks a region.
    """

    def __init__(self, archive: Archive, path: Path) -> None:
        self.path = path
        self.explored: Explored | None = None
        self.move = 0
        self.game = 0
        self.region: Rectangle | None = None
        self.marked: Rectangle | None = None
        self.is_marking = False
        self._archive = archive

    def explore(
        self,
        game: Game,
        prediction: Prediction | None,
        region: Rectangle | None = None,
        on_progress: Callable[[float], object] | None = None,
    ) -> Exploration:
        """Look a position up, which takes some milliseconds, or a region of it, which takes seconds.

        on_progress: called with the share of the games that a region was looked for in; what it raises ends the search.
        """
        if region is None:
            return self._archive.explore(game, prediction, games=LISTED)
        done, total = 0, max(len(self._archive.corpus), 1)

        def note(games: int) -> None:
            nonlocal done
            done += games
            if on_progress is not None:
                on_progress(done / total)

        part = Region.of(game, *region)
        return self._archive.explore_region(game, part, prediction, games=LISTED, on_progress=note)

    def leave_region(self) -> bool:
        """Go back to the whole board, or stop marking; return whether there was anything to leave."""
        was = self.region is not None or self.marked is not None or self.is_marking
        self.region, self.marked, self.is_marking = None, None, False
        return was

    def take(self, explored: Explored) -> None:
        """Keep what was found, and choose the most frequent move and its latest game."""
        self.explored, self.move, self.game = explored, 0, 0

    def found(self, key: PositionKey) -> Exploration | None:
        """Return what was found in a position, or in the region of it, None before it was looked up."""
        known = self.explored
        return known.found if known is not None and (known.key, known.region) == (key, self.region) else None

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

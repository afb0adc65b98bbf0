"""Review: how expected was each move that was played, of positions and of whole collections of records?"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.coords import BLACK, BOARD_SIZE, COLOR_NAMES, WHITE, Move
from gopolicy.go.game import Game
from gopolicy.prediction import TOP, JudgedMove, Prediction
from gopolicy.records.problems import RecordError, other_size
from gopolicy.records.record import Record, read_texts
from gopolicy.records.sgf import parse_game
from gopolicy.records.tree import GameTree

BATCH: Final = 64
COLUMNS: Final = ("source", "number", "color", "vertex", "probability", "rank", "bits", "expected")


class PredictsBatches(Protocol):
    """What a review needs of a policy."""

    def probabilities_batch(
        self, games: list[Game], symmetries: int | None = None, *, legal_only: bool = True
    ) -> NDArray[np.float32]:
        """Return the probabilities of several games, float32 `[B, size, size]`."""
        ...


@dataclass(frozen=True)
class ReviewedGame:
    """A game with its moves judged; passes are left out, and what lies behind an illegal move.

    source: where it was found.
    cut_text: where and why the game was cut, "" for a whole one.
    """

    source: str
    tree: GameTree
    moves: tuple[JudgedMove, ...]
    cut_text: str = ""

    def as_rows(self) -> list[list[object]]:
        """Return a row of COLUMNS for each move."""
        return [
            [
                self.source,
                move.number,
                COLOR_NAMES[move.color],
                move.vertex,
                f"{move.probability:.6f}",
                move.rank,
                f"{move.bits:.3f}",
                " ".join(f"{candidate.vertex}:{candidate.probability:.4f}" for candidate in move.candidates),
            ]
            for move in self.moves
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return the game and its moves as JSON takes them."""
        moves = [
            {
                "number": move.number,
                "color": COLOR_NAMES[move.color],
                "vertex": move.vertex,
                "probability": round(move.probability, 6),
                "rank": move.rank,
                "bits": round(move.bits, 3),
                "expected": [[candidate.vertex, round(candidate.probability, 6)] for candidate in move.candidates],
            }
            for move in self.moves
        ]
        names, result = self.tree.names, self.tree.result
        return {"source": self.source, "black": names[BLACK], "white": names[WHITE], "result": result, "moves": moves}


def review_positions(
    policy: PredictsBatches,
    positions: Iterable[tuple[Game, Move]],
    *,
    symmetries: int | None = None,
    top: int = TOP,
    batch: int = BATCH,
    legal_only: bool = True,
) -> Iterator[JudgedMove]:
    """Yield how expected each move was; positions: a game before a turn and the turn's move; passes are left out.

    The network looks at `batch` positions at once; each move comes when its batch is done.
    top: candidates kept beside each move.
    legal_only: if False, illegal points count as candidates, as in the paper and in `gopolicy evaluate`.
    Raises PolicyError for boards that the network does not know.
    """
    rest = iter(positions)
    while part := list(islice(rest, batch)):
        played = [(game, move) for game, move in part if move is not None]
        games = [game for game, _ in played]
        found = policy.probabilities_batch(games, symmetries, legal_only=legal_only) if games else ()
        for (game, move), probabilities in zip(played, found, strict=True):
            number = len(game.moves) + 1
            yield Prediction(probabilities).judge(move, number=number, color=game.to_play, top=top)


def review_records(
    policy: PredictsBatches,
    path: str | Path,
    *,
    on_drop: Callable[[str, str], None],
    symmetries: int | None = None,
    legal_only: bool = True,
) -> Iterator[ReviewedGame]:
    """Yield every game under a path, reviewed; on_drop: called with (source, reason) of each that cannot be.

    The rest as in `review_positions`.  Raises RecordError if there is no such path.
    """
    for source, text in read_texts(path, on_drop=on_drop):
        try:
            tree = parse_game(text)
            record = Record.from_tree(tree, source)
        except RecordError as error:
            on_drop(source, error.reason)
            continue
        if tree.size != BOARD_SIZE:
            on_drop(source, other_size(tree.size, BOARD_SIZE))
            continue
        judged = tuple(review_positions(policy, record.replay(), symmetries=symmetries, legal_only=legal_only))
        if judged:
            yield ReviewedGame(source, tree, judged, record.cut_text)
        else:
            on_drop(source, "no move to review")

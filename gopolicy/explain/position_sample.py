"""Random positions of a corpus, and the places in them that activate a filter most."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gopolicy.explain.patterns import Patterns, Positions
from gopolicy.features.batch import encode_positions
from gopolicy.features.planes import unpack
from gopolicy.go.coords import Point
from gopolicy.go.game import Game
from gopolicy.records.corpus import Corpus
from gopolicy.records.prepare import load_sources
from gopolicy.training.evaluation import sample_positions

BATCH: Final = 64


class Example(NamedTuple):
    """A place that activates a filter: the position, the move that was played next, the point, the activation."""

    game: Game
    played: Point
    point: Point
    value: float


@dataclass(frozen=True)
class PositionSample:
    """Positions of a corpus.  games, moves: int64 `[n]`, move numbers from 0 on, passes not counted."""

    corpus: Corpus
    games: NDArray[np.int64]
    moves: NDArray[np.int64]

    @classmethod
    def draw(cls, sources: Sequence[Path], count: int, seed: int) -> "PositionSample":
        """Return `count` random positions, or all there are, of corpus files and records."""
        corpus = load_sources(sources)
        return cls(corpus, *sample_positions(corpus, np.arange(len(corpus)), count, seed))

    def __len__(self) -> int:
        return len(self.games)

    def __str__(self) -> str:
        return f"{len(self):,} positions of {len(np.unique(self.games)):,} games"

    def batches(self, on_progress: Callable[[int], object]) -> Iterator[Positions]:
        """Yield the positions as planes, numbered as they stand here; on_progress: called with how many are new."""
        for first in range(0, len(self), BATCH):
            part = slice(first, first + BATCH)
            planes, _ = encode_positions(self.corpus, self.games[part], self.moves[part])
            yield Positions(unpack(planes), np.arange(first, first + len(planes)), self.games[part])
            on_progress(len(planes))

    def position(self, number: int) -> tuple[Game, Point]:
        """Return the game before a move of the sample, and the move."""
        return self.corpus.game_before(int(self.games[number]), int(self.moves[number]))

    def examples(self, table: Patterns, number: int) -> list[Example]:
        """Return the places of a filter, the strongest first."""
        rows = zip(table.positions[number], table.points[number], table.values[number], strict=True)
        return [
            Example(*self.position(int(position)), int(point), float(value))
            for position, point, value in rows
            if position >= 0
        ]

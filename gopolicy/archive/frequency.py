"""How often moves are played in positions that occur many times, beside how probable the network finds them.

A check of a network that top-1 cannot give: with dozens of games through a position, shares of moves are known, not
single moves.  Moves that are equal by a symmetry of the position count together; passes do not count.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gopolicy.archive.exploration import Archive
from gopolicy.go.coords import BOARD_SIZE
from gopolicy.go.events import event_color
from gopolicy.go.game import Game
from gopolicy.policy.policy import Policy
from gopolicy.prediction import LEAST_PROBABILITY, wilson

BATCH: Final = 64
BOUNDS: Final = (0.0, 0.01, 0.03, 0.1, 0.2, 0.4, 0.6, 1.0)  # of the classes of probability


class MoveShares(NamedTuple):
    """A position: how often each move was played, int64 `[k]`, and how probable it is, float64 `[k]`.

    Moves that are equal by symmetry are one; moves with neither are left out.
    """

    counts: NDArray[np.int64]
    probabilities: NDArray[np.float64]


@dataclass(frozen=True)
class Calibration:
    """A class of probabilities, from `low` to `high`: what the network expected and what was played.

    expected: the mean probability, weighted by the times that its position occurred.  played: of `turns` turns.
    """

    low: float
    high: float
    turns: int
    expected: float
    played: int

    @property
    def share(self) -> float:
        """Share of the turns at which the move was played."""
        return self.played / max(self.turns, 1)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of `share`, as if turns were independent."""
        return wilson(self.played, self.turns)


@dataclass(frozen=True)
class FrequencyReport:
    """A network beside the shares of moves.

    positions, turns: how many.  distance: mean total variation distance, 0 (the same) to 1.  by_chance: what it would
    be if the games were drawn from the network's probabilities.  divergence: mean Kullback-Leibler divergence in bits.
    top: share of the positions whose most frequent move is the network's top move.  classes: by probability.
    """

    positions: int
    turns: int
    distance: float
    by_chance: float
    divergence: float
    top: float
    classes: tuple[Calibration, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the numbers as JSON takes them."""
        classes = [vars(row) | {"share": row.share, "interval": row.interval} for row in self.classes]
        return vars(self) | {"classes": classes}


def compare_frequencies(
    archive: Archive,
    policy: Policy,
    *,
    least: int = 50,
    seed: int = 0,
    on_progress: Callable[[int], object] | None = None,
) -> FrequencyReport:
    """Return how a network compares with all positions that occur `least` times or more.

    seed: of the draws for `by_chance`.  on_progress: called with the number of new positions.
    """
    rows = []
    for row in move_shares(archive, policy, least):
        rows.append(row)
        if on_progress:
            on_progress(1)
    return summarize(rows, seed)


def move_shares(archive: Archive, policy: Policy, least: int) -> Iterator[MoveShares]:
    """Yield every position that occurs `least` times or more, the moves with their counts and probabilities."""
    events = archive.index.frequent(least).tolist()
    for first in range(0, len(events), BATCH):
        part = [_game_before(archive, event) for event in events[first : first + BATCH]]
        for game, prediction in zip(part, policy.predict_batch(part), strict=True):
            (_, points, _, _), orbits = archive.turns(game)
            counts = np.bincount(points[points >= 0], minlength=BOARD_SIZE**2)
            sums = np.bincount(orbits, prediction.probabilities.reshape(-1), BOARD_SIZE**2)
            held = (counts > 0) | (sums > 0)
            if counts.sum():
                yield MoveShares(counts[held], sums[held] / sums[held].sum())


def summarize(rows: list[MoveShares], seed: int = 0) -> FrequencyReport:
    """Return the means over positions, and the classes over all their moves."""
    rng = np.random.default_rng(seed)
    distances, chances, divergences, tops = [], [], [], []
    for counts, probabilities in rows:
        total = int(counts.sum())
        shares, drawn = counts / total, rng.multinomial(total, probabilities) / total
        distances.append(np.abs(shares - probabilities).sum() / 2)
        chances.append(np.abs(drawn - probabilities).sum() / 2)
        played = counts > 0
        ratio = shares[played] / np.maximum(probabilities[played], LEAST_PROBABILITY)
        divergences.append((shares[played] * np.log2(ratio)).sum())
        tops.append(counts[probabilities.argmax()] == counts.max())
    means = [float(np.mean(values)) if rows else 0.0 for values in (distances, chances, divergences, tops)]
    turns = sum(int(row.counts.sum()) for row in rows)
    return FrequencyReport(len(rows), turns, means[0], means[1], means[2], means[3], _classes(rows))


def _classes(rows: list[MoveShares]) -> tuple[Calibration, ...]:
    counts = np.concatenate([row.counts for row in rows]) if rows else np.zeros(0, np.int64)
    probabilities = np.concatenate([row.probabilities for row in rows]) if rows else np.zeros(0)
    turns = np.concatenate([np.full(len(row.counts), row.counts.sum()) for row in rows]) if rows else counts
    numbers = np.clip(np.searchsorted(BOUNDS, probabilities, "right") - 1, 0, len(BOUNDS) - 2)
    found = []
    for number, (low, high) in enumerate(zip(BOUNDS, BOUNDS[1:], strict=False)):
        inside = numbers == number
        total = int(turns[inside].sum())
        expected = float((probabilities * turns)[inside].sum() / max(total, 1))
        found.append(Calibration(low, high, total, expected, int(counts[inside].sum())))
    return tuple(found)


def _game_before(archive: Archive, event: int) -> Game:
    """Return the game before an event of the corpus."""
    corpus = archive.corpus
    number = int(np.searchsorted(corpus.index["start"], event, "right")) - 1
    start = int(corpus.index["start"][number])
    game = Game.from_events(BOARD_SIZE, corpus.all_events[start:event])
    game.to_play = event_color(int(corpus.all_events[event]))
    return game

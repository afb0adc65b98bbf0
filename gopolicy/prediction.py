"""What a network says of a position, and how good that was: Prediction, Candidate, JudgedMove, Score.

Every percent that users see comes from here: a percent on the board, a line of `query`, a candidate of an engine,
the top-1 of a table.  Pure NumPy; where predictions come from is the business of `gopolicy.nn` and `gopolicy.policy`.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.coords import COLORS, Color, Move, Point, to_vertex

TOP: Final = 5  # the k of top-k beside top-1, as in the literature on move prediction
# What a probability counts for at least (29.9 bits), so that one impossible move does not decide an average.
LEAST_PROBABILITY: Final = 1e-9
Z: Final = 1.959964  # standard deviations that hold 95 % of a normal distribution


class Phase(NamedTuple):
    """A part of a game: its name and its first and last move number, from 1 on, both included."""

    name: str
    first: int
    last: int


PHASES: Final = (Phase("moves 1-50", 1, 50), Phase("moves 51-150", 51, 150), Phase("moves 151-", 151, 1 << 30))


@dataclass(frozen=True)
class Candidate:
    """A move of a prediction: point or None for a pass, its vertex, its probability (0 to 1) and its rank from 1 on."""

    move: Move
    vertex: str
    probability: float
    rank: int


@dataclass(frozen=True)
class JudgedMove:
    """A move that was played, beside what was predicted.

    number: of the turn, from 1, passes counted.  probability, rank: of the move; ranks start at 1.  bits: its
    surprise.  entropy: of the prediction, in bits.  candidates: the most probable moves, the top one first.
    """

    number: int
    color: Color
    move: Point
    vertex: str
    probability: float
    rank: int
    bits: float
    entropy: float
    candidates: tuple[Candidate, ...]

    @property
    def phase(self) -> str:
        """Name of the phase of the game that the move belongs to."""
        return phase_of(self.number)


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a network says of one position.

    probabilities: float32 `[size, size]`, of each point as the next move, row 0 at the top.
    passing: the probability of a pass, 0 while a move can gain something.
    """

    probabilities: NDArray[np.float32]
    passing: float = 0.0

    @property
    def size(self) -> int:
        """Lines of the board."""
        return int(self.probabilities.shape[0])

    def probability(self, point: Point) -> float:
        """Return the probability of a point, 0 to 1."""
        return float(self.probabilities.reshape(-1)[point])

    def rank(self, point: Point) -> int:
        """Return how many moves are more probable, plus one."""
        values = self.probabilities.reshape(-1)
        return 1 + int((values > values[point]).sum()) + int(self.passing > values[point])

    def surprise(self, point: Point) -> float:
        """Return -log2 of the probability of a point, in bits."""
        return surprise(self.probability(point))

    @cached_property
    def order(self) -> NDArray[np.int64]:
        """All points, the most probable first, of equals the first of the board: int64 `[size * size]`."""
        return np.argsort(-self.probabilities.reshape(-1), kind="stable")

    def candidates(self, count: int | None = None, *, threshold: float = 0.0) -> list[Candidate]:
        """Return the `count` most probable moves (None: all), none of probability 0 or under `threshold`."""
        values = self.probabilities.reshape(-1)
        moves: list[Move] = [int(point) for point in (self.order if count is None else self.order[: max(count, 0)])]
        if self.passing > 0:
            moves.insert(sum(values[point] >= self.passing for point in moves if point is not None), None)
        shares = [self.passing if move is None else float(values[move]) for move in moves[:count]]
        return [
            Candidate(move, to_vertex(move, self.size), share, rank)
            for rank, (move, share) in enumerate(zip(moves, shares, strict=False), start=1)
            if share > 0 and share >= threshold
        ]

    def with_pass(self, share: float) -> "Prediction":
        """Return the prediction with a probability of a pass, those of the points being divided in what is left."""
        points: NDArray[np.float32] = (self.probabilities * np.float32(1 - share)).astype(np.float32)
        return Prediction(points, share)

    @cached_property
    def entropy(self) -> float:
        """Entropy of the probabilities in bits."""
        values = np.append(self.probabilities.reshape(-1).astype(np.float64), self.passing)
        values = values[values > 0]
        return float(-(values * np.log2(values)).sum())

    @property
    def plausible_moves(self) -> float:
        """How many equally probable moves would have the same entropy."""
        return float(2.0**self.entropy)

    def mass(self, count: int) -> float:
        """Return the probability of the `count` most probable moves together."""
        return float(self.probabilities.reshape(-1)[self.order[:count]].sum())

    def judge(self, move: Point, *, number: int, color: Color, top: int = TOP) -> JudgedMove:
        """Return how a played move stands in this prediction; `top` candidates are kept beside it."""
        return JudgedMove(
            number=number,
            color=color,
            move=move,
            vertex=to_vertex(move, self.size),
            probability=self.probability(move),
            rank=self.rank(move),
            bits=self.surprise(move),
            entropy=self.entropy,
            candidates=tuple(self.candidates(top)),
        )


@dataclass
class Score:
    """How well moves were predicted: how many, how many ranked first and among the TOP, and their summed nats."""

    moves: int = 0
    first: int = 0
    within_top: int = 0
    nats: float = 0.0

    @classmethod
    def of(cls, judged: Iterable[JudgedMove]) -> "Score":
        """Return the score of some moves."""
        moves = list(judged)
        score = cls()
        score.add(np.array([m.rank for m in moves], np.int64), np.array([m.probability for m in moves]))
        return score

    def add(self, ranks: NDArray[np.int64], probabilities: NDArray[np.floating]) -> None:
        """Count moves by their ranks, from 1 on, and their probabilities, both `[n]`, as `standings` gives them."""
        self.moves += len(ranks)
        self.first += int((ranks == 1).sum())
        self.within_top += int((ranks <= TOP).sum())
        self.nats -= float(np.log(np.maximum(probabilities.astype(np.float64), LEAST_PROBABILITY)).sum())

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.moves + other.moves,
            self.first + other.first,
            self.within_top + other.within_top,
            self.nats + other.nats,
        )

    @property
    def loss(self) -> float:
        """Mean cross-entropy in nats a move."""
        return self.nats / max(self.moves, 1)

    @property
    def bits(self) -> float:
        """Mean surprise in bits a move."""
        return self.loss / math.log(2)

    @property
    def top1(self) -> float:
        """Share of the moves that ranked first."""
        return self.first / max(self.moves, 1)

    @property
    def top5(self) -> float:
        """Share of the moves that ranked among the first five."""
        return self.within_top / max(self.moves, 1)

    @property
    def top1_interval(self) -> tuple[float, float]:
        """The 95 % interval of `top1`."""
        return wilson(self.first, self.moves)

    @property
    def top5_interval(self) -> tuple[float, float]:
        """The 95 % interval of `top5`."""
        return wilson(self.within_top, self.moves)

    def as_dict(self) -> dict[str, object]:
        """Return the numbers and their intervals, as JSON takes them."""
        return {
            "positions": self.moves,
            "loss": self.loss,
            "top1": self.top1,
            "top1_interval": self.top1_interval,
            "top5": self.top5,
            "top5_interval": self.top5_interval,
        }


class ScoreTable:
    """Scores by color and phase of the game."""

    def __init__(self, judged: Iterable[JudgedMove] = ()) -> None:
        parts: dict[tuple[Color, str], list[JudgedMove]] = {(c, phase.name): [] for c in COLORS for phase in PHASES}
        for move in judged:
            parts[move.color, move.phase].append(move)
        self._cells = {part: Score.of(moves) for part, moves in parts.items()}

    def add(self, move: JudgedMove) -> None:
        """Count one move."""
        self._cells[move.color, move.phase].add(np.array([move.rank]), np.array([move.probability]))

    def score(self, color: Color | None = None, phase: str | None = None) -> Score:
        """Return the score of a color and a phase; None stands for all."""
        cells = self._cells.items()
        return sum((s for (c, p), s in cells if color in (None, c) and phase in (None, p)), Score())


def standings(
    probabilities: NDArray[np.float32], points: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the ranks, from 1 on, and the probabilities of played points, both `[n]`.

    probabilities: `[n, size * size]`, of each position.  points: int64 `[n]`.
    """
    played = np.take_along_axis(probabilities, points[:, None], axis=1)  # [n, 1]
    return 1 + (~(probabilities <= played)).sum(axis=1), played[:, 0]  # no number: last


def surprise(probability: float) -> float:
    """Return -log2 of a probability, that of LEAST_PROBABILITY at most: the surprise of a move in bits."""
    return -math.log2(max(probability, LEAST_PROBABILITY))


def phase_of(number: int) -> str:
    """Return the name of the phase of move `number`, from 1 on."""
    return next(phase.name for phase in PHASES if phase.first <= number <= phase.last)


def wilson(successes: float, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927), as two shares; (0, 1) of no trials.

    successes: 0 to `trials`; a drawn game is half of one.
    """
    if not trials:
        return 0.0, 1.0
    share = successes / trials
    center = share + Z * Z / (2 * trials)
    half = Z * math.sqrt(share * (1 - share) / trials + Z * Z / (4 * trials * trials))
    whole = 1 + Z * Z / trials
    return max(0.0, (center - half) / whole), min(1.0, (center + half) / whole)


def clustered_mean(sums: NDArray[np.float64], counts: NDArray[np.integer]) -> tuple[float, float, float]:
    """Return the mean of numbers that come in groups, and its 95 % interval: (mean, low, high).

    sums, counts: `[groups]`, of each group's numbers.  Numbers of a group may hang together, groups do not: moves of a
    game, say.  The interval is that of a ratio, with Student's t; (-inf, inf) of fewer than three groups.
    """
    groups, total = len(sums), float(counts.sum())
    if not total:
        return 0.0, -math.inf, math.inf
    mean = float(sums.sum()) / total
    if groups < 3:
        return mean, -math.inf, math.inf
    residuals = sums - mean * counts
    error = math.sqrt(float((residuals**2).sum()) * groups / (groups - 1)) / total
    half = _student(groups - 1) * error
    return mean, mean - half, mean + half


def _student(freedom: int) -> float:
    """Return how many standard errors hold 95 % of Student's t (Abramowitz and Stegun 26.7.5)."""
    terms = (
        (Z**3 + Z) / 4,
        (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96,
        (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384,
    )
    return Z + sum(term / float(freedom**power) for power, term in enumerate(terms, start=1))

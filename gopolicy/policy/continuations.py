"""Continuations: how the network would play on, for many lines in one batch a move."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from gopolicy.go.coords import Point
from gopolicy.go.game import Game
from gopolicy.policy.sensible import AsksProbabilities, sensible_mask


@dataclass
class Continuation:
    """A line of play.

    game: the position after it.  moves, probabilities: its moves, and the probability of each where it was played.
    is_complete: no sensible move is left.
    """

    game: Game
    moves: list[Point] = field(default_factory=list)
    probabilities: list[float] = field(default_factory=list)
    is_complete: bool = False

    @classmethod
    def after(cls, game: Game, move: Point, probability: float = 1.0) -> Self:
        """Return the line of one legal move in `game`, which is not changed."""
        line = cls(game.copy())
        line.extend(move, probability)
        return line

    def extend(self, move: Point, probability: float) -> None:
        """Play a legal move."""
        self.game.play(move)
        self.moves.append(move)
        self.probabilities.append(probability)


def extend_lines(
    policy: AsksProbabilities, lines: Sequence[Continuation], *, length: int, symmetries: int | None = None
) -> Iterator[None]:
    """Extend each line by its most probable sensible move until it has `length` moves; yield after each batch.

    Between two batches the caller may stop.  A batch holds one position of every line that goes on.
    """
    while unfinished := [line for line in lines if len(line.moves) < length and not line.is_complete]:
        masks = [sensible_mask(line.game) for line in unfinished]
        for line, mask in zip(unfinished, masks, strict=True):
            line.is_complete = not mask.any()
        moving = [(line, mask) for line, mask in zip(unfinished, masks, strict=True) if not line.is_complete]
        if not moving:
            return
        found = policy.probabilities_batch([line.game for line, _ in moving], symmetries)
        for (line, mask), probabilities in zip(moving, found, strict=True):
            point = int(np.where(mask, probabilities, -1.0).argmax())
            line.extend(point, float(probabilities.reshape(-1)[point]))
        yield

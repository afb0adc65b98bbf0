"""Sensible moves, AlphaGo's word: legal, and no own eye filled; and what playing needs of a policy."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gopolicy.features import encode
from gopolicy.features.planes import OFFSETS
from gopolicy.go.game import Game


class AsksProbabilities(Protocol):
    """What choosing needs of a policy; profile: the name of the one that it predicts as, "" for none."""

    profile: str

    def probabilities(self, game: Game, symmetries: int | None = None, *, history: bool = True) -> NDArray[np.float32]:
        """Return the probability of each point, float32 `[size, size]`; history: whether it may see the last moves."""
        ...

    def probabilities_batch(self, games: list[Game], symmetries: int | None = None) -> NDArray[np.float32]:
        """Return the probabilities of several games, float32 `[B, size, size]`."""
        ...

    def quick(self) -> "AsksProbabilities":
        """Return what answers faster and less exactly, for playing positions out."""
        ...


def sensible_mask(game: Game) -> NDArray[np.bool_]:
    """Return bool `[size, size]`: legal moves that fill no own eye, superko counted where it is in force."""
    legal = game.legal_mask().reshape(game.board.shape)
    sensible: NDArray[np.bool_] = legal & (encode(game)[OFFSETS["sensibleness"]] > 0)
    return sensible

"""Choosing a move to play: sampling, and when to pass, for a network that has no pass among its outputs.

The network passes when no sensible move is left (AlphaGo's sensibleness: legal, and no own eye filled),
which ends every game, and in answer to a pass when the count says that it has nothing to gain.
"""

from typing import Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from gopolicy.features import encode
from gopolicy.features.planes import OFFSETS
from gopolicy.go.coords import BLACK, Move
from gopolicy.go.game import Game
from gopolicy.go.scoring import area_score

PassRule = Literal["auto", "always", "never"]
PASS_RULES: Final = ("auto", "always", "never")


class AsksProbabilities(Protocol):
    """What choosing needs of a policy."""

    def probabilities(self, game: Game, symmetries: int | None = None) -> NDArray[np.float32]:
        """Return the probability of each point, float32 `[size, size]`."""
        ...

    def probabilities_batch(self, games: list[Game], symmetries: int | None = None) -> NDArray[np.float32]:
        """Return the probabilities of several games, float32 `[B, size, size]`."""
        ...


def sensible_mask(game: Game) -> NDArray[np.bool_]:
    """Return bool `[size, size]`: legal moves that fill no own eye, superko counted where it is in force."""
    legal = game.legal_mask().reshape(game.size, game.size)
    sensible: NDArray[np.bool_] = legal & (encode(game)[OFFSETS["sensibleness"]] > 0)
    return sensible


def choose_move(
    policy: AsksProbabilities,
    game: Game,
    rng: np.random.Generator,
    *,
    temperature: float = 0.0,
    top_p: float = 1.0,
    greedy_after: int | None = None,
    pass_when_offered: PassRule = "auto",
    cleanup: bool = False,
    repetitions: int = 0,
    allowed: NDArray[np.bool_] | None = None,
) -> Move:
    """Return the move to play in a game, or None to pass.

    temperature: 0 plays the likeliest sensible move, 1 samples as the network says, more is wilder.
    top_p: sample only among the likeliest moves that together have this probability.
    greedy_after: play the likeliest move from this turn number on.
    pass_when_offered: whether to answer a pass with a pass: auto does if the stones as they stand win.
    cleanup: never pass while a sensible move is left, so that dead stones get captured.
    repetitions: how often its moves may bring a position back; without search it would go round for ever.
    allowed: bool `[size, size]`, the only points to choose from.
    """
    sensible = sensible_mask(game) if allowed is None else sensible_mask(game) & allowed
    if not sensible.any():
        return None
    if not cleanup and _answers_pass(game, pass_when_offered):
        return None
    weights = np.where(sensible, policy.probabilities(game), 0.0).reshape(-1).astype(np.float64)
    if weights.sum() <= 0:
        weights = sensible.reshape(-1).astype(np.float64)
    greedy = temperature <= 0 or (greedy_after is not None and game.board.turns >= greedy_after)
    while weights.sum() > 0:
        if greedy:
            point = int(weights.argmax())
        else:
            point = int(rng.choice(len(weights), p=sharpen(weights, temperature, top_p)))
        if game.repetitions(point) <= repetitions:
            return point
        weights[point] = 0.0
    return None


def sharpen(weights: NDArray[np.float64], temperature: float, top_p: float = 1.0) -> NDArray[np.float64]:
    """Return sampling probabilities, float64 `[n]`: weights `[n]` to the power 1 / temperature, cut to `top_p`.

    The cut keeps the likeliest moves until they hold `top_p` of the untempered probability, at least one.
    """
    share = weights / weights.sum()
    if top_p < 1.0:
        order = np.argsort(-share, kind="stable")
        kept = int(np.searchsorted(np.cumsum(share[order]), top_p)) + 1
        share[order[kept:]] = 0.0
    logs = np.log(share, out=np.full_like(share, -np.inf), where=share > 0) / max(temperature, 1e-6)
    powers = np.exp(logs - logs.max())
    result: NDArray[np.float64] = powers / powers.sum()
    return result


def _answers_pass(game: Game, rule: PassRule) -> bool:
    if game.last_turn is None or game.last_turn[1] is not None or rule == "never":
        return False
    score = area_score(game.board, game.komi)
    return rule == "always" or (score > 0 if game.to_play == BLACK else score < 0)

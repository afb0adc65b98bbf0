"""Choosing a move to play: sampling, and when to pass, for a network that has no pass among its outputs.

A pass is played when no sensible move is left, which ends every game, and when `gopolicy.policy.passing` finds that
nothing is left to gain, whether that wins or loses.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.coords import Move
from gopolicy.go.game import Game
from gopolicy.go.scoring import AREA, ScoringRules
from gopolicy.policy.passing import worth_a_move
from gopolicy.policy.sensible import AsksProbabilities, sensible_mask
from gopolicy.policy.settled import Settler

PassRule = Literal["auto", "always", "never"]
PASS_RULES: Final = ("auto", "always", "never")


@dataclass(frozen=True)
class Sampling:
    """How a move is drawn.

    temperature: 0 plays the most probable sensible move, 1 samples as the network says, more is wilder.
    top_p: sample only among the most probable moves that together have this probability.
    greedy_after: play the most probable move from this turn on, counted from 1.
    history: what the order of the last moves counts, from 0 to 1.  The logarithms of two predictions are averaged, one
    that sees it, with this weight, and one that sees all stones as old.  auto: STRONGER_HISTORY where the most
    probable move is played without a profile, else 1.
    """

    temperature: float = 0.0
    top_p: float = 1.0
    greedy_after: int | None = None
    history: float | Literal["auto"] = "auto"


@dataclass(frozen=True)
class Passing:
    """When to pass.

    rules: what a move can gain depends on them.
    when_offered: whether to answer a pass with a pass: auto does if nothing is left to gain.
    cleanup: before a pass, take the opponent's dead stones off the board.
    is_allowed: if not, a move is played however little it gains, unless none is legal.
    """

    rules: ScoringRules = AREA
    when_offered: PassRule = "auto"
    cleanup: bool = False
    is_allowed: bool = True


STRONGER_HISTORY: Final = 0.5  # plays better than 1, which predicts people better: engine/README.md
TOP_MOVE: Final = Sampling()
WHEN_SETTLED: Final = Passing()


def choose_move(
    policy: AsksProbabilities,
    game: Game,
    rng: np.random.Generator,
    sampling: Sampling = TOP_MOVE,
    passing: Passing = WHEN_SETTLED,
    *,
    repetitions: int = 0,
    allowed: NDArray[np.bool_] | None = None,
    settler: Settler | None = None,
) -> Move:
    """Return the move to play in a game, or None to pass.

    repetitions: how often its moves may bring a position back; without search it would go round for ever.
    allowed: bool `[rows, columns]`, the only points to choose from.
    settler: one that remembers positions, for a game of many moves.
    """
    sensible = sensible_mask(game)
    points = sensible if allowed is None else sensible & allowed
    offered = game.last_turn is not None and game.last_turn[1] is None
    if passing.is_allowed and (
        not sensible.any() or (offered and passing.when_offered == "always" and not passing.cleanup)
    ):
        return None
    history = sampling.history
    if history == "auto":
        history = STRONGER_HISTORY if _is_greedy(sampling, game) and not policy.profile else 1.0
    weights = _weights(policy, game, history)
    if not (offered and passing.when_offered == "never"):
        wanted = int(np.where(sensible.reshape(-1), weights, -1.0).argmax())
        worth = worth_a_move(settler or Settler(policy), game, passing.rules, cleanup=passing.cleanup, wanted=wanted)
        if worth is not None and (passing.is_allowed or (points & worth).any()):
            points = points & worth
    if not passing.is_allowed and not points.any():
        points = game.legal_mask() if allowed is None else game.legal_mask() & allowed
    if not points.any():
        return None
    weights[~points.reshape(-1)] = 0.0
    if weights.sum() <= 0:
        weights = points.reshape(-1).astype(np.float64)
    return _draw(weights, game, rng, sampling, repetitions)


def _is_greedy(sampling: Sampling, game: Game) -> bool:
    """Return whether the most probable move is to be played."""
    is_late = sampling.greedy_after is not None and game.board.turns + 1 >= sampling.greedy_after
    return sampling.temperature <= 0 or is_late


def _weights(policy: AsksProbabilities, game: Game, history: float) -> NDArray[np.float64]:
    """Return how much speaks for each point, float64 `[rows * columns]`."""
    weights = policy.probabilities(game).reshape(-1).astype(np.float64)
    if history == 1:
        return weights
    ahistorical = policy.probabilities(game, history=False).reshape(-1).astype(np.float64)
    mixed: NDArray[np.float64] = weights**history * ahistorical ** (1 - history)
    return mixed


def _draw(
    weights: NDArray[np.float64], game: Game, rng: np.random.Generator, sampling: Sampling, repetitions: int
) -> Move:
    """Return a point drawn by weights `[rows * columns]` that repeats no position too often; None if there is none."""
    while weights.sum() > 0:
        if _is_greedy(sampling, game):
            point = int(weights.argmax())
        else:
            point = int(rng.choice(len(weights), p=sharpen(weights, sampling.temperature, sampling.top_p)))
        if game.repetitions(point) <= repetitions:
            return point
        weights[point] = 0.0
    return None


def sharpen(weights: NDArray[np.float64], temperature: float, top_p: float = 1.0) -> NDArray[np.float64]:
    """Return sampling probabilities, float64 `[n]`: weights `[n]` to the power 1 / temperature, cut to `top_p`.

    The cut keeps the most probable moves until they hold `top_p` of the untempered probability, at least one.
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

"""Who owns which point at the end: an estimate by games that the network plays against itself.

The network has no value output, so positions are counted by playing them out, a batch of games at a time.
What comes out is an estimate and is to be called one.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.coords import BLACK, EMPTY, WHITE, Point
from gopolicy.go.game import Game
from gopolicy.go.scoring import area
from gopolicy.policy.sensible import AsksProbabilities, sensible_mask

SETTLED = 0.7  # a point is called owned from this mean ownership on


def estimate_ownership(
    policy: AsksProbabilities,
    game: Game,
    *,
    playouts: int = 16,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
    max_moves: int | None = None,
) -> NDArray[np.float32]:
    """Return the mean owner of each point after `playouts` games from here: float32 `[size, size]`, +1 Black, -1 White.

    The games sample from the policy and end when neither side has a sensible move left, or after
    `max_moves` (default: as many as the board has points).
    progress: told the share of moves done, 0 to 1, after each; it may raise to stop the work.
    """
    rng = np.random.default_rng(seed)
    games = [game.copy() for _ in range(playouts)]
    passes = np.zeros(playouts, np.int64)  # in a row; those behind the position do not count
    limit = max_moves if max_moves is not None else game.size**2
    for number in range(limit):
        going = np.flatnonzero(passes < 2).tolist()
        if not going:
            break
        moved = _advance(policy, [games[i] for i in going], rng)
        passes[going] = np.where(moved, 0, passes[going] + 1)
        if progress:
            progress((number + 1) / limit)
    owners = np.stack([area(g.board) for g in games])
    mean: NDArray[np.float32] = ((owners == BLACK).mean(0) - (owners == WHITE).mean(0)).astype(np.float32)
    return mean


def _advance(policy: AsksProbabilities, games: list[Game], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Play one move, or a pass where none is sensible, in each game; return which ones moved, bool `[games]`."""
    masks = [sensible_mask(game) for game in games]
    movers = [i for i, mask in enumerate(masks) if mask.any()]
    chosen: dict[int, Point] = {}
    if movers:
        answers = policy.probabilities_batch([games[i] for i in movers])
        for i, answer in zip(movers, answers, strict=True):
            weights = np.where(masks[i], answer, 0.0).reshape(-1).astype(np.float64)
            weights = weights if weights.sum() > 0 else masks[i].reshape(-1).astype(np.float64)
            chosen[i] = int(rng.choice(len(weights), p=weights / weights.sum()))
    for i, game in enumerate(games):
        game.play(chosen.get(i))
    return np.array([mask.any() for mask in masks])


def dead_stones(game: Game, ownership: NDArray[np.float32]) -> set[Point]:
    """Return the stones that the ownership (float32 `[size, size]`, as estimated) gives to the other side.

    Whole chains: one is dead if its points on the mean belong to the opponent by SETTLED.
    """
    dead: set[Point] = set()
    seen: set[Point] = set()
    flat = ownership.reshape(-1)
    for point in range(game.size**2):
        color = game.board.color_at(point)
        if color == EMPTY or point in seen:
            continue
        chain = game.board.chain(point)
        seen.update(chain)
        mean = float(np.mean([flat[stone] for stone in chain]))
        if (mean if color == WHITE else -mean) >= SETTLED:
            dead.update(chain)
    return dead

"""When to pass: when no point is left that a move could gain, whether that wins or loses the game.

The question is what happens after a pass, with the opponent to move.  While that leaves points unsettled, a move is
worth playing there; a pass at the beginning of a game is never answered by a pass, since everything is unsettled.
Where all is settled after a pass, a move may still turn it: what lives or dies with the first move is worth it, too.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.coords import BLACK, EMPTY, Point, opponent
from gopolicy.go.game import Game
from gopolicy.go.scoring import AREA, ScoringRules
from gopolicy.policy.settled import SETTLED, Settlement, Settler, near
from gopolicy.prediction import Prediction

OPEN: Final = 40  # with more points unsettled the game goes on anywhere
SECONDS: Final = 1.0  # for the second look
STONES: Final = 0.25  # before the board holds so many for each point, only a pass of the opponent raises the question


def worth_a_move(
    settler: Settler,
    game: Game,
    rules: ScoringRules = AREA,
    *,
    cleanup: bool = False,
    wanted: Point | None = None,
) -> NDArray[np.bool_] | None:
    """Return where the color to play can still gain something, bool `[rows, columns]`: nowhere is time to pass.

    None while the game goes on anywhere.  Under territory rules dame gain nothing.
    cleanup: the liberties of the opponent's dead stones are worth a move, and dame.
    wanted: the move that would be played; if it is worth it by a first look, no time is spent on a second.
    """
    offered = game.last_turn is not None and game.last_turn[1] is None
    if not offered and (game.board.colors != EMPTY).sum() < STONES * game.board.colors.size:
        return None
    passed = _after_pass(game)
    found = settler.at_once(passed)
    if found.unsettled.sum() > OPEN:
        return None
    worth = _worth(found, game, rules, cleanup)
    if not offered and wanted is not None and worth.reshape(-1)[wanted]:
        return worth
    found = settler.settle(passed, seconds=SECONDS)
    return _worth(found, game, rules, cleanup) | near(_turned(settler, game, found))


def _turned(settler: Settler, game: Game, passed: Settlement) -> NDArray[np.bool_]:
    """Return the stones that a pass leaves to the opponent and a move does not: bool `[rows, columns]`."""
    side = 1 if game.to_play == BLACK else -1
    left: NDArray[np.bool_] = (game.board.colors != EMPTY) & (side * passed.ownership < 0)
    left &= side * settler.at_once(game).ownership > -SETTLED
    if left.any():  # the second look takes time
        left &= side * settler.settle(game, seconds=SECONDS).ownership > -SETTLED
    return left


def _worth(found: Settlement, game: Game, rules: ScoringRules, cleanup: bool) -> NDArray[np.bool_]:
    gain = found.unsettled & ~found.dame if rules.territory and not cleanup else found.unsettled
    worth = near(gain)
    return worth | _liberties_of_dead(found, game) if cleanup else worth


def with_pass(settler: Settler, game: Game, prediction: Prediction, rules: ScoringRules = AREA) -> Prediction:
    """Return a prediction in which a pass has its share if it is time to pass, else the prediction as it is.

    The share of the pass is what the network gives to moves on settled points, counted by how settled they are.
    """
    worth = worth_a_move(settler, game, rules)
    if worth is None or worth.any():
        return prediction
    settledness = np.abs(settler.at_once(_after_pass(game)).ownership)
    return prediction.with_pass(min(1.0, float((prediction.probabilities * settledness).sum())))


def _after_pass(game: Game) -> Game:
    passed = game.copy()
    passed.play(None)
    return passed


def _liberties_of_dead(found: Settlement, game: Game) -> NDArray[np.bool_]:
    """Return the empty points next to dead stones of the opponent of the color to play: bool `[rows, columns]`."""
    dead = np.zeros(game.board.colors.size, np.bool_)
    enemy = opponent(game.to_play)
    dead[[point for point in found.dead if game.board.color_at(point) == enemy]] = True
    empty: NDArray[np.bool_] = game.board.colors == EMPTY
    return near(dead.reshape(game.board.shape)) & empty

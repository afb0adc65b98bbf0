"""Moves, passes and ends of games as the parameters say; a controller may end the work.

Import this module where it is needed only: it loads the policy's packages, which takes a second.
"""

from collections.abc import Callable, Iterator

from gopolicy.engine.parameters import Parameters
from gopolicy.go.game import Game
from gopolicy.go.scoring import ScoringRules
from gopolicy.policy import Passing, Policy, Sampling, Settlement, Settler
from gopolicy.policy.passing import with_pass
from gopolicy.policy.sensible import sensible_mask
from gopolicy.policy.settled import SECONDS
from gopolicy.prediction import Prediction


class EngineSettler(Settler):
    """A Settler whose work takes `seconds` at most and ends when `stop` returns True."""

    def __init__(self, policy: Policy, *, seed: int, seconds: float) -> None:
        super().__init__(policy, seed=seed)
        self.seconds = seconds
        self.stop: Callable[[], bool] = lambda: False

    def refine(
        self, game: Game, *, seconds: float = SECONDS, is_stopped: Callable[[], bool] = lambda: False
    ) -> Iterator[Settlement]:
        """Yield better and better answers, as `Settler.refine` does."""
        return super().refine(game, seconds=min(seconds, self.seconds), is_stopped=lambda: is_stopped() or self.stop())


def sampling_by(parameters: Parameters) -> Sampling:
    """Return how the parameters want moves drawn."""
    return Sampling(parameters.temperature, parameters.top_p, parameters.greedy_after, parameters.history)


def passing_by(parameters: Parameters, rules: ScoringRules, *, cleanup: bool = False) -> Passing:
    """Return when the parameters want a pass; cleanup: take dead stones in any case."""
    return Passing(rules, parameters.pass_when_offered, cleanup or parameters.cleanup)


def prediction_with_pass(
    settler: Settler, game: Game, prediction: Prediction, parameters: Parameters, rules: ScoringRules
) -> Prediction:
    """Return a prediction of `game` in which a pass has its share: all of it where no sensible move is left."""
    if not sensible_mask(game).any():
        return prediction.with_pass(1.0)
    offered = game.last_turn is not None and game.last_turn[1] is None
    if offered and parameters.pass_when_offered != "auto":
        return prediction.with_pass(1.0) if parameters.pass_when_offered == "always" else prediction
    return with_pass(settler, game, prediction, rules)

"""Stand-ins with no network behind them: policies of known numbers and players of known moves."""

from collections.abc import Mapping, Sequence

import numpy as np

from gopolicy.go.coords import parse_vertex
from gopolicy.prediction import Prediction

# A finished game: Black has the left, White the right, and B19 and M19 are dead stones.
FINISHED = "\n".join(
    ["XO.X..X..XOX.O..O.O"] + [line for _ in range(9) for line in ("X" * 10 + "O" * 9, "X..X..X..XO..O..O.O")]
)


class UniformPolicy:
    """Every legal point alike, but for `favorites`, whose vertices get a multiple of the others' share.

    calls: how many positions it was asked about.
    """

    name = "uniform"
    profile = ""

    def __init__(self, favorites: Mapping[str, float] | None = None):
        self.weights = np.ones(19 * 19, np.float32)
        for vertex, weight in (favorites or {}).items():
            self.weights[parse_vertex(vertex, 19)] = weight
        self.calls = 0

    def use_profile(self, profile):
        self.profile = profile.name if profile else ""

    def with_profile(self, profile):
        """Return one that finds A1 likely."""
        other = UniformPolicy({"A1": 1000})
        other.use_profile(profile)
        return other

    def quick(self):
        return self

    def probabilities(self, game, symmetries=None, *, history=True):
        from gopolicy.policy import PolicyError

        self.calls += 1
        if game.size != 19:
            raise PolicyError(f"the network knows 19x19 boards, not {game.size}x{game.size}")
        policy = np.where(game.legal_mask(), self.weights, 0)
        if not policy.any():
            raise PolicyError("no legal point")
        return (policy / policy.sum()).reshape(19, 19).astype(np.float32)

    def probabilities_batch(self, games, symmetries=None, *, legal_only=True):
        return np.stack([self.probabilities(game) for game in games])

    def predict(self, game, symmetries=None):
        return Prediction(self.probabilities(game, symmetries))

    def suggest(self, game, top=5):
        return self.predict(game).candidates(top)


class ScriptedPlayer:
    """Plays the given vertices one after the other, then `last` for ever; an exception among them is raised."""

    def __init__(self, vertices: Sequence[str | Exception] = (), *, name="scripted", last="pass"):
        self.name = name
        self.last = last
        self._vertices = list(vertices)

    def genmove(self, game, color):
        vertex = self._vertices.pop(0) if self._vertices else self.last
        if isinstance(vertex, Exception):
            raise vertex
        return "resign" if vertex == "resign" else parse_vertex(vertex, game.size)

    def prepare(self, number):
        pass

    def close(self):
        pass

"""Networks for the window that answer at once, with no torch behind them."""

import numpy as np
from fakes import UniformPolicy

from gopolicy.features import FEATURES, NUM_PLANES, encode
from gopolicy.ui.model.candidate_lines import Line
from gopolicy.ui.model.tasks import Ending, Style

SENSIBLE = sum(f.width for f in FEATURES[: [f.name for f in FEATURES].index("sensibleness")])


class FakeNetwork:
    """A UniformPolicy with the judgments of play: it takes the top sensible move and answers a pass."""

    profiles = ("kgs-9k-1k", "pro-1950-1999")

    def __init__(self, favorites=None, ownership=1.0):
        self.name, self.profile = "fake", ""
        self.policy = UniformPolicy(favorites)
        self.ownership = ownership
        self.undecided = False  # whether the first look at an ending leaves everything open
        self.passing = 0.0
        self.styles: list[Style] = []

    def probabilities_batch(self, games):
        return self.policy.probabilities_batch(games)

    def use_profile(self, profile):
        self.profile = profile
        self.name = f"fake as {profile}" if profile else "fake"

    def probabilities_as(self, profile, games):
        """The profiles find one point likely each."""
        likely = {"kgs-9k-1k": "A1", "pro-1950-1999": "R14", "": "D4"}
        return UniformPolicy({likely[profile]: 300}).probabilities_batch(games)

    def choose_move(self, game, style, rules, rng):
        self.styles.append(style)
        if game.last_turn is not None and game.last_turn[1] is None:
            return None
        sensible = encode(game)[SENSIBLE] > 0
        return int(np.argmax(np.where(sensible, self.policy.probabilities(game), 0))) if sensible.any() else None

    def settle(self, game, rules, seconds, is_stopped):
        ownership = np.full(game.board.shape, self.ownership, np.float32)
        colors = game.board.colors.ravel()
        enemy = 0 if self.ownership == 0 else 2 if self.ownership > 0 else 1
        dead = frozenset(int(point) for point in np.flatnonzero((colors == enemy) & (colors > 0)))
        is_open = np.full(game.board.shape, self.undecided and not seconds)
        return Ending(ownership, dead, frozenset(), is_open)

    def pass_share(self, game, probabilities, rules):
        return self.passing

    def continue_lines(self, game, moves, length, between):
        lines = []
        for move in moves:
            after, points, found = game.copy(), [move], [1.0]
            after.play(move)
            while len(points) < length:
                probabilities = self.policy.probabilities(after)
                points.append(int(np.argmax(probabilities)))
                found.append(float(probabilities.max()))
                after.play(points[-1])
            between()
            lines.append(Line(tuple(points), tuple(found)))
        return lines

    def attribution(self, game, point):
        values = np.zeros((NUM_PLANES, 19, 19), np.float32)
        values[0].flat[point], values[1, 0, 0] = 3.0, -1.5
        return values

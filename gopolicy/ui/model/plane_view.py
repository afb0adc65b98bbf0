"""The input planes on the position, a feature at a time, as numbers or as one plane's points."""

from dataclasses import dataclass

import numpy as np

from gopolicy.features import FEATURES, encode
from gopolicy.go.coords import Point
from gopolicy.go.game import Game
from gopolicy.ui.model.language import tr


@dataclass
class PlaneView:
    """The choice of a feature and, in it, of one plane or (None) all of them at once."""

    feature: int = 4
    plane: int | None = None

    def choose(self, feature: int, plane: int | None = None) -> None:
        """Choose a feature by index and one of its planes; indices wrap around."""
        self.feature = feature % len(FEATURES)
        width = FEATURES[self.feature].width
        self.plane = None if plane is None or width == 1 else plane % width

    def step(self, by: int) -> None:
        """Go through all features and their planes in order."""
        stops = [
            (index, plane)
            for index, feature in enumerate(FEATURES)
            for plane in ([None, *range(feature.width)] if feature.width > 1 else [None])
        ]
        here = stops.index((self.feature, self.plane))
        self.feature, self.plane = stops[(here + by) % len(stops)]

    @property
    def number(self) -> int:
        """The chosen plane's index among all planes, the feature's first if all of it is shown."""
        return sum(feature.width for feature in FEATURES[: self.feature]) + (self.plane or 0)

    @property
    def title(self) -> str:
        """What is shown, in words."""
        feature = FEATURES[self.feature]
        if self.plane is None:
            return tr(feature.name)
        return tr(
            "{feature}: plane {number} of {total}", feature=tr(feature.name), number=self.plane + 1, total=feature.width
        )

    def values(self, game: Game) -> dict[Point, str]:
        """Return a mark for each point that is set: the plane's number in the feature, with + for 8 or more."""
        planes = encode(game)
        width = FEATURES[self.feature].width
        first = sum(feature.width for feature in FEATURES[: self.feature])
        chosen = planes[first : first + width] if self.plane is None else planes[self.number : self.number + 1]
        marks: dict[Point, str] = {}
        for index, plane in enumerate(chosen):
            value = index + 1 if self.plane is None else self.plane + 1
            text = "" if width == 1 else f"{value}+" if value == width == 8 else str(value)
            marks |= {int(point): text for point in np.flatnonzero(plane)}
        return marks

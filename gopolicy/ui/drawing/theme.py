"""Colors of the window, by theme.  Blue against orange is told apart by every kind of color vision."""

from dataclasses import dataclass, replace
from typing import Final

RGB = tuple[int, int, int]


@dataclass(frozen=True)
class Theme:
    """One set of colors; `grain` is how strongly the wood shows, 0 for a plain board."""

    name: str = "dark"
    back: RGB = (34, 37, 42)
    panel: RGB = (43, 47, 53)
    raised: RGB = (58, 63, 71)
    hover: RGB = (76, 83, 93)
    text: RGB = (232, 233, 235)
    muted: RGB = (158, 165, 174)
    faint: RGB = (84, 91, 100)
    accent: RGB = (86, 160, 236)
    warning: RGB = (243, 158, 66)
    wood: RGB = (222, 179, 108)
    grain: float = 1.0
    line: RGB = (74, 52, 26)
    label: RGB = (92, 66, 34)
    best: RGB = (0, 84, 190)
    tint: RGB = (18, 92, 178)
    candidate: RGB = (222, 236, 248)
    game_move: RGB = (196, 66, 0)
    graph: RGB = (58, 63, 71)


DARK: Final = Theme()
LIGHT: Final = replace(
    DARK,
    name="light",
    back=(233, 234, 236),
    panel=(246, 246, 247),
    raised=(222, 225, 229),
    hover=(205, 211, 219),
    text=(30, 33, 38),
    muted=(92, 99, 108),
    faint=(190, 195, 201),
    accent=(0, 92, 196),
    warning=(176, 76, 0),
    graph=(160, 167, 175),
)
PAPER: Final = replace(LIGHT, name="paper", wood=(252, 251, 247), grain=0.0, line=(60, 60, 60), label=(90, 90, 90))
THEMES: Final = {theme.name: theme for theme in (DARK, LIGHT, PAPER)}


def blend(first: RGB, second: RGB, share: float) -> RGB:
    """Return `share` of `second` mixed into `first`."""
    return (
        round(first[0] + (second[0] - first[0]) * share),
        round(first[1] + (second[1] - first[1]) * share),
        round(first[2] + (second[2] - first[2]) * share),
    )

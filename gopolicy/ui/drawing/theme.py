"""Colors of the window, by theme, and how far they stand apart.  Blue against orange is told by every color vision."""

from dataclasses import dataclass, replace
from typing import Final

RGB = tuple[int, int, int]

WHITE_INK: Final[RGB] = (255, 255, 255)
DARK_INK: Final[RGB] = (14, 18, 24)


@dataclass(frozen=True)
class Theme:
    """One set of colors; `grain` is how strongly the wood shows, 0 for a plain board.

    top, candidate: of the marks for the top move and the other ones.  heat_low, heat_high: of the heat map.
    game_move: of the record's own move.  rim: around white stones.  graph, graph_black, graph_white, graph_mark: of
    the surprise graph, its bars and the marks on them.
    """

    name: str = "dark"
    back: RGB = (30, 33, 38)
    panel: RGB = (40, 44, 50)
    raised: RGB = (58, 64, 73)
    hover: RGB = (70, 77, 88)
    text: RGB = (238, 239, 241)
    muted: RGB = (184, 191, 200)
    faint: RGB = (104, 112, 122)
    disabled: RGB = (122, 130, 140)
    accent: RGB = (132, 190, 250)
    selected: RGB = (28, 96, 176)
    warning: RGB = (250, 180, 100)
    wood: RGB = (226, 187, 118)
    grain: float = 1.0
    line: RGB = (74, 52, 26)
    label: RGB = (84, 58, 28)
    top: RGB = (0, 57, 142)
    candidate: RGB = (20, 90, 172)
    heat_low: RGB = (146, 186, 226)
    heat_high: RGB = (10, 84, 196)
    tint: RGB = (18, 92, 178)
    game_move: RGB = (170, 44, 0)
    rim: RGB = (96, 92, 84)
    graph: RGB = (106, 110, 117)
    graph_black: RGB = (12, 13, 15)
    graph_white: RGB = (252, 251, 248)
    graph_mark: RGB = (255, 236, 150)


DARK: Final = Theme()
LIGHT: Final = replace(
    DARK,
    name="light",
    back=(204, 209, 215),
    panel=(248, 248, 249),
    raised=(230, 234, 238),
    hover=(214, 221, 229),
    text=(24, 27, 32),
    muted=(76, 83, 92),
    faint=(150, 157, 166),
    disabled=(104, 110, 118),
    accent=(0, 72, 160),
    warning=(140, 52, 0),
)
PAPER: Final = replace(
    LIGHT,
    name="paper",
    wood=(252, 251, 247),
    grain=0.0,
    line=(60, 60, 60),
    label=(76, 76, 76),
    heat_low=(158, 194, 230),
)
THEMES: Final = {theme.name: theme for theme in (DARK, LIGHT, PAPER)}


def blend(first: RGB, second: RGB, share: float) -> RGB:
    """Return `share` of `second` mixed into `first`."""
    return (
        round(first[0] + (second[0] - first[0]) * share),
        round(first[1] + (second[1] - first[1]) * share),
        round(first[2] + (second[2] - first[2]) * share),
    )


def luminance(color: RGB) -> float:
    """Return the relative luminance of a color, 0 to 1, as WCAG 2 defines it."""
    parts = [part / 255 for part in color]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: RGB, second: RGB) -> float:
    """Return how far two colors stand apart, 1 to 21, as WCAG 2 defines it."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)

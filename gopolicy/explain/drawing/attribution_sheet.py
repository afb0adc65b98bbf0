"""The sheet of an attribution: the board with shaded points, and a bar for each feature."""

from gopolicy.explain.attribution import Attribution
from gopolicy.explain.drawing.diagrams import BLUE, ORANGE, Diagram, Sheet, Window, own_as_black, real_colors
from gopolicy.features import encode
from gopolicy.go.coords import BOARD_SIZE
from gopolicy.go.game import Game


def draw_attribution(game: Game, attribution: Attribution, title: str, summary: str) -> Sheet:
    """Return the sheet; title, summary: the lines above it."""
    sheet = Sheet(41, 24, inches=0.22)
    sheet.text(2.0, 1.1, title, weight="bold", size=1.05)
    sheet.text(2.0, 2.3, f"{summary}.  Blue raised it, orange lowered it.", size=0.8)
    diagram = Diagram(
        real_colors(own_as_black(encode(game)), game),
        heat=attribution.shades,
        framed=attribution.point,
        labels={point: f"{bits:+.1f}" for point, bits in attribution.strongest().items()},
    )
    sheet.board(2.0, 3.2, diagram, Window(0, 0, BOARD_SIZE), coordinates=True)
    features = attribution.by_feature
    greatest = max(max(map(abs, features.values())), 1e-12)
    sheet.text(23.5, 4.2, "by feature, in bits", weight="bold", size=0.9)
    for row, (name, bits) in enumerate(features.items()):
        y = 5.6 + 1.5 * row
        sheet.text(30.2, y, name, size=0.8, ha="right")
        sheet.bar(34, y - 0.45, 3.2 * bits / greatest, 0.9, BLUE if bits > 0 else ORANGE)
        sheet.text(40.6, y, f"{bits:+.2f}", size=0.8, ha="right")
    return sheet

"""Two whole games as text: before every turn the board, the legal moves and every plane that is not empty.

`GOLDEN=write pytest tests/features` writes the files anew; then read the difference before it is committed.
"""

import os
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pytest

from gopolicy.features import FEATURES, encode
from gopolicy.features.planes import OFFSETS
from gopolicy.go import BLACK, WHITE, Game
from gopolicy.go.coords import COLOR_NAMES, opponent, parse_vertex, to_vertex
from gopolicy.go.diagram import draw_diagram

FOLDER = Path(__file__).parent.parent / "golden" / "planes"

# A vertex plays for whose turn it is, `again` gives the turn back, `black C3` or `white C3` sets a stone up.
GAMES = {
    # A ko taken, retaken and connected; a capture in the corner; passes; late setup; two turns in a row.
    "ko": (5, 0, """B5 C5 A4 D4 B3 C3 C4 B4 A1 A2 C4 E1 B4 pass A3 D3 again D5 again E5
                    black:E2 C2 pass again B1 pass pass"""),
    # A ladder down to the edge and its end, with two handicap stones.
    "ladder": (9, 2, "E5 D5 C7 E6 C5 F6 D7 E4 F5 G5 F4 F3 G4 H4 G3 G2 H3 J3 H2 H1 J2 J1 pass J4"),
}  # fmt: skip


def playthrough(name: str) -> str:
    """Return the text of a game."""
    size, handicap, moves = GAMES[name]
    game = Game(size)
    if handicap:
        game.place_handicap(handicap)
    pages = [page(game)]
    for word in moves.split():
        if word == "again":
            game.to_play = opponent(game.to_play)
            pages[-1] = page(game)
        elif ":" in word:
            color, vertex = word.split(":")
            game.set_stones({parse_vertex(vertex, size): BLACK if color == "black" else WHITE})
            pages[-1] = page(game)
        else:
            game.play(parse_vertex(word, size))
            pages.append(page(game))
    return "\n\n".join(pages) + "\n"


def page(game: Game) -> str:
    """Return one position."""
    last = game.last_turn
    ko = "none" if game.board.ko_point is None else to_vertex(game.board.ko_point, game.size)
    taken = [game.board.captured(color) for color in (BLACK, WHITE)]
    legal = [to_vertex(int(point), game.size) for point in np.flatnonzero(game.legal_mask())]
    planes = encode(game)
    drawings = [drawing(title, plane) for title, plane in zip(titles(), planes, strict=True) if plane.any()]
    return "\n".join([
        f"== turn {game.board.turns + 1}: {COLOR_NAMES[game.to_play]} to play, "
        f"after {f'{COLOR_NAMES[last[0]]} {to_vertex(last[1], game.size)}' if last else 'setup'}, "
        f"ko {ko}, captured {taken[0]} black {taken[1]} white",
        draw_diagram(game.board, coordinates=True),
        f"legal: {' '.join(legal)}",
        *("\n".join(side_by_side(drawings[i : i + 5])) for i in range(0, len(drawings), 5)),
    ])  # fmt: skip


def titles() -> list[str]:
    """Return the name of every plane, with its number in its feature."""
    return [f"{f.name} {i + 1}" if f.width > 1 else f.name for f in FEATURES for i in range(f.width)]


def drawing(title: str, plane: np.ndarray) -> list[str]:
    """Return the lines of one plane."""
    return [title, *("".join("#" if bit else "-" for bit in row) for row in plane)]


def side_by_side(drawings: list[list[str]]) -> list[str]:
    """Return the lines of several drawings next to each other, a blank line before them."""
    rows = zip_longest(*drawings, fillvalue="")
    return ["", *("".join(cell.ljust(24) for cell in row).rstrip() for row in rows)]


@pytest.mark.parametrize("name", GAMES)
def test_playthrough(name: str) -> None:
    path = FOLDER / f"{name}.txt"
    text = playthrough(name)
    if os.environ.get("GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    expected = path.read_text(encoding="utf-8").split("== ")
    for found, kept in zip(text.split("== "), expected, strict=True):
        assert found == kept


def test_the_games_show_every_feature() -> None:
    text = "".join(playthrough(name) for name in GAMES)
    assert all(feature.name in text for feature in FEATURES if feature.name != "zeros")
    assert set(OFFSETS) == {feature.name for feature in FEATURES}

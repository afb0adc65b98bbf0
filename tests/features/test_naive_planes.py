"""The compiled planes against a slow and plain definition of them, on games and on dense fights."""

import random

import naive_planes
import numpy as np
import pytest
from random_play import fight, random_game

from gopolicy.features import FEATURES, encode
from gopolicy.features.planes import NUM_PLANES, OFFSETS
from gopolicy.go import BLACK, WHITE, Game
from gopolicy.go import events as ev
from gopolicy.go.coords import parse_vertex, row_column
from gopolicy.go.diagram import draw_diagram

WIDTHS = {feature.name: feature.width for feature in FEATURES}


def naive_position(game: Game) -> naive_planes.Position:
    """Replay a game's events in the naive position; setup stones that follow each other take effect together."""
    position, setup = naive_planes.Position.empty(game.size), {}
    for event in [*game.events.tolist(), None]:
        if event is not None and ev.is_setup(event):
            setup[ev.event_move(event)] = ev.event_color(event)
            continue
        if setup:
            position, setup = position.with_setup(setup), {}
        if event is not None:
            position, _ = position.after(ev.event_move(event), ev.event_color(event))
    return position


def naive_features(position: naive_planes.Position, color: int) -> dict[str, dict[int, int]]:
    """Return what the naive reader finds, without the ladders where it tries too many moves.

    The compiled reader may find its answer in fewer, since it need not play a move whose answer is plain.
    """
    try:
        return naive_planes.features(position, color)
    except naive_planes.TooDeepError:
        found = naive_planes.features(position, color, ladders=False)
        return {name: values for name, values in found.items() if not name.startswith("ladder")}


def compare(game: Game) -> int:
    """Compare all planes of both players; return how many ladder points there are."""
    position = naive_position(game)
    assert position.stones == game.board.colors.reshape(-1).tolist()
    ladders = 0
    for game.to_play in (BLACK, WHITE):
        planes = encode(game)
        for name, values in naive_features(position, game.to_play).items():
            width = WIDTHS[name]
            expected = np.zeros((width, game.board.colors.size), np.uint8)
            for point, value in values.items():
                expected[min(value, width) - 1, point] = 1
            found = planes[OFFSETS[name] : OFFSETS[name] + width].reshape(width, -1)
            assert np.array_equal(found, expected), f"{name}\n{draw_diagram(game.board)}\n{game.events.tolist()}"
            ladders += len(values) if name.startswith("ladder") else 0
    return ladders


@pytest.mark.parametrize("size", [2, 3, 5, 7, 9, 13, 19])
def test_games(size: int) -> None:
    rng = random.Random(size)
    for _ in range(max(3, 60 // size)):
        compare(random_game(rng, size, rng.randrange(5, size * size + 20)))


def test_games_where_columns_and_rows_differ() -> None:
    rng = random.Random(7)
    for size in ((9, 7), (5, 11), (2, 8)):
        assert encode(Game(size)).shape == (NUM_PLANES, size[1], size[0])
        for _ in range(8):
            compare(random_game(rng, size, rng.randrange(5, 80)))


@pytest.mark.parametrize("size", [4, 5, 6, 7, 9, 11, 13, 19])
def test_fights(size: int) -> None:
    """Clusters of stones are full of short chains: of ladders, of captures out of them, of ko and snapback."""
    rng = random.Random(size)
    ladders = 0
    for _ in range(3000 // size):
        game = fight(rng, size, density=rng.uniform(0.3, 0.75))
        for _ in range(rng.choice((0, 0, 1, 2, 3))):
            legal = game.legal_mask().nonzero()[0].tolist()
            if legal:
                game.play(rng.choice(legal))
        ladders += compare(game)
    assert ladders > 100


ENDLESS = """
    . O X O X O . . X O X X O . . . . O X
    . O X O O O O O X . O O . O O O X . O
    . O O . O X O X O . X O O . O O O O X
"""


def test_a_search_without_end_is_given_up() -> None:
    """Ko after ko: the corner stone's capture at T10 would take 20,000 moves to refute, so it counts as an escape."""
    game = Game(19)
    rows = [line.split() for line in ENDLESS.split("\n") if line.strip()]
    colors = {"X": BLACK, "O": WHITE}
    stones = {(6 + i) * 19 + j: colors[symbol] for i in range(3) for j, symbol in enumerate(rows[i]) if symbol != "."}
    game.set_stones(stones)
    position = naive_position(game)
    prey, move = parse_vertex("T11", 19), parse_vertex("T10", 19)
    with pytest.raises(naive_planes.TooDeepError):
        naive_planes.LadderReader().saves(position, prey, move)
    assert encode(game)[OFFSETS["ladder escape"]][row_column(move, 19)] == 1

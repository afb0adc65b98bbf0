"""The compiled planes against a slow and plain definition of them, on games and on dense fights."""

import random

import naive_planes
import numpy as np
import pytest
from random_play import fight, random_game

from gopolicy.features import FEATURES, encode
from gopolicy.features.planes import OFFSETS
from gopolicy.go import BLACK, WHITE, Game
from gopolicy.go import events as ev
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


def compare(game: Game) -> int:
    """Compare all planes of both players; return how many ladder points there are."""
    position = naive_position(game)
    assert position.stones == game.board.colors.reshape(-1).tolist()
    ladders = 0
    for game.to_play in (BLACK, WHITE):
        planes = encode(game)
        for name, values in naive_planes.features(position, game.to_play).items():
            width = WIDTHS[name]
            expected = np.zeros((width, game.size**2), np.uint8)
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

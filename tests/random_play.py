"""Random games and positions for tests: passes, two turns in a row, late setup, fights."""

import random
from collections.abc import Sequence

from gopolicy.go import BLACK, EMPTY, WHITE, Game, IllegalMoveError
from gopolicy.go.coords import Color, Point, Size, opponent, point_count, row_column


def play_choices(size: Size, choices: Sequence[int], *, setup: bool = True) -> Game:
    """Return the game that a list of numbers from 0 to 65535 makes; each number is a turn or setup stones.

    A number's remainder by 32 says what kind: 0 a pass, 1 the same color again, 2 setup (if asked for),
    else a move, which every second time answers near the last one, so that fights come about.
    """
    game = Game(size)
    last: Point | None = None
    for choice in choices:
        kind, rest = choice % 32, choice // 32
        if kind == 0:
            game.play(None)
        elif kind == 2 and setup:
            stones = {(rest * k) % point_count(size): rest // k % 3 for k in (1, 3, 7)}
            try:
                game.set_stones(stones)
            except IllegalMoveError:
                continue
        else:
            color = opponent(game.to_play) if kind == 1 else game.to_play
            points = game.legal_mask(color).nonzero()[0].tolist()
            if last is not None and kind % 2 == 0:
                points = sorted(points, key=lambda point: distance(point, last, size))[:6]
            move = points[rest % len(points)] if points else None
            game.play(move, color)
            last = move if move is not None else last
    return game


def distance(one: Point, other: Point, size: Size) -> int:
    """Return how many steps lie between two points."""
    return sum(abs(a - b) for a, b in zip(row_column(one, size), row_column(other, size), strict=True))


def random_game(rng: random.Random, size: Size, turns: int, *, setup: bool = True) -> Game:
    """Return a random game of about `turns` turns."""
    return play_choices(size, [rng.randrange(2**16) for _ in range(turns)], setup=setup)


def fight(rng: random.Random, size: int, *, density: float = 0.5) -> Game:
    """Return a game that begins with a random cluster of stones, chains without liberties taken off."""
    stones: dict[Point, Color] = {}
    top, left = rng.randrange(size // 2 + 1), rng.randrange(size // 2 + 1)
    bottom, right = rng.randint(top + 2, size + 1), rng.randint(left + 2, size + 1)
    share = rng.uniform(0.3, 0.7)
    for row in range(top, min(bottom, size)):
        for column in range(left, min(right, size)):
            if rng.random() < density:
                stones[row * size + column] = BLACK if rng.random() < share else WHITE
    game = Game(size)
    while stones:
        try:
            game.set_stones(stones)
            break
        except IllegalMoveError:
            del stones[rng.choice(sorted(stones))]
    game.to_play = rng.choice((BLACK, WHITE))
    return game


__all__ = ["BLACK", "EMPTY", "WHITE", "distance", "fight", "play_choices", "random_game"]

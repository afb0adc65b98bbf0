"""Counting by sgfmill's board and plain comparison, without keys and without an index: the oracle of the explorer."""

from collections import Counter
from typing import NamedTuple

import numpy as np
from sgfmill.boards import Board

from gopolicy.go import events as ev

POINTS = np.arange(361).reshape(19, 19)
TURNS = [lambda a, k=k, m=m: np.rot90(a[:, ::-1] if m else a, k) for m in (False, True) for k in range(4)]
SWAPPED = np.array([0, 2, 1, 3], np.uint8)
NUMBER = {None: 0, "b": 1, "w": 2}


class Turns(NamedTuple):
    """All turns of some games, and after each game its end with color 0.

    colors: uint8 `[n, 361]` before the turn.  color: 1, 2 or 0.  point: -1 for none.  game: which one.
    """

    colors: np.ndarray
    color: np.ndarray
    point: np.ndarray
    game: np.ndarray


def replay(corpus):
    rows = []
    for game in range(len(corpus)):
        board = Board(19)
        for event in corpus.events(game):
            color, point = ev.event_color(event), ev.event_move(event)
            if not ev.is_setup(event):
                rows.append((colors_of(board), color, -1 if point is None else point, game))
            if point is None:
                continue
            row, column = 18 - point // 19, point % 19
            if ev.is_setup(event):
                board.board[row][column] = "bw"[color - 1] if color else None
            else:
                board.play(row, column, "bw"[color - 1])
        rows.append((colors_of(board), 0, -1, game))
    colors, *rest = zip(*rows, strict=True)
    return Turns(np.stack(colors), *(np.array(values) for values in rest))


def colors_of(board):
    return np.array([NUMBER[stone] for row in reversed(board.board) for stone in row], np.uint8)


def images_of(colors, to_play):
    """Yield (image, way) of colors `[19, 19]`; a way is a turn of the board and whose color `to_play` becomes."""
    for own in (1, 2):
        for turn in TURNS:
            yield turn(colors if own == to_play else SWAPPED[colors]).ravel(), (turn, own)


def nearest_to_upper_right(move):
    point, own = move
    return not own, point // 19, 18 - point % 19


def rows_with(turns, image):
    """Return the rows whose colors are those of `image` wherever it is not 3; stones are compared first."""
    rows = np.arange(len(turns.color))
    for point in np.argsort((image == 0) + 2 * (image == 3), kind="stable")[: (image != 3).sum()]:
        rows = rows[turns.colors[rows, point] == image[point]]
    return rows


def count_moves(turns, colors, to_play):
    """Count the next moves, -1 for a pass, where the whole board is `colors`, uint8 `[19, 19]`."""
    found = {}
    for image, (turn, own) in images_of(colors, to_play):
        rows = rows_with(turns, image)
        for row in rows[turns.color[rows] == own]:
            point = turns.point[row]
            moved = -1 if point < 0 else int(turn(POINTS).flat[point])
            found.setdefault(row, []).append((moved, True))
    return Counter(min(moves, key=nearest_to_upper_right)[0] for moves in found.values())


def count_in_region(turns, colors, to_play, inside):
    """Count how occurrences of a region, bool `[19, 19]`, end: (point, own), "captured" or "unchanged"."""
    images = {}
    for image, way in images_of(np.where(inside, colors, np.uint8(3)), to_play):
        images.setdefault(image.tobytes(), (image, []))[1].append(way)
    counts = Counter()
    for image, ways in images.values():
        part = image != 3
        same = np.zeros(len(turns.color), bool)
        same[rows_with(turns, image)] = True
        moved = same & (turns.point >= 0) & part[turns.point]
        for row in np.flatnonzero(moved):
            color, point = turns.color[row], turns.point[row]
            moves = [(int(turn(POINTS).flat[point]), bool(color == own)) for turn, own in ways]
            counts[min(moves, key=nearest_to_upper_right)] += 1
        counts["unchanged"] += int((same & (turns.color == 0)).sum())
        counts["captured"] += int((same & ~moved & (turns.color > 0) & ~np.roll(same, -1)).sum())
    return counts

"""The turns at which a part of the board looked as given, in any of the eight symmetries and with swapped colors.

A scan: all games are replayed, and for each image of the region the points that differ from it are counted, so that a
stone costs one comparison with each of at most 16 images.  An index of whole boards does not help here, and one of
regions would have to know them beforehand.

An occurrence lasts as long as nothing changes in the region.  It ends by a move in it, by a capture from outside, or
with the game.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gopolicy.archive.position_keys import POINTS, upper_right_first
from gopolicy.archive.replaying import Replay, replay_of
from gopolicy.errors import GopolicyError
from gopolicy.features.symmetry import NUM_SYMMETRIES, image_tables, inverse
from gopolicy.go.compiled import compiled
from gopolicy.go.coords import BLACK, BOARD_SIZE, EMPTY, WHITE, Point, parse_vertex, row_column, size_name
from gopolicy.go.events import COLOR_SHIFT, NO_POINT, POINT_MASK, SETUP
from gopolicy.go.game import Game
from gopolicy.go.moves import SOUND, apply_event, clear
from gopolicy.go.state import CAPTURED_BLACK, CAPTURED_WHITE
from gopolicy.records.corpus import Corpus

OWN, OPPONENT, OUTSIDE = 1, 2, 3  # what a region holds at a point, beside EMPTY
CORNERS: Final = {
    "upper-right": "K10:T19",
    "upper-left": "A10:K19",
    "lower-right": "K1:T10",
    "lower-left": "A1:K10",
}
CHUNK_GAMES: Final = 250  # replayed at a time: compiled code lets no other thread run
ROOM: Final = 1 << 14  # occurrences at first
BY_CAPTURE: Final = -1  # how an occurrence ended, instead of an event
BY_END: Final = -2


class RegionError(GopolicyError, ValueError):
    """A text that names no region; it says what would."""


@dataclass(frozen=True, eq=False)
class Region:
    """A part of a position.

    contents: uint8 `[361]`: EMPTY, OWN (of the player to move), OPPONENT, or OUTSIDE the region.
    """

    contents: NDArray[np.uint8]

    @classmethod
    def of(cls, game: Game, first: Point, last: Point) -> "Region":
        """Return the rectangle with the corners `first` and `last` of a 19x19 position."""
        corners = np.sort([row_column(first, BOARD_SIZE), row_column(last, BOARD_SIZE)], axis=0)
        part = tuple(slice(low, high + 1) for low, high in corners.T)
        contents = np.full((BOARD_SIZE, BOARD_SIZE), OUTSIDE, np.uint8)
        colors = game.board.colors.reshape(BOARD_SIZE, BOARD_SIZE)[part]
        contents[part] = np.where(colors == EMPTY, EMPTY, np.where(colors == game.to_play, OWN, OPPONENT))
        return cls(contents.reshape(-1))

    @classmethod
    def parse(cls, game: Game, text: str) -> "Region":
        """Return the region that `text` names: a corner such as upper-right (10x10), or two corners such as K10:T19.

        Raises RegionError.
        """
        if game.size != BOARD_SIZE:
            raise RegionError(f"a region is of a {BOARD_SIZE}x{BOARD_SIZE} board, not {size_name(game.size)}")
        first, colon, last = CORNERS.get(text, text).partition(":")
        if not colon:
            raise RegionError(f"region {text!r}: {', '.join(CORNERS)}, or two corners such as K10:T19")
        points = [parse_vertex(vertex, BOARD_SIZE) for vertex in (first, last)]
        if None in points:
            raise RegionError(f"region {text!r}: a pass is no point")
        return cls.of(game, *(point for point in points if point is not None))

    @property
    def points(self) -> NDArray[np.int64]:
        """The points in the region, int64."""
        return np.flatnonzero(self.contents != OUTSIDE)

    def orbits(self) -> NDArray[np.int64]:
        """Return (point, own) of the move that stands for all moves equal to it by symmetry: int64 `[361, 2, 2]`.

        By the point and by whether the player to move plays there (1) or the opponent (0).  Of equal moves it is the
        one of the player to move that is nearest to the upper right.
        """
        first, *rest = images_of(self)
        symmetric = [image for image in rest if np.array_equal(image.wanted, first.wanted)]
        table = np.stack([np.repeat(np.arange(POINTS)[:, None], 2, 1), np.tile([0, 1], (POINTS, 1))], axis=2)
        for point in self.points.tolist() if symmetric else ():
            for own in (0, 1):
                equal = [(point, own)]
                for image in symmetric:
                    moved = int(image_tables(BOARD_SIZE)[image.symmetry][point])
                    equal.append((moved, own if image.own == BLACK else 1 - own))
                table[point, own] = min(equal, key=lambda one: (-one[1], upper_right_first(one[0])))
        return table


class Image(NamedTuple):
    """An image of a region: under a symmetry, with Black's stones as its own or White's.

    wanted: uint8 `[361]`, EMPTY, BLACK, WHITE or OUTSIDE.
    """

    symmetry: int
    own: int
    wanted: NDArray[np.uint8]


def images_of(region: Region) -> list[Image]:
    """Return the 16 images of a region; some are equal where it is symmetric."""
    images = []
    for own in (BLACK, WHITE):
        colors = np.array([EMPTY, own, BLACK + WHITE - own, OUTSIDE], np.uint8)[region.contents]
        for symmetry in range(NUM_SYMMETRIES):
            wanted = np.empty(POINTS, np.uint8)
            wanted[image_tables(BOARD_SIZE)[symmetry]] = colors
            images.append(Image(symmetry, own, wanted))
    return images


class Occurrences(NamedTuple):
    """Where a region occurred, in the order of the games.

    events: int64 `[n]`, the number in `Corpus.all_events` of the move that ended it, or of the last event before it
    ended otherwise.  points: int64 `[n]`, where that move is on the region's own board, BY_CAPTURE or BY_END; of points
    that are equal by the region's symmetry one stands for all.  own: bool `[n]`, whether its player to move made it.
    movers: uint8 `[n]`, the color that did.
    """

    events: NDArray[np.int64]
    points: NDArray[np.int64]
    own: NDArray[np.bool_]
    movers: NDArray[np.uint8]


@compiled
def _change(
    board: NDArray[np.uint8], wanted: NDArray[np.uint8], wrong: NDArray[np.int64], point: int, color: int
) -> None:
    """Let a point hold `color`; count for each image, uint8 `[361, k]`, the points that differ from it."""
    for image in range(wanted.shape[1]):
        content = wanted[point, image]
        if content != OUTSIDE:
            wrong[image] += int(content != color) - int(content != board[point])
    board[point] = color


@compiled
def _ending(
    wanted: NDArray[np.uint8], lasting: NDArray[np.bool_], image: int, wrong: int, point: int, over: bool
) -> int:
    """Return how an occurrence of an image ends before or by the turn at hand, NO_POINT if it does not; set `lasting`.

    wanted: uint8 `[361, k]`, the images.  wrong: points that differ from it.  point: of the turn.  over: the game is.
    """
    if wrong:
        ended = lasting[image]
        lasting[image] = False
        return BY_CAPTURE if ended else NO_POINT
    lasting[image] = True
    if over:
        return BY_END
    if point != NO_POINT and wanted[point, image] != OUTSIDE:
        lasting[image] = False
        return point
    return NO_POINT


@compiled
def _scan(games: Replay, wanted: NDArray[np.uint8], found: NDArray[np.int64]) -> int:
    """Write (image, event, how it ended) of each occurrence of `wanted`, uint8 `[361, k]`; return how many there were.

    found: int64 `[room, 3]`; the count goes on when it is full.
    """
    state, trail, events, spans = games
    count, images = 0, wanted.shape[1]
    board, wrong = np.empty(POINTS, np.uint8), np.zeros(images, np.int64)
    lasting = np.zeros(images, np.bool_)
    for game in range(spans.shape[0]):
        clear(state)
        board[:] = EMPTY
        lasting[:] = False
        for image in range(images):
            wrong[image] = 0
            for point in range(POINTS):
                wrong[image] += wanted[point, image] != OUTSIDE and wanted[point, image] != EMPTY
        record = events[spans[game, 0] : spans[game, 1]]
        last = record.shape[0]
        for i in range(last + 1):
            setup = i < last and record[i] & SETUP
            point = NO_POINT if i == last else int(record[i] & POINT_MASK)
            for image in range(0 if setup else images):
                if wrong[image] and not lasting[image]:
                    continue
                end = _ending(wanted, lasting, image, wrong[image], point, i == last)
                if end != NO_POINT:
                    if count < found.shape[0]:
                        found[count, 0] = image
                        found[count, 1] = spans[game, 0] + max(min(i, last - 1), 0)
                        found[count, 2] = end
                    count += 1
            if i == last:
                break
            before = state.info[CAPTURED_BLACK] + state.info[CAPTURED_WHITE]
            if apply_event(state, trail, record, i) != SOUND:
                break
            if point != NO_POINT:
                _change(board, wanted, wrong, point, state.color[point])
            if state.info[CAPTURED_BLACK] + state.info[CAPTURED_WHITE] != before:
                for other in range(POINTS):
                    if board[other] != state.color[other]:
                        _change(board, wanted, wrong, other, state.color[other])
    return count


def find_region(corpus: Corpus, region: Region, on_progress: Callable[[int], object] | None = None) -> Occurrences:
    """Return where a region occurred in the games of a corpus.  on_progress: called with the number of new games."""
    images = list({image.wanted.tobytes(): image for image in reversed(images_of(region))}.values())
    wanted = np.stack([image.wanted for image in images], axis=1)  # what a point should hold lies side by side
    replay = replay_of(corpus)
    found = np.empty((ROOM, 3), np.int64)
    parts = [np.zeros((0, 3), np.int64)]
    for first in range(0, len(corpus), CHUNK_GAMES):
        games = replay.part(first, first + CHUNK_GAMES)
        count = _scan(games, wanted, found)
        if count > len(found):
            found = np.empty((2 * count, 3), np.int64)
            _scan(games, wanted, found)
        parts.append(found[:count].copy())
        if on_progress:
            on_progress(len(games.spans))
    return _as_seen(corpus, region, images, np.concatenate(parts))


def _as_seen(corpus: Corpus, region: Region, images: list[Image], found: NDArray[np.int64]) -> Occurrences:
    """Return occurrences, int64 `[n, 3]` as `_scan` writes them, on the region's own board."""
    number, events, ends = found.T
    back = np.stack([image_tables(BOARD_SIZE)[inverse(image.symmetry)] for image in images])  # [images, 361]
    moved = ends >= 0
    points = back[number, np.maximum(ends, 0)]
    colors = (np.asarray(corpus.all_events)[events] >> COLOR_SHIFT & 3).astype(np.uint8)
    own = moved & (colors == np.array([image.own for image in images])[number])
    chosen = region.orbits()[points, own.astype(np.int64)]  # [n, 2]
    return Occurrences(events, np.where(moved, chosen[:, 0], ends), moved & (chosen[:, 1] == 1), colors)

"""Keys of positions: what tells them apart for the network, made a move at a time."""

from collections.abc import Iterable
from typing import Final, NewType

from gopolicy.go.coords import Color, Size, columns_rows
from gopolicy.go.game import Game

PositionKey = NewType("PositionKey", int)

_MODULUS: Final = (1 << 127) - 1
_FACTOR: Final = 0x2545F4914F6CDD1D9E3779B97F4A7C15


def extended(digest: int, events: Iterable[int]) -> int:
    """Return the digest of a line of events followed by `events`; that of no events is 0."""
    for event in events:
        digest = (digest * _FACTOR + int(event) + 1) % _MODULUS
    return digest


def key_of(digest: int, to_play: Color, size: Size) -> PositionKey:
    """Return the key of a position from the digest of its events, whose turn it is and the board's size."""
    columns, rows = columns_rows(size)
    return PositionKey(((digest * 32 + columns) * 32 + rows) * 4 + to_play)


def position_key(game: Game) -> PositionKey:
    """Return the key of a game: all that happened, whose turn it is, and the board's size."""
    return key_of(extended(0, game.events.tolist()), game.to_play, game.size)

"""The game: the only rules engine of the package.  Boards of 2 to 25 lines, simple ko, suicide illegal."""

from gopolicy.go.board import Board, IllegalMoveError
from gopolicy.go.coords import BLACK, EMPTY, WHITE, Color, Move, Point, parse_vertex
from gopolicy.go.game import Game

__all__ = ["BLACK", "EMPTY", "WHITE", "Board", "Color", "Game", "IllegalMoveError", "Move", "Point", "parse_vertex"]

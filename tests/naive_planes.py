"""The planes once more, slowly and plainly: the oracle that the compiled planes are compared with.

Written from the definitions alone, in Python lists and floods, sharing no code with the package: every
question is answered by looking at the whole board again.
"""

import sys
from dataclasses import dataclass

EMPTY, BLACK, WHITE = 0, 1, 2
MAX_TRIED, MAX_PLIES = 10_000, 400
sys.setrecursionlimit(max(sys.getrecursionlimit(), 10 * MAX_PLIES))


class TooDeepError(Exception):
    """The ladder reader tried too many moves, and the chain counts as not caught."""


def neighbors_of(point, size):
    return points_around(point, size, ((-1, 0), (0, -1), (0, 1), (1, 0)))


def diagonals_of(point, size):
    return points_around(point, size, ((-1, -1), (-1, 1), (1, -1), (1, 1)))


def points_around(point, size, steps):
    columns, rows = size if isinstance(size, tuple) else (size, size)
    places = [(point // columns + down, point % columns + right) for down, right in steps]
    return [r * columns + c for r, c in places if 0 <= r < rows and 0 <= c < columns]


@dataclass
class Position:
    """Stones on a board of `size` lines or (columns, rows), a ban (point, color) or None.

    placed: the turn each stone was put down in (None: setup).  turns: so far.
    """

    size: int | tuple[int, int]
    stones: list[int]
    ban: tuple[int, int] | None
    placed: dict[int, int | None]
    turns: int

    @classmethod
    def empty(cls, size):
        columns, rows = size if isinstance(size, tuple) else (size, size)
        return cls(size, [EMPTY] * (columns * rows), None, {}, 0)

    def chain(self, point):
        """The set of stones connected to the one at `point`."""
        found, todo = {point}, [point]
        while todo:
            for neighbor in neighbors_of(todo.pop(), self.size):
                if neighbor not in found and self.stones[neighbor] == self.stones[point]:
                    found.add(neighbor)
                    todo.append(neighbor)
        return found

    def liberties(self, chain):
        return {n for stone in chain for n in neighbors_of(stone, self.size) if self.stones[n] == EMPTY}

    def after(self, point, color):
        """The position after a move (None: pass), or None where the move is illegal; and the stones captured."""
        if point is None:
            return Position(self.size, self.stones, None, self.placed, self.turns + 1), 0
        if self.stones[point] != EMPTY or self.ban == (point, color):
            return None, 0
        new = Position(self.size, list(self.stones), None, dict(self.placed), self.turns + 1)
        new.stones[point] = color
        new.placed[point] = new.turns
        captured = set()
        for neighbor in neighbors_of(point, self.size):
            if new.stones[neighbor] == 3 - color:
                chain = new.chain(neighbor)
                if not new.liberties(chain):
                    captured |= chain
        for stone in captured:
            new.stones[stone] = EMPTY
            del new.placed[stone]
        own = new.chain(point)
        if not new.liberties(own):
            return None, 0
        if len(captured) == 1 and len(own) == 1 and len(new.liberties(own)) == 1:
            new.ban = (captured.pop(), 3 - color)
            return new, 1
        return new, len(captured)

    def with_setup(self, stones):
        """The position after setup stones, or None if a chain has no liberty."""
        new = Position(self.size, list(self.stones), None, dict(self.placed), self.turns)
        for point, color in stones.items():
            new.stones[point] = color
            new.placed.pop(point, None)
            if color != EMPTY:
                new.placed[point] = None
        sound = all(not color or new.liberties(new.chain(point)) for point, color in enumerate(new.stones))
        return new if sound else None


class LadderReader:
    """HUNT of the definition, literally; counts tried moves over one root move."""

    def __init__(self):
        self.tried, self.deepest = 0, 0

    def hunt(self, position, prey, q, plies=0):
        """Does the hunter, playing on q, catch the chain at `prey`, which has two liberties?"""
        hunter = 3 - position.stones[prey]
        if self.is_too_deep(plies):
            return False
        after, _ = position.after(q, hunter)
        if after is None:
            return False
        after.ban = None  # the defender is credited with the ko threat
        return not any(self.saves(after, prey, m, plies + 1) for m in defenses(after, prey))

    def saves(self, position, prey, m, plies=0):
        """Does the defender's move m bring the chain at `prey`, in atari, to safety?"""
        if self.is_too_deep(plies):
            return True
        after, _ = position.after(m, position.stones[prey])
        if after is None:
            return False
        liberties = after.liberties(after.chain(prey))
        if len(liberties) == 2:
            return not any(self.hunt(after, prey, r, plies + 1) for r in sorted(liberties))
        return len(liberties) > 2

    def is_too_deep(self, plies):
        self.tried += 1
        self.deepest = max(self.deepest, plies)
        if self.tried > MAX_TRIED:
            raise TooDeepError
        return plies >= MAX_PLIES


def defenses(position, prey):
    """What a chain in atari may try: its last liberty, and capturing a chain next to it; in the usual order."""
    chain = position.chain(prey)
    last, moves = position.liberties(chain), set()
    for stone in chain:
        for neighbor in neighbors_of(stone, position.size):
            if position.stones[neighbor] == 3 - position.stones[prey]:
                liberties = position.liberties(position.chain(neighbor))
                if len(liberties) == 1:
                    moves |= liberties
    return sorted(last) + sorted(moves - last)


def ladder_captures(position, color):
    """The legal points where `color` catches a chain with two liberties in a ladder."""
    points = set()
    for prey, holds in enumerate(position.stones):
        if holds == 3 - color:
            liberties = position.liberties(position.chain(prey))
            if len(liberties) == 2:
                points |= {q for q in liberties if q not in points and LadderReader().hunt(position, prey, q)}
    return points


def ladder_escapes(position, color):
    """The legal points that get a chain of `color` out of a ladder."""
    points = set()
    for prey, holds in enumerate(position.stones):
        if holds == color and len(position.liberties(position.chain(prey))) == 1:
            moves = set(defenses(position, prey)) - points
            points |= {m for m in moves if LadderReader().saves(position, prey, m)}
    return points


def is_eye(position, color, point):
    if any(position.stones[n] != color for n in neighbors_of(point, position.size)):
        return False
    diagonals = diagonals_of(point, position.size)
    opposed = sum(position.stones[d] == 3 - color for d in diagonals)
    return opposed <= (1 if len(diagonals) == 4 else 0)


def features(position, color, *, ladders=True):
    """Every feature but the constants, as a dict from its name to a dict from point to value >= 1.

    "stone color" has 1 for own, 2 for the opponent's, 3 for empty points.
    """
    names = ("stone color", "turns since", "liberties", "capture size", "self-atari size", "liberties after move",
             "sensibleness", "ladder capture", "ladder escape")  # fmt: skip
    found = {name: {} for name in names}
    for point, holds in enumerate(position.stones):
        found["stone color"][point] = 3 if holds == EMPTY else 1 if holds == color else 2
        if holds != EMPTY:
            placed = position.placed[point]
            found["turns since"][point] = 8 if placed is None else position.turns - placed + 1
            found["liberties"][point] = len(position.liberties(position.chain(point)))
            continue
        after, captured = position.after(point, color)
        if after is None:
            continue
        chain = after.chain(point)
        liberties = len(after.liberties(chain))
        found["liberties after move"][point] = liberties
        if captured:
            found["capture size"][point] = captured
        if liberties == 1:
            found["self-atari size"][point] = len(chain)
        if not is_eye(position, color, point):
            found["sensibleness"][point] = 1
    if ladders:
        found["ladder capture"] = dict.fromkeys(ladder_captures(position, color), 1)
        found["ladder escape"] = dict.fromkeys(ladder_escapes(position, color), 1)
    return found

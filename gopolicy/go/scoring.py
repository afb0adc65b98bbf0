"""Scores by the rules in force: area, or territory and prisoners; komi, handicap, dead stones, seki.

Pure functions of a board and of what is said of its stones; who finds dead stones and seki is the business of
`gopolicy.policy.settled`.  Scores are Black's points minus White's.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.board import Board
from gopolicy.go.compiled import compiled
from gopolicy.go.coords import BLACK, EMPTY, WHITE, Color, Point
from gopolicy.go.state import OFF_BOARD, State


@dataclass(frozen=True)
class ScoringRules:
    """What counts.

    territory: empty points surrounded and prisoners, no eyes in seki; otherwise stones and points surrounded.
    handicap: points that White gets for handicap stones: none, one for each, or one for each but the first.
    """

    territory: bool = False
    handicap: Literal["none", "each", "each but one"] = "none"

    def bonus(self, handicap: int) -> int:
        """Return White's points for so many handicap stones (0, or 2 and more)."""
        return {"none": 0, "each": handicap, "each but one": max(handicap - 1, 0)}[self.handicap]


MANY_OPEN: Final = 120  # points whose owner is open; with more a game is in its first half
AREA: Final = ScoringRules()
TERRITORY: Final = ScoringRules(territory=True)
# Words in the names that GTP's kata-set-rules and SGF's RU use.
_NAMES: Final = {
    "japanese": r"japan|日本",
    "korean": r"korea|韩国|韓国|한국",
    "chinese": r"chinese|china|中国|中國",
    "aga": r"\baga\b",
    "bga": r"\bbga\b",
    "french": r"\bfrench\b",
}
# Passes of AGA's rules that hand over a stone make area.
_RULES: Final = {
    "japanese": TERRITORY,
    "korean": TERRITORY,
    "chinese": ScoringRules(handicap="each"),
    "aga": ScoringRules(handicap="each but one"),
    "bga": ScoringRules(handicap="each but one"),
    "french": ScoringRules(handicap="each but one"),
}


def rules_name(text: str) -> str:
    """Return the English name of rules that records name in many ways, such as `Japanese, komi 6.5` or 日本規則.

    "" for what names none of japanese, korean, chinese, aga, bga and french.
    """
    return next((name for name, words in _NAMES.items() if re.search(words, text, re.IGNORECASE)), "")


def scoring_rules(name: str) -> ScoringRules:
    """Return the rules of a name such as `Japanese` or `chinese-kgs`; AREA for names that are not known."""
    return _RULES.get(rules_name(name), AREA)


@compiled
def fill_area(state: State, owner: NDArray[np.uint8]) -> None:
    """Write each point's owner into `owner` `[n]`: EMPTY where both colors or none reach."""
    n = owner.shape[0]
    seen = np.zeros(n, np.bool_)
    region = np.empty(n, np.int64)
    for start in range(n):
        if state.color[start] != EMPTY:
            owner[start] = state.color[start]
        elif not seen[start]:
            region[0], length, reached, i = start, 1, 0, 0
            seen[start] = True
            while i < length:
                for j in range(4):
                    neighbor = state.neighbors[region[i], j]
                    holds = state.color[neighbor]
                    if holds == BLACK or holds == WHITE:
                        reached |= holds
                    elif holds == EMPTY and not seen[neighbor]:
                        seen[neighbor] = True
                        region[length] = neighbor
                        length += 1
                i += 1
            for k in range(length):
                owner[region[k]] = reached if reached != BLACK | WHITE else EMPTY


def area(board: Board, dead: Collection[Point] = ()) -> NDArray[np.uint8]:
    """Return each point's owner, uint8 `[rows, columns]`: BLACK, WHITE, or EMPTY for neutral points.

    dead: stones to take off first.  All other stones count as alive.
    """
    owner = np.zeros(board.colors.size, np.uint8)
    fill_area(without(board, dead).state, owner)
    return owner.reshape(board.shape)


def without(board: Board, dead: Collection[Point]) -> Board:
    """Return the board without the dead stones: itself if there are none."""
    if not dead:
        return board
    left = board.copy()
    left.set_stones(dict.fromkeys(dead, EMPTY))
    return left


def territory(board: Board, dead: Collection[Point] = (), seki: Collection[Point] = ()) -> NDArray[np.uint8]:
    """Return the owner of each point that is no living stone, as `area` does; EMPTY also for living stones.

    seki: living stones that have no territory: what only they surround is neutral.
    """
    left = without(board, dead)
    owner = area(left).reshape(-1)
    owner[left.colors.reshape(-1) != EMPTY] = EMPTY
    if seki:
        for start in np.flatnonzero(owner).tolist():
            region, border = _region(left, start)
            if border <= set(seki):
                owner[region] = EMPTY
    return owner.reshape(board.shape)


def _region(board: Board, start: Point) -> tuple[list[Point], set[Point]]:
    """Return (the empty points connected to an empty one, the stones next to them)."""
    region, border = [start], set[Point]()
    seen = {start}
    for point in region:
        for neighbor in map(int, board.state.neighbors[point]):
            if neighbor == OFF_BOARD:
                continue
            if board.color_at(neighbor) != EMPTY:
                border.add(neighbor)
            elif neighbor not in seen:
                seen.add(neighbor)
                region.append(neighbor)
    return region, border


def score(
    board: Board,
    komi: float,
    rules: ScoringRules = AREA,
    *,
    handicap: int = 0,
    dead: Collection[Point] = (),
    seki: Collection[Point] = (),
) -> float:
    """Return Black's points minus White's under some rules, komi and handicap counted; positive if Black is ahead.

    handicap: stones that Black was given.  dead: stones to take off, prisoners of the other side.
    seki: living stones whose eyes are no territory; under area rules they make no difference.
    """
    if not rules.territory:
        owner = area(board, dead)
        prisoners = 0
    else:
        owner = territory(board, dead, seki)
        taken = {
            color: board.captured(color) + sum(board.color_at(p) == color for p in dead) for color in (BLACK, WHITE)
        }
        prisoners = taken[WHITE] - taken[BLACK]
    balance = int((owner == BLACK).sum()) - int((owner == WHITE).sum())
    return float(balance + prisoners - komi - rules.bonus(handicap))


def open_correction(owner: NDArray[np.uint8], ownership: NDArray[np.float32], is_open: NDArray[np.bool_]) -> int:
    """Return what Black's score gains if open points count by their mean owner instead of by `owner`.

    owner: uint8 `[rows, columns]`, as `area` returns it.  ownership: float32, as long, +1 Black, -1 White.
    is_open: bool, as long.  0 unless more than MANY_OPEN points are: near the end the more frequent owner of each
    point is nearer to the result.
    """
    if is_open.sum() <= MANY_OPEN:
        return 0
    counted = int((owner[is_open] == BLACK).sum()) - int((owner[is_open] == WHITE).sum())
    return 2 * black_share(ownership, is_open) - int(is_open.sum()) - counted


def black_share(ownership: NDArray[np.float32], is_open: NDArray[np.bool_]) -> int:
    """Return how many of the open points are Black's on the mean; arguments as for `open_correction`."""
    return round(float((1 + ownership[is_open]).sum()) / 2)


def area_score(board: Board, komi: float, dead: Collection[Point] = ()) -> float:
    """Return `score` by area, without regard to handicap."""
    return score(board, komi, dead=dead)


def format_score(points: float) -> str:
    """Return a score as SGF and GTP write it: B+3.5, W+0.5 or 0."""
    if points == 0:
        return "0"
    winner: Color = BLACK if points > 0 else WHITE
    return f"{'B' if winner == BLACK else 'W'}+{abs(points):g}"

"""Queries of KataGo's JSON analysis protocol: what they ask about which positions.

Reference: KataGo's docs/Analysis_Engine.md.  Unknown fields are ignored, as KaTrain sends many.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.engine.candidates import Selection
from gopolicy.engine.rules import RulesError, parse_rules, rules_from_json
from gopolicy.errors import GopolicyError
from gopolicy.go.board import IllegalMoveError
from gopolicy.go.coords import BOARD_SIZE, Color, CoordinateError, Move, parse_color, parse_vertex, to_vertex
from gopolicy.go.events import move_event, setup_event
from gopolicy.go.game import Game
from gopolicy.go.scoring import AREA, TERRITORY, ScoringRules, scoring_rules

Json = dict[str, Any]
MOST: Final = 10**9  # of numbers that are given back


class QueryError(GopolicyError, ValueError):
    """A query that cannot be answered; `field` is the key at fault."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Query:
    """What is asked about one game.

    id: as it came, to be given back.
    events: the game up to its last move that matters (uint16 `[k]`, see `gopolicy.go.events`); thousands of queries
        may wait, and a Game takes a hundred times as much memory.
    stones: how many of the events set stones up.  turns: the numbers of moves after which to evaluate the game, with
        the priority of each.
    human_profile: the profile whose policy is reported under the name of KataGo's human-like network's, if any; "" for
        the network without one.
    rules, superko: how the game is scored, and whether positions of the whole board may not come again.
    warning: what is not done as the field `rules` wants, if anything.
    perspective: whose points are positive in ownership: BLACK, WHITE or SIDETOMOVE, as KataGo calls them.
    max_visits: how many visits the program believes in; pv_moves: how many moves of a variation it wants.
    """

    id: str | int
    events: NDArray[np.uint16]
    stones: int
    initial_player: Color | None
    turns: tuple[int, ...]
    priorities: tuple[int, ...] = ()
    rules: ScoringRules = AREA
    superko: bool = False
    warning: str = ""
    wants_ownership: bool = False
    wants_moves_ownership: bool = False
    perspective: str = "BLACK"
    max_visits: int = 0
    pv_moves: int | None = None
    wants_policy: bool = False
    human_profile: str | None = None
    selection: Selection = field(default_factory=Selection)

    @classmethod
    def parse(cls, data: Json) -> "Query":
        """Return the query that a JSON object is; raise QueryError."""
        board = {key: data.get(key, BOARD_SIZE) for key in ("boardXSize", "boardYSize")}
        for key, lines in board.items():
            if lines != BOARD_SIZE:
                size = "x".join(map(json.dumps, board.values()))
                raise QueryError(f"the network knows {BOARD_SIZE}x{BOARD_SIZE} boards only, not {size}", key)
        stones = [setup_event(color, _point(move)) for color, move in _turns(data, "initialStones", [])]
        moves = _turns(data, "moves")
        turns = data.get("analyzeTurns", [len(moves)])
        if not isinstance(turns, list) or not all(type(turn) is int and 0 <= turn <= len(moves) for turn in turns):
            raise QueryError(f"analyzeTurns must be a list of numbers from 0 to {len(moves)}", "analyzeTurns")
        overridden = data.get("overrideSettings")
        settings = overridden if isinstance(overridden, dict) else {}
        first = moves[0][0] if moves else None  # who is to move before the first move, as KataGo has it
        player = data.get("initialPlayer")
        length = data.get("analysisPVLen")
        rules, superko, warning = _rules(data.get("rules", "tromp-taylor"))
        return cls(
            id=data["id"],
            events=_replay(stones, moves[: max(turns, default=0)]),
            stones=len(stones),
            initial_player=first if player is None else _color(player, "initialPlayer"),
            turns=tuple(dict.fromkeys(turns)),
            priorities=_priorities(data, turns),
            max_visits=_integer(data, "maxVisits"),
            pv_moves=length + 1 if isinstance(length, int) and length >= 0 else None,
            wants_policy=bool(data.get("includePolicy")),
            human_profile=_human_profile(settings),
            rules=rules,
            superko=superko,
            warning=warning,
            wants_ownership=bool(data.get("includeOwnership")),
            wants_moves_ownership=bool(data.get("includeMovesOwnership")),
            perspective=str(settings.get("reportAnalysisWinratesAs", "BLACK")).upper(),
            selection=_selection(data),
        )

    def wants_variations(self, in_haste: bool) -> bool:
        """Return whether variations of more than one move are worth their time."""
        return not in_haste if self.pv_moves is None else self.pv_moves > 1

    def game_at(self, turn: int) -> Game:
        """Return the game after `turn` moves, with the color to play as the query says."""
        events = self.events[: self.stones + turn]
        game = Game.from_events(BOARD_SIZE, events)
        if self.superko:
            with suppress(IllegalMoveError):  # the game itself has come back to a position: its rules are not these
                game = Game.from_events(BOARD_SIZE, events, superko=True)
        if not turn and self.initial_player is not None:
            game.to_play = self.initial_player
        return game


def _human_profile(settings: Json) -> str | None:
    name = settings.get("humanSLProfile")
    if name is not None and not isinstance(name, str):
        raise QueryError(f"humanSLProfile must be a name such as rank_5k, not {name!r}", "overrideSettings")
    return name


def _rules(given: object) -> tuple[ScoringRules, bool, str]:
    """Return how to score, whether superko holds, and a warning where rules are not kept; the nearest are then."""
    try:
        rules = rules_from_json(given) if isinstance(given, dict) else parse_rules(str(given))
        return rules.scoring, rules.superko, ""
    except RulesError as error:
        if isinstance(given, dict):
            near = TERRITORY if given.get("scoring") == "TERRITORY" else AREA
        else:
            near = scoring_rules(str(given))
        return near, False, f"{error}; counted by {'territory' if near.territory else 'area'}"


def _priorities(data: Json, turns: list[int]) -> tuple[int, ...]:
    """Return the priority of each turn, those named twice once."""
    given = data.get("priorities")
    if given is None:
        return (_integer(data, "priority"),) * len(set(turns))
    if not isinstance(given, list) or len(given) != len(turns) or not all(type(value) is int for value in given):
        raise QueryError("priorities must be a list of numbers, one for each of analyzeTurns", "priorities")
    first = dict(zip(reversed(turns), reversed(given), strict=True))
    return tuple(min(max(first[turn], -MOST), MOST) for turn in dict.fromkeys(turns))


def _integer(data: Json, key: str) -> int:
    value = data.get(key, 0)
    return min(max(value, -MOST), MOST) if isinstance(value, int) else 0


def _turns(data: Json, key: str, default: list[Any] | None = None) -> list[tuple[Color, Move]]:
    pairs = data.get(key, default)
    if not isinstance(pairs, list):
        raise QueryError(f"{key} must be a list of [player, vertex] pairs", key)
    turns = []
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2:
            raise QueryError(f"{pair!r} is not a [player, vertex] pair", key)
        turns.append((_color(pair[0], key), _move(pair[1], key)))
    return turns


def _color(text: object, key: str) -> Color:
    try:
        return parse_color(str(text))
    except CoordinateError as error:
        raise QueryError(str(error), key) from None


def _move(text: object, key: str) -> Move:
    try:
        return parse_vertex(str(text), BOARD_SIZE)
    except CoordinateError as error:
        raise QueryError(str(error), key) from None


def _point(move: Move) -> int:
    if move is None:
        raise QueryError("a stone cannot be put on 'pass'", "initialStones")
    return move


def _replay(stones: list[int], moves: list[tuple[Color, Move]]) -> NDArray[np.uint16]:
    events = np.array(stones + [move_event(color, move) for color, move in moves], np.uint16)
    try:
        Game.from_events(BOARD_SIZE, events)
        return events
    except IllegalMoveError:
        pass
    try:
        game = Game.from_events(BOARD_SIZE, events[: len(stones)])
    except IllegalMoveError as error:
        raise QueryError(str(error), "initialStones") from None
    for number, (color, move) in enumerate(moves, 1):  # only to find the move at fault
        if not game.is_legal(move, color):
            reason = game.why_illegal(move, color)
            raise QueryError(f"Illegal move {number}: {to_vertex(move, BOARD_SIZE)} ({reason})", "moves")
        game.play(move, color)
    return events


def _selection(data: Json) -> Selection:
    selection = Selection()
    for key, restricted in (("avoidMoves", selection.avoid), ("allowMoves", selection.allow)):
        rules = data.get(key, [])
        if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
            raise QueryError(f"{key} must be a list of objects", key)
        for rule in rules:
            vertices = rule.get("moves")
            if not isinstance(vertices, list):
                raise QueryError(f"{key} needs a list of moves", key)
            moves = {_move(vertex, key) for vertex in vertices}
            restricted.setdefault(_color(rule.get("player"), key), set()).update(moves)
    return selection

"""KataGo's JSON analysis protocol, as far as a policy can serve it, so that KaTrain can use the network.

A query is one line and names a game; every turn of it that is to be analyzed gets one response line with
the policy in it.  Queries are collected and the network looks at many positions at once, those with
the highest priority first.  Win rates and scores are beyond a policy: 0.5 and 0.

Reference: KataGo's docs/Analysis_Engine.md.
"""

import json
import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.engine.analyze import Candidates, visits_and_winrate
from gopolicy.engine.parameters import Parameters
from gopolicy.engine.queries import Json, Query, QueryError
from gopolicy.engine.streams import InputLines
from gopolicy.go.coords import BOARD_SIZE, COLOR_NAMES, Color, Move, to_vertex
from gopolicy.go.game import Game

if TYPE_CHECKING:
    from gopolicy.policy import Policy

BATCH: Final = 16
ROOT_VISITS: Final = 1000
ILLEGAL: Final = -1.0  # what stands in a policy at points that cannot be played

Position = tuple[Query, int]  # a query and the number of moves after which to look

log = logging.getLogger(__name__)


def respond(policy: "Policy", positions: list[Position], parameters: Parameters) -> Iterator[Json]:
    """Yield the response to each position; the network looks at all of them at once."""
    games = [query.game_at(turn) for query, turn in positions]
    with_moves = [game for game in games if game.legal_mask().any()]
    found = iter(policy.probabilities_batch(with_moves, symmetries=parameters.symmetries) if with_moves else ())
    for (query, turn), game in zip(positions, games, strict=True):
        legal = game.legal_mask()
        probabilities = next(found) if legal.any() else np.zeros((BOARD_SIZE, BOARD_SIZE), np.float32)
        if _passes(policy, game, parameters):
            legal[:] = False
        yield _response(query, turn, game.to_play, probabilities, legal, parameters)


def _passes(policy: "Policy", game: Game, parameters: Parameters) -> bool:
    from gopolicy.policy import choose_move, sensible_mask

    if not sensible_mask(game).any():
        return True
    if game.last_turn is None or game.last_turn[1] is not None:
        return False
    rng = np.random.default_rng(parameters.seed)
    return choose_move(policy, game, rng, pass_when_offered=parameters.pass_when_offered) is None


def _response(
    query: Query,
    turn: int,
    color: Color,
    probabilities: NDArray[np.float32],
    legal: NDArray[np.bool_],
    parameters: Parameters,
) -> Json:
    use_prior = parameters.report_winrate == "prior"
    candidates: Candidates = query.request.choose(probabilities, color) if legal.any() else [(None, 1.0)]
    response: Json = {
        "id": query.id,
        "isDuringSearch": False,
        "turnNumber": turn,
        "rootInfo": {**_estimates(0.5, ROOT_VISITS), "currentPlayer": COLOR_NAMES[color][0].upper()},
        "moveInfos": [_move_info(order, move, p, use_prior) for order, (move, p) in enumerate(candidates)],
    }
    if query.wants_policy or query.wants_human:
        policy = _policy_field(probabilities, legal)
        response |= {"policy": policy} if query.wants_policy else {}
        response |= {"humanPolicy": policy} if query.wants_human else {}
    return response


def _policy_field(probabilities: NDArray[np.float32], legal: NDArray[np.bool_]) -> list[float]:
    # Nine digits are a float32 exactly, and half of what Python would print.
    values = [float(f"{p:.9g}") if ok else ILLEGAL for p, ok in zip(probabilities.ravel(), legal, strict=True)]
    return [*values, 0.0 if legal.any() else 1.0]


def _move_info(order: int, move: Move, p: float, use_prior: bool) -> Json:
    visits, winrate = visits_and_winrate(p, use_prior=use_prior)
    vertex = to_vertex(move, BOARD_SIZE)
    estimates = _estimates(winrate, visits)
    return {"move": vertex, "order": order, "prior": p, "lcb": winrate, "utilityLcb": 0.0, "pv": [vertex], **estimates}


def _estimates(winrate: float, visits: int) -> Json:
    zeros = dict.fromkeys(("scoreLead", "scoreMean", "scoreSelfplay", "scoreStdev", "utility"), 0.0)
    return {"visits": visits, "weight": float(visits), "winrate": winrate, **zeros}


class Analyzer:
    """The queue of positions to look at.

    policy: gives the policy; called when the first position is to be looked at.
    write: takes a response line and passes it on at once.
    """

    def __init__(
        self,
        policy: Callable[[], "Policy"],
        write: Callable[[str], None],
        parameters: Parameters | None = None,
        *,
        version: str = "",
    ) -> None:
        self._policy = policy
        self._write = write
        self._parameters = parameters or Parameters()
        self._version = version
        self._waiting: list[Position] = []  # highest priority first, then as they came

    def serve(self, lines: InputLines) -> None:
        """Answer queries until the input ends and the last one is answered."""
        is_open = True
        while is_open or self._waiting:
            while is_open and (not self._waiting or lines.wait(0)):
                line = lines.next()
                is_open = line is not None
                self.take(line or "")
            self.work()

    def take(self, line: str) -> None:
        """Put a query into the queue, or answer at once what needs no network."""
        if not line.strip():
            return
        try:
            data = json.loads(line)
        except (ValueError, RecursionError) as error:
            self._say({"error": f"this line is not JSON: {error}"})
            return
        if not isinstance(data, dict) or not isinstance(data.get("id"), str | int):
            self._say({"error": "a query is an object with an id", "field": "id"})
        elif "action" in data:
            self._act(data)
        else:
            self._enqueue(data)

    def work(self) -> None:
        """Answer the first positions of the queue."""
        batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
        try:
            for response in respond(self._policy(), batch, self._parameters) if batch else ():
                self._say(response)
        except (ValueError, OSError, RuntimeError) as error:
            for query, _ in batch:
                self._say({"error": f"no network: {error}", "id": query.id})

    def _enqueue(self, data: Json) -> None:
        try:
            query = Query.parse(data)
        except QueryError as error:
            self._say({"error": str(error), "field": error.field, "id": data["id"]})
            return
        except Exception as error:  # a fault of ours must not end the other program's session
            log.exception("query %r failed", data["id"])
            self._say({"error": f"{type(error).__name__}: {error}", "id": data["id"]})
            return
        self._waiting += [(query, turn) for turn in query.turns]
        self._waiting.sort(key=lambda position: -position[0].priority)  # stable

    def _act(self, data: Json) -> None:
        action = data["action"]
        if action in ("terminate", "terminate_all"):
            ended = [position for position in self._waiting if self._is_ended(position, data)]
            self._waiting = [position for position in self._waiting if not self._is_ended(position, data)]
            for query, turn in ended:
                self._say({"id": query.id, "turnNumber": turn, "isDuringSearch": False, "noResults": True})
            self._say(data)
        elif action == "query_version":
            self._say({**data, "version": self._version, "git_hash": ""})
        elif action == "query_models":
            self._say({**data, "models": [{"name": self._policy().name, "usesHumanSLProfile": True}]})
        elif action == "clear_cache":
            self._say(data)
        else:
            self._say({"error": f"unknown action {action!r}", "field": "action", "id": data["id"]})

    @staticmethod
    def _is_ended(position: Position, data: Json) -> bool:
        query, turn = position
        turns = data.get("turnNumbers")
        is_meant = data["action"] == "terminate_all" or query.id == data.get("terminateId")
        return is_meant and (not isinstance(turns, list) or turn in turns)

    def _say(self, data: Json) -> None:
        self._write(json.dumps(data, separators=(",", ":")) + "\n")

"""The queue of KataGo's JSON analysis protocol, so that KaTrain can use the network.

A query is one line and names a game; every turn of it that is to be analyzed gets one response line with the policy
in it.  Queries are collected and the network evaluates many positions in one batch, those with the highest priority
first.

Reference: KataGo's docs/Analysis_Engine.md.
"""

import json
import logging
import math
from bisect import insort
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from gopolicy.engine.kata.queries import Json, Query, QueryError
from gopolicy.engine.kata.responses import MOST_SECONDS, Position, respond
from gopolicy.engine.parameters import Parameters
from gopolicy.engine.streams import InputLines
from gopolicy.errors import GopolicyError

if TYPE_CHECKING:
    from gopolicy.engine.settling import EngineSettler
    from gopolicy.policy import Policy

BATCH: Final = 16  # positions of one move each
FEW: Final = 4  # positions with variations, which are as many batches as they are long: some 0.3 s on a core
LINES: Final = 1000  # taken between two batches, so that a flood of queries gets its first answers
MAX_WAITING: Final = 100_000  # positions; one takes up to 1.5 kB

log = logging.getLogger(__name__)


class AnalysisServer:
    """The queue of positions to evaluate.

    policy: gives the policy; called when the first position is to be evaluated.
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
        self._lines: InputLines | None = None
        self._settler: EngineSettler | None = None
        self._waiting: list[Position] = []  # highest priority first, then as they came

    def serve(self, lines: InputLines) -> None:
        """Answer queries until the input ends and the last one is answered."""
        self._lines = lines
        while self._lines is not None or self._waiting:
            self._take_lines()
            self.work()

    def _take_lines(self) -> None:
        """Take the lines that are there, LINES at most; wait for one if there is nothing else to do."""
        for _ in range(LINES):
            if self._lines is None or (self._waiting and not self._lines.wait(0)):
                return
            line = self._lines.next()
            if line is None:
                self._lines = None
            else:
                self.take(line)

    def take(self, line: str) -> None:
        """Put a query into the queue, or answer at once what needs no network."""
        if not line.strip():
            return
        try:
            data = json.loads(line, parse_constant=_refuse, parse_float=_finite)
        except (ValueError, RecursionError) as error:
            self._write_json({"error": f"this line is not JSON: {error}"})
            return
        if not isinstance(data, dict) or not isinstance(data.get("id"), str | int):
            self._write_json({"error": "a query is an object with an id", "field": "id"})
        elif "action" in data:
            try:
                self._act(data)
            except (GopolicyError, OSError) as error:
                self._write_json({"error": f"no network: {error}", "id": data["id"]})
        else:
            self._enqueue(data)

    def work(self) -> None:
        """Answer the first positions of the queue."""
        in_haste = len(self._waiting) > BATCH  # a whole game at once, say
        size = BATCH if in_haste else FEW
        batch, self._waiting = self._waiting[:size], self._waiting[size:]
        if not batch:
            return
        try:
            policy, settler = self._loaded()
            for response in respond(policy, settler, batch, self._parameters, in_haste=in_haste):
                self._write_json(response)
                del batch[0]
        except (GopolicyError, OSError) as error:
            for query, _ in batch:
                self._write_json({"error": f"no network: {error}", "id": query.id})
        except Exception as error:  # a fault of ours, or a GPU without memory, must not end the other program's session
            log.exception("the evaluation failed")
            for query, _ in batch:
                self._write_json({"error": f"{type(error).__name__}: {error}", "id": query.id})
        else:
            self._waiting[:0] = batch  # the line that waits may terminate them

    def _is_terminated(self) -> bool:
        """Return whether the next line seems to end queries, so that the work on them stops."""
        line = self._lines.peek() if self._lines else None
        return line is not None and '"terminate' in line

    def _loaded(self) -> "tuple[Policy, EngineSettler]":
        from gopolicy.engine.settling import EngineSettler

        policy, parameters = self._policy(), self._parameters
        seconds = min(MOST_SECONDS, parameters.settle_seconds)
        if self._settler is None:
            self._settler = EngineSettler(policy, seed=parameters.seed or 0, seconds=seconds)
            self._settler.stop = self._is_terminated
        return policy, self._settler

    def _enqueue(self, data: Json) -> None:
        try:
            query = Query.parse(data)
        except QueryError as error:
            self._write_json({"error": str(error), "field": error.field, "id": data["id"]})
            return
        except Exception as error:  # a fault of ours must not end the other program's session
            log.exception("query %r failed", data["id"])
            self._write_json({"error": f"{type(error).__name__}: {error}", "id": data["id"]})
            return
        if len(self._waiting) + len(query.turns) > MAX_WAITING:
            self._write_json({"error": f"more than {MAX_WAITING} positions wait: send it later", "id": data["id"]})
            return
        if query.warning:
            self._write_json({"warning": query.warning, "field": "rules", "id": data["id"]})
        for turn in query.turns:
            insort(self._waiting, (query, turn), key=_by_priority)

    def _act(self, data: Json) -> None:
        action = data["action"]
        if action in ("terminate", "terminate_all"):
            ended = [position for position in self._waiting if self._is_ended(position, data)]
            self._waiting = [position for position in self._waiting if not self._is_ended(position, data)]
            for query, turn in ended:
                self._write_json({"id": query.id, "turnNumber": turn, "isDuringSearch": False, "noResults": True})
            self._write_json(data)
        elif action == "query_version":
            self._write_json({**data, "version": self._version, "git_hash": ""})
        elif action == "query_models":
            self._write_json({**data, "models": [{"name": self._policy().name, "usesHumanSLProfile": True}]})
        elif action == "clear_cache":
            self._write_json(data)
        else:
            self._write_json({"error": f"unknown action {action!r}", "field": "action", "id": data["id"]})

    @staticmethod
    def _is_ended(position: Position, data: Json) -> bool:
        query, turn = position
        turns = data.get("turnNumbers")
        is_meant = data["action"] == "terminate_all" or query.id == data.get("terminateId")
        return is_meant and (not isinstance(turns, list) or turn in turns)

    def _write_json(self, data: Json) -> None:
        self._write(json.dumps(data, separators=(",", ":")) + "\n")


def _by_priority(position: Position) -> int:
    query, turn = position
    return -query.priorities[query.turns.index(turn)]


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:40]} is too large a number")
    return number

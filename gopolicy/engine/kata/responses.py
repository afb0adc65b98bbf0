"""Responses of KataGo's JSON analysis protocol: what the policy says of a position, in KataGo's fields.

Win rates and scores are beyond a policy: 0.5 and 0.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.engine.candidates import EVEN, PASS, VISITS, visits_and_winrate
from gopolicy.engine.kata.queries import Json, Query
from gopolicy.engine.parameters import Parameters
from gopolicy.go.coords import BOARD_SIZE, COLOR_NAMES
from gopolicy.go.game import Game
from gopolicy.prediction import Candidate, Prediction

if TYPE_CHECKING:
    from gopolicy.policy import Policy

ILLEGAL: Final = -1.0  # what stands in a policy at points that cannot be played

Position = tuple[Query, int]  # a query and the number of moves after which to evaluate


def respond(policy: "Policy", positions: list[Position], parameters: Parameters) -> Iterator[Json]:
    """Yield the response to each position; the network evaluates all of them in one batch."""
    games = [query.game_at(turn) for query, turn in positions]
    with_moves = [game for game in games if game.legal_mask().any()]
    found = iter(policy.probabilities_batch(with_moves, symmetries=parameters.symmetries) if with_moves else ())
    for (query, turn), game in zip(positions, games, strict=True):
        legal = game.legal_mask()
        probabilities = next(found) if legal.any() else np.zeros((BOARD_SIZE, BOARD_SIZE), np.float32)
        if _passes(policy, game, parameters):
            legal[:] = False
        yield _response(query, turn, game, Prediction(probabilities), legal, parameters)


def _passes(policy: "Policy", game: Game, parameters: Parameters) -> bool:
    from gopolicy.policy import choose_move, sensible_mask

    if not sensible_mask(game).any():
        return True
    if game.last_turn is None or game.last_turn[1] is not None:
        return False
    rng = np.random.default_rng(parameters.seed)
    return choose_move(policy, game, rng, pass_when_offered=parameters.pass_when_offered) is None


def _response(
    query: Query, turn: int, game: Game, prediction: Prediction, legal: NDArray[np.bool_], parameters: Parameters
) -> Json:
    color = game.to_play
    candidates = query.selection.select(prediction, color) if legal.any() else [PASS]
    response: Json = {
        "id": query.id,
        "isDuringSearch": False,
        "turnNumber": turn,
        "rootInfo": {**_estimates(EVEN, VISITS), "currentPlayer": COLOR_NAMES[color][0].upper()},
        "moveInfos": [_move_info(order, candidate, parameters) for order, candidate in enumerate(candidates)],
    }
    if query.wants_policy or query.wants_human:
        policy = _policy_field(prediction, legal)
        response |= {"policy": policy} if query.wants_policy else {}
        response |= {"humanPolicy": policy} if query.wants_human else {}
    return response


def _policy_field(prediction: Prediction, legal: NDArray[np.bool_]) -> list[float]:
    # Nine digits are a float32 exactly, and half of what Python would print.
    probabilities = prediction.probabilities.ravel()
    values = [float(f"{p:.9g}") if ok else ILLEGAL for p, ok in zip(probabilities, legal, strict=True)]
    return [*values, 0.0 if legal.any() else 1.0]


def _move_info(order: int, candidate: Candidate, parameters: Parameters) -> Json:
    visits, winrate = visits_and_winrate(candidate.probability, parameters)
    return {
        "move": candidate.vertex,
        "order": order,
        "prior": candidate.probability,
        "lcb": winrate,
        "utilityLcb": 0.0,
        "pv": [candidate.vertex],
        **_estimates(winrate, visits),
    }


def _estimates(winrate: float, visits: int) -> Json:
    zeros = dict.fromkeys(("scoreLead", "scoreMean", "scoreSelfplay", "scoreStdev", "utility"), 0.0)
    return {"visits": visits, "weight": float(visits), "winrate": winrate, **zeros}

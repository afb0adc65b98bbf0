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
from gopolicy.engine.variations import Variations
from gopolicy.go.coords import BLACK, BOARD_SIZE, COLOR_NAMES
from gopolicy.go.game import Game
from gopolicy.prediction import Candidate, Prediction

if TYPE_CHECKING:
    from gopolicy.engine.settling import EngineSettler
    from gopolicy.policy import Policy, Settlement

VARIATIONS: Final = 3  # each move of one is an evaluation
MOVES_OWNERSHIP: Final = 8  # moves after which ownership is estimated
MOST_SECONDS: Final = 0.5  # to find out how a position ends
ILLEGAL: Final = -1.0  # what stands in a policy at points that cannot be played

Position = tuple[Query, int]  # a query and the number of moves after which to evaluate


class _Evaluation:
    """A position and what is to be said of it."""

    def __init__(self, position: Position, game: Game) -> None:
        self.query, self.turn = position
        self.game = game
        self.legal = game.legal_mask()
        self.prediction = Prediction(np.zeros((BOARD_SIZE, BOARD_SIZE), np.float32), 1.0)
        self.candidates = [PASS]
        self.human: Prediction | None = None
        self.error = ""

    def predict(
        self, prediction: Prediction, settler: "EngineSettler", parameters: Parameters, *, in_haste: bool
    ) -> None:
        """Take what the network says of the points, and find out whether it is time to pass, if there is time."""
        from gopolicy.engine.settling import prediction_with_pass
        from gopolicy.policy import sensible_mask

        passed = self.game.last_turn is not None and self.game.last_turn[1] is None
        nothing_left = not sensible_mask(self.game).any()
        self.prediction = prediction
        if passed or nothing_left or not in_haste:
            self.prediction = prediction_with_pass(settler, self.game, prediction, parameters, self.query.rules)
        self.legal &= self.prediction.passing < 1
        self.candidates = self.query.selection.select(
            self.prediction, self.game.to_play, threshold=parameters.threshold
        )


def respond(
    policy: "Policy",
    settler: "EngineSettler",
    positions: list[Position],
    parameters: Parameters,
    *,
    in_haste: bool = False,
) -> Iterator[Json]:
    """Yield the response to each position; the network evaluates all of them in one batch a move of the variations.

    When the settler is to stop, the positions that come then get none.
    in_haste: leave variations at one move, unless a query says how long it wants them, and ownership at a first
        estimate; they take most of the time.
    """
    from gopolicy.policy.continuations import extend_lines

    evaluations = [_Evaluation((query, turn), query.game_at(turn)) for query, turn in positions]
    with_moves = [evaluation for evaluation in evaluations if evaluation.legal.any()]
    games = [evaluation.game for evaluation in with_moves]
    found = policy.probabilities_batch(games, symmetries=parameters.symmetries) if games else ()
    for evaluation, probabilities in zip(with_moves, found, strict=True):
        if settler.stop():
            return
        evaluation.predict(Prediction(probabilities), settler, parameters, in_haste=in_haste)
    _predict_humans(policy, evaluations, parameters)
    variations = [
        Variations(e.game, e.candidates, count=VARIATIONS if e.query.wants_variations(in_haste) else 0)
        for e in evaluations
    ]
    lines = [line for variation in variations for line in variation.lines]
    for _ in extend_lines(policy, lines, length=parameters.pv_moves, symmetries=parameters.symmetries):
        if settler.stop():
            return
    for evaluation, found_variations in zip(evaluations, variations, strict=True):
        if evaluation.error:
            yield {"error": evaluation.error, "field": "overrideSettings", "id": evaluation.query.id}
            continue
        response = _response(evaluation, found_variations, parameters)
        _add_ownership(response, evaluation, settler, 0.0 if in_haste else MOST_SECONDS)
        if settler.stop():
            return
        yield response


def _predict_humans(policy: "Policy", evaluations: list[_Evaluation], parameters: Parameters) -> None:
    """Let each profile that queries name predict their positions, in one batch a profile; passes stay as they are."""
    from gopolicy.profiles import ProfileError, named_profile

    for name in {evaluation.query.human_profile for evaluation in evaluations} - {None}:
        if not name and not policy.profile:
            continue  # it has predicted them so already
        some = [e for e in evaluations if e.query.human_profile == name]
        try:
            as_profile = policy.with_profile(named_profile(name) if name else None)
        except ProfileError as error:
            for evaluation in some:
                evaluation.error = str(error)
            continue
        some = [evaluation for evaluation in some if evaluation.legal.any()]
        games = [evaluation.game for evaluation in some]
        found = as_profile.probabilities_batch(games, symmetries=parameters.symmetries) if games else ()
        for evaluation, probabilities in zip(some, found, strict=True):
            evaluation.human = Prediction(probabilities).with_pass(evaluation.prediction.passing)


def _response(evaluation: _Evaluation, variations: Variations, parameters: Parameters) -> Json:
    query = evaluation.query
    visits = max(VISITS, query.max_visits)
    response: Json = {
        "id": query.id,
        "isDuringSearch": False,
        "turnNumber": evaluation.turn,
        "rootInfo": {
            **_estimates(EVEN, visits),
            "currentPlayer": COLOR_NAMES[evaluation.game.to_play][0].upper(),
        },
        "moveInfos": [
            _move_info(order, candidate, variations.vertices(candidate)[: query.pv_moves], parameters)
            for order, candidate in enumerate(evaluation.candidates)
        ],
    }
    if query.wants_policy:
        response["policy"] = _policy_field(evaluation.prediction, evaluation.legal)
    if query.human_profile is not None:
        response["humanPolicy"] = _policy_field(evaluation.human or evaluation.prediction, evaluation.legal)
    return response


def _add_ownership(response: Json, evaluation: _Evaluation, settler: "EngineSettler", seconds: float) -> None:
    query, game = evaluation.query, evaluation.game
    is_black = game.to_play == BLACK if query.perspective == "SIDETOMOVE" else query.perspective != "WHITE"

    def owners(settlement: "Settlement") -> list[float]:
        return [round(float(value if is_black else -value), 3) for value in settlement.ownership.ravel()]

    if query.wants_ownership:
        response["ownership"] = owners(settler.settle(game, seconds=seconds))
    if query.wants_moves_ownership:
        for candidate, info in zip(evaluation.candidates[:MOVES_OWNERSHIP], response["moveInfos"], strict=False):
            if settler.stop():
                return
            after = game.copy()
            after.play(candidate.move)
            info["ownership"] = owners(settler.at_once(after))


def _policy_field(prediction: Prediction, legal: NDArray[np.bool_]) -> list[float]:
    # Nine digits are a float32 exactly, and half of what Python would print.
    probabilities = prediction.probabilities.ravel()
    values = [float(f"{p:.9g}") if ok else ILLEGAL for p, ok in zip(probabilities, legal, strict=True)]
    return [*values, prediction.passing]


def _move_info(order: int, candidate: Candidate, variation: list[str], parameters: Parameters) -> Json:
    visits, winrate = visits_and_winrate(candidate.probability, parameters)
    return {
        "move": candidate.vertex,
        "order": order,
        "prior": candidate.probability,
        "lcb": winrate,
        "utilityLcb": 0.0,
        "pv": variation,
        **_estimates(winrate, visits),
    }


def _estimates(winrate: float, visits: int) -> Json:
    zeros = dict.fromkeys(("scoreLead", "scoreMean", "scoreSelfplay", "scoreStdev", "utility"), 0.0)
    return {"visits": visits, "weight": float(visits), "winrate": winrate, **zeros}

"""The network as numbers, as Leela Zero (`heatmap`) and KataGo (`kata-raw-nn`) print it.

What a policy cannot know is reported as KataGo reports it: 0.5 for a win, 0 for scores and ownership, and
-1 for errors, "unavailable" in KataGo's own words.
"""

import json
from collections.abc import Callable
from typing import Final

from gopolicy.engine.gtp.arguments import SYNTAX_ERROR, integer_at, split_color, text_at
from gopolicy.engine.gtp.gtp_state import GtpState
from gopolicy.engine.gtp.protocol import GtpError
from gopolicy.features.symmetry import NUM_SYMMETRIES
from gopolicy.go.coords import BOARD_SIZE, Color
from gopolicy.prediction import Prediction

RAW_KEYS: Final = {
    "whiteWin": 0.5,
    "whiteLoss": 0.5,
    "noResult": 0.0,
    "whiteLead": 0.0,
    "whiteScoreSelfplay": 0.0,
    "whiteScoreSelfplaySq": 0.0,
    "varTimeLeft": -1.0,
    "shorttermWinlossError": -1.0,
    "shorttermScoreError": -1.0,
}


def heatmap(state: GtpState, arguments: list[str]) -> str:
    """`heatmap [0-7|all|average]`: the policy in per mille, top row first."""
    which = arguments[0].lower() if arguments else "default"
    if which == "all":
        blocks = [_heatmap_block(state.prediction(symmetry=k)) for k in range(NUM_SYMMETRIES)]
    elif which == "average":
        blocks = [_heatmap_block(state.prediction(symmetries=NUM_SYMMETRIES))]
    elif which == "default":
        blocks = [_heatmap_block(state.prediction())]
    else:
        blocks = [_heatmap_block(state.prediction(symmetry=_symmetry(which)))]
    return "\n" + "\n".join(blocks)


def _heatmap_block(prediction: Prediction) -> str:
    policy = prediction.probabilities
    rows = ["".join(f"{int(1000 * p):3d} " for p in row) for row in policy]
    return "\n".join([*rows, f"pass: {0 if policy.any() else 1000}", "winrate: 0.5"])


def raw_nn(state: GtpState, arguments: list[str]) -> str:
    """`kata-raw-nn [COLOR] 0-7|all`: everything KataGo's network says, as far as a policy says it."""
    color, rest = split_color(arguments)
    which = text_at(rest, 0).lower()
    symmetries = range(NUM_SYMMETRIES) if which == "all" else [_symmetry(which)]
    return "\n".join(_raw_block(state, color, symmetry) for symmetry in symmetries)


def _raw_block(state: GtpState, color: Color | None, symmetry: int) -> str:
    policy = state.prediction(color, symmetry=symmetry).probabilities
    legal = state.game_for(color).legal_mask().reshape(policy.shape)
    lines = [f"symmetry {symmetry}", *(f"{key} {value:.6f}" for key, value in RAW_KEYS.items()), "policy"]
    for row, is_legal in zip(policy, legal, strict=True):
        lines.append("".join(f"{p:8.6f} " if ok else "    NAN " for p, ok in zip(row, is_legal, strict=True)))
    lines += [f"policyPass {0 if policy.any() else 1:8.6f}", "whiteOwnership"]
    lines += [f"{0:9.7f} " * BOARD_SIZE] * BOARD_SIZE
    return "\n".join(lines)


def _symmetry(text: str) -> int:
    symmetry = integer_at([text], 0)
    if not 0 <= symmetry < NUM_SYMMETRIES:
        raise GtpError(SYNTAX_ERROR)
    return symmetry


def policy_list(state: GtpState, arguments: list[str]) -> str:
    """`gopolicy-policy [COLOR] [N]`: the N most likely moves (default: all), a vertex and its probability a line."""
    color, rest = split_color(arguments)
    count = integer_at(rest, 0, BOARD_SIZE**2)
    found = state.prediction(color).candidates(count)
    return "\n".join(f"{candidate.vertex} {candidate.probability:.6f}" for candidate in found)


def get_models(state: GtpState, arguments: list[str]) -> str:
    """`kata-get-models`: the network in KataGo's JSON form."""
    models = [{"name": state.policy.name, "internalName": state.policy.name, "usesHumanSLProfile": True}]
    return json.dumps(models, separators=(",", ":"))


def kgs_chat(state: GtpState, arguments: list[str]) -> str:
    """`kgs-chat game|private NAME TEXT`: say what this is and what it expects."""
    if state.game.is_over:
        return "Thank you for the game."
    return "I am a policy network without search. Next I expect " + ", ".join(
        f"{candidate.vertex} {100 * candidate.probability:.0f} %" for candidate in state.candidates(None)[:3]
    )


COMMANDS: Final[dict[str, Callable[[GtpState, list[str]], str]]] = {
    "heatmap": heatmap,
    "kata-raw-nn": raw_nn,
    "kata-raw-human-nn": raw_nn,  # the policy is of moves that people played
    "kata-get-models": get_models,
    "gopolicy-policy": policy_list,
    "kgs-chat": kgs_chat,
}

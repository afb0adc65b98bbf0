"""The network as numbers, as Leela Zero (`heatmap`) and KataGo (`kata-raw-nn`) print it; rules and parameters.

What a policy cannot know is reported as KataGo reports it: 0.5 for a win, 0 for scores and ownership, and
-1 for errors, "unavailable" in KataGo's own words.
"""

import json
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.engine.arguments import SYNTAX_ERROR, integer_at, split_color, text_at
from gopolicy.engine.parameters import SETTINGS, ParameterError
from gopolicy.engine.protocol import GtpError
from gopolicy.engine.state import SIMPLE_KO_RULES, GtpState
from gopolicy.features.symmetry import NUM_SYMMETRIES
from gopolicy.go.coords import BOARD_SIZE, Color, to_vertex

TERRITORY_RULES: Final = ("japanese", "korean")
# The names that KataGo's documentation gives; ours differ in ko and scoring alone.
RULES: Final = (
    "tromp-taylor",
    "chinese",
    "chinese-ogs",
    "chinese-kgs",
    "japanese",
    "korean",
    "stone-scoring",
    "aga",
    "bga",
    "new-zealand",
    "aga-button",
)
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
        blocks = [_heatmap_block(state.probabilities(symmetry=k)) for k in range(NUM_SYMMETRIES)]
    elif which == "average":
        blocks = [_heatmap_block(state.probabilities(symmetries=NUM_SYMMETRIES))]
    elif which == "default":
        blocks = [_heatmap_block(state.probabilities())]
    else:
        blocks = [_heatmap_block(state.probabilities(symmetry=_symmetry(which)))]
    return "\n" + "\n".join(blocks)


def _heatmap_block(policy: NDArray[np.float32]) -> str:
    rows = ["".join(f"{int(1000 * p):3d} " for p in row) for row in policy]
    return "\n".join([*rows, f"pass: {0 if policy.any() else 1000}", "winrate: 0.5"])


def raw_nn(state: GtpState, arguments: list[str]) -> str:
    """`kata-raw-nn [COLOR] 0-7|all`: everything KataGo's network says, as far as a policy says it."""
    color, rest = split_color(arguments)
    which = text_at(rest, 0).lower()
    symmetries = range(NUM_SYMMETRIES) if which == "all" else [_symmetry(which)]
    return "\n".join(_raw_block(state, color, symmetry) for symmetry in symmetries)


def _raw_block(state: GtpState, color: Color | None, symmetry: int) -> str:
    policy = state.probabilities(color, symmetry=symmetry)
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
    """`gopolicy-policy [COLOR] [N]`: the N likeliest moves (default: all), a vertex and its probability a line."""
    color, rest = split_color(arguments)
    count = integer_at(rest, 0, BOARD_SIZE**2)
    policy = state.probabilities(color).ravel()
    order = [int(point) for point in np.argsort(-policy, kind="stable") if policy[point] > 0][: max(count, 0)]
    return "\n".join(f"{to_vertex(point, BOARD_SIZE)} {policy[point]:.6f}" for point in order)


def list_params(state: GtpState, arguments: list[str]) -> str:
    """`kata-list-params`: the names that the next commands take."""
    return " ".join(SETTINGS)


def get_param(state: GtpState, arguments: list[str]) -> str:
    """`kata-get-param NAME`: the value of a parameter."""
    try:
        return state.parameters.text(text_at(arguments, 0))
    except ParameterError as error:
        raise GtpError(str(error)) from None


def set_param(state: GtpState, arguments: list[str]) -> str:
    """`kata-set-param NAME VALUE`: change a parameter from now on."""
    try:
        state.set_parameter(text_at(arguments, 0), text_at(arguments, 1))
    except ParameterError as error:
        raise GtpError(str(error)) from None
    return ""


def get_rules(state: GtpState, arguments: list[str]) -> str:
    """`kata-get-rules`: the rules in KataGo's JSON form."""
    rules = {
        "hasButton": False,
        "ko": "SIMPLE" if state.rules in SIMPLE_KO_RULES else "POSITIONAL",
        "scoring": "TERRITORY" if state.rules in TERRITORY_RULES else "AREA",
        "suicide": False,
        "tax": "NONE",
        "whiteHandicapBonus": "0",
    }
    return json.dumps(rules, separators=(",", ":"))


def set_rules(state: GtpState, arguments: list[str]) -> str:
    """`kata-set-rules NAME|JSON`: decides only whether our own moves may repeat a position."""
    text = " ".join([text_at(arguments, 0), *arguments[1:]])
    name = _name_of_json(text) if text.startswith("{") else text.lower().replace("_", "-").replace(" ", "-")
    if name not in RULES:
        raise GtpError(f"unknown rules {text!r}")
    state.rules = name
    return ""


def _name_of_json(text: str) -> str:
    try:
        rules = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    if rules.get("ko") == "SIMPLE":
        return "japanese" if rules.get("scoring") == "TERRITORY" else "chinese"
    return "tromp-taylor"


COMMANDS: Final[dict[str, Callable[[GtpState, list[str]], str]]] = {
    "heatmap": heatmap,
    "kata-raw-nn": raw_nn,
    "gopolicy-policy": policy_list,
    "kata-list-params": list_params,
    "kata-get-param": get_param,
    "kata-set-param": set_param,
    "kata-get-rules": get_rules,
    "kata-set-rules": set_rules,
}

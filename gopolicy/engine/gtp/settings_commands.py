"""GTP commands about how the engine plays: parameters, rules, and what it may ignore."""

import json
from collections.abc import Callable
from typing import Final

from gopolicy.engine.gtp.arguments import text_at
from gopolicy.engine.gtp.gtp_state import SIMPLE_KO_RULES, GtpState
from gopolicy.engine.gtp.protocol import GtpError
from gopolicy.engine.parameters import SETTINGS, ParameterError
from gopolicy.go.scoring import scoring_rules

PROFILE: Final = "humanSLProfile"  # KataGo's name for whom the network plays as
BONUSES: Final = {"none": "0", "each": "N", "each but one": "N-1"}  # our words for White's, and KataGo's
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


def list_params(state: GtpState, arguments: list[str]) -> str:
    """`kata-list-params`: the names that the next commands take."""
    return " ".join([*SETTINGS, PROFILE])


def get_param(state: GtpState, arguments: list[str]) -> str:
    """`kata-get-param NAME`: the value of a parameter."""
    if text_at(arguments, 0) == PROFILE:
        return state.policy.profile
    try:
        return state.parameters.text(text_at(arguments, 0))
    except ParameterError as error:
        raise GtpError(str(error)) from None


def set_param(state: GtpState, arguments: list[str]) -> str:
    """`kata-set-param NAME VALUE`: change a parameter from now on; without a value humanSLProfile is nobody's."""
    if text_at(arguments, 0) == PROFILE:
        state.use_profile("" if len(arguments) < 2 else arguments[1])
        return ""
    try:
        state.set_parameter(text_at(arguments, 0), text_at(arguments, 1))
    except ParameterError as error:
        raise GtpError(str(error)) from None
    return ""


def get_rules(state: GtpState, arguments: list[str]) -> str:
    """`kata-get-rules`: the rules in KataGo's JSON form."""
    scoring = scoring_rules(state.rules)
    rules = {
        "hasButton": False,
        "ko": "SIMPLE" if state.rules in SIMPLE_KO_RULES else "POSITIONAL",
        "scoring": "TERRITORY" if scoring.territory else "AREA",
        "suicide": False,
        "tax": "NONE",
        "whiteHandicapBonus": BONUSES[scoring.handicap],
    }
    return json.dumps(rules, separators=(",", ":"))


def set_rules(state: GtpState, arguments: list[str]) -> str:
    """`kata-set-rules NAME|JSON`: how to score, and whether our own moves may repeat a position."""
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


def kgs_rules(state: GtpState, arguments: list[str]) -> str:
    """`kgs-rules japanese|chinese|aga|new_zealand`: KGS forbids repeating a position under its Chinese rules."""
    name = text_at(arguments, 0).lower().replace("_", "-")
    return set_rules(state, ["chinese-kgs" if name == "chinese" else name])


def ignored(state: GtpState, arguments: list[str]) -> str:
    """Accept a command about time or caches; one evaluation takes no time worth managing."""
    return ""


COMMANDS: Final[dict[str, Callable[[GtpState, list[str]], str]]] = {
    "kata-list-params": list_params,
    "kata-get-param": get_param,
    "kata-set-param": set_param,
    "kata-get-rules": get_rules,
    "kata-set-rules": set_rules,
    "kgs-rules": kgs_rules,
    "time_settings": ignored,
    "kgs-time_settings": ignored,
    "time_left": ignored,
    "kgs-game_over": ignored,
    "stop": ignored,
    "clear_cache": ignored,
}

"""GTP commands about how the engine plays: parameters, rules, and what it may ignore."""

from collections.abc import Callable
from typing import Final

from gopolicy.engine.gtp.arguments import text_at
from gopolicy.engine.gtp.gtp_state import GtpState
from gopolicy.engine.gtp.protocol import GtpError
from gopolicy.engine.parameters import SETTINGS, ParameterError
from gopolicy.engine.rules import RulesError, parse_rules, rules_to_json

PROFILE: Final = "humanSLProfile"  # KataGo's name for whom the network plays as


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
    return rules_to_json(state.rules)


def set_rules(state: GtpState, arguments: list[str]) -> str:
    """`kata-set-rules NAME|JSON`: how to score, and whether our own moves may repeat a position."""
    try:
        state.rules = parse_rules(" ".join([text_at(arguments, 0), *arguments[1:]]))
    except RulesError as error:
        raise GtpError(str(error)) from None
    return ""


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

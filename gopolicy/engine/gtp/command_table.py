"""Every GTP command of the engine."""

from functools import partial

from gopolicy.engine.gtp import (
    analyze_commands,
    gogui_commands,
    network_commands,
    play_commands,
    score_commands,
    settings_commands,
    sgf_commands,
)
from gopolicy.engine.gtp.gtp_state import GtpState
from gopolicy.engine.gtp.protocol import Handler

MODULES = (
    play_commands,
    score_commands,
    settings_commands,
    sgf_commands,
    network_commands,
    analyze_commands,
    gogui_commands,
)


def commands(state: GtpState) -> dict[str, Handler]:
    """Return every command by name, bound to `state`."""
    return {name: partial(function, state) for module in MODULES for name, function in module.COMMANDS.items()}

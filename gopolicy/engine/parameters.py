"""What can be set about how the engine plays and reports: one table for flags, GTP and GoGui."""

import argparse
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Literal, NamedTuple

from gopolicy.errors import GopolicyError

PassRule = Literal["auto", "always", "never"]
PASS_RULES: Final = ("auto", "always", "never")
WINRATES: Final = ("half", "prior")
MAX_SEED: Final = 2**62  # random games take 2 * seed + 1, a C long long


class ParameterError(GopolicyError, ValueError):
    """A parameter that does not exist, or a value that it cannot have."""


@dataclass(frozen=True)
class Parameters:
    """How the engine plays and reports; each field is explained in SETTINGS."""

    temperature: float = 0.0
    top_p: float = 1.0
    greedy_after: int | None = None
    history: float | Literal["auto"] = "auto"
    seed: int | None = None
    symmetries: int = 1
    pass_when_offered: PassRule = "auto"
    cleanup: bool = False
    settle_seconds: float = 2.0
    report_winrate: str = "half"
    threshold: float = 0.005
    pv_moves: int = 7

    def changed(self, name: str, text: str) -> "Parameters":
        """Return these parameters with the one called `name` as `text` says.  Raises ParameterError."""
        if name not in SETTINGS:
            raise ParameterError(f"unknown parameter {name!r}; there are {', '.join(SETTINGS)}")
        try:
            value = SETTINGS[name].parse(text)
        except ValueError:
            raise ParameterError(f"{name} {text[:40]!r} is not {SETTINGS[name].values}") from None
        return replace(self, **{name: value})

    def text(self, name: str) -> str:
        """Return the value of a parameter as `changed` takes it.  Raises ParameterError."""
        if name not in SETTINGS:
            raise ParameterError(f"unknown parameter {name!r}; there are {', '.join(SETTINGS)}")
        value = getattr(self, name)
        return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


class Setting(NamedTuple):
    """A parameter's parser, the values it takes, in words, and what it does."""

    parse: Callable[[str], Any]
    values: str
    meaning: str
    choices: tuple[str, ...] = ()


def _number(least: float, most: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        number = float(text)
        if not least <= number <= most:  # false for nan too
            raise ValueError
        return number

    return parse


def _number_or_auto(least: float, most: float) -> Callable[[str], float | str]:
    return lambda text: "auto" if text.lower() == "auto" else _number(least, most)(text)


def _integer(least: int, most: float = math.inf) -> Callable[[str], int]:
    def parse(text: str) -> int:
        number = int(text)
        if not least <= number <= most:
            raise ValueError
        return number

    return parse


def _integer_or_none(text: str) -> int | None:
    return None if text.lower() == "none" else _integer(0, MAX_SEED)(text)


def _truth(text: str) -> bool:
    values = {"true": True, "1": True, "on": True, "false": False, "0": False, "off": False}
    if text.lower() not in values:
        raise ValueError
    return values[text.lower()]


def _choice(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError
        return text.lower()

    return parse


SETTINGS: Final = {
    "temperature": Setting(
        _number(0, 100), "a number from 0 to 100", "0 plays the top move, 1 samples as the network expects"
    ),
    "top_p": Setting(
        _number(0, 1),
        "a number from 0 to 1",
        "sample only from the top moves that together reach this probability",
    ),
    "greedy_after": Setting(_integer_or_none, "a move number or none", "play the top move from this move number on"),
    "history": Setting(
        _number_or_auto(0, 1),
        "auto or a number from 0 to 1",
        "how much a move answers the last ones; auto: half where the top move is played, which is stronger, else 1",
    ),
    "seed": Setting(_integer_or_none, "a whole number from 0 to 2^62 or none", "make the sampling repeatable"),
    "symmetries": Setting(
        _integer(1, 8), "a whole number from 1 to 8", "average the network over this many turns and flips of the board"
    ),
    "pass_when_offered": Setting(
        _choice(*PASS_RULES),
        "auto, always or never",
        "whether to answer a pass with a pass; auto: if nothing is left to gain",
        PASS_RULES,
    ),
    "cleanup": Setting(_truth, "true or false", "before a pass, take the opponent's dead stones off the board"),
    "settle_seconds": Setting(
        _number(0, 600), "seconds, from 0 to 600", "how long to find out which stones are dead; 0: all live"
    ),
    "report_winrate": Setting(
        _choice(*WINRATES),
        "half or prior",
        "what analysis reports as win rate: 50 %, or the move's probability",
        WINRATES,
    ),
    "threshold": Setting(
        _number(0, 1), "a number from 0 to 1", "leave candidates of a smaller probability out of analysis"
    ),
    "pv_moves": Setting(
        _integer(1, 30),
        "a whole number from 1 to 30",
        "moves of the variation that analysis gives with each top candidate",
    ),
}
assert list(SETTINGS) == [field.name for field in fields(Parameters)]


def add_options(parser: argparse._ActionsContainer, names: Iterable[str] = SETTINGS) -> None:
    """Declare a command-line option for each of the parameters `names`."""
    defaults = Parameters()
    for name in names:
        setting, option = SETTINGS[name], f"--{name.replace('_', '-')}"
        if isinstance(getattr(defaults, name), bool):
            parser.add_argument(option, action="store_const", const="true", help=setting.meaning)
        else:
            help_text = f"{setting.meaning}: {setting.values} (default: {defaults.text(name)})"
            metavar = "|".join(setting.choices) or "VALUE"
            parser.add_argument(option, metavar=metavar, help=help_text.replace("%", "%%"))


def read_options(args: argparse.Namespace, names: Iterable[str] = SETTINGS) -> Parameters:
    """Return the parameters with the options that were given.  Raises ParameterError."""
    parameters = Parameters()
    for name in names:
        text = getattr(args, name)
        if text is not None:
            try:
                parameters = parameters.changed(name, text)
            except ParameterError:
                option = f"--{name.replace('_', '-')}"
                raise ParameterError(f"{option} {text[:40]}: {SETTINGS[name].values}") from None
    return parameters

"""The language of the window: its texts, from one catalogue a language.

A catalogue is a TOML file of the folder `languages`: each text as the code has it, in English, and its translation.
A list holds plural forms, of which the field `count` chooses one.  What a catalogue lacks stays English.
"""

import gettext
import re
import tomllib
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from gopolicy.errors import GopolicyError
from gopolicy.go.coords import BLACK, Color


class Name(NamedTuple):
    """A language's name in itself, and in English."""

    own: str
    english: str


NAMES: Final = {
    "en": Name("English", "English"),
    "de": Name("Deutsch", "German"),
    "fr": Name("Français", "French"),
    "es": Name("Español", "Spanish"),
    "zh": Name("简体中文", "Chinese"),
    "ja": Name("日本語", "Japanese"),
    "ko": Name("한국어", "Korean"),
}
ENGLISH: Final = "en"
_RECORD_WORDS: Final = (*"B+R W+R B+T W+T B+F W+F Void 0".split(), *"Chinese Japanese Korean".split())
FOLDER: Final = Path(__file__).parents[1] / "languages"
_VARIABLES: Final = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # in the order in which gettext looks at them


class LanguageError(GopolicyError, ValueError):
    """A language in which the window has no texts."""


class Catalogue(NamedTuple):
    """The texts of a language; plural: the place of the form for a number."""

    texts: Mapping[str, str | list[str]]
    plural: Callable[[int], int]


_code = ENGLISH


@lru_cache
def catalogue(code: str) -> Catalogue:
    """Return the texts of a language."""
    found = tomllib.loads((FOLDER / f"{code}.toml").read_text(encoding="utf-8"))
    return Catalogue(found["texts"], gettext.c2py(found["plural"]))


def use(code: str) -> None:
    """Have `tr` return texts in a language from now on; raise LanguageError if there is none of that code."""
    global _code
    if code not in NAMES:
        raise LanguageError(f"no language {code!r}: choose one of {', '.join(NAMES)}")
    _code = code


def current() -> str:
    """Return the code of the language in use."""
    return _code


def of_environment(environment: Mapping[str, str]) -> str:
    """Return the language that the variables of the locale ask for, English where they ask for none of ours."""
    value = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    codes = (re.split(r"[_.@-]", part)[0].lower() for part in value.split(":"))
    return next((code for code in codes if code in NAMES), ENGLISH)


def tr(text: str, /, **fields: object) -> str:
    """Return a text in the language of the window, with its named fields filled in."""
    texts, plural = catalogue(_code)
    found = texts.get(text, text)
    if not isinstance(found, str):
        count = fields["count"]
        assert isinstance(count, int)
        found = found[plural(count)]
    return found.format(**fields) if fields else found


def no_font(code: str) -> str:
    """Return why a language cannot be shown where no font has its characters."""
    name = NAMES[code].english
    return tr("no font here for {language}: a font with its characters has to be installed", language=name)


def color_name(color: Color) -> str:
    """Return Black or White."""
    return tr("Black") if color == BLACK else tr("White")


def color_letter(color: Color) -> str:
    """Return the letter that stands for a color before a move."""
    return tr("B") if color == BLACK else tr("W")


def result_name(result: str) -> str:
    """Return a result as records write it, such as `B+3.5`, as the language writes it."""
    color, plus, by = result.partition("+")
    if plus and color in ("B", "W") and by[:1].isdecimal():
        return tr("B+{points}", points=by) if color == "B" else tr("W+{points}", points=by)
    return record_word(result)


def record_word(text: str) -> str:
    """Return a result or rules as records name them in the language of the window, other texts as they are."""
    return tr(text) if text in _RECORD_WORDS else text

"""Rules of play by KataGo's names and in its JSON form: how a game is scored, and which ko our own moves obey.

Reference: KataGo's docs/GTP_Extensions.md, `kata-set-rules`.  What would need another score than ours is refused:
group tax outside of seki, the button.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final

from gopolicy.errors import GopolicyError
from gopolicy.go.scoring import AREA, TERRITORY, ScoringRules, rules_name, scoring_rules


class RulesError(GopolicyError, ValueError):
    """Rules that are not known or not kept here; the text says which are."""


@dataclass(frozen=True)
class Rules:
    """What a game is played by.

    ko: SIMPLE, POSITIONAL or SITUATIONAL; under all but the first our own moves repeat no position of the board.
    name: as they were named, "" where they were not; for RU of records.
    """

    scoring: ScoringRules = AREA
    ko: str = "POSITIONAL"
    name: str = field(default="", compare=False)

    @property
    def superko(self) -> bool:
        """Whether positions of the whole board may not come again."""
        return self.ko != "SIMPLE"


RULES: Final = {
    "tromp-taylor": Rules(),
    "chinese": Rules(scoring_rules("chinese"), "SIMPLE"),
    "chinese-ogs": Rules(scoring_rules("chinese")),
    "chinese-kgs": Rules(scoring_rules("chinese")),
    "japanese": Rules(TERRITORY, "SIMPLE"),
    "korean": Rules(TERRITORY, "SIMPLE"),
    "aga": Rules(scoring_rules("aga"), "SITUATIONAL"),
    "bga": Rules(scoring_rules("bga"), "SITUATIONAL"),
    "french": Rules(scoring_rules("french"), "SITUATIONAL"),
    "new-zealand": Rules(ko="SITUATIONAL"),
}
_SPELLINGS: Final = {"".join(filter(str.isalpha, name)): name for name in RULES} | {"nz": "new-zealand"}
_BONUSES: Final = {"0": "none", "N": "each", "N-1": "each but one"}  # KataGo's words for White's, and ours
# The JSON values that are kept; nobody commits suicide here where it is allowed, as under the name tromp-taylor, and
# whose passes are friendly is KataGo's own affair.
_VALUES: Final[dict[str, tuple[str | bool, ...]]] = {
    "ko": ("SIMPLE", "POSITIONAL", "SITUATIONAL"),
    "scoring": ("AREA", "TERRITORY"),
    "score": ("AREA", "TERRITORY"),
    "tax": ("NONE", "SEKI"),
    "whiteHandicapBonus": tuple(_BONUSES),
    "suicide": (False, True),
    "hasButton": (False,),
    "friendlyPassOk": (False, True),
}


def parse_rules(text: str) -> Rules:
    """Return the rules of a name, such as `japanese` or `New_Zealand`, or of JSON; raises RulesError."""
    if text.lstrip().startswith("{"):
        try:
            given = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise RulesError(f"rules that are not JSON: {str(error)[:80]}") from None
        return rules_from_json(given)
    spelling = text.strip().lower().translate({ord(mark): None for mark in "-_ "})
    if spelling not in _SPELLINGS:
        raise RulesError(f"unknown rules {text[:40]!r}; there are {', '.join(RULES)}")
    return replace(RULES[_SPELLINGS[spelling]], name=text.strip())


def rules_of_record(text: str) -> Rules | None:
    """Return the rules that a record's RU names, such as `Japanese` or `中国规则`; None if they are not known."""
    for name in (text, *text.split()[:1], rules_name(text)):
        with suppress(RulesError):
            return parse_rules(name)
    return None


def rules_from_json(given: dict[str, Any]) -> Rules:
    """Return the rules that KataGo's JSON form means; what it leaves out is as in tromp-taylor.  Raises RulesError."""
    for key, value in given.items():
        if key not in _VALUES:
            raise RulesError(f"unknown rule {key[:40]!r}; there are {', '.join(_VALUES)}")
        if not any(value is known or (isinstance(value, str) and value == known) for known in _VALUES[key]):
            kept = " or ".join(map(json.dumps, _VALUES[key]))
            raise RulesError(f"rules with {key} {json.dumps(value)[:40]} are not kept here, only with {kept}")
    scoring = given.get("scoring", given.get("score", "AREA"))
    tax = "SEKI" if scoring == "TERRITORY" else "NONE"
    if given.get("tax", tax) != tax:
        raise RulesError(f"rules with scoring {scoring} and tax {given['tax']} are not kept here, only with {tax}")
    bonus: Any = _BONUSES[given.get("whiteHandicapBonus", "0")]
    return Rules(ScoringRules(scoring == "TERRITORY", bonus), given.get("ko", "POSITIONAL"))


def rules_to_json(rules: Rules) -> str:
    """Return rules as KataGo writes them, on one line."""
    words = {ours: theirs for theirs, ours in _BONUSES.items()}
    fields = {
        "hasButton": False,
        "ko": rules.ko,
        "scoring": "TERRITORY" if rules.scoring.territory else "AREA",
        "suicide": False,
        "tax": "SEKI" if rules.scoring.territory else "NONE",
        "whiteHandicapBonus": words[rules.scoring.handicap],
    }
    return json.dumps(fields, separators=(",", ":"))

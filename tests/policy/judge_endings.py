"""How often finished games are scored as their players did.

python tests/policy/judge_endings.py GAMES...
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterable

from gopolicy.go.scoring import scoring_rules
from gopolicy.policy import Policy, Settler
from gopolicy.records import Record, read_records

POINTS = re.compile(r"[BW]\+\d+(\.\d+)?")
SECONDS = 20.0  # for a game: enough on any machine


def is_counted(record: Record) -> bool:
    """Return whether a game was counted and the record has the difference."""
    return POINTS.fullmatch(record.result) is not None


def judge(record: Record, settler: Settler) -> tuple[bool, float]:
    """Return whether the winner of a counted game is found, and by how many points the score differs."""
    played = float(record.result[2:]) * (1 if record.result[0] == "B" else -1)
    settled = settler.settle(record.final_game(), seconds=SECONDS)
    found = settled.score(scoring_rules(record.rules), record.komi, handicap=record.handicap)
    return (found > 0) == (played > 0), abs(found - played)


def main(paths: Iterable[str]) -> None:
    """Print, by rules and in all: games, right winners, scores within two points."""
    policy, counts = Policy.load(), defaultdict(lambda: [0, 0, 0])
    for path in paths:
        for record in filter(is_counted, read_records(path)):
            is_right, difference = judge(record, Settler(policy))
            for name in (record.rules or "no rules", "all"):
                for i, one in enumerate((1, is_right, difference <= 2)):
                    counts[name][i] += one
    for name, (games, right, near) in sorted(counts.items()):
        print(f"{name:12} {games:5} games  winner {right:5} {right / games:.1%}  within 2 {near:5} {near / games:.1%}")


if __name__ == "__main__":
    main(sys.argv[1:])

"""What the games of a match came to: the results file and its summary, with how sure that is."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from gopolicy.errors import GopolicyError
from gopolicy.files import write_file
from gopolicy.go.coords import BLACK, WHITE, Color
from gopolicy.prediction import wilson

RESULTS_FILE: Final = "results.jsonl"
BEFORE: Final = {"history": "1.0"}  # what matches were played by before there was a setting for it
NETWORKS: Final = ("first_network", "second_network")  # their digests, which older matches do not tell


class MatchError(GopolicyError, ValueError):
    """A match that cannot begin or go on."""


@dataclass(frozen=True)
class Played:
    """A game of a match as the results file keeps it.

    number: from 1.  first_color: the first player's color.  score: 1, 0.5 or 0, of the first player.
    failed: which player failed, `first`, `second` or "".  same_as: the number of an equal game played before, or 0.
    """

    number: int
    first_color: Color
    score: float
    result: str
    reason: str
    moves: int
    digest: str
    failed: str = ""
    same_as: int = 0


class ResultsFile:
    """The file of a match: a line that describes it, then one a game.

    played: the games that it holds, in the order of their ends.
    """

    def __init__(self, path: Path, description: dict[str, Any]) -> None:
        """Read `path`, or begin it.  Raises MatchError if it is no results file or has another description."""
        self._path = path
        self._lines = [json.dumps(description)]
        self.played: list[Played] = []
        if path.exists():
            self._read(description)
        else:
            self._write()

    def add(self, entry: Played) -> None:
        """Keep a game that is over."""
        self.played.append(entry)
        self._lines.append(json.dumps(asdict(entry)))
        self._write()

    def _read(self, description: dict[str, Any]) -> None:
        try:
            text = self._path.read_text(encoding="utf-8")
            self._lines = text[: text.rfind("\n") + 1].splitlines()  # a last line without its end was never whole
            held, *entries = [json.loads(line) for line in self._lines]
            held = BEFORE | held
            self.played = [_played(entry) for entry in entries]
        except (ValueError, TypeError, RecursionError) as error:
            raise MatchError(f"{self._path} is no results file, choose another folder: {error}") from error
        description = BEFORE | description
        keys = [key for key in held.keys() | description.keys() if key in held or key not in NETWORKS]
        different = sorted(key for key in keys if held.get(key) != description.get(key))
        if different:
            key = different[0]
            raise MatchError(
                f"{self._path} is of another match: its {key} is {held.get(key)!r}, not {description.get(key)!r}; "
                "choose another folder"
            )

    def _write(self) -> None:
        write_file(self._path, "\n".join(self._lines) + "\n")


def _played(entry: dict[str, Any]) -> Played:
    """Return the game of a line of the results file; raises TypeError or ValueError if it is none."""
    played = Played(**entry)
    if type(played.number) is not int or played.first_color not in (BLACK, WHITE) or played.score not in (0, 0.5, 1):
        raise ValueError(f"{str(entry)[:80]} is no game")
    return played


@dataclass(frozen=True)
class Summary:
    """What a match came to, from the first player's side; equal games are counted once.

    games, wins, draws, losses: of the games that differ.  share: points per game, low and high its interval.
    black, white: points and games with each color.  failures: games that a player lost by failing, by player.
    """

    games: int
    wins: int
    draws: int
    losses: int
    share: float
    low: float
    high: float
    black: tuple[float, int]
    white: tuple[float, int]
    repeated: int
    failures: dict[str, int]


def summarize(played: Sequence[Played]) -> Summary:
    """Return what games came to."""
    counted = [game for game in played if not game.same_as]
    score = sum(game.score for game in counted)
    low, high = wilson(score, len(counted))
    by_color = {}
    for color in (BLACK, WHITE):
        scores = [game.score for game in counted if game.first_color == color]
        by_color[color] = (sum(scores), len(scores))
    return Summary(
        games=len(counted),
        wins=sum(game.score == 1 for game in counted),
        draws=sum(game.score == 0.5 for game in counted),
        losses=sum(game.score == 0 for game in counted),
        share=score / len(counted) if counted else 0.5,
        low=low,
        high=high,
        black=by_color[BLACK],
        white=by_color[WHITE],
        repeated=len(played) - len(counted),
        failures={who: sum(game.failed == who for game in played) for who in ("first", "second")},
    )

"""The games of a file, folder or archive as a list: who played, the result, the date, found by words."""

import re
from dataclasses import dataclass
from typing import Final

from gopolicy.records import properties as props
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.playlist import Playlist

PART: Final = 50  # games read at a time, so that the window stays alive
_TOKEN: Final = re.compile(r"([A-Za-z]+)\s*((?:\[(?:[^\]\\]|\\.)*\]\s*)+)|;", re.DOTALL)
_VALUE: Final = re.compile(r"\[((?:[^\]\\]|\\.)*)\]", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class GameHead:
    """What a list says of a game; index: its place in the playlist, source: the file it is in."""

    index: int
    black: str
    white: str
    result: str
    date: str
    event: str
    source: str

    @property
    def words(self) -> str:
        """Everything that a search looks at, in lower case."""
        return "\n".join((self.black, self.white, self.result, self.date, self.event, self.source)).lower()


def head_of(index: int, source: str, text: str) -> GameHead:
    """Return what the first node of a game's text says of it; the rest of the text is not read."""
    found: dict[str, list[str]] = {}
    nodes = 0
    for token in _TOKEN.finditer(text):
        nodes += token[1] is None
        if nodes > 1:
            break
        if token[1]:
            identifier = "".join(letter for letter in token[1] if letter.isupper())
            found.setdefault(identifier, [_ESCAPE.sub(r"\1", value) for value in _VALUE.findall(token[2])])
    first = {name: props.first_value(found, name) for name in ("PB", "BR", "PW", "WR", "RE", "DT", "EV")}
    black, white = f"{first['PB']} {first['BR']}".strip(), f"{first['PW']} {first['WR']}".strip()
    result = props.read_result(found) or first["RE"]
    return GameHead(index, black, white, result, first["DT"], first["EV"], source)


class GameList:
    """The games of a playlist, read on a part at a time and searched."""

    def __init__(self, playlist: Playlist) -> None:
        self._playlist = playlist
        self._heads: list[GameHead] = []
        self._words: list[str] = []
        self.is_complete = False

    @property
    def total(self) -> int:
        """How many games are known."""
        return len(self._heads)

    def read_on(self, most: int = PART) -> None:
        """Read up to `most` further games."""
        for _ in range(most):
            game = self._playlist.text_at(len(self._heads))
            if game is None:
                self.is_complete = True
                return
            head = head_of(len(self._heads), *game)
            self._heads.append(head)
            self._words.append(head.words)

    def matching(self, search: str, first: int = 0) -> list[GameHead]:
        """Return the games, from the first-th on, that hold every word: in players, result, date, event or file."""
        words = search.lower().split()
        found = range(first, len(self._heads))
        return [self._heads[i] for i in found if all(word in self._words[i] for word in words)]

    def summary(self, shown: int) -> str:
        """Return how many games are shown of how many: `12 of 340 games`."""
        text = tr("{shown} of {count} games", shown=shown, count=self.total)
        return text if self.is_complete else tr("{shown} of {count}+ games", shown=shown, count=self.total)

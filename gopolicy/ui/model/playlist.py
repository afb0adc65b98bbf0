"""What has been opened: a file, a folder or an archive with one game or many, stepped through lazily.

Games are read when they are reached, so that an archive of a hundred thousand opens at once.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

from gopolicy.records import RecordError
from gopolicy.records.encoding import decode
from gopolicy.records.sgf import parse_game, split_games
from gopolicy.records.sources import OnDrop, Source, read_sources, unpack_sources
from gopolicy.records.tree import GameTree
from gopolicy.records.tree_text import TreeText
from gopolicy.ui.model.language import tr

MOST_FAULTY: Final = 50  # give up on a source after so many unreadable games in a row


@dataclass(frozen=True)
class Opened:
    """A game that was reached: its tree, where it was found, and the file that holds nothing else (or None).

    text: of the tree, None before anything is known of it.
    """

    tree: GameTree
    name: str
    path: Path | None
    text: TreeText | None = None

    def with_text(self) -> Self:
        """Return it with its text made, which takes a while for a large tree."""
        text = TreeText(self.tree)
        text.whole()
        return replace(self, text=text)


class Playlist:
    """A source of games and the place in it; index is the game's, from 0, and -1 before anything is open."""

    def __init__(self, path: Path | None = None, encoding: str | None = None) -> None:
        self.path = path
        self.index = -1
        self._texts: list[tuple[str, bytes]] = []  # packed: an archive may hold a hundred thousand
        self._more: Iterator[tuple[str, str]] | None = None
        if path is not None:
            self._more = _games(lambda on_drop: read_sources(path, on_drop), path.name, encoding)

    @classmethod
    def of_data(cls, name: str, data: bytes, encoding: str | None = None) -> Self:
        """Return the games in the bytes of a file that is nowhere on disk."""
        playlist = cls()
        playlist._more = _games(lambda on_drop: unpack_sources(name, data, on_drop), name, encoding)
        return playlist

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Return the games of a text from the clipboard; raise RecordError if there is none."""
        playlist = cls()
        playlist._more = ((tr("pasted game"), game) for game in split_games(text))
        if not playlist._reach(0):
            raise RecordError(tr("the clipboard holds no SGF record"))
        return playlist

    @property
    def title(self) -> str:
        """Which game of how many, as far as they are known; "" for a single game."""
        known = len(self._texts)
        if known < 2:
            return ""
        text = tr("game {number} of {total}", number=self.index + 1, total=known)
        return f"{text}+" if self.has_more else text

    @property
    def has_more(self) -> bool:
        """Whether there may be games behind those that are known."""
        return self._more is not None

    def step(self, by: int) -> Opened:
        """Go to the next (1) or previous (-1) readable game; raise RecordError, and stay, if there is none."""
        index = self.index + by
        problem: RecordError | None = None
        for _ in range(MOST_FAULTY):
            if index < 0 or not self._reach(index):
                break
            try:
                return self.go_to(index)
            except RecordError as error:
                problem = error
                index += by
        if problem is not None and self.index < 0:
            raise problem
        raise RecordError(tr("no next game here") if by > 0 else tr("no earlier game here"))

    def go_to(self, index: int) -> Opened:
        """Go to the game at a place; raise RecordError, and stay, if there is none or it cannot be read."""
        if index < 0 or not self._reach(index):
            raise RecordError(tr("there is no game {number} here", number=index + 1))
        name, text = self._unpacked(index)
        tree = parse_game(text)
        self.index = index
        self._reach(index + 1)
        return Opened(tree, name, self.path if self._is_single else None)

    def text_at(self, index: int) -> tuple[str, str] | None:
        """Return the name and the text of game `index`, None where there is none."""
        return self._unpacked(index) if self._reach(index) else None

    def _unpacked(self, index: int) -> tuple[str, str]:
        name, packed = self._texts[index]
        return name, zlib.decompress(packed).decode("utf-8", "surrogatepass")

    @property
    def _is_single(self) -> bool:
        return self.path is not None and self.path.suffix.lower() == ".sgf" and len(self._texts) == 1

    def _reach(self, index: int) -> bool:
        """Read on until game `index` is known; return whether there is one."""
        while len(self._texts) <= index and self._more is not None:
            game = next(self._more, None)
            if game is None:
                self._more = None
            else:
                self._texts.append((game[0], zlib.compress(game[1].encode("utf-8", "surrogatepass"), 1)))
        return index < len(self._texts)


def _games(read: Callable[[OnDrop], Iterator[Source]], name: str, encoding: str | None) -> Iterator[tuple[str, str]]:
    """Yield (name, text) of every game that `read` finds; raise RecordError, naming `name`, if none is there."""
    problems: list[str] = []
    found = False
    for source in read(lambda dropped, reason: problems.append(f"{dropped}: {reason}")):
        for text in split_games(decode(source.data, encoding)):
            found = True
            yield source.name, text
    if not found:
        raise RecordError(problems[0] if problems else tr("{file}: no SGF data found", file=name))


def is_record(path: Path) -> bool:
    """Return whether a file is named as a record is, and not hidden, as what macOS writes beside each."""
    return path.suffix.lower() == ".sgf" and not path.name.startswith(".")


def neighbor(path: Path, by: int) -> Path:
    """Return the next (1) or previous (-1) .sgf file of the same folder; raise RecordError if there is none."""
    try:
        files = sorted(file for file in path.parent.iterdir() if is_record(file))
    except OSError as error:
        raise RecordError(f"{path.parent}: {error.strerror}") from error
    place = files.index(path) + by if path in files else -1
    if not 0 <= place < len(files):
        raise RecordError(tr("no next record in this folder") if by > 0 else tr("no earlier record in this folder"))
    return files[place]

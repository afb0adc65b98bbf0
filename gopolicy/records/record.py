"""A record: the main line of a game as data, with what its file says about players, komi and result."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gopolicy.go import events as ev
from gopolicy.go.coords import BLACK, WHITE, Color, Move, Point, Size
from gopolicy.go.game import Game
from gopolicy.limits import MAX_EVENTS, MAX_GAMES
from gopolicy.records.encoding import decode
from gopolicy.records.line import UNREADABLE_MOVE, soundness
from gopolicy.records.problems import NO_SGF, TOO_LONG, RecordError, reason_of
from gopolicy.records.properties import read_player
from gopolicy.records.sgf import parse_game, split_games
from gopolicy.records.sources import OnDrop, read_sources
from gopolicy.records.tree import GameTree

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Record:
    """The main line of a game, as far as the rules allow it, and the game information.

    size: lines of the board, or (columns, rows) where these differ.
    events: uint16 `[k]`, read-only, see `gopolicy.go.events`; they replay from the empty board without fault.
    komi, handicap: points given to White; stones counted by the record, 0 for none.
    result: as SGF writes it (B+R, W+3.5, 0, Void), "" if unknown.
    black, white, black_rank, white_rank, date, rules: as written, "" where the record has none.
    source: where the record was found, such as `kgs.tar.gz: 2017-01-31-12.sgf` or `x.sgf game 3`.
    to_play: the color that the record names (PL) or wanted to play after the last event, None if it says nothing.
    cut: why the record goes on but `events` do not: occupied, ko, suicide, setup without liberties, unreadable
        move; None for a whole record.
    warnings: what the reader repaired, guessed or cut.
    """

    size: Size
    events: NDArray[np.uint16]
    komi: float = 7.5
    handicap: int = 0
    result: str = ""
    black: str = ""
    white: str = ""
    black_rank: str = ""
    white_rank: str = ""
    date: str = ""
    rules: str = ""
    source: str = ""
    to_play: Color | None = None
    cut: str | None = None
    warnings: tuple[str, ...] = ()

    @classmethod
    def from_tree(cls, tree: GameTree, source: str = "") -> "Record":
        """Return the main line of `tree`, cut before the first move that is illegal or unreadable."""
        events: list[int] = []
        warnings = list(tree.warnings)
        cut: str | None = None
        to_play: Color | None = None
        for node in tree.main_line():
            if node.fault:
                cut = UNREADABLE_MOVE
                break
            events += node.events
            to_play = None if node.turn else read_player(node.properties) or to_play
        if len(events) > MAX_EVENTS:
            raise RecordError(f"{TOO_LONG}: more than {MAX_EVENTS:,} moves and setup stones")
        line = np.array(events, np.uint16)
        sound = soundness(tree.size, line)
        if sound.warning:
            cut, to_play = sound.cut, None
            warnings.append(sound.warning)
            if not ev.is_setup(events[sound.length]):
                to_play = ev.event_color(events[sound.length])
        line = line[: sound.length]
        line.flags.writeable = False
        return cls(
            size=tree.size,
            events=line,
            komi=tree.komi,
            handicap=tree.handicap,
            result=tree.result,
            black=tree.names[BLACK],
            white=tree.names[WHITE],
            black_rank=tree.ranks[BLACK],
            white_rank=tree.ranks[WHITE],
            date=tree.date,
            rules=tree.rules,
            source=source,
            to_play=to_play,
            cut=cut,
            warnings=tuple(warnings),
        )

    @property
    def cut_text(self) -> str:
        """Where `events` end and why, for people: what `cut` is for programs; "" for a whole record."""
        if not self.cut:
            return ""
        unreadable = (text for text in self.warnings if text.startswith(UNREADABLE_MOVE))  # the main line's come first
        why = next(unreadable) if self.cut == UNREADABLE_MOVE else self.warnings[-1]
        return f"cut after move {self.turns}: {why}"

    @property
    def turns(self) -> int:
        """The number of turns, passes included, setup stones not."""
        return int(np.count_nonzero(self.events < ev.SETUP))

    @property
    def digest(self) -> bytes:
        """16 bytes that differ between records with different boards or events, the same on every machine."""
        size = bytes([self.size] if isinstance(self.size, int) else self.size)
        return blake2b(size + self.events.astype("<u2").tobytes(), digest_size=16).digest()

    def replay(self) -> Iterator[tuple[Game, Move]]:
        """Yield (game before the turn, move) for every turn; the move is a point, or None for a pass.

        The game's `to_play` is the color of the turn.  Each game is independent of the others.
        """
        game = Game(self.size, komi=self.komi)
        setup: dict[Point, Color] = {}
        for event in self.events.tolist():
            color, move = ev.event_color(event), ev.event_move(event)
            if ev.is_setup(event):
                assert move is not None
                setup[move] = color
                continue
            if setup:
                game.set_stones(setup)
                setup = {}
            game.to_play = color
            yield game.copy(), move
            game.play(move, color)

    def before(self, turn: int) -> tuple[Game, Move]:
        """Return (game before a turn, from 1 on, its move); 1 behind the last turn is the end, its move None.

        Raises RecordError for any other number.
        """
        if not 1 <= turn <= self.turns + 1:
            cut = f"; {self.cut_text}" if self.cut else ""
            raise RecordError(
                f"no move {turn}: the game has moves 1 to {self.turns}, and {self.turns + 1} follows{cut}"
            )
        game = self.final_game()
        return game.before(turn), game.moves[turn - 1][1] if turn <= self.turns else None

    def final_game(self) -> Game:
        """Return the game after everything; its turn is what the record says, or what the last turn makes it."""
        game = Game.from_events(self.size, self.events, komi=self.komi)
        game.to_play = self.to_play or ev.to_play_after(self.events)
        return game


def read_records(path: str | Path, *, on_drop: OnDrop | None = None, encoding: str | None = None) -> Iterator[Record]:
    """Yield every game of a file, a folder or an archive (zip, tar, also compressed), in a fixed order.

    A game that cannot be read, for whatever reason, is given to `on_drop(source, reason)` and skipped; the default
    logs one line.
    The countable part of a reason is `problems.phrase(reason)`.
    encoding: read all text so; default: detect it for each file.
    Raises RecordError, before the first record, if there is no such path or no such encoding.
    """
    drop = _log_drop if on_drop is None else on_drop
    return parsed_records(read_texts(path, on_drop=drop, encoding=encoding), drop)


def read_texts(path: str | Path, *, on_drop: OnDrop, encoding: str | None = None) -> Iterator[tuple[str, str]]:
    """Yield (source, SGF text) of every game under a path, unparsed: what `read_records` does before parsing.

    Raises RecordError, before the first game, if there is no such path or no such encoding.
    """
    decode(b"", encoding)
    sources = read_sources(path, on_drop)
    return (game for name, data in sources for game in named_games(name, decode(data, encoding), on_drop))


def _log_drop(source: str, reason: str) -> None:
    log.warning("%s: %s", source, reason)


def parsed_records(texts: Iterable[tuple[str, str]], on_drop: OnDrop) -> Iterator[Record]:
    """Yield the record of each (source, SGF text); whatever a game raises is given to `on_drop`, and it is skipped."""
    for source, text in texts:
        try:
            record = Record.from_tree(parse_game(text), source)
        except Exception as error:
            on_drop(source, reason_of(error))
        else:
            yield record


def named_games(name: str, text: str, drop: OnDrop) -> Iterator[tuple[str, str]]:
    """Yield (source, SGF text) of each game in the text of a file; they are numbered where there is more than one."""
    games = islice(split_games(text), MAX_GAMES)
    first, second = next(games, None), next(games, None)
    if first is None:
        drop(name, NO_SGF)
    elif second is None:
        yield name, first
    else:
        yield f"{name} game 1", first
        yield f"{name} game 2", second
        for number, game in enumerate(games, start=3):
            yield f"{name} game {number}", game

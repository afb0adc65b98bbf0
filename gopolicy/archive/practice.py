"""Practice from one's own games: positions with a clear move that was not played, repeated at growing intervals.

The intervals come from FSRS, a scheduler for spaced repetition (the `fsrs` package, extra `practice`).  A deck is one
JSON file, written after every answer, so that a killed process loses none, and read again before, so that several
processes can practice from it.
"""

import hashlib
import importlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
import platformdirs

from gopolicy.errors import GopolicyError
from gopolicy.files import FileError, display_name, write_file
from gopolicy.folder_lock import FolderLock, FolderLockError
from gopolicy.go.coords import BLACK, BOARD_SIZE, COLOR_NAMES, WHITE, Color, Move, Point, to_vertex
from gopolicy.go.game import Game
from gopolicy.prediction import Candidate
from gopolicy.records.corpus import Corpus
from gopolicy.records.tree import GameTree

if TYPE_CHECKING:
    from gopolicy.archive.surprises import SurprisingMove

VERSION: Final = 1
LOCK_SECONDS: Final = 5.0  # an answer is written in a moment; who takes longer is at other work in the folder
LEAST_BITS: Final = 6.0  # surprise from which a move that was played becomes a problem
CLEAR: Final = 0.3  # least probability of the top move of a problem
ALSO_GOOD: Final = 0.5  # of the top move's probability: an answer from here on is no mistake


class PracticeError(GopolicyError, ValueError):
    """A deck that cannot be used, or a scheduler that is not installed; the text says what to do."""


@dataclass(frozen=True)
class Problem:
    """A position to find the move in.

    black, white: the stones.  last: the opponent's last move, None if unknown.
    played: what was played in the game, None for nothing.
    candidates: (point, probability) of the most probable moves, the top one first.  source: the game, in words.
    """

    black: tuple[Point, ...]
    white: tuple[Point, ...]
    to_play: Color
    last: Point | None
    played: Point | None
    candidates: tuple[tuple[Point, float], ...]
    source: str

    @classmethod
    def at(cls, game: Game, played: Move, candidates: Iterable[Candidate], source: str) -> Self:
        """Return the problem of a 19x19 position; the first of its candidates is the answer."""
        colors = game.board.colors.reshape(-1)
        black, white = (tuple(np.flatnonzero(colors == color).tolist()) for color in (BLACK, WHITE))
        last = game.last_turn[1] if game.last_turn else None
        points = tuple((c.move, c.probability) for c in candidates if c.move is not None)
        return cls(black, white, game.to_play, last, played, points, source)

    @classmethod
    def of(cls, corpus: Corpus, move: "SurprisingMove") -> Self:
        """Return the problem of a surprising move."""
        game, _ = corpus.game_before(move.game, move.target)
        players = " - ".join(corpus.player(move.game, color) or "?" for color in (BLACK, WHITE))
        source = f"{corpus.index['year'][move.game] or ''} {players}, move {move.judged.number}".strip()
        return cls.at(game, move.judged.move, move.judged.candidates, source)

    @property
    def position(self) -> str:
        """A name of the stones and the player: of two problems with one position a deck keeps the first."""
        text = repr((self.black, self.white, self.to_play))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def game(self) -> Game:
        """The position."""
        game = Game(BOARD_SIZE)
        game.set_stones(dict.fromkeys(self.black, BLACK) | dict.fromkeys(self.white, WHITE))
        game.to_play = self.to_play
        return game

    @property
    def is_clear(self) -> bool:
        """Whether one move stands out."""
        return bool(self.candidates) and self.candidates[0][1] >= CLEAR

    def grade(self, answer: Point | None) -> str:
        """Return the name of an answer's rating: Good for the top move, Hard for one nearly as probable, else Again."""
        probability = dict(self.candidates).get(answer, 0.0) if answer is not None else 0.0
        if self.candidates and answer == self.candidates[0][0]:
            return "Good"
        return "Hard" if probability >= ALSO_GOOD * self.candidates[0][1] else "Again"

    def as_tree(self) -> GameTree:
        """Return the problem as an SGF tree: the position, the candidates as variations, the game's move last."""
        tree = GameTree.from_game(self.game)
        tree.root.comment = f"{COLOR_NAMES[self.to_play].capitalize()} to play. {self.source}"
        for point, probability in self.candidates:
            node = tree.add_move(tree.root, self.to_play, point)
            node.comment = f"{to_vertex(point, BOARD_SIZE)}: {probability:.0%}"
        if self.played is not None:
            node = tree.add_move(tree.root, self.to_play, self.played)
            node.comment = f"{node.comment}\n\nPlayed in the game.".strip()
        return tree


class Deck:
    """Problems with the state of their cards, in a file.

    problems: by name.  cards: what FSRS remembers of each, by the same names.
    """

    def __init__(self, path: Path) -> None:
        """Open or begin a deck; raises PracticeError, naming the file, if it cannot be read."""
        self.path = path
        self.problems: dict[str, Problem] = {}
        self.cards: dict[str, dict[str, Any]] = {}
        self._fsrs = _fsrs()
        if path.exists():
            self._read()

    def _read(self) -> None:
        try:
            stored = json.loads(self.path.read_text(encoding="utf-8"))
            version = stored["version"]
            if version == VERSION:
                problems = {name: _problem(values) for name, values in stored["problems"].items()}
                cards = {name: dict(stored["cards"][name]) for name in problems}
                for card in cards.values():
                    self._fsrs.Card.from_dict(card)
                self.problems |= problems
                self.cards |= cards
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise PracticeError(
                f"{display_name(self.path)}: cannot be read as a deck: {error}; move it away to begin anew"
            ) from None
        if version != VERSION:
            raise PracticeError(f"{display_name(self.path)}: deck version {version}, this gopolicy reads {VERSION}")

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Have what other processes wrote meanwhile while the context changes the deck, and write it at its end.

        Raises PracticeError for a deck that cannot be read any more, FileError for one that cannot be written.
        """
        try:
            lock = FolderLock(self.path.parent, wait_seconds=LOCK_SECONDS)
        except FolderLockError:
            raise
        except OSError as error:
            raise FileError(f"{display_name(self.path)}: cannot be written: {error.strerror}") from None
        with lock:
            if self.path.exists():
                self._read()
            yield
            self.save()

    def save(self) -> None:
        """Write the deck as it is here; raises FileError."""
        problems = {name: asdict(problem) for name, problem in self.problems.items()}
        write_file(self.path, json.dumps({"version": VERSION, "problems": problems, "cards": self.cards}))

    def add(self, corpus: Corpus, moves: "Iterable[SurprisingMove]", most: int) -> int:
        """Add up to `most` clear problems that the deck does not hold yet; return how many."""
        problems = (Problem.of(corpus, move) for move in moves)
        return self.add_problems((problem for problem in problems if problem.is_clear), most)

    def add_problems(self, problems: Iterable[Problem], most: int | None = None) -> int:
        """Add up to `most` problems whose positions the deck does not hold yet, and save; return how many."""
        new = self._new(problems, most)  # which takes its time, before others must wait
        with self._changing():
            new = self._new(new.values(), most)
            self.problems |= new
            self.cards |= {name: self._fsrs.Card().to_dict() for name in new}
        return len(new)

    def _new(self, problems: Iterable[Problem], most: int | None) -> dict[str, Problem]:
        """Return up to `most` problems whose positions the deck does not hold, by position."""
        known = {problem.position for problem in self.problems.values()}
        new: dict[str, Problem] = {}
        for problem in problems:
            if len(new) == most:
                break
            if problem.position not in known:
                new.setdefault(problem.position, problem)
        return new

    def due(self, now: datetime | None = None) -> list[str]:
        """Return the names of the problems that are due, the longest due first."""
        now = now or datetime.now(UTC)
        at = {name: datetime.fromisoformat(card["due"]) for name, card in self.cards.items()}
        return sorted((name for name in at if at[name] <= now), key=lambda name: at[name])

    def answer(self, name: str, move: Point | None, now: datetime | None = None) -> str:
        """Grade an answer, None for none, schedule the problem anew, save, and return the rating's name."""
        scheduler = self._fsrs.Scheduler(enable_fuzzing=False)
        with self._changing():
            grade = self.problems[name].grade(move)
            card = self._fsrs.Card.from_dict(self.cards[name])
            card, _ = scheduler.review_card(card, self._fsrs.Rating[grade], now or datetime.now(UTC))
            self.cards[name] = card.to_dict()
        return grade


def default_deck() -> Path:
    """Return where a deck is kept unless the user says otherwise; the folder is made."""
    folder = Path(platformdirs.user_data_dir("gopolicy", appauthor=False))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PracticeError(f"{folder}: cannot be made: {error.strerror}; name a file with --deck") from None
    return folder / "practice.json"


def _problem(values: dict[str, Any]) -> Problem:
    stones = {color: tuple(values[color]) for color in ("black", "white")}
    candidates = tuple((int(point), float(probability)) for point, probability in values["candidates"])
    return Problem(**values | stones | {"candidates": candidates})


def _fsrs() -> Any:
    try:
        return importlib.import_module("fsrs")
    except ImportError:
        raise PracticeError("practice needs the fsrs package: pip install 'gopolicy[practice]'") from None

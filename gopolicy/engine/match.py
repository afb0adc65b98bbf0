"""Matches: many games between two players.

A game ends by two passes, a resignation, too many moves, or a player's failure.  A player that plays an
illegal move, ends, hangs or answers nonsense has lost that game, and the reason is kept; the match goes on,
unless the same player fails several times in a row.  Of equal games only the first counts for the result,
because two players without chance would repeat themselves for ever.  Several tables play side by side.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import Any, Final, Protocol

from gopolicy.engine.match_results import RESULTS_FILE, MatchError, Played, ResultsFile
from gopolicy.engine.players import RESIGN, Player, PlayerError
from gopolicy.files import write_file
from gopolicy.folder_lock import FolderLock
from gopolicy.go.board import IllegalMoveError
from gopolicy.go.coords import BLACK, WHITE, Color, Point, opponent, to_vertex
from gopolicy.go.game import Game
from gopolicy.go.scoring import AREA, ScoringRules, format_score, score
from gopolicy.records.tree import GameTree

FAILURES_IN_A_ROW: Final = 3
LETTERS: Final = {BLACK: "B", WHITE: "W"}


class Referee(Protocol):
    """Somebody who can score a finished game."""

    def final_score(self, game: Game) -> str:
        """Return the score as SGF writes it, such as `B+3.5`.  Raises PlayerError."""

    def close(self) -> None:
        """End whatever the referee runs."""


@dataclass(frozen=True)
class Result:
    """How a game ended.

    winner: None for a draw.  result: as SGF writes it.  reason: how that came about, in words.
    failed: the color whose player failed, None if neither did.
    """

    winner: Color | None
    result: str
    reason: str
    failed: Color | None = None


@dataclass(frozen=True)
class Setting:
    """What all games of a match share.

    openings: positions to start from, each for two games with colors changed; the empty board if there are none.
    max_moves: after so many the game is scored as it stands.  rules: by which it is scored without a referee;
    rules_name: what records call them.
    """

    games: int
    openings: Sequence[Game] = ()
    komi: float = 7.5
    max_moves: int = 722
    rules: ScoringRules = AREA
    rules_name: str = ""

    def start(self, number: int) -> Game:
        """Return the position that game `number` (from 1) starts from."""
        if not self.openings:
            return Game(komi=self.komi)
        game = self.openings[(number - 1) // 2 % len(self.openings)].copy()
        game.komi = self.komi
        return game


def play_game(
    players: dict[Color, Player],
    game: Game,
    *,
    max_moves: int,
    referee: Referee | None = None,
    rules: ScoringRules = AREA,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Result | None:
    """Play `game` to its end and return how it ended; the game holds its moves then.

    is_stopped: asked before each move; the game stays as it is, and None is returned, once it returns True.
    """
    while not game.is_over and len(game.moves) < max_moves:
        if is_stopped():
            return None
        color = game.to_play
        try:
            move = players[color].genmove(game, color)
        except PlayerError as error:
            return _forfeit(color, str(error))
        if move == RESIGN:
            winner = opponent(color)
            return Result(winner, f"{LETTERS[winner]}+R", "resignation")
        assert move is None or isinstance(move, int)
        try:
            game.play(move)
        except IllegalMoveError as error:
            return _forfeit(color, f"{to_vertex(move, game.size)} is illegal: {error.reason}")
    return _scored(game, referee, rules)


def _forfeit(color: Color, reason: str) -> Result:
    winner = opponent(color)
    return Result(winner, f"{LETTERS[winner]}+F", reason, failed=color)


def _scored(game: Game, referee: Referee | None, rules: ScoringRules) -> Result:
    how = "two passes" if game.is_over else f"{len(game.moves)} moves"
    if referee is not None:
        try:
            text = referee.final_score(game).strip()
        except PlayerError as error:
            how += f", referee failed ({error})"
        else:
            winner = {"B": BLACK, "W": WHITE}.get(text[:1].upper())
            if text == "0" or (winner is not None and text[1:2] == "+"):
                return Result(winner, text, f"{how}, scored by the referee")
            how += f", referee said {text[:40]!r}"
    from gopolicy.policy import Settler

    settled = Settler(None).at_once(game)
    dead = settled.dead if game.is_over else frozenset[Point]()
    points = score(game.board, game.komi, rules, dead=dead, seki=settled.seki)
    winner = BLACK if points > 0 else WHITE if points < 0 else None
    what = f"{len(dead)} dead stones taken off" if dead else "all stones alive"
    return Result(winner, format_score(points), f"{how}, {'territory' if rules.territory else 'area'}, {what}")


@dataclass(frozen=True)
class Table:
    """Two players who play some of a match's games, and who scores them; no player sits at two tables."""

    first: Player
    second: Player
    referee: Referee | None = None

    def close(self) -> None:
        """End whatever the players and the referee run."""
        for player in (self.first, self.second, self.referee):
            if player is not None:
                player.close()


def play_match(
    tables: Sequence[Table],
    setting: Setting,
    folder: Path,
    *,
    description: dict[str, Any] | None = None,
    on_progress: Callable[[Played], None] = lambda played: None,
) -> list[Played]:
    """Play the games that `folder` does not hold yet; return all by number, those that it holds included.

    tables: one or more of equal players; they play at the same time, each in a thread.
    folder: gets one SGF file a game and RESULTS_FILE; made if it is missing.
    description: what tells this match from others; a folder with another one is refused.
    on_progress: called after each game.
    Raises FolderLockError if another process plays in the folder, MatchError if it is of another match, and if a
    player fails FAILURES_IN_A_ROW times.  However it ends, no game is being played afterwards; after
    KeyboardInterrupt the players are closed.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise MatchError(f"{folder} is a file, which holds no games: choose a folder") from None
    # Another process would write over our results.
    with closing(FolderLock(folder)):
        match = _Match(setting, folder, ResultsFile(folder / RESULTS_FILE, description or {}), on_progress)
        # Its end waits for the threads: one that is still inside torch would abort the interpreter's end.
        with ThreadPoolExecutor(len(tables)) as threads:
            try:
                wait([threads.submit(match.play_at, table) for table in tables])
            except BaseException:
                match.end()
                for table in tables:
                    table.close()  # an engine that thinks would be waited for
                raise
    if match.error:
        raise match.error
    return sorted(match.results.played, key=lambda played: played.number)


class _Match:
    """A match under way; its methods are called by the threads of the tables.

    results: the games that are over.  error: what ended the match, if anything did.
    """

    def __init__(
        self, setting: Setting, folder: Path, results: ResultsFile, on_progress: Callable[[Played], None]
    ) -> None:
        self.results = results
        self.error: BaseException | None = None
        self._setting, self._folder, self._on_progress = setting, folder, on_progress
        held = {entry.number for entry in results.played}
        self._numbers = [number for number in range(setting.games, 0, -1) if number not in held]  # the next one last
        self._failures = {"first": 0, "second": 0}
        self._lock = Lock()
        self._ended = False

    def play_at(self, table: Table) -> None:
        """Play games at a table until none is left or the match is ended."""
        try:
            while number := self._next():
                self._play(table, number)
        except BaseException as error:  # noqa: BLE001 - handed on to who waits
            self.error = self.error or error
            self.end()

    def end(self) -> None:
        """Begin no further game, and keep none that is still being played."""
        with self._lock:
            self._ended = True

    def _next(self) -> int:
        with self._lock:
            return 0 if self._ended or not self._numbers else self._numbers.pop()

    def _play(self, table: Table, number: int) -> None:
        first_color = BLACK if number % 2 else WHITE
        players = {first_color: table.first, opponent(first_color): table.second}
        game = self._setting.start(number)
        for player in players.values():
            player.prepare(number)
        setting = self._setting
        result = play_game(
            players,
            game,
            max_moves=setting.max_moves,
            referee=table.referee,
            rules=setting.rules,
            is_stopped=lambda: self._ended,
        )
        with self._lock:
            if result and not self._ended:
                self._keep(_entry(number, first_color, game, result, self.results.played), players, game, result)

    def _keep(self, entry: Played, players: dict[Color, Player], game: Game, result: Result) -> None:
        _write_record(self._folder / f"game_{entry.number:04}.sgf", players, game, result, self._setting)
        self.results.add(entry)
        self._on_progress(entry)
        self._failures = {who: count + 1 if entry.failed == who else 0 for who, count in self._failures.items()}
        if max(self._failures.values()) == FAILURES_IN_A_ROW:
            raise MatchError(f"the {entry.failed} player failed {FAILURES_IN_A_ROW} games in a row: {entry.reason}")


def _entry(number: int, first_color: Color, game: Game, result: Result, played: list[Played]) -> Played:
    digest = blake2b(bytes([first_color]) + game.events.tobytes(), digest_size=16).hexdigest()
    same = next((other.number for other in played if other.digest == digest and not other.same_as), 0)
    failed = "" if result.failed is None else "first" if result.failed == first_color else "second"
    score = 0.5 if result.winner is None else float(result.winner == first_color)
    return Played(number, first_color, score, result.result, result.reason, len(game.moves), digest, failed, same)


def _write_record(path: Path, players: dict[Color, Player], game: Game, result: Result, setting: Setting) -> None:
    tree = GameTree.from_game(game)
    tree.rules, tree.date = setting.rules_name, time.strftime("%Y-%m-%d")
    tree.names = {color: player.name for color, player in players.items()}
    tree.result = result.result
    tree.main_line()[-1].comment = f"{result.result}: {result.reason}"
    write_file(path, tree.to_sgf())

"""Games and matches between scripted players, real processes included."""

import json
import signal
import sys
import threading
from contextlib import closing

import pytest
from diagrams import parse_diagram
from fakes import FINISHED, ScriptedPlayer

from gopolicy.engine.match import Setting, Table, play_game, play_match
from gopolicy.engine.match_results import RESULTS_FILE, MatchError, summarize
from gopolicy.engine.players import GtpPlayer, PlayerError
from gopolicy.folder_lock import FolderLock, FolderLockError
from gopolicy.go.coords import BLACK, WHITE
from gopolicy.go.game import Game
from gopolicy.go.scoring import TERRITORY
from gopolicy.records import read_records
from gopolicy.records.sgf import read_trees


class Referee:
    def __init__(self, answer):
        self.answer = answer

    def final_score(self, game):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def play(black, white, *, max_moves=722, referee=None):
    game = Game()
    return play_game(
        {BLACK: ScriptedPlayer(black), WHITE: ScriptedPlayer(white)}, game, max_moves=max_moves, referee=referee
    ), game


@pytest.mark.parametrize(
    ("black", "white", "result", "reason", "failed"),
    [
        (["Q16"], [], "B+353.5", "two passes, area, all stones alive", None),
        ([], [], "W+7.5", "two passes, area, all stones alive", None),
        (["Q16", "resign"], [], "W+R", "resignation", None),
        (["Q16"], ["Q16"], "B+F", "Q16 is illegal: occupied", WHITE),
        ([PlayerError("black fell asleep")], [], "W+F", "black fell asleep", BLACK),
    ],
)
def test_how_games_end(black, white, result, reason, failed):
    found, _ = play(black, white)
    assert (found.result, found.reason, found.failed) == (result, reason, failed)


def test_dead_stones_are_taken_off_before_a_finished_game_is_scored():
    board, _ = parse_diagram(FINISHED)
    game = Game()
    game.set_stones({point: board.color_at(point) for point in range(361) if board.color_at(point)})
    game.to_play = BLACK
    players = {BLACK: ScriptedPlayer(), WHITE: ScriptedPlayer()}
    found = play_game(players, game.copy(), max_moves=9)
    assert (found.result, found.reason) == ("B+11.5", "two passes, area, 2 dead stones taken off")
    found = play_game(players, game, max_moves=9, rules=TERRITORY)
    assert (found.result, found.reason) == ("B+2.5", "two passes, territory, 2 dead stones taken off")


def test_a_long_game_is_scored_as_it_stands():
    found, game = play(["A1", "A2", "A3"], ["T1", "T2", "T3"], max_moves=4)
    assert len(game.moves) == 4
    assert (found.result, found.reason) == ("W+7.5", "4 moves, area, all stones alive")


@pytest.mark.parametrize(
    ("answer", "result", "reason"),
    [
        ("W+3.5", "W+3.5", "two passes, scored by the referee"),
        ("0", "0", "two passes, scored by the referee"),
        ("who knows", "W+7.5", "two passes, referee said 'who knows', area, all stones alive"),
        (PlayerError("gone"), "W+7.5", "two passes, referee failed (gone), area, all stones alive"),
    ],
)
def test_referees(answer, result, reason):
    found, _ = play([], [], referee=Referee(answer))
    assert (found.result, found.reason) == (result, reason)
    assert found.winner == (None if answer == "0" else WHITE)


class Chance(ScriptedPlayer):
    """Plays a point that depends on the number of the game, then passes."""

    def prepare(self, number):
        self._vertices = [f"{'ABCDEFGHJ'[number]}{3 if self.name == 'one' else 4}"]


def test_a_match_is_kept_resumed_and_summed_up(tmp_path):
    one, two = Chance(name="one"), Chance(name="two")
    told = []
    play_match([Table(one, two)], Setting(2), tmp_path, description={"first": "one"}, on_progress=told.append)
    assert [played.number for played in told] == [1, 2] and [played.first_color for played in told] == [BLACK, WHITE]
    with (tmp_path / RESULTS_FILE).open("a") as file:
        file.write('{"number": 3, "inter')
    played = play_match(
        [Table(one, two)],
        Setting(4, rules_name="chinese"),
        tmp_path,
        description={"first": "one"},
        on_progress=told.append,
    )
    assert read_trees((tmp_path / "game_0004.sgf").read_bytes())[0].rules == "chinese"
    assert [entry.number for entry in told] == [1, 2, 3, 4] and played == told
    assert len((tmp_path / RESULTS_FILE).read_text().splitlines()) == 5
    records = sorted(read_records(tmp_path), key=lambda record: record.source)
    assert [(record.black, record.white, record.result) for record in records] == [
        ("one", "two", "W+7.5"),
        ("two", "one", "W+7.5"),
    ] * 2
    summary = summarize(played)
    assert (summary.games, summary.wins, summary.losses, summary.draws) == (4, 2, 2, 0)
    assert (summary.black, summary.white, summary.share) == ((0, 2), (2, 2), 0.5)


def test_another_match_in_the_same_folder_is_refused(tmp_path):
    players = ScriptedPlayer(), ScriptedPlayer()
    play_match([Table(*players)], Setting(1), tmp_path, description={"komi": 7.5})
    with pytest.raises(MatchError, match=r"results.jsonl is of another match: its komi is 7.5, not 6.5"):
        play_match([Table(*players)], Setting(1), tmp_path, description={"komi": 6.5})
    (tmp_path / RESULTS_FILE).write_text("{}\n[]\n")
    with pytest.raises(MatchError, match="is no results file"):
        play_match([Table(*players)], Setting(1), tmp_path)


def test_a_match_from_before_history_was_a_setting_goes_on(tmp_path):
    players = ScriptedPlayer(), ScriptedPlayer()
    play_match([Table(*players)], Setting(1), tmp_path, description={"seed": "none"})
    now = {"seed": "none", "history": "1.0"}
    assert [played.number for played in play_match([Table(*players)], Setting(2), tmp_path, description=now)] == [1, 2]
    with pytest.raises(MatchError, match=r"its history is '1.0', not 'auto'"):
        play_match([Table(*players)], Setting(2), tmp_path, description=now | {"history": "auto"})


def test_a_match_goes_on_with_the_same_networks_only(tmp_path):
    tables = [Table(ScriptedPlayer(), ScriptedPlayer())]
    for known, folder in (({}, tmp_path / "old"), ({"first_network": "1a2b"}, tmp_path / "new")):
        play_match(tables, Setting(1), folder, description={"first": "net"} | known)
    now = {"first": "net", "first_network": "3c4d"}
    assert len(play_match(tables, Setting(2), tmp_path / "old", description=now)) == 2  # whose networks nobody knows
    with pytest.raises(MatchError, match="its first_network is '1a2b', not '3c4d'"):
        play_match(tables, Setting(2), tmp_path / "new", description=now)


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"", b"[]\n", b"{}\n{}\n", b"{}\n[1]\n", b"[" * 100_000 + b"\n"])
def test_what_is_no_results_file_is_left_alone(tmp_path, data):
    (tmp_path / RESULTS_FILE).write_bytes(data)
    with pytest.raises(MatchError, match="results.jsonl is no results file"):
        play_match([Table(ScriptedPlayer(), ScriptedPlayer())], Setting(1), tmp_path)
    assert (tmp_path / RESULTS_FILE).read_bytes() == data and len(list(tmp_path.iterdir())) == 1


def test_a_file_is_no_folder_for_games(tmp_path):
    (tmp_path / "games").write_text("mine")
    with pytest.raises(MatchError, match="games is a file, which holds no games: choose a folder"):
        play_match([Table(ScriptedPlayer(), ScriptedPlayer())], Setting(1), tmp_path / "games")


def test_two_processes_do_not_play_in_one_folder(tmp_path):
    with closing(FolderLock(tmp_path)), pytest.raises(FolderLockError, match="another process is at work in it"):
        play_match([Table(ScriptedPlayer(), ScriptedPlayer())], Setting(1), tmp_path)
    assert len(play_match([Table(ScriptedPlayer(), ScriptedPlayer())], Setting(1), tmp_path)) == 1


class Interrupting(ScriptedPlayer):
    """Interrupts the main thread at the first move of the second game, and plays on when it is closed."""

    def __init__(self):
        super().__init__()
        self.number, self.closed = 0, threading.Event()

    def prepare(self, number):
        self.number = number

    def genmove(self, game, color):
        if self.number == 2:
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            assert self.closed.wait(timeout=60)
        return super().genmove(game, color)

    def close(self):
        self.closed.set()


def test_an_interrupted_match_keeps_what_is_over_and_leaves_no_thread(tmp_path):
    before = threading.active_count()
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)  # jobs in the background ignore it
    try:
        with pytest.raises(KeyboardInterrupt):
            play_match([Table(ScriptedPlayer(), Interrupting())], Setting(9), tmp_path)
    finally:
        signal.signal(signal.SIGINT, handler)
    assert threading.active_count() == before
    assert len((tmp_path / RESULTS_FILE).read_text().splitlines()) == 2 and len(list(tmp_path.glob("*.sgf"))) == 1


def test_repeated_games_count_once(tmp_path):
    played = play_match([Table(ScriptedPlayer(), ScriptedPlayer())], Setting(6), tmp_path)
    assert [entry.same_as for entry in played] == [0, 0, 1, 2, 1, 2]
    summary = summarize(played)
    assert (summary.games, summary.repeated, summary.share) == (2, 4, 0.5)


class Waiting(Chance):
    """Plays only once another game is being played beside its own."""

    def __init__(self, together, **options):
        super().__init__(**options)
        self._together = together

    def genmove(self, game, color):
        if game.board.turns < 2:
            self._together.wait(timeout=60)
        return super().genmove(game, color)


def test_tables_play_at_the_same_time(tmp_path):
    together = threading.Barrier(2)
    tables = [Table(Waiting(together, name="one"), Chance(name="two")) for _ in range(2)]
    told = []
    play_match(tables, Setting(4), tmp_path, on_progress=told.append)
    played = play_match(tables[:1], Setting(4), tmp_path)
    assert [entry.number for entry in played] == [1, 2, 3, 4] == sorted(entry.number for entry in told)
    assert (summarize(played).games, summarize(played).wins) == (4, 2)
    assert len(list(read_records(tmp_path))) == 4


def test_a_hole_in_the_results_is_filled(tmp_path):
    one, two = Chance(name="one"), Chance(name="two")
    whole = play_match([Table(one, two)], Setting(3), tmp_path)
    lines = (tmp_path / RESULTS_FILE).read_text().splitlines(keepends=True)
    (tmp_path / RESULTS_FILE).write_text("".join(lines[:2] + lines[3:]))  # an interrupted match of several tables
    told = []
    assert play_match([Table(one, two)], Setting(3), tmp_path, on_progress=told.append) == whole
    assert [entry.number for entry in told] == [2]


def test_an_error_at_one_table_ends_the_match(tmp_path):
    class Fault(ScriptedPlayer):
        def genmove(self, game, color):
            raise ZeroDivisionError("a fault of ours")

    tables = [Table(Fault(), ScriptedPlayer()), Table(ScriptedPlayer(), ScriptedPlayer())]
    with pytest.raises(ZeroDivisionError):
        play_match(tables, Setting(10_000), tmp_path)


def test_openings_are_played_with_both_colors(tmp_path):
    openings = []
    for vertex in (60, 72):
        game = Game()
        game.play(vertex)
        openings.append(game)
    setting = Setting(5, openings, komi=0.5)
    assert [setting.start(number).moves[0][1] for number in range(1, 6)] == [60, 60, 72, 72, 60]
    assert setting.start(1).komi == 0.5 and setting.start(1).to_play == WHITE


def test_a_player_that_always_fails_ends_the_match(tmp_path):
    class Broken(ScriptedPlayer):
        def genmove(self, game, color):
            raise PlayerError("no license")

    with pytest.raises(MatchError, match="the second player failed 3 games in a row: no license"):
        play_match([Table(ScriptedPlayer(), Broken())], Setting(10), tmp_path)
    assert len((tmp_path / RESULTS_FILE).read_text().splitlines()) == 4
    assert all(
        json.loads(line)["failed"] == "second" for line in (tmp_path / RESULTS_FILE).read_text().splitlines()[1:]
    )


ENGINE = """
import sys
moves = iter({moves!r})
for line in sys.stdin:
    name, *arguments = line.split()
    if name == "genmove":
        print("=", next(moves), end="\\n\\n", flush=True)
    elif name == "final_score":
        print("= B+0.5", end="\\n\\n", flush=True)
    elif name == "play" and arguments[1] == "A1":
        print("? illegal move", end="\\n\\n", flush=True)
    else:
        print("=", name, end="\\n\\n", flush=True)
"""


def engine(tmp_path, moves, **options):
    path = tmp_path / "engine.py"
    path.write_text(ENGINE.format(moves=moves))
    return GtpPlayer(f"{sys.executable} {path}", **options)


def test_engines_in_processes(tmp_path):
    black = engine(tmp_path, ["Q16", "pass"])
    game = Game()
    found = play_game({BLACK: black, WHITE: ScriptedPlayer(["D4"])}, game, max_moves=722, referee=black)
    assert found.result == "B+0.5" and len(game.moves) == 4
    assert black.name == "name version"
    black.close()


@pytest.mark.parametrize(
    ("moves", "reason"),
    [
        (["resign"], "resignation"),
        (["Z99"], "answered genmove with 'Z99'"),
        (["Q16", "B2"], "refused 'play white A1': illegal move"),
        ([], "ended with exit status 1"),
    ],
)
def test_engines_that_fail_lose_with_a_reason(tmp_path, moves, reason):
    black = engine(tmp_path, moves)
    found = play_game({BLACK: black, WHITE: ScriptedPlayer(["A1"])}, Game(), max_moves=722)
    assert found.winner == WHITE and reason in found.reason
    black.close()


def test_an_engine_that_hangs_loses(tmp_path):
    path = tmp_path / "sleeper.py"
    path.write_text("import time\ntime.sleep(60)")
    black = GtpPlayer(f"{sys.executable} {path}", timeout_seconds=0.5)
    found = play_game({BLACK: black, WHITE: ScriptedPlayer()}, Game(), max_moves=722)
    assert (found.result, found.failed) == ("W+F", BLACK) and "did not answer in time" in found.reason

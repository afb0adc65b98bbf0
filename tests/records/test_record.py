"""Records: sound events, replay, whole folders read; and the selection for a corpus."""

import logging
import random
from pathlib import Path

import numpy as np
import pytest
from sgfmill import boards, sgf

from gopolicy.go import events as ev
from gopolicy.go.coords import BLACK, EMPTY, WHITE, parse_vertex, to_sgf
from gopolicy.go.game import Game
from gopolicy.records import Record, RecordError, read_records
from gopolicy.records.selection import Counts, Selection
from gopolicy.records.sgf import read_trees


def record(text: str) -> Record:
    [tree] = read_trees(text.encode())
    return Record.from_tree(tree, "x.sgf")


def test_information() -> None:
    one = record(
        "(;GM[1]SZ[19]KM[6.5]HA[2]AB[dd][pp]PB[b]PW[w]BR[3d]WR[9p]DT[2001-01-01]RU[Japanese]RE[W+Resign];W[qd])"
    )
    assert (one.size, one.komi, one.handicap, one.result) == (19, 6.5, 2, "W+R")
    assert (one.black, one.white, one.black_rank, one.white_rank) == ("b", "w", "3d", "9p")
    assert (one.date, one.rules, one.source, one.to_play, one.cut, one.warnings) == (
        "2001-01-01", "Japanese", "x.sgf", None, None, ()
    )  # fmt: skip
    assert one.events.dtype == np.uint16 and not one.events.flags.writeable
    assert one.turns == 1


def test_replay_yields_the_game_before_every_turn() -> None:
    one = record("(;SZ[9]AB[cc];W[aa];B[];B[bb]AE[cc];AW[ee];W[tt])")
    steps = list(one.replay())
    assert [move for _, move in steps] == [0, None, 10, None]
    assert [game.to_play for game, _ in steps] == [WHITE, BLACK, BLACK, WHITE]
    assert [len(game.moves) for game, _ in steps] == [0, 1, 2, 3]
    stones = [[int((game.board.colors == color).sum()) for color in (BLACK, WHITE)] for game, _ in steps]
    assert stones == [[1, 0], [1, 1], [0, 1], [1, 2]]
    steps[0][0].play(40, BLACK)
    assert steps[1][0].board.color_at(40) == EMPTY
    final = one.final_game()
    assert final.to_play == BLACK and final.events.tolist() == one.events.tolist()


def test_the_game_before_a_turn() -> None:
    one = record("(;SZ[9]AB[cc];W[aa];B[];B[bb]AE[cc];AW[ee];W[tt])")
    for number, (game, move) in enumerate(one.replay(), start=1):
        before, played = one.before(number)
        assert (before.events.tolist(), before.to_play, played) == (game.events.tolist(), game.to_play, move)
        assert before.board == game.board
    after, played = one.before(5)
    assert after.events.tolist() == one.events.tolist() and played is None
    for number in (0, 6, -1):
        with pytest.raises(RecordError, match=f"no move {number}: the game has moves 1 to 4"):
            one.before(number)


@pytest.mark.parametrize(("text", "turns", "cut", "warning"), [
    ("SZ[9];B[aa];W[bb];B[aa];W[cc]", 2, "occupied", "illegal move 3 B A9: occupied"),
    ("SZ[9]AW[ba][ab];B[aa];W[cc]", 0, "suicide", "illegal move 1 B A9: suicide"),
    ("SZ[9]AB[ba][ab][bc]AW[ca][bb]AW[db];B[cb];W[dc]", 2, None, None),
    ("SZ[5]AB[bb][ca][cc]AW[da][dc][eb]AW[cb];B[db];W[cb];B[aa]", 1, "ko", "illegal move 2 W C4: ko: play"),
    ("SZ[9];B[aa];AW[ba][ab][bb]AE[aa];AB[aa];W[cc]", 1, "setup without liberties", "illegal setup: "),
    ("SZ[9];B[aa];W[dundefined];B[bb]", 1, "unreadable move", "unreadable move W[dundefined]"),
])  # fmt: skip
def test_the_tail_is_cut_at_the_first_wrong_event(text: str, turns: int, cut: str | None, warning: str | None) -> None:
    one = record(f"(;{text})")
    assert (one.turns, one.cut) == (turns, cut)
    assert len(one.warnings) == (warning is not None)
    if warning:
        assert one.warnings[0].startswith(warning)
    assert one.cut_text.startswith(f"cut after move {turns}: {warning}" if warning else "") and bool(
        one.cut_text
    ) == bool(cut)
    assert len(list(one.replay())) == turns
    Game.from_events(one.size, one.events)


def test_a_cut_record_leaves_the_turn_with_who_wanted_it() -> None:
    assert record("(;SZ[9];B[aa];W[bb];W[bb])").final_game().to_play == WHITE
    assert record("(;SZ[9];B[aa];W[dundefined])").final_game().to_play == WHITE


@pytest.mark.parametrize(("text", "to_play"), [
    ("", BLACK), ("AB[aa]", WHITE), ("AB[aa]PL[B]", BLACK), ("PL[W];B[aa]", WHITE), ("PL[B];B[aa]", WHITE),
    (";B[aa];PL[B]", BLACK), (";B[aa];AW[bb]", WHITE), ("AB[aa]AW[bb]", BLACK), (";W[]", BLACK),
])  # fmt: skip
def test_final_turn(text: str, to_play: int) -> None:
    assert record(f"(;GM[1]{text})").final_game().to_play == to_play


def test_only_the_main_line_counts() -> None:
    assert record("(;SZ[9];B[aa](;W[bb])(;W[cc];B[dd]))").turns == 2


@pytest.mark.parametrize("size", [2, 5, 9, 13, 19, 21, 25])
def test_random_games_agree_with_sgfmill_at_every_move(size: int) -> None:
    rng = random.Random(size)
    game = Game(size)
    text = f"(;SZ[{size}]"
    for _ in range(150):
        legal = np.flatnonzero(game.legal_mask()).tolist()
        move = rng.choice(legal) if legal and rng.random() > 0.02 else None
        text += f";{'BW'[game.to_play == WHITE]}[{to_sgf(move, size)}]"
        game.play(move)
    one = record(text + ")")
    assert one.events.tolist() == game.events.tolist()
    board = boards.Board(size)
    reference = sgf.Sgf_game.from_string(text + ")").get_main_sequence()[1:]
    for (before, move), node in zip(one.replay(), reference, strict=True):
        color, place = node.get_move()
        seen = [[board.get(size - 1 - row, column) for column in range(size)] for row in range(size)]
        assert before.board.colors.tolist() == [[{None: 0, "b": 1, "w": 2}[stone] for stone in row] for row in seen]
        assert before.to_play == {"b": BLACK, "w": WHITE}[color]
        assert move == (None if place is None else (size - 1 - place[0]) * size + place[1])
        if place is not None:
            board.play(*place, color)


def test_rectangles_and_nonsense_in_setup() -> None:
    one = record("(;SZ[9]AB[aa:bc][zz][][tt]AW[q])")
    assert (one.final_game().board.colors == BLACK).sum() == 6
    assert len(one.warnings) == 3


def test_digest_tells_games_apart() -> None:
    one, same, other = record("(;SZ[9]PB[x];B[aa])"), record("(;SZ[9];B[aa]C[y])"), record("(;SZ[13];B[aa])")
    assert one.digest == same.digest != other.digest and len(one.digest) == 16


# Reading from disk


def test_read_records_goes_on_after_bad_games(tmp_path: Path) -> None:
    (tmp_path / "a.sgf").write_text("(;SZ[9];B[aa])")
    (tmp_path / "b.sgf").write_text("(;SZ[9];B[aa])(;GM[3];B[aa])(;SZ[9];B[bb])")
    (tmp_path / "c.sgf").write_text("nothing")
    (tmp_path / "d.sgf").write_bytes(b"")
    drops: list[tuple[str, str]] = []
    records = list(read_records(tmp_path, on_drop=lambda *drop: drops.append(drop)))
    assert [one.source for one in records] == ["a.sgf", "b.sgf game 1", "b.sgf game 3"]
    assert drops == [
        ("b.sgf game 2", "not a game of Go: GM[3]"), ("c.sgf", "no SGF data found"), ("d.sgf", "no SGF data found")
    ]  # fmt: skip


def test_drops_are_logged_by_default(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "a.sgf").write_text("nothing")
    with caplog.at_level(logging.WARNING):
        assert list(read_records(str(tmp_path / "a.sgf"))) == []
    assert caplog.messages == ["a.sgf: no SGF data found"]


def test_what_cannot_be_opened_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="no such file or folder"):
        read_records(tmp_path / "x.sgf")
    (tmp_path / "x.sgf").write_text("(;)")
    with pytest.raises(RecordError, match="unknown encoding"):
        read_records(tmp_path / "x.sgf", encoding="no such")


def test_encoding_is_passed_on(tmp_path: Path) -> None:
    (tmp_path / "x.sgf").write_bytes("(;PB[é];B[aa])".encode("latin-1"))
    [one] = read_records(tmp_path / "x.sgf", encoding="cp1251")
    assert one.black == "й"


# Selection


def test_selection_counts_what_it_leaves_out() -> None:
    texts = [
        "(;SZ[19];B[aa];W[bb];B[cc])", "(;SZ[19]PB[again];B[aa];W[bb];B[cc])", "(;SZ[9];B[aa])", "(;SZ[19])",
        "(;SZ[19];B[])", "(;SZ[19];B[aa])", "(;SZ[19];B[aa];W[bb];B[cc];W[cc])", "(;SZ[19];B[aa];W[bb];AW[dd];B[ee])",
    ]  # fmt: skip
    counts = Counts()
    counts.drop("bad.sgf", "not a game of Go: GM[2]")
    kept = list(Selection(min_moves=2).keep((record(text) for text in texts), counts))
    assert [(one.turns, sides) for one, sides in kept] == [(3, 3), (3, 3)]
    assert counts.kept == 2
    assert counts.dropped == {
        "duplicate": 2, "board is 9x9, not 19x19": 1, "no moves": 2, "too few moves": 1, "not a game of Go": 1
    }  # fmt: skip
    assert counts.notes == {"setup after the first move": 1}
    assert "games kept" in counts.table().splitlines()[0]
    assert "  duplicate" in counts.table()
    assert "1  bad.sgf" in counts.table()


def test_cut_records_are_kept_and_noted() -> None:
    counts = Counts()
    assert len(list(Selection(size=9).keep([record("(;SZ[9];B[aa];W[aa])")], counts))) == 1
    assert counts.notes == {"cut at an illegal move": 1}


def test_events_of_a_record_are_as_the_go_package_defines_them() -> None:
    one = record("(;SZ[19]AB[dd];W[pd];B[])")
    point, other = parse_vertex("D16", 19), parse_vertex("Q16", 19)
    assert point is not None
    expected = [ev.setup_event(BLACK, point), ev.move_event(WHITE, other), ev.move_event(BLACK, None)]
    assert one.events.tolist() == expected

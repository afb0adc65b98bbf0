"""Game: turns, passes, undo, superko, setup and replay."""

from typing import Any

import numpy as np
import pytest
from random_play import play_choices

from gopolicy.go import BLACK, EMPTY, WHITE, Game, IllegalMoveError
from gopolicy.go import events as ev
from gopolicy.go.coords import CoordinateError, handicap_points, parse_vertex
from gopolicy.go.diagram import draw_diagram


def play(game: Game, vertices: str) -> None:
    for vertex in vertices.split():
        game.play(parse_vertex(vertex, game.size))


def same(one: Game, other: Game) -> bool:
    return (
        one.board == other.board
        and one.to_play == other.to_play
        and one.board.ko_point == other.board.ko_point
        and one.board.turns == other.board.turns
        and [one.board.captured(color) for color in (BLACK, WHITE)]
        == [other.board.captured(color) for color in (BLACK, WHITE)]
        and one.events.tolist() == other.events.tolist()
    )


def test_turns_alternate() -> None:
    game = Game(9, komi=6.5)
    assert (game.size, game.komi, game.to_play, game.last_turn, game.moves) == (9, 6.5, BLACK, None, [])
    play(game, "E5 pass C3")
    assert game.to_play == WHITE and game.last_turn == (BLACK, 56)
    assert game.moves == [(BLACK, 40), (WHITE, None), (BLACK, 56)]
    game.play(0, BLACK)  # out of turn is no offense
    assert game.to_play == WHITE and game.board.color_at(0) == BLACK
    assert game.events.dtype == np.uint16 and len(game.events) == 4
    assert game.board.turns == 4


def test_two_passes_in_a_row_end_the_game() -> None:
    game = Game(9)
    play(game, "pass E5 pass")
    assert not game.is_over
    play(game, "pass")
    assert game.is_over
    game.set_stones({0: BLACK})
    assert not game.is_over
    play(game, "pass")
    assert not game.is_over


@pytest.mark.parametrize("move", ["Q16", (3, 3), 3.0])
def test_what_is_no_point_gets_one_line_that_says_what_is(move: Any) -> None:
    game = Game((9, 7))
    for ask in (game.play, game.is_legal, game.why_illegal):
        with pytest.raises(
            CoordinateError, match=r"^move .*: a point from 0 to 62 or None; .*parse_vertex reads"
        ) as error:
            ask(move)
        assert "\n" not in str(error.value)
    assert not len(game.events)


@pytest.mark.parametrize("color", ["b", EMPTY, 3, -1])
def test_what_is_no_color_is_refused_and_changes_nothing(color: Any) -> None:
    game = Game(9)
    for move in (40, None):
        for ask in (game.play, game.is_legal, game.why_illegal):
            with pytest.raises(CoordinateError, match=rf"^color {color!r}: 1 \(BLACK\) or 2 \(WHITE\)$"):
                ask(move, color)
    with pytest.raises(CoordinateError, match="color"):
        game.legal_mask(color)
    if color != EMPTY:
        with pytest.raises(CoordinateError, match="color"):
            game.set_stones({40: BLACK, 41: color})
    assert not len(game.events) and game.board == Game(9).board


def test_moves_and_colors_may_be_numbers_of_numpy() -> None:
    game = Game(9)
    for move, color in ((np.int32(40), None), (np.uint16(41), np.uint8(WHITE)), (np.int64(42), None)):
        assert game.is_legal(move, color)
        game.play(move, color)
    assert game.moves == [(BLACK, 40), (WHITE, 41), (BLACK, 42)]


def test_illegal_moves_say_which_and_why_and_change_nothing() -> None:
    game = Game(5)
    play(game, "B5 A5 pass B4")  # White at A5 has one liberty
    before = game.copy()
    for vertex, reason in (("A5", "occupied"), ("B5", "occupied")):
        with pytest.raises(IllegalMoveError, match=f"illegal move 5 {vertex}: {reason}") as error:
            play(game, vertex)
        assert error.value.reason == reason and isinstance(error.value, ValueError)
    with pytest.raises(IllegalMoveError, match="illegal move 5 99: off the board"):
        game.play(99)
    assert same(game, before)
    assert game.why_illegal(None) is None and game.is_legal(None)


def test_why_illegal_asks_for_the_player_to_move() -> None:
    game = Game(5)
    play(game, "B5 pass A4")
    assert game.why_illegal(0) == "suicide" and game.why_illegal(0, BLACK) is None
    assert not game.legal_mask()[0] and game.legal_mask(BLACK)[0]


def test_ko_in_play() -> None:
    game = Game(5)
    play(game, "B5 C5 A4 D4 B3 C3 C4 B4")
    assert game.board.ko_point == parse_vertex("C4", 5)
    with pytest.raises(IllegalMoveError, match=r"illegal move 9 C4: ko: play elsewhere first"):
        play(game, "C4")
    play(game, "A1 A2 C4")
    assert game.board.ko_point == parse_vertex("B4", 5)
    game.undo()
    assert game.board.ko_point is None and game.to_play == BLACK and game.is_legal(parse_vertex("C4", 5))
    game.undo()
    game.undo()
    assert game.board.ko_point == parse_vertex("C4", 5) and not game.is_legal(parse_vertex("C4", 5))


def test_undo_goes_all_the_way_back() -> None:
    game = play_choices(7, [(37 * i * i + 11 * i) % 65536 for i in range(80)], setup=False)
    snapshots = []
    while game.last_turn:
        snapshots.append(game.copy())
        color, move = game.undo()
        assert game.to_play == color
        again = game.copy()
        again.play(move, color)
        assert same(again, snapshots[-1])
    assert len(snapshots) == 80 and not game.board.colors.any()
    with pytest.raises(IllegalMoveError, match="no move to take back"):
        game.undo()


def test_undo_keeps_setup_and_komi() -> None:
    game = Game(9, komi=0.5)
    game.place_handicap(3)
    play(game, "E5")
    assert game.undo() == (WHITE, 40)
    assert game.komi == 0.5 and game.to_play == WHITE and int((game.board.colors == BLACK).sum()) == 3
    with pytest.raises(IllegalMoveError, match="cannot undo"):
        game.undo()


def test_handicap() -> None:
    game = Game(19)
    assert game.place_handicap(4) == handicap_points(4, 19)
    assert game.to_play == WHITE and game.moves == [] and game.last_turn is None
    assert Game.from_events(19, game.events).to_play == WHITE
    with pytest.raises(CoordinateError):
        Game(19).place_handicap(10)


# On 2x2, Black's next move A2 would take three stones and leave the position after the first move; it is no ko.
REPEATING = "A2 B2 A1 B1 A2 A1"


def test_superko_forbids_what_simple_ko_allows() -> None:
    free, strict = Game(2), Game(2, superko=True)
    for game in (free, strict):
        play(game, REPEATING)
        assert draw_diagram(game.board) == ". O\nO O" and game.board.ko_point is None
    assert free.legal_mask().tolist() == [True, False, False, False]
    assert free.play(0) == 3
    assert strict.why_illegal(0) == "superko: repeats an earlier position"
    assert not strict.legal_mask().any() and strict.is_legal(None)
    with pytest.raises(IllegalMoveError, match="illegal move 7 A2: superko: repeats an earlier position"):
        strict.play(0)
    with pytest.raises(IllegalMoveError, match="illegal move 7 A2: superko"):
        Game.from_events(2, free.events, superko=True)


def test_superko_forbids_every_earlier_position_and_nothing_else() -> None:
    rng = np.random.default_rng(1)
    forbidden = 0
    for _ in range(10):
        strict, positions = Game(3, superko=True), [bytes(9)]
        strict.set_stones({4: BLACK, 3: WHITE})
        positions.append(strict.board.colors.tobytes())
        for _ in range(40):
            mask = strict.board.legal_mask(strict.to_play)
            for point in np.flatnonzero(mask).tolist():
                after = strict.board.copy()
                after.play(point, strict.to_play)
                mask[point] = after.colors.tobytes() not in positions
                forbidden += not mask[point]
                assert strict.is_legal(point) == mask[point]
            assert strict.legal_mask().tolist() == mask.tolist()
            strict.play(int(rng.choice(np.flatnonzero(mask))) if mask.any() else None)
            positions.append(strict.board.colors.tobytes())
    assert forbidden > 5


def test_superko_after_undo_and_copy() -> None:
    game = Game(2, superko=True)
    play(game, REPEATING)
    for other in (game.copy(), Game.from_events(2, game.events, superko=True)):
        assert not other.is_legal(0)
        other.undo()
        play(other, "A1")  # what was taken back may be played again
        assert not other.is_legal(0)
    game.play(None)
    game.play(None)
    assert not game.is_legal(0)  # passing lifts no superko


def test_setup_in_play() -> None:
    game = Game(9)
    play(game, "E5 C3")
    game.set_stones({0: WHITE, 1: WHITE, 40: EMPTY})
    assert game.to_play == BLACK and game.last_turn is None and game.board.turns == 2
    assert game.board.color_at(40) == EMPTY
    replayed = Game.from_events(9, game.events)
    assert same(replayed, game)
    with pytest.raises(IllegalMoveError, match="cannot undo"):
        game.undo()
    before = game.copy()
    with pytest.raises(IllegalMoveError):
        game.set_stones({point: BLACK for point in range(81)})
    assert same(game, before)


@pytest.mark.parametrize("superko", [False, True])
def test_replays_apply_a_run_of_setup_together(superko: bool) -> None:
    run = [ev.setup_event(BLACK, 0), ev.setup_event(WHITE, 1), ev.setup_event(WHITE, 3), ev.setup_event(EMPTY, 3)]
    game = Game.from_events(3, np.array(run, np.uint16), superko=superko)
    assert draw_diagram(game.board) == "X O .\n. . .\n. . ."
    assert game.events.tolist() == run


@pytest.mark.parametrize("superko", [False, True])
@pytest.mark.parametrize(("events", "to_play"), [
    ([], BLACK),
    ([ev.setup_event(BLACK, 4)], WHITE),
    ([ev.setup_event(BLACK, 4), ev.setup_event(WHITE, 0)], BLACK),
    ([ev.setup_event(WHITE, 0)], BLACK),
    ([ev.move_event(BLACK, 4), ev.setup_event(BLACK, 0)], WHITE),
    ([ev.setup_event(BLACK, 4), ev.move_event(WHITE, 0), ev.setup_event(WHITE, 8)], BLACK),
    ([ev.move_event(WHITE, None)], BLACK),
])  # fmt: skip
def test_whose_turn_comes_after_a_replay(events: list[int], to_play: int, superko: bool) -> None:
    assert Game.from_events(3, np.array(events, np.uint16), superko=superko).to_play == to_play


@pytest.mark.parametrize(("events", "text"), [
    ([ev.setup_event(WHITE, 1), ev.move_event(BLACK, 4), ev.move_event(WHITE, 4)], "illegal move 2 B2: occupied"),
    ([ev.setup_event(WHITE, 1), ev.setup_event(WHITE, 3), ev.move_event(BLACK, 0)], "illegal move 1 A3: suicide"),
    ([ev.setup_event(WHITE, point) for point in range(9)], "illegal event 9: setup leaves a chain without liberties"),
    ([ev.setup_event(WHITE, 9)], "illegal event 1: off the board"),
    ([ev.setup_event(WHITE, ev.NO_POINT)], "illegal event 1: off the board"),
    ([ev.move_event(WHITE, 700)], "illegal event 1: off the board"),
])  # fmt: skip
def test_wrong_events_are_refused(events: list[int], text: str) -> None:
    with pytest.raises(IllegalMoveError, match=text):
        Game.from_events(3, np.array(events, np.uint16))


def test_copies_are_independent() -> None:
    game = Game(9, superko=True)
    play(game, "E5 C3")
    copy = game.copy()
    play(copy, "D4 A1")
    copy.komi = 0.5
    assert len(game.moves) == 2 and game.komi == 7.5 and game.to_play == BLACK
    assert copy.superko and copy.board != game.board
    play(game, "D4 A1")
    assert game.board == copy.board


def test_events_say_what_they_are() -> None:
    assert (ev.event_color(ev.move_event(WHITE, 42)), ev.event_move(ev.move_event(WHITE, 42))) == (WHITE, 42)
    assert ev.event_move(ev.move_event(BLACK, None)) is None and not ev.is_setup(ev.move_event(BLACK, None))
    clear = ev.setup_event(EMPTY, 360)
    assert ev.is_setup(clear) and ev.event_color(clear) == EMPTY and ev.event_move(clear) == 360
    assert max(ev.move_event(WHITE, None), ev.setup_event(WHITE, 624)) < 2**16


def test_the_game_before_a_turn_has_that_turns_color() -> None:
    game = Game(9, komi=0.5, superko=True)
    game.set_stones({40: BLACK})
    for color, move in ((WHITE, 0), (WHITE, 1), (BLACK, None)):
        game.play(move, color)
    earlier = [game.before(turn) for turn in (1, 2, 3, 4)]
    assert [(len(e.moves), e.to_play) for e in earlier] == [(0, WHITE), (1, WHITE), (2, BLACK), (3, WHITE)]
    assert all(e.board.color_at(40) == BLACK and e.komi == 0.5 and e.superko for e in earlier)
    for turn in (0, 5):
        with pytest.raises(IndexError):
            game.before(turn)

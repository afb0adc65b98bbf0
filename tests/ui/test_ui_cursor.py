"""The cursor: every position it reaches is what replaying the record gives, and each step costs the same."""

import random

import numpy as np
import pytest
from conftest import point

from gopolicy.go.coords import BLACK, WHITE, to_sgf
from gopolicy.go.game import Game
from gopolicy.records.sgf import read_trees
from gopolicy.records.tree import GameTree
from gopolicy.ui.model.cursor import Cursor
from gopolicy.ui.model.positions import position_key


def long_record(moves, seed=1):
    rng, game, text = np.random.default_rng(seed), Game(), "(;SZ[19]"
    for number in range(moves):
        legal = np.flatnonzero(game.legal_mask())
        move = int(rng.choice(legal)) if len(legal) else None
        text += f";{'BW'[number % 2]}[{to_sgf(move, 19)}]"
        game.play(move)
    return text + ")"


def cursor_on(text):
    return Cursor(read_trees(text.encode())[0])


def test_reading_every_position_of_a_line_replays_it_once(monkeypatch):
    cursor = cursor_on(long_record(600))
    played = []
    real = Game.play
    monkeypatch.setattr(Game, "play", lambda self, *rest: (played.append(1), real(self, *rest))[1])
    for turn in cursor.turns:
        cursor.game_before(turn.node)
    assert cursor.total == 600
    assert len(played) < 4 * 600  # 180,300 when each position is replayed from the root
    played.clear()
    for _ in range(50):
        cursor.step(-1)
        assert cursor.game is not None
    assert len(played) < 50 * 25


RECORDS = [
    "(;SZ[19]AB[dd][pp]PL[W];W[dp];AW[qq]AE[dd];B[dd];PL[B];B[aa])",
    "(;SZ[19];B[dd];W[dd];B[pp])",
    "(;SZ[5]AB[ab][ba];AW[aa];B[cc];W[dd])",
    "(;SZ[5]AB[ab][ba]AW[aa]AB[bb];B[cc])",
    "(;SZ[9];B[ee];W[zz];B[cc](;W[aa];B[bb])(;W[cd]))",
    "(;SZ[19]HA[2];W[dd];B[];W[];AB[aa][aa]AW[aa];B[cc])",
    "(;SZ[9];AB[aa];AW[ab][ba];B[cc])",
]


@pytest.mark.parametrize("text", RECORDS)
def test_positions_and_keys_are_those_of_the_tree(text):
    cursor = cursor_on(text)
    nodes, waiting = [], [cursor.tree.root]
    while waiting:
        node = waiting.pop()
        nodes.append(node)
        waiting += node.children
    random.Random(1).shuffle(nodes)
    for node in nodes:
        game, expected = cursor.game_at(node), cursor.tree.game_at(node)
        assert np.array_equal(game.board.colors, expected.board.colors)
        assert game.to_play == expected.to_play
        assert cursor.key_at(node) == position_key(game)
    for turn in cursor.turns:
        assert turn.key == position_key(cursor.game_before(turn.node))


def test_turns_end_where_the_record_can_be_played_no_further():
    cursor = cursor_on("(;SZ[19];B[dd];W[dd];B[pp])")
    assert [turn.number for turn in cursor.turns] == [1]
    assert cursor.step(3) and cursor.number == 1


def test_stepping_back_stays_in_a_variation_and_a_fork_can_be_entered_from_its_parent():
    cursor = cursor_on("(;SZ[19];B[dd](;W[pp])(;W[dp];B[pd]))")
    cursor.step(1)
    assert cursor.to_variation(1)
    assert cursor.node.turn[1] == point("D4")
    cursor.step(-1)
    assert cursor.following.turn[1] == point("D4") and cursor.total == 3


def test_a_move_played_here_leaves_the_tree_when_it_is_taken_back():
    cursor = Cursor(GameTree.new())
    cursor.play(60)
    cursor.play(61)
    cursor.take_back()
    assert cursor.number == 1 and not cursor.node.children
    assert cursor.redo() and cursor.number == 2


def test_a_move_that_something_is_written_on_stays_in_the_tree_when_it_is_taken_back():
    cursor = Cursor(GameTree.new())
    cursor.play(60)
    cursor.node.comment = "here"
    cursor.play(61)
    cursor.take_back()
    cursor.take_back()
    assert cursor.number == 0 and cursor.total == 1
    assert cursor.step(1) and cursor.node.comment == "here" and cursor.redo() and cursor.number == 2


def test_a_saved_game_that_goes_on_may_take_back_its_moves_and_keeps_its_variations():
    cursor = Cursor(GameTree.new())
    cursor.play(60)
    cursor.play(61)
    cursor.step(-1)
    cursor.play(62)
    cursor.saved(goes_on=True)
    assert cursor.take_back() and len(cursor.node.children) == 2
    cursor.step(1)
    cursor.go(cursor.tree.main_line()[-1])
    assert cursor.take_back() and [node.turn[1] for node in cursor.node.children] == [62]


def test_a_move_that_is_saved_stays_in_the_tree_when_it_is_taken_back():
    cursor = Cursor(GameTree.new())
    cursor.play(60)
    cursor.play(61)
    cursor.take_back()
    cursor.saved()
    assert cursor.redo()
    assert cursor.take_back() and cursor.total == 1  # this one was not saved
    assert cursor.take_back() and cursor.number == 0 and cursor.total == 1


def test_a_move_that_became_illegal_is_not_played_again():
    cursor = Cursor(GameTree.new())
    cursor.play(60)
    cursor.take_back()
    cursor.tree.add_setup(cursor.node, {60: BLACK})
    cursor.edited(below=cursor.node)
    assert not cursor.redo() and not cursor.node.children


def test_the_next_move_of_the_record_says_whose_turn_it_is_where_nothing_else_does():
    problem = cursor_on("(;SZ[19]AB[dd][pp];B[pd];W[dp])")
    assert problem.game.to_play == BLACK  # with black stones alone it would be White
    assert problem.key_at(problem.node) == problem.turns[0].key == position_key(problem.game)
    twice = cursor_on("(;SZ[19]HA[2];B[pd];B[dp];W[pp])")
    twice.step(1)
    assert twice.game.to_play == BLACK and twice.play(point("D4")) == 0
    assert twice.node.turn == (BLACK, point("D4")) and twice.following is not None  # the record's own move
    said = cursor_on("(;SZ[19]PL[W];B[pd])")
    assert said.game.to_play == WHITE

"""Reviews from known probabilities, and what they write into records."""

import math
from dataclasses import replace

import pytest
from fakes import UniformPolicy

from gopolicy.go.coords import BLACK, WHITE, parse_vertex
from gopolicy.go.game import Game
from gopolicy.policy.annotations import annotate
from gopolicy.policy.review import review_positions, review_records
from gopolicy.prediction import Candidate
from gopolicy.records.encoding import text_bytes
from gopolicy.records.sgf import parse_game

MOVES = ("Q16", "pass", "C3", "D4", "Q4", "A1")
FAVORITES = {"Q16": 1000, "D4": 639, "Q4": 90}
RECORD = "(;SZ[19]C[a game]LB[aa:1];B[pd]C[mine];W[dp]TE[1];B[as](;W[qc])(;W[qd]))"


def positions(moves=MOVES):
    game = Game()
    for vertex in moves:
        yield game.copy(), parse_vertex(vertex, 19)
        game.play(parse_vertex(vertex, 19))


@pytest.mark.parametrize("batch", [1, 2, 64])
def test_each_move_but_a_pass_is_reviewed_in_order(batch):
    reviews = list(review_positions(UniformPolicy(FAVORITES), positions(), batch=batch, top=3))
    assert [(review.number, review.color, review.vertex) for review in reviews] == [
        (1, BLACK, "Q16"),
        (3, BLACK, "C3"),
        (4, WHITE, "D4"),
        (5, BLACK, "Q4"),
        (6, WHITE, "A1"),
    ]
    assert [review.rank for review in reviews] == [1, 3, 1, 1, 1]
    assert [candidate.vertex for candidate in reviews[0].candidates] == ["Q16", "D4", "Q4"]
    total = 1000 + 639 + 90 + 358
    assert reviews[0].probability == pytest.approx(1000 / total)
    assert reviews[0].bits == pytest.approx(-math.log2(1000 / total), rel=1e-5)


def reviewed(tmp_path, text=RECORD):
    (tmp_path / "a.sgf").write_text(text)
    (game,) = review_records(UniformPolicy(FAVORITES), tmp_path / "a.sgf", on_drop=print)
    return game


def test_the_candidates_in_a_comment_are_the_labels_of_its_node(tmp_path):
    game = reviewed(tmp_path)
    annotate(game.tree, game.moves)
    root, first, second, third, fourth = game.tree.main_line()
    assert root.comment.startswith("a game\n\ngopolicy: Candidates: 1 Q16 ")
    assert root.properties["LB"][:3] == ["aa:1", "pd:1", "dp:2"]
    said, candidates = first.comment.split("\n\n")[1:]
    assert first.comment.startswith("mine\n\n") and said.startswith("gopolicy: Q16 was number 1, ")
    assert candidates.startswith("gopolicy: Candidates: 1 D4 ") and first.properties["LB"][0] == "dp:1"
    assert "Candidates" not in fourth.comment and "LB" not in fourth.properties


def test_a_pass_among_the_candidates_has_no_label(tmp_path):
    game = reviewed(tmp_path)
    first = replace(game.moves[0], candidates=(Candidate(None, "pass", 0.5, 1), *game.moves[0].candidates))
    annotate(game.tree, [first])
    root = next(iter(game.tree.main_line()))
    assert "Candidates: 1 pass 50.0 %" in root.comment
    assert not [label for label in root.properties["LB"] if label.startswith(":")]


def test_surprises_are_marked_as_viewers_find_them(tmp_path):
    game = reviewed(tmp_path)
    annotate(game.tree, game.moves)
    third = game.tree.main_line()[3]
    assert "A surprise: A1 was number 2" in third.comment and third.properties["HO"] == ["1"]
    assert not {"BM", "DO"} & third.properties.keys()  # improbable is not bad
    surprising = reviewed(tmp_path, "(;SZ[19];B[as]DO[])")
    for _ in range(2):
        annotate(surprising.tree, surprising.moves)
    (_, node) = surprising.tree.main_line()
    assert node.properties["HO"] == ["1"] and node.properties["DO"] == [""]


def test_a_mark_that_the_author_set_stays(tmp_path):
    surprising = reviewed(tmp_path, "(;SZ[19];B[as]HO[1])")
    for _ in range(3):
        annotate(surprising.tree, surprising.moves)
        (_, node) = surprising.tree.main_line()
        assert node.properties["HO"] == ["1"] and "A surprise, marked before: A1" in node.comment
    annotate(surprising.tree, [])
    assert node.properties == {"B": ["as"], "HO": ["1"]}


def test_blank_lines_of_a_comment_stay(tmp_path):
    game = reviewed(tmp_path, "(;SZ[19];B[as]C[one\n\n\n\ntwo])")
    for _ in range(2):
        annotate(game.tree, game.moves)
        (_, node) = game.tree.main_line()
        assert node.comment.startswith("one\n\n\n\ntwo\n\ngopolicy: ")
    annotate(game.tree, [])
    assert node.comment == "one\n\n\n\ntwo"


def test_bytes_of_a_comment_that_cannot_be_read_stay(tmp_path):
    (tmp_path / "a.sgf").write_bytes("(;SZ[19]CA[UTF-8];B[as]C[déjà été là, éh".encode() + b"\xff\xfe one])")
    (game,) = review_records(UniformPolicy(FAVORITES), tmp_path / "a.sgf", on_drop=print)
    for _ in range(2):
        annotate(game.tree, game.moves)
        assert b"\xff\xfe one\n\ngopolicy: " in text_bytes(game.tree.to_sgf())


@pytest.mark.parametrize("mark", ["BM[1]", "DO[]"])
def test_judgments_of_earlier_reviews_are_removed(tmp_path, mark):
    earlier = f"(;SZ[19];B[as]HO[1]{mark}C[gopolicy: Surprise: A1 was number 4, under 0.1 %, 12.0 bits.])"
    game = reviewed(tmp_path, earlier)
    annotate(game.tree, game.moves)
    (_, node) = game.tree.main_line()
    assert node.properties["HO"] == ["1"] and not {"BM", "DO"} & node.properties.keys()


def test_a_comment_that_only_looks_like_a_reviews_is_no_fault(tmp_path):
    game = reviewed(tmp_path, "(;SZ[19]C[gopolicy: Candidates: 1 Z99 50 %]LB[aa:1];B[pd])")
    annotate(game.tree, game.moves)
    assert "Z99" not in game.tree.root.comment and game.tree.root.properties["LB"][:2] == ["aa:1", "pd:1"]


def test_a_game_that_is_too_long_is_left_out(tmp_path):
    (tmp_path / "a.sgf").write_text(f"(;SZ[19]{';B[]' * 65_536})(;SZ[19];B[as])")
    dropped = {}
    games = list(review_records(UniformPolicy(FAVORITES), tmp_path / "a.sgf", on_drop=dropped.setdefault))
    assert [game.source for game in games] == ["a.sgf game 2"]
    assert list(dropped) == ["a.sgf game 1"] and "game too long" in dropped["a.sgf game 1"]


def test_reviewing_twice_is_reviewing_once(tmp_path):
    game = reviewed(tmp_path)
    annotate(game.tree, game.moves)
    once = game.tree.to_sgf()
    again = reviewed(tmp_path, once)
    annotate(again.tree, again.moves)
    assert again.tree.to_sgf() == once
    annotate(again.tree, ())
    assert again.tree.to_sgf() == parse_game(RECORD).to_sgf()

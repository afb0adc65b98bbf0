"""Trees made, edited, replayed and saved."""

from typing import Any

import pytest

from gopolicy.go.coords import BLACK, EMPTY, WHITE, CoordinateError, parse_vertex
from gopolicy.go.game import Game
from gopolicy.records import RecordError
from gopolicy.records.sgf import read_trees
from gopolicy.records.tree import GameTree


def only(text: str) -> GameTree:
    [tree] = read_trees(text.encode())
    return tree


def at(vertex: str, size: int = 19) -> int:
    point = parse_vertex(vertex, size)
    assert point is not None
    return point


def test_a_new_tree_is_one_node() -> None:
    tree = GameTree.new(9, komi=5.5)
    assert tree.main_line() == [tree.root] and tree.root.events == []
    again = only(tree.to_sgf())
    assert (again.size, again.komi, again.handicap, again.warnings) == (9, 5.5, 0, [])


@pytest.mark.parametrize("komi", [50, -50, 0, 7.5, 100, 150])
def test_a_komi_that_was_set_is_read_back(komi: float) -> None:
    again = only(GameTree.new(19, komi=komi).to_sgf())
    assert again.komi == komi and again.warnings == []


def test_what_is_off_the_board_stays_as_it_was_written() -> None:
    tree = only("(;SZ[13]AB[dd][zz];B[pd]C[far];W[ dd];B[zz];W[tt])")
    assert [node.turn for node in tree.main_line()[1:]] == [
        (BLACK, None),
        (WHITE, at("D10", 13)),
        (BLACK, None),
        (WHITE, None),
    ]
    tree.add_setup(tree.root, {at("C10", 13): BLACK})
    written = tree.to_sgf()
    assert "AB[dd][cd][zz]" in written and ";B[pd]C[far];W[dd];B[zz];W[]" in written.replace("\n", "")
    assert only(written).to_sgf() == written


def test_handicap_stones_stand_on_their_points() -> None:
    tree = GameTree.new(19, komi=0.5, handicap=3)
    game = tree.game_at(tree.root)
    assert game.to_play == WHITE
    assert [game.board.color_at(at(vertex)) for vertex in ("D4", "Q16", "D16", "Q4")] == [BLACK, BLACK, BLACK, EMPTY]
    again = only(tree.to_sgf())
    assert again.handicap == 3 and again.root.events == tree.root.events and again.warnings == []
    with pytest.raises(CoordinateError):
        GameTree.new(19, handicap=12)


def test_add_move_finds_the_child_that_is_there() -> None:
    tree = GameTree.new()
    first = tree.add_move(tree.root, BLACK, at("Q16"))
    assert tree.add_move(tree.root, BLACK, at("Q16")) is first
    other = tree.add_move(tree.root, BLACK, None)
    assert other is not first and other.turn == (BLACK, None)
    assert tree.root.children == [first, other]
    assert first.properties == {"B": ["pd"]} and other.properties == {"B": [""]}


def test_main_line_through_a_variation_goes_on_to_its_end() -> None:
    tree = only("(;GM[1];B[aa](;W[bb];B[cc])(;W[dd](;B[ee];W[ff])(;B[gg])))")
    first, second = tree.root.children[0].children
    assert [node.properties for node in tree.main_line()][1:] == [{"B": ["aa"]}, {"W": ["bb"]}, {"B": ["cc"]}]
    assert tree.main_line(second)[-1].properties == {"W": ["ff"]}
    assert tree.main_line(second)[2] is second and first not in tree.main_line(second)


def test_remove_takes_a_branch_away() -> None:
    tree = only("(;GM[1];B[aa](;W[bb];B[cc])(;W[dd]))")
    tree.remove(tree.root.children[0].children[0])
    assert [node.turn for node in tree.main_line()][1:] == [(BLACK, 0), (WHITE, 60)]
    with pytest.raises(RecordError):
        tree.remove(tree.root)


def test_setup_goes_into_the_node_or_behind_its_move() -> None:
    tree = GameTree.new(9)
    assert tree.add_setup(tree.root, {0: BLACK, 1: WHITE}) is tree.root
    tree.add_setup(tree.root, {1: EMPTY})
    assert tree.root.properties["AB"] == ["aa"] and tree.root.properties["AE"] == ["ba"]
    assert "AW" not in tree.root.properties
    move = tree.add_move(tree.root, WHITE, 40)
    behind = tree.add_setup(move, {0: EMPTY})
    assert behind.parent is move and tree.game_at(behind).board.color_at(0) == EMPTY
    assert only(tree.to_sgf()).to_sgf() == tree.to_sgf()


def test_comments_may_be_set() -> None:
    tree = GameTree.new()
    tree.root.comment = "a ] b \\ c\nd 古力 : [e]"
    assert only(tree.to_sgf()).root.comment == tree.root.comment
    tree.root.comment = ""
    assert "C" not in tree.root.properties


def test_game_at_stops_before_an_illegal_move_and_says_so_once() -> None:
    tree = only("(;SZ[9];B[aa];W[bb];B[aa];W[cc])")
    for _ in range(2):
        game = tree.game_at(tree.main_line()[-1])
        assert len(game.moves) == 2 and game.to_play == BLACK
    assert tree.warnings == ["illegal move 3 B A9: occupied"]


@pytest.mark.parametrize(("text", "to_play"), [
    ("", BLACK), ("AB[aa]", WHITE), ("AB[aa]AW[bb]", BLACK), ("AB[aa]PL[B]", BLACK), ("PL[white]", WHITE),
    ("PL[2]", WHITE), ("B[aa]PL[B]", WHITE),
    ("PL[W];B[aa]", WHITE), ("PL[W];W[aa]", BLACK), (";B[aa];PL[B]", BLACK), (";B[aa];AB[bb]", WHITE), ("PL[?]", BLACK),
    ("PL[W];C[x]", WHITE), ("PL[W]AB[aa];B[bb];AE[aa]", WHITE), (";B[aa];B[bb];B[]", WHITE),
])  # fmt: skip
def test_whose_turn_it_is(text: str, to_play: int) -> None:
    tree = only(f"(;GM[1]{text})")
    assert tree.game_at(tree.main_line()[-1]).to_play == to_play


MESSY = """(;FF[3]GM[1]SZ[19]AP[Old:1]CA[gb2312]KM[375]RE[B+Resign]HA[2]AB[dd][pp]PB[a \\] b]XY[1:2][z\\:z]ST[2]
;W[qd]BL[12.5]C[look\\: (here) [1\\]](;B[dc]LB[aa:1][bb:2];W[tt])(;B[cc]N[other]TR[dd:ee])
(;B[]CR[aa](;W[aa])(;W[bb];B[cc];AE[dd]AW[ee]PL[W])))"""


def test_saving_keeps_variations_and_unknown_properties() -> None:
    tree = only(MESSY)
    text = tree.to_sgf()
    again = only(text)
    assert again.to_sgf() == text
    for old, new in zip(_nodes(tree), _nodes(again), strict=True):
        assert new.events == old.events
        if old.parent:
            assert new.properties == {
                name: value if value != ["tt"] else [""] for name, value in old.properties.items()
            }
    assert again.root.properties == tree.root.properties | {
        "FF": ["4"], "CA": ["UTF-8"], "AP": again.root.properties["AP"]
    }  # fmt: skip
    assert again.root.properties["AP"][0].startswith("gopolicy:")
    assert again.root.properties["KM"] == ["375"] and again.komi == 7.5  # as written until somebody changes it


def _nodes(tree: GameTree) -> list:
    found, waiting = [], [tree.root]
    while waiting:
        found.append(waiting.pop())
        waiting += found[-1].children
    return found


def test_changed_information_is_saved_and_the_rest_stays() -> None:
    tree = only(MESSY)
    tree.result, tree.komi, tree.names[WHITE], tree.date = "W+3.5", 6.5, "x]y", "2024-02-29"
    again = only(tree.to_sgf())
    assert (again.result, again.komi, again.names, again.date) == (
        "W+3.5",
        6.5,
        {BLACK: "a ] b", WHITE: "x]y"},
        "2024-02-29",
    )
    assert again.root.properties["XY"] == ["1:2", "z\\:z"]
    tree.names[BLACK] = ""
    assert "PB[" not in tree.to_sgf()


def test_passes_are_saved_as_empty_values() -> None:
    assert "W[]" in only("(;SZ[19];W[tt])").to_sgf()
    assert ";W[]" in only("(;SZ[9];W[ ])").to_sgf()


def test_an_unreadable_move_is_saved_as_it_was() -> None:
    assert "W[dundefined]" in only("(;SZ[9];W[dundefined];B[aa])").to_sgf()


@pytest.mark.parametrize("text", [
    "(;SZ[9]" + ";B[];W[]" * 3000 + ")",
    "(;SZ[9]" + "(;B[];W[]" * 3000 + ")" * 3001,
    "(;SZ[9]" + "(;B[](;W[])" * 3000 + ")" * 3001,
])  # fmt: skip
def test_very_long_and_very_deep_records(text: str) -> None:
    tree = only(text)
    assert len(tree.main_line()) >= 2
    assert only(tree.to_sgf()).to_sgf() == tree.to_sgf()
    deepest = max(_nodes(tree), key=lambda node: len(node.path()) if not node.children else 0)
    assert len(tree.game_at(deepest).moves) >= 3000


# Handicaps that are only counted


def test_handicap_without_stones_gets_the_star_points() -> None:
    tree = only("(;HA[4]KM[0.5];W[cc];B[cf])")
    assert len(tree.root.events) == 4 and "4 put on the handicap points" in tree.warnings[0]
    assert tree.game_at(tree.root).to_play == WHITE
    assert sorted(tree.root.properties["AB"]) == ["dd", "dp", "pd", "pp"]


@pytest.mark.parametrize("text", [
    "HA[2];B[dd];B[pp];W[qd]",  # the stones are the first moves
    "HA[2]AB[cc][qq];W[aa]",  # there are stones
    "HA[2];AB[cc][qq];W[aa]",  # in the second node, as Fox has it
    "HA[4];W[dd];B[cc]",  # the points are played on
    "HA[30];W[aa]",  # no such placement
    "HA[0];B[aa]",
])  # fmt: skip
def test_other_handicaps_get_no_stones(text: str) -> None:
    tree = only(f"(;GM[1]{text})")
    assert "AB" not in tree.root.properties or len(tree.root.events) == 2
    assert not any("put on the handicap" in warning for warning in tree.warnings)


@pytest.mark.parametrize(
    "text", ["(;SZ[19]AP[foxwq]KM[0]RU[Chinese];B[pd])", "(;SZ[19]RU[Chinese];B[pd])", "(;SZ[19]KM[375];B[pd])"]
)
@pytest.mark.parametrize("changes", [{}, {"rules": "Japanese"}, {"handicap": 2}, {"komi": 0.5}])
def test_saving_keeps_the_meaning_of_what_is_not_changed(text: str, changes: dict[str, Any]) -> None:
    """What komi is depends on who wrote the record and on its rules and handicap."""
    tree = read_trees(text.encode())[0]
    for name, value in changes.items():
        setattr(tree, name, value)
    again = read_trees(tree.to_sgf().encode())[0]
    assert (again.komi, again.rules, again.handicap) == (tree.komi, tree.rules, tree.handicap)


@pytest.mark.parametrize("stones", [(), ("D4", "K10")])
def test_a_game_whose_turn_was_set_is_saved_with_it(stones: tuple[str, ...]) -> None:
    for moves in ((), ("Q16",)):
        game = Game()
        game.set_stones({parse_vertex(stone, 19): BLACK for stone in stones})
        for move in moves:
            game.play(parse_vertex(move, 19))
        game.to_play = BLACK if moves else WHITE
        tree = read_trees(GameTree.from_game(game).to_sgf().encode())[0]
        again = tree.game_at(tree.main_line()[-1])
        assert again.to_play == game.to_play and again.moves == game.moves

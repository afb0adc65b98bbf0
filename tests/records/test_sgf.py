"""Encodings, collections and damaged text: what is found in the wild, and what is made of it."""

import random
from pathlib import Path

import pytest
from sgfmill import sgf

from gopolicy.go.coords import BLACK, WHITE, Size, parse_vertex
from gopolicy.records import Record, RecordError, read_records
from gopolicy.records import record as record_module
from gopolicy.records import sgf as sgf_module
from gopolicy.records.encoding import decode, text_bytes
from gopolicy.records.node import Node
from gopolicy.records.sgf import parse_game, read_trees, split_games
from gopolicy.records.tree import GameTree

NAMES = {
    "gb18030": [
        "古力",
        "柯洁",
        "芈昱廷",
        "时越",
        "常昊",
        "聂卫平",
        "芮乃伟",
        "檀啸",
        "俞斌",
        "曹薰铉",
        "辜梓豪",
        "黑中盘胜",
    ],
    "big5": ["許功", "周俊勳", "林海峰", "張栩", "王立誠", "陳詩淵", "吳清源", "王銘琬", "黑中盤勝"],
    "euc-kr": ["이창호", "이세돌", "박정환", "신진서", "조훈현", "최정", "목진석", "흑 불계승"],
    "shift_jis": ["井山裕太", "趙治勲", "小林光一", "羽根直樹", "ゆうきさとし", "結城聡", "芝野虎丸", "アマ四段"],
    "cp1251": ["Иван Петров", "Дмитрий Сурин", "Илья Шикшин"],
    "latin-1": ["Jürgen Mattern", "François", "Ålander", "José Olivares"],
    "utf-8": ["古力", "이세돌", "井山裕太", "Дмитрий Сурин", "Jürgen", "Łukasz", "Ηρακλής"],
}
CASES = [(encoding, name) for encoding, names in NAMES.items() for name in names]


def only(text: str | bytes) -> GameTree:
    [tree] = read_trees(text if isinstance(text, bytes) else text.encode())
    return tree


def vertices(tree: GameTree) -> str:
    turns = [node.turn for node in tree.main_line() if node.turn]
    pairs = ((color, "pass" if move is None else move) for color, move in turns)
    return " ".join(f"{'?BW'[color]}:{move}" for color, move in pairs)


def moves(text: str, size: int = 19) -> str:
    """Return the same from vertices: `B Q16 W pass`."""
    words = text.split()
    points = [parse_vertex(vertex, size) for vertex in words[1::2]]
    return " ".join(f"{c}:{'pass' if p is None else p}" for c, p in zip(words[::2], points, strict=True))


# Encodings


@pytest.mark.parametrize(("declared", "encoding"), [("ISO-2022-JP", "iso2022_jp"), ("HZ-GB-2312", "hz")])
def test_declared_encodings_whose_bytes_are_all_ascii(declared: str, encoding: str) -> None:
    tree = only(f"(;GM[1]CA[{declared}]PB[".encode() + "武宮正樹".encode(encoding, "replace") + b"];B[dd])")
    assert tree.names[BLACK] == "武宮正樹".encode(encoding, "replace").decode(encoding)
    assert only(b"(;GM[1]PB[~{9EA&~}];B[dd])").names[BLACK] == "~{9EA&~}"  # not declared


@pytest.mark.parametrize(("encoding", "name"), CASES)
@pytest.mark.parametrize("declared", ["", "CA[]", "CA[nonsense]", "CA[ISO-8859-1]"])
def test_names_without_a_useful_declaration(encoding: str, name: str, declared: str) -> None:
    tree = only(b"(;GM[1]" + f"{declared}FF[4]PB[".encode() + name.encode(encoding) + b"]PW[bob];B[dd];W[pp])")
    assert tree.names == {BLACK: name, WHITE: "bob"}
    assert vertices(tree) == moves("B D16 W Q4")


@pytest.mark.parametrize("declared", ["gb2312", "GBK", "Big5", "EUC-KR", "Shift_JIS", "utf8"])
def test_declared_encodings_read_as_their_supersets(declared: str) -> None:
    superset = {"gb2312": "gbk", "Shift_JIS": "cp932", "EUC-KR": "cp949", "Big5": "big5hkscs"}.get(declared, declared)
    name = {
        "gb2312": "曹薰鉉",
        "GBK": "曹薰鉉",
        "Big5": "許功",
        "EUC-KR": "똠방",
        "Shift_JIS": "髙尾①",
        "utf8": "許功",
    }[declared]
    assert only(f"(;CA[{declared}]PB[".encode() + name.encode(superset) + b"])").names[BLACK] == name


def test_declaration_that_lies() -> None:
    assert (
        only(b"(;CA[UTF-8]PB[" + "柯洁".encode("gbk") + b"]PW[" + "芈昱廷".encode("gbk") + b"])").names[BLACK] == "柯洁"
    )
    assert only(b"(;CA[gb2312]AP[foxwq]PB[" + "柯洁".encode() + b"])").names[BLACK] == "柯洁"


def test_bracket_inside_a_character() -> None:
    for name in ("許功", "野乗", "瀄"):
        for encoding in ("big5", "gbk"):
            try:
                raw = name.encode(encoding)
            except UnicodeEncodeError:
                continue
            tree = only(b"(;CA[" + encoding.encode() + b"]PB[" + raw + b"]PW[bob];B[dd])")
            assert tree.names == {BLACK: name, WHITE: "bob"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["古力", "Smith"])
def test_byte_order_marks(encoding: str, name: str) -> None:
    assert only(f"(;PB[{name}];B[dd])".encode(encoding)).names[BLACK] == name


def test_a_few_bad_bytes_do_not_change_the_verdict() -> None:
    good = "".join(f"(;CA[UTF-8]PB[古力{i}];B[dd])" for i in range(100)).encode()
    trees = read_trees(good.replace("力7]".encode(), "力".encode()[:2] + b"7]"))
    assert len(trees) == 100 and trees[8].names[BLACK] == "古力8" and trees[7].names[BLACK] == "古\ufffd7"


def test_encoding_can_be_forced() -> None:
    assert decode("é".encode("latin-1") * 2, "gb18030") == "殚"
    with pytest.raises(RecordError, match="unknown encoding 'no such'"):
        decode(b"", "no such")


# Collections


def test_one_bad_game_does_not_harm_the_others(caplog: pytest.LogCaptureFixture) -> None:
    trees = read_trees(b"(;PB[a];B[aa])junk (;GM[2]PB[chess]) (;SZ[9:26]PB[x])(;PB[b];B[bb])\n\n(;PB[c];B[cc])")
    assert [tree.names[BLACK] for tree in trees] == ["a", "b", "c"]
    assert len(caplog.messages) == 2


@pytest.mark.parametrize("damage", [";B[aa", ";B[aa]", ";B[aa)", ";B[aa]C[see (;B[bb])", ";C[x\\]", "(;B[aa]", ";B["])
def test_a_game_that_does_not_end_is_ended_by_the_next(damage: str) -> None:
    trees = read_trees(f"(;FF[4]PB[a]{damage}\n(;FF[4]PB[b];B[aa])\n(;FF[4]PB[c];B[cc])".encode())
    assert [tree.names[BLACK] for tree in trees] == ["a", "b", "c"]
    assert [len(tree.main_line()) for tree in trees[1:]] == [2, 2]


def test_games_inside_comments_and_variations_are_no_games() -> None:
    text = "(;FF[4]C[like (;GM[1\\];B[aa\\])];B[aa](;W[bb])(;W[cc]))"
    assert list(split_games(text)) == [text]


def test_large_collections_are_cut_game_by_game() -> None:
    """Quadratic work would take minutes here."""
    game = "(;FF[4]GM[1]PB[a]" + ";B[aa];W[bb]" * 100 + ")\n"
    text = game * 8_000
    assert next(split_games(text)) == game.strip()
    assert sum(1 for _ in split_games(text)) == 8_000
    broken = text.replace(")", "")
    assert sum(1 for _ in split_games(broken)) == 8_000


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"\0" * 100, b"a (bracket) [and] more", b"(;)", b"\xff\xfe", b"((((", b"]]]"]
)
def test_no_record_at_all(data: bytes) -> None:
    with pytest.raises(RecordError, match="^no SGF data found$"):
        read_trees(data)


def test_leading_and_trailing_text() -> None:
    assert vertices(only("From: me\nSubject: (a game)\n\n(;GM[1];B[dd])\n-- \n\0\x1a")) == moves("B D16")


# Values


PASSES = [("tt", 19), ("tt", 9), ("", 19), ("  ", 19), ("zz", 19), ("tt", 13), ("jj", 9), ("", 21)]


@pytest.mark.parametrize(("value", "size"), PASSES)
def test_passes(value: str, size: int) -> None:
    tree = only(f"(;SZ[{size}];B[{value}];W[aa])")
    assert tree.main_line()[1].turn == (BLACK, None)
    assert bool(tree.warnings) == (value not in ("", "tt"))


def test_tt_is_a_point_of_a_large_board() -> None:
    assert only("(;SZ[21];B[tt])").main_line()[1].turn == (BLACK, 19 * 21 + 19)


def test_capitals_and_an_unreadable_move() -> None:
    tree = only("(;B[PD];W[dundefined];B[aa])")
    assert tree.main_line()[0].turn == (BLACK, parse_vertex("Q16", 19))
    assert tree.main_line()[1].fault == "unreadable move W[dundefined]"
    assert len(tree.main_line()) == 3  # still there to be looked at and saved


def test_two_moves_in_one_node_are_taken_in_order() -> None:
    for text in ("(;B[dd]W[pd];B[pp])", "(;W[dd]B[pd])", "(;AB[aa]B[dd][pd])"):
        tree = only(text)
        assert "several moves" in tree.warnings[0]
    assert vertices(only("(;B[dd]W[pd];B[pp])")) == moves("B D16 W Q16 B Q4")
    assert vertices(only("(;W[dd]B[pd])")) == moves("W D16 B Q16")
    assert vertices(only("(;AB[aa]B[dd][pd])")) == moves("B D16 B Q16")
    assert vertices(only(only("(;W[dd]B[pd])").to_sgf())) == moves("W D16 B Q16")


def test_first_node_may_hold_a_move() -> None:
    assert vertices(only("(;SZ[19]B[dd];W[pp])")) == moves("B D16 W Q4")


@pytest.mark.parametrize(
    ("text", "size", "saved"),
    [
        ("", 19, "SZ[19]"),
        ("SZ[19:19]", 19, "SZ[19]"),
        ("SZ[9]", 9, "SZ[9]"),
        ("SZ[25]", 25, "SZ[25]"),
        ("SZ[]", 19, "SZ[19]"),
        ("SZ[2]", 2, "SZ[2]"),
        ("SZ[19:13]", (19, 13), "SZ[19:13]"),
        ("SZ[ 9 : 7 ]", (9, 7), "SZ[9:7]"),
        ("SZ[2:25]", (2, 25), "SZ[2:25]"),
        ("SZ[13x19]", (13, 19), "SZ[13:19]"),
    ],
)
def test_sizes(text: str, size: Size, saved: str) -> None:
    tree = only(f"(;{text}KM[0];B[aa])")
    assert tree.size == size and saved in tree.to_sgf()


@pytest.mark.parametrize(("text", "reason"), [
    ("SZ[9:26]", r"unusable board size: SZ\[9:26\] is none from 2 to 25"),
    ("SZ[9:13:19]", r"unusable board size: SZ\[9:13:19\]"),
    ("SZ[9.13]", r"unusable board size: SZ\[9.13\]"),
    ("SZ[37]", r"unusable board size: SZ\[37\] is none from 2 to 25"),
    ("SZ[1]", "unusable board size"),
    ("GM[2]", r"not a game of Go: GM\[2\]"),
])  # fmt: skip
def test_refusals(text: str, reason: str) -> None:
    with pytest.raises(RecordError, match=reason):
        read_trees(f"(;{text};B[aa])".encode())


@pytest.mark.parametrize(("text", "komi"), [
    ("KM[375]AP[foxwq]", 7.5), ("KM[750]", 7.5), ("KM[325]", 6.5), ("KM[650]", 6.5), ("KM[275]", 5.5),
    ("KM[350]", 7.0), ("KM[700]", 7.0), ("KM[50]", 0.5), ("KM[0]AP[foxwq]", 7.5), ("KM[0]AP[foxwq]RU[Japanese]", 6.5),
    ("KM[0]AP[foxwq]HA[2]", 0.5), ("KM[0]", 0.0), ("KM[6,5]", 6.5), ("KM[6.5 points]", 6.5), ("KM[]", 7.5),
    ("KM[-3.5]", -3.5), ("KM[komi]", 7.5), ("", 7.5), ("HA[3]", 0.5), ("RU[korean]", 6.5), ("KM[1e9]", 1.0),
    ("KM[99999]", 7.5), ("KM[-100]", -100.0), ("KM[6目半]", 6.5), ("KM[5½]", 5.5), ("KM[5 1/2]", 5.5),
    ("KM[3.75]", 7.5), ("KM[3 3/4子]", 7.5), ("KM[2.75]", 5.5), ("KM[1e9]RU[日本規則]", 1.0), ("RU[日本規則]", 6.5),
])  # fmt: skip
def test_komi(text: str, komi: float) -> None:
    assert only(f"(;{text};B[aa];B[bb];B[cc])").komi == komi


@pytest.mark.parametrize(
    ("text", "handicap"), [("HA[two]", 0), ("HA[1]", 0), ("HA[4]", 4), ("HA[]", 0), ("HA[2 stones]", 2)]
)
def test_handicap(text: str, handicap: int) -> None:
    assert only(f"(;{text};W[aa])").handicap == handicap


@pytest.mark.parametrize(("text", "result"), [
    ("B+R", "B+R"), ("B+Resign", "B+R"), ("W+T", "W+T"), ("W+Time", "W+T"), ("b+f", "B+F"), ("W+Forfeit", "W+F"),
    ("B+3.5", "B+3.5"), ("W+0.50", "W+0.5"), ("B+3,5", "B+3.5"), ("W+12", "W+12"), ("B+", "B+"), ("B", "B+"),
    ("0", "0"), ("Draw", "0"), ("Jigo", "0"), ("Void", "Void"), ("?", ""), ("", ""), ("unfinished", ""),
    ("黑中盘胜", "B+R"), ("黑中盤勝", "B+R"), ("白中押し勝ち", "W+R"), ("白胜43.5目", "W+43.5"), ("黒3目半勝", "B+3.5"),
    ("黑胜1又3/4子", "B+"), ("白超时胜", "W+T"), ("和棋", "0"), ("흑 불계승", "B+R"), ("백 3집반승", "W+3.5"),
    ("백 반집승", "W+0.5"), ("White wins by resignation", "W+R"), ("Black resigns", "W+R"),
    ("Black wins by 2.5", "B+2.5"), ("B+R (White resigns)", "B+R"), ("Black wins, White resigns", "B+R"),
    ("黑中盘胜，白认输", "B+R"), ("白認輸", "B+R"), ("白投了", "B+R"), ("흑 불계패", "W+R"), ("White forfeits", "B+F"),
    ("White lost by resignation", "B+R"), ("Won by Black, White resigned", "B+R"), ("Black loses by 3.5", "W+3.5"),
    ("W+1.5 (after time)", "W+1.5"), ("White loses on time", "B+T"), ("Result: W+R", "W+R"),
])  # fmt: skip
def test_results(text: str, result: str) -> None:
    assert only(f"(;RE[{text}];B[aa])").result == result


def test_free_text_is_unescaped_and_other_values_are_kept_as_written() -> None:
    tree = only("(;PB[a\\]b\\\\c]C[two\nlines\\\njoined]LB[aa:x\\:y]XX[q\\]q];B[aa])")
    assert tree.names[BLACK] == "a]b\\c"
    assert tree.root.comment == "two\nlinesjoined"
    assert tree.root.properties["LB"] == ["aa:x\\:y"] and tree.root.properties["XX"] == ["q\\]q"]


def test_long_names_of_the_first_format() -> None:
    tree = only("(;GaMe[1]SiZe[9]PlayerBlack[x]AddBlack[aa];White[bb])")
    assert tree.size == 9 and tree.names[BLACK] == "x" and tree.main_line()[1].turn == (WHITE, 10)


# Damage


@pytest.mark.parametrize(("text", "expected"), [
    ("(\nTE[x]PB[a];B[dd](;W[pp])(;W[pd]))", "B D16 W Q4"),
    ("(;PB[a];B[dd];W[pp]", "B D16 W Q4"),
    ("(;PB[a];B[dd](;W[pp];B[pd])(;W[dp", "B D16 W Q4 B Q16"),
    ("(;PB[a];B[dd];W[pp", "B D16 W Q4"),
    ("(;PB[a];B[dd];W[pp)", "B D16 W Q4"),
    ("(;PB[a];B[dd]C[he said [ok] fine];W[pp])", "B D16 W Q4"),
    ("(;PB[a];B[dd]C[see [1] and (b) or [2\\]];W[pp])", "B D16 W Q4"),
    ("(;PB[a]PW;B[dd];W[pp])", "B D16 W Q4"),
    ("(;PB[a]X1[y]2Z[z];B[dd];W[pp])", "B D16 W Q4"),
    ("(;PB[a];B[dd] // what; W[pp] 12)", "B D16 W Q4"),
    ("(;PB[a];B[dd](;W[pp]);B[pd])", "B D16 W Q4 B Q16"),
    ("(;PB[a];B[dd]=;[x];W[pp])", "B D16 W Q4"),
])  # fmt: skip
def test_repairs(text: str, expected: str) -> None:
    tree = only(text)
    assert tree.names[BLACK] == "a"
    assert vertices(tree) == moves(expected)
    assert "damaged SGF" in tree.warnings[0]
    assert vertices(only(tree.to_sgf())) == moves(expected)


def test_a_repaired_comment_is_whole() -> None:
    tree = only("(;B[dd]C[see [1] and (b)];W[pp])")
    assert tree.root.comment == "see [1] and (b)"


def test_repair_of_noise_never_fails_otherwise() -> None:
    rng = random.Random(1)
    pieces = ["(", ")", ";", "[", "]", "B[dd]", "W[pp]", "C[", "\\", "AB[aa][bb]", "x", "\n", "SZ[19]", "PB", "N"]
    for _ in range(3000):
        text = "(;" + "".join(rng.choices(pieces, k=rng.randrange(25)))
        try:
            trees = read_trees(text.encode())
        except RecordError:
            continue
        for tree in trees:
            Record.from_tree(tree)
            assert only(tree.to_sgf()).to_sgf() == tree.to_sgf()


def test_repair_is_not_quadratic() -> None:
    """It would take minutes here."""
    for piece in ("[", "]", "(", ")", "C[a", "C[[", "PB;", "\\", " ", "C[a] x "):
        read = "(;FF[4];B[dd]C[a] x" + piece * 20_000
        try:
            parse_game(read)
        except RecordError:
            pass


def test_plain_and_general_parsers_agree() -> None:
    rng = random.Random(2)
    letters = "abcdefghijklmnopqrst"
    for _ in range(50):
        turns = [f"{rng.choice(['B', 'W'])}[{rng.choice(letters)}{rng.choice(letters)}]" for _ in range(60)]
        plain = "(;GM[1]SZ[19]PB[x \\] y];" + rng.choice(["\n;", ";", " ; "]).join([*turns, "B[]", "W[a]"]) + "\n)"
        general = plain.replace("]\n)", "]N[])").replace("] )", "]N[])")
        one, other = parse_game(plain), parse_game(general.replace("])", "]N[])", 1))
        assert [node.events for node in one.main_line()] == [node.events for node in other.main_line()]
        assert one.warnings == other.warnings
        reference = [node.get_raw_property_map() for node in sgf.Sgf_game.from_string(plain).get_main_sequence()]
        raw = [
            {key: [value.encode() for value in values] for key, values in node.properties.items()}
            for node in one.main_line()
        ]
        assert raw[1:] == reference[1:]


# Damaged characters


CUT_NAMES = [
    "古力"[:1].encode() + "力".encode()[:2],
    "Łukasz Podpé".encode()[:-1],
    "이세돌".encode()[:-2],
    "柯".encode()[:2],
]


@pytest.mark.parametrize("name", CUT_NAMES)
@pytest.mark.parametrize("declared", [b"CA[UTF-8]", b"CA[utf8]"])
def test_a_name_cut_within_a_character_is_shown_and_saved(declared: bytes, name: bytes) -> None:
    data = b"(;GM[1]FF[4]" + declared + b"PB[" + name + b"]PW[bob];B[dd]C[" + name + b"];W[pp])"
    tree = only(data)
    shown = name.decode("utf-8", "replace")
    assert tree.names == {BLACK: shown, WHITE: "bob"} and shown.count("\ufffd") == 1
    tree.names[WHITE] = "王"
    node = tree.main_line()[1]
    node.comment = node.comment  # as an editor does that was opened and closed
    saved = text_bytes(tree.to_sgf())
    assert b"PB[" + name + b"]" in saved and b"C[" + name + b"]" in saved
    again = only(saved)
    assert again.names == {BLACK: shown, WHITE: "王"} and text_bytes(again.to_sgf()) == saved


@pytest.mark.parametrize("data", [b"(B[;CA[shiftjis][\x8a", b"(B[\x81\x80", b"(;CA[big5]PB[\x81\x80]C[\xe9]"])
def test_what_is_saved_reads_as_it_was(data: bytes) -> None:
    """Found by the fuzzer: bytes of several encodings, and what looks like a declaration."""
    saved = only(data).to_sgf()
    assert only(text_bytes(saved)).to_sgf() == saved


MERGED = "(;FF[4]SZ[19];B[dd](;PB[古力]W[pp])(;PB[柯洁]W[pd];B[dp])\n(;EV[x]W[dp]))"


QUOTING = "(;C[as in\n(;PB[x\\];B[aa\\]\n(;PB[x];B[aa])"


def test_games_merged_into_one_tree_are_one_record() -> None:
    [tree] = read_trees(MERGED.encode())
    assert len(tree.root.children[0].children) == 3
    assert only(tree.to_sgf()).to_sgf() == tree.to_sgf()
    for damage in (";B[aa]", ";B[aa"):
        damaged = read_trees(f"(;FF[4]PB[one]{damage}\n(;PB[two];B[bb])\n(;PB[three];B[cc])".encode())
        assert [tree.names[BLACK] for tree in damaged] == ["one", "two", "three"]


@pytest.mark.parametrize(
    "data", ["(;((W[])(CA[", "(;B[aa](;W[bb])(;SZ[9]W[cc];B[dd]AP[x]))", "(B[\n(;FF[", QUOTING, MERGED]
)
def test_variations_are_not_lost_when_a_record_is_saved(data: str) -> None:
    """Found by the fuzzer: what begins like a root was read as another game."""
    tree = read_trees(data.encode())[0]
    again = read_trees(text_bytes(tree.to_sgf()))
    assert [one.to_sgf() for one in again] == [tree.to_sgf()]


CUT_DOUBLES = [
    ("gb18030", "GBK", "柯洁"),
    ("gb18030", "GB2312", "古力"),
    ("big5", "Big5", "許功"),
    ("cp932", "Shift_JIS", "井山"),
]


@pytest.mark.parametrize(("encoding", "declared", "name"), CUT_DOUBLES)
def test_a_name_cut_within_a_double_byte_takes_no_bracket(encoding: str, declared: str, name: str) -> None:
    cut = name.encode(encoding)[:-1]
    whole = f"BR[九段]GN[{name}]".encode(encoding)
    for after in (b"PW[bob];B[dd];W[pp])", b"\n;B[dd];W[pp])", b"];B[dd])"[1:] + b"\n(;PB[c];W[pp])"):
        tree = read_trees(b"(;CA[" + declared.encode() + b"]" + whole + b"PB[" + cut + b"]" + after)[0]
        assert tree.names[BLACK] == name[0] + "\ufffd" and tree.ranks[BLACK] == "九段"
        assert tree.names[WHITE] == ("bob" if b"bob" in after else "")
        assert tree.main_line()[1].turn == (BLACK, 60)
        saved = tree.to_sgf()
        assert only(text_bytes(saved)).to_sgf() == saved
    text = f"(;CA[{declared}]C[包。]N[{name}包];B[dd]C[包])"
    assert only(text.encode(encoding)).main_line()[1].comment == "包"


def test_a_name_that_is_edited_is_saved_as_edited() -> None:
    tree = only(b"(;CA[UTF-8]PB[" + CUT_NAMES[0] + b"];B[dd])")
    tree.names[BLACK] = "古力"
    assert only(text_bytes(tree.to_sgf())).names[BLACK] == "古力"


@pytest.mark.parametrize(
    "name", ["idna", "punycode", "unicode_escape", "utf-7", "zip", "rot13", "hex", "\0", "é", "x" * 9000]
)
def test_what_is_no_character_set_is_not_used(name: str) -> None:
    tree = only(f"(;CA[{name}]PB[é];B[dd])".encode())
    assert tree.names[BLACK] == "é"
    with pytest.raises(RecordError, match="unknown encoding"):
        decode(b"(;PB[x])", name)


# Time and memory


@pytest.mark.parametrize("start", ["AB[dd][pp]AW[pd]C[a]", "DT[2001-01-01]", "C[x]", "FF[4]", "FF[ ]"])
def test_large_collections_of_any_start_are_split(start: str) -> None:
    """Quadratic work would take many minutes here."""
    games = list(split_games(f"(;{start};B[aa];W[bb])\n" * 100_000))
    assert len(games) == 100_000


@pytest.mark.parametrize("text", ["(;C[a])" + "\n" * 60_000 + "(;C[b])", "(;FF[" * 20_000, "(;B[aa])(" + " (" * 60_000])
def test_odd_texts_are_split(text: str) -> None:
    assert len(list(split_games(text))) <= 2


def test_a_game_of_too_many_stones_or_nodes_is_refused() -> None:
    for text in (";AB[aa:ss]" * 6_000, ";" * 1_000_001 + "B[aa]"):
        with pytest.raises(RecordError, match="file too large: more than 1,000,000 nodes or 2,000,000 stones"):
            parse_game(f"(;GM[1]{text})")


@pytest.mark.parametrize("text", [
    "HA[" + "9" * 400 + "]", "BR[²d]", "BR[①段]BW[" + "9" * 5000 + "]", "SZ[١٩]", "KM[" + "9" * 5000 + "]",
    "RE[B+" + "9" * 5000 + "]", "DT[" + "1" * 5000 + "]", "GM[" + "1" * 5000 + "]",
])  # fmt: skip
def test_odd_values_are_read_or_refused_in_a_line(text: str) -> None:
    try:
        tree = only(f"(;{text};B[dd])")
    except RecordError as error:
        assert len(str(error)) < 200
    else:
        assert len(tree.result) < 30 and all(len(warning) < 200 for warning in tree.warnings)


def test_a_game_of_more_events_than_a_corpus_counts_is_refused() -> None:
    with pytest.raises(RecordError, match="game too long: more than 65,535"):
        Record.from_tree(only("(;GM[1]" + ";B[];W[]" * 33_000 + ")"))


# Properties and nodes behind variations


@pytest.mark.parametrize(("text", "expected"), [
    ("(;B[aa](;W[bb])(;W[cc])C[x];B[dd])", "(;B[aa]C[x](;W[bb])(;W[cc])(;B[dd]))"),
    ("(;B[aa](;W[bb];B[ee])(;W[cc]);B[dd];W[ff])", "(;B[aa](;W[bb];B[ee])(;W[cc])(;B[dd];W[ff]))"),
    ("(;B[aa](;W[bb](;B[cc])(;B[dd])C[x])C[y])", "(;B[aa]C[y];W[bb]C[x](;B[cc])(;B[dd]))"),
    ("(;B[aa](;W[bb]);B[cc](;W[dd])(;W[ee]);B[ff])", "(;B[aa];W[bb];B[cc](;W[dd])(;W[ee])(;B[ff]))"),
])  # fmt: skip
def test_what_stands_behind_variations_keeps_them_apart(text: str, expected: str) -> None:
    tree = only(text)
    assert "damaged SGF repaired" in tree.warnings[0]
    assert [node.properties for node in nodes_of(tree)] == [node.properties for node in nodes_of(only(expected))]
    assert [len(node.children) for node in nodes_of(tree)] == [len(node.children) for node in nodes_of(only(expected))]


def nodes_of(tree: GameTree) -> list[Node]:
    found, waiting = [], [tree.root]
    while waiting:
        found.append(waiting.pop())
        waiting += reversed(found[-1].children)
    return found


def test_whatever_a_game_raises_the_others_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A fault of the reader itself, of a kind that nobody has foreseen."""

    def faulty(game: str) -> GameTree:
        if "PB[bad]" in game:
            raise ZeroDivisionError("unforeseen")
        return parse_game(game)

    text = "(;PB[good];B[aa])(;PB[bad];B[aa])(;PB[last];B[bb])"
    monkeypatch.setattr(sgf_module, "parse_game", faulty)
    assert [tree.names[BLACK] for tree in read_trees(text.encode())] == ["good", "last"]
    monkeypatch.setattr(record_module, "parse_game", faulty)
    (tmp_path / "x.sgf").write_text(text)
    drops: list[tuple[str, str]] = []
    assert [one.black for one in read_records(tmp_path, on_drop=lambda *drop: drops.append(drop))] == ["good", "last"]
    assert drops == [("x.sgf game 2", "unexpected error: ZeroDivisionError: unforeseen")]

"""What the transcripts cannot show: superko, chance, a network that is missing, and nonsense by the thousand."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
from diagrams import parse_diagram
from fakes import FINISHED, UniformPolicy

from gopolicy.engine.client import GtpClient, LocalChannel
from gopolicy.engine.gtp.command_table import commands
from gopolicy.engine.gtp.gtp_state import GtpState
from gopolicy.engine.gtp.protocol import Dispatcher, GtpError, parse_line
from gopolicy.engine.match import play_game
from gopolicy.engine.parameters import SETTINGS, ParameterError, Parameters
from gopolicy.engine.players import GtpPlayer, PolicyPlayer
from gopolicy.engine.rules import RULES
from gopolicy.go.coords import BLACK, WHITE, parse_vertex, to_vertex
from gopolicy.go.game import Game

GOLDEN = Path(__file__).parent.parent / "golden" / "gtp"
DATA = Path(__file__).parents[2] / "data"


def new_client(favorites=None, **parameters) -> tuple[GtpClient, GtpState]:
    state = GtpState(lambda: UniformPolicy(favorites), Parameters(**parameters))
    return GtpClient(LocalChannel(Dispatcher({"name": lambda arguments: "gopolicy", **commands(state)}))), state


def test_a_missing_network_is_told_and_the_board_still_works():
    def load():
        raise OSError("no such file: net.safetensors")

    client = GtpClient(LocalChannel(Dispatcher(commands(GtpState(load)))))
    client.command("play", "b", "Q16")
    with pytest.raises(GtpError, match=r"^no network: no such file: net.safetensors$"):
        client.command("genmove", "w")
    assert "X" in client.command("showboard")


def test_chance_can_be_repeated():
    def moves(seed):
        client, _ = new_client(temperature=1.0, seed=seed)
        return [client.command("genmove", color) for color in "bw" * 5]

    assert moves(3) == moves(3) != moves(4)
    client, _ = new_client(temperature=1.0)
    client.command("kata-set-param", "seed", 3)
    assert [client.command("genmove", color) for color in "bw" * 5] == moves(3)


def test_play_as_a_profile(tmp_path, monkeypatch):
    from random_profiles import ship_profiles

    ship_profiles(tmp_path / "profiles.safetensors", monkeypatch)
    policy = UniformPolicy()
    client = GtpClient(LocalChannel(Dispatcher(commands(GtpState(lambda: policy)))))
    assert client.command("kata-get-param", "humanSLProfile") == ""
    client.command("kata-set-param", "humanSLProfile", "rank_5k")
    assert client.command("kata-get-param", "humanSLProfile") == "kgs-9k-1k" == policy.profile
    with pytest.raises(GtpError, match="unknown humanSLProfile 'strong'"):
        client.command("kata-set-param", "humanSLProfile", "strong")
    client.command("kata-set-param", "humanSLProfile")
    assert client.command("kata-get-param", "humanSLProfile") == ""


def test_greedy_after_and_cold_play_the_likeliest_move():
    client, _ = new_client({"Q16": 9, "D4": 8}, temperature=1.0, greedy_after=0)
    assert [client.command("genmove", color) for color in "bw"] == ["Q16", "D4"]


# Three kos, of which Black has taken the first and the second; then each side takes one after the other, and black
# C7 would bring the board back to where that began.
TRIPLE_KO = """
b A2 w D2  b B1 w C1  b B3 w C3  b A7 w D7  b B6 w C6  b B8 w C8  b A12 w D12  b B11 w C11  b B13 w C13
b C2 b C7 w B12  b Q16  w B2 b C12 w B7 b C2 w B12
"""


def after_triple_ko():
    client, state = new_client({"C7": 1000})
    words = TRIPLE_KO.split()
    for color, vertex in zip(words[::2], words[1::2], strict=True):
        client.command("play", color, vertex)
    assert state.game.is_legal(parse_vertex("C7", 19), BLACK)
    return client


def test_own_moves_avoid_a_repeated_position_except_where_rules_allow_it():
    client = after_triple_ko()
    assert client.command("reg_genmove", "b") != "C7"
    client.command("kata-set-rules", "japanese")
    assert client.command("reg_genmove", "b") == "C7"


def test_a_game_that_repeated_a_position_goes_on():
    client = after_triple_ko()
    client.command("play", "b", "C7")
    assert client.command("reg_genmove", "w") == "A19"


def fill(client, diagram, color):
    board, _ = parse_diagram(diagram)
    for point in np.flatnonzero(board.colors == color):
        client.command("gogui-setup", "b" if color == BLACK else "w", to_vertex(int(point), 19))


def test_passes_where_nothing_sensible_is_left_and_reports_it():
    client, _ = new_client()
    rows = ["X" * 19 if row % 2 else "X." * 9 + "X" for row in range(19)]
    fill(client, "\n".join(rows), BLACK)
    assert client.command("genmove", "b") == "pass"
    assert client.command("reg_genmove", "w") == "pass"
    assert (
        client.command("lz-analyze", "b", 10).split()[:9]
        == "info move pass visits 1000 winrate 5000 prior 10000".split()
    )
    assert client.command("kata-genmove_analyze", "b", 10).splitlines()[-1] == "play pass"
    assert client.command("gopolicy-line") == ""
    assert client.command("gopolicy-gfx", "w") == "TEXT no move is expected"
    assert "policyPass 1.000000" in client.command("kata-raw-nn", "w", 0)
    assert "pass: 1000" in client.command("heatmap") or "pass: 0" in client.command("heatmap")


def finished_client(**parameters):
    client, state = new_client(**parameters)
    fill(client, FINISHED, BLACK)
    fill(client, FINISHED, WHITE)
    return client, state


def test_a_finished_game_is_scored_by_the_rules_in_force():
    client, _ = finished_client()
    assert client.command("final_status_list", "dead").split() == ["B19", "M19"]
    assert client.command("final_status_list", "seki") == ""
    assert len(client.command("final_status_list", "alive").splitlines()) == 2
    assert len(client.command("final_status_list", "black_territory").split()) == 60
    assert client.command("final_score") == "B+11.5"  # 190 and 171 points
    client.command("kgs-rules", "japanese")
    assert client.command("final_score") == "B+2.5"  # 60 and 50 points, a prisoner each
    client.command("komi", 6.5)
    assert client.command("final_score") == "B+3.5"


def test_stones_as_they_stand_with_no_time_to_settle():
    client, _ = finished_client(settle_seconds=0.0)
    assert client.command("final_status_list", "dead") == ""


def test_the_score_of_a_game_that_has_just_begun_is_no_landslide():
    client, _ = new_client()
    client.command("play", "b", "K10")
    winner, points = client.command("final_score").split("+")
    assert float(points) < 30


def test_rules_say_what_white_gets_for_handicap():
    client, _ = new_client()
    for name, scoring, bonus in (("chinese", "AREA", "N"), ("aga", "AREA", "N-1"), ("japanese", "TERRITORY", "0")):
        client.command("kata-set-rules", name)
        rules = json.loads(client.command("kata-get-rules"))
        assert (rules["scoring"], rules["whiteHandicapBonus"]) == (scoring, bonus)


def test_ownership_on_request():
    client, state = finished_client()
    words = client.command(
        "kata-analyze", "w", 10, "ownership", "true", "movesOwnership", "true", "maxmoves", 2
    ).split()
    last = words.index("ownership")
    owners = np.array(words[last + 1 :], float)
    assert owners.shape == (361,) and owners[0] < -0.8 and owners[18] > 0.8  # White is to play and owns the right
    assert words.count("movesOwnership") == words.count("info") >= 1
    first = words.index("movesOwnership")
    assert len(np.array(words[first + 1 : first + 362], float)) == 361 and words[first + 362] in ("info", "ownership")
    assert "ownership" not in client.command("kata-analyze", "w", 10, "ownership", "false")


def test_an_interrupt_or_any_input_ends_work_on_ownership():
    class Unsettled(UniformPolicy):
        def probabilities_batch(self, games, symmetries=None, *, legal_only=True):
            self.calls += 1
            return super().probabilities_batch(games, symmetries)

    policy = Unsettled()
    state = GtpState(lambda: policy, Parameters(settle_seconds=600.0), waiting_line=lambda: "# interrupt")
    client = GtpClient(LocalChannel(Dispatcher(commands(state))))
    rng = np.random.default_rng(1)
    for i in range(220):
        client.command("play", "bw"[i % 2], free(state, rng))
    calls = policy.calls
    assert "+" in client.command("final_score")
    assert policy.calls <= calls + 1


def test_a_line_that_waits_cancels_a_search_that_can_be():
    state = GtpState(lambda: UniformPolicy({"Q16": 9}), waiting_line=lambda: "undo")
    client = GtpClient(LocalChannel(Dispatcher(commands(state))))
    assert client.command("kata-search_cancellable", "b") == "cancelled"
    assert client.command("kata-search_analyze_cancellable", "b", 10).splitlines()[-1] == "play cancelled"
    assert client.command("kata-search", "b") == "Q16"
    assert client.command("kata-search_analyze", "b", 10).splitlines()[-1] == "play Q16"


def free(state, rng):
    return to_vertex(int(rng.choice(np.flatnonzero(state.game.legal_mask()))), 19)


def test_two_engines_play_a_whole_game_through_channels_in_this_process():
    class Local(GtpPlayer):
        def _open(self):
            return LocalChannel(
                Dispatcher(
                    {
                        "name": lambda arguments: "local",
                        "version": lambda arguments: "",
                        **commands(GtpState(UniformPolicy)),
                    }
                )
            )

    game = Game()
    players = {BLACK: Local("one"), WHITE: PolicyPlayer(UniformPolicy(), Parameters(temperature=1.0, seed=1))}
    result = play_game(players, game, max_moves=60, referee=None)
    assert result.failed is None and len(game.moves) == 60
    assert players[BLACK].name == "local"


@pytest.mark.parametrize("name", SETTINGS)
def test_parameters_can_be_read_back(name):
    parameters = Parameters()
    assert parameters.changed(name, parameters.text(name)) == parameters
    with pytest.raises(ParameterError, match=f"{name} 'nonsense' is not "):
        parameters.changed(name, "nonsense")
    with pytest.raises(ParameterError, match="unknown parameter"):
        parameters.text("no" + name)


def test_the_only_move_that_is_allowed_is_played_however_little_it_gains():
    client, state = new_client()
    client.command("loadsgf", DATA / "gnugo-001.sgf", 215)
    for color, vertex in (("black", "A19"), ("white", "B19")):
        point = parse_vertex(vertex, 19)
        assert state.game.is_legal(point, BLACK if color == "black" else WHITE)
        for command in ("lz-genmove_analyze", "kata-search_analyze"):
            answer = client.command(command, color, 10, "allow", color, vertex, 1)
            assert f"info move {vertex} " in answer
            assert answer.splitlines()[-1] == f"play {vertex}"
            if command.startswith("lz"):
                client.command("undo")


def test_a_move_that_is_drawn_is_among_the_candidates():
    client, _ = new_client({"Q16": 300}, temperature=1.0, seed=2)
    for color in "bw" * 5:
        line, played = client.command("kata-genmove_analyze", color, "maxmoves", 1).split("\nplay ")
        assert f"info move {played} " in line and line.count("info move ") == 2 - (played == "Q16")


def test_genmove_analyze_plays_only_what_is_allowed():
    for parameters in ({}, {"temperature": 1.0, "seed": 1}):
        client, _ = new_client({"Q16": 9}, **parameters)
        assert client.command("lz-genmove_analyze", "b", 10, "allow", "b", "A1", 1).splitlines()[-1] == "play A1"
        answer = client.command("kata-genmove_analyze", "w", 10, "avoid", "w", "Q16,A2", 1)
        assert answer.splitlines()[-1].split()[1] not in ("Q16", "A2")


@pytest.mark.parametrize("interval", ["14.000000000000002", "1000000000000", "0.5"])
def test_any_interval_is_kept_within_bounds(interval):
    client, state = new_client()
    for words in ([interval], ["b", interval], ["interval", interval]):
        stream = commands(state)["kata-analyze"](words)
        assert 0.1 <= stream.interval_seconds <= 3600


def test_candidates_under_the_threshold_are_left_out():
    client, _ = new_client({"Q16": 400, "D4": 100})
    assert client.command("lz-analyze", 10).count("info move") == 2
    client.command("kata-set-param", "threshold", 0.3)
    assert client.command("lz-analyze", 10).count("info move") == 1
    assert client.command("lz-analyze", 10, "minmoves", 5).count("info move") == 5


def test_no_analysis_for_a_board_that_was_refused():
    client, _ = new_client()
    with pytest.raises(GtpError, match="unacceptable size"):
        client.command("boardsize", 9)
    for command in ("genmove b", "lz-analyze 10", "heatmap", "kata-raw-nn 0", "gopolicy-gfx", "final_score"):
        with pytest.raises(GtpError, match="19x19 only|cannot score"):
            client.command(*command.split())
    client.command("loadsgf", GOLDEN / "game.sgf")
    assert client.command("reg_genmove", "b") == "A19"


def test_boards_that_are_not_square_are_refused(tmp_path):
    client, state = new_client()
    client.command("play", "b", "D4")
    (tmp_path / "wide.sgf").write_text("(;SZ[19:13];B[pd])")
    with pytest.raises(GtpError, match="^cannot load file: board is 19x13, not 19x19$"):
        client.command("loadsgf", tmp_path / "wide.sgf")
    assert state.game.size == 19 and len(state.game.moves) == 1
    for sizes in ((19, 13), (13, 19), (9, 9)):
        with pytest.raises(GtpError, match="^unacceptable size$"):
            client.command("boardsize", *sizes)
        with pytest.raises(GtpError, match="19x19 only"):
            client.command("genmove", "b")
    client.command("boardsize", 19, 19)
    assert client.command("genmove", "b") == "A19"


def test_a_record_brings_its_rules(tmp_path):
    client, state = new_client(settle_seconds=0)
    game = "(;SZ[19]RU[%s]KM[6.5]AB[ab][bb][ba]AW[sr];B[ss];W[rs])"  # by territory a point and a prisoner
    for name, rules, score, written in (
        ("Japanese", "japanese", "W+7.5", "Japanese"),
        ("Chinese (area)", "chinese", "W+5.5", "Chinese"),
        ("NZ", "new-zealand", "W+5.5", "NZ"),
        ("rules of our own", "new-zealand", "W+5.5", "NZ"),  # unknown: as before
        ("", "new-zealand", "W+5.5", "NZ"),
    ):
        (tmp_path / "game.sgf").write_text(game % name)
        client.command("loadsgf", tmp_path / "game.sgf")
        assert state.rules == RULES[rules] and client.command("final_score") == score
        assert f"RU[{written}]" in client.command("printsgf")


def test_a_record_that_cannot_be_played_is_not_loaded(tmp_path):
    client, state = new_client()
    (tmp_path / "illegal.sgf").write_text("(;GM[1]SZ[19];B[pd];W[pd];B[dd];W[pp])")
    (tmp_path / "unreadable.sgf").write_text("(;GM[1]SZ[19]HA[2];W[pd];B[q!];W[dd];B[dp])")
    for name, reason in (("illegal", "illegal move 2 W Q16"), ("unreadable", "unreadable move")):
        for number in ((), (3,), (9,)):
            with pytest.raises(GtpError, match=f"cannot load file: cut after move 1: {reason}"):
                client.command("loadsgf", tmp_path / f"{name}.sgf", *number)
    assert not state.game.moves
    client.command("loadsgf", tmp_path / "illegal.sgf", 2)
    assert len(state.game.moves) == 1


def test_names_of_files_hold_the_blanks_of_other_scripts(tmp_path):
    client, _ = new_client()
    client.command("printsgf", tmp_path / "a\u3000b.sgf")
    assert [path.name for path in tmp_path.iterdir()] == ["a\u3000b.sgf"]
    client.command("loadsgf", tmp_path / "a\u3000b.sgf")


def test_no_handicap_after_a_pass():
    client, _ = new_client()
    client.command("play", "b", "pass")
    with pytest.raises(GtpError, match="board not empty"):
        client.command("fixed_handicap", 3)


def test_only_regular_files_of_a_sensible_size_are_loaded(tmp_path):
    client, _ = new_client()
    for path, reason in (("/dev/zero", "not a regular file"), (tmp_path, "not a regular file")):
        with pytest.raises(GtpError, match=f"^cannot load file: {reason}$"):
            client.command("loadsgf", path)
    with open(tmp_path / "big.sgf", "wb") as file:
        file.truncate(17 * 2**20)
    with pytest.raises(GtpError, match="more than 16 MiB"):
        client.command("loadsgf", tmp_path / "big.sgf")


@pytest.mark.parametrize(
    "command", ["loadsgf x.sgf", "lz-analyze", "gopolicy-plane", "gopolicy-plane ones", "undo", "boardsize"]
)
def test_numbers_of_thousands_of_digits_are_errors_of_the_user(command, caplog):
    client, _ = new_client()
    try:
        client.command(*command.split(), "9" * 5000)
    except GtpError:
        pass
    assert not caplog.records


def test_every_plane_can_be_chosen_from_the_menu():
    client, _ = new_client()
    lines = [line.split("/") for line in client.command("gogui-analyze_commands").splitlines()]
    planes = [command for kind, label, command in lines if label.startswith("Plane ")]
    assert len(planes) == 48 and not any("%s" in command for _, _, command in lines)
    for number, command in enumerate(planes):
        assert f"TEXT plane {number}: " in client.command(*command.split())


WORDS = [
    *"b w black white B pass resign Q16 d4 A1 T19 Z99 i9 19 9 0 1 -1 8 2.5 nan inf 1e99 all average".split(),
    *"interval maxmoves minmoves avoid allow true false ownership D4,Q4 none auto seed temperature top_p".split(),
    *'cleanup settle_seconds { } { " # \\ ; [ ] % é 囲碁 \ufeff ٣ 99999999999999999999999 stone color'.split(),
    *"liberties japanese chinese dead alive seki /dev/null /no/such".split(),
    *['{"ko":"SIMPLE"}', "[]", '""', "x" * 300, str(GOLDEN / "game.sgf"), "", "\t", "\x00", "\x07", "\u2028"],
]


def fuzzed_lines(count: int, seed: int) -> list[str]:
    """Commands with right and wrong arguments, ids, blanks, comments and noise."""
    rng = random.Random(seed)
    names = sorted(Dispatcher(commands(GtpState(UniformPolicy))).names() - {"quit", "printsgf"})
    lines = []
    for _ in range(count):
        shape = rng.random()
        if shape < 0.05:
            line = "".join(
                chr(rng.choice([rng.randrange(32, 127), rng.randrange(0x3000)])) for _ in range(rng.randrange(60))
            )
            line = line.replace("\n", " ")
        else:
            name = rng.choice(names) if shape < 0.9 else rng.choice(WORDS)
            line = " ".join([name, *(rng.choice(WORDS) for _ in range(rng.randrange(6)))])
        if rng.random() < 0.3:
            line = f"{rng.randrange(10**6)} {line}"
        lines.append(line + rng.choice(["", "", "", "\r", " # comment", "\t"]))
    return lines


def check_fuzz(count: int, seed: int) -> None:
    """Feed fuzzed lines to an engine and check every frame."""
    state = GtpState(UniformPolicy, Parameters(settle_seconds=0))
    dispatcher = Dispatcher({"name": lambda arguments: "gopolicy", **commands(state)})
    for line in fuzzed_lines(count, seed):
        if state.parameters.settle_seconds:
            state.set_parameter("settle_seconds", "0")
        command, response = parse_line(line), dispatcher.respond(line)
        if command is None:
            assert response is None
            continue
        text = response.whole()
        body = text[1 + len(command.id) :]
        assert text[0] in "=?" and text[1:].startswith(command.id) and body[0] in " \n", line
        assert text.endswith("\n\n") and "\n\n" not in text[:-1], line
        assert not any(character < " " and character not in "\n\t" for character in text), line


def test_nonsense_gets_well_framed_answers(caplog):
    check_fuzz(2000, seed=1)
    assert not caplog.records, caplog.records[0].getMessage()

"""KataGo's JSON protocol: what KaTrain reads, in which order, and what is refused."""

import io
import json
import os
import tracemalloc

import numpy as np
import pytest
from diagrams import parse_diagram
from fakes import FINISHED, UniformPolicy

from gopolicy.engine.kata import server as kata_server
from gopolicy.engine.kata.queries import Query
from gopolicy.engine.kata.server import BATCH, AnalysisServer
from gopolicy.engine.parameters import Parameters
from gopolicy.engine.streams import InputLines
from gopolicy.go.coords import BLACK, WHITE, parse_vertex, to_vertex
from gopolicy.go.game import Game
from gopolicy.go.scoring import TERRITORY, ScoringRules

BOARD = {"boardXSize": 19, "boardYSize": 19, "rules": "japanese", "komi": 6.5}
MOVES = [["B", "Q16"], ["W", "D4"], ["B", "Q4"]]


def ask(*queries, policy=None, **parameters):
    """Return the responses to queries (objects, or lines of text) that are all there at once."""
    policy = policy or UniformPolicy({"C3": 50, "R14": 9})
    text = "\n".join(query if isinstance(query, str) else json.dumps(query) for query in queries)
    written = []
    analyzer = AnalysisServer(lambda: policy, written.append, Parameters(**parameters), version="1.2")
    analyzer.serve(InputLines(io.BytesIO(text.encode())))
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in written)
    return [json.loads(line) for line in written]


def query(**fields):
    return {"id": "q", "moves": MOVES, **BOARD, **fields}


def test_what_katrain_needs_of_a_response():
    (response,) = ask(query(includePolicy=True, maxVisits=500, overrideSettings={"maxTime": 8}))
    game = Game()
    for _, vertex in MOVES:
        game.play(parse_vertex(vertex, 19))
    wanted = UniformPolicy({"C3": 50, "R14": 9}).probabilities(game).ravel()
    assert response["id"] == "q" and response["turnNumber"] == 3 and response["isDuringSearch"] is False
    assert {"winrate": 0.5, "scoreLead": 0.0, "visits": 1000}.items() <= response["rootInfo"].items()
    policy = np.array(response["policy"])
    assert policy.shape == (362,) and policy[-1] == 0
    assert np.array_equal(policy[:-1].astype(np.float32), np.where(game.legal_mask(), wanted, np.float32(-1)))
    best = response["moveInfos"][0]
    assert (best["move"], best["order"], best["visits"]) == ("C3", 0, round(1000 * wanted.max()))
    assert best["pv"] == "C3 R14 A19 B19 C19 D19 E19".split()
    assert {"winrate", "scoreLead", "prior"} <= best.keys()
    assert "ownership" not in response and "humanPolicy" not in response


SENT_TWO = "B A2 W C2 B B2 W D1 B Q16 W B1 B Q4 W A1 B C1".split()  # and B1 would return one


@pytest.mark.parametrize(("rules", "is_legal"), [("tromp-taylor", False), ("japanese", True)])
def test_superko_holds_where_the_rules_have_it(rules, is_legal):
    moves = [list(pair) for pair in zip(SENT_TWO[::2], SENT_TWO[1::2], strict=True)]
    (response,) = ask(query(moves=moves, rules=rules, includePolicy=True))
    assert (response["policy"][parse_vertex("B1", 19)] >= 0) == is_legal


def test_turns_have_priorities_of_their_own():
    found = ask(query(analyzeTurns=[0, 1, 3, 1], priorities=[1, 5, 3, 9]))
    assert [response["turnNumber"] for response in found] == [1, 3, 0]
    (refused,) = ask(query(analyzeTurns=[0, 1], priorities=[1]))
    assert refused["field"] == "priorities"


def test_no_profile_is_the_network_without_one():
    policy = UniformPolicy()
    policy.profile = "kgs-5d"
    policy.with_profile = lambda profile: UniformPolicy({"A1": 1000} if profile is None else {})
    (response,) = ask(query(includePolicy=True, overrideSettings={"humanSLProfile": ""}), policy=policy)
    assert max(response["humanPolicy"]) > 0.5 > max(response["policy"])


@pytest.mark.parametrize(
    ("rules", "scoring"),
    [
        ("japanese", TERRITORY),
        ("chinese", ScoringRules(handicap="each")),
        ({"score": "TERRITORY"}, TERRITORY),
        ({"scoring": "AREA", "ko": "SIMPLE", "whiteHandicapBonus": "N-1"}, ScoringRules(handicap="each but one")),
    ],
)
def test_rules_are_read_as_in_gtp(rules, scoring):
    assert Query.parse(query(rules=rules)).rules == scoring
    assert ["warning" in response for response in ask(query(rules=rules))] == [False]


@pytest.mark.parametrize(
    ("rules", "what", "near"),
    [
        ("ing", "unknown rules 'ing'", "area"),
        ({"scoring": "AREA", "hasButton": True}, "rules with hasButton true are not kept", "area"),
        ({"scoring": "TERRITORY", "tax": "ALL"}, 'rules with tax "ALL" are not kept', "territory"),
        ({"komi": 7}, "unknown rule 'komi'", "area"),
        (None, "unknown rules 'None'", "area"),
    ],
)
def test_rules_that_are_not_kept_get_a_warning_and_all_results(rules, what, near):
    warning, *results = ask(query(rules=rules, analyzeTurns=[0, 1]))
    assert warning.keys() == {"warning", "field", "id"} and (warning["field"], warning["id"]) == ("rules", "q")
    assert warning["warning"].startswith(what) and warning["warning"].endswith(f"; counted by {near}")
    assert [result["turnNumber"] for result in results] == [0, 1]


def test_turns_setup_and_players():
    stones = [["B", "D16"], ["B", "K10"]]
    responses = ask(
        query(initialStones=stones, initialPlayer="W", analyzeTurns=[0, 2]), query(moves=[], initialPlayer="W")
    )
    assert [(response["turnNumber"], response["rootInfo"]["currentPlayer"]) for response in responses] == [
        (0, "W"),
        (2, "B"),
        (0, "W"),
    ]
    assert "policy" not in responses[0]


def test_human_policy_for_the_human_like_player(tmp_path, monkeypatch):
    from random_profiles import ship_profiles

    ship_profiles(tmp_path / "profiles.safetensors", monkeypatch)
    names = ["rank_3d", "preaz_5k", "proyear_1960", ""]
    queries = [query(overrideSettings={"humanSLProfile": name}, includePolicy=True) for name in names]
    *profiles, nobody = ask(*queries)
    assert nobody["humanPolicy"] == nobody["policy"]
    for response in profiles:  # the profile speaks in the human policy alone
        assert response["policy"] == nobody["policy"] and response["moveInfos"] == nobody["moveInfos"]
        assert np.argmax(response["humanPolicy"]) == parse_vertex("A1", 19) and len(response["humanPolicy"]) == 362
    assert sum(p for p in profiles[0]["humanPolicy"] if p > 0) == pytest.approx(1, abs=1e-5)
    number, unknown = ask(*(query(overrideSettings={"humanSLProfile": name}) for name in ("rank_99x", 5)))
    assert "unknown humanSLProfile 'rank_99x'" in unknown["error"] and unknown["field"] == "overrideSettings"
    assert "must be a name" in number["error"] and unknown["id"] == number["id"] == "q"


def test_moves_can_be_avoided_or_allowed():
    avoid = [
        {"player": "W", "moves": ["C3", "pass"], "untilDepth": 1},
        {"player": "B", "moves": ["R14"], "untilDepth": 1},
    ]
    avoided, allowed = ask(
        query(avoidMoves=avoid), query(allowMoves=[{"player": "W", "moves": ["A1"], "untilDepth": 1}])
    )
    assert [info["move"] for info in avoided["moveInfos"]] == ["R14"]
    assert [info["move"] for info in allowed["moveInfos"]] == ["A1"]


def test_a_pass_when_nothing_sensible_is_left():
    stones = [["B", f"{letter}{row}"] for row in range(1, 20) for letter in "ABCDEFGHJKLMNOPQRST"]
    for vertex in ("A1", "C1", "E1"):
        stones.remove(["B", vertex])
    (response,) = ask(query(moves=[], initialStones=stones, initialPlayer="B", includePolicy=True))
    assert response["policy"] == [-1.0] * 361 + [1.0]
    assert [info["move"] for info in response["moveInfos"]] == ["pass"]


def test_a_pass_has_its_share_when_nothing_is_left_to_gain():
    passed = query(moves=[["B", "Q16"], ["W", "pass"]], includePolicy=True)
    assert ask(passed)[0]["policy"][-1] == 0
    assert ask(passed, pass_when_offered="always")[0]["policy"][-1] == 1
    over = finished(includePolicy=True)
    (response,) = ask(over)
    assert response["moveInfos"][0]["move"] == "pass" and response["policy"][-1] == response["moveInfos"][0]["prior"]
    assert 0.9 < response["policy"][-1] <= 1 and 0.99 < sum(p for p in response["policy"] if p > 0) < 1.01
    (response,) = ask({**over, "moves": [["W", "pass"]]}, pass_when_offered="never")
    assert response["policy"][-1] == 0


def test_report_winrate():
    (response,) = ask(query(), report_winrate="prior")
    best = response["moveInfos"][0]
    assert best["winrate"] == best["prior"] and best["visits"] == 1000


def test_many_positions_are_looked_at_together_and_by_priority():
    class Batches(UniformPolicy):
        sizes = []

        def probabilities_batch(self, games, symmetries=None):
            self.sizes.append(len(games))
            return super().probabilities_batch(games, symmetries)

    policy = Batches()
    queries = [query(id=f"q{number}") for number in range(2 * BATCH)] + [query(id="urgent", priority=5)]
    responses = ask(*queries, policy=policy, pv_moves=1)
    assert [response["id"] for response in responses[:2]] == ["urgent", "q0"]
    assert len(responses) == 2 * BATCH + 1 and policy.sizes == [BATCH, BATCH, 1]


def test_actions():
    terminate = {"id": "t", "action": "terminate", "terminateId": "q"}
    responses = ask(query(analyzeTurns=[1, 2]), query(id="other"), terminate)
    dropped = [{"id": "q", "turnNumber": turn, "isDuringSearch": False, "noResults": True} for turn in (1, 2)]
    assert responses[:3] == [*dropped, terminate]
    assert [response["id"] for response in responses[3:]] == ["other"]
    assert ask({"id": "v", "action": "query_version"})[0]["version"] == "1.2"
    assert ask({"id": "m", "action": "query_models"})[0]["models"][0]["name"] == "uniform"
    assert ask({"id": "c", "action": "clear_cache"}) == [{"id": "c", "action": "clear_cache"}]
    assert ask({"id": "a", "action": "terminate_all"}, query())[0]["id"] == "a"
    assert "unknown action" in ask({"id": "x", "action": "dance"})[0]["error"]


@pytest.mark.parametrize("evaluation", [1, 2, 4])
def test_terminate_ends_the_work_at_hand(evaluation):
    """What it means has no results, what else was begun is answered after it."""
    out, into = os.pipe()
    lines, written = InputLines(open(out, "rb", buffering=0)), []
    terminate = {"id": "t", "action": "terminate", "terminateId": "q"}

    class Interrupted(UniformPolicy):
        def probabilities_batch(self, games, symmetries=None):
            self.batches = getattr(self, "batches", 0) + 1
            if self.batches == evaluation:
                os.write(into, json.dumps(terminate).encode() + b"\n")
                os.close(into)
                assert lines.wait(60)
            return super().probabilities_batch(games)

    os.write(
        into, "".join(f"{json.dumps(query(id=name, includeOwnership=True))}\n" for name in ("q", "other")).encode()
    )
    policy = Interrupted()
    AnalysisServer(lambda: policy, written.append, Parameters()).serve(lines)
    ended, done, other = map(json.loads, written)
    assert ended == {"id": "q", "turnNumber": 3, "isDuringSearch": False, "noResults": True} and done == terminate
    assert other["id"] == "other" and len(other["ownership"]) == 361 and policy.batches > evaluation


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"moves": [["B", "Q16"], ["W", "Q16"]]}, "moves", r"Illegal move 2: Q16 \(occupied\)"),
        ({"boardXSize": 9, "boardYSize": 9}, "boardXSize", "19x19 boards only, not 9x9"),
        ({"boardYSize": 13}, "boardYSize", "19x19 boards only, not 19x13"),
        ({"boardXSize": None}, "boardXSize", "19x19 boards only, not nullx19"),
        ({"moves": [["B", "Q20"]]}, "moves", "'Q20' is not a vertex"),
        ({"moves": [["red", "Q2"]]}, "moves", "'red' is not a color"),
        ({"moves": [["B"]]}, "moves", "is not a .player, vertex. pair"),
        ({"moves": None}, "moves", "must be a list"),
        ({"initialStones": [["B", "pass"]]}, "initialStones", "cannot be put on 'pass'"),
        ({"initialStones": [["B", "A1"], ["W", "A2"], ["W", "B1"]]}, "initialStones", "without liberties"),
        ({"analyzeTurns": [4]}, "analyzeTurns", "numbers from 0 to 3"),
        ({"analyzeTurns": 3}, "analyzeTurns", "must be a list"),
        ({"initialPlayer": 5}, "initialPlayer", "'5' is not a color"),
        ({"avoidMoves": [{"player": "B"}]}, "avoidMoves", "needs a list of moves"),
        ({"avoidMoves": 3}, "avoidMoves", "must be a list"),
    ],
)
def test_wrong_queries(fields, field, message):
    (response,) = ask(query(**fields))
    assert response["id"] == "q" and response["field"] == field
    with pytest.raises(ValueError, match=message):
        raise ValueError(response["error"])


def test_visits_are_at_least_what_was_asked_for():
    visits = [response["rootInfo"]["visits"] for response in ask(query(), query(maxVisits=5000), query(maxVisits=[]))]
    assert visits == [1000, 5000, 1000]


def test_variations_are_as_long_as_asked_for():
    assert ask(query(analysisPVLen=1))[0]["moveInfos"][0]["pv"] == ["C3", "R14"]
    assert ask(query(analysisPVLen=0))[0]["moveInfos"][0]["pv"] == ["C3"]


def test_many_queries_at_once_get_short_variations_unless_they_say_otherwise():
    many = [query(id=f"q{number}") for number in range(BATCH)] + [query(id="long", analysisPVLen=4)]
    responses = {response["id"]: response for response in ask(*many)}
    assert len(responses["q0"]["moveInfos"][0]["pv"]) == 1 and len(responses["long"]["moveInfos"][0]["pv"]) == 5


def finished(**fields):
    """Return a query about a board that Black has on the left and White on the right."""
    board, _ = parse_diagram(FINISHED)
    stones = [["BW"[board.color_at(p) - 1], to_vertex(p, 19)] for p in range(361) if board.color_at(p)]
    return query(initialStones=stones, moves=[], initialPlayer="W", **fields)


def test_ownership_on_request():
    white = {"overrideSettings": {"reportAnalysisWinratesAs": "WHITE"}}
    mover = {"overrideSettings": {"reportAnalysisWinratesAs": "SIDETOMOVE"}}
    for fields, left in (({}, 1), (white, -1), (mover, -1)):
        (response,) = ask(finished(includeOwnership=True, **fields))
        owners = response["ownership"]
        assert len(owners) == 361 and left * owners[0] > 0.8 and left * owners[18] < -0.8
        assert "ownership" not in response["moveInfos"][0]


def test_ownership_after_each_move_for_the_simple_player_of_katrain():
    (response,) = ask(finished(includeMovesOwnership=True))
    assert "ownership" not in response and len(response["moveInfos"]) >= 1
    assert all(len(info["ownership"]) == 361 for info in response["moveInfos"][:8])


def test_a_turn_named_twice_is_answered_once():
    assert [response["turnNumber"] for response in ask(query(analyzeTurns=[2, 1, 2, 1]))] == [2, 1]


def test_thousands_of_queries_wait_in_little_memory_and_can_be_terminated():
    written = []
    server = AnalysisServer(UniformPolicy, written.append)
    moves = [["BW"[i % 2], f"{'ABCDEFGHJKLMNOPQRST'[i % 19]}{1 + i // 19}"] for i in range(200)]
    tracemalloc.start()
    for number in range(500):
        server.take(json.dumps(query(id=f"q{number}", moves=moves)))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 500 * 3000
    server.take('{"id":"t","action":"terminate_all"}')
    assert len(written) == 501 and json.loads(written[-1])["id"] == "t"


def test_more_queries_than_can_wait_are_refused(monkeypatch):
    monkeypatch.setattr(kata_server, "MAX_WAITING", 2)
    responses = ask(query(id="a"), query(id="b"), query(id="c"))
    assert [response["id"] for response in responses] == ["c", "a", "b"] and "positions wait" in responses[0]["error"]


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", "9" * 5000])
def test_numbers_that_json_does_not_have_are_refused(number):
    responses = ask(f'{{"id":"q","action":"terminate","terminateId":{number}}}')
    assert len(responses) == 1 and "not JSON" in responses[0]["error"]


def test_a_byte_order_mark_before_the_first_query():
    assert ask("\ufeff" + json.dumps(query()))[0]["id"] == "q"


def test_lines_that_are_no_queries():
    responses = ask("hello", "[]", '{"moves": []}', '{"id": [1]}', "", "[" * 100000)
    assert len(responses) == 5 and all("error" in response and "id" not in response for response in responses)


def test_a_missing_network_is_told_for_every_query():
    written = []

    def load():
        raise OSError("no such file")

    text = "\n".join(json.dumps(data) for data in (query(), {"id": "m", "action": "query_models"}, query(id="r")))
    AnalysisServer(load, written.append).serve(InputLines(io.BytesIO(text.encode())))
    assert [json.loads(line) for line in written] == [
        {"error": "no network: no such file", "id": name} for name in "mqr"
    ]


def test_a_fault_of_an_evaluation_is_told_and_the_next_query_is_answered():
    class Faulty(UniformPolicy):
        def probabilities_batch(self, games, *arguments, **options):
            if any(len(game.moves) == 1 for game in games):
                raise RuntimeError("CUDA out of memory")
            return super().probabilities_batch(games, *arguments, **options)

    first, *_ = ask(query(moves=[["B", "Q4"]]), policy=Faulty())
    assert first == {"error": "RuntimeError: CUDA out of memory", "id": "q"}
    both = ask(query(moves=[["B", "Q4"]]), query(id="r", moves=[], priority=-1), policy=Faulty())
    assert {answer["id"] for answer in both} == {"q", "r"}


def test_before_the_first_move_its_player_is_to_move():
    stones, moves = [["B", "D4"], ["W", "Q16"]], [["W", "Q4"]]
    query = {"id": "x", "rules": "chinese", "komi": 7.5, "boardXSize": 19, "boardYSize": 19, "analyzeTurns": [0]}
    assert Query.parse(query | {"initialStones": stones, "moves": moves}).game_at(0).to_play == WHITE
    assert Query.parse(query | {"moves": moves}).game_at(0).to_play == WHITE
    assert Query.parse(query | {"moves": moves, "initialPlayer": "B"}).game_at(0).to_play == BLACK

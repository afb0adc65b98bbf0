"""Surprising moves: found as by judging each alone, continued after a stop, and compared with other games."""

import json
from pathlib import Path

import pytest
import torch

from gopolicy.__main__ import main
from gopolicy.archive.exploration import Archive
from gopolicy.archive.surprises import (
    SurpriseError,
    SurpriseSearch,
    repetitions,
    search,
    search_facts,
    targets_of,
)
from gopolicy.go.coords import parse_vertex
from gopolicy.nn import NetworkConfig, PolicyNetwork, save_model
from gopolicy.policy import Policy
from gopolicy.records import read_records
from gopolicy.records.corpus import Corpus

DATA = Path(__file__).parents[2] / "data"
LEAST = 8.6  # bits: a little above those of 361 equal probabilities
OPENING = ";B[pd];W[dp];B[dd];W[pp]"
# In the first four games Black's fifth move is the same, in one of them on a turned board with swapped colors.
GAMES = {
    "a": f"(;SZ[19]PB[Ada]PW[Bo]{OPENING};B[qf];W[nc])",
    "b": f"(;SZ[19]PB[Cy]PW[Bo]{OPENING};B[qf];W[jj])",
    "c": f"(;SZ[19]PB[Di]PW[Bo]{OPENING};B[qf];W[cc])",
    "d": "(;SZ[19]PB[Eve]PW[Ada]AB[jj];W[pd];B[dp];AE[jj];W[dd];B[pp];W[qf];B[cq])",
    "e": f"(;SZ[19]PB[Flo]PW[Bo]{OPENING};B[jj];W[qf])",
}


@pytest.fixture(scope="module")
def policy():
    torch.manual_seed(4)
    return Policy(PolicyNetwork(NetworkConfig(8, 2)), name="small", device=torch.device("cpu"))


@pytest.fixture(scope="module")
def corpus():
    return Corpus.from_records(list(read_records(DATA))[:3])


@pytest.fixture
def archive(tmp_path):
    for name, text in GAMES.items():
        (tmp_path / f"{name}.sgf").write_text(text)
    path = tmp_path / "games.corpus"
    Corpus.from_records(read_records(tmp_path)).save(path)
    return Archive.open(path)


def searched(corpus, policy, targets, **options):
    state = SurpriseSearch(search_facts(corpus, policy, (), 1, LEAST))
    search(corpus, policy, targets, state, **options)
    return state


def test_the_surprises_are_those_of_the_single_moves(corpus, policy):
    targets = targets_of(corpus)
    state = searched(corpus, policy, targets)
    games = [corpus.game_before(*place)[0] for place in zip(*(t.tolist() for t in targets), strict=True)]
    predictions = policy.predict_batch(games, legal_only=False)
    assert state.done == state.score.moves == len(games)
    bits = [move.judged.bits for move in state.found]
    assert bits and bits == sorted(bits, reverse=True)
    numbers = {place: i for i, place in enumerate(zip(*(t.tolist() for t in targets), strict=True))}
    for move in state.found:
        i = numbers[move.game, move.target]
        assert move.judged.number == len(games[i].moves) + 1 and move.judged.color == games[i].to_play
        assert predictions[i].probability(move.judged.move) == pytest.approx(move.judged.probability, rel=1e-3)
        assert move.judged.candidates[0].move == predictions[i].order[0]
        assert move.judged.bits >= LEAST


def test_a_stopped_search_goes_on_from_its_file(corpus, policy, tmp_path):
    targets = targets_of(corpus)
    whole, path = searched(corpus, policy, targets), tmp_path / "search"
    counts = []

    def stop(count):
        counts.append(count)
        if len(counts) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        searched(corpus, policy, targets, save_to=path, on_progress=stop)
    state = SurpriseSearch.load(path, whole.facts)
    assert 0 < state.done == sum(counts) < whole.done
    search(corpus, policy, targets, state, save_to=path)
    assert SurpriseSearch.load(path, whole.facts).done == state.done == whole.done
    assert state.found == whole.found and state.score.first == whole.score.first
    assert SurpriseSearch.load(path, whole.facts | {"player": "Ada"}).done == 0
    path.write_text("{")
    assert SurpriseSearch.load(path, whole.facts).done == 0


def test_only_a_players_moves_are_judged(archive):
    games, targets = targets_of(archive.corpus, ["ADA"])
    assert sorted(zip(games.tolist(), targets.tolist(), strict=True)) == [
        (0, 0), (0, 2), (0, 4), (3, 0), (3, 2), (3, 4)
    ]  # fmt: skip
    with pytest.raises(SurpriseError, match="no player 'Evy' in this corpus; close: Eve"):
        targets_of(archive.corpus, ["Evy"])


def test_moves_of_other_games_are_told_from_single_ones(archive, policy):
    corpus = archive.corpus
    state = SurpriseSearch(search_facts(corpus, policy, (), 1, 0.1))
    search(corpus, policy, targets_of(corpus), state)
    found = repetitions(archive, corpus, state.found)
    counts = {(m.game, m.judged.number): count for m, count in zip(state.found, found, strict=True)}
    fifth = parse_vertex("R14", 19)
    assert all(m.judged.move == fifth for m in state.found if m.judged.number == 5 and m.game < 4)
    assert counts[0, 5].positions == 3 and counts[0, 5].kind == "position"
    assert counts[4, 5].positions == 0 and counts[4, 5].kind == "once"
    assert counts[0, 6].positions == 0


def test_the_same_surroundings_elsewhere_are_a_known_shape(policy, tmp_path):
    for i, far in enumerate(("aa", "sa", "as", "ss")):  # the same stones in the center, another one in a corner
        stones = "AB[jj][kk][ij]AW[jk][ik]"
        (tmp_path / f"{i}.sgf").write_text(f"(;SZ[19]{stones}AB[{far}]AW[gg]PL[B];B[kj];W[ji])".replace("AB[a", "AB[a"))
    (tmp_path / "4.sgf").write_text("(;SZ[19]AB[jj][kk][ij][cc]AW[jk][ik][gg]PL[B];B[ki];W[aa])")
    Corpus.from_records(read_records(tmp_path)).save(tmp_path / "x.corpus")
    archive = Archive.open(tmp_path / "x.corpus")
    corpus = archive.corpus
    state = SurpriseSearch(search_facts(corpus, policy, (), 1, 0.1))
    search(corpus, policy, targets_of(corpus), state)
    found = repetitions(archive, corpus, state.found)
    counts = {(m.game, m.target): count for m, count in zip(state.found, found, strict=True)}
    assert counts[0, 0].shapes == 3 and counts[4, 0].shapes == 0
    assert counts[0, 0].kind in ("shape", "position") and counts[4, 0].kind == "once"


def test_the_command_writes_a_collection(tmp_path, capsys):
    path, out = tmp_path / "games.corpus", tmp_path / "s.sgf"
    Corpus.from_records(list(read_records(DATA))[:2]).save(path)
    command = ["surprises", str(path), "--out", str(out), "--bits", "6", "--top", "4", "--no-progress"]
    assert main(command) == 0
    told = capsys.readouterr().out
    assert "moves judged, top-1" in told and "once: a slip" in told
    records = list(read_records(out))
    assert 1 <= len(records) <= 4 and all(record.turns > 0 for record in records)
    assert "Candidates: " in out.read_text() and "KM[" not in out.read_text()  # which a corpus does not know
    assert not (tmp_path / "s.sgf.progress").exists()
    assert main([*command, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert len(answer["surprises"]) == len(records) and answer["surprises"][0]["kind"] in ("once", "shape", "position")
    assert main([*command, "--player", "nobody"]) == 1
    assert "no player 'nobody'" in capsys.readouterr().err


def test_what_stood_there_stays_where_nothing_is_found(archive, policy, tmp_path, capsys):
    out, model = tmp_path / "s.sgf", tmp_path / "small.safetensors"
    out.write_text("earlier")
    save_model(model, policy.network)
    command = ["surprises", str(tmp_path / "games.corpus"), "--out", str(out), "--model", str(model), "--no-progress"]
    assert main([*command, "--bits", "30"]) == 0
    assert "nothing to write" in capsys.readouterr().out and out.read_text() == "earlier"


def test_a_missing_archive_is_told_before_the_moves_are_judged(tmp_path, capsys, monkeypatch):
    path, out = tmp_path / "games.corpus", tmp_path / "s.sgf"
    Corpus.from_records(list(read_records(DATA))[:1]).save(path)
    monkeypatch.setattr(Policy, "load", None)
    assert main(["surprises", str(path), "--out", str(out), "--archive", str(tmp_path / "nope.corpus")]) != 0
    assert "nope.corpus" in capsys.readouterr().err

"""`gopolicy explore` as a user meets it."""

import json
from pathlib import Path

import pytest

from gopolicy.__main__ import main
from gopolicy.records import read_records
from gopolicy.records.corpus import Corpus

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    path = tmp_path_factory.mktemp("explore") / "games.corpus"
    Corpus.from_records(list(read_records(DATA))[:12]).save(path)
    return str(path)


def explore(corpus, *arguments, status=0):
    return main(["explore", "--archive", corpus, "--no-progress", *arguments]) == status


def test_a_table_of_moves_with_the_networks_percent(corpus, capsys):
    assert explore(corpus, "--moves", "B Q16")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("move 2, white to play: ") and "times in" in lines[0]
    assert lines[1].split() == ["move", "played", "won", "years", "network", "latest"]
    assert "%" in lines[2] and "GNU Go" in lines[2] and lines[2].startswith("white")


def test_a_picture(corpus, tmp_path):
    assert explore(corpus, "--moves", "B Q16", "-o", str(tmp_path / "x.png"))
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


def test_json_and_regions(corpus, capsys):
    assert explore(corpus, str(DATA / "gnugo-001.sgf"), "--move", "1", "--json", "--no-network", "--games", "2")
    whole = json.loads(capsys.readouterr().out)
    assert whole["count"] == whole["games"] > 5 and whole["continuations"][0]["probability"] is None
    assert len(whole["continuations"][0]["games"]) == 2
    assert explore(
        corpus, str(DATA / "gnugo-001.sgf"), "--move", "1", "--json", "--no-network", "--region", "upper-left"
    )
    corner = json.loads(capsys.readouterr().out)
    assert corner["count"] > 12 and corner["region"] == "upper-left"
    assert explore(corpus, "--moves", "B Q16", "--no-network", "--region", "O13:T19")
    assert "game ended: " in capsys.readouterr().out


def test_an_index_that_does_not_fit_is_one_line_and_is_rebuilt_on_request(corpus, capsys):
    assert explore(corpus, "--moves", "B Q16", "--no-network")
    whole = capsys.readouterr().out
    index = Path(f"{corpus}.index")
    index.write_bytes(index.read_bytes()[:-5])
    assert explore(corpus, "--moves", "B Q16", "--no-network", status=1)
    error = capsys.readouterr().err.splitlines()
    assert len(error) == 1 and "5 bytes are missing; --rebuild" in error[0]
    assert explore(corpus, "--moves", "B Q16", "--no-network", "--rebuild")
    assert capsys.readouterr().out == whole


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--moves", "B Q16", "--region", "center"], "region 'center': upper-right"),
        (["--moves", "B Q16", "--region", "K10:pass"], "a pass is no point"),
        (["--moves", "B Q16", "--archive", "nowhere.corpus"], "nowhere.corpus"),
        ([], "no position"),
    ],
)
def test_bad_input_is_one_line(corpus, capsys, arguments, words):
    assert explore(corpus, "--no-network", *arguments, status=1)
    error = capsys.readouterr().err.splitlines()
    assert len(error) == 1 and words in error[0]

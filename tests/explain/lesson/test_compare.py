"""`gopolicy compare` from games to a report, its going on, and what goes wrong in one line."""

import json
from pathlib import Path

import pytest

from gopolicy.__main__ import main
from gopolicy.explain.lesson import running
from gopolicy.records import read_records
from gopolicy.records.corpus import Corpus

DATA = Path(__file__).parents[3] / "data"
FEW = ("--positions", "256", "--measured", "64", "--threads", "1", "--precision", "float32", "--no-progress")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    path = tmp_path_factory.mktemp("compare") / "few.corpus"
    Corpus.from_records(list(read_records(DATA))[:24]).save(path)
    return str(path)


def test_quick_writes_a_report_and_goes_on_from_it(corpus, tmp_path, capsys, monkeypatch):
    out = tmp_path / "lesson"
    command = ["compare", corpus, "--quick", "--only", "e", *FEW, "--out", str(out)]
    assert main(command) == 0
    assert capsys.readouterr().out == f"{out / 'report.md'} is ready\n"
    results = json.loads((out / "results.json").read_text())
    assert sorted(results["runs"]) == ["cnn/1", "planes-12/1", "planes-20/1", "planes-4/1"]
    assert results["settings"]["positions"] == 256 and len(results["runs"]["cnn/1"]["curve"]) == 2
    report = (out / "report.md").read_text()
    assert "## (e)" in report and "the first 4 planes" in report and "12 planes against 4" in report
    assert "![learning_curves.png]" in report and "pooling.png" not in report
    assert (out / "learning_curves.png").stat().st_size > 1000
    monkeypatch.setattr(running, "train_and_measure", lambda *args: pytest.fail("measured again"))
    assert main(command) == 0
    assert (out / "report.md").read_text() == report


def test_ctrl_c_keeps_what_is_finished(corpus, tmp_path, monkeypatch, capsys):
    whole, names = running.train_and_measure, []

    def interrupted(spec, *rest):
        names.append(spec)
        if len(names) == 2:
            raise KeyboardInterrupt
        return whole(spec, *rest)

    monkeypatch.setattr(running, "train_and_measure", interrupted)
    command = ["compare", corpus, "--only", "c", "--seeds", "1", *FEW, "--out", str(tmp_path)]
    assert main(command) == 130
    assert "the same command goes on from here" in capsys.readouterr().err
    assert list(json.loads((tmp_path / "results.json").read_text())["runs"]) == ["cnn/1"]
    assert "convolutional, 6 layers" in (tmp_path / "report.md").read_text()


def test_pooling_is_drawn_and_games_can_be_given_to_measure_on(corpus, tmp_path):
    command = ["compare", corpus, "--validation", str(DATA / "gnugo-090.sgf"), "--only", "c", "--seeds", "2"]
    few = ("--positions", "128", "--measured", "32", *FEW[4:])
    assert main([*command, *few, "--out", str(tmp_path)]) == 0
    assert (tmp_path / "pooling.png").stat().st_size > 1000
    report = (tmp_path / "report.md").read_text()
    assert "right cell" in report and "fully connected head" in report


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.corpus"], "nowhere.corpus"),
        (["{corpus}", "--only", "z"], "there is no claim 'z'"),
        (["{corpus}", "--positions", "0"], "--positions 0: must be at least 1"),
        (["{corpus}", "--precision", "int4"], "unknown precision 'int4'"),
        ([str(DATA / "gnugo-001.sgf")], "too few to hold some out"),
    ],
)
def test_bad_input_is_told_in_one_line(corpus, tmp_path, capsys, arguments, message):
    arguments = [argument.format(corpus=corpus) for argument in arguments]
    assert main(["compare", *arguments, "--out", str(tmp_path / "out"), "--no-progress"]) == 1
    error = capsys.readouterr().err.splitlines()
    assert len(error) == 1 and message in error[0]


def test_a_folder_that_cannot_be_written_is_told_in_one_line(corpus, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["compare", corpus, *FEW, "--out", str(tmp_path / "file")]) == 1
    assert "cannot be written" in capsys.readouterr().err

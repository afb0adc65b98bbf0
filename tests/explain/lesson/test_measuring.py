"""What is measured of a network, against counting by hand, and what is made of it."""

import numpy as np
import pytest
import torch
from torch import nn

from gopolicy.explain.lesson.comparisons import Statement
from gopolicy.explain.lesson.measuring import Measurement, measure, operations
from gopolicy.explain.lesson.networks import ComparisonNetwork, Design
from gopolicy.explain.lesson.report import sentence
from gopolicy.explain.lesson.results import Results, ResultsError, half_width, judge, newcombe
from gopolicy.features.planes import NUM_PLANES, OWN
from gopolicy.prediction import Score
from gopolicy.training.loader import Batch

MACHINE = {"machine": "test", "torch": "0"}


class Guesser(nn.Module):
    """Guesses the same point everywhere."""

    def __init__(self, point):
        super().__init__()
        self.point = point
        self.config = Design(planes=4)

    def forward(self, planes):
        logits = torch.zeros(len(planes), 361)
        logits[:, self.point] = 1
        return logits


def measured(guess, played, stones=()):
    packed = torch.zeros(len(played), NUM_PLANES, 48, dtype=torch.uint8)
    for point in stones:
        packed[:, OWN, point // 8] |= 1 << (point % 8)
    batch = Batch(packed, torch.tensor(played), torch.zeros(len(played), dtype=torch.int64))
    return measure(Guesser(guess), batch)


def test_distances_cells_and_offsets_by_hand():
    # The guess is in row 1, column 1; its cell is rows 0 and 1, columns 0 and 1.
    result = measured(20, [20, 0, 1, 21, 40, 360])
    assert (result.score.moves, result.score.first) == (6, 1)
    assert result.distances[0] == 1 and result.distances[1] == 4 and result.distances[17] == 1
    assert result.cells == 2  # 0 and 1; 21 and 40 are neighbors across the border of a cell
    offsets = np.array(result.offsets)
    assert offsets.sum() == 5 and offsets[3, 3] == 1
    assert offsets[4, 4] == 1  # seen from point 0 the guess is one down and one to the right
    assert offsets[2, 2] == 1  # seen from point 40 one up and one to the left
    shares = result.shares
    assert shares["distance"] == pytest.approx((4 + 17) / 6)
    assert shares["error distance"] == pytest.approx((4 + 17) / 5)
    assert shares["near"] == pytest.approx(4 / 5) and shares["near in cell"] == pytest.approx(2 / 4)
    assert shares["within 1"] == pytest.approx(5 / 6)
    assert shares["cell"] == pytest.approx(3 / 6) and shares["point in cell"] == pytest.approx(1 / 3)


def test_guesses_on_stones():
    assert measured(20, [3, 4]).stones == 0
    assert measured(20, [3, 4], stones=[20]).stones == 2
    assert measured(20, [3, 4], stones=[19, 21]).stones == 0


def test_no_position_at_all_divides_by_nothing():
    shares = measured(20, [20]).shares
    assert shares["error distance"] == 0 and shares["near"] == 0


def test_operations_are_multiplications_and_additions():
    design = Design(filters=8, layers=2, planes=4)
    hidden = 361 * (25 * 4 * 8 + 9 * 8 * 8)
    assert operations(ComparisonNetwork(design).fuse()) == 2 * (hidden + 361 * 8)


def run(first, positions=1000):
    distances = [first, positions - first] + [0] * 17
    counts = Measurement(Score(positions, first, first, 0.0), distances, 0, 0, [[0] * 7] * 7).as_dict()
    return {**counts, "parameters": 1, "flops": 1, "seconds": 1.0, "curve": [[10, 5.0, 0.1]]}


@pytest.mark.parametrize(
    ("more", "less", "verdict"),
    [
        ([300, 310, 320], [200, 210, 220], "holds"),
        ([200, 210, 220], [300, 310, 320], "does not hold"),
        ([300, 200, 310], [250, 260, 240], "undecided"),
        ([400], [200], "holds"),
        ([210], [200], "undecided"),
    ],
)
def test_statements_are_judged_by_their_intervals(tmp_path, more, less, verdict):
    results = Results(tmp_path, {}, MACHINE)
    for seed, (a, b) in enumerate(zip(more, less, strict=True), 1):
        results.add("cnn", seed, run(a))
        results.add("first-3", seed, run(b))
    statement = Statement("5x5 against 3x3", "cnn", "first-3")
    judgment = judge(results, statement)
    assert judgment.verdict == verdict
    assert judgment.low <= judgment.difference <= judgment.high
    words = {"holds": "**Holds**", "does not hold": "**Does not hold**", "undecided": "**No difference measured**"}
    assert words[verdict] in sentence(statement, judgment)


def test_nothing_is_said_of_what_was_not_measured(tmp_path):
    results = Results(tmp_path, {}, MACHINE)
    results.add("cnn", 1, run(300))
    results.add("first-3", 2, run(200))
    assert judge(results, Statement("", "cnn", "first-3")) is None


def test_intervals_against_tables():
    assert half_width([1.0, 2.0, 3.0]) == pytest.approx(4.303 / 3**0.5, rel=1e-3)
    low, high = newcombe((56, 70), (48, 80))  # Newcombe (1998), example (a)
    assert (low, high) == pytest.approx((0.0524, 0.3339), abs=1e-4)


def test_results_are_read_again_and_other_settings_refused(tmp_path):
    Results(tmp_path, {"positions": 10}, MACHINE).add("cnn", 2, run(300))
    again = Results(tmp_path, {"positions": 10}, MACHINE)
    assert again.has("cnn", 2) and not again.has("cnn", 1) and list(again.of("cnn")) == [2]
    again.runs["cnn/2"]["network"]["filters"] = 7  # as if the network had been changed since
    assert not again.has("cnn", 2) and not again.of("cnn")
    with pytest.raises(ResultsError, match=r"made with positions 10, now 20; choose another --out"):
        Results(tmp_path, {"positions": 20}, MACHINE)
    (tmp_path / "results.json").write_text("{")
    with pytest.raises(ResultsError, match="damaged"):
        Results(tmp_path, {"positions": 10}, MACHINE)

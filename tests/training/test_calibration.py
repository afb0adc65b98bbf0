"""Calibration: counts that are known, a temperature that is known, and the command."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from gopolicy.__main__ import main
from gopolicy.features.planes import OFFSETS
from gopolicy.nn import ModelFacts, NetworkConfig, PolicyNetwork, load_model, save_model
from gopolicy.nn.model_file import is_half
from gopolicy.training import calibration
from gopolicy.training.calibration import Reliability, TemperatureFit, divide_logits

DATA = Path(__file__).parents[2] / "data"


def drawn(temperature, count=20_000, moves=361):
    """Return probabilities, and moves drawn from what they are at a temperature."""
    rng = np.random.default_rng(1)
    logits = 2.0 * rng.standard_normal((count, moves))

    def softmax(x):
        powers = np.exp(x - x.max(1, keepdims=True))
        return powers / powers.sum(1, keepdims=True)

    true = softmax(logits / temperature)
    points = (true.cumsum(1) < rng.random((count, 1))).sum(1).clip(0, moves - 1)
    return softmax(logits).astype(np.float32), points


def test_bins_hold_what_was_called_and_came():
    reliability = Reliability()
    probabilities = np.array([[0.72, 0.2, 0.075, 0.005]] * 4, np.float32)
    reliability.add(probabilities, np.array([0, 0, 1, 3]))
    bins = reliability.bins()
    assert [one.count for one in bins] == [4, 4, 4]  # what is under 1 % is not called
    assert [one.called for one in bins] == pytest.approx([0.075, 0.2, 0.72])
    assert [one.came for one in bins] == [0.0, 0.25, 0.5]
    assert [one.count for one in reliability.bins(top=True)] == [4]
    assert reliability.expected_error == pytest.approx(0.22)


@pytest.mark.parametrize("temperature", [0.8, 1.0, 1.25])
def test_the_temperature_is_found_and_calibrates(temperature):
    probabilities, points = drawn(temperature)
    fit, before, after = TemperatureFit(), Reliability(), Reliability()
    fit.add(probabilities[:8000], points[:8000])
    fit.add(probabilities[8000:], points[8000:])
    found = fit.temperature()
    assert found == pytest.approx(temperature, rel=0.03)
    mended = probabilities ** (1 / found)
    mended /= mended.sum(1, keepdims=True)
    before.add(probabilities, points)
    after.add(mended, points)
    assert after.expected_error < 0.01 and (temperature == 1.0 or before.expected_error > 0.01)


def test_the_temperature_of_many_positions_is_fitted_on_a_part_of_them(monkeypatch):
    monkeypatch.setattr(calibration, "MOST_FITTED", 3000)
    probabilities, points = drawn(1.25)
    fit = TemperatureFit()
    for first in range(0, len(points), 333):
        fit.add(probabilities[first : first + 333], points[first : first + 333])
    assert fit.temperature() == pytest.approx(1.25, rel=0.05)
    assert 1250 < sum(map(len, fit._points)) <= 3000
    kept = np.concatenate(fit._points)
    assert np.array_equal(kept, points[::8][: len(kept)])


def test_logits_are_divided_in_the_weights():
    network, planes = PolicyNetwork(NetworkConfig(8, 2)), torch.rand(2, 48, 19, 19)
    torch.nn.init.normal_(network.position_bias)
    before = network(planes)
    divide_logits(network, 1.25)
    assert torch.allclose(network(planes), before / 1.25, atol=1e-5)


def test_evaluate_draws_and_writes_a_calibrated_model(tmp_path, capsys):
    model, out, picture = tmp_path / "m.safetensors", tmp_path / "c.safetensors", tmp_path / "r.png"
    network = PolicyNetwork(NetworkConfig(8, 2))
    torch.nn.init.normal_(network.position_bias)
    save_model(model, network, ModelFacts(positions_seen=9, temperature=2.0), half=True)
    options = [str(DATA / "gnugo-001.sgf"), "--no-progress", "--device", "cpu", "--precision", "float32"]
    assert main(["evaluate", *options, "--model", str(model), "--fit-temperature", str(out)]) == 0
    temperature = float(capsys.readouterr().out.rpartition("temperature: ")[2])
    calibrated, facts = load_model(out)
    assert is_half(out) and facts.positions_seen == 9
    assert facts.temperature == pytest.approx(2.0 * temperature, abs=1e-3) and temperature > 1
    assert torch.allclose(calibrated.position_bias, network.position_bias / temperature, atol=2e-3)
    assert main(["evaluate", *options, "--model", str(out), "--calibration", str(picture)]) == 0
    assert "expected calibration error: 0.0" in capsys.readouterr().out
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert (
        main(["evaluate", *options, "--model", str(out), "--calibration", str(picture), "--symmetries", "1", "2"]) == 1
    )
    assert "take one model" in capsys.readouterr().err


def test_evaluate_with_the_history_hidden_sees_positions_as_if_set_up(tmp_path, capsys):
    """A network whose only weight is on the plane of the last move predicts where that was."""
    network = PolicyNetwork(NetworkConfig(1, 1))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
        next(network.hidden()).weight[0, OFFSETS["turns since"], 2, 2] = 1.0
        network.last.weight.fill_(9.0)
    save_model(tmp_path / "m.safetensors", network, ModelFacts())
    options = [str(DATA / "gnugo-001.sgf"), "--model", str(tmp_path / "m.safetensors"), "--no-progress", "--json"]
    losses = []
    for hidden in ([], ["--hide-history"]):
        assert main(["evaluate", *options, *hidden]) == 0
        losses.append(json.loads(capsys.readouterr().out)["loss"])
    assert losses[0] > 6 and losses[1] == pytest.approx(np.log(361), abs=1e-3)

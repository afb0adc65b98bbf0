"""The reliability diagram of a network: how often moves of each probability were played."""

from pathlib import Path

from matplotlib.figure import Figure

from gopolicy.files import replacing
from gopolicy.training.calibration import Reliability


def draw_reliability(reliability: Reliability, path: Path, title: str) -> None:
    """Write the diagram as PNG; raises FileError."""
    figure = Figure(figsize=(6, 6), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 100], [0, 100], color="0.6", linewidth=1, label="exactly calibrated")
    for top, label, color in ((False, "all moves of 1 % or more", "tab:blue"), (True, "top move", "tab:orange")):
        bins = reliability.bins(top=top)
        called, came = [100 * one.called for one in bins], [100 * one.came for one in bins]
        errors = [196 * (one.came * (1 - one.came) / one.count) ** 0.5 for one in bins]
        axes.errorbar(called, came, errors, fmt="o-", color=color, markersize=4, linewidth=1, capsize=2, label=label)
    axes.set(xlabel="probability given (%)", ylabel="moves that were played (%)", xlim=(0, 100), ylim=(0, 100))
    axes.set_title(f"{title}\nexpected calibration error {reliability.expected_error:.2%}", fontsize=10)
    axes.grid(alpha=0.3)
    axes.legend(loc="upper left")
    with replacing(path) as file:
        figure.savefig(file, dpi=120, format="png")

"""Plots of a comparison: learning curves of all claims, and what pooling does to the errors."""

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gopolicy.explain.lesson.comparisons import BASELINE, NETWORKS, Claim
from gopolicy.explain.lesson.measuring import REACH
from gopolicy.explain.lesson.results import Results
from gopolicy.files import replacing

POOLED: Final = {
    BASELINE: "no pooling",
    "pool-2": "one pooling",
    "pool-2-end": "one, 19x19 at the end",
    "pool-2-4": "two poolings",
}
FARTHEST: Final = 8  # classes of distance; the last bar holds all farther ones
BRIGHTEST: Final = 6.0  # percent of the positions on one point that gives the brightest color


def draw_curves(results: Results, claims: tuple[Claim, ...], path: Path) -> bool:
    """Draw top-1 on held-out positions over positions learned from, a panel a claim; return whether there was any."""
    claims = tuple(claim for claim in claims if any(results.of(name) for name in claim.networks))
    if not claims:
        return False
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    columns = min(2, len(claims))
    rows = -(-len(claims) // columns)
    figure, axes = pyplot.subplots(rows, columns, figsize=(6 * columns, 3.9 * rows), squeeze=False)
    for panel in axes.flat[len(claims) :]:
        panel.axis("off")
    for claim, panel in zip(claims, axes.flat, strict=False):
        _draw_claim(results, claim, panel)
    figure.tight_layout()
    _save(figure, path)
    pyplot.close(figure)
    return True


def _draw_claim(results: Results, claim: Claim, panel: Any) -> None:
    from matplotlib import colormaps

    names = [name for name in claim.networks if results.of(name)]
    for i, name in enumerate(names):
        # Settings are the same for all runs of a file, so the curves of the seeds have the same marks.
        curves = np.array([run["curve"] for run in results.of(name).values()])  # [seeds, marks, 3]
        style = ("-", "--", ":")[i // 10 % 3] if len(names) > 10 else ("-", "--")[i % 2]
        color = colormaps["tab10"](i % 10)
        panel.plot(curves[0, :, 0] / 1000, 100 * curves[:, :, 2].mean(0), style, label=name, color=color, linewidth=1.4)
    if len({NETWORKS[name].times for name in names}) > 1:
        panel.set_xscale("log")
        panel.set_xticks(marks := [5, 10, 20, 50, 100, 200], marks, minor=False)
        panel.minorticks_off()
    panel.set_title(f"({claim.letter}) {claim.title}", fontsize=8.5)
    panel.set_xlabel("positions learned from, thousands", fontsize=8)
    panel.set_ylabel("top-1, %", fontsize=8)
    panel.tick_params(labelsize=8)
    panel.grid(alpha=0.3)
    panel.legend(fontsize=6.5, ncols=2 if len(names) > 6 else 1)


def draw_pooling(results: Results, claims: tuple[Claim, ...], path: Path) -> bool:
    """Draw how far the errors are off, and where near the played point the guesses fall; return whether it was drawn.

    Only for a comparison that tests the claim on pooling.
    """
    names = [name for name in POOLED if results.of(name)]
    if not any("pool-2" in claim.networks for claim in claims) or len(names) < 2:
        return False
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(
        1, 1 + len(names), figsize=(4 + 2.6 * len(names), 3.6), width_ratios=[1.6] + [1] * len(names)
    )
    _draw_distances(results, names, axes[0])
    for name, panel in zip(names, axes[1:], strict=True):
        _draw_offsets(results, name, panel)
    figure.tight_layout()
    _save(figure, path)
    pyplot.close(figure)
    return True


def _draw_distances(results: Results, names: list[str], panel: Any) -> None:
    places = np.arange(FARTHEST)
    for i, name in enumerate(names):
        counts = _total(results, name, "distances")
        shares = np.append(counts[: FARTHEST - 1], counts[FARTHEST - 1 :].sum()) / counts.sum()
        panel.bar(places + (i - (len(names) - 1) / 2) * 0.2, 100 * shares, 0.2, label=POOLED[name])
    panel.set_xticks(places, ["right", *map(str, places[1:-1]), f"{FARTHEST - 1}+"])
    panel.set_xlabel("distance of the guess to the played point", fontsize=8)
    panel.set_ylabel("% of positions", fontsize=8)
    panel.tick_params(labelsize=8)
    panel.legend(fontsize=8)


def _draw_offsets(results: Results, name: str, panel: Any) -> None:
    offsets = _total(results, name, "offsets").astype(np.float64)
    right = offsets[REACH, REACH] / _total(results, name, "distances").sum()
    shares = 100 * offsets / _total(results, name, "distances").sum()
    shares[REACH, REACH] = np.nan  # its share would drown the others
    panel.imshow(shares, cmap="viridis", vmin=0, vmax=BRIGHTEST)
    for (row, column), share in np.ndenumerate(shares):
        text = f"{100 * right:.0f}" if np.isnan(share) else f"{share:.1f}"
        color = "black" if np.isnan(share) or share > BRIGHTEST / 2 else "white"
        panel.text(column, row, text, ha="center", va="center", fontsize=7, color=color)
    marks = range(2 * REACH + 1)
    panel.set_xticks(marks, [f"{mark - REACH:+d}" if mark != REACH else "0" for mark in marks], fontsize=7)
    panel.set_yticks(marks, [f"{mark - REACH:+d}" if mark != REACH else "0" for mark in marks], fontsize=7)
    panel.set_title(f"{POOLED[name]}:\nguesses around the played point, %", fontsize=8)


def _total(results: Results, name: str, field: str) -> NDArray[np.int64]:
    """Return counts of a network, summed over its seeds."""
    total: NDArray[np.int64] = np.array([run[field] for run in results.of(name).values()]).sum(0)
    return total


def _save(figure: Any, path: Path) -> None:
    with replacing(path) as file:
        figure.savefig(file, dpi=80, format="png")

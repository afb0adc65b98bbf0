"""The page of a comparison, in Markdown: a table and verdicts for each claim, all of it from the numbers."""

from collections.abc import Iterator
from pathlib import Path
from statistics import mean
from typing import Final

from gopolicy.explain.lesson.comparisons import NETWORKS, Claim, Statement
from gopolicy.explain.lesson.results import Judgment, Results, judge
from gopolicy.files import write_file
from gopolicy.prediction import wilson

REPORT: Final = "report.md"
POINTS_OFF: Final = "the larger of the lines between them across and down"
# Which measures each table shows, behind what every table shows: (heading, measure).
DISTANCES: Final = (
    ("mean distance", "distance"),
    ("of errors", "error distance"),
    ("errors within 1", "near"),
    ("right or within 1", "within 1"),
)
CELLS: Final = (
    ("right cell", "cell"),
    ("right point, given the cell", "point in cell"),
    ("near errors in the cell", "near in cell"),
    ("on a stone", "on stones"),
)
IN_POINTS: Final = ("distance", "error distance")  # all other measures are shares


def write_report(results: Results, claims: tuple[Claim, ...], folder: Path) -> None:
    """Write report.md and the plots it shows into `folder`."""
    from gopolicy.explain.lesson.plots import draw_curves, draw_pooling

    pictures = [name for name, draw in (("learning_curves.png", draw_curves), ("pooling.png", draw_pooling))
                if draw(results, claims, folder / name)]  # fmt: skip
    parts = [_head(results), *(_claim(results, claim) for claim in claims), _reading(results)]
    parts += [f"![{name}]({name})" for name in pictures]
    write_file(folder / REPORT, "\n\n".join(parts) + "\n")


def _head(results: Results) -> str:
    facts, seconds = results.settings, sum(run["seconds"] for run in results.runs.values())
    return (
        "# A convolutional network for Go, compared\n\n"
        f"Each network learned from {facts['positions']:,} positions of {facts['games to learn from']:,} games "
        f"(corpus: {facts['corpus']}), {facts['batch']} a step, the same ones in the same order under the same "
        f"symmetries, and was measured on {facts['measured']:,} positions of {facts['games to measure on']:,} other "
        f"games. AdamW with warm-up and half a cosine, batch normalization, the averaged weights; "
        f"{facts['precision']}. Made on {results.machine['machine']}, torch {results.machine['torch']}: "
        f"{len(results.runs)} runs, {seconds / 60:.0f} minutes of training."
    )


def _claim(results: Results, claim: Claim) -> str:
    names = [name for name in claim.networks if results.of(name)]
    parts = [f"## ({claim.letter}) {claim.title}"]
    if not names:
        return f"{parts[0]}\n\nNothing measured yet."
    parts.append(_costs(results, names))
    parts.append(_shares(results, names))
    parts.append("\n".join(_sentences(results, claim)))
    return "\n\n".join(part for part in parts if part)


def _table(rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|---" + "|---:" * (len(rows[0]) - 1) + "|", *lines[1:]])


def _costs(results: Results, names: list[str]) -> str:
    heads = ["network", "parameters", "MFLOP a position", "positions", "seeds", "top-1", "seeds from to"]
    rows = [[*heads, "95 % of positions", "top-5", "loss"]]
    for name in names:
        run, shares = next(iter(results.of(name).values())), results.shares(name)
        top1, moves = shares["top1"], run["score"]["moves"]
        low, high = wilson(round(mean(top1) * moves), moves)
        rows.append([
            f"`{name}`: {NETWORKS[name].title}",  # the pictures have the names
            f"{run['parameters']:,}",
            f"{run['flops'] / 1e6:.1f}",
            f"{results.settings['positions'] * NETWORKS[name].times:,.0f}",
            str(len(top1)),
            f"{mean(top1):.1%}",
            f"{min(top1):.1%} to {max(top1):.1%}",
            f"{low:.1%} to {high:.1%}",
            f"{mean(shares['top5']):.1%}",
            f"{mean(shares['loss']):.2f}",
        ])  # fmt: skip
    return _table(rows)


def _shares(results: Results, names: list[str]) -> str:
    measures = (*DISTANCES, *CELLS)
    rows = [["network", *(heading for heading, _ in measures)]]
    for name in names:
        shares = results.shares(name)
        values = [mean(shares[measure]) for _, measure in measures]
        cells = [_number(value, measure) for value, (_, measure) in zip(values, measures, strict=True)]
        rows.append([NETWORKS[name].title, *cells])
    return _table(rows)


def _number(value: float, measure: str) -> str:
    return f"{value:.2f}" if measure in IN_POINTS else f"{value:.1%}"


def _sentences(results: Results, claim: Claim) -> Iterator[str]:
    for statement in claim.statements:
        judgment = judge(results, statement)
        if judgment:
            yield sentence(statement, judgment)


def sentence(statement: Statement, judgment: Judgment) -> str:
    """Return what the numbers say of a statement, as an item of a list."""
    verdict = judgment.verdict.capitalize() if judgment.verdict != "undecided" else "No difference measured"
    low, high = 100 * judgment.low, 100 * judgment.high
    return (
        f"* **{verdict}**: {statement.text}: {judgment.more:.1%} against {judgment.less:.1%}, "
        f"{100 * judgment.difference:+.1f} points (95 %: {low:+.1f} to {high:+.1f})."
    )


def _reading(results: Results) -> str:
    return (
        "## How to read this\n\n"
        "The interval behind a statement is Student's over the seeds, which differ in first weights, in the positions "
        "and in their order, network against network under the same seed; of a single seed it is Newcombe's for two "
        "shares of positions. A statement holds if its interval lies above zero, and does not hold if it lies below. "
        "'95 % of positions' is Wilson's interval of one top-1 on so many positions: all networks answer the same "
        "ones, so it says how far all figures may be off together, not how far two of them may be from each other.\n\n"
        f"The distance of two points is {POINTS_OFF}, so all eight neighbors are at 1, the four points of a pooled "
        "cell, too. A cell is a square of 2x2 points as one pooling makes of them. Of the eight neighbors of a point "
        "three are in its cell, so a network that knows no cells makes about 37 % of its near errors there. "
        "'On a stone' counts guesses that cannot even be played. MFLOP: forward, a multiplication and an addition "
        "as two; training costs about three times as much."
    )

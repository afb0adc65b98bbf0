"""Results of a comparison in a file that a broken-off run goes on from, and what they say of a statement."""

import json
import math
from pathlib import Path
from statistics import mean, stdev
from typing import Any, Final, NamedTuple

from gopolicy.explain.lesson.comparisons import NETWORKS, LessonError, Statement
from gopolicy.explain.lesson.measuring import Measurement
from gopolicy.files import write_file
from gopolicy.prediction import wilson

RESULTS: Final = "results.json"
# The 97.5 % quantiles of Student's t by degrees of freedom, from 1 on; behind the last the normal one is near.
STUDENT: Final = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)


class ResultsError(LessonError):
    """A file of results that cannot be used; the text says which, why and what to do."""


class Results:
    """The file results.json of a folder: the settings, and what was measured of each network and seed."""

    def __init__(self, folder: Path, settings: dict[str, Any], machine: dict[str, str]) -> None:
        """Open or begin the file; raises ResultsError or FileError if it holds another comparison or cannot be written.

        settings: what all results must have in common.  machine: where they were last added to.
        """
        self.path = folder / RESULTS
        self.settings = settings
        self.machine = machine
        self.runs: dict[str, dict[str, Any]] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ResultsError(f"{folder}: cannot be written: {error.strerror}") from None
        if self.path.exists():
            self._read()
        self.save()

    def _read(self) -> None:
        try:
            stored = json.loads(self.path.read_text(encoding="utf-8"))
            settings, self.runs = stored["settings"], stored["runs"]
        except (ValueError, KeyError, TypeError):
            raise ResultsError(f"{self.path}: damaged, or no results of a comparison; choose another --out") from None
        other = [f"{name} {settings.get(name)}, now {value}" for name, value in self.settings.items()
                 if settings.get(name) != value]  # fmt: skip
        if other:
            raise ResultsError(f"{self.path}: made with {'; '.join(other)}; choose another --out")

    def save(self) -> None:
        """Write the file; raises FileError."""
        text = json.dumps({"settings": self.settings, "machine": self.machine, "runs": self.runs}, indent=1)
        write_file(self.path, text)

    def has(self, name: str, seed: int) -> bool:
        """Return whether a network as it is designed now was measured."""
        return self.runs.get(f"{name}/{seed}", {}).get("network") == NETWORKS[name].as_dict()

    def add(self, name: str, seed: int, measured: dict[str, Any]) -> None:
        """Add a run and save."""
        self.runs[f"{name}/{seed}"] = {"network": NETWORKS[name].as_dict(), **measured}
        self.save()

    def of(self, name: str) -> dict[int, dict[str, Any]]:
        """Return what was measured of a network, by seed."""
        seeds = sorted(int(key.rpartition("/")[2]) for key in self.runs if key.rpartition("/")[0] == name)
        return {seed: self.runs[f"{name}/{seed}"] for seed in seeds if self.has(name, seed)}

    def measurements(self, name: str) -> dict[int, Measurement]:
        """Return the counts of a network by seed."""
        return {seed: Measurement.from_dict(run) for seed, run in self.of(name).items()}

    def shares(self, name: str) -> dict[str, list[float]]:
        """Return each measure of a network, seed by seed."""
        rows = [measurement.shares for measurement in self.measurements(name).values()]
        return {measure: [row[measure] for row in rows] for measure in rows[0]} if rows else {}


class Judgment(NamedTuple):
    """What the numbers say of a statement: both values, their difference with its 95 % interval, and the verdict.

    The interval is Student's over the seeds, paired; of one seed, Newcombe's (1998) for two shares of positions.
    verdict: holds, does not hold (the difference is the other way), undecided (the interval contains none).
    """

    more: float
    less: float
    difference: float
    low: float
    high: float
    verdict: str


def judge(results: Results, statement: Statement) -> Judgment | None:
    """Judge a statement by the seeds that both networks have, or return None if there is none."""
    first, second = results.measurements(statement.more), results.measurements(statement.less)
    seeds = sorted(first.keys() & second.keys())
    if not seeds:
        return None
    more = [first[seed].shares[statement.measure] for seed in seeds]
    less = [second[seed].shares[statement.measure] for seed in seeds]
    differences = [a - b for a, b in zip(more, less, strict=True)]
    difference = mean(differences)
    if len(seeds) == 1:
        pair = first[seeds[0]].counts[statement.measure], second[seeds[0]].counts[statement.measure]
        low, high = newcombe(*pair)
    else:
        half = half_width(differences)
        low, high = difference - half, difference + half
    verdict = "holds" if low > 0 else "does not hold" if high < 0 else "undecided"
    return Judgment(mean(more), mean(less), difference, low, high, verdict)


def half_width(values: list[float]) -> float:
    """Return half of Student's 95 % interval of the mean of two or more values."""
    quantile = STUDENT[len(values) - 2] if len(values) - 2 < len(STUDENT) else 1.96
    return quantile * stdev(values) / math.sqrt(len(values))


def newcombe(first: tuple[int, int], second: tuple[int, int]) -> tuple[float, float]:
    """Return the 95 % interval of the difference of two shares, each given as (successes, trials)."""
    (low1, high1), (low2, high2) = wilson(*first), wilson(*second)
    share1, share2 = (successes / max(trials, 1) for successes, trials in (first, second))
    down = math.hypot(share1 - low1, high2 - share2)
    up = math.hypot(high1 - share1, share2 - low2)
    return share1 - share2 - down, share1 - share2 + up

"""What the examples of filters have in common, in numbers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from gopolicy.commands.explain.examples import Example, Sample
from gopolicy.commands.explain.shapes import common_shapes, shapes

BASE = 4000  # random points to compare with
SHOWN = 5  # properties a filter

Filter = tuple[int, int]  # layer, number
Shared = list[tuple[str, int, float]]  # name, examples that have it, share of random points; most telling first


class Clearest(NamedTuple):
    """The filter whose examples have a property most often."""

    name: str
    examples: int
    filter: Filter


def base_rates(sample: Sample, seed: int) -> dict[str, float]:
    """Return how many of all points of the sample's positions have each property, as a share, from random ones."""
    rng = np.random.default_rng(seed)
    counts: Counter[str] = Counter()
    chosen = rng.integers(len(sample), size=BASE // 10)
    for index in chosen.tolist():
        game, played = sample.position(index)
        for point in rng.integers(game.size**2, size=10).tolist():
            counts.update(shapes(game, point, played))
    return {name: count / BASE for name, count in counts.items()}


def shared_shapes(examples: Mapping[Filter, Sequence[Example]], base: Mapping[str, float]) -> dict[Filter, Shared]:
    """Return what the examples of each filter have in common; nothing for one that is silent."""
    return {
        chosen: common_shapes([(e.game, e.point, e.played) for e in found], base) if found else []
        for chosen, found in examples.items()
    }


def find_clearest(shared: Mapping[Filter, Shared], names: Sequence[str]) -> list[Clearest]:
    """Return the earliest of the clearest filters for each property, a filter for one property only.

    Raises ValueError for a property that no filter's examples have, or only those of filters taken before.
    """
    found: list[Clearest] = []
    for name in names:
        taken = {clearest.filter for clearest in found}
        rows = [(count, chosen) for chosen, row in shared.items() for known, count, _ in row if known == name]
        free = [row for row in rows if row[1] not in taken]
        if not free:
            if rows:
                raise ValueError(
                    f"no filter is left for {name!r}: those that show it are taken by the shapes before it"
                )
            known = sorted({shape for row in shared.values() for shape, _, _ in row})
            raise ValueError(f"no filter shows {name!r}; the filters of this network show {', '.join(known)}")
        count, chosen = max(free, key=lambda row: (row[0], -row[1][0], -row[1][1]))
        found.append(Clearest(name, count, chosen))
    return found


def table_lines(
    examples: Mapping[Filter, Sequence[Example]], shared: Mapping[Filter, Shared], base: Mapping[str, float]
) -> list[str]:
    """Return the table's lines: every filter, then the clearest filter of every property, the rarest first."""
    lines = ["layer filter  strongest  of the examples are at a point that is"]
    for (layer, number), found in examples.items():
        row = shared[layer, number][:SHOWN]
        told = ", ".join(f"{count}/{len(found)} {name} ({rate:.1%})" for name, count, rate in row) or "silent"
        lines.append(f"{layer:>5}{number:>7}{found[0].value if found else 0.0:>11.2f}  {told}")
    lines += ["", "the earliest of the clearest filters of each", "layer filter  examples"]
    names = {name for row in shared.values() for name, _, _ in row}
    for name in sorted(names, key=lambda name: (base.get(name, 0.0), name)):
        ((_, count, (layer, number)),) = find_clearest(shared, [name])
        lines.append(f"{layer:>5}{number:>7}{count:>10}  {name} ({base.get(name, 0.0):.1%})")
    return lines

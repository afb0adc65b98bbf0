"""What the examples of filters have in common: Go shapes, beside how common these are among random points."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from gopolicy.explain.activations import ExplainError
from gopolicy.explain.filter_names import Filter
from gopolicy.explain.go_shapes import shapes_at
from gopolicy.explain.position_sample import Example, PositionSample
from gopolicy.go.coords import Move, Point
from gopolicy.go.game import Game

RANDOM_POINTS: Final = 4000  # to compare with
SHOWN: Final = 5  # shapes a filter

Shared = list[tuple[str, int, float]]  # shape, examples that have it, share of random points; most informative first


class Clearest(NamedTuple):
    """The filter whose examples have a shape most often."""

    name: str
    examples: int
    filter: Filter


def base_rates(sample: PositionSample, seed: int) -> dict[str, float]:
    """Return how many of all points of the sample's positions have each shape, as a share, from random ones."""
    rng = np.random.default_rng(seed)
    counts: Counter[str] = Counter()
    chosen = rng.integers(len(sample), size=RANDOM_POINTS // 10)
    for index in chosen.tolist():
        game, played = sample.position(index)
        for point in rng.integers(game.board.colors.size, size=10).tolist():
            counts.update(shapes_at(game, point, played))
    return {name: count / RANDOM_POINTS for name, count in counts.items()}


def shared_shapes(examples: Mapping[Filter, Sequence[Example]], base: Mapping[str, float]) -> dict[Filter, Shared]:
    """Return what the examples of each filter have in common; nothing for one that is silent."""
    return {
        chosen: common_shapes([(e.game, e.point, e.played) for e in found], base) if found else []
        for chosen, found in examples.items()
    }


def common_shapes(examples: Sequence[tuple[Game, Point, Move]], base: Mapping[str, float]) -> Shared:
    """Return (shape, examples that have it, share of random points that do), the most informative first.

    examples: positions, points in them and the moves that followed.  base: shares of random points, 0 to 1.
    A shape's information is the examples' share times log2 of how many times it is the base's, in bits.
    """
    counts = Counter(name for game, point, played in examples for name in shapes_at(game, point, played))

    def information(name: str) -> float:
        share = counts[name] / len(examples)
        return share * math.log2(share / max(base.get(name, 0.0), 1 / RANDOM_POINTS))

    names = sorted(counts, key=information, reverse=True)
    return [(name, counts[name], base.get(name, 0.0)) for name in names if information(name) > 0]


def find_clearest(shared: Mapping[Filter, Shared], names: Sequence[str]) -> list[Clearest]:
    """Return the earliest of the clearest filters for each shape, a filter for one shape only.

    Raises ExplainError for a shape that no filter's examples have, or only those of filters taken before.
    """
    found: list[Clearest] = []
    for name in names:
        taken = {clearest.filter for clearest in found}
        rows = [(count, chosen) for chosen, row in shared.items() for known, count, _ in row if known == name]
        free = [row for row in rows if row[1] not in taken]
        if not free:
            if rows:
                raise ExplainError(
                    f"no filter is left for {name!r}: those that show it are taken by the shapes before it"
                )
            known = sorted({shape for row in shared.values() for shape, _, _ in row})
            raise ExplainError(f"no filter shows {name!r}; the filters of this network show {', '.join(known)}")
        count, chosen = max(free, key=lambda row: (row[0], -row[1][0], -row[1][1]))
        found.append(Clearest(name, count, chosen))
    return found


def table_lines(
    examples: Mapping[Filter, Sequence[Example]], shared: Mapping[Filter, Shared], base: Mapping[str, float]
) -> list[str]:
    """Return the table's lines: every filter, then the clearest filter of every shape, the rarest first."""
    lines = ["layer filter  strongest  of the examples are at a point that is"]
    for (layer, number), found in examples.items():
        row = shared[layer, number][:SHOWN]
        words = ", ".join(f"{count}/{len(found)} {name} ({rate:.1%})" for name, count, rate in row) or "silent"
        lines.append(f"{layer:>5}{number:>7}{found[0].value if found else 0.0:>11.2f}  {words}")
    lines += ["", "the earliest of the clearest filters of each", "layer filter  examples"]
    names = {name for row in shared.values() for name, _, _ in row}
    for name in sorted(names, key=lambda name: (base.get(name, 0.0), name)):
        ((_, count, (layer, number)),) = find_clearest(shared, [name])
        lines.append(f"{layer:>5}{number:>7}{count:>10}  {name} ({base.get(name, 0.0):.1%})")
    return lines

"""The eight symmetries: a group, with the inverses that are claimed, and moving points as they say."""

import numpy as np
import pytest

from gopolicy.features.symmetry import NUM_SYMMETRIES, image_tables, inverse, point_tables
from gopolicy.go.coords import parse_vertex, to_vertex

ALL = range(NUM_SYMMETRIES)


@pytest.mark.parametrize("size", [2, 3, 5, 9, 19])
def test_group(size: int) -> None:
    tables = [tuple(table) for table in image_tables(size)]
    points = tuple(range(size * size))
    assert len(set(tables)) == 8 and tables[0] == points
    assert all(tuple(sorted(table)) == points for table in tables)
    products = {(s, t): tuple(tables[t][p] for p in tables[s]) for s in ALL for t in ALL}
    assert set(products.values()) == set(tables)
    for s in ALL:
        assert products[s, inverse(s)] == products[inverse(s), s] == points
        assert len({products[s, t] for t in ALL}) == 8
    assert any(products[s, t] != products[t, s] for s in ALL for t in ALL)


@pytest.mark.parametrize("size", [3, 19])
def test_neighbors_stay_neighbors(size: int) -> None:
    rows, columns = np.divmod(image_tables(size), size)
    rows, columns = rows.reshape(8, size, size), columns.reshape(8, size, size)
    for axis in (1, 2):
        steps = abs(np.diff(rows, axis=axis)) + abs(np.diff(columns, axis=axis))
        assert (steps == 1).all()


@pytest.mark.parametrize(("symmetry", "vertex"), [
    (0, "Q17"), (1, "R4"), (2, "D3"), (3, "C16"), (4, "D17"), (5, "R16"), (6, "Q3"), (7, "C4"),
])  # fmt: skip
def test_by_hand(symmetry: int, vertex: str) -> None:
    """Where Q17 goes: quarter turns clockwise, then the same after a reflection from left to right."""
    point = parse_vertex("Q17", 19)
    assert to_vertex(int(image_tables(19)[symmetry][point]), 19) == vertex


def test_both_tables_say_the_same() -> None:
    for s in ALL:
        points, images = point_tables(19)[s], image_tables(19)[s]
        assert np.array_equal(points[images], np.arange(361))
        values = np.random.default_rng(s).random(361)
        moved = np.empty(361)
        moved[images] = values
        assert np.array_equal(values[points], moved)
        assert np.array_equal(point_tables(19)[inverse(s)], images)


def test_the_tables_are_shared_and_so_read_only() -> None:
    assert point_tables(9) is point_tables(9) and point_tables(9).dtype == np.int64
    for table in (point_tables(9), image_tables(9)):
        with pytest.raises(ValueError, match="read-only"):
            table[0, 0] = 1

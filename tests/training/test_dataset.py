"""The order and the loader: every position once, reproducible, resumable, and what `encode` says."""

from pathlib import Path

import numpy as np
import pytest
import torch

from gopolicy.features import encode
from gopolicy.features.symmetry import image_tables, point_tables
from gopolicy.nn.inference import Unpacker
from gopolicy.records import read_records
from gopolicy.records.corpus import Corpus
from gopolicy.training.dataset import Order, batches, in_background, make_batch

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def records():
    return list(read_records(DATA))[:12]


@pytest.fixture(scope="module")
def corpus(records):
    return Corpus.from_records(records)


def order_of(corpus, **options):
    return Order(corpus, np.arange(len(corpus)), seed=3, **options)


def take(source, count):
    return [next(source) for _ in range(count)]


def same(first, second):
    return all(
        torch.equal(a.packed, b.packed) and torch.equal(a.points, b.points) and torch.equal(a.symmetries, b.symmetries)
        for a, b in zip(first, second, strict=True)
    )


def test_an_epoch_sees_every_position_once(corpus):
    order = order_of(corpus, block=100)
    source = batches(order, order.positions)
    for _ in range(2):
        rows = {bytes(row) for row in next(source).packed.flatten(1).numpy()}
        everything, _ = make_everything(corpus)
        assert rows == {bytes(row) for row in everything.packed.flatten(1).numpy()}


def make_everything(corpus):
    games = np.repeat(np.arange(len(corpus)), corpus.index["targets"])
    moves = np.concatenate([np.arange(count) for count in corpus.index["targets"]])
    return make_batch(corpus, games, moves, np.zeros(len(games), np.int64)), (games, moves)


def test_epochs_differ_and_seeds_differ(corpus):
    order = order_of(corpus)
    first, second = take(batches(order, order.positions), 2)
    assert not torch.equal(first.points, second.points)
    other = next(batches(Order(corpus, np.arange(len(corpus)), seed=4), order.positions))
    assert not torch.equal(first.points, other.points)


@pytest.mark.parametrize("block", [64, 8192])
def test_resumable_at_any_step(corpus, block):
    order = order_of(corpus, block=block)
    straight = take(batches(order, 96), 60)  # past the end of an epoch
    for step in (1, 7, 30, 59):
        assert same(take(batches(order, 96, step=step), 60 - step), straight[step:])


def test_worker_processes_change_nothing(corpus):
    order = order_of(corpus, block=300)
    assert same(take(batches(order, 64, workers=2), 20), take(batches(order, 64), 20))


def test_processes_of_a_distributed_run_share_each_batch(corpus):
    order = order_of(corpus, block=150)
    whole = take(batches(order, 60, step=2), 12)
    shares = [take(batches(order, 60, step=2, rank=rank, ranks=3), 12) for rank in range(3)]
    for i, batch in enumerate(whole):
        for rank in range(3):
            assert same([shares[rank][i]], [batch.part(20 * rank, 20 * rank + 20)])


def test_unpacked_batches_are_what_encode_says(corpus, records):
    """Planes and points under the stated symmetry, for passes, handicap and all: 1,000 plies of whole games."""
    batch, (games, moves) = make_everything(corpus)
    positions = [[(encode(game), move) for game, move in record.replay() if move is not None] for record in records]
    rng = np.random.default_rng(0)
    chosen = np.sort(rng.choice(len(games), 1000, replace=False))
    symmetries = rng.integers(0, 8, 1000)
    part = make_batch(corpus, games[chosen], moves[chosen], symmetries)
    planes, points = part.unpack(Unpacker(torch.device("cpu")))
    assert planes.shape == (1000, 48, 19, 19) and planes.dtype == torch.float32
    for i, (game, move, symmetry) in enumerate(zip(games[chosen], moves[chosen], symmetries, strict=True)):
        expected, point = positions[game][move]
        turned = expected.reshape(48, 361)[:, point_tables(19)[symmetry]].reshape(48, 19, 19)
        assert np.array_equal(planes[i].numpy(), turned)
        assert points[i] == image_tables(19)[symmetry][point]


def test_fewer_planes(corpus):
    planes, _ = next(batches(order_of(corpus), 8)).unpack(Unpacker(torch.device("cpu"), 12))
    assert planes.shape == (8, 12, 19, 19)


def test_unsharable_batches_are_refused(corpus):
    with pytest.raises(ValueError, match="cannot be shared"):
        next(batches(order_of(corpus), 10, ranks=3))


def test_fetching_in_the_background_changes_nothing(corpus):
    order = order_of(corpus)
    assert same(take(in_background(batches(order, 64)), 20), take(batches(order, 64), 20))

    def broken():
        yield next(batches(order, 8))
        raise ValueError("no more")

    source = in_background(broken())
    next(source)
    with pytest.raises(ValueError, match="no more"):
        next(source)

"""The order and the loader: every position once, reproducible, resumable, what `encode` says, and its processes."""

import contextlib
import multiprocessing
import pickle
import subprocess
import sys
import time
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pytest
import torch

from gopolicy.features import encode
from gopolicy.features.planes import OFFSETS
from gopolicy.features.symmetry import image_tables, point_tables
from gopolicy.nn.inference import Unpacker
from gopolicy.records import read_records
from gopolicy.records.corpus import Corpus
from gopolicy.training import workers as worker_processes
from gopolicy.training.config import TrainingError
from gopolicy.training.loader import Prefetched, batches, make_batch
from gopolicy.training.order import Order, extract
from gopolicy.training.processes import Processes
from gopolicy.training.workers import fitting_workers, shared_bytes

DATA = Path(__file__).parents[2] / "data"
CPU = torch.device("cpu")


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


def test_the_stream_is_that_of_runs_begun_before(corpus):
    """What a resumed run sees next must not depend on the version that began it."""
    source = batches(Order(corpus, np.arange(2, len(corpus)), seed=3, block=300), 64, step=17)
    hasher = blake2b(digest_size=8)
    for batch in take(source, 20):
        for tensor in batch.tensors:
            hasher.update(tensor.numpy().tobytes())
    assert hasher.hexdigest() == "05c307ffa8f72087"


def test_worker_processes_change_nothing_and_end(corpus):
    order = order_of(corpus, block=300)
    with contextlib.closing(batches(order, 64, workers=2)) as source:
        assert same(take(source, 40), take(batches(order, 64), 40))
        assert len(multiprocessing.active_children()) == 2
    assert not multiprocessing.active_children()


def test_a_worker_is_sent_the_games_of_a_block_only(corpus):
    order = order_of(corpus, block=64)
    block = next(order.blocks(0))
    few, extracted = extract(corpus, block)
    assert len(few) <= len(block.samples) and len(extracted.samples) == len(block.samples)
    assert len(pickle.dumps((few, extracted))) < 700 * len(few) + 2000


def test_what_a_worker_raises_is_raised_here(corpus):
    damaged = Corpus(corpus.index.copy(), corpus.all_events, corpus.players, {})
    damaged.index["targets"] += 1
    with contextlib.closing(batches(order_of(damaged), 64, workers=1)) as source:
        with pytest.raises(ValueError, match="not what its entry says"):
            take(source, 100)


def test_workers_go_on_when_all_processes_are_asked_to_end(corpus):
    with contextlib.closing(batches(order_of(corpus, block=64), 64, workers=1)) as source:
        next(source)
        multiprocessing.active_children()[0].terminate()
        take(source, 100)
    assert not multiprocessing.active_children()


def test_a_worker_that_dies_ends_the_run_by_one_line(corpus):
    with contextlib.closing(batches(order_of(corpus, block=64), 64, workers=1)) as source:
        next(source)
        multiprocessing.active_children()[0].kill()
        with pytest.raises(TrainingError, match="a loader process ended .status -9."):
            take(source, 100)


def test_too_little_shared_memory_is_named_with_what_fits(corpus, monkeypatch):
    order = order_of(corpus)
    monkeypatch.setattr(worker_processes, "_free_bytes", lambda: 64 * 2**20)  # what containers have
    assert fitting_workers(15, order.capacity) == 2 and shared_bytes(2, order.capacity) < 64 * 2**20
    with pytest.raises(TrainingError, match="--workers 15 need .* MB of shared memory, .* use --workers 2"):
        next(batches(order, 64, workers=15))
    monkeypatch.setattr(worker_processes, "_free_bytes", lambda: None)
    assert fitting_workers(15, order.capacity) == 15


ORPHANS = """
import multiprocessing, os, sys
import numpy as np
from gopolicy.records import read_records
from gopolicy.records.corpus import Corpus
from gopolicy.training.loader import batches
from gopolicy.training.order import Order

if __name__ == "__main__":
    corpus = Corpus.from_records(list(read_records(sys.argv[1]))[:4])
    source = batches(Order(corpus, np.arange(4), 1, block=64), 16, workers=2)
    next(source)
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
    os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks processes up in /proc")
def test_workers_end_when_their_parent_is_killed(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(ORPHANS)
    done = subprocess.run([sys.executable, program, DATA], capture_output=True, text=True, timeout=120)
    workers = [int(word) for word in done.stdout.split()]
    assert done.returncode == -9 and len(workers) == 2, done.stderr
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and any(map(is_alive, workers)):
        time.sleep(0.05)
    assert not any(map(is_alive, workers))


def is_alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_processes_of_a_distributed_run_share_each_batch(corpus):
    order = order_of(corpus, block=150)
    whole = take(batches(order, 60, step=2), 12)
    shares = [take(batches(order, 60, step=2, processes=Processes(rank, 3)), 12) for rank in range(3)]
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


def test_history_is_hidden_in_a_share_of_the_positions_and_nothing_else_changes(corpus):
    plain, partly, wholly = (next(batches(order_of(corpus, hide_history=share), 2000)) for share in (0.0, 0.25, 1.0))
    ages = slice(OFFSETS["turns since"], OFFSETS["turns since"] + 8)
    for batch in (partly, wholly):
        assert torch.equal(batch.points, plain.points) and torch.equal(batch.symmetries, plain.symmetries)
        others = [plane for plane in range(48) if not ages.start <= plane < ages.stop]
        assert torch.equal(batch.packed[:, others], plain.packed[:, others])
    stones = plain.packed[:, 0] | plain.packed[:, 1]
    assert torch.equal(wholly.packed[:, ages.stop - 1], stones)
    assert not wholly.packed[:, ages.start : ages.stop - 1].any()
    as_plain, as_hidden = ((partly.packed == batch.packed).flatten(1).all(1) for batch in (plain, wholly))
    assert (as_plain | as_hidden).all() and 0.2 < float(as_hidden.float().mean()) < 0.3
    again = next(batches(order_of(corpus, hide_history=0.25), 2000, workers=1))
    assert torch.equal(again.packed, partly.packed)


def test_fewer_planes(corpus):
    planes, _ = next(batches(order_of(corpus), 8)).unpack(Unpacker(torch.device("cpu"), 12))
    assert planes.shape == (8, 12, 19, 19)


def test_unsharable_batches_are_refused(corpus):
    with pytest.raises(TrainingError, match="cannot be shared"):
        next(batches(order_of(corpus), 10, processes=Processes(0, 3)))


def test_an_empty_corpus_is_refused():
    with pytest.raises(TrainingError, match="no positions to train on"):
        order_of(Corpus.from_records([]))


def test_fetching_ahead_changes_nothing_and_closes_the_source(corpus):
    order, closed = order_of(corpus), []

    def source():
        try:
            yield from batches(order, 64)
        finally:
            closed.append(True)

    with Prefetched(source(), CPU) as fetched:
        assert same(take(fetched, 20), take(batches(order, 64), 20)) and not closed
    assert closed


def test_errors_met_while_fetching_ahead_are_raised(corpus):
    def broken():
        yield next(batches(order_of(corpus), 8))
        raise ValueError("no more")

    with Prefetched(broken(), CPU) as fetched:
        next(fetched)
        with pytest.raises(ValueError, match="no more"):
            next(fetched)

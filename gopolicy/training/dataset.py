"""From a corpus to shuffled batches: a reproducible, resumable order, and a loader that follows it.

The order of an epoch is drawn anew from (seed, epoch).  A *visit* is every STRIDE-th move of a game from
some first move on, so a game is visited four times an epoch and its neighboring positions are
visited far apart.  All visits of all games are shuffled over the whole corpus, then cut into blocks of
about BLOCK positions, and the positions of a block are shuffled once more.  Every position comes once an
epoch, under one random symmetry.  Position i of the endless stream belongs to batch i // B and so to
a process of a distributed run: the stream does not depend on how many there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from queue import Queue
from threading import Thread
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from gopolicy.features.batch import encode_positions
from gopolicy.features.planes import NUM_PLANES
from gopolicy.features.symmetry import NUM_SYMMETRIES
from gopolicy.go.coords import BOARD_SIZE
from gopolicy.go.state import word_count
from gopolicy.nn.inference import Unpacker
from gopolicy.records.corpus import Corpus, CorpusError

STRIDE: Final = 4
BLOCK: Final = 4096
AHEAD: Final = 2  # blocks that a worker encodes ahead of what is asked for


@dataclass(frozen=True)
class Batch:
    """Positions to learn from or to measure on.

    packed: uint8 `[B, 48, bytes]`, bit planes, the first point in the lowest bit of the first byte.
    points: int64 `[B]`, the moves played.  symmetries: int64 `[B]`, 0 to 7, still to be applied to both.
    """

    packed: Tensor
    points: Tensor
    symmetries: Tensor

    def __len__(self) -> int:
        return len(self.points)

    def part(self, first: int, last: int) -> "Batch":
        """Return the positions from `first` up to `last`."""
        return Batch(self.packed[first:last], self.points[first:last], self.symmetries[first:last])

    def unpack(self, unpacker: Unpacker) -> tuple[Tensor, Tensor]:
        """Return what a network learns from, on its device: (planes `[B, planes, 19, 19]`, points int64 `[B]`)."""
        planes = unpacker.unpack(self.packed, self.symmetries)
        return planes, unpacker.images(self.points, self.symmetries)

    def pin_memory(self) -> "Batch":
        """Return the batch in page-locked memory, from where it is copied to a GPU in the background."""
        return Batch(self.packed.pin_memory(), self.points.pin_memory(), self.symmetries.pin_memory())


def join(batches: list[Batch]) -> Batch:
    """Return several batches as one."""
    return Batch(*(torch.cat([getattr(b, name) for b in batches]) for name in ("packed", "points", "symmetries")))


def make_batch(
    corpus: Corpus, games: NDArray[np.int64], moves: NDArray[np.int64], symmetries: NDArray[np.int64]
) -> Batch:
    """Encode chosen positions: games and moves, int64 `[B]`, as in `encode_positions`."""
    planes, points = encode_positions(corpus, games, moves)
    return Batch(torch.from_numpy(planes.view(np.uint8)), torch.from_numpy(points), torch.from_numpy(symmetries))


@dataclass(frozen=True)
class Block:
    """A run of the order: visits (int64 `[v, 2]`: game, first move), and where it stands in the stream."""

    visits: NDArray[np.int64]
    start: int
    seed: tuple[int, ...]


class Order:
    """The endless order in which the positions of some games of a corpus are seen.

    games: int64 indices into the corpus.  positions: how many an epoch has.
    """

    def __init__(
        self, corpus: Corpus, games: NDArray[np.int64], seed: int, *, stride: int = STRIDE, block: int = BLOCK
    ) -> None:
        self.corpus = corpus
        self.games = games
        self.seed, self.stride, self.block = seed, stride, block
        self._moves = corpus.index["targets"][games].astype(np.int64)
        self.positions = int(self._moves.sum())
        if not self.positions:
            raise CorpusError("no positions to train on")

    def blocks(self, position: int) -> Iterator[Block]:
        """Yield the blocks from the one that holds `position` of the stream on, without end."""
        epoch = position // self.positions
        while True:
            for block in self._epoch(epoch):
                if block.start + self._size(block) > position:
                    yield block
            epoch += 1

    def _size(self, block: Block) -> int:
        return int(self._lengths(block.visits).sum())

    def _lengths(self, visits: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many positions each visit has; here the first column counts in `games`."""
        lengths: NDArray[np.int64] = (self._moves[visits[:, 0]] - visits[:, 1] + self.stride - 1) // self.stride
        return lengths

    def _epoch(self, epoch: int) -> Iterator[Block]:
        rng = np.random.default_rng([self.seed, epoch])
        counts = np.minimum(self._moves, self.stride)  # visits a game: no empty ones
        games = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        first = np.arange(len(games), dtype=np.int64) - np.repeat(np.cumsum(counts) - counts, counts)
        shuffled = rng.permutation(len(games))
        games, firsts = games[shuffled], first[shuffled].astype(np.int32)
        begin, start, number = 0, epoch * self.positions, 0
        while begin < len(games):
            # A slice of a few more visits than a block can need, then the exact cut.
            visits = np.stack([games[begin : begin + self.block], firsts[begin : begin + self.block]], 1).astype(
                np.int64
            )
            ends = np.cumsum(self._lengths(visits))
            visits = visits[: int(np.searchsorted(ends, self.block)) + 1]
            yield Block(visits, start, (self.seed, epoch, number))
            begin, start, number = begin + len(visits), start + int(ends[len(visits) - 1]), number + 1

    @property
    def capacity(self) -> int:
        """The most positions that a block can have."""
        return self.block + int(self._moves.max() + self.stride - 1) // self.stride

    def load(self, block: Block, position: int, share: slice, batch: int, planes: NDArray[np.uint64]) -> "Loaded":
        """Encode the part of a block from `position` of the stream on that falls into `share` of each batch of `batch`.

        planes: uint64 `[capacity, NUM_PLANES, W]`, written from its first row on.
        """
        lengths = self._lengths(block.visits)
        games = np.repeat(self.games[block.visits[:, 0]], lengths)
        step = np.arange(len(games)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        moves = np.repeat(block.visits[:, 1], lengths) + step * self.stride
        rng = np.random.default_rng([*block.seed, 1])
        shuffled = rng.permutation(len(games))
        symmetries = rng.integers(0, NUM_SYMMETRIES, len(games))
        place = block.start + np.arange(len(games))
        mine = (place >= position) & (place % batch >= share.start) & (place % batch < share.stop)
        # Rows are encoded in the order of the games, which is faster; where the stream wants them is told beside.
        wanted = shuffled[mine]
        written = np.sort(wanted)
        rows = np.searchsorted(written, wanted)
        _, points = encode_positions(self.corpus, games[written], moves[written], planes[: len(written)])
        return Loaded(rows, points[rows], symmetries[mine])


@dataclass(frozen=True)
class Loaded:
    """A block as it was encoded: row of the planes, point and symmetry, each int64 `[n]` in the stream's order."""

    rows: NDArray[np.int64]
    points: NDArray[np.int64]
    symmetries: NDArray[np.int64]


class _Blocks(Dataset[tuple[int, Loaded]]):
    """Blocks as items, for torch's loader: the sampler numbers them, a worker writes the planes into a shared slot.

    slots: int64 `[slots, capacity, NUM_PLANES, W]`, the bits of uint64; block i goes to slot i % slots, so there must
    be more slots than blocks under way.  Nothing large is sent between processes, and no memory is new.
    """

    def __init__(self, order: Order, slots: Tensor, position: int, share: slice, batch: int) -> None:
        self.arguments = position, share, batch
        self.order, self.slots = order, slots

    def __getitem__(self, item: tuple[int, Block]) -> tuple[int, Loaded]:
        number, block = item
        slot = number % len(self.slots)
        return slot, self.order.load(block, *self.arguments, self.slots[slot].numpy().view(np.uint64))


class _Endless(Sampler[tuple[int, Block]]):
    def __init__(self, order: Order, position: int) -> None:
        self.order, self.position = order, position

    def __iter__(self) -> Iterator[tuple[int, Block]]:
        return enumerate(self.order.blocks(self.position))


def _as_it_is(item: Any) -> Any:
    return item


def batches(
    order: Order,
    batch: int,
    *,
    step: int = 0,
    rank: int = 0,
    ranks: int = 1,
    workers: int = 0,
    pin_memory: bool = False,
) -> Iterator[Batch]:
    """Yield batches from `step` on, without end.

    batch: positions of a batch over all `ranks` processes; this one gets the share of `rank`.
    workers: processes that encode; 0 encodes in this one.  pin_memory: put batches where a GPU copies from fastest.
    """
    if batch % ranks:
        raise ValueError(f"a batch of {batch} cannot be shared by {ranks} processes")
    share = slice(rank * batch // ranks, (rank + 1) * batch // ranks)
    ahead = AHEAD * workers
    slots = torch.empty(
        ahead + 2 if workers else 1, order.capacity, NUM_PLANES, word_count(BOARD_SIZE), dtype=torch.int64
    )
    if workers:
        slots.share_memory_()  # type: ignore[no-untyped-call]  # torch's
    loader = DataLoader(
        _Blocks(order, slots, step * batch, share, batch),
        batch_size=None,
        sampler=_Endless(order, step * batch),
        collate_fn=_as_it_is,
        num_workers=workers,
        prefetch_factor=AHEAD if workers else None,
    )
    packed = slots.view(torch.uint8)  # [slots, capacity, NUM_PLANES, 8 W]
    size = batch // ranks
    rest: list[Batch] = []  # what is still too little for a batch
    for slot, loaded in loader:
        first = 0
        while first < len(loaded.rows):
            last = min(first + size - sum(map(len, rest)), len(loaded.rows))
            rest.append(_gather(packed[slot], loaded, first, last, pin_memory))
            if sum(map(len, rest)) == size:
                yield rest[0] if len(rest) == 1 else join(rest)
                rest = []
            first = last


def _gather(packed: Tensor, loaded: Loaded, first: int, last: int, pin_memory: bool) -> Batch:
    """Return positions `first` up to `last` of a block as a batch: a copy, so that its slot can be used again."""
    part = Batch(
        packed.index_select(0, torch.from_numpy(loaded.rows[first:last])),
        torch.from_numpy(loaded.points[first:last]),
        torch.from_numpy(loaded.symmetries[first:last]),
    )
    return part.pin_memory() if pin_memory else part


def in_background(source: Iterator[Batch], count: int = 2) -> Iterator[Batch]:
    """Yield what `source` does, while a thread fetches the next `count`; an error there is raised here."""
    fetched: Queue[Batch | BaseException] = Queue(count)

    def fetch() -> None:
        try:
            for batch in source:
                fetched.put(batch)
        except BaseException as error:  # noqa: BLE001 - handed on
            fetched.put(error)

    Thread(target=fetch, daemon=True).start()
    while True:
        batch = fetched.get()
        if isinstance(batch, BaseException):
            raise batch
        yield batch

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
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from gopolicy.features.batch import SIZE, encode_positions
from gopolicy.features.planes import NUM_PLANES
from gopolicy.features.symmetry import NUM_SYMMETRIES, image_tables, point_tables
from gopolicy.records.corpus import Corpus

STRIDE: Final = 4
BLOCK: Final = 8192


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

    def pin_memory(self) -> "Batch":
        """Return the batch in page-locked memory, from where it is copied to a GPU in the background."""
        return Batch(self.packed.pin_memory(), self.points.pin_memory(), self.symmetries.pin_memory())


def join(batches: list[Batch]) -> Batch:
    """Return several batches as one."""
    return Batch(*(torch.cat([getattr(b, name) for b in batches]) for name in ("packed", "points", "symmetries")))


class Unpacker:
    """Turns batches into what the network takes, on its device: unpacks the bits and applies the symmetries."""

    def __init__(self, device: torch.device, planes: int = NUM_PLANES) -> None:
        self.device = device
        self.planes = planes
        self._sources = torch.from_numpy(point_tables(SIZE).copy()).to(device)
        self.images = torch.from_numpy(image_tables(SIZE).copy()).to(device)
        self._shifts = torch.arange(8, dtype=torch.uint8, device=device)

    def __call__(self, batch: Batch, dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
        """Return (planes `[B, planes, 19, 19]` in channels_last order, points int64 `[B]`)."""
        packed = batch.packed[:, : self.planes].to(self.device, non_blocking=True)
        points = batch.points.to(self.device, non_blocking=True)
        symmetries = batch.symmetries.to(self.device, non_blocking=True)
        count = len(points)
        bits = (packed.unsqueeze(-1) >> self._shifts).bitwise_and_(1).flatten(2)  # [B, planes, 384]
        # A point's planes side by side: moving a point then moves one short run of bytes, five times faster than
        # moving 48 single ones, and the result is in channels_last order.
        rows = bits.transpose(1, 2).reshape(-1, self.planes)  # [B * 384, planes]
        first = torch.arange(count, device=self.device).unsqueeze(1) * bits.shape[2]
        chosen = rows.index_select(0, (first + self._sources[symmetries]).flatten())  # [B * 361, planes]
        planes = chosen.to(dtype).view(count, SIZE, SIZE, self.planes).permute(0, 3, 1, 2)
        return planes, self.images[symmetries, points]


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
            raise ValueError("no positions to train on")

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

    def load(self, block: Block, position: int, share: slice, batch: int) -> Batch:
        """Encode the part of a block that begins at `position` and falls into `share` of each batch of `batch`."""
        lengths = self._lengths(block.visits)
        games = np.repeat(self.games[block.visits[:, 0]], lengths)
        step = np.arange(len(games)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        moves = np.repeat(block.visits[:, 1], lengths) + step * self.stride
        rng = np.random.default_rng([*block.seed, 1])
        shuffled = rng.permutation(len(games))
        symmetries = rng.integers(0, NUM_SYMMETRIES, len(games))
        place = block.start + np.arange(len(games))
        mine = (place >= position) & (place % batch >= share.start) & (place % batch < share.stop)
        return make_batch(self.corpus, games[shuffled][mine], moves[shuffled][mine], symmetries[mine])


class _Blocks(Dataset[Batch]):
    """Blocks as items, for torch's loader: the sampler names a block, a worker encodes it."""

    def __init__(self, order: Order, position: int, share: slice, batch: int) -> None:
        self.arguments = position, share, batch
        self.order = order

    def __getitem__(self, block: Block) -> Batch:
        return self.order.load(block, *self.arguments)


class _Endless(Sampler[Block]):
    def __init__(self, order: Order, position: int) -> None:
        self.order, self.position = order, position

    def __iter__(self) -> Iterator[Block]:
        return self.order.blocks(self.position)


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
    workers: processes that encode; 0 encodes in this one.
    """
    if batch % ranks:
        raise ValueError(f"a batch of {batch} cannot be shared by {ranks} processes")
    share = slice(rank * batch // ranks, (rank + 1) * batch // ranks)
    position = step * batch
    loader = DataLoader(
        _Blocks(order, position, share, batch),
        batch_size=None,
        sampler=_Endless(order, position),
        num_workers=workers,
        pin_memory=pin_memory,
        prefetch_factor=2 if workers else None,
    )
    size = batch // ranks
    rest: Batch | None = None
    for block in loader:
        first = 0
        if rest is not None:
            first = min(size - len(rest), len(block))
            rest = join([rest, block.part(0, first)])
            if len(rest) < size:
                continue
            yield rest
        while first + size <= len(block):  # views of the block: nothing is copied
            yield block.part(first, first + size)
            first += size
        rest = block.part(first, len(block)) if first < len(block) else None

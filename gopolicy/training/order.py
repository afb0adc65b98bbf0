"""The order in which positions are trained on: drawn from (seed, epoch), reproducible, resumable; and its encoding.

A *sample* is every STRIDE-th move of a game from some first move on, so an epoch takes four samples of a game and its
neighboring positions come far apart.  All samples of all games are shuffled over the whole corpus, then cut into
blocks of about BLOCK positions, and the positions of a block are shuffled once more.  Every position comes once an
epoch, under one random symmetry.  Position i of the endless stream belongs to batch i // B and so to a process of a
distributed run: the stream does not depend on how many there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gopolicy.features.batch import encode_positions
from gopolicy.features.planes import hide_history
from gopolicy.features.symmetry import NUM_SYMMETRIES
from gopolicy.records.corpus import Corpus
from gopolicy.records.corpus_format import starts
from gopolicy.training.config import TrainingError

STRIDE: Final = 4
BLOCK: Final = 4096


@dataclass(frozen=True)
class Block:
    """A run of the order: samples (int64 `[s, 2]`: game of the corpus, first move), and where it begins in the stream.

    stride: from one move of a sample to the next.  hide_history: the share of positions whose history is hidden.
    """

    samples: NDArray[np.int64]
    start: int
    seed: tuple[int, ...]
    stride: int = STRIDE
    hide_history: float = 0.0


class Part(NamedTuple):
    """What a process takes of the stream: from `position` on, places `first` up to `last` of each batch of `batch`."""

    position: int
    first: int
    last: int
    batch: int


class Loaded(NamedTuple):
    """A block as it was encoded: row of the planes, point and symmetry, each int64 `[n]` in the stream's order."""

    rows: NDArray[np.int64]
    points: NDArray[np.int64]
    symmetries: NDArray[np.int64]


class Order:
    """The endless order in which the positions of some games of a corpus are trained on.

    games: int64 indices into the corpus.  positions: how many an epoch has.  hide_history: share of the positions
    whose history is hidden, drawn anew in each epoch.
    Raises TrainingError if there is no position.
    """

    def __init__(
        self,
        corpus: Corpus,
        games: NDArray[np.int64],
        seed: int,
        *,
        hide_history: float = 0.0,
        stride: int = STRIDE,
        block: int = BLOCK,
    ) -> None:
        self.corpus = corpus
        self.hide_history = hide_history
        self.games = games
        self.seed, self.stride, self.block = seed, stride, block
        self._moves = corpus.index["targets"][games].astype(np.int64)
        self.positions = int(self._moves.sum())
        if not self.positions:
            raise TrainingError("no positions to train on: the corpus is empty, or all its games are held out")

    @property
    def capacity(self) -> int:
        """The most positions that a block can have."""
        return self.block + int(self._moves.max() + self.stride - 1) // self.stride

    def blocks(self, position: int) -> Iterator[Block]:
        """Yield the blocks from the one that holds `position` of the stream on, without end."""
        epoch = position // self.positions
        while True:
            for block, positions in self._epoch(epoch):
                if block.start + positions > position:
                    yield block
            epoch += 1

    def _epoch(self, epoch: int) -> Iterator[tuple[Block, int]]:
        """Yield each block of an epoch, and how many positions it has."""
        rng = np.random.default_rng([self.seed, epoch])
        counts = np.minimum(self._moves, self.stride)  # samples a game: no empty ones
        games = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        first = np.arange(len(games), dtype=np.int64) - np.repeat(np.cumsum(counts) - counts, counts)
        shuffled = rng.permutation(len(games))
        games, firsts = games[shuffled], first[shuffled].astype(np.int32)
        begin, start, number = 0, epoch * self.positions, 0
        while begin < len(games):
            # A slice of a few more samples than a block can need, then the exact cut.
            some = slice(begin, begin + self.block)
            samples = np.stack([self.games[games[some]], firsts[some].astype(np.int64)], 1)
            ends = np.cumsum(_lengths(self.corpus, samples, self.stride))
            samples = samples[: int(np.searchsorted(ends, self.block)) + 1]
            positions = int(ends[len(samples) - 1])
            seed = self.seed, epoch, number
            yield Block(samples, start, seed, self.stride, self.hide_history), positions
            begin, start, number = begin + len(samples), start + positions, number + 1


def extract(corpus: Corpus, block: Block) -> tuple[Corpus, Block]:
    """Return a corpus of the games of a block alone and the block in it: small enough to send to a process."""
    games, numbers = np.unique(block.samples[:, 0], return_inverse=True)
    index = corpus.index[games]
    index["start"] = starts(index["events"])
    events = np.concatenate([corpus.events(int(game)) for game in games])
    samples = np.stack([numbers.reshape(-1), block.samples[:, 1]], 1)
    return Corpus(index, events, [], {}), replace(block, samples=samples)


def encode_block(corpus: Corpus, block: Block, part: Part, planes: NDArray[np.uint64]) -> Loaded:
    """Encode what a process takes of a block.

    planes: uint64 `[capacity, NUM_PLANES, W]`, written from its first row on.
    """
    lengths = _lengths(corpus, block.samples, block.stride)
    games = np.repeat(block.samples[:, 0], lengths)
    step = np.arange(len(games)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    moves = np.repeat(block.samples[:, 1], lengths) + step * block.stride
    rng = np.random.default_rng([*block.seed, 1])
    shuffled = rng.permutation(len(games))
    symmetries = rng.integers(0, NUM_SYMMETRIES, len(games))
    hidden = rng.random(len(games)) < block.hide_history  # in the order of the games
    place = block.start + np.arange(len(games))
    mine = (place >= part.position) & (place % part.batch >= part.first) & (place % part.batch < part.last)
    # Rows are encoded in the order of the games, which is faster; beside them stands where the stream has them.
    wanted = shuffled[mine]
    written = np.sort(wanted)
    rows = np.searchsorted(written, wanted)
    _, points = encode_positions(corpus, games[written], moves[written], planes[: len(written)])
    for row in np.flatnonzero(hidden[written]):
        hide_history(planes[row : row + 1])
    return Loaded(rows, points[rows], symmetries[mine])


def _lengths(corpus: Corpus, samples: NDArray[np.int64], stride: int) -> NDArray[np.int64]:
    """Return how many positions each sample has."""
    moves = corpus.index["targets"][samples[:, 0]].astype(np.int64)
    lengths: NDArray[np.int64] = (moves - samples[:, 1] + stride - 1) // stride
    return lengths

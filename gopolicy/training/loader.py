"""Batches for training: positions of a corpus in a reproducible order, encoded here or by other processes."""

from collections.abc import Generator, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from queue import Empty, Queue
from threading import Event, Thread

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gopolicy.features.batch import encode_positions
from gopolicy.features.planes import NUM_PLANES
from gopolicy.go.coords import BOARD_SIZE
from gopolicy.go.state import word_count
from gopolicy.nn.inference import Unpacker
from gopolicy.records.corpus import Corpus
from gopolicy.training.config import TrainingError
from gopolicy.training.order import Loaded, Order, Part, encode_block
from gopolicy.training.processes import ALONE, Processes
from gopolicy.training.workers import Workers


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

    @property
    def tensors(self) -> tuple[Tensor, Tensor, Tensor]:
        """The three tensors in order."""
        return self.packed, self.points, self.symmetries

    def part(self, first: int, last: int) -> "Batch":
        """Return the positions from `first` up to `last`."""
        return Batch(*(tensor[first:last] for tensor in self.tensors))

    def unpack(self, unpacker: Unpacker) -> tuple[Tensor, Tensor]:
        """Return what a network learns from, on its device: (planes `[B, planes, 19, 19]`, points int64 `[B]`)."""
        planes = unpacker.unpack(self.packed, self.symmetries)
        return planes, unpacker.images(self.points, self.symmetries)

    def copy_to(self, device: torch.device) -> "Batch":
        """Return the batch on a GPU; page-locked first, so that the copy runs beside the GPU's other work."""
        return Batch(*(tensor.pin_memory().to(device, non_blocking=True) for tensor in self.tensors))


def join(batches: list[Batch]) -> Batch:
    """Return several batches as one."""
    return Batch(*(torch.cat(parts) for parts in zip(*(batch.tensors for batch in batches), strict=True)))


def make_batch(
    corpus: Corpus, games: NDArray[np.int64], moves: NDArray[np.int64], symmetries: NDArray[np.int64]
) -> Batch:
    """Encode chosen positions: games and moves, int64 `[B]`, as in `encode_positions`."""
    planes, points = encode_positions(corpus, games, moves)
    return Batch(torch.from_numpy(planes.view(np.uint8)), torch.from_numpy(points), torch.from_numpy(symmetries))


def batches(
    order: Order, batch: int, *, step: int = 0, processes: Processes = ALONE, workers: int = 0
) -> Generator[Batch, None, None]:
    """Yield batches from `step` on, without end; closing the iterator ends its processes.

    batch: positions of a batch over all `processes`; this one gets its share.
    workers: processes that encode; 0 encodes in this one.
    Raises TrainingError if the batch cannot be shared or the shared memory is too small.
    """
    if batch % processes.size:
        raise TrainingError(f"--batch {batch}: cannot be shared by {processes.size} processes; take a multiple")
    size = batch // processes.size
    part = Part(step * batch, processes.rank * size, (processes.rank + 1) * size, batch)
    rest: list[Batch] = []  # what is still too little for a batch
    for packed, loaded in _blocks(order, part, workers):
        first = 0
        while first < len(loaded.rows):
            last = min(first + size - sum(map(len, rest)), len(loaded.rows))
            rest.append(_gather(packed, loaded, first, last))
            if sum(map(len, rest)) == size:
                yield rest[0] if len(rest) == 1 else join(rest)
                rest = []
            first = last


def _blocks(order: Order, part: Part, workers: int) -> Iterator[tuple[Tensor, Loaded]]:
    """Yield the planes of each block, uint8 `[capacity, NUM_PLANES, bytes]`, until the next one, and its numbers."""
    source = order.blocks(part.position)
    if not workers:
        planes = np.empty((order.capacity, NUM_PLANES, word_count(BOARD_SIZE)), np.uint64)
        packed = torch.from_numpy(planes.view(np.uint8))
        for block in source:
            yield packed, encode_block(order.corpus, block, part, planes)
    with Workers(workers, order, part) as encoders:
        for slot, loaded in encoders.encode(source):
            yield torch.from_numpy(encoders.slots.planes[slot].view(np.uint8)), loaded


def _gather(packed: Tensor, loaded: Loaded, first: int, last: int) -> Batch:
    """Return positions `first` up to `last` of a block as a batch: copies, since the block is overwritten."""
    return Batch(
        packed.index_select(0, torch.from_numpy(loaded.rows[first:last])),
        torch.from_numpy(loaded.points[first:last].copy()),
        torch.from_numpy(loaded.symmetries[first:last].copy()),
    )


class Prefetched:
    """The batches of a source, fetched by a thread while the ones before are used; for a GPU also copied there.

    A context manager; leaving it ends the thread and closes the source.  What the source raises is raised here.
    """

    def __init__(self, source: Iterator[Batch], device: torch.device, count: int = 2) -> None:
        self._source, self._device = source, device
        self._fetched: Queue[tuple[Batch, torch.cuda.Event | None] | BaseException] = Queue(count)
        self._ended = Event()
        self._thread = Thread(target=self._fetch, daemon=True)
        self._thread.start()

    def __enter__(self) -> "Prefetched":
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        while self._thread.is_alive():
            with suppress(Empty):
                self._fetched.get(timeout=0.05)  # it may be waiting for space in the queue

    def __iter__(self) -> "Prefetched":
        return self

    def __next__(self) -> Batch:
        fetched = self._fetched.get()
        if isinstance(fetched, BaseException):
            raise fetched
        batch, copied = fetched
        if copied is not None:
            stream = torch.cuda.current_stream(self._device)
            stream.wait_event(copied)
            for tensor in batch.tensors:
                tensor.record_stream(stream)
        return batch

    def _fetch(self) -> None:
        with ExitStack() as stack:
            stack.callback(getattr(self._source, "close", lambda: None))
            stream = None
            if self._device.type == "cuda":
                stream = torch.cuda.Stream(self._device)  # type: ignore[no-untyped-call]  # torch's
                stack.enter_context(torch.cuda.stream(stream))
            try:
                for batch in self._source:
                    if self._ended.is_set():
                        return
                    on_device = batch if stream is None else batch.copy_to(self._device)
                    self._fetched.put((on_device, None if stream is None else stream.record_event()))
                self._fetched.put(StopIteration())
            except BaseException as error:  # noqa: BLE001 - handed on
                self._fetched.put(error)

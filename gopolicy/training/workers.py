"""Processes that encode blocks of the order into shared memory, and end when the process that started them does.

They are started anew ("spawn"), so that they hold neither a GPU nor threads of their parent, and load NumPy and the
compiled rules only.  A block's games travel with it, so no process but the first opens a corpus.
"""

import contextlib
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gopolicy import lifetime
from gopolicy.features.planes import NUM_PLANES
from gopolicy.go.coords import BOARD_SIZE
from gopolicy.go.state import word_count
from gopolicy.records.corpus import Corpus
from gopolicy.training.config import TrainingError
from gopolicy.training.order import Block, Loaded, Order, Part, encode_block, extract

AHEAD: Final = 2  # blocks that a worker is given ahead of the one that is used
SHARED_MEMORY: Final = Path("/dev/shm")  # where Linux keeps it; containers often have 64 MB there
SPARE: Final = 0.9  # of the shared memory that is free, the most to take
SECONDS_TO_END: Final = 5.0


class Slots(NamedTuple):
    """Room for encoded blocks: planes uint64 `[slots, capacity, NUM_PLANES, W]`, numbers int64 `[slots, 3, capacity]`.

    numbers: row of the planes, point and symmetry of each position in the stream's order.
    """

    planes: NDArray[np.uint64]
    numbers: NDArray[np.int64]

    @classmethod
    def within(cls, buffer: memoryview | None, count: int, capacity: int) -> "Slots":
        """Return slots that lie in `buffer`."""
        planes = np.ndarray((count, capacity, NUM_PLANES, word_count(BOARD_SIZE)), np.uint64, buffer)
        return cls(planes, np.ndarray((count, 3, capacity), np.int64, buffer, planes.nbytes))


def slot_count(workers: int) -> int:
    """Return how many blocks are under way: those given to the workers and the one that is used."""
    return AHEAD * workers + 1


def shared_bytes(workers: int, capacity: int) -> int:
    """Return the shared memory that so many workers need for blocks of at most `capacity` positions."""
    return slot_count(workers) * capacity * 8 * (NUM_PLANES * word_count(BOARD_SIZE) + 3)


def fitting_workers(wanted: int, capacity: int) -> int:
    """Return how many workers, at most `wanted`, the free shared memory has space for."""
    free = _free_bytes()
    while wanted and free is not None and shared_bytes(wanted, capacity) > SPARE * free:
        wanted -= 1
    return wanted


class Workers:
    """Some processes that encode blocks; a context manager, which ends them.

    slots: where they write.  Raises TrainingError if the shared memory is too small.
    """

    def __init__(self, count: int, order: Order, part: Part) -> None:
        needed, free = shared_bytes(count, order.capacity), _free_bytes()
        if free is not None and needed > SPARE * free:
            raise TrainingError(
                f"--workers {count} need {needed // 2**20} MB of shared memory, {SHARED_MEMORY} has {free // 2**20}; "
                f"use --workers {fitting_workers(count, order.capacity)}, or docker --shm-size"
            )
        self._order, self._slots = order, slot_count(count)
        self._memory = SharedMemory(create=True, size=needed)
        self.slots = Slots.within(self._memory.buf, self._slots, order.capacity)
        context = multiprocessing.get_context("spawn")
        self._connections: list[Connection] = []
        self.processes = []
        for number in range(count):
            here, there = context.Pipe()
            arguments = __name__, _work.__name__, there, self._memory.name, self._slots, order.capacity, *part
            process = context.Process(target=lifetime.call, args=arguments, name=f"loader {number}", daemon=True)
            process.start()
            there.close()
            self._connections.append(here)
            self.processes.append(process)

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *error: object) -> None:
        for connection in self._connections:
            connection.close()  # at which the worker ends
        for process in self.processes:
            process.join(SECONDS_TO_END)
            if process.is_alive():
                process.kill()
        del self.slots
        with contextlib.suppress(BufferError):  # a view is alive: the memory goes with it
            self._memory.close()
        self._memory.unlink()

    def encode(self, blocks: Iterator[Block]) -> Iterator[tuple[int, Loaded]]:
        """Yield (slot, what is in it) of each block in order; a slot is used again at the next step."""
        under_way: deque[int] = deque()
        for number, block in enumerate(blocks):
            if len(under_way) < AHEAD * len(self.processes):
                self._send(number, block)
                under_way.append(number)
                continue
            first = under_way.popleft()
            loaded = self._receive(first)
            self._send(number, block)
            under_way.append(number)
            yield first % self._slots, loaded

    def _send(self, number: int, block: Block) -> None:
        corpus, extracted = extract(self._order.corpus, block)
        with self._worker(number) as connection:
            connection.send((number % self._slots, extracted, corpus))

    def _receive(self, number: int) -> Loaded:
        with self._worker(number) as connection:
            count = connection.recv()
        if isinstance(count, Exception):
            raise count
        return Loaded(*self.slots.numbers[number % self._slots, :, :count])

    @contextlib.contextmanager
    def _worker(self, number: int) -> Iterator[Connection]:
        """Yield the connection to the worker of a block; raises TrainingError if it has died."""
        which = number % len(self.processes)
        try:
            yield self._connections[which]
        except (EOFError, OSError):
            self.processes[which].join(1.0)
            raise TrainingError(
                f"a loader process ended (status {self.processes[which].exitcode}), perhaps for lack of memory; "
                "--resume with fewer --workers"
            ) from None


def _work(connection: Connection, name: str, count: int, capacity: int, *part: int) -> None:
    """Encode what comes until the other side is gone; what a block raises is sent instead of its size."""
    for stop in (signal.SIGINT, signal.SIGTERM):  # they may reach all processes; the first one decides
        signal.signal(stop, signal.SIG_IGN)
    memory = SharedMemory(name)
    slots = Slots.within(memory.buf, count, capacity)
    with contextlib.suppress(EOFError, OSError):
        while True:
            connection.send(_encoded(slots, Part(*part), *connection.recv()))
    os._exit(0)  # its views of the shared memory need no tidying


def _encoded(slots: Slots, part: Part, slot: int, block: Block, corpus: Corpus) -> int | Exception:
    try:
        loaded = encode_block(corpus, block, part, slots.planes[slot])
    except Exception as error:  # noqa: BLE001 - raised in the first process
        return error
    slots.numbers[slot, :, : len(loaded.rows)] = loaded
    return len(loaded.rows)


def _free_bytes() -> int | None:
    """Return the free shared memory; None where it is not a file system of its own."""
    if not SHARED_MEMORY.is_dir():
        return None
    status = os.statvfs(SHARED_MEMORY)
    return status.f_bavail * status.f_frsize

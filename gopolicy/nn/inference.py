"""What a network says of positions: planes unpacked on its device, probabilities averaged over symmetries there.

Positions travel as bit planes, 2.3 KB each, as the loader of training packs them; `gopolicy.policy`, the evaluation of
`gopolicy.training` and the lesson's measurements all predict through `average_probabilities`.
"""

import time
from functools import cache
from typing import Final

import torch
from torch import Tensor, nn

from gopolicy.features.planes import NUM_PLANES
from gopolicy.features.symmetry import NUM_SYMMETRIES, image_tables, point_tables
from gopolicy.go.coords import BOARD_SIZE

FORWARD: Final = 256
FLOAT: Final = torch.float32


def fast_dtype(device: torch.device) -> torch.dtype:
    """Return bfloat16 where `device` multiplies it faster, else float32.

    A GPU says whether its matrix units take bfloat16; on a CPU the processor time of both products is compared, once.
    """
    if device.type == "cuda":
        with torch.cuda.device(device):
            return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else FLOAT
    return torch.bfloat16 if _seconds(torch.bfloat16) * 1.5 < _seconds(FLOAT) else FLOAT


@cache
def _seconds(dtype: torch.dtype) -> float:
    """Return the processor time of a matrix product in one thread: other programs on the same cores must not decide.

    Of several threads those that wait for one that another program holds up count their waiting.
    """
    threads, times = torch.get_num_threads(), []
    matrix = torch.ones(1024, 1024, dtype=dtype)
    torch.set_num_threads(1)
    for _ in range(4):
        begun = time.process_time()
        matrix @ matrix
        times.append(time.process_time() - begun)
    torch.set_num_threads(threads)
    return min(times)


class Unpacker:
    """Turns packed positions into what a network takes, on its device: unpacks the bits, applies the symmetries.

    device: where the network is.  planes: how many it takes, the first ones.
    """

    def __init__(self, device: torch.device, planes: int = NUM_PLANES) -> None:
        self.device = device
        self.planes = planes
        self._sources = torch.from_numpy(point_tables(BOARD_SIZE).copy()).to(device)
        self._images = torch.from_numpy(image_tables(BOARD_SIZE).copy()).to(device)
        self._shifts = torch.arange(8, dtype=torch.uint8, device=device)

    def unpack(self, packed: Tensor, symmetries: Tensor, dtype: torch.dtype = FLOAT) -> Tensor:
        """Return planes, `[B, planes, 19, 19]` in channels_last order, each position under its symmetry.

        packed: uint8 `[B, 48, bytes]`, the first point in the lowest bit of the first byte.  symmetries: int64 `[B]`.
        """
        packed = packed[:, : self.planes].to(self.device, non_blocking=True)
        symmetries = symmetries.to(self.device, non_blocking=True)
        count = len(symmetries)
        bits = (packed.unsqueeze(-1) >> self._shifts).bitwise_and_(1).flatten(2)  # [B, planes, 384]
        # A point's planes side by side: moving a point then moves one short run of bytes, five times faster than
        # moving 48 single ones, and the result is in channels_last order.
        rows = bits.transpose(1, 2).reshape(-1, self.planes)  # [B * 384, planes]
        first = torch.arange(count, device=self.device).unsqueeze(1) * bits.shape[2]
        chosen = rows.index_select(0, (first + self._sources[symmetries]).flatten())  # [B * 361, planes]
        return chosen.to(dtype).view(count, BOARD_SIZE, BOARD_SIZE, self.planes).permute(0, 3, 1, 2)

    def images(self, points: Tensor, symmetries: Tensor) -> Tensor:
        """Return where each symmetry carries its point, on the device; all int64 `[B]`."""
        moved: Tensor = self._images[
            symmetries.to(self.device, non_blocking=True), points.to(self.device, non_blocking=True)
        ]
        return moved

    def turn(self, values: Tensor, symmetries: Tensor) -> Tensor:
        """Return values of boards, `[B, 361]`, in the order of the boards that the symmetries make of them."""
        return values.gather(1, self._sources[symmetries])

    def turn_back(self, values: Tensor, symmetries: Tensor) -> Tensor:
        """Return values of turned boards, `[B, 361]`, in the order of the boards before the symmetries."""
        return values.gather(1, self._images[symmetries])


@torch.inference_mode()
def average_probabilities(
    network: nn.Module,
    unpacker: Unpacker,
    packed: Tensor,
    symmetries: int = 1,
    *,
    dtype: torch.dtype = FLOAT,
    forward: int = FORWARD,
) -> Tensor:
    """Return probabilities of all points, float32 `[B, 361]` on the device, averaged over the first symmetries.

    network: in evaluation mode, on the unpacker's device.  packed: uint8 `[B, 48, bytes]`.
    dtype: what the network computes in.  forward: positions in a forward pass at most, each symmetry counted, which
    bounds the memory.  Raises ValueError for symmetries outside 1 to 8.
    """
    if not 1 <= symmetries <= NUM_SYMMETRIES:
        raise ValueError(f"symmetries must be from 1 to {NUM_SYMMETRIES}, not {symmetries}")
    packed = packed.to(unpacker.device, non_blocking=True)
    step = max(1, forward // symmetries)
    parts = [_average(network, unpacker, packed[i : i + step], symmetries, dtype) for i in range(0, len(packed), step)]
    return torch.cat(parts) if parts else torch.empty(0, BOARD_SIZE**2, device=unpacker.device)


def _average(network: nn.Module, unpacker: Unpacker, packed: Tensor, symmetries: int, dtype: torch.dtype) -> Tensor:
    count = len(packed)
    turned = torch.arange(symmetries, device=unpacker.device).repeat_interleave(count)  # int64 [symmetries * B]
    planes = unpacker.unpack(packed.repeat(symmetries, 1, 1), turned)
    with torch.autocast(unpacker.device.type, dtype, enabled=dtype != FLOAT):
        logits = network(planes)
    probabilities = unpacker.turn_back(logits.float().softmax(1), turned)
    return probabilities.view(symmetries, count, -1).mean(0)

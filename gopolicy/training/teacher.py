"""Learning from a teacher: what another network predicts, averaged over symmetries, beside the moves that were played.

A move that was played is one of several that might have been; a teacher says how likely each is (Hinton et al. 2015,
"Distilling the Knowledge in a Neural Network").  Averaged over symmetries a network predicts better than by one, so
that it can be its own teacher.
"""

from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from gopolicy.nn.inference import FLOAT, Unpacker
from gopolicy.nn.model_file import load_model
from gopolicy.nn.network import on_device
from gopolicy.training.loader import Batch

VIEWS: Final = 2  # symmetries that a position is shown to the teacher under: the mean of many batches is that of all


class Teacher:
    """A network that others learn from.

    path: a model file; device, dtype: what it computes on and in.  Raises CheckpointError, naming the file.
    """

    def __init__(self, path: Path, device: torch.device, dtype: torch.dtype) -> None:
        network, _ = load_model(path)
        self.network = on_device(network, device)
        self.unpacker = Unpacker(device, network.config.planes)
        self.dtype = dtype

    @torch.no_grad()
    def predict(self, batch: Batch, step: int) -> Tensor:
        """Return probabilities of the points, float32 `[B, 361]`, on the boards turned by the batch's symmetries.

        step: says under which symmetries the teacher sees them, of the seven that are not the batch's own.
        """
        own = batch.symmetries.to(self.unpacker.device)
        views = [(own + 1 + (step + 3 * view) % 7) % 8 for view in range(VIEWS)]
        return self.unpacker.turn(torch.stack([self._look(batch.packed, view) for view in views]).mean(0), own)

    def _look(self, packed: Tensor, symmetries: Tensor) -> Tensor:
        planes = self.unpacker.unpack(packed, symmetries, self.dtype)
        with torch.autocast(planes.device.type, self.dtype, enabled=self.dtype != FLOAT):
            logits = self.network(planes)
        return self.unpacker.turn_back(logits.float().softmax(1), symmetries)

"""The gradient of each move's log-probability with respect to the numbers of a profile, position by position.

The network is frozen and no gradient of its weights is computed; what each filter says of its scale and shift is a sum
over the points of a position, which the ordinary backward pass would add up over the batch.
"""

import torch
from torch import Tensor
from torch.nn import functional

from gopolicy.nn.inference import Unpacker
from gopolicy.nn.network import PolicyNetwork, on_device
from gopolicy.profiles.profile import NUMBERS, Profile, fuse_profile, make_profile, shapes


def as_vector(profile: Profile) -> Tensor:
    """Return the numbers of a profile one behind the other, float32 `[n]`."""
    return torch.cat([tensor.flatten() for tensor in profile.tensors().values()])


def from_vector(vector: Tensor, like: Profile) -> Profile:
    """Return the profile of numbers in the order of `as_vector`, nameless, with the facts of another one."""
    parts = torch.split(vector.cpu().float(), [tensor.numel() for tensor in like.tensors().values()])
    shaped = (part.view(tensor.shape).clone() for part, tensor in zip(parts, like.tensors().values(), strict=True))
    return make_profile("", dict(zip(NUMBERS, shaped, strict=True)), like.facts)


def block_sizes(network: PolicyNetwork) -> list[int]:
    """Return how many numbers of each kind a profile of a network has, in the order of `as_vector`."""
    return [torch.Size(shape).numel() for shape in shapes(network.config).values()]


class ProfileGradients:
    """The gradients at one profile.

    base: on the device to compute on.  dtype: what the convolutions compute in.
    Raises ProfileError if the profile does not belong to the base.
    """

    def __init__(self, base: PolicyNetwork, profile: Profile, dtype: torch.dtype = torch.float32) -> None:
        self.device = base.position_bias.device
        self._network = on_device(fuse_profile(base, profile), self.device)
        self._dtype = dtype
        self._scales = (1 + profile.scale).to(self.device)
        self._unpacker = Unpacker(self.device, base.config.planes)
        # What a convolution's input gets of its output's gradient is a convolution too, of turned filters.
        self._turned = [
            convolution.weight.transpose(0, 1).flip(2, 3).contiguous(memory_format=torch.channels_last)
            for convolution in self._network.hidden()
        ]

    @torch.inference_mode()
    def of(self, packed: Tensor, points: Tensor) -> Tensor:
        """Return the gradients, float32 `[B, n]` in the order of `as_vector`, for points played, int64 `[B]`.

        packed: uint8 `[B, 48, bytes]`, as `Unpacker.unpack` takes it.
        """
        planes = self._unpacker.unpack(packed, torch.zeros(len(points), dtype=torch.int64))
        with torch.autocast(self.device.type, self._dtype, enabled=self._dtype != torch.float32):
            outputs = self._outputs(planes)
            last, logits = self._last(outputs[-1], points.to(self.device))
            scales, shifts = self._hidden(outputs, logits)
        return torch.cat([scales, shifts, last, logits], dim=1)

    def _outputs(self, x: Tensor) -> list[Tensor]:
        outputs = []
        for convolution in self._network.hidden():
            x = functional.relu(convolution(x), inplace=True)
            outputs.append(x)
        return outputs

    def _last(self, output: Tensor, points: Tensor) -> tuple[Tensor, Tensor]:
        """Return the gradients of the last layer's weights, `[B, k]`, and of the logits, `[B, 361]`."""
        with torch.autocast(self.device.type, enabled=False):
            rows = output.float().flatten(2)  # [B, k, 361]
            values = torch.einsum("bkp,k->bp", rows, self._network.last.weight.flatten())
            logits = -(values + self._network.position_bias).softmax(1)
            logits[torch.arange(len(points), device=self.device), points] += 1
            return torch.einsum("bkp,bp->bk", rows, logits), logits

    def _hidden(self, outputs: list[Tensor], logits: Tensor) -> tuple[Tensor, Tensor]:
        """Return the gradients of scales and shifts, both `[B, layers * k]`."""
        scales, shifts = list[Tensor](), list[Tensor]()
        size = outputs[-1].shape[-1]
        gradient = (logits.view(-1, 1, size, size) * self._network.last.weight).to(outputs[-1].dtype)
        gradient = gradient.contiguous(memory_format=torch.channels_last)
        convolutions = list(self._network.hidden())
        for layer in reversed(range(len(outputs))):
            output, bias = outputs[layer], convolutions[layer].bias
            assert bias is not None
            gradient = torch.ops.aten.threshold_backward(gradient, output, 0)  # of the rectifier
            shift = gradient.sum((2, 3), dtype=torch.float32)
            product = (gradient * output).sum((2, 3), dtype=torch.float32)
            shifts.append(shift)
            scales.append((product - bias * shift) / self._scales[layer])
            if layer:
                turned = self._turned[layer]
                gradient = functional.conv2d(gradient, turned, padding=turned.shape[-1] // 2)
        return torch.cat(scales[::-1], dim=1), torch.cat(shifts[::-1], dim=1)

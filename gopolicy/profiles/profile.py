"""A profile: the few numbers that make a network predict as a certain kind of player does.

It holds, for each filter of each hidden layer, what its weights are multiplied by and what is added to its bias, and
what is added to the last layer's weights and to the bias of each point.  Fused into its base network it is the paper's
network with other weights.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from gopolicy.errors import GopolicyError
from gopolicy.go.coords import BOARD_SIZE
from gopolicy.nn.network import NetworkConfig, PolicyNetwork
from gopolicy.profiles.habits import NO_HABITS, Habits

NUMBERS: Final = ("scale", "shift", "last", "point")  # names of the tensors of a profile


class ProfileError(GopolicyError, ValueError):
    """A profile that is not there or does not fit; the text says why."""


@dataclass(frozen=True)
class ProfileFacts:
    """What a profile says of its making; scores are those of games that it did not learn from."""

    base: str = ""
    """Digest of the network that it belongs to."""
    source: str = ""
    """Which games it learned from."""
    player: str = ""
    """Whose moves they were, "" for everybody's."""
    ranks: str = ""
    """Ranks of the players whose moves they were, such as 9k-1k."""
    years: str = ""
    """Years of the games, such as 1950-1999."""
    games: int = 0
    """Games learned from."""
    positions: int = 0
    """Positions learned from, each time counted."""
    held_out: int = 0
    """Positions that the scores are of."""
    bits_before: float = 0.0
    """Mean surprise of their moves without the profile."""
    bits_after: float = 0.0
    """The same with it."""
    top1_before: float = 0.0
    """Share of their moves that the network ranks first without the profile."""
    top1_after: float = 0.0
    """The same with it."""
    bits_habits: float = 0.0
    """Mean surprise with the profile and its habits, 0 if it has none."""
    top1_habits: float = 0.0
    """Share of the moves ranked first with both."""


@dataclass(frozen=True, eq=False)
class Profile:
    """The numbers of a profile, all float32; zeros are the base network.

    scale, shift: `[layers, filters]`, added to 1 and to the biases.  last: `[filters]`, added to the last layer's
    weights.  point: `[361]`, added to the bias of each point.  habits: counted replies, beside the network's weights.
    """

    name: str
    scale: Tensor
    shift: Tensor
    last: Tensor
    point: Tensor
    facts: ProfileFacts = field(default_factory=ProfileFacts)
    habits: Habits = NO_HABITS

    def tensors(self) -> dict[str, Tensor]:
        """Return the numbers by name."""
        return {name: getattr(self, name) for name in NUMBERS}

    def fits(self, config: NetworkConfig) -> bool:
        """Return whether a network has the shape that the profile is for."""
        return shapes(config) == {name: tuple(tensor.shape) for name, tensor in self.tensors().items()}


def shapes(config: NetworkConfig) -> dict[str, tuple[int, ...]]:
    """Return the shape of each tensor of a profile of such a network."""
    layers = (config.layers, config.filters)
    return {"scale": layers, "shift": layers, "last": (config.filters,), "point": (BOARD_SIZE**2,)}


def make_profile(name: str, numbers: Mapping[str, Tensor], facts: ProfileFacts = ProfileFacts()) -> Profile:  # noqa: B008 - frozen
    """Return the profile of some numbers by their names; raises KeyError if one is missing."""
    return Profile(name, numbers["scale"], numbers["shift"], numbers["last"], numbers["point"], facts)


def blank_profile(network: PolicyNetwork, name: str = "") -> Profile:
    """Return the profile that changes nothing of a network."""
    numbers = {part: torch.zeros(shape) for part, shape in shapes(network.config).items()}
    return make_profile(name, numbers, ProfileFacts(base=network_digest(network)))


def widened(profile: Profile, filters: int) -> Profile:
    """Return a profile for a network that grew to so many filters, of which it leaves the new ones as they are."""
    more = max(0, filters - len(profile.last))
    scale, shift, last = (
        functional.pad(numbers, (0, more)) for numbers in (profile.scale, profile.shift, profile.last)
    )
    return replace(profile, scale=scale, shift=shift, last=last)


def network_digest(network: PolicyNetwork) -> str:
    """Return a fingerprint of a network's weights, 16 hexadecimal digits."""
    hasher = blake2b(digest_size=8)
    for name, tensor in sorted(network.state_dict().items()):
        values = tensor.detach().cpu().contiguous()
        hasher.update(f"{name} {list(values.shape)}".encode())
        hasher.update(values.reshape(-1).view(torch.uint8).numpy().data)
    return hasher.hexdigest()


@torch.no_grad()
def fuse_profile(network: PolicyNetwork, profile: Profile) -> PolicyNetwork:
    """Return a new network, on the same device: `network` with a profile in its weights.

    Raises ProfileError if the profile belongs to another network.
    """
    check_fits(network, profile)
    if profile.facts.base != network_digest(network):
        raise ProfileError(
            f"profile {profile.name}: learned for another network (weights {profile.facts.base}); "
            "learn it again with --from, or carry it over with `gopolicy profiles --carry-over`"
        )
    device = network.position_bias.device
    fused = PolicyNetwork(network.config).to(device)
    scale, shift = profile.scale.to(device), profile.shift.to(device)
    for layer, (base, new) in enumerate(zip(network.hidden(), fused.hidden(), strict=True)):
        assert base.bias is not None and new.bias is not None
        new.weight.copy_(base.weight * (1 + scale[layer])[:, None, None, None])
        new.bias.copy_(base.bias + shift[layer])
    fused.last.weight.copy_(network.last.weight + profile.last.to(device)[None, :, None, None])
    fused.position_bias.copy_(network.position_bias + profile.point.to(device))
    return fused.eval()


def check_fits(network: PolicyNetwork, profile: Profile) -> None:
    """Raise ProfileError if a profile is of a network of another shape."""
    if not profile.fits(network.config):
        layers, filters = profile.scale.shape if profile.scale.ndim == 2 else (0, 0)
        raise ProfileError(
            f"profile {profile.name}: made for a network of {filters} filters and {layers} layers, "
            f"this one has {network.config.filters} and {network.config.layers}"
        )

"""Profiles of random numbers, and a set of them in the place of those that ship."""

import torch

from gopolicy.nn import NetworkConfig, PolicyNetwork
from gopolicy.profiles import ProfileFacts, library, network_digest, save_profiles
from gopolicy.profiles.profile import make_profile, shapes

SHIPPED = {
    "kgs-9k-1k": {"ranks": "9k-1k"},
    "kgs-1d-2d": {"ranks": "1d-2d"},
    "kgs-6d": {"ranks": "6d-9d"},
    "pro-1600-1899": {"years": "1600-1899"},
    "pro-1950-1999": {"years": "1950-1999"},
}


def small_network(seed=1):
    """Return a network of random weights."""
    torch.manual_seed(seed)
    return PolicyNetwork(NetworkConfig(filters=6, layers=2)).eval()


def random_profile(network, name="somebody", **facts):
    """Return a profile of random numbers for a network."""
    numbers = {part: 0.3 * torch.randn(shape) for part, shape in shapes(network.config).items()}
    return make_profile(name, numbers, ProfileFacts(base=network_digest(network), **facts))


def ship_profiles(path, monkeypatch, network=None):
    """Write the profiles of SHIPPED to a file and let them be those that ship, until the test ends."""
    network = network or small_network()
    save_profiles(path, [random_profile(network, name, **facts) for name, facts in SHIPPED.items()])
    monkeypatch.setattr(library, "SHIPPED", path)
    return path

"""Profiles: fused into their network, written, read, found by name, and refused where they do not belong."""

import pytest
import torch
from random_profiles import random_profile, ship_profiles, small_network

from gopolicy.nn import CheckpointError, NetworkConfig, PolicyNetwork, load_model, save_model
from gopolicy.policy import Policy
from gopolicy.policy.policy import SHIPPED
from gopolicy.profiles import (
    Profile,
    ProfileError,
    blank_profile,
    find_profile,
    fuse_profile,
    library,
    load_profiles,
    named_profile,
    network_digest,
    save_profiles,
    shipped_profiles,
)


@pytest.fixture
def network():
    return small_network()


@pytest.fixture
def planes():
    return (torch.rand(3, 48, 19, 19) < 0.3).float()


@pytest.fixture
def shipped(network, tmp_path, monkeypatch):
    return ship_profiles(tmp_path / "profiles.safetensors", monkeypatch, network)


def test_a_profile_of_zeros_is_the_network_bit_for_bit(network, planes):
    assert torch.equal(fuse_profile(network, blank_profile(network))(planes), network(planes))


def test_each_number_of_a_profile_does_what_it_says(network, planes):
    profile = random_profile(network)
    x = planes
    for layer, convolution in enumerate(network.hidden()):
        without_bias = convolution(x) - convolution.bias[:, None, None]
        scale, shift = 1 + profile.scale[layer], convolution.bias + profile.shift[layer]
        x = torch.relu(without_bias * scale[:, None, None] + shift[:, None, None])
    last = torch.nn.functional.conv2d(x, network.last.weight + profile.last[None, :, None, None]).flatten(1)
    wanted = last + network.position_bias + profile.point
    assert torch.allclose(fuse_profile(network, profile)(planes), wanted, atol=1e-4)


def test_files_keep_several_profiles_in_order(network, tmp_path):
    path = tmp_path / "p.profiles"
    kept = [random_profile(network, name, games=3, bits_after=2.5) for name in ("b", "a")]
    save_profiles(path, kept)
    found = load_profiles(path)
    assert list(found) == ["b", "a"]
    for profile in kept:
        again = found[profile.name]
        assert again.facts == profile.facts
        assert all(torch.equal(tensor, profile.tensors()[part]) for part, tensor in again.tensors().items())


def test_damage_and_files_of_another_kind_are_refused(network, tmp_path):
    path = tmp_path / "p.profiles"
    save_profiles(path, [random_profile(network)])
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(CheckpointError, match="cut short"):
        load_profiles(path)
    save_model(tmp_path / "m.safetensors", network)
    with pytest.raises(CheckpointError, match="no file of profiles"):
        load_profiles(tmp_path / "m.safetensors")


def test_a_profile_of_another_network_is_refused(network):
    other, larger = small_network(seed=2), PolicyNetwork(NetworkConfig(filters=8, layers=2))
    with pytest.raises(ProfileError, match="profile somebody: learned for another network"):
        fuse_profile(other, random_profile(network))
    with pytest.raises(ProfileError, match="of 6 filters and 2 layers, this one has 8 and 2"):
        fuse_profile(larger, random_profile(network))


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("rank_5k", "kgs-9k-1k"),
        ("rank_20k", "kgs-9k-1k"),
        ("preaz_1k", "kgs-9k-1k"),
        ("rank_1d", "kgs-1d-2d"),
        ("rank_3d_3d", "kgs-1d-2d"),
        ("rank_9d", "kgs-6d"),
        ("proyear_1846", "pro-1600-1899"),
        ("proyear_1960", "pro-1950-1999"),
        ("proyear_2023", "pro-1950-1999"),
        ("kgs-6d", "kgs-6d"),
    ],
)
def test_names_of_katago_lead_to_the_nearest_profile(shipped, name, nearest):
    assert named_profile(name).name == nearest == find_profile(name).name


def test_unknown_names_are_told_what_there_is(shipped, network, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("rank_5x", "rank_99k", "rank_0k", "proyear_19", "somebody", "rank_5k_3d"):
        with pytest.raises(ProfileError, match="humanSLProfile"):
            named_profile(name)
    with pytest.raises(ProfileError, match="no profile 'nobody': there are kgs-9k-1k, "):
        find_profile("nobody")
    with pytest.raises(ProfileError, match="holds the profiles kgs-9k-1k, .*; name one"):
        find_profile(str(shipped))
    assert find_profile(f"{shipped}:kgs-6d").name == "kgs-6d"
    save_profiles(tmp_path / "me.profile", [random_profile(network, "me")])
    assert find_profile("me.profile").name == "me"


def test_a_policy_takes_a_profile_off_again(network, shipped):
    from gopolicy.go.game import Game

    policy = Policy(network, name="net", device=torch.device("cpu"))
    plain = policy.probabilities(Game())
    other = policy.with_profile("kgs-6d")
    assert other.name == "net as kgs-6d" and policy.name == "net" and not policy.profile
    changed = other.probabilities(Game())
    assert (changed != plain).any()
    policy.use_profile("rank_9d")
    assert policy.profile == "kgs-6d" and (policy.probabilities(Game()) == changed).all()
    policy.use_profile(None)
    assert policy.name == "net" and (policy.probabilities(Game()) == plain).all()
    with pytest.raises(ProfileError):
        policy.use_profile(Profile("x", *random_profile(network).tensors().values()))


def test_the_profiles_that_ship_belong_to_the_network_that_ships():
    """After another network ships: `gopolicy profiles --carry-over gopolicy/weights/profiles.safetensors`."""
    base = load_model(SHIPPED)[0]
    for profile in shipped_profiles().values():
        assert profile.fits(base.config) and profile.facts.base == network_digest(base), profile.name
    assert library.SHIPPED.stat().st_size < 1_500_000


def test_every_name_that_katrain_sends_leads_to_a_profile_that_ships():
    ranks = [f"{number}k" for number in range(1, 21)] + [f"{number}d" for number in range(1, 10)]
    names = [f"{kind}_{rank}" for kind in ("rank", "preaz") for rank in ranks]
    names += [f"proyear_{year}" for year in range(1800, 2024)]
    found = {name: named_profile(name).name for name in names}
    assert all(found[f"rank_{rank}"] == found[f"preaz_{rank}"] for rank in ranks)
    assert found["rank_15k"] == "kgs-30k-10k" and found["rank_5k"] == "kgs-9k-1k" and found["rank_9d"] == "kgs-6d"
    assert found["proyear_1846"] == "pro-1600-1899" and found["proyear_2020"] == "pro-2016-2025"

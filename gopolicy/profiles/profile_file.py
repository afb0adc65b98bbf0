"""Files of profiles: one or several, by name, each with what it says of its making."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from gopolicy.nn.tensor_file import CheckpointError, read_fields, read_tensors, write_tensors
from gopolicy.profiles.habits import Habits
from gopolicy.profiles.profile import NUMBERS, Profile, ProfileError, ProfileFacts, make_profile

KIND: Final = "gopolicy profiles"
HABITS: Final = "habits"


def save_profiles(path: Path, profiles: Iterable[Profile]) -> None:
    """Write a file of profiles, in order; raises FileError."""
    kept = list(profiles)
    tensors = {f"{profile.name}/{part}": tensor for profile in kept for part, tensor in profile.tensors().items()}
    tensors |= {f"{profile.name}/{HABITS}": _as_tensor(profile.habits) for profile in kept if len(profile.habits)}
    facts = {profile.name: asdict(profile.facts) for profile in kept}
    write_tensors(path, tensors, {"kind": KIND, "profiles": facts})


def check_replaceable(path: Path, names: Collection[str]) -> None:
    """Raise ProfileError where a file to be written is no file of profiles, or holds others than `names`."""
    if not path.is_file():
        return
    try:
        others = load_profiles(path).keys() - set(names)
    except CheckpointError:
        raise ProfileError(f"{path}: exists and is no file of profiles; choose another name") from None
    if others:
        raise ProfileError(f"{path}: holds other profiles, too ({', '.join(sorted(others))}); choose another name")


def load_profiles(path: Path) -> dict[str, Profile]:
    """Return the profiles of a file by name, in order; raises CheckpointError."""
    tensors, header = read_tensors(path)
    if header.get("kind") != KIND:
        raise CheckpointError(f"{path}: a {header.get('kind')}, no file of profiles")
    facts = header.get("profiles")
    if not isinstance(facts, dict) or not facts:
        raise CheckpointError(f"{path}: damaged: its header names no profile")
    return {name: _profile(path, name, tensors, values) for name, values in facts.items()}


def _profile(path: Path, name: str, tensors: Mapping[str, Tensor], facts: object) -> Profile:
    try:
        numbers = {part: tensors[f"{name}/{part}"].float() for part in NUMBERS}
    except KeyError:
        raise CheckpointError(f"{path}: damaged: numbers of profile {name[:80]!r} are missing") from None
    profile = make_profile(name, numbers, read_fields(ProfileFacts, facts, path))
    counted = tensors.get(f"{name}/{HABITS}")
    if counted is None:
        return profile
    if counted.dtype != torch.int32 or counted.ndim != 2 or len(counted) != 2:
        raise CheckpointError(f"{path}: damaged: the habits of profile {name[:80]!r} are no table of two rows")
    keys, counts = counted.numpy()
    return replace(profile, habits=Habits(keys, counts))


def _as_tensor(habits: Habits) -> Tensor:
    return torch.from_numpy(np.stack([habits.keys, habits.counts]))

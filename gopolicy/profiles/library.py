"""Profiles by name: those that ship, those in files, and the nearest to a name that KataGo's users know."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from gopolicy.profiles.profile import Profile, ProfileError
from gopolicy.profiles.profile_file import load_profiles
from gopolicy.records.properties import rank_number
from gopolicy.records.selection import parse_ranks, parse_years

SHIPPED: Final = Path(__file__).parent.parent / "weights" / "profiles.safetensors"
# KataGo's docs/Analysis_Engine.md, "humanSLProfile": ranks from 20k to 9d, years of professional games.
_RANK: Final = re.compile(r"(?:rank|preaz)_(\d\d?[kd])(?:_(\d\d?[kd]))?")
_YEAR: Final = re.compile(r"proyear_(\d{4})")


def shipped_profiles() -> dict[str, Profile]:
    """Return the profiles that ship by name; raises CheckpointError."""
    return _loaded(SHIPPED)


@lru_cache(maxsize=1)
def _loaded(path: Path) -> dict[str, Profile]:
    return load_profiles(path) if path.exists() else {}


def find_profile(name: str) -> Profile:
    """Return a profile by its name, by a name of KataGo's (the nearest that ships) or by its file.

    A file of several is followed by a colon and the name of one.  Raises ProfileError and CheckpointError.
    """
    shipped = shipped_profiles()
    if name in shipped or _RANK.fullmatch(name.lower()) or _YEAR.fullmatch(name.lower()):
        return named_profile(name)
    path, _, part = (name, "", "") if Path(name).exists() else name.rpartition(":")
    if not path or not Path(path).exists():
        raise ProfileError(f"no profile {name!r}: there are {', '.join(shipped) or 'none'}, or give a file of one")
    found = load_profiles(Path(path))
    if not part and len(found) == 1:
        return next(iter(found.values()))
    if part not in found:
        raise ProfileError(f"{path}: holds the profiles {', '.join(found)}; name one: {path}:{next(iter(found))}")
    return found[part]


def named_profile(name: str) -> Profile:
    """Return the profile of a name that other programs may send: one that ships, or a `humanSLProfile` of KataGo's.

    Of the latter, such as rank_5k or proyear_1960, the nearest that ships; preaz_5k is the same as rank_5k.
    Raises ProfileError for another name and where no profile has ranks or years.
    """
    if name in shipped_profiles():
        return shipped_profiles()[name]
    rank, year = _RANK.fullmatch(name.lower()), _YEAR.fullmatch(name.lower())
    if rank and rank[2] and rank[2] != rank[1]:
        raise ProfileError(f"humanSLProfile {name!r}: one rank for both players is known, such as rank_{rank[1]}")
    distances = {
        other: _distance(profile, rank[1] if rank else "", int(year[1]) if year else 0)
        for other, profile in shipped_profiles().items()
    }
    known = {other: distance for other, distance in distances.items() if distance is not None}
    if not (rank or year) or not known or (rank and not rank_number(rank[1])):
        raise ProfileError(f"unknown humanSLProfile {name[:40]!r}: rank_20k to rank_9d, preaz_5k, proyear_1960, ...")
    return shipped_profiles()[min(known, key=lambda other: known[other])]


def _distance(profile: Profile, rank: str, year: int) -> float | None:
    """Return how far a profile is from a rank or a year, None if it has none."""
    if rank and profile.facts.ranks:
        place, bounds = _place(rank_number(rank)), [_place(number) for number in parse_ranks(profile.facts.ranks)]
    elif year and profile.facts.years:
        place, bounds = year, list(parse_years(profile.facts.years))
    else:
        return None
    return float(max(bounds[0] - place, place - bounds[1], 0))


def _place(rank: int) -> int:
    """Return a rank on one line: 1k is 0, 1d is 1."""
    return rank if rank > 0 else rank + 1

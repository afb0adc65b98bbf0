"""Profiles: one network as many players, by the few numbers in which they differ."""

from gopolicy.profiles.library import find_profile, named_profile, shipped_profiles
from gopolicy.profiles.profile import Profile, ProfileError, ProfileFacts, blank_profile, fuse_profile, network_digest
from gopolicy.profiles.profile_file import check_replaceable, load_profiles, save_profiles

__all__ = [
    "Profile",
    "ProfileError",
    "ProfileFacts",
    "blank_profile",
    "check_replaceable",
    "find_profile",
    "fuse_profile",
    "load_profiles",
    "named_profile",
    "network_digest",
    "save_profiles",
    "shipped_profiles",
]

"""Changing bytes at random, in the ways in which files get damaged and attackers damage them."""

from collections.abc import Sequence
from random import Random

NUMBERS = [
    b"0",
    b"-1",
    b"1",
    b"255",
    b"256",
    b"65535",
    b"65536",
    b"4294967296",
    b"9" * 20,
    b"9" * 400,
    b"1e999",
    b"NaN",
]
BYTES = [b"\0", b"\xff", b"\x80", b"\\", b"[", b"]", b"(", b")", b";", b"\n", b"\r", b'"', b"{", b"}", b"\xed\xb2\x80"]


def mutated(rng: Random, data: bytes, others: Sequence[bytes], tokens: Sequence[bytes], most: int = 6) -> bytes:
    """Return `data` after up to `most` random changes; parts of `others` and `tokens` may be put in."""
    buffer = bytearray(data)
    for _ in range(rng.randint(1, most)):
        _mutate(rng, buffer, others, tokens)
    return bytes(buffer[:200_000])


def _mutate(rng: Random, data: bytearray, others: Sequence[bytes], tokens: Sequence[bytes]) -> None:
    place = rng.randint(0, len(data))
    length = min(rng.choice((1, 2, 4, 16, 100, 1000)), len(data) - place)
    kind = rng.randrange(9)
    if kind == 0 and data:
        data[min(place, len(data) - 1)] ^= 1 << rng.randrange(8)
    elif kind == 1:
        data[place : place + length] = rng.randbytes(length)
    elif kind == 2:
        del data[place : place + length]
    elif kind == 3:
        data[place:place] = data[place : place + length] * rng.choice((1, 2, 20, 300))
    elif kind == 4:
        data[place:place] = rng.choice(tokens)
    elif kind == 5:
        data[place : place + length] = rng.choice(NUMBERS)
    elif kind == 6:
        data[place:place] = rng.choice(BYTES) * rng.choice((1, 1, 3, 1000))
    elif kind == 7:
        other = rng.choice(others)
        cut = rng.randint(0, len(other))
        data[place:] = other[cut:]
    else:
        del data[place:]

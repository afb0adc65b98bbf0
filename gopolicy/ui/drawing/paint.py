"""Stones, discs, rings, wood: smooth shapes computed as arrays and kept as surfaces.

pygame draws circles with jagged edges; here every pixel gets the share of it that the shape covers.  All
surfaces have their own alpha and are centered on the pixel where they are to go.
"""

from functools import lru_cache
from typing import Final

import numpy as np
import pygame
from numpy.typing import NDArray

from gopolicy.go.coords import BLACK, Color
from gopolicy.ui.drawing.theme import RGB, Theme

LIGHT: Final = np.array((-0.47, -0.62, 0.62))  # from the upper left, toward the viewer


def _grid(half: int) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    axis = np.arange(-half, half + 1, dtype=np.float32)
    x, y = np.meshgrid(axis, axis)
    return x, y, np.hypot(x, y)


def _surface(rgb: NDArray[np.float32], alpha: NDArray[np.float32]) -> pygame.Surface:
    """Return a surface from colors `[h, w, 3]` of 0-255 and coverage `[h, w]` of 0-1."""
    # The order of bytes that screens use: other orders are blitted several times slower.
    pixels = np.concatenate([rgb[..., ::-1], alpha[..., None] * 255], axis=-1)
    data = np.clip(np.rint(pixels), 0, 255).astype(np.uint8)
    return pygame.image.frombuffer(data.tobytes(), (data.shape[1], data.shape[0]), "BGRA")


def _flat(color: RGB, alpha: NDArray[np.float32]) -> pygame.Surface:
    return _surface(np.broadcast_to(np.asarray(color, np.float32), (*alpha.shape, 3)), alpha)


def put(surface: pygame.Surface, shape: pygame.Surface, center: tuple[int, int]) -> None:
    """Blit a shape so that its middle is at `center`."""
    surface.blit(shape, (center[0] - shape.get_width() // 2, center[1] - shape.get_height() // 2))


@lru_cache(maxsize=512)
def disc(radius: float, color: RGB, alpha: float = 1.0) -> pygame.Surface:
    """Return a filled circle; alpha from 0 to 1."""
    _, _, distance = _grid(int(radius) + 2)
    return _flat(color, np.clip(radius + 0.5 - distance, 0, 1) * alpha)


@lru_cache(maxsize=256)
def ring(radius: float, width: float, color: RGB, dashes: int = 0, alpha: float = 1.0) -> pygame.Surface:
    """Return a circle's outline, `width` inward from `radius`; dashes: how many, 0 for an unbroken one."""
    x, y, distance = _grid(int(radius) + 2)
    cover = np.clip(radius + 0.5 - distance, 0, 1) * np.clip(distance - radius + width + 0.5, 0, 1)
    if dashes:
        wave = np.cos(np.arctan2(y, x) * dashes) * radius / dashes + 0.15 * radius * 6 / dashes
        cover = cover * np.clip(wave + 0.5, 0, 1)
    return _flat(color, (cover * alpha).astype(np.float32))


@lru_cache(maxsize=64)
def glow(radius: float, color: RGB, alpha: float) -> pygame.Surface:
    """Return a soft spot: full in the middle, fading out toward `radius`."""
    _, _, distance = _grid(int(radius) + 1)
    t = np.clip(1 - distance / radius, 0, 1)
    return _flat(color, (alpha * np.clip(t * 2.2, 0, 1) ** 1.5).astype(np.float32))


@lru_cache(maxsize=64)
def cross(radius: float, width: float, color: RGB) -> pygame.Surface:
    """Return a diagonal cross that fits into a circle of `radius`."""
    x, y, distance = _grid(int(radius) + 2)
    arms = np.minimum(np.abs(x - y), np.abs(x + y)) / np.sqrt(2)
    cover = np.clip(width / 2 + 0.5 - arms, 0, 1) * np.clip(radius + 0.5 - distance, 0, 1)
    return _flat(color, cover.astype(np.float32))


@lru_cache(maxsize=64)
def square(half: float, color: RGB, alpha: float = 1.0, rim: RGB | None = None) -> pygame.Surface:
    """Return a filled square of side 2 * half, with a thin rim if a color for it is given."""
    x, y, _ = _grid(int(half) + 2)
    outside: NDArray[np.float32] = np.maximum(np.abs(x), np.abs(y))
    cover = np.clip(half + 0.5 - outside, 0, 1)
    rgb = np.broadcast_to(np.asarray(color, np.float32), (*cover.shape, 3))
    if rim is not None:
        inner = np.clip(half - 0.5 - outside, 0, 1)[..., None]
        rgb = (rgb * inner + np.asarray(rim, np.float32) * (1 - inner)).astype(np.float32)
    return _surface(rgb.astype(np.float32), (cover * alpha).astype(np.float32))


@lru_cache(maxsize=128)
def rounded(half: int, radius: float, color: RGB, rim: RGB | None = None) -> pygame.Surface:
    """Return a filled square of side 2 * half with rounded corners, with a rim if a color for it is given."""
    x, y, _ = _grid(half + 2)
    inner = half - radius
    outside = np.hypot(np.maximum(np.abs(x) - inner, 0), np.maximum(np.abs(y) - inner, 0)) - radius
    cover = np.clip(0.5 - outside, 0, 1)
    rgb = np.broadcast_to(np.asarray(color, np.float32), (*cover.shape, 3))
    if rim is not None:
        width = max(1.5, half * 0.1)
        share = np.clip(outside + width + 0.5, 0, 1)[..., None]
        rgb = (rgb * (1 - share) + np.asarray(rim, np.float32) * share).astype(np.float32)
    return _surface(rgb.astype(np.float32), cover.astype(np.float32))


@lru_cache(maxsize=64)
def stone(radius: float, color: Color, alpha: float = 1.0) -> pygame.Surface:
    """Return a stone, lit from the upper left, its edge covered pixel by pixel."""
    x, y, distance = _grid(int(radius) + 2)
    inside = np.clip(distance / radius, 0, 1)
    bulge = 0.93  # a lens, flatter than a ball
    z = np.sqrt(1 - (inside * bulge) ** 2)
    light = np.asarray(LIGHT / np.linalg.norm(LIGHT), np.float32)
    shine: NDArray[np.float32] = np.clip((x * light[0] + y * light[1]) / radius * bulge + z * light[2], 0, 1)
    half_way = light + np.array((0, 0, 1), np.float32)
    half_way = np.asarray(half_way / np.linalg.norm(half_way), np.float32)
    gloss: NDArray[np.float32] = np.clip((x * half_way[0] + y * half_way[1]) / radius * bulge + z * half_way[2], 0, 1)
    gray: NDArray[np.float32]
    if color == BLACK:
        gray = 16 + 34 * shine**2 + 92 * gloss**26 + 14 * gloss**6
        rgb = np.stack([gray, gray, gray * 1.04], axis=-1)
    else:
        gray = 196 + 44 * shine**0.7 + 16 * gloss**18 - 16 * inside**10
        rgb = np.stack([gray, gray * 0.992, gray * 0.97], axis=-1)
    cover = np.clip(radius + 0.5 - distance, 0, 1) * alpha
    return _surface(rgb.astype(np.float32), cover.astype(np.float32))


@lru_cache(maxsize=16)
def shadow(radius: float) -> pygame.Surface:
    """Return the soft shadow of a stone; to be put a little below and to the right of it."""
    _, _, distance = _grid(int(radius * 1.35) + 2)
    t = np.clip((radius * 1.22 - distance) / (radius * 0.44), 0, 1)
    return _flat((40, 22, 4), (0.42 * t * t * (3 - 2 * t)).astype(np.float32))


def _noise(rng: np.random.Generator, length: int, period: float) -> NDArray[np.float32]:
    """Return smooth noise `[length]`, about -1 to 1, whose bumps are `period` long."""
    knots = rng.uniform(-1, 1, int(length / period) + 4)
    position = np.arange(length) / period
    low = position.astype(int)
    t = position - low
    t = t * t * (3 - 2 * t)
    return np.asarray(knots[low] * (1 - t) + knots[low + 1] * t, np.float32)


@lru_cache(maxsize=4)
def wood(width: int, height: int, theme: Theme) -> pygame.Surface:
    """Return a board without lines: straight grain, slightly bent, the same at every call."""
    rng = np.random.default_rng(19)
    x = np.arange(width, dtype=np.float32)[None, :] / width
    y = np.arange(height, dtype=np.float32)[:, None] / height
    samples = 4096
    grain = sum(
        weight * _noise(rng, samples, period) for weight, period in ((0.9, 260), (0.8, 61), (0.7, 23), (0.55, 9))
    )
    bend = 0.020 * np.sin(2.1 * y + 0.6) + 0.006 * np.sin(7.3 * y + 5.0 * x)
    index = np.clip((x * 0.9 + bend + 0.05) * samples, 0, samples - 1).astype(np.int32)
    shade = np.asarray(grain, np.float32)[index] * theme.grain
    base = np.asarray(theme.wood, np.float32)
    rgb = base + shade[..., None] * np.asarray((5.5, 6.5, 7.0), np.float32)
    rgb += (np.float32(7.0) * (0.5 - y) * (1 if theme.grain else 0))[..., None]  # lit from above
    data = np.clip(rgb, 0, 255).astype(np.uint8)
    surface = pygame.Surface((width, height), 0, 32)
    surface.blit(pygame.image.frombuffer(data.tobytes(), (width, height), "RGB"), (0, 0))
    return surface

"""Short sounds made from numbers: a stone on wood, stones taken off, a pass.  Silent where there is no audio."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import numpy as np
import pygame
from numpy.typing import NDArray

log = logging.getLogger(__name__)

RATE: Final = 44_100
Wave = NDArray[np.float64]


def _times(seconds: float) -> Wave:
    return np.arange(int(RATE * seconds)) / RATE


def _knock(pitch: float, seconds: float, seed: int) -> Wave:
    """Return a knock on wood: two damped tones and a click of noise."""
    t = _times(seconds)
    noise = np.random.default_rng(seed).uniform(-1, 1, t.size) * np.exp(-t * 900)
    tones = np.sin(2 * np.pi * pitch * t) * np.exp(-t * 55) + 0.5 * np.sin(2 * np.pi * pitch * 2.76 * t) * np.exp(
        -t * 95
    )
    return np.asarray(0.55 * tones + 0.5 * noise)


def _tone(pitch: float, seconds: float) -> Wave:
    t = _times(seconds)
    return np.asarray(0.4 * np.sin(2 * np.pi * pitch * t) * np.exp(-t * 9) * np.minimum(1, t * 200))


def wave(name: str) -> Wave:
    """Return a sound by name, values of -1 to 1 at RATE samples a second; raise KeyError for an unknown one."""
    if name == "capture":
        result = np.zeros(int(RATE * 0.3))
        for i, start in enumerate((0.0, 0.05, 0.085, 0.13)):
            knock = 0.7 * _knock(620 + 90 * i, 0.12, i)
            result[int(start * RATE) :][: knock.size] += knock
        return result
    if name == "end":
        return np.concatenate([_tone(523.25, 0.18), _tone(783.99, 0.45)])
    single = {"stone": (430.0, 0.16), "refused": (140.0, 0.14), "pass": (294.0, 0.3)}
    pitch, seconds = single[name]
    return _tone(pitch, seconds) if name == "pass" else _knock(pitch, seconds, 3)


class Sounds:
    """Plays sounds by name; opens the audio device at the first one, and gives up quietly if there is none."""

    def __init__(self) -> None:
        self._kept: dict[str, pygame.mixer.Sound] = {}
        self._works: bool | None = None

    def play(self, name: str) -> None:
        """Play a sound."""
        if self._works is None:
            self._works = _open_mixer()
        if not self._works:
            return
        try:
            if name not in self._kept:
                samples = (np.clip(wave(name), -1, 1) * 14_000).astype(np.int16)
                self._kept[name] = pygame.mixer.Sound(buffer=samples.tobytes())
            self._kept[name].play()
        except (pygame.error, KeyError) as error:
            log.debug("sound %r: %s", name, error)


def _open_mixer() -> bool:
    try:
        with _quiet_stderr():
            pygame.mixer.init(RATE, -16, 1, 512)
        return pygame.mixer.get_init() == (RATE, -16, 1)
    except (pygame.error, NotImplementedError) as error:
        log.debug("no sound: %s", error)
        return False


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Keep C libraries from writing to stderr: ALSA does so at length where there is no sound card."""
    if sys.platform == "win32":
        yield
        return
    try:
        kept = os.dup(2)
    except OSError:
        yield
        return
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)

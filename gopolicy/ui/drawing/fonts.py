"""Text in any script: one readable face, others where it lacks a character, a visible `?` where none has it."""

from functools import lru_cache
from typing import Final

import pygame

from gopolicy.ui.drawing.theme import RGB

FACES: Final = "segoeui,sfnstext,helveticaneue,notosans,opensans,ubuntu,cantarell,liberationsans,dejavusans,arial"
# Faces that hold Chinese, Japanese or Korean, in the order of how well they read next to the first one.
WIDE_FACES: Final = (
    "notosanscjksc,notosanscjkjp,notosanscjkkr,notosanscjktc,sourcehansanscn,sourcehansans,pingfangsc,"
    "hiraginosansgb,hiraginosans,applesdgothicneo,microsoftyahei,yugothic,meiryo,malgungothic,msgothic,simhei,"
    "simsun,wenquanyizenhei,wenquanyimicrohei,droidsansfallback,nanumgothic,ipagothic,takaogothic,vlgothic,"
    "arphicumingcn,arialunicodems,unifont,dejavusans"
)
REPLACEMENT: Final = "?"


@lru_cache
def _path(faces: str, bold: bool = False) -> str | None:
    path: str | None = pygame.font.match_font(faces, bold=bold)
    return path


@lru_cache
def _wide_paths() -> tuple[str, ...]:
    found = (_path(face) for face in WIDE_FACES.split(","))
    return tuple(dict.fromkeys(path for path in found if path))


@lru_cache(maxsize=64)
def font(size: int, bold: bool = False) -> pygame.font.Font:
    """Return the window's face at a height in pixels; pygame's own where the system has none."""
    return pygame.font.Font(_path(FACES, bold) or _path(FACES), size)


@lru_cache(maxsize=64)
def _wide_font(path: str, size: int) -> pygame.font.Font:
    return pygame.font.Font(path, size)


@lru_cache(maxsize=64)
def _blank(face: pygame.font.Font) -> bytes:
    """Return the picture of a character that no face has."""
    return _picture(face, "\uffff")


def _picture(face: pygame.font.Font, letter: str) -> bytes:
    return pygame.image.tobytes(face.render(letter, True, (0, 0, 0)), "RGBA")


@lru_cache(maxsize=4096)
def _has(path: str | None, letter: str) -> bool:
    face = pygame.font.Font(path, 16)
    try:
        metrics = face.metrics(letter)
        return bool(metrics) and metrics[0] is not None and _picture(face, letter) != _blank(face)
    except (pygame.error, UnicodeError):
        return False


@lru_cache(maxsize=4096)
def _owner(letter: str) -> str | None:
    """Return the path of the face to write `letter` in: "" for the main one, None where no face has it."""
    if letter.isascii() or _has(_path(FACES), letter):
        return ""
    return next((path for path in _wide_paths() if _has(path, letter)), None)


def runs(text: str) -> list[tuple[str, str]]:
    """Split a text into (face path or "", characters), with control characters and unknown ones replaced."""
    result: list[tuple[str, str]] = []
    for letter in text:
        if not letter.isprintable() or ord(letter) > 0xFFFF:
            letter = " " if letter.isspace() else REPLACEMENT
        path = _owner(letter)
        if path is None:
            path, letter = "", REPLACEMENT
        if result and result[-1][0] == path:
            result[-1] = (path, result[-1][1] + letter)
        else:
            result.append((path, letter))
    return result


@lru_cache(maxsize=2048)
def lacks(text: str) -> bool:
    """Return whether a text has characters that no face of this system has."""
    return any(ord(letter) > 0xFFFF or _owner(letter) is None for letter in text if letter.isprintable())


@lru_cache(maxsize=2048)
def render(text: str, size: int, color: RGB, bold: bool = False) -> pygame.Surface:
    """Return a line of text as a surface, `size` pixels high as typographers count."""
    parts = [
        (_wide_font(path, size) if path else font(size, bold)).render(part, True, color) for path, part in runs(text)
    ]
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return pygame.Surface((0, size), pygame.SRCALPHA)
    height = max(part.get_height() for part in parts)
    line = pygame.Surface((sum(part.get_width() for part in parts), height), pygame.SRCALPHA)
    x = 0
    for part in parts:
        line.blit(part, (x, (height - part.get_height()) // 2))
        x += part.get_width()
    return line


@lru_cache(maxsize=2048)
def shortened(text: str, size: int, width: int, bold: bool = False) -> str:
    """Return as much of a text as fits `width` pixels, with an ellipsis where it is cut."""
    if render(text, size, (0, 0, 0), bold).get_width() <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if render(text[:middle] + "…", size, (0, 0, 0), bold).get_width() <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…" if low else ""


def write(
    surface: pygame.Surface,
    text: str,
    position: tuple[int, int],
    size: int,
    color: RGB,
    *,
    bold: bool = False,
    anchor: str = "left",
    width: int | None = None,
) -> int:
    """Write a line of text and return its width.

    position: its left, middle or right (`anchor`), at half its height.  width: cut it to so many pixels.
    """
    if width is not None:
        text = shortened(text, size, max(0, width), bold)
    line = render(text, size, color, bold)
    shift = {"left": 0, "center": line.get_width() // 2, "right": line.get_width()}[anchor]
    surface.blit(line, (position[0] - shift, position[1] - line.get_height() // 2))
    return line.get_width()

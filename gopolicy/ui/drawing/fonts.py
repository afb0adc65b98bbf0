"""Text in any script: one readable face, others where it lacks a character, a visible `?` where none has it."""

import subprocess
import sys
from contextlib import suppress
from functools import lru_cache
from typing import Final

import pygame
import pygame.freetype

from gopolicy.ui.drawing.theme import RGB
from gopolicy.ui.model.language import current

FACES: Final = "segoeui,sfnstext,helveticaneue,notosans,opensans,ubuntu,cantarell,liberationsans,dejavusans,arial"
# Faces that hold Chinese, Japanese or Korean, in the order of how well they read next to the first one.
WIDE_FACES: Final = (
    "notosanscjksc,notosanscjkjp,notosanscjkkr,notosanscjktc,sourcehansanscn,sourcehansans,pingfangsc,"
    "hiraginosansgb,hiraginosans,applesdgothicneo,microsoftyahei,yugothic,meiryo,malgungothic,msgothic,simhei,"
    "simsun,wenquanyizenhei,wenquanyimicrohei,droidsansfallback,nanumgothic,ipagothic,takaogothic,vlgothic,"
    "arphicumingcn,arialunicodems,unifont,dejavusans"
)
# The faces for a language whose characters look otherwise than in the next one.
OWN_FACES: Final = {
    "zh": "notosanssc,sourcehansanssc,sourcehansanscn,pingfangsc,microsoftyahei,hiraginosansgb,simhei,notosanscjksc,",
    "ja": "notosansjp,sourcehansansjp,hiraginosans,yugothic,meiryo,msgothic,notosanscjkjp,",
    "ko": "notosanskr,sourcehansanskr,applesdgothicneo,malgungothic,nanumgothic,notosanscjkkr,",
}
OWN_ENDINGS: Final = {"zh": " SC", "ja": " JP", "ko": " KR"}  # of the names of its faces in a collection
MOST_FACES: Final = 12  # looked at in a collection
REPLACEMENT: Final = "?"


@lru_cache
def _list_fonts() -> None:
    """Have fontconfig list its fonts once, since pygame waits a second for that, and new ones take longer."""
    if sys.platform not in ("win32", "darwin"):
        with suppress(OSError, subprocess.SubprocessError):
            subprocess.run(["fc-list", ":", "file"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=20)


@lru_cache
def _path(faces: str, bold: bool = False) -> str | None:
    _list_fonts()
    path: str | None = pygame.font.match_font(faces, bold=bold)
    return path


@lru_cache
def _wide_paths(language: str, bold: bool) -> tuple[str, ...]:
    found = (_path(face, bold) for face in (OWN_FACES.get(language, "") + WIDE_FACES).split(","))
    return tuple(dict.fromkeys(path for path in found if path))


@lru_cache(maxsize=64)
def font(size: int, bold: bool = False) -> pygame.font.Font:
    """Return the window's face at a height in pixels; pygame's own where the system has none."""
    return pygame.font.Font(_path(FACES, bold) or _path(FACES), size)


class CollectedFace:
    """A face of a file that holds several, drawn as pygame's fonts are, which know only the first one."""

    def __init__(self, path: str, size: int, place: int) -> None:
        self._size = size
        self._face = pygame.freetype.Font(path, size, font_index=place)
        self._face.pad = True

    def render(self, text: str, antialias: bool, color: RGB) -> pygame.Surface:
        """Return a text as a surface, as high as any other."""
        return self._face.render(text, color)[0]

    def get_ascent(self) -> int:
        """Return the height above the base line in pixels."""
        return int(self._face.get_sized_ascender(self._size))


@lru_cache(maxsize=64)
def _wide_font(path: str, size: int, language: str) -> "pygame.font.Font | CollectedFace":
    place = _place(path, OWN_ENDINGS.get(language, ""))
    return CollectedFace(path, size, place) if place else pygame.font.Font(path, size)


@lru_cache
def _place(path: str, ending: str) -> int:
    """Return the place of the face whose name ends so in a file of several, 0 where there is none."""
    if not ending or not path.lower().endswith((".ttc", ".otc")):
        return 0
    pygame.freetype.init()
    try:
        names = (pygame.freetype.Font(path, font_index=place).name for place in range(MOST_FACES))
        return next((place for place, name in enumerate(names) if name.endswith(ending)), 0)
    except (pygame.error, OSError):  # the file holds fewer
        return 0


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
def _owner(letter: str, language: str, bold: bool = False) -> str | None:
    """Return the path of the face to write `letter` in: "" for the main one, None where no face has it."""
    if letter.isascii() or _has(_path(FACES), letter):
        return ""
    return next((path for path in _wide_paths(language, bold) if _has(path, letter)), None)


def runs(text: str, bold: bool = False) -> list[tuple[str, str]]:
    """Split a text into (face path or "", characters), with control characters and unknown ones replaced."""
    result: list[tuple[str, str]] = []
    language = current()
    for letter in text:
        if not letter.isprintable() or ord(letter) > 0xFFFF:
            letter = " " if letter.isspace() else REPLACEMENT
        path = _owner(letter, language, bold)
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
    return any(ord(letter) > 0xFFFF or _owner(letter, current()) is None for letter in text if letter.isprintable())


def writes(text: str) -> bool:
    """Return whether all characters of a text can be written here; pygame's fonts need not be in use yet."""
    pygame.font.init()
    return not lacks(text)


def render(text: str, size: int, color: RGB, bold: bool = False) -> pygame.Surface:
    """Return a line of text as a surface, `size` pixels high as typographers count."""
    return _render(text, size, color, bold, current())


@lru_cache(maxsize=2048)
def _render(text: str, size: int, color: RGB, bold: bool, language: str) -> pygame.Surface:
    main, x = font(size, bold), 0
    parts = [(_wide_font(path, size, language) if path else main, part) for path, part in runs(text, bold)]
    if [face for face, _ in parts] == [main]:
        return main.render(parts[0][1], True, color)
    pictures = [face.render(part, True, color) for face, part in parts]
    height = main.get_height() if parts else size
    line = pygame.Surface((sum(picture.get_width() for picture in pictures), height), pygame.SRCALPHA)
    for (face, _), picture in zip(parts, pictures, strict=True):  # on one base line, that of the main face
        line.blit(picture, (x, main.get_ascent() - face.get_ascent()))
        x += picture.get_width()
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

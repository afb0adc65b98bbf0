"""The window as a picture, without a display: the same drawing on a bare surface."""

import io
from pathlib import Path

import pygame

from gopolicy.files import write_file
from gopolicy.ui.drawing.picture import draw
from gopolicy.ui.model.session import Session


def save_snapshot(session: Session, path: Path, size: tuple[int, int]) -> None:
    """Draw the window at a size and write it as a PNG picture; raise FileError if that fails."""
    pygame.font.init()
    surface = pygame.Surface(size)
    draw(surface, session)
    picture = io.BytesIO()
    pygame.image.save(surface, picture, "snapshot.png")
    write_file(path, picture.getvalue())

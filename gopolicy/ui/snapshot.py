"""The window as a picture, without a display: the same drawing on a bare surface, all questions answered first."""

from pathlib import Path
from typing import Final

import pygame

from gopolicy.ui import asking
from gopolicy.ui.network import AskMove, Network
from gopolicy.ui.session import Session
from gopolicy.ui.view import draw

MOST_QUESTIONS: Final = 2000


def answer_all(session: Session, network: Network) -> None:
    """Ask the network everything that the session wants to know, its own moves left out."""
    session.network_ready(network.name)
    for _ in range(MOST_QUESTIONS):
        question = asking.next_question(session)
        if question is None or isinstance(question, AskMove):
            return
        asking.take_answer(session, question, question.ask(network, lambda share: None))


def save_snapshot(session: Session, path: Path, size: tuple[int, int]) -> None:
    """Draw the window at a size and write it as a picture, PNG by its suffix; raise OSError if that fails."""
    pygame.font.init()
    surface = pygame.Surface(size)
    draw(surface, session)
    try:
        pygame.image.save(surface, str(path))
    except pygame.error as error:
        raise OSError(f"{path}: cannot write the picture: {error}") from error

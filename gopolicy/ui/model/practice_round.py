"""A round of practice: the problems of a deck that are due, one after the other, as records to guess the move of."""

from typing import Final

import numpy as np

from gopolicy.archive.practice import Deck, Problem
from gopolicy.go.coords import BOARD_SIZE, Point, to_sgf, to_vertex
from gopolicy.prediction import Prediction
from gopolicy.records.tree import GameTree
from gopolicy.ui.model.language import color_name, tr

WORDS: Final = {
    "Good": "Yes, the network's move",
    "Hard": "Nearly as probable as the network's move",
    "Again": "Not among the probable moves: it comes again soon",
}


class PracticeRound:
    """See the module.  grade: of the answer to the problem shown, "" before it; done: how many were answered."""

    def __init__(self, deck: Deck) -> None:
        self._deck = deck
        self._due = deck.due()
        self.total = len(self._due)
        self.done = 0
        self.grade = ""

    @property
    def problem(self) -> Problem | None:
        """The problem to show, None when no more is due."""
        return self._deck.problems[self._due[0]] if self._due else None

    @property
    def number(self) -> int:
        """The place of that problem among those of the round, from 1 on."""
        return self.total - len(self._due) + 1

    @property
    def has_game_move(self) -> bool:
        """Whether it is known what was played where the problem comes from."""
        return self.problem is not None and self.problem.played is not None

    def answer(self, point: Point) -> None:
        """Grade an answer and keep it, which says when the problem is due again."""
        self.grade = self._deck.answer(self._due[0], point)
        self.done += 1

    def advance(self) -> None:
        """Go on to the next problem."""
        self._due, self.grade = self._due[1:], ""


def question_of(problem: Problem) -> GameTree:
    """Return the record of a problem: the position, and behind it the move of the game, else the answer."""
    tree = GameTree.from_game(problem.game)
    tree.event = problem.source
    tree.handicap = 0
    tree.root.comment = tr(
        "Practice: {color} to play. {source}", color=color_name(problem.to_play), source=problem.source
    )
    if problem.last is not None:
        tree.root.properties["CR"] = [to_sgf(problem.last, BOARD_SIZE)]
    played = problem.candidates[0][0] if problem.played is None else problem.played
    node = tree.add_move(tree.root, problem.to_play, played)
    moves = ", ".join(f"{to_vertex(point, BOARD_SIZE)} {share:.0%}" for point, share in problem.candidates)
    own, game = tr("The network: {moves}", moves=moves), tr("Played in the game. The network: {moves}", moves=moves)
    node.comment = own if problem.played is None else game
    return tree


def prediction_of(problem: Problem) -> Prediction:
    """Return what the network said of a problem when it was found: its first candidates only."""
    grid = np.zeros((BOARD_SIZE, BOARD_SIZE), np.float32)
    for point, share in problem.candidates:
        grid.flat[point] = share
    return Prediction(grid)

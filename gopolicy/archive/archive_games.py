"""Games of a corpus as trees, with what a corpus knows of them: moves, players, winner, year and source."""

import numpy as np
from numpy.typing import NDArray

from gopolicy.go.coords import BLACK, BOARD_SIZE, WHITE
from gopolicy.go.game import Game
from gopolicy.records.corpus import Corpus
from gopolicy.records.tree import GameTree


def game_tree(corpus: Corpus, number: int, events: NDArray[np.uint16] | None = None) -> GameTree:
    """Return the record of a game; events: uint16 `[k]`, its first ones, default all."""
    events = corpus.events(number) if events is None else events
    tree = GameTree.from_game(Game.from_events(BOARD_SIZE, events))
    tree.komi = 0.5 if tree.handicap else 7.5
    tree.root.properties.pop("KM", None)  # a corpus does not know it: what readers assume, unwritten
    tree.names = {color: corpus.player(number, color) for color in (BLACK, WHITE)}
    tree.date = str(corpus.index["year"][number] or "")
    tree.event = corpus.source(number)
    tree.result = {BLACK: "B+", WHITE: "W+"}.get(int(corpus.index["winner"][number]), "")
    return tree

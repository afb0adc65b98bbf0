"""Surprising moves as an SGF collection: a game each, up to some moves behind it, with what was expected."""

from collections.abc import Iterable
from typing import Final

from gopolicy.archive.archive_games import game_tree
from gopolicy.archive.surprises import Repetition, SurprisingMove
from gopolicy.go.events import SETUP
from gopolicy.policy.annotations import annotate
from gopolicy.records.corpus import Corpus

FOLLOWING: Final = 10  # moves behind the surprising one
KINDS: Final = {
    "position": "known: {positions} other games have it in this position",
    "shape": "a known shape: {shapes} other games have the move in the same 9x9 surroundings",
    "once": "once: a slip, or an idea of one's own",
}


def describe(repetition: Repetition) -> str:
    """Return in words whether others played a move."""
    return KINDS[repetition.kind].format(positions=repetition.positions, shapes=repetition.shapes)


def as_sgf(corpus: Corpus, moves: Iterable[tuple[SurprisingMove, Repetition]]) -> str:
    """Return the collection as SGF text, the moves in the order given."""
    return "\n".join(_game_text(corpus, move, repetition) for move, repetition in moves) + "\n"


def _game_text(corpus: Corpus, move: SurprisingMove, repetition: Repetition) -> str:
    events = corpus.events(move.game)
    turns = (events < SETUP).cumsum()
    tree = game_tree(corpus, move.game, events[turns <= move.judged.number + FOLLOWING])
    annotate(tree, [move.judged])
    node = [node for node in tree.main_line() if node.turn][move.judged.number - 1]
    node.comment = f"{node.comment}\n\n{describe(repetition)}."
    tree.root.comment = (
        f"Move {move.judged.number}, {move.judged.vertex}: {move.judged.bits:.1f} bits; {describe(repetition)}."
    )
    return tree.to_sgf().strip()

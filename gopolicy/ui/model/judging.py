"""What the network said of the moves of a game: predictions by position, and the judged moves of the line."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from gopolicy.prediction import JudgedMove, Prediction, ScoreTable
from gopolicy.records.node import Node
from gopolicy.ui.model.cursor import Cursor, Turn
from gopolicy.ui.model.positions import PositionKey
from gopolicy.ui.model.tasks import Grid

KEPT: Final = 6000  # predictions kept, some 1.5 KB each
MOST_SURPRISING: Final = 5


class Predictions:
    """The network's predictions by position; the oldest go when there are too many.  version: counts additions."""

    def __init__(self) -> None:
        self.version = 0
        self.with_passes: set[PositionKey] = set()  # where it is known whether a pass is a candidate
        self._kept: dict[PositionKey, Prediction] = {}

    def __contains__(self, key: PositionKey) -> bool:
        return key in self._kept

    def get(self, key: PositionKey) -> Prediction | None:
        """Return what the network said of a position, or None if it has not been asked."""
        return self._kept.get(key)

    def put(self, key: PositionKey, probabilities: Grid) -> None:
        """Keep an answer: float32 `[19, 19]`."""
        if len(self._kept) >= KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[key] = Prediction(probabilities)
        self.with_passes.discard(key)
        self.version += 1

    def keep(self, key: PositionKey, prediction: Prediction) -> None:
        """Keep an answer that was given before, which is not asked for again."""
        self.put(key, prediction.probabilities)
        self.with_passes.add(key)

    def put_pass(self, key: PositionKey, share: float) -> None:
        """Give a pass its share of a prediction that is kept."""
        self.with_passes.add(key)
        if share > 0 and key in self._kept:
            self._kept[key] = self._kept[key].with_pass(share)


class LineReview:
    """The moves of the cursor's line beside what was predicted."""

    def __init__(self, cursor: Cursor, predictions: Predictions) -> None:
        self._cursor, self._predictions = cursor, predictions
        self._judged: dict[Node, tuple[PositionKey, JudgedMove]] = {}
        self._seen: tuple[list[Turn], int] = ([], -1)
        self._found: list[JudgedMove] = []
        self._table: ScoreTable | None = None

    def judged(self) -> list[JudgedMove]:
        """Return the moves of the line that the network has been asked about, passes left out."""
        turns, version = self._cursor.turns, self._predictions.version
        if self._seen[0] is not turns or self._seen[1] != version:
            self._seen, self._found, self._table = (turns, version), self._judge_line(), None
        return self._found

    def table(self) -> ScoreTable:
        """Return the scores of the judged moves, by color and phase."""
        judged = self.judged()
        if self._table is None:
            self._table = ScoreTable(judged)
        return self._table

    def _judge_line(self) -> list[JudgedMove]:
        found = []
        for turn in self._cursor.turns:
            key, known = self._judged.get(turn.node, (None, None))
            if known is None or known.number != turn.number or key != turn.key:
                known = self._judge(turn)
            if known is not None:
                found.append(known)
        return found

    def judged_at(self, node: Node) -> JudgedMove | None:
        """Return how the move of a node of the line was judged, None if it was not."""
        return self._judged[node][1] if node in self._judged else None

    def _judge(self, turn: Turn) -> JudgedMove | None:
        prediction = self._predictions.get(turn.key)
        color, move = turn.node.turn or (0, None)
        if prediction is None or move is None:
            self._judged.pop(turn.node, None)
            return None
        judged = prediction.judge(move, number=turn.number, color=color)
        self._judged[turn.node] = turn.key, judged
        return judged

    def unknown(self) -> list[Turn]:
        """Return the turns whose positions have not been evaluated, those ahead of the cursor first."""
        here = self._cursor.number
        missing = [turn for turn in self._cursor.turns if turn.key not in self._predictions]
        return [turn for turn in missing if turn.number > here] + [turn for turn in missing if turn.number <= here]

    def surprises(self, count: int = MOST_SURPRISING) -> list[JudgedMove]:
        """Return the most surprising moves of the line, in the order of play."""
        most = sorted(self.judged(), key=lambda move: (-move.bits, move.number))[:count]
        return sorted(most, key=lambda move: move.number)


def expected_run(judged: Sequence[JudgedMove]) -> tuple[int, int] | None:
    """Return (first, last) move number of the longest run of moves that were each the top one, or None."""
    best: tuple[int, int] | None = None
    start: int | None = None
    for move in judged:
        start = (move.number if start is None else start) if move.rank == 1 else None
        if start is not None and (best is None or move.number - start > best[1] - best[0]):
            best = (start, move.number)
    return best


def expected_by_both(own: Prediction, other: Prediction) -> Prediction:
    """Return the geometric mean of what the two colors would play, each moving first; it does not sum to 1."""
    return Prediction(np.sqrt(np.maximum(own.probabilities, 0) * np.maximum(other.probabilities, 0)))

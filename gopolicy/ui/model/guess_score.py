"""Guess the move: a person and the network guess the same moves of a record, and both are scored.

The score is three-way.  Hits: how often the person, and how often the network's top move, was the
game's.  Expectation: what probability the network gave, on average, to the person's guesses, to its own
and to the game's moves.  Positions that were revealed before they were guessed do not count.
"""

from dataclasses import dataclass, field
from typing import Final

from gopolicy.go.coords import Color, Point
from gopolicy.prediction import Prediction
from gopolicy.records.node import Node
from gopolicy.ui.model.language import tr

HARD_BITS: Final = 3.0  # hard mode asks only where the network is this undecided


@dataclass(frozen=True)
class Guess:
    """One guess and the truth; probabilities and ranks are the network's, None where it gave none."""

    node: Node
    color: Color
    guessed: Point
    played: Point
    expected: Point | None = None
    guessed_probability: float = 0.0
    played_probability: float = 0.0
    expected_probability: float = 0.0
    guessed_rank: int | None = None
    played_rank: int | None = None

    @property
    def hit(self) -> bool:
        """The guess was the game's move."""
        return self.guessed == self.played

    @property
    def network_hit(self) -> bool:
        """The network's top move was the game's move."""
        return self.expected == self.played


@dataclass
class GuessScore:
    """All guesses of a run; `revealed` is the last one while its answer is on the board."""

    guesses: list[Guess] = field(default_factory=list)
    revealed: Guess | None = None
    hard: bool = False

    def add(self, node: Node, guessed: Point, prediction: Prediction | None) -> Guess:
        """Score a guess of a node's move, which must be a point, against it and against the network.

        Of several guesses of one move only the first counts.
        """
        color, played = node.turn or (0, None)
        assert played is not None
        guess = Guess(node, color, guessed, played)
        choices = prediction.candidates(2) if prediction is not None else []
        best = next((choice for choice in choices if choice.move is not None), None)
        if prediction is not None and best is not None:  # where all is settled it may expect nothing but a pass
            guess = Guess(
                node,
                color,
                guessed,
                played,
                best.move,
                prediction.probability(guessed),
                prediction.probability(played),
                best.probability,
                prediction.rank(guessed),
                prediction.rank(played),
            )
        if all(earlier.node is not node for earlier in self.guesses):
            self.guesses.append(guess)
        self.revealed = guess
        return guess

    def asks(self, node: Node, prediction: Prediction | None) -> bool:
        """Return whether a node's move is one to guess: a point and, in hard mode, one in doubt."""
        if node.turn is None or node.turn[1] is None:
            return False
        return not self.hard or prediction is None or prediction.entropy >= HARD_BITS

    @property
    def table(self) -> list[tuple[str, str, str]]:
        """The score so far as rows of (who, hits, mean probability)."""
        judged = [guess for guess in self.guesses if guess.expected is not None]
        count, scored = len(self.guesses), len(judged)

        def hits(number: int, of: int) -> str:
            return f"{number}/{of}  {100 * number / of:.0f} %" if of else "-"

        def mean(values: list[float]) -> str:
            return f"{100 * sum(values) / len(values):.1f} %" if values else "-"

        return [
            (tr("you"), hits(sum(g.hit for g in self.guesses), count), mean([g.guessed_probability for g in judged])),
            (
                tr("network"),
                hits(sum(g.network_hit for g in judged), scored),
                mean([g.expected_probability for g in judged]),
            ),
            (tr("the game"), "", mean([g.played_probability for g in judged])),
        ]

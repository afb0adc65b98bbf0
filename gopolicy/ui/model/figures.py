"""The figures that the window shows, each with a sentence on what it says."""

from typing import Final, NamedTuple

from gopolicy.prediction import TOP


class Figure(NamedTuple):
    """A figure's name as a label has it, and what it says."""

    name: str
    sentence: str


FIGURES: Final = (
    Figure(
        "average surprise, bits",
        "How unexpected the moves were: 0 bits for a sure move, 1 for one of 50 %, and 1 more each time it halves.",
    ),
    Figure("the top move", "Share of the moves that were the network's most likely one (top-1)."),
    Figure(f"in the top {TOP}", f"Share of the moves that were among the network's {TOP} most likely ones."),
    Figure("bits", "Surprise: 1 bit is a move of 50 %, 3 bits of 12.5 %, 6 bits of 1.6 %, 10 bits of 0.1 %."),
    Figure(
        "plausible moves",
        "As many equally likely moves would leave as much in doubt.  Percents say how likely a move is, not how good.",
    ),
    Figure("network", "How likely the network thinks the move; moves that are equal by symmetry are added up."),
    Figure("won", "Share of the games that the player of the move won, where the result is known."),
    Figure(
        "expected lead",
        "How many points the color would win by if the game ended so, with komi.",
    ),
    Figure("average", "How probable the network found the moves, on average: yours, its own and the game's."),
)
PLACES: Final = {figure.name: place for place, figure in enumerate(FIGURES)}

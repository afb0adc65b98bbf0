"""What is compared, as data: the networks by name, and the claims with what each of them says in numbers."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Final, NamedTuple

from gopolicy.errors import GopolicyError
from gopolicy.explain.lesson.networks import Design
from gopolicy.features.planes import PLANE_SUBSETS

# Peak learning rates of AdamW: for each kind the best of a search, which the page of the lesson shows.
RATES: Final = {"convolution": 0.02, "head": 0.003, "local": 0.004, "full": 0.001}


class LessonError(GopolicyError, ValueError):
    """A comparison that cannot be made as asked; the text says why and what to do."""


class NetworkSpec(NamedTuple):
    """A network to train.

    title: what it is, for tables.  times: how often as many positions as the others it learns from.
    own_rate: its peak learning rate, where it is not that of its kind.
    """

    title: str
    design: Design
    times: float = 1
    own_rate: float | None = None

    @property
    def rate(self) -> float:
        """Peak learning rate."""
        head = self.design.kind == "convolution" and self.design.head == "full"
        return self.own_rate or RATES["head" if head else self.design.kind]

    def as_dict(self) -> dict[str, Any]:
        """Return what its result depends on, as JSON takes it."""
        return {**asdict(self.design), "pools": list(self.design.pools), "rate": self.rate, "times": self.times}


class Statement(NamedTuple):
    """What a claim says in numbers: the network `more` has a larger `measure` than the network `less`."""

    text: str
    more: str
    less: str
    measure: str = "top1"


@dataclass(frozen=True)
class Claim:
    """A claim of the lecture: its letter, what it says, and the statements to test it by."""

    letter: str
    title: str
    statements: tuple[Statement, ...]
    extra: tuple[str, ...] = ()
    """Networks for the table that no statement names."""

    @property
    def networks(self) -> list[str]:
        """Names of the networks that its table shows, in the order of NETWORKS."""
        named = {name for statement in self.statements for name in (statement.more, statement.less)}
        return [name for name in NETWORKS if name in named or name in self.extra]


BASELINE: Final = "cnn"
FOUR, TWELVE, TWENTY, _ = PLANE_SUBSETS
_BOARD: Final = Design(input="board", planes=FOUR)
_SMALL: Final = Design(kind="full", filters=512, layers=2)
_LARGE: Final = Design(kind="full", filters=1024, layers=3)
_SMALL_BOARD: Final = replace(_SMALL, input="board", planes=FOUR)
_LARGE_BOARD: Final = replace(_LARGE, input="board", planes=FOUR)
_LEAN: Final = Design(planes=TWELVE, filters=16, layers=4, first=3)

_COMPARED: Final = {
    BASELINE: NetworkSpec("convolutional, 6 layers of 32 filters, first 5x5, all planes", Design()),
    "cnn-board": NetworkSpec("the same on the board of 1 and -1", _BOARD),
    "fc-board-small": NetworkSpec("fully connected, 2 layers of 512, board", _SMALL_BOARD),
    "fc-board-large": NetworkSpec("fully connected, 3 layers of 1024, board", _LARGE_BOARD),
    "fc-board-longer": NetworkSpec("the same, six times the positions", _LARGE_BOARD, times=6),
    "fc-planes-small": NetworkSpec("fully connected, 2 layers of 512, all planes", _SMALL),
    "fc-planes-large": NetworkSpec("fully connected, 3 layers of 1024, all planes", _LARGE),
    "fc-planes-longer": NetworkSpec("2 layers of 512, 3.3 times the positions", _SMALL, times=3.3),
    "first-3": NetworkSpec("first layer 3x3", Design(first=3)),
    "first-1": NetworkSpec("first layer 1x1", Design(first=1)),
    "first-3-wide": NetworkSpec("first layer 3x3, 39 filters", Design(first=3, filters=39)),
    "first-1-wide": NetworkSpec("first layer 1x1, 43 filters", Design(first=1, filters=43)),
    "first-3-deep": NetworkSpec("first layer 3x3, 9 layers", Design(first=3, layers=9)),
    "board-first-3": NetworkSpec("first layer 3x3, board", replace(_BOARD, first=3)),
    "board-first-1": NetworkSpec("first layer 1x1, board", replace(_BOARD, first=1)),
    "pool-2": NetworkSpec("pooled behind layer 2, 19x19 again for layer 6", Design(pools=(2,), upsample=5)),
    "pool-2-4": NetworkSpec("pooled behind layers 2 and 4, 19x19 again for layer 6", Design(pools=(2, 4), upsample=5)),
    "pool-2-wide": NetworkSpec("pooled behind layer 2, 39 filters", Design(pools=(2,), upsample=5, filters=39)),
    "pool-2-end": NetworkSpec("pooled behind layer 2, 19x19 again at the very end", Design(pools=(2,), upsample=6)),
    "head": NetworkSpec("no pooling, fully connected head, 3 times the positions", Design(head="full"), times=3),
    "pool-2-head": NetworkSpec(
        "pooled behind layer 2, fully connected head, as many", Design(pools=(2,), head="full"), times=3
    ),
    "pool-2-4-head": NetworkSpec(
        "pooled behind 2 and 4, fully connected head, as many", Design(pools=(2, 4), head="full"), times=3
    ),
    "shared": NetworkSpec("weights shared: 4 layers of 16 filters 3x3, 12 planes", _LEAN),
    "local": NetworkSpec("weights not shared, else the same", replace(_LEAN, kind="local")),
    "planes-4": NetworkSpec(f"the first {FOUR} planes: stones, ones", Design(planes=FOUR)),
    "planes-12": NetworkSpec(f"the first {TWELVE}: and turns since", Design(planes=TWELVE)),
    "planes-20": NetworkSpec(f"the first {TWENTY}: and liberties", Design(planes=TWENTY)),
    "no-ones": NetworkSpec("all planes but the ones", Design(input="all but ones")),
    "torus": NetworkSpec("all planes, a torus: no edge", Design(padding="torus")),
    "board-ones": NetworkSpec("the board of 1 and -1 and the ones", Design(input="board and ones", planes=FOUR)),
    "board-torus": NetworkSpec("the board of 1 and -1 on a torus: no edge", replace(_BOARD, padding="torus")),
}

_CONVOLUTIONAL_RATES: Final = (0.005, 0.01, 0.02, 0.04)
_FULL_RATES: Final = (0.0005, 0.001, 0.002, 0.004)
SEARCHED: Final = {
    BASELINE: _CONVOLUTIONAL_RATES,
    "cnn-board": _CONVOLUTIONAL_RATES,
    "fc-board-large": _FULL_RATES,
    "fc-planes-small": _FULL_RATES,
    "pool-2-head": (0.001, 0.003, 0.009),
    "local": (0.001, 0.004, 0.016),
}
NETWORKS: Final = _COMPARED | {
    f"{name} at {rate}": _COMPARED[name]._replace(title=f"{_COMPARED[name].title}, rate {rate}", own_rate=rate)
    for name, rates in SEARCHED.items()
    for rate in rates
}

CLAIMS: Final = (
    Claim(
        "a",
        "A convolutional network predicts moves much better than a fully connected one",
        (
            Statement("on all planes, the CNN against 3 fully connected layers of 1024", BASELINE, "fc-planes-large"),
            Statement("on all planes, the CNN against 2 fully connected layers of 512", BASELINE, "fc-planes-small"),
            Statement("on all planes, at equal FLOPs in training", BASELINE, "fc-planes-longer"),
            Statement("on the board, the CNN against 3 fully connected layers of 1024", "cnn-board", "fc-board-large"),
            Statement("on the board, the CNN against 2 fully connected layers of 512", "cnn-board", "fc-board-small"),
            Statement("on the board, at equal FLOPs in training", "cnn-board", "fc-board-longer"),
            Statement(
                "the CNN on the board only against a fully connected network on all planes",
                "cnn-board",
                "fc-planes-large",
            ),
        ),
    ),
    Claim(
        "b",
        "Patterns are much smaller than the board: a first layer of 5x5 is a good size",
        (
            Statement("5x5 against 3x3", BASELINE, "first-3"),
            Statement("3x3 against 1x1", "first-3", "first-1"),
            Statement("5x5 against 3x3 at equal FLOPs, by more filters", BASELINE, "first-3-wide"),
            Statement("5x5 against 1x1 at equal FLOPs, by more filters", BASELINE, "first-1-wide"),
            Statement("5x5 against 3x3 at equal FLOPs, by more layers", BASELINE, "first-3-deep"),
            Statement("5x5 against 3x3, on the board of 1 and -1", "cnn-board", "board-first-3"),
            Statement("3x3 against 1x1, on the board of 1 and -1", "board-first-3", "board-first-1"),
        ),
    ),
    Claim(
        "c",
        "Max pooling, good for photographs, is bad for Go",
        (
            Statement("no pooling against one, top-1", BASELINE, "pool-2"),
            Statement("no pooling against one, top-5", BASELINE, "pool-2", "top5"),
            Statement("one pooling against two, top-1", "pool-2", "pool-2-4"),
            Statement("no pooling against one at equal FLOPs, top-1", BASELINE, "pool-2-wide"),
            Statement("19x19 again for one more layer against only at the end, top-1", "pool-2", "pool-2-end"),
            Statement("fully connected head: no pooling against one, top-1", "head", "pool-2-head"),
            Statement("fully connected head: one pooling against two, top-1", "pool-2-head", "pool-2-4-head"),
            Statement("errors within one point: a larger share with pooling", "pool-2", BASELINE, "near"),
            Statement("right or within one point: no pooling against one", BASELINE, "pool-2", "within 1"),
            Statement("right or within one point: no pooling against two", BASELINE, "pool-2-4", "within 1"),
            Statement("errors within one point that stay in the pooled cell", "pool-2", BASELINE, "near in cell"),
            Statement(
                "the right point, given the right cell of 2x2: no pooling against one",
                BASELINE,
                "pool-2",
                "point in cell",
            ),
            Statement("the right cell of 2x2: no pooling against one", BASELINE, "pool-2", "cell"),
            Statement("moves on top of a stone: more with pooling", "pool-2", BASELINE, "on stones"),
        ),
    ),
    Claim(
        "d",
        "The same patterns appear in different regions, so weights are shared",
        (Statement("shared against not shared", "shared", "local"),),
    ),
    Claim(
        "e",
        "More planes help",
        (
            Statement(f"{TWELVE} planes against {FOUR}", "planes-12", "planes-4"),
            Statement(f"{TWENTY} planes against {TWELVE}", "planes-20", "planes-12"),
            Statement(f"all planes against {TWENTY}", BASELINE, "planes-20"),
        ),
    ),
    Claim(
        "f",
        "Zero padding with a plane of ones shows the edge of the board",
        (
            Statement("all planes: with the ones against without", BASELINE, "no-ones"),
            Statement("all planes: zero padding against no edge at all", BASELINE, "torus"),
            Statement("the board: with the ones against without", "board-ones", "cnn-board"),
            Statement("the board: zero padding without the ones against no edge at all", "cnn-board", "board-torus"),
        ),
    ),
)
SEARCH: Final = Claim(
    "r",
    "Each kind of network learns at a rate that suits it",
    (),
    tuple(f"{name} at {rate}" for name, rates in SEARCHED.items() for rate in rates),
)


def chosen_claims(letters: str | None) -> tuple[Claim, ...]:
    """Return the claims of letters such as "a,c", by default all but the search for rates; raises LessonError."""
    if letters is None:
        return CLAIMS
    wanted = [letter.strip() for letter in letters.split(",")]
    known = {claim.letter: claim for claim in (*CLAIMS, SEARCH)}
    for letter in wanted:
        if letter not in known:
            raise LessonError(f"--only {letters}: there is no claim {letter!r}, only {', '.join(known)}")
    return tuple(claim for letter, claim in known.items() if letter in wanted)


def networks_of(claims: tuple[Claim, ...]) -> list[str]:
    """Return the names of all networks that claims need, each once."""
    needed = {name for claim in claims for name in claim.networks}
    return [name for name in NETWORKS if name in needed]

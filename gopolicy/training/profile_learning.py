"""Learning a profile from games: only its numbers move, habits are counted, held-out games say what it is worth."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from gopolicy.features.batch import encode_positions
from gopolicy.nn.inference import Unpacker
from gopolicy.nn.network import PolicyNetwork, on_device
from gopolicy.prediction import Score
from gopolicy.profiles.habits import EARLY, Habits, count_habits, opening_replies
from gopolicy.profiles.profile import Profile, blank_profile, fuse_profile, make_profile
from gopolicy.records.corpus import Corpus
from gopolicy.training.config import TrainingError
from gopolicy.training.evaluation import sample_positions
from gopolicy.training.loader import batches
from gopolicy.training.move_bits import MoveBits, Moves, difference, measure
from gopolicy.training.order import Order
from gopolicy.training.profile_network import ProfileNetwork

ROUND: Final = 10_240  # positions between two measurements at most, else one pass
PATIENCE: Final = 2  # rounds without a better measurement after which learning ends
DECAY: Final = 0.9  # share of the learning rate that is gone in the end
SMOOTHING: Final = 10.0  # steps over which the averaged numbers look back in the beginning, for each step made


@dataclass(frozen=True)
class LearningConfig:
    """What decides how a profile is learned."""

    passes: float = 3.0
    """How often each position is learned from at most; 0 only counts habits."""
    positions: int = 0
    """How many positions to learn from at most, each time counted; 0 for no limit."""
    held_out: float = 0.15
    """Share of the games that is held out, by game."""
    measured: int = 2048
    """Moves of the held-out games to measure on at most."""
    batch: int = 256
    lr: float = 0.003
    weight_decay: float = 0.0
    averaging: float = 0.9
    seed: int = 1


@dataclass(frozen=True)
class Learned:
    """A profile, and how well moves of games that it did not learn from were predicted before and after.

    complete: with the habits of the profile too.  gain: bits a move that the profile saves, with the 95 % interval by
    game: (mean, low, high); complete_gain: the same with its habits.
    """

    profile: Profile
    before: Score
    after: Score
    complete: Score
    gain: tuple[float, float, float]
    complete_gain: tuple[float, float, float]


def split_games(corpus: Corpus, share: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (games to learn from, games held out), int64, as `Corpus.split` does, but neither side empty.

    Raises TrainingError if there are fewer than two games.
    """
    if len(corpus) < 2:
        raise TrainingError("only one game: give at least two, one to learn from and one to measure on")
    learned, held_out = corpus.split(share)
    if len(learned) and len(held_out):
        return learned, held_out
    order = np.argsort(corpus.index["digest"], kind="stable")
    count = min(max(1, round(share * len(corpus))), len(corpus) - 1)
    return np.sort(order[count:]), np.sort(order[:count])


def draw_games(corpus: Corpus, count: int, seed: int) -> Corpus:
    """Return `count` games of a corpus drawn at random, all if it has no more."""
    chosen = np.sort(np.random.default_rng(seed).permutation(len(corpus))[:count])
    return Corpus(corpus.index[chosen], corpus.all_events, corpus.players, corpus.header)


class ProfileLearner:
    """A profile in learning.

    positions: how many were learned from, each time counted.  The numbers are averaged over the last steps.
    """

    def __init__(
        self, base: PolicyNetwork, start: Profile, config: LearningConfig, device: torch.device, dtype: torch.dtype
    ) -> None:
        self.config, self.device, self.dtype = config, device, dtype
        self.network = on_device(ProfileNetwork(base, start), device)
        self._numbers = self.network.numbers()
        self._average = {name: number.detach().clone() for name, number in self._numbers.items()}
        self._optimizer = torch.optim.AdamW(
            self._numbers.values(), lr=config.lr, betas=(0.9, 0.98), weight_decay=config.weight_decay
        )
        self._unpacker = Unpacker(device, base.config.planes)
        self._steps = 0
        self.positions = 0

    def step(self, packed: Tensor, points: Tensor, symmetries: Tensor, factor: float = 1.0) -> None:
        """Learn from a batch, as `Batch` has it; factor: of the learning rate."""
        self._optimizer.param_groups[0]["lr"] = factor * self.config.lr
        planes = self._unpacker.unpack(packed, symmetries)
        with torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32):
            logits = self.network(planes)
        loss = functional.cross_entropy(logits.float(), self._unpacker.images(points, symmetries))
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
        self._optimizer.zero_grad()
        self._steps += 1
        self.positions += len(points)
        new = max(1 - self.config.averaging, 1 / (1 + self._steps / SMOOTHING))
        for name, average in self._average.items():
            average.lerp_(self._numbers[name].detach(), new)

    def profile(self) -> Profile:
        """Return the averaged numbers as a profile without a name, on the CPU."""
        return make_profile("", {name: average.cpu().clone() for name, average in self._average.items()})


def learn_profile(
    base: PolicyNetwork,
    corpus: Corpus,
    config: LearningConfig = LearningConfig(),  # noqa: B008 - frozen
    *,
    start: Profile | None = None,
    dtype: torch.dtype = torch.float32,
    on_progress: Callable[[int], object] = lambda count: None,
) -> Learned:
    """Return the profile of the targets of a corpus, nameless, and what games held out say of it.

    base: in evaluation mode on the device to compute on.  start: a profile to begin with, also one of another network
    of the same shape.  dtype: what the network computes in.  on_progress: called with numbers of positions.
    Raises TrainingError for fewer than two games.
    """
    learned_from, held_out = split_games(corpus, config.held_out)
    blank = blank_profile(base)
    moves = Moves.of(corpus, held_out, config.measured, config.seed)
    before = measure(base, moves, dtype=dtype)
    facts = replace(blank.facts, games=len(learned_from), held_out=len(moves))
    best, after, since = blank, before, 0
    for profile, positions in _rounds(base, corpus, learned_from, config, start or blank, dtype, on_progress):
        profile = replace(profile, facts=replace(facts, positions=positions))
        measured = measure(fuse_profile(base, profile), moves, dtype=dtype)
        since += 1
        if best is blank or measured.score.bits < after.score.bits:
            best, after, since = profile, measured, 0
        if since == PATIENCE:
            break
    best = replace(best, habits=habits_of(corpus, learned_from))
    complete = measure(fuse_profile(base, best), moves, habits=best.habits, dtype=dtype)
    return _judged(best, before, after, complete, moves)


def habits_of(corpus: Corpus, games: NDArray[np.int64], part: int = 256) -> Habits:
    """Return the habits of the targets of some games, encoded `part` games at a time."""
    found = []
    for first in range(0, len(games), part):
        which, moves = sample_positions(corpus, games[first : first + part], None, 0)
        early = moves < EARLY
        found.append(opening_replies(*encode_positions(corpus, which[early], moves[early])))
    return count_habits(np.concatenate(found))


def _rounds(
    base: PolicyNetwork,
    corpus: Corpus,
    games: NDArray[np.int64],
    config: LearningConfig,
    start: Profile,
    dtype: torch.dtype,
    on_progress: Callable[[int], object],
) -> Iterator[tuple[Profile, int]]:
    """Yield the profile after each round, and the positions learned from."""
    if not config.passes:
        yield start, start.facts.positions
        return
    order = Order(corpus, games, config.seed)
    batch = min(config.batch, order.positions)
    most = min(round(config.passes * order.positions), config.positions or 1 << 60)
    size = max(batch, min(order.positions, ROUND))
    learner = ProfileLearner(base, start, config, base.position_bias.device, dtype)
    with closing(batches(order, batch)) as source:
        for some in source:
            rounds = learner.positions // size
            learner.step(*some.tensors, factor=1 - DECAY * learner.positions / most)
            on_progress(len(some))
            ended = learner.positions + batch > most
            if learner.positions // size > rounds or ended:
                yield learner.profile(), learner.positions
            if ended:
                return


def _judged(profile: Profile, before: MoveBits, after: MoveBits, complete: MoveBits, moves: Moves) -> Learned:
    scores = before.score, after.score, complete.score
    facts = replace(
        profile.facts,
        bits_before=round(scores[0].bits, 4),
        bits_after=round(scores[1].bits, 4),
        top1_before=round(scores[0].top1, 4),
        top1_after=round(scores[1].top1, 4),
        bits_habits=round(scores[2].bits, 4),
        top1_habits=round(scores[2].top1, 4),
    )
    gains = (difference(moves, before.bits - with_it.bits) for with_it in (after, complete))
    return Learned(replace(profile, facts=facts), *scores, *gains)

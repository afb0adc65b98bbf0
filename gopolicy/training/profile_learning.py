"""Learning a profile from games: only its numbers move, habits are counted, held-out games say what it is worth."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gopolicy.features.batch import encode_positions
from gopolicy.nn.network import PolicyNetwork
from gopolicy.prediction import Score
from gopolicy.profiles.habits import EARLY, Habits, count_habits, opening_replies
from gopolicy.profiles.profile import Profile, blank_profile, check_fits, fuse_profile
from gopolicy.records.corpus import Corpus
from gopolicy.training.config import TrainingError
from gopolicy.training.evaluation import sample_positions
from gopolicy.training.move_bits import MoveBits, Moves, difference, measure
from gopolicy.training.profile_gradients import ProfileGradients, as_vector, block_sizes, from_vector
from gopolicy.training.profile_step import Evidence, improved

SHARES: Final = (1.0, 0.5, 0.25, 0.125)  # of a step to try, until the held-out games are predicted better


@dataclass(frozen=True)
class LearningConfig:
    """What decides how a profile is learned."""

    passes: int = 1
    """Steps at most, each from all positions; 0 only counts habits."""
    positions: int = 0
    """How many positions to learn from at most, drawn by the seed; 0 for no limit."""
    held_out: float = 0.15
    """Share of the games that is held out, by game."""
    measured: int = 2048
    """Moves of the held-out games to measure on at most."""
    batch: int = 256
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
    """Finds better numbers for a profile from moves.

    base: on the device to compute on.  start: where the prior of the numbers is.  dtype: what the network computes in.
    """

    def __init__(self, base: PolicyNetwork, start: Profile, config: LearningConfig, dtype: torch.dtype) -> None:
        self._base, self._start, self._config, self._dtype = base, as_vector(start), config, dtype
        self._prior: Tensor | None = None
        self._damping = 0.0

    def step(
        self,
        profile: Profile,
        corpus: Corpus,
        positions: tuple[NDArray[np.int64], NDArray[np.int64]],
        on_progress: Callable[[int], object] = lambda count: None,
    ) -> Tensor:
        """Return the numbers, as `as_vector` has them, that positions call for where a profile is now.

        positions: (games, moves), both int64 `[n]`, as `encode_positions` takes them.
        """
        evidence = self._gather(ProfileGradients(self._base, profile, self._dtype), corpus, positions, on_progress)
        if self._prior is None:
            self._prior = evidence.prior()
            self._damping = evidence.best_damping(self._prior)
        numbers, start = (tensor.to(self._prior.device) for tensor in (as_vector(profile), self._start))
        return improved(numbers, start, evidence, self._prior, self._damping).cpu()

    def _gather(
        self,
        gradients: ProfileGradients,
        corpus: Corpus,
        positions: tuple[NDArray[np.int64], NDArray[np.int64]],
        on_progress: Callable[[int], object],
    ) -> Evidence:
        evidence = Evidence(block_sizes(self._base), gradients.device)
        games, moves = positions
        for first in range(0, len(games), self._config.batch):
            part = slice(first, first + self._config.batch)
            planes, points = encode_positions(corpus, games[part], moves[part])
            found = gradients.of(torch.from_numpy(planes.view(np.uint8)), torch.from_numpy(points))
            evidence.add(found, torch.from_numpy(games[part]))
            on_progress(len(points))
        return evidence


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
    check_fits(base, start or blank)
    moves = Moves.of(corpus, held_out, config.measured, config.seed)
    before = measure(base, moves, dtype=dtype)
    facts = replace(blank.facts, games=len(learned_from), held_out=len(moves))
    begun = replace(start or blank, facts=blank.facts)
    positions = sample_positions(corpus, learned_from, config.positions or None, config.seed)
    learner = ProfileLearner(base, begun, config, dtype)

    def judge(profile: Profile) -> MoveBits:
        return measure(fuse_profile(base, profile), moves, dtype=dtype)

    best, after = begun, judge(begun) if start else before
    for number in range(1, config.passes + 1):
        wanted = learner.step(best, corpus, positions, on_progress)
        for share in SHARES:
            profile = from_vector(torch.lerp(as_vector(best), wanted, share), begun)
            measured = judge(profile)
            if measured.score.bits < after.score.bits:
                break
        else:
            break  # no part of the step is better
        best, after = profile, measured
        facts = replace(facts, positions=number * len(positions[0]))
    best = replace(best, facts=facts)
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

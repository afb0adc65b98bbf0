"""Moves of an archive that the network found improbable, ranked, and whether others played them too.

A search goes through the positions in the order of the corpus and keeps what surprised it; it can be stopped and
continued from a file.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from gopolicy.archive.exploration import Archive
from gopolicy.archive.local_shapes import count_games, shape_keys
from gopolicy.archive.position_index import corpus_fingerprint
from gopolicy.errors import GopolicyError
from gopolicy.features.batch import encode_positions
from gopolicy.files import write_file
from gopolicy.go.coords import BLACK, BOARD_SIZE, WHITE
from gopolicy.go.events import COLOR_SHIFT, SETUP, event_color
from gopolicy.nn.inference import Unpacker, average_probabilities
from gopolicy.policy.policy import Policy
from gopolicy.prediction import Candidate, JudgedMove, Prediction, Score, standings
from gopolicy.records.corpus import Corpus
from gopolicy.records.corpus_format import is_target
from gopolicy.records.selection import folded

BATCH: Final = 256
KEPT: Final = 3  # candidates beside each move
MOST: Final = 20_000  # moves kept
SAVE_SECONDS: Final = 20.0
REPEATED: Final = 3  # other games from which on a move counts as known


class SurpriseError(GopolicyError, ValueError):
    """A search that is not possible; the text says why and what to do."""


@dataclass(frozen=True)
class SurprisingMove:
    """A move that was improbable: the game of the corpus, its target from 0 on, and what was expected instead."""

    game: int
    target: int
    judged: JudgedMove

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "SurprisingMove":
        """Return what `asdict` made a dictionary of."""
        judged = values["judged"]
        candidates = tuple(Candidate(**candidate) for candidate in judged["candidates"])
        return cls(values["game"], values["target"], JudgedMove(**judged | {"candidates": candidates}))


@dataclass
class SurpriseSearch:
    """A search as far as it has come.

    facts: what it is a search of; done: positions judged; score: of all of them; found: the greatest surprises first;
    left_out: how many more there were than the MOST that are kept.
    """

    facts: dict[str, Any]
    done: int = 0
    score: Score = field(default_factory=Score)
    found: list[SurprisingMove] = field(default_factory=list)
    left_out: int = 0

    @classmethod
    def load(cls, path: Path, facts: dict[str, Any]) -> "SurpriseSearch":
        """Return the search that a file holds, a new one if there is none or it is a search of something else."""
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            if stored["facts"] != facts:
                return cls(facts)
            found = [SurprisingMove.from_dict(row) for row in stored["found"]]
            return cls(facts, stored["done"], Score(**stored["score"]), found, stored["left_out"])
        except (OSError, ValueError, KeyError, TypeError):
            return cls(facts)

    def save(self, path: Path) -> None:
        """Write the search; raises FileError."""
        write_file(path, json.dumps(asdict(self)))

    def keep(self, moves: list[SurprisingMove]) -> None:
        """Add moves; only the MOST surprising stay."""
        found = sorted([*self.found, *moves], key=lambda move: (-move.judged.bits, move.game, move.target))
        self.found, self.left_out = found[:MOST], self.left_out + len(found[MOST:])


def targets_of(corpus: Corpus, players: Sequence[str] = ()) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (games, targets), int64 `[n]`: the moves of players, or of all; raises SurpriseError for an unknown name.

    Names are compared without case and extra blanks.
    """
    names = [folded(name) for name in corpus.players]
    for player in players:
        if folded(player) not in names[1:]:
            close = get_close_matches(folded(player), names[1:], 3, 0.6)
            hint = f"; close: {', '.join(corpus.players[names.index(name)] for name in close)}" if close else ""
            raise SurpriseError(f"no player {player!r} in this corpus{hint}")
    wanted = {folded(player) for player in players}
    games, targets = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for game, entry in enumerate(corpus.index):
        sides = (BLACK, "black"), (WHITE, "white")
        colors = [color for color, side in sides if not wanted or names[int(entry[side])] in wanted]
        if not colors:
            continue
        events = corpus.events(game)
        movers = (events[is_target(events, int(entry["sides"]))] >> COLOR_SHIFT) & 3
        chosen = np.flatnonzero(np.isin(movers, colors))
        games.append(np.full(len(chosen), game))
        targets.append(chosen)
    return np.concatenate(games), np.concatenate(targets)


def search_facts(
    corpus: Corpus, policy: Policy, players: Sequence[str], symmetries: int, least_bits: float
) -> dict[str, Any]:
    """Return what a search must have in common with a stored one to go on from it."""
    parameters = sum(float(parameter.detach().double().sum()) for parameter in policy.network.parameters())
    model = f"{policy.name} {parameters:.12g}"
    return {
        "corpus": corpus_fingerprint(corpus),
        "model": model,
        "players": sorted(map(folded, players)),
        "symmetries": symmetries,
        "least bits": least_bits,
    }


def search(
    corpus: Corpus,
    policy: Policy,
    targets: tuple[NDArray[np.int64], NDArray[np.int64]],
    state: SurpriseSearch,
    *,
    dtype: torch.dtype = torch.float32,
    save_to: Path | None = None,
    on_progress: Callable[[int], object] | None = None,
) -> None:
    """Judge the targets that `state` has not judged yet; it is saved now and then, and when this ends.

    dtype: of the convolutions.  on_progress: called with the number of new positions.
    """
    saved = time.monotonic()
    try:
        while state.done < len(targets[0]):
            part = slice(state.done, state.done + BATCH)
            _judge(corpus, policy, targets[0][part], targets[1][part], state, dtype)
            if on_progress:
                on_progress(len(targets[0][part]))
            if save_to and time.monotonic() - saved > SAVE_SECONDS:
                state.save(save_to)
                saved = time.monotonic()
    finally:
        if save_to:
            state.save(save_to)


def _judge(
    corpus: Corpus,
    policy: Policy,
    games: NDArray[np.int64],
    numbers: NDArray[np.int64],
    state: SurpriseSearch,
    dtype: torch.dtype,
) -> None:
    planes, points = encode_positions(corpus, games, numbers)
    unpacker = Unpacker(policy.device, policy.network.config.planes)
    packed = torch.from_numpy(planes.view(np.uint8))
    symmetries = state.facts["symmetries"]
    found = average_probabilities(policy.network, unpacker, packed, symmetries, dtype=dtype).cpu().numpy()
    ranks, probabilities = standings(found, points)
    surprising = []
    for row in np.flatnonzero(probabilities < 2.0 ** -state.facts["least bits"]).tolist():
        game, target = int(games[row]), int(numbers[row])
        events, place = corpus.events(game), _place(corpus, game, target)
        turn = 1 + int((events[:place] < SETUP).sum())
        prediction = Prediction(found[row].reshape(BOARD_SIZE, BOARD_SIZE))
        color = event_color(int(events[place]))
        move = prediction.judge(int(points[row]), number=turn, color=color, top=KEPT)
        surprising.append(SurprisingMove(game, target, move))
    state.score.add(ranks, probabilities)
    state.keep(surprising)
    state.done += len(games)


@dataclass(frozen=True)
class Repetition:
    """In how many other games of an archive a move was played.

    positions: in the same position; shapes: in the same 9x9 surroundings, elsewhere on the board or at another time.
    """

    positions: int
    shapes: int

    @property
    def kind(self) -> str:
        """Known in this position, a known shape, or once: a slip or an idea of one's own."""
        if self.positions >= REPEATED:
            return "position"
        return "shape" if self.shapes >= REPEATED else "once"


def repetitions(
    archive: Archive,
    corpus: Corpus,
    moves: list[SurprisingMove],
    on_progress: Callable[[int], object] | None = None,
) -> list[Repetition]:
    """Return of each move how often other games of `archive` have it; copies of its own game do not count."""
    keys = shape_keys(corpus, np.array([move.game for move in moves], np.int64))
    shapes = np.array([keys[move.game][_place(corpus, move.game, move.target)] for move in moves], np.uint64)
    digests = np.array([corpus.index["digest"][move.game] for move in moves], np.uint64)
    counted = count_games(archive.corpus, shapes, digests, on_progress)
    return [
        Repetition(_games_with_move(archive, corpus, move), int(count))
        for move, count in zip(moves, counted, strict=True)
    ]


def _games_with_move(archive: Archive, corpus: Corpus, move: SurprisingMove) -> int:
    """Return in how many games but its own a move was played in its position."""
    (events, points, _, _), orbits = archive.turns(corpus.game_before(move.game, move.target)[0])
    numbers = np.searchsorted(archive.corpus.index["start"], events[points == orbits[move.judged.move]], "right") - 1
    digests = np.unique(archive.corpus.index["digest"][numbers])
    return int((digests != corpus.index["digest"][move.game]).sum())


def _place(corpus: Corpus, game: int, target: int) -> int:
    """Return the number of a target among the events of its game."""
    return int(np.flatnonzero(is_target(corpus.events(game), int(corpus.index["sides"][game])))[target])

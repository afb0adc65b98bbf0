"""What always holds of the planes, on random games with passes, fights, ko, late setup and two turns in a row."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_play import fight, play_choices, random_game

from gopolicy.features import encode, encode_record, unpack
from gopolicy.features.batch import encode_positions
from gopolicy.features.planes import FEATURES, OFFSETS
from gopolicy.features.symmetry import NUM_SYMMETRIES, image_tables, point_tables
from gopolicy.go import BLACK, EMPTY, WHITE, Game
from gopolicy.go import events as ev
from gopolicy.go.coords import opponent
from gopolicy.records import Record
from gopolicy.records.corpus import Corpus, CorpusError

CHOICES = st.lists(st.integers(0, 2**16 - 1), min_size=20, max_size=160)
GAMES = st.builds(play_choices, st.integers(2, 9), CHOICES)


def groups(game: Game) -> dict[str, np.ndarray]:
    """Return each feature's planes, int `[width, size * size]`."""
    planes = encode(game).reshape(-1, game.size**2).astype(int)
    return {f.name: planes[OFFSETS[f.name] : OFFSETS[f.name] + f.width] for f in FEATURES}


def both_sides(game: Game) -> list[Game]:
    other = game.copy()
    other.to_play = opponent(game.to_play)
    return [game, other]


@given(GAMES)
@settings(max_examples=150)
def test_invariants(game: Game) -> None:
    for position in both_sides(game):
        found = groups(position)
        colors, legal = position.board.colors.reshape(-1), position.legal_mask()
        assert (found["stone color"].sum(axis=0) == 1).all()
        assert np.array_equal(found["stone color"][2], colors == EMPTY)
        assert (found["ones"] == 1).all() and (found["zeros"] == 0).all()
        assert np.array_equal(found["turns since"].sum(axis=0), colors != EMPTY)
        assert np.array_equal(found["liberties"].sum(axis=0), colors != EMPTY)
        assert np.array_equal(found["liberties after move"].sum(axis=0), legal)
        assert np.array_equal(found["self-atari size"].sum(axis=0), found["liberties after move"][0])
        assert found["capture size"].sum(axis=0).max() <= 1
        assert (found["capture size"].sum(axis=0) <= legal).all()
        assert (found["sensibleness"] <= legal).all()
        assert (found["ladder escape"] <= legal * found["sensibleness"]).all()
        assert (found["ladder capture"] <= legal).all()
        for point in np.flatnonzero(found["ladder capture"]).tolist():
            assert any(
                position.board.color_at(neighbor) == opponent(position.to_play)
                and position.board.liberties(neighbor) == 2
                for neighbor in neighbors(point, position.size)
            )


def neighbors(point: int, size: int) -> list[int]:
    rows, columns = np.divmod(np.arange(size * size), size)
    return np.flatnonzero(abs(rows - point // size) + abs(columns - point % size) == 1).tolist()


@given(GAMES)
@settings(max_examples=60)
def test_encoding_changes_nothing(game: Game) -> None:
    before = game.copy()
    planes = encode(game)
    assert game.board == before.board and game.board.ko_point == before.board.ko_point
    assert np.array_equal(planes, encode(game)) and np.array_equal(planes, encode(before))
    assert np.array_equal(planes, encode_replayed(game.events, game))


def encode_replayed(events: np.ndarray, game: Game) -> np.ndarray:
    replayed = Game.from_events(game.size, events)
    replayed.to_play = game.to_play
    return encode(replayed)


@given(GAMES)
@settings(max_examples=60)
def test_swapping_the_colors_of_everything_changes_nothing(game: Game) -> None:
    colors = game.events >> ev.COLOR_SHIFT & 3
    swapped = np.where(colors == EMPTY, EMPTY, BLACK + WHITE - colors)
    other = Game.from_events(game.size, game.events ^ (colors ^ swapped) << ev.COLOR_SHIFT)
    other.to_play = opponent(game.to_play)
    assert np.array_equal(encode(other), encode(game))


def transformed(game: Game, symmetry: int) -> Game:
    """Return the game with every move and setup stone where `symmetry` carries it."""
    events = game.events
    points = events & ev.POINT_MASK
    images = np.append(image_tables(game.size)[symmetry], np.full(1024 - game.size**2, ev.NO_POINT))
    image = Game.from_events(game.size, (events & ~np.uint16(ev.POINT_MASK)) | images[points].astype(np.uint16))
    image.to_play = game.to_play
    return image


@given(GAMES)
@settings(max_examples=60)
def test_the_symmetries_commute_with_the_planes(game: Game) -> None:
    planes = encode(game).reshape(-1, game.size**2)
    for symmetry in range(NUM_SYMMETRIES):
        image = encode(transformed(game, symmetry)).reshape(-1, game.size**2)
        assert np.array_equal(image, planes[:, point_tables(game.size)[symmetry]])


@pytest.mark.parametrize("seed", range(6))
def test_the_symmetries_commute_on_the_full_board(seed: int) -> None:
    rng = random.Random(seed)
    for game in (random_game(rng, 19, 250), fight(rng, 19)):
        planes = encode(game).reshape(-1, 361)
        for symmetry in range(1, NUM_SYMMETRIES):
            image = encode(transformed(game, symmetry)).reshape(-1, 361)
            assert np.array_equal(image, planes[:, point_tables(19)[symmetry]])


def check_record(record: Record) -> None:
    """Every turn: the same planes from both functions, the target is the recorded point, and it was legal."""
    planes, targets = encode_record(record)
    assert planes.dtype == np.uint64 and planes.shape[:2] == (record.turns, 48) and targets.shape == (record.turns,)
    bytes_of = unpack(planes, record.size)
    after = OFFSETS["liberties after move"]
    for i, (game, move) in enumerate(record.replay()):
        assert np.array_equal(bytes_of[i], encode(game)), i
        assert targets[i] == (-1 if move is None else move)
        if move is not None:
            assert bytes_of[i, after : after + 8].reshape(8, -1)[:, move].sum() == 1


@given(GAMES)
@settings(max_examples=60)
def test_both_functions_give_the_same_planes(game: Game) -> None:
    check_record(Record(game.size, game.events))


@pytest.mark.parametrize("seed", range(8))
def test_both_functions_on_the_full_board(seed: int) -> None:
    rng = random.Random(seed)
    game = Game(19)
    game.place_handicap(2 + seed)
    for color, move in random_game(rng, 19, 150, setup=False).moves:
        if game.is_legal(move, color):
            game.play(move, color)
    check_record(Record(19, game.events))
    check_record(Record(19, random_game(rng, 19, 250).events))


def test_chosen_plies() -> None:
    record = Record(9, random_game(random.Random(3), 9, 120).events)
    planes, targets = encode_record(record)
    for plies in ([], [0], [record.turns - 1], [1, 5, 6, 40], list(range(record.turns))):
        some, points = encode_record(record, np.array(plies, np.int64))
        assert np.array_equal(some, planes[plies]) and np.array_equal(points, targets[plies])
    assert encode_record(Record(9, np.zeros(0, np.uint16)))[0].shape[0] == 0


def test_positions_of_many_games_in_any_order() -> None:
    rng = random.Random(8)
    games = [random_game(rng, 19, 120) for _ in range(4)]
    chosen_pairs = [(g, m) for g in range(4) for m in rng.sample(range(60), 25)]
    rng.shuffle(chosen_pairs)
    chosen = np.array(chosen_pairs, np.int64)
    corpus = Corpus.from_records(Record(19, game.events) for game in games)
    planes, points = encode_positions(corpus, chosen[:, 0], chosen[:, 1])
    for row, (number, move) in enumerate(chosen_pairs):
        record = Record(19, games[number].events)
        turns = [(game, point) for game, point in record.replay() if point is not None]
        assert points[row] == turns[move][1]
        assert np.array_equal(unpack(planes[row]), encode(turns[move][0]))


@pytest.mark.parametrize("wrong", [ev.move_event(BLACK, 0), ev.move_event(BLACK, 700), 3 << ev.COLOR_SHIFT | 5])
def test_a_game_that_is_not_what_its_entry_says_is_refused(wrong: int) -> None:
    corpus = Corpus.from_records([Record(19, np.array([ev.move_event(BLACK, 0), ev.move_event(WHITE, 1)], np.uint16))])
    corpus.all_events[1] = wrong  # occupied, off the board, of no color
    with pytest.raises(CorpusError, match="prepare the corpus again"):
        encode_positions(corpus, np.zeros(2, np.int64), np.arange(2))

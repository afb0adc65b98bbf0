"""The drawn positions with known answers: 196 values worked out by hand."""

import json
from pathlib import Path

import pytest

from gopolicy.features import encode
from gopolicy.features.planes import OFFSETS
from gopolicy.go import BLACK, WHITE, Game
from gopolicy.go.coords import parse_color, parse_sgf, row_column

POSITIONS = json.loads(Path(__file__).with_name("positions.json").read_text(encoding="utf-8"))
COLOR_VALUES = {"own": 0, "opp": 1, "empty": 2}
GROUPS = {
    "turns_since": "turns since",
    "liberties": "liberties",
    "capture_size": "capture size",
    "self_atari_size": "self-atari size",
    "liberties_after": "liberties after move",
}
SINGLES = {
    "ones": "ones",
    "zeros": "zeros",
    "ladder_capture": "ladder capture",
    "ladder_escape": "ladder escape",
    "sensibleness": "sensibleness",
}


def set_up(position):
    game = Game(19)
    stones = {parse_sgf(p, 19): BLACK for p in position["setup"]["black"]}
    stones |= {parse_sgf(p, 19): WHITE for p in position["setup"]["white"]}
    if stones:
        game.set_stones(stones)
    for color, point in position["moves"]:
        game.play(parse_sgf(point, 19), parse_color(color))
    game.to_play = parse_color(position["to_play"])
    return game


@pytest.mark.parametrize("position", POSITIONS, ids=lambda position: position["name"])
def test_expected_values(position):
    planes = encode(set_up(position))
    for expected in position["expect"]:
        column = planes[(slice(None), *row_column(parse_sgf(expected["point"], 19), 19))]
        group, value = expected["group"], expected["value"]
        if group == "colour":
            assert column[:3].tolist() == [int(i == COLOR_VALUES[value]) for i in range(3)], expected
        elif group in GROUPS:
            offset = OFFSETS[GROUPS[group]]
            assert column[offset : offset + 8].tolist() == [int(i == value - 1) for i in range(8)], expected
        else:
            assert column[OFFSETS[SINGLES[group]]] == value, expected


def test_there_are_196_values():
    assert sum(len(position["expect"]) for position in POSITIONS) == 196

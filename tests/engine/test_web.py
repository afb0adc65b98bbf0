"""The plane encoder for browsers against ours, under node: the drawn positions and real games."""

import base64
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import gopolicy
from gopolicy.features import NUM_PLANES, encode
from gopolicy.go.coords import parse_color, parse_sgf
from gopolicy.go.events import event_color, event_move, is_setup
from gopolicy.go.game import Game
from gopolicy.records import read_records

ENCODER = Path(gopolicy.__file__).parent / "engine" / "web" / "planes.js"
ROOT = Path(__file__).parent.parent.parent
POSITIONS = json.loads((ROOT / "tests" / "features" / "positions.json").read_text(encoding="utf-8"))
EVERY = 9  # positions of a game that are compared

RUN = """
import { readFileSync } from "node:fs";
import { Game, PLANES } from "./planes.mjs";
const pack = (planes) => {
  const bits = Buffer.alloc(Math.ceil(planes.length / 8));
  planes.forEach((bit, i) => { bits[i >> 3] |= bit << (i & 7); });
  return bits.toString("base64");
};
const answers = [];
for (const { setup, moves, wanted, toPlay } of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  const game = new Game();
  game.setStones(setup);
  for (let turn = 0; turn <= moves.length; turn++) {
    if (wanted.includes(turn)) {
      game.toPlay = toPlay ?? moves[turn][1];
      answers.push(pack(game.encode()));
    }
    if (turn < moves.length) game.play(...moves[turn]);
  }
}
process.stdout.write(JSON.stringify(answers));
"""


def node_planes(tasks, folder):
    """Return what the encoder gives for each wanted turn of each task: uint8 `[n, 48, 19, 19]`."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    shutil.copy(ENCODER, folder / "planes.mjs")
    (folder / "run.mjs").write_text(RUN)
    (folder / "tasks.json").write_text(json.dumps(tasks))
    command = [node, str(folder / "run.mjs"), str(folder / "tasks.json")]
    answers = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=300).stdout)
    bits = np.array([np.frombuffer(base64.b64decode(answer), np.uint8) for answer in answers])
    return np.unpackbits(bits, axis=1, count=NUM_PLANES * 361, bitorder="little").reshape(-1, NUM_PLANES, 19, 19)


def drawn_task(position):
    setup = [[parse_sgf(p, 19), color] for color, name in ((1, "black"), (2, "white")) for p in position["setup"][name]]
    moves = [[parse_sgf(point, 19), parse_color(color)] for color, point in position["moves"]]
    return {"setup": setup, "moves": moves, "wanted": [len(moves)], "toPlay": parse_color(position["to_play"])}


def record_task(record):
    """Return a task of every EVERY-th turn; None for a record that sets stones up after a move."""
    kinds = [is_setup(event) for event in record.events]
    stones = kinds.index(False) if False in kinds else len(kinds)
    if any(kinds[stones:]):
        return None
    point_and_color = [[event_move(event), event_color(event)] for event in record.events]
    moves = point_and_color[stones:]
    return {"setup": point_and_color[:stones], "moves": moves, "wanted": list(range(0, len(moves), EVERY))}


def our_planes(tasks):
    """Return what `encode` gives for the tasks."""
    found = []
    for task in tasks:
        game = Game()
        if task["setup"]:
            game.set_stones(dict(task["setup"]))
        for turn in range(len(task["moves"]) + 1):
            if turn in task["wanted"]:
                game.to_play = task.get("toPlay") or task["moves"][turn][1]
                found.append(encode(game))
            if turn < len(task["moves"]):
                game.play(*task["moves"][turn])
    return np.array(found)


def test_drawn_positions_are_encoded_alike(tmp_path):
    tasks = [drawn_task(position) for position in POSITIONS]
    assert np.array_equal(node_planes(tasks, tmp_path), our_planes(tasks))


def test_positions_of_games_are_encoded_alike(tmp_path):
    records = [next(read_records(ROOT / "data" / f"gnugo-{number:03}.sgf")) for number in range(1, 96, 12)]
    tasks = [task for task in map(record_task, records) if task]
    wanted = our_planes(tasks)
    assert len(wanted) > 100 and wanted[:, 44:46].any()
    assert np.array_equal(node_planes(tasks, tmp_path), wanted)

"""Make the game records of this folder: GNU Go 3.8 against itself, from varied openings.

Usage: python data/make_games.py FIRST LAST [--out DIR]    (game numbers, both included)

Each game is a function of its number alone, which seeds the opening, both levels and GNU Go itself;
number 3 and every fourth after it is a handicap game.  Needs `gnugo` on the PATH, gopolicy and sgfmill.
"""

import argparse
import random
import subprocess
from pathlib import Path

from sgfmill import sgf

from gopolicy.files import write_file

# Popular first points of a corner, as (line, line) counted from the corner's two edges.
CORNER_POINTS = [(4, 4)] * 5 + [(3, 4), (4, 3)] * 3 + [(3, 3), (3, 5), (5, 3), (5, 4), (4, 5)]
LETTERS = "ABCDEFGHJKLMNOPQRST"


class GnuGo:
    """One GNU Go process, driven by GTP."""

    def __init__(self, seed: int) -> None:
        self.process = subprocess.Popen(
            ["gnugo", "--mode", "gtp", "--chinese-rules", "--never-resign", "--seed", str(seed)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, command: str) -> str:
        """Send one command and return the answer's text; raise RuntimeError on a `?` answer."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        lines = []
        while (line := self.process.stdout.readline()) not in ("\n", ""):
            lines.append(line.rstrip())
        if not lines or not lines[0].startswith("="):
            raise RuntimeError(f"GNU Go answered {lines!r} to {command!r}")
        return "\n".join(lines)[1:].strip()


def opening_vertices(rng: random.Random) -> list[str]:
    """Return the first two to four moves: popular corner points, each in another corner, in random order."""
    corners = [(False, False), (False, True), (True, False), (True, True)]
    rng.shuffle(corners)
    vertices = []
    for far_column, far_row in corners:
        column, row = rng.choice(CORNER_POINTS)
        column, row = (20 - column if far_column else column), (20 - row if far_row else row)
        vertices.append(f"{LETTERS[column - 1]}{row}")
    return vertices[: rng.choice([2, 3, 4, 4])]


def to_sgf_move(vertex: str) -> tuple[int, int] | None:
    """Return sgfmill's (row from the bottom, column) for a GTP vertex, None for a pass."""
    if vertex.upper() == "PASS":
        return None
    return int(vertex[1:]) - 1, LETTERS.index(vertex[0].upper())


def play_game(number: int) -> bytes:
    """Return the record of game `number` as SGF bytes."""
    rng = random.Random(number)
    engine = GnuGo(seed=number)
    levels = {"b": rng.choice([1, 1, 2, 4, 6]), "w": rng.choice([1, 1, 2, 4, 6])}
    handicap = rng.choice([2, 3, 4, 5, 6, 9]) if number % 4 == 3 else 0
    komi = 0.5 if handicap else 7.5
    game = sgf.Sgf_game(19)
    root = game.get_root()
    root.set("AP", ("gopolicy data/make_games.py", "1"))
    root.set("PB", f"GNU Go 3.8 level {levels['b']}")
    root.set("PW", f"GNU Go 3.8 level {levels['w']}")
    root.set("RU", "Chinese")
    root.set("KM", komi)
    engine("boardsize 19")
    engine("clear_board")
    engine(f"komi {komi}")
    color = "b"
    if handicap:
        stones = engine(f"fixed_handicap {handicap}").split()
        root.set("HA", handicap)
        root.set("AB", [to_sgf_move(stone) for stone in stones])
        color = "w"
    opening = [] if handicap else opening_vertices(rng)
    passes = 0
    while passes < 2:
        if opening:
            vertex = opening.pop(0)
            engine(f"play {color} {vertex}")
        else:
            engine(f"level {levels[color]}")
            vertex = engine(f"genmove {color}")
        passes = passes + 1 if vertex.upper() == "PASS" else 0
        game.extend_main_sequence().set_move(color, to_sgf_move(vertex))
        color = "w" if color == "b" else "b"
    root.set("RE", engine("final_score"))
    engine("quit")
    return game.serialise()


def main() -> None:
    """Play the games asked for, skipping those already there; each file appears whole or not at all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    args = parser.parse_args()
    for number in range(args.first, args.last + 1):
        path = args.out / f"gnugo-{number:03}.sgf"
        if not path.exists():
            data = play_game(number)
            write_file(path, data)
            print(path.name, data.count(b";") - 1, "nodes", flush=True)


if __name__ == "__main__":
    main()

"""GNU Go's word on handicaps, legal moves and captures, over GTP."""

import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from random_play import random_game

from gopolicy.go.coords import BLACK, COLOR_NAMES, WHITE, handicap_points, opponent, parse_vertex, to_vertex

DEBIAN_PATH = "/usr/games/gnugo"  # not on the PATH of every user there


def find_gnugo() -> str | None:
    """Return the program's path, or None where it is not installed."""
    return shutil.which("gnugo") or (DEBIAN_PATH if Path(DEBIAN_PATH).exists() else None)


class GnuGo:
    """One GNU Go process."""

    def __init__(self, path: str) -> None:
        self.process = subprocess.Popen(
            [path, "--mode", "gtp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, *commands: str) -> list[str]:
        """Send commands at once and return the texts of their answers, all of which must be successes."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write("".join(command + "\n" for command in commands))
        self.process.stdin.flush()
        return [self._answer(command) for command in commands]

    def _answer(self, command: str) -> str:
        assert self.process.stdout
        lines: list[str] = []
        while (line := self.process.stdout.readline()).strip() or not lines:
            assert line, "GNU Go ended"
            lines.append(line)
        text = "".join(lines)
        assert text.startswith("="), f"{command}: {text}"
        return text[1:].strip()


@pytest.fixture(scope="module")
def gnugo() -> Iterator[GnuGo]:
    """A GNU Go process for one module's tests."""
    path = find_gnugo()
    if path is None:
        pytest.skip("gnugo is not installed")
    engine = GnuGo(path)
    yield engine
    engine.ask("quit")
    engine.process.wait()


@pytest.mark.parametrize("size", [19, 13, 9])
def test_fixed_handicap(gnugo: GnuGo, size: int) -> None:
    for stones in range(2, 10):
        answer = gnugo.ask(f"boardsize {size}", "clear_board", f"fixed_handicap {stones}")[-1]
        assert {parse_vertex(vertex, size) for vertex in answer.split()} == set(handicap_points(stones, size)), stones


def test_legal_moves_and_captures_on_200_positions(gnugo: GnuGo) -> None:
    rng = random.Random(200)
    for _ in range(200):
        size = rng.choice((5, 7, 9, 13, 19))
        game = random_game(rng, size, rng.randrange(2 * size * size), setup=False)
        plays = [f"play {COLOR_NAMES[color]} {to_vertex(move, size)}" for color, move in game.moves]
        gnugo.ask(f"boardsize {size}", "clear_board", *plays)
        for color in (BLACK, WHITE):
            vertices, captures = gnugo.ask(f"all_legal {COLOR_NAMES[color]}", f"captures {COLOR_NAMES[color]}")
            ours = {int(point) for point in game.legal_mask(color).nonzero()[0]}
            assert {parse_vertex(vertex, size) for vertex in vertices.split()} == ours
            assert int(captures) == game.board.captured(opponent(color))
            stones = gnugo.ask(f"list_stones {COLOR_NAMES[color]}")[0].split()
            assert sorted(parse_vertex(vertex, size) for vertex in stones) == [
                point for point in range(size * size) if game.board.color_at(point) == color
            ]

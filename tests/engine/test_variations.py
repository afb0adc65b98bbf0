"""The variations that are reported with candidates: each begins with its candidate, a pass among them or not."""

from fakes import UniformPolicy

from gopolicy.engine.candidates import PASS
from gopolicy.engine.variations import Variations
from gopolicy.go.coords import parse_vertex
from gopolicy.go.game import Game
from gopolicy.policy.continuations import extend_lines
from gopolicy.prediction import Candidate


def test_every_variation_begins_with_its_candidate():
    vertices = ("Q16", "D4", "K10")
    moves = [Candidate(parse_vertex(vertex, 19), vertex, 0.1, rank) for rank, vertex in enumerate(vertices, 2)]
    variations = Variations(Game(), [PASS, *moves], count=3)
    for _ in extend_lines(UniformPolicy({"Q3": 9}), variations.lines, length=2):
        pass
    assert [variations.vertices(candidate) for candidate in [PASS, *moves]] == [
        ["pass"],
        ["Q16", "Q3"],
        ["D4", "Q3"],
        ["K10"],
    ]

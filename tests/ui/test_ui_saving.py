"""Nothing is lost on save: what was not edited is written back as it was, read again by sgfmill."""

import pytest
from conftest import answer, point
from fake_network import FakeNetwork
from sgfmill.sgf_grammar import parse_sgf_game, text_value

# Setup, all markup, private and unknown properties, game information, times, judgments, two forks.
FULL = (
    "(;GM[1]FF[4]SZ[19]CA[UTF-8]AP[CGoban:3]PB[古力 [9p\\]]PW[Lee \\\\ Sedol]BR[9p]WR[9 dan]KM[375]HA[2]RU[Chinese]"
    "AB[pd][dp]RE[黑中盘胜]DT[2014-05-25,26]EV[Jubango]RO[5]PC[Lijiang]TM[14400]OT[5x60 byo-yomi]GN[Name]"
    "SO[Somewhere]US[me]AN[Ke Jie]CP[public]ON[Chinese]GC[A long\ncomment]ZZ[private][values]C[root: a\\]b \\: c]"
    ";W[dd]WL[7200.5]OW[5]C[line one\nline two]TR[dd]SQ[pd][dp]CR[aa:cc]MA[qq]SL[ss]LB[dd:A][pd:12]"
    "(;B[pq]BL[7100]TE[1]AR[aa:bb]LN[cc:dd]DD[aa:ss]KK[x];W[cq]DM[2]UC[1]GB[1](;B[qk])(;B[jj]N[node]V[3.5]))"
    "(;B[nc]BM[2]HO[1];W[]PL[B](;B[tt])(;AW[kk]AE[pd]AB[aa:bb]PM[2];W[ab]VW[])))"
)


def node_list(data):
    """Return every node's properties of the first game, depth first, as sgfmill reads them; a pass is ""."""
    return [{name: values_of(name, values) for name, values in node.items()} for node in nodes(parse_sgf_game(data))]


def values_of(name, values):
    plain = [text_value(value) for value in values]
    return [b"" if value == b"tt" else value for value in plain] if name in "BW" else plain


def nodes(coarse):
    waiting = [coarse]
    while waiting:
        tree = waiting.pop()
        yield from tree.sequence
        waiting += reversed(tree.children)


HEAD = {"FF", "GM", "CA", "SZ", "AP"}  # the format's own, written anew


def unchanged(before, after):
    """Return the properties that differ: (index of the node, identifier)."""
    assert len(before) == len(after)
    return [
        (i, name)
        for i, (old, new) in enumerate(zip(before, after, strict=True))
        for name in sorted(set(old) | set(new))
        if old.get(name) != new.get(name) and not (i == 0 and name in HEAD)
    ]


@pytest.fixture
def full(commands, tmp_path):
    path = tmp_path / "full.sgf"
    path.write_text(FULL, encoding="utf-8")
    commands.file.open_now(path)
    return path


def saved(commands, tmp_path):
    assert commands.file.save_to(tmp_path / "out.sgf")
    return node_list((tmp_path / "out.sgf").read_bytes())


def test_a_record_that_was_only_looked_at_is_saved_as_it_was(commands, full, tmp_path):
    before = node_list(full.read_bytes())
    answer(commands, FakeNetwork())
    for command in (commands.step.to_end, commands.step.next_variation, commands.step.back, commands.play.toggle_mode):
        command()
    assert unchanged(before, saved(commands, tmp_path)) == []


def test_a_move_that_is_added_changes_nothing_else(commands, session, full, tmp_path):
    before = node_list(full.read_bytes())
    commands.step.to_end()
    session.settings.human = "both"
    commands.click(point("R3"))
    after = saved(commands, tmp_path)
    added = next(i for i, node in enumerate(after) if b"qq" in node.get("W", node.get("B", [b""])))
    assert unchanged(before, after[:added] + after[added + 1 :]) == []


def test_deleting_reordering_and_restoring_changes_nothing_else(commands, full, tmp_path):
    before = node_list(full.read_bytes())
    commands.step.to_end()
    commands.tree.delete()
    commands.tree.restore()
    commands.step.next_variation()
    commands.tree.move_up()
    commands.tree.move_down()
    assert unchanged(before, saved(commands, tmp_path)) == []
    commands.tree.delete()
    after = saved(commands, tmp_path)
    gone = [node for node in before if node not in after[1:]][1:]
    assert [node.get("N") for node in gone] == [[b"node"]]


def test_moves_added_to_a_record_and_saved_stay_in_it(commands, session, full):
    session.settings.human = "both"
    commands.step.to_end()
    commands.click(point("K10"))
    commands.file.save()
    data = full.read_bytes()
    commands.play.take_back()
    commands.file.save()
    assert full.read_bytes() == data and session.cursor.following is not None

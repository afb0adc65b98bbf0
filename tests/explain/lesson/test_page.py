"""The lesson's page: its pictures, commands and options exist, and its tables are of networks that do."""

import argparse
import re
from pathlib import Path

import pytest

import gopolicy
from gopolicy.__main__ import build_parser
from gopolicy.explain.lesson.comparisons import NETWORKS

ROOM = Path(gopolicy.__file__).parent / "explain" / "lesson"
if not (ROOM / "README.md").exists():
    pytest.skip("the page is part of the repository, not of the installed package", allow_module_level=True)
PAGE = (ROOM / "README.md").read_text(encoding="utf-8")


def commands(parser):
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def test_its_pictures_are_there_and_small():
    names = re.findall(r"\]\((pictures/[^)]+)\)", PAGE)
    assert len(names) == 5
    assert all(0 < (ROOM / name).stat().st_size < 300_000 for name in names)


def test_its_commands_and_options_exist():
    known = dict(commands(build_parser()))
    for line in re.findall(r"gopolicy (compare [^#`\n]*(?:\n[^#`\n]+)?|explain [^#`\n]*)", PAGE):
        words = line.split()
        parser = known[words[0]]
        if words[0] == "explain":
            parser = dict(commands(parser))[words[1]]
        options = {option for action in parser._actions for option in action.option_strings}
        assert {word for word in words if word.startswith("--")} <= options, line


def test_its_tables_name_networks_as_they_are_called():
    titles = {spec.title for spec in NETWORKS.values()}
    lines = [line.split("|") for line in PAGE.splitlines() if line.startswith("| ")]
    named = {cells[1].strip() for cells in lines if re.fullmatch(r" [\d,]+ ", cells[2])}
    assert len(named) == 31 and named <= titles

"""A damaged game made readable: forgotten marks and brackets, stray text, and at worst the bare main line.

Text that sgfmill's grammar accepts is never touched.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from gopolicy.records.encoding import text_bytes
from gopolicy.records.grammar import grammar
from gopolicy.records.problems import BROKEN, RecordError
from gopolicy.records.tree_text import TEXT

# A value with its brackets; in it, a backslash takes the next character along.
VALUE: Final = r"\[[^\\\]]*+(?:\\.[^\\\]]*+)*+\]"

_PROPER_START = re.compile(r"\(\s*;")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_VALUE = re.compile(VALUE, re.DOTALL)
# A bracket closes free text only if what follows can follow a value; otherwise somebody forgot to escape it.
_WHOLE_TEXT = re.compile(
    r"\[(?:[^\\\]]++|\\.|\](?!\s*(?:[;()\[]|[A-Za-z][A-Za-z0-9]*\s*\[|[A-Z]{1,2}\s*[;()]|\Z)))*+\]", re.DOTALL
)
_OPENS_VALUE = re.compile(r"\s*+\[")
_ESCAPED_OR_BRACKET = re.compile(r"(\\.)|\]", re.DOTALL)
_OPENS_BRANCH = re.compile(r"\(\s*(?:;|(?=[A-Z]{1,2}\s*\[))")
_BARE_MOVE = re.compile(r";\s*([BW])\s*\[\s*([a-zA-Z]{0,2})\s*\]")
_BARE_PROPERTY = re.compile(rf"\b(SZ|GM|KM|HA|RE|PB|PW|BR|WR|DT|RU|AB|AW)\s*((?:{VALUE}\s*)+)", re.DOTALL)


def parse_tolerantly(text: str, warnings: list[str]) -> Any:
    """Return the sgfmill Coarse_game_tree of one game, repaired if need be, and say so in `warnings`.

    Raises RecordError if there is nothing to save.
    """
    problem: Exception | None = None
    if _PROPER_START.match(text):
        try:
            return _parsed(text)
        except ValueError as error:
            problem = error
    repairs = (_Mending().mend, "damaged SGF repaired"), (_main_line_only, "damaged SGF: main line only")
    for attempt, description in repairs:
        try:
            coarse = _parsed(attempt(text))
        except ValueError as error:
            problem = problem or error
        else:
            warnings.append(f"{description} ({problem or 'no ; before the first node'})")
            return coarse
    raise RecordError(f"{BROKEN}: {problem}")


def _parsed(text: str) -> Any:
    return grammar().parse_sgf_game(text_bytes(text))


@dataclass
class _Branch:
    """A variation that is being mended.

    node: the piece that begins its last node; closed: the variations behind that node that have ended; implied: it
    ends with the variation around it.
    """

    node: int
    closed: "list[_Branch]" = field(default_factory=list)
    implied: bool = False


class _Mending:
    """The text of a game with forgotten `;`, `]` and `)` added, brackets in comments escaped and stray text left out.

    A property behind variations is put into the node before them; nodes behind one variation continue it, behind
    several they are one more.
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._open: list[_Branch] = []
        self._is_tree: list[bool] = []  # for each open parenthesis, whether it is one of the tree or stray text

    def mend(self, text: str) -> str:
        position = 0
        while position < len(text):
            character = text[position]
            if branch := _OPENS_BRANCH.match(text, position):
                self._is_tree.append(True)
                self._begin(implied=False)
                position = branch.end()
            elif identifier := _IDENTIFIER.match(text, position):
                name = re.sub("[^A-Z]", "", identifier.group())
                values, position = _values(text, identifier.end(), _WHOLE_TEXT if name in TEXT else _VALUE)
                if values and name and self._open:
                    self._pieces[self._open[-1].node] += name + "".join(values)
            else:
                if character == "(":
                    self._is_tree.append(False)
                elif character == ")" and self._is_tree and self._is_tree.pop():
                    self._end()
                elif character == ";" and self._open:
                    self._begin_node()
                position = _values(text, position, _VALUE)[1] if character == "[" else position + 1
        while self._open:
            self._end()
        return "".join(self._pieces)

    def _begin(self, *, implied: bool) -> None:
        self._pieces.append("(;")
        self._open.append(_Branch(len(self._pieces) - 1, implied=implied))

    def _end(self) -> None:
        """End the innermost variation, and those that end with it."""
        while True:
            branch = self._open.pop()
            self._pieces.append(")")
            if self._open:
                self._open[-1].closed.append(branch)
            if not branch.implied or not self._open:
                return

    def _begin_node(self) -> None:
        while len(self._open[-1].closed) == 1:
            self._pieces.pop()  # its closing bracket
            branch = self._open[-1].closed.pop()
            branch.implied = True
            self._open.append(branch)
        if self._open[-1].closed:
            self._begin(implied=True)
        else:
            self._pieces.append(";")
            self._open[-1].node = len(self._pieces) - 1


def _values(text: str, position: int, pattern: re.Pattern[str]) -> tuple[list[str], int]:
    """Return the values from `position` on, each matching `pattern`, and where they end."""
    values: list[str] = []
    while opening := _OPENS_VALUE.match(text, position):
        if whole := pattern.match(text, opening.end() - 1):
            content, position = whole.group()[1:-1], whole.end()
        else:  # never closed: the text ends here, at best with the brackets of the tree
            content, position = text[opening.end() :].rstrip(") \r\n\\"), len(text)
        values.append("[" + _ESCAPED_OR_BRACKET.sub(lambda found: found.group(1) or r"\]", content) + "]")
    return values, position


def _main_line_only(text: str) -> str:
    """Return a record of the moves in the text, in its order, and of the information before them."""
    moves = list(_BARE_MOVE.finditer(text))
    head = text[: moves[0].start()] if moves else text
    information = "".join(name + values for name, values in _BARE_PROPERTY.findall(head))
    if not moves and not information:
        raise ValueError("no move and no information in it")
    return f"(;{information}" + "".join(f";{letter}[{value}]" for letter, value in (m.groups() for m in moves)) + ")"

"""Questions in the window: a title, entries to choose or adjust, perhaps a text.  State only, no pixels."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from unicodedata import category, normalize

from gopolicy.ui.model.language import tr

RECORD_ENDINGS: Final = (".sgf", ".corpus", ".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz")
LONGEST_TEXT: Final = 20_000


@dataclass
class Text:
    """A text that is typed, with a caret before its letter number `caret`.

    lines: whether it may have several.  safe: what may be thrown away unasked: what it was first, or what was told.
    """

    value: str = ""
    lines: bool = False
    caret: int = -1
    safe: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.caret = len(self.value) if self.caret < 0 else self.caret
        self.safe = self.value

    def type(self, text: str) -> bool:
        """Insert typed or pasted characters; return whether there was room for all."""
        wanted = "".join(map(self._kept, text))
        kept = wanted[: max(0, LONGEST_TEXT - len(self.value))]
        self.value = self.value[: self.caret] + kept + self.value[self.caret :]
        self.caret += len(kept)
        return kept == wanted

    def _kept(self, letter: str) -> str:
        """Return what is written for a letter: itself, a space for tabs and unwanted line ends, else nothing."""
        if letter == "\n" and self.lines:
            return letter
        return " " if letter in "\t\n" else letter if letter.isprintable() or category(letter) == "Zs" else ""

    def press(self, key: str) -> bool:
        """Do what a key named as in the key table does to a text; return whether it does anything."""
        moves = {"left": max(self.caret - 1, 0), "right": min(self.caret + 1, len(self.value)), **self._ends()}
        if key in moves:
            self.caret = moves[key]
        elif key == "backspace" and self.caret:
            self.value = self.value[: self.caret - 1] + self.value[self.caret :]
            self.caret -= 1
        elif key == "delete":
            self.value = self.value[: self.caret] + self.value[self.caret + 1 :]
        elif key == "enter" and self.lines:
            self.type("\n")
        elif key in ("up", "down") and self.lines:
            self._change_line(-1 if key == "up" else 1)
        else:
            return False
        return True

    def _ends(self) -> dict[str, int]:
        """Return the first and the last place of the caret's line."""
        end = self.value.find("\n", self.caret)
        return {"home": self.value.rfind("\n", 0, self.caret) + 1, "end": len(self.value) if end < 0 else end}

    def _change_line(self, by: int) -> None:
        """Go to the same place of the line above (-1) or below (1); to the text's start or end where there is none."""
        line, place = self.value.count("\n", 0, self.caret), self.caret - self._ends()["home"]
        lines = self.value.split("\n")
        if not 0 <= line + by < len(lines):
            self.caret = 0 if by < 0 else len(self.value)
        else:
            before = sum(len(text) + 1 for text in lines[: line + by])
            self.caret = before + min(place, len(lines[line + by]))


@dataclass
class Entry:
    """A line that can be chosen.

    act: runs at Enter or a click.  adjust: runs at Left (-1) and Right (+1).  value: what is set now, for showing.
    typed: takes characters while the entry is chosen, "" for Backspace, and whether they are the first since then.
    columns: what stands in the columns of a table, instead of the label.
    reason: why it does nothing now, "" if it does something.
    """

    label: str
    act: Callable[[], None] | None = None
    adjust: Callable[[int], None] | None = None
    value: Callable[[], str] = str
    typed: Callable[[str, bool], None] | None = None
    columns: tuple[str, ...] = ()
    reason: str = ""


@dataclass
class Dialog:
    """What is asked.

    text: what has been typed, None where nothing can be.
    accept: called with it at Enter; with several lines, at Ctrl+Enter.
    enter_act: runs at Enter instead of the chosen entry.  search: called after each change of the text.
    heads: over the columns of its entries, if it is a table.  light: a click beside it closes it.
    longest: the most entries there were before a search.
    composition: what an input method composes at the caret, no part of the text yet.
    edits: whether the text belongs to the record, so that it is accepted before anything takes the dialog's place.
    typing: whether characters have been typed since an entry was chosen or adjusted.
    """

    title: str
    note: str = ""
    entries: list[Entry] = field(default_factory=list)
    text: Text | None = None
    accept: Callable[[str], None] | None = None
    enter_act: Callable[[], None] | None = None
    search: Callable[[str], list[Entry]] | None = None
    chosen: int = 0
    heads: tuple[str, ...] = ()
    light: bool = False
    longest: int = 0
    composition: str = ""
    edits: bool = False
    typing: bool = False

    @property
    def field(self) -> Text | Entry | None:
        """What takes characters: the text, or the chosen entry; None where nothing does."""
        if self.text is not None:
            return self.text
        chosen = self.entries[self.chosen] if self.entries else None
        return chosen if chosen is not None and chosen.typed is not None else None

    def move(self, by: int) -> None:
        """Choose another entry; while a text is asked for, Enter accepts it, and no entry is to look chosen."""
        if self.text is not None and self.search is None:
            return
        self.typing = False
        if self.entries:
            self.chosen = (self.chosen + by) % len(self.entries)

    def adjust(self, by: int) -> None:
        """Change the chosen entry's value."""
        self.typing = False
        if self.entries and (change := self.entries[self.chosen].adjust):
            change(by)

    def enter(self) -> None:
        """Accept the text, or do what the chosen entry says; one that only has a value does what Enter does."""
        if self.text is not None and self.accept is not None:
            self.accept(self.text.value)
        elif self.text is None and self.entries and self.entries[self.chosen].act is not None:
            self.choose(self.chosen, 1)
        elif self.enter_act is not None:
            self.enter_act()
        elif self.entries:
            self.choose(self.chosen, 1)

    def choose(self, index: int, by: int) -> None:
        """Choose an entry, and do what it says or change it by `by`; what is being composed is typed before."""
        act = self.entries[index].act
        self.commit()
        self.typing = False
        self.chosen = min(index, len(self.entries) - 1)
        if act is not None:
            act()
        else:
            self.adjust(by)

    def type(self, text: str) -> None:
        """Take typed or pasted characters; an entry gets full-width digits, as Japanese has them, as plain ones."""
        self.composition = ""
        if self.text is not None:
            if not self.text.type(text):
                self.note = tr("The text is too long: its end was left out")
            self._search()
        elif self.entries and (typed := self.entries[self.chosen].typed) and text:
            typed(normalize("NFKC", text), not self.typing)
            self.typing = True

    def leave(self) -> bool:
        """Return whether it may close unanswered; a text of several lines that was changed is told of first."""
        text = self.text
        if text is None or not text.lines or text.value.strip() == text.safe.strip():
            return True
        text.safe, self.note = text.value, tr("Escape again throws away what was typed")
        return False

    def commit(self) -> None:
        """Type what is being composed."""
        if self.composition:
            self.type(self.composition)

    def press(self, key: str) -> bool:
        """Do what a key does to the text or to the chosen entry; return whether it does anything."""
        if self.text is not None and self.text.press(key):
            self._search()
            return True
        if self.text is None and key == "backspace" and self.entries and (typed := self.entries[self.chosen].typed):
            typed("", not self.typing)
            self.typing = True
            return True
        return False

    def _search(self) -> None:
        if self.search is not None and self.text is not None:
            self.longest = max(self.longest, len(self.entries))
            self.entries, self.chosen = self.search(self.text.value), 0


def ask_text(
    title: str,
    note: str,
    text: str,
    verb: str,
    accept: Callable[[str], None],
    cancel: Callable[[], None],
    *,
    lines: bool = False,
    edits: bool = False,
) -> Dialog:
    """Return a question for a text; `accept` is called with it at Enter or a click on `verb`.

    lines, edits: as of Text and Dialog.
    """
    typed = Text(text, lines)
    entries = [Entry(verb, act=lambda: accept(typed.value)), Entry(tr("Cancel"), act=cancel)]
    return Dialog(title, note, entries, typed, accept, edits=edits)


def file_list(
    folder: Path, open_file: Callable[[Path], None], enter: Callable[[Path], None], cancel: Callable[[], None]
) -> Dialog:
    """Return a dialog with the folders and records in `folder`; an unreadable folder shows only the way up."""
    try:
        found = sorted(folder.iterdir(), key=lambda path: (not path.is_dir(), path.name.lower()))
    except OSError:
        found = []
    entries = [Entry(tr(".. (folder above)"), act=lambda: enter(folder.parent))]
    if sum(path.name.lower().endswith(".sgf") for path in found) > 1:
        entries.append(Entry(tr("All games of this folder"), act=lambda: open_file(folder)))
    for path in found:
        if path.name.startswith("."):
            continue
        if path.is_dir():
            entries.append(Entry(path.name + "/", act=lambda path=path: enter(path)))  # type: ignore[misc]  # default
        elif path.name.lower().endswith(RECORD_ENDINGS):
            entries.append(Entry(path.name, act=lambda path=path: open_file(path)))  # type: ignore[misc]  # binds now
    entries.append(Entry(tr("Cancel"), act=cancel))

    def matching(text: str) -> list[Entry]:
        words = text.lower().split()
        return [entry for entry in entries if all(word in entry.label.lower() for word in words)]

    return Dialog(tr("Open a record"), str(folder), entries, Text(), search=matching, light=True)

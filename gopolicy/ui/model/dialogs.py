"""Questions in the window: a title, entries to choose or adjust, perhaps a line of text.  State only, no pixels."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

RECORD_ENDINGS: Final = (".sgf", ".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz")
LONGEST_TEXT: Final = 500


def _no_value() -> str:
    return ""


@dataclass
class Entry:
    """A line that can be chosen: `act` runs at Enter or a click, `adjust` at Left (-1) and Right (+1)."""

    label: str
    act: Callable[[], None] | None = None
    adjust: Callable[[int], None] | None = None
    value: Callable[[], str] = _no_value


@dataclass
class Dialog:
    """What is asked; `text` is what has been typed, None where nothing can be."""

    title: str
    note: str = ""
    entries: list[Entry] = field(default_factory=list)
    text: str | None = None
    accept: Callable[[str], None] | None = None
    chosen: int = 0

    def move(self, by: int) -> None:
        """Choose another entry."""
        if self.entries:
            self.chosen = (self.chosen + by) % len(self.entries)

    def adjust(self, by: int) -> None:
        """Change the chosen entry's value."""
        if self.entries and (change := self.entries[self.chosen].adjust):
            change(by)

    def enter(self) -> None:
        """Accept the text, or do what the chosen entry says."""
        if self.text is not None and self.accept is not None:
            self.accept(self.text)
        elif self.entries:
            entry = self.entries[self.chosen]
            if entry.act is not None:
                entry.act()
            elif entry.adjust is not None:
                entry.adjust(1)

    def type(self, text: str) -> None:
        """Add typed or pasted characters."""
        if self.text is not None:
            self.text = (self.text + "".join(letter for letter in text if letter.isprintable()))[:LONGEST_TEXT]

    def erase(self) -> None:
        """Remove the last character."""
        if self.text:
            self.text = self.text[:-1]


def ask_text(
    title: str, note: str, text: str, verb: str, accept: Callable[[str], None], cancel: Callable[[], None]
) -> Dialog:
    """Return a question for a line of text; `accept` is called with it at Enter or a click on `verb`."""
    dialog = Dialog(title, note, text=text, accept=accept)
    dialog.entries = [Entry(verb, act=lambda: accept(dialog.text or "")), Entry("Cancel", act=cancel)]
    return dialog


def file_list(folder: Path, open_file: Callable[[Path], None], enter: Callable[[Path], None]) -> Dialog:
    """Return a dialog with the folders and records in `folder`; an unreadable folder shows only the way up."""
    try:
        found = sorted(folder.iterdir(), key=lambda path: (not path.is_dir(), path.name.lower()))
    except OSError:
        found = []
    entries = [Entry(".. (folder above)", act=lambda: enter(folder.parent))]
    for path in found:
        if path.name.startswith("."):
            continue
        if path.is_dir():
            entries.append(Entry(path.name + "/", act=lambda path=path: enter(path)))  # type: ignore[misc]  # default
        elif path.name.lower().endswith(RECORD_ENDINGS):
            entries.append(Entry(path.name, act=lambda path=path: open_file(path)))  # type: ignore[misc]  # binds now
    return Dialog("Open a record", str(folder), entries)

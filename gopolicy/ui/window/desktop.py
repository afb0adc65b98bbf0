"""The desktop around the window: its clipboard and its file dialogs, by the tools that are there.

pygame's own clipboard is experimental, so the system's programs come first.  File dialogs are tkinter's, in
a process of their own, because two window toolkits in one process do not get along.
"""

import logging
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pygame

from gopolicy.records.encoding import readable
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.requests import AskForFileToOpen, AskWhereToSave

log = logging.getLogger(__name__)

COPIERS: Final = (["wl-copy"], ["xclip", "-selection", "clipboard"], ["xsel", "-b", "-i"], ["pbcopy"], ["clip"])
PASTERS: Final = (
    ["wl-paste", "--no-newline"],
    ["xclip", "-selection", "clipboard", "-o"],
    ["xsel", "-b", "-o"],
    ["pbpaste"],
    ["powershell", "-NoProfile", "-Command", "Get-Clipboard -Raw"],
)
PATIENCE: Final = 2.0  # seconds for a clipboard program
_TYPES: Final = ("text/plain;charset=utf-8", "UTF8_STRING", pygame.SCRAP_TEXT)
_DIALOG: Final = """
import sys, tkinter
from tkinter import filedialog
kind, folder, name, title, records, others = sys.argv[1:]
root = tkinter.Tk()
root.withdraw()
root.attributes("-topmost", True)
types = [(records, "*.sgf *.SGF *.zip *.tar *.tgz *.gz *.bz2 *.xz *.corpus"), (others, "*")]
if kind == "open":
    path = filedialog.askopenfilename(title=title, initialdir=folder, filetypes=types)
else:
    path = filedialog.asksaveasfilename(title=title, initialdir=folder, initialfile=name,
                                        defaultextension=".sgf", filetypes=[("SGF", "*.sgf"), (others, "*")])
sys.stdout.buffer.write(str(path or "").encode("utf-8"))
"""


class Clipboard:
    """The system's clipboard; what was copied here can at least be pasted here."""

    def __init__(self) -> None:
        self._own = ""

    def put(self, text: str) -> None:
        """Copy a text."""
        self._own = text
        data = readable(text).replace("\0", "\ufffd").encode("utf-8", "replace")
        for command in COPIERS:
            if _runs(command, data) is not None:
                return
        try:
            pygame.scrap.init()
            pygame.scrap.put(_TYPES[0], data)
        except (pygame.error, NotImplementedError, AttributeError) as error:
            log.debug("clipboard: %s", error)

    def get(self) -> str:
        """Return the text on the clipboard, "" if there is none."""
        for command in PASTERS:
            found = _runs(command)
            if found is not None:
                return found.decode("utf-8", "replace")
        try:
            pygame.scrap.init()
            for kind in _TYPES:
                data = pygame.scrap.get(kind)
                if data:
                    return data.decode("utf-8", "replace").rstrip("\0")
        except (pygame.error, NotImplementedError, AttributeError) as error:
            log.debug("clipboard: %s", error)
        return self._own


def _runs(command: list[str], data: bytes | None = None) -> bytes | None:
    """Run a clipboard program and return what it wrote, None if it is not there or fails."""
    path = shutil.which(command[0])
    if path is None:
        return None
    try:
        done = subprocess.run(
            [path, *command[1:]],
            input=data,
            stdout=subprocess.DEVNULL if data is not None else subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return (done.stdout or b"") if done.returncode == 0 else None


FileRequest = AskForFileToOpen | AskWhereToSave


class FileDialog:
    """The system's file dialog, in a process and a thread of its own: the window stays alive meanwhile.

    done: called from the thread with the request and the path, None if none was chosen;
    failed: called from it with the request where no dialog could be shown.
    """

    def __init__(self, done: Callable[[FileRequest, Path | None], None], failed: Callable[[FileRequest], None]) -> None:
        self._done, self._failed = done, failed
        self._busy = False

    def show(self, request: FileRequest, folder: Path) -> None:
        """Show the dialog; nothing happens while another one is open."""
        if not self._busy:
            self._busy = True
            threading.Thread(target=self._run, args=(request, folder), daemon=True).start()

    def _run(self, request: FileRequest, folder: Path) -> None:
        kind, name = ("save", request.name) if isinstance(request, AskWhereToSave) else ("open", "")
        try:
            title = tr("Open a record") if kind == "open" else tr("Save the record as")
            texts = [title, tr("Game records"), tr("All files")]
            command = [sys.executable, "-c", _DIALOG, kind, str(folder), name, *texts]
            answer = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        except OSError:
            self._failed(request)
            return
        finally:
            self._busy = False
        if answer.returncode != 0:
            self._failed(request)
        else:
            path = answer.stdout.decode("utf-8", "replace")
            self._done(request, Path(path) if path else None)

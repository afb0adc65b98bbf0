"""metrics.jsonl, the measurements of a run: one JSON object a line, appended as training goes."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gopolicy.files import write_file


class Metrics:
    """The measurements of a run in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._failed = False

    def clear(self) -> None:
        """Begin with no measurement; raises FileError."""
        write_file(self.path, "")

    def append(self, row: Mapping[str, Any]) -> None:
        """Add a line; where the file cannot be written, training goes on with one warning."""
        try:
            with open(self.path, "a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
        except OSError as error:
            if not self._failed:
                logging.getLogger(__name__).warning("%s: cannot be written: %s", self.path, error.strerror)
            self._failed = True

    def rows(self) -> list[dict[str, Any]]:
        """Return the measurements; lines that cannot be read, as a torn last one, are left out with one warning."""
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        rows = [_row(line) for line in lines if line.strip()]
        torn = sum(row is None for row in rows)
        if torn:
            logging.getLogger(__name__).warning("%s: %d unreadable lines left out", self.path, torn)
        return [row for row in rows if row is not None]

    def cut_back(self, step: int) -> None:
        """Drop what was measured after `step`, and unreadable lines: the run goes on from there; raises FileError."""
        kept = [row for row in self.rows() if row["step"] <= step]
        write_file(self.path, "".join(json.dumps(row) + "\n" for row in kept))


def _row(line: bytes) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) and isinstance(row.get("step"), int) and "positions" in row else None

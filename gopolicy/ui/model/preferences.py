"""What the window remembers from one time to the next: looks, strength, window size, the files opened last."""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import platformdirs

from gopolicy.files import FileError, write_file
from gopolicy.records.properties import is_komi
from gopolicy.ui.model.language import NAMES
from gopolicy.ui.model.settings import MOST_SHOWN, NUMBER_CHOICES, SEATS, THEME_NAMES, THRESHOLDS, Mode, Settings
from gopolicy.ui.model.tasks import Style

log = logging.getLogger(__name__)

MOST_RECENT: Final = 12
_LOOKS: Final = "theme coordinates numbers next_move sound top threshold human komi language".split()


@dataclass
class Preferences:
    """See the module.

    size: of the window in pixels, None at first.  folder: where a file was opened or saved last.
    recent: the files opened last, the latest first.  archive: the corpus opened last, "" for none.
    """

    size: tuple[int, int] | None = None
    folder: str = ""
    recent: list[str] = field(default_factory=list)
    looks: dict[str, Any] = field(default_factory=dict)
    archive: str = ""

    def opened(self, path: Path) -> None:
        """Note a file that was opened or saved."""
        text = str(path.absolute())
        self.folder = str(path.absolute().parent)
        self.recent = [text, *(other for other in self.recent if other != text)][:MOST_RECENT]

    def keep(self, settings: Settings) -> None:
        """Note the settings."""
        self.looks = {name: getattr(settings, name) for name in _LOOKS}
        self.looks["style"] = asdict(settings.style)
        self.looks["hints"] = {mode.value: asdict(hints) for mode, hints in settings.hints.items()}

    def apply(self, settings: Settings) -> None:
        """Set what was noted; what is not as it should be is left as it was."""
        looks = self.looks
        choices: dict[str, Sequence[object]] = {"theme": THEME_NAMES, "numbers": NUMBER_CHOICES, "human": tuple(SEATS)}
        choices |= {"threshold": THRESHOLDS, "top": range(1, MOST_SHOWN + 1), "language": tuple(NAMES)}
        for name, allowed in choices.items():
            if looks.get(name) in allowed and not isinstance(looks[name], bool):
                setattr(settings, name, looks[name])
        for name in ("coordinates", "next_move", "sound"):
            if isinstance(looks.get(name), bool):
                setattr(settings, name, looks[name])
        komi = looks.get("komi")
        if isinstance(komi, float) and is_komi(komi):
            settings.komi = komi
        self._apply_style(settings)
        self._apply_hints(settings)

    def _apply_style(self, settings: Settings) -> None:
        try:
            style = Style(**self.looks.get("style", {}))
            greedy = style.greedy_after
            if 0 <= style.temperature <= 10 and 0 < style.top_p <= 1 and (greedy is None or type(greedy) is int):
                settings.style = style
        except TypeError:
            log.debug("the strength that was kept is none: %r", self.looks.get("style"))

    def _apply_hints(self, settings: Settings) -> None:
        kept = self.looks.get("hints")
        for mode in (Mode.PLAY, Mode.REVIEW):
            hints = kept.get(mode.value) if isinstance(kept, dict) else None
            if isinstance(hints, dict) and all(isinstance(hints.get(n), bool) for n in ("shown", "heat", "labels")):
                settings.hints[mode].shown, settings.hints[mode].heat = hints["shown"], hints["heat"]
                settings.hints[mode].labels = hints["labels"]


def default_path() -> Path:
    """Return where preferences are kept: in the user's configuration folder of this system."""
    return Path(platformdirs.user_config_dir("gopolicy", appauthor=False)) / "window.json"


def load(path: Path) -> Preferences:
    """Return the preferences in a file, those of a first start where it is missing or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        size = found.get("size")
        good = isinstance(size, list) and len(size) == 2 and all(isinstance(n, int) and 200 <= n < 20000 for n in size)
        recent = [text for text in found.get("recent", []) if isinstance(text, str)]
        looks = found.get("looks", {})
        return Preferences(
            (size[0], size[1]) if good else None,
            str(found.get("folder", "")),
            recent[:MOST_RECENT],
            looks if isinstance(looks, dict) else {},
            str(found.get("archive", "")),
        )
    except (OSError, ValueError, AttributeError, TypeError) as error:
        log.debug("no preferences: %s", error)
        return Preferences()


def save(preferences: Preferences, settings: Settings, path: Path) -> None:
    """Write preferences, with the settings as they are, if they are not in the file already.

    Where that fails, they are not remembered.
    """
    preferences.keep(settings)
    if preferences == load(path):
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, json.dumps(asdict(preferences), indent=1))
    except (OSError, FileError) as error:
        log.debug("preferences are not kept: %s", error)

"""The buttons: under the board and under the panel, what they say, where they are, and whether they are on."""

from dataclasses import dataclass
from typing import Final

from gopolicy.ui.model.key_table import BAR, BY_NAME, TOOLS, TREE_BAR, Command
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode, Overlay
from gopolicy.ui.panels.geometry import Geometry, Rect, flow, grid
from gopolicy.ui.panels.tree_map import tree_bar

OVERLAY_BUTTONS: Final = {
    "explore.toggle_both": Overlay.BOTH,
    "explore.toggle_continuations": Overlay.CONTINUATIONS,
    "explore.toggle_planes": Overlay.PLANES,
    "explore.toggle_attribution": Overlay.ATTRIBUTION,
    "explore.toggle_territory": Overlay.TERRITORY,
}


@dataclass(frozen=True)
class Button:
    """A button of the bar; active: what it switches is on."""

    rect: Rect
    label: str
    call: Call
    active: bool = False


def buttons(session: Session, geometry: Geometry) -> list[Button]:
    """Return the buttons of the bar, as many as fit, and those under the panel."""
    if geometry.bar.h <= 0:
        return []
    labels = ["" if name == "|" else _label(session, BY_NAME[name]) for name in BAR]
    rects = flow(labels, geometry.bar, geometry.unit)
    placed = list(zip(BAR, rects, strict=True))
    if geometry.tree.h > 0:
        placed += zip(TREE_BAR, tree_bar([BY_NAME[name].label for name in TREE_BAR], geometry), strict=True)
    placed += zip(TOOLS, grid(len(TOOLS), geometry.tools, geometry.unit), strict=True)
    return [
        Button(rect, _label(session, BY_NAME[name]), Call(name), _is_on(session, name))
        for name, rect in placed
        if name != "|" and rect.w > 0
    ]


def _label(session: Session, command: Command) -> str:
    if command.name == "play.toggle_mode":
        return "play" if session.mode is Mode.REVIEW else "review"
    if command.name == "see.toggle_labels":
        return f"top {session.settings.top}"
    if command.name == "window.enter" and session.mode in (Mode.COUNT, Mode.GUESS):
        return "accept" if session.mode is Mode.COUNT else "go on"
    return command.label


def _is_on(session: Session, name: str) -> bool:
    hints = session.hints
    states = {
        "see.toggle_hints": hints.shown,
        "see.toggle_heat": hints.shown and hints.heat,
        "see.toggle_labels": hints.shown and hints.labels,
        "guess.toggle": session.mode is Mode.GUESS,
        "count.toggle": session.mode is Mode.COUNT,
        "look.help": session.screen.help_open,
    }
    return states.get(name, False) or OVERLAY_BUTTONS.get(name) is session.view.overlay

"""The buttons: what they say, where they are, whether they are on, and why some cannot be used now."""

from dataclasses import dataclass
from typing import Final

from gopolicy.ui.model.availability import OVERLAYS, why_not
from gopolicy.ui.model.key_table import BAR, BY_NAME, TABS, TOOLS, TREE_BAR, shown_keys
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode, Overlay
from gopolicy.ui.panels.geometry import Geometry, Rect, flow, row_of, rows_of
from gopolicy.ui.panels.placing import sections_of
from gopolicy.ui.panels.tree_map import has_head, tree_bar

TAB_NAMES: Final = {"look.show_comment": "comment", "look.show_tree": "tree", "look.show_surprise": "surprise"}


@dataclass(frozen=True)
class Button:
    """A button; active: what it switches is on the board.  reason: why it cannot be used now, "" if it can."""

    rect: Rect
    label: str
    call: Call
    active: bool = False
    reason: str = ""

    @property
    def tip(self) -> tuple[str, str]:
        """What it does: its key with a sentence, and why it cannot be used now."""
        command = BY_NAME[self.call.name]
        text = tr(command.text)
        text = text[0].upper() + text[1:]
        return f"{text}  ({shown_keys(command)})", self.reason


def buttons(session: Session, geometry: Geometry) -> list[Button]:
    """Return the buttons of the bar, as many as fit, those under the panel and the tabs in it."""
    if geometry.bar.h <= 0:
        return []
    labels = ["" if name == "|" else _label(session, name) for name in BAR]
    placed = list(zip(BAR, flow(labels, geometry.bar, geometry.unit), strict=True))
    if geometry.tools.h > 0:
        for names, row in zip(TOOLS, rows_of(len(TOOLS), geometry.tools, geometry.unit), strict=True):
            rects = row_of([_label(session, name) for name in names], row, geometry.unit)
            placed += zip(names, rects, strict=True)
    if geometry.tree.h > 0 and has_head(geometry):
        placed += zip(TREE_BAR, tree_bar([_label(session, name) for name in TREE_BAR], geometry), strict=True)
    if geometry.panel.h > 0 and (tabs := sections_of(session, geometry).tabs).h > 0:
        placed += zip(TABS, row_of([_label(session, name) for name in TABS], tabs, geometry.unit), strict=True)
    return [
        Button(rect, _label(session, name), Call(name), _is_on(session, name), why_not(session, name))
        for name, rect in placed
        if name != "|" and rect.w > 0
    ]


def _label(session: Session, name: str) -> str:
    if name == "play.toggle_mode":
        return tr("Review") if session.mode is Mode.PLAY else tr("Play")
    if name == "window.enter" and session.mode in (Mode.COUNT, Mode.GUESS):
        return tr("Accept") if session.mode is Mode.COUNT else tr("Go on")
    if name == "look.show_surprise" and session.view.overlay is Overlay.ARCHIVE:
        return tr("Games")  # of the archive, in its place
    return tr(BY_NAME[name].label)


def _is_on(session: Session, name: str) -> bool:
    """Return whether what a button switches can be seen."""
    hints, bare = session.hints, session.view.overlay is Overlay.NONE
    states = {
        "see.toggle_heat": session.hints_visible and hints.heat and bare,
        "see.toggle_labels": session.hints_visible and hints.labels and bare,
        "guess.toggle": session.mode is Mode.GUESS,
        "edit.toggle": session.mode is Mode.EDIT,
        "count.toggle": session.mode is Mode.COUNT,
        "look.help": session.screen.help_open,
        "profiles.ask_player": bool(session.settings.profile),
    }
    on_tab = name in TAB_NAMES and TAB_NAMES[name] == session.screen.tab
    return states.get(name, False) or on_tab or OVERLAYS.get(name) is session.view.overlay

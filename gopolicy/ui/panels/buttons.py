"""The buttons: what they say, where they are, whether they are on, and why some cannot be used now."""

from dataclasses import dataclass
from typing import Final

from gopolicy.go.coords import BOARD_SIZE
from gopolicy.ui.model.key_table import BAR, BY_NAME, TABS, TOOLS, TREE_BAR, shown_keys
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode, Overlay
from gopolicy.ui.panels.geometry import Geometry, Rect, flow, row_of, rows_of
from gopolicy.ui.panels.placing import sections_of
from gopolicy.ui.panels.tree_map import has_head, tree_bar

OVERLAYS: Final = {
    "explore.toggle_both": Overlay.BOTH,
    "explore.toggle_continuations": Overlay.CONTINUATIONS,
    "explore.toggle_planes": Overlay.PLANES,
    "explore.toggle_attribution": Overlay.ATTRIBUTION,
    "explore.toggle_territory": Overlay.TERRITORY,
    "profiles.toggle": Overlay.COMPARE,
    "archive.toggle": Overlay.ARCHIVE,
}
TAB_NAMES: Final = {"look.show_comment": "comment", "look.show_tree": "tree", "look.show_surprise": "surprise"}
BACKWARD: Final = ("step.to_start", "step.back_ten", "step.back")
FORWARD: Final = ("step.forward", "step.forward_ten", "step.to_end")


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
    }
    on_tab = name in TAB_NAMES and TAB_NAMES[name] == session.screen.tab
    return states.get(name, False) or on_tab or OVERLAYS.get(name) is session.view.overlay


def why_not(session: Session, name: str) -> str:
    """Return why a command does nothing now, "" if it does something."""
    cursor = session.cursor
    if name in BACKWARD or name == "play.take_back":
        return "" if cursor.node.parent is not None else tr("this is the start")
    if name in FORWARD:
        return "" if cursor.following is not None or cursor.can_redo else tr("this is the end")
    if name == "play.ask_to_resign":
        ends = session.mode is Mode.PLAY and not session.is_over and not session.node_has_next
        return "" if ends else tr("only a game that is being played can be resigned")
    if name == "play.pass_turn":
        return "" if session.mode in (Mode.PLAY, Mode.REVIEW) else tr("not while scoring, guessing or editing")
    if name == "guess.toggle":
        asks = session.node_has_next or session.mode is Mode.GUESS
        return "" if asks else tr("the record has no move after this one")
    if name == "window.enter" and session.mode in (Mode.PLAY, Mode.REVIEW):
        over = session.document.decided and not session.node_has_next
        return tr("the game is over") if over else session.why_no_hints()
    if name in TREE_BAR:
        return _why_not_in_tree(session, name)
    if name in OVERLAYS or name.startswith("see."):
        if session.hides_answers:
            return tr("not while scoring, editing or before a guess")
        alone = name in ("explore.toggle_planes", "archive.toggle") and session.game.size == BOARD_SIZE
        return "" if alone else session.why_no_hints()
    return ""


def _why_not_in_tree(session: Session, name: str) -> str:
    node, fork = session.cursor.node, session.cursor.fork
    if name == "tree.delete":
        return "" if node.parent is not None else tr("the start of the record cannot be deleted")
    if name == "tree.make_main_line":
        return "" if session.tree.main_line() != session.cursor.line else tr("this is the main line")
    if fork is None or fork.parent is None:
        return tr("no variation here")
    siblings = fork.parent.children
    if name == "tree.move_up":
        return "" if siblings[0] is not fork else tr("this is the first variation")
    return "" if siblings[-1] is not fork else tr("this is the last variation")

"""Whether a command does anything now, and why not: for buttons, the menu and clicks."""

from typing import Final

from gopolicy.go.coords import BOARD_SIZE
from gopolicy.ui.model.key_table import TREE_BAR
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.practicing import why_no_problem
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode, Overlay

OVERLAYS: Final = {
    "explore.toggle_both": Overlay.BOTH,
    "explore.toggle_continuations": Overlay.CONTINUATIONS,
    "explore.toggle_planes": Overlay.PLANES,
    "explore.toggle_attribution": Overlay.ATTRIBUTION,
    "explore.toggle_territory": Overlay.TERRITORY,
    "profiles.toggle": Overlay.COMPARE,
    "archive.toggle": Overlay.ARCHIVE,
}
PROFILES: Final = ("profiles.toggle", "profiles.ask_other", "profiles.ask_player")
BACKWARD: Final = ("step.to_start", "step.back_ten", "step.back")
FORWARD: Final = ("step.forward", "step.forward_ten", "step.to_end")


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
    if name.startswith("practice."):
        return why_no_problem(session) or session.why_no_hints()
    if name in PROFILES and session.network_name and not session.profiles:
        return tr("this network has no profiles")
    if name in ("profiles.ask_player", "start.as_white"):
        return session.why_no_hints()
    if name in OVERLAYS or name in ("profiles.ask_other", "archive.mark_region") or name.startswith("see."):
        if session.hides_answers:
            return tr("not while scoring, editing or before a guess")
        alone = (
            name in ("explore.toggle_planes", "archive.toggle", "archive.mark_region")
            and session.game.size == BOARD_SIZE
        )
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

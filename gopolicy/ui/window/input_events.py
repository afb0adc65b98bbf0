"""Events to commands: each key press, click and turn of the wheel becomes one command.

Which key calls what stands in `key_table`; where something is, in the panels.
"""

from pathlib import Path
from typing import Final

import pygame

from gopolicy.go.coords import Point
from gopolicy.ui.model.availability import why_not
from gopolicy.ui.model.command_groups import CommandGroups
from gopolicy.ui.model.dialogs import Dialog
from gopolicy.ui.model.key_table import BY_KEY, STEP, Command
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.settings import Overlay
from gopolicy.ui.panels import tree_map
from gopolicy.ui.panels.boxes import dialog_box
from gopolicy.ui.panels.buttons import buttons
from gopolicy.ui.panels.geometry import Geometry
from gopolicy.ui.panels.graph import number_at
from gopolicy.ui.panels.lower_panel import scroll_of
from gopolicy.ui.panels.placing import geometry_of, sections_of
from gopolicy.ui.panels.rows import Row
from gopolicy.ui.panels.side_panel import panel_rows

LISTED: Final = (
    Overlay.PLANES,
    Overlay.CONTINUATIONS,
    Overlay.ATTRIBUTION,
    Overlay.ARCHIVE,
)  # with a list to go up and down in
SCROLLING: Final = ("comment", "surprise")  # tabs
HELP: Final = ("look.help", "look.hold_help")
DOUBLE_CLICK: Final = 0.35  # seconds
LEFT, MIDDLE, RIGHT = 1, 2, 3
NAMES: Final = {
    pygame.K_LEFT: "left",
    pygame.K_RIGHT: "right",
    pygame.K_UP: "up",
    pygame.K_DOWN: "down",
    pygame.K_HOME: "home",
    pygame.K_END: "end",
    pygame.K_PAGEUP: "page up",
    pygame.K_PAGEDOWN: "page down",
    pygame.K_RETURN: "enter",
    pygame.K_KP_ENTER: "enter",
    pygame.K_BACKSPACE: "backspace",
    pygame.K_TAB: "tab",
    pygame.K_SPACE: "space",
    pygame.K_ESCAPE: "escape",
    pygame.K_DELETE: "delete",
    pygame.K_KP_PLUS: "+",
    pygame.K_KP_MINUS: "-",
    **{getattr(pygame, f"K_F{number}"): f"f{number}" for number in range(1, 13)},
}
# The keys of signs that need Shift or AltGr, on English, Japanese, German, Spanish, Nordic and French keyboards: what a
# key types is known only while text is read.
SIGNS: Final = {
    **dict.fromkeys(("shift+/", "shift+ß", "shift+'", "shift++", "shift+,"), "?"),
    **dict.fromkeys(("shift+=", "shift+;"), "+"),
    **dict.fromkeys(("altgr+8", "altgr+`", "altgr+5"), "["),
    **dict.fromkeys(("altgr+9", "altgr++", "altgr+)"), "]"),
}
SHIFTS: Final = (pygame.K_LSHIFT, pygame.K_RSHIFT)
REPEATING: Final = (STEP,)  # groups whose keys repeat while they are held


def key_name(event: pygame.event.Event) -> str:
    """Return the name of a pressed key as the key table writes it.

    AltGr, which Windows reports as Ctrl and Alt, is no Ctrl: the key types a sign.
    """
    name = NAMES.get(event.key, chr(event.key) if 32 < event.key < 256 else "")
    modifiers = event.mod
    control = modifiers & (pygame.KMOD_CTRL | pygame.KMOD_META)
    alt_gr = modifiers & (pygame.KMOD_MODE | pygame.KMOD_RALT) or control and modifiers & pygame.KMOD_ALT
    prefix = "ctrl+" if control and not alt_gr else "altgr+" if alt_gr and event.key not in NAMES else ""
    prefix += "shift+" if modifiers & pygame.KMOD_SHIFT else ""
    return SIGNS.get(prefix + name, prefix + name) if name else ""


class EventHandler:
    """Turns events into calls of `commands`.

    size: the window's in pixels.  reads_text: whether what is typed comes as text; if not yet, it is taken from keys.
    """

    def __init__(self, commands: CommandGroups, size: tuple[int, int]) -> None:
        self.commands = commands
        self.session = commands.session
        self.size = size
        self.reads_text = True
        self._with_control = False  # whether a key is held together with Ctrl
        self._down: dict[int, Command | None] = {}
        self._down_in: dict[int, Dialog] = {}  # the keys that were pressed while a dialog was open, by that dialog
        self._last_click: tuple[float, Point | None] = (-10.0, None)
        self._place = (-1, -1)
        self._shift = self._drags = self._in_graph = False  # where the button that is held was pressed

    @property
    def geometry(self) -> Geometry:
        """The layout at the moment."""
        return geometry_of(self.session, *self.size)

    def handle(self, event: pygame.event.Event) -> None:
        """Do what an event asks for; events that mean nothing here are ignored."""
        if event.type in (pygame.KEYDOWN, pygame.KEYUP) and event.key in SHIFTS:
            self._shift = event.type == pygame.KEYDOWN
        elif event.type == pygame.KEYDOWN:
            self._key_down(event)
        elif event.type == pygame.KEYUP:
            self._key_up(event.key)
        elif event.type == pygame.TEXTINPUT:
            self._type(event.text)
        elif event.type == pygame.TEXTEDITING:
            self._compose(event)
        elif event.type == pygame.MOUSEBUTTONUP and event.button == LEFT:
            self._release()
        elif event.type == pygame.MOUSEMOTION:
            self._move(*event.pos, pressed=bool(event.buttons[0]))
        elif event.type == pygame.MOUSEBUTTONDOWN:
            self._press(event.button, *event.pos)
        elif event.type == pygame.MOUSEWHEEL:
            self._wheel(event.x, event.y)
        elif event.type == pygame.VIDEORESIZE:
            self.size = event.size
            self.session.screen.touch()
        elif event.type == pygame.DROPFILE:
            self.commands.file.open_path(Path(event.file))
        elif event.type == pygame.QUIT:
            self.commands.look.quit()
        elif event.type in (pygame.WINDOWLEAVE, pygame.WINDOWFOCUSLOST):
            self._leave(event.type)

    def _call(self, name: str, *arguments: int) -> None:
        self.commands.call(Call(name, arguments))

    # Keys

    def _key_down(self, event: pygame.event.Event) -> None:
        self._with_control = key_name(event).startswith("ctrl+")
        if self.session.screen.dialog is not None:
            self._dialog_key(event)
            return
        if event.key in self._down_in:
            return  # held since a dialog that it closed
        name = key_name(event)
        command = BY_KEY.get(name)
        repeated = event.key in self._down
        self._down[event.key] = command
        if command is None or (repeated and command.group not in REPEATING):
            return
        if self.session.screen.help_open and command.name not in HELP:
            self.session.screen.show_help(False)
            return
        if command.held:
            self._call(command.name, True)
        elif command.ranked:
            self._call(command.name, int(name[-1]))
        else:
            self._call(command.name)

    def _key_up(self, key: int) -> None:
        self._with_control = False
        self._down_in.pop(key, None)
        command = self._down.pop(key, None)
        if command is not None and command.held:
            self._call(command.name, False)

    def _dialog_key(self, event: pygame.event.Event) -> None:
        dialog = self.session.screen.dialog
        assert dialog is not None
        if dialog.composition:
            return  # the key is the input method's
        held = event.key in self._down_in
        if event.key in self._down or self._down_in.setdefault(event.key, dialog) is not dialog:
            return  # held since before it opened
        name = key_name(event)
        if name == "escape":
            if not held:
                self.commands.look.escape()
        elif dialog.press(name):
            pass
        elif name in ("enter", "ctrl+enter"):
            dialog.enter()
        elif name in ("up", "down", "page up", "page down"):
            dialog.move({"up": -1, "down": 1, "page up": -10, "page down": 10}[name])
        elif name in ("left", "right"):
            dialog.adjust(-1 if name == "left" else 1)
        elif name in ("ctrl+v", "ctrl+q", "f11"):
            self._call(BY_KEY[name].name)
        elif not self.reads_text:
            self._type(event.unicode)
        self.session.screen.touch()

    def _type(self, text: str) -> None:
        """Take typed characters, but those of a key that is held with Ctrl, or since before the dialog opened."""
        dialog = self.session.screen.dialog
        held = {chr(key) for key in self._down if key < 1 << 20}
        if dialog is not None and not self._with_control and text.lower() not in held:
            dialog.type(text)
            self.session.screen.touch()

    def _compose(self, event: pygame.event.Event) -> None:
        """Show what an input method composes; on Linux, SDL sends a long composition in parts."""
        dialog = self.session.screen.dialog
        if dialog is not None and dialog.field is not None:
            is_part = event.length == len(event.text)
            dialog.composition = (dialog.composition[: event.start] if is_part else "") + event.text
            self.session.screen.touch()

    def _leave(self, kind: int) -> None:
        """The mouse has left the window, or the keyboard has: nothing is hovered, no key is held."""
        if kind == pygame.WINDOWFOCUSLOST:
            self._shift = self._with_control = False
            if self.session.screen.dialog is not None:
                self.session.screen.dialog.composition = ""
            self._release()
            for key in [*self._down, *self._down_in]:
                self._key_up(key)
        self.session.screen.point_at(None, None)

    # The mouse

    def _move(self, x: int, y: int, *, pressed: bool) -> None:
        geometry = self.geometry
        call = self._call_at(x, y, geometry)
        free = self.session.screen.dialog is None and not self.session.screen.help_open
        self._place = (x, y)
        self.session.screen.point_at(geometry.point(x, y) if free else None, call, self.session.clock())
        if self._drags and free and (point := geometry.point(x, y)) is not None:
            self.commands.archive.drag_region(point)
        if pressed and self._in_graph and free and geometry.graph.holds(x, y) and call is not None:
            self.commands.call(call)

    def _call_at(self, x: int, y: int, geometry: Geometry) -> Call | None:
        """Return what a click beside the board would do."""
        box = dialog_box(self.session, geometry)
        if box is not None:
            return _first_call(box.rows, x, y)
        if self.session.screen.help_open:
            return None
        for button in buttons(self.session, geometry):
            if button.rect.holds(x, y):
                return button.call
        if geometry.tree.holds(x, y):
            return tree_map.call_at(self.session, geometry, x, y)
        if geometry.panel.holds(x, y):
            return _first_call(panel_rows(self.session, geometry), x, y)
        number = number_at(self.session, geometry, x, y)
        return None if number is None else Call("step.to_number", (number,))

    def _in_dialog(self, x: int, y: int, geometry: Geometry) -> bool:
        box = dialog_box(self.session, geometry)
        return box is not None and box.rect.holds(x, y)

    def _press(self, button: int, x: int, y: int) -> None:
        if button not in (LEFT, MIDDLE, RIGHT):
            return  # pygame sends a press for each turn of the wheel, too
        geometry = self.geometry
        call = self._call_at(x, y, geometry)
        point = geometry.point(x, y)
        self._in_graph = button == LEFT and geometry.graph.holds(x, y)
        if self.session.screen.dialog is not None:
            if call is not None and button in (LEFT, RIGHT):
                index, by = call.arguments
                self.commands.choose_entry(index, by if button == LEFT else -by)
            elif self.session.screen.dialog.light and not self._in_dialog(x, y, geometry):
                self.commands.look.escape()
        elif self.session.screen.help_open:
            self.commands.look.help()
        elif button == LEFT and call is not None:
            self._click_beside(call)
        elif button == LEFT and point is not None and self._marks:
            self._drags = True
            self.commands.archive.begin_region(point)
        elif button == LEFT and point is not None:
            now = self.session.clock()
            double = self._last_click[1] == point and now - self._last_click[0] < DOUBLE_CLICK
            self._last_click = (now, point)
            self.commands.click(point, double=double)
        elif button == RIGHT and point is not None:
            self.commands.play.take_back()
        elif button == MIDDLE and point is not None:
            self.commands.explore.add_line()

    @property
    def _marks(self) -> bool:
        """Whether a press on the board begins a region of the archive."""
        archive = self.session.archive
        asked = archive is not None and archive.is_marking and self.session.view.overlay is Overlay.ARCHIVE
        return self._shift or asked

    def _release(self) -> None:
        """The left button is up: what was dragged is a region."""
        self._in_graph = False
        if self._drags:
            self._drags = False
            self.commands.archive.end_region()

    def _click_beside(self, call: Call) -> None:
        """Run a command that was clicked, or say why it does nothing now."""
        reason = why_not(self.session, call.name)
        if reason:
            self.session.screen.say(reason)
        else:
            self.commands.call(call)

    def _scrolls(self, turns: int) -> bool:
        """Scroll the tab that is shown if the mouse is over it and it scrolls; return whether it was."""
        geometry, screen = self.geometry, self.session.screen
        lower = sections_of(self.session, geometry).lower
        if screen.tab not in SCROLLING or not lower.holds(*self._place):
            return False
        screen.scrolled[screen.tab] = scroll_of(self.session, lower, geometry.unit).above
        screen.scroll(-3 * turns)
        return True

    def _wheel(self, aside: int, turns: int) -> None:
        dialog = self.session.screen.dialog
        pointing = self.session.screen.pointing
        if dialog is None and self.session.screen.help_open:
            return
        if dialog is None and self.geometry.tree.holds(*self._place):
            self._scroll_tree(aside, -turns)
            return
        if dialog is None and self._scrolls(turns):
            return
        for _ in range(min(abs(turns), 10)):
            if dialog is not None:
                dialog.move(-1 if turns > 0 else 1)
                self.session.screen.touch()
            elif pointing is not None and self.session.view.overlay in LISTED:
                self.commands.step.previous_variation() if turns > 0 else self.commands.step.next_variation()
            else:
                self._call(BY_KEY["wheel up" if turns > 0 else "wheel down"].name)

    def _scroll_tree(self, aside: int, down: int) -> None:
        """Scroll the tree: down, or along it where it has no more rows than are in view."""
        columns, rows = tree_map.view_size(self.geometry)
        view = self.session.tree_view
        if view.layout.rows <= rows:
            aside, down = aside + 3 * down, 0
        view.scroll(aside, down, columns, rows)
        self.session.screen.touch()


def _first_call(rows: list[Row], x: int, y: int) -> Call | None:
    """Return what a click at a pixel does, by the first row that does anything there."""
    return next((call for row in rows if (call := row.call_at(x, y)) is not None), None)

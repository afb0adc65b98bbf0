"""The one table of keys and buttons: what is pressed, which command it calls, and what help says.

Keys are written as people read them: `ctrl+shift+s`, `left`, `f1`, `wheel up`.  The window turns events into
them, help and the buttons print them.
"""

from typing import Final, NamedTuple


class Command(NamedTuple):
    """A row of the table.

    name: of the command, see `command_groups`; keys: any of them; text: what help says.
    label: of its button, "" for none.
    held: called with True when the key goes down and with False when it comes up.
    ranked: called with the digit that was pressed.
    """

    group: str
    name: str
    keys: tuple[str, ...]
    text: str
    label: str = ""
    held: bool = False
    ranked: bool = False


MOVE, GAME, SEE, EXPLORE = "Step", "Play", "See", "Explore"
TREE, FILES, WINDOW = "Variations", "Records", "Window"
DIGITS: Final = tuple("123456789")

COMMANDS: Final = (
    Command(MOVE, "step.to_start", ("home", "ctrl+left"), "to the start", "|<"),
    Command(MOVE, "step.back_ten", ("page up", "shift+left"), "ten moves back", "<<"),
    Command(MOVE, "step.back", ("left", "wheel up"), "one move back", "<"),
    Command(MOVE, "step.forward", ("right", "wheel down"), "one move forward", ">"),
    Command(MOVE, "step.forward_ten", ("page down", "shift+right"), "ten moves forward", ">>"),
    Command(MOVE, "step.to_end", ("end", "ctrl+right"), "to the end", ">|"),
    Command(MOVE, "step.previous_variation", ("up",), "previous variation"),
    Command(MOVE, "step.next_variation", ("down",), "next variation"),
    Command(MOVE, "step.ask_number", ("ctrl+g",), "go to a move number"),
    Command(MOVE, "step.next_surprise", ("n",), "next surprising move"),
    Command(MOVE, "step.previous_surprise", ("shift+n",), "surprising move before"),
    Command(GAME, "play.take_back", ("backspace", "ctrl+z", "u"), "take back (right click)", "take back"),
    Command(GAME, "play.pass_turn", ("p",), "pass", "pass"),
    Command(GAME, "play.ask_to_resign", ("ctrl+r",), "resign", "resign"),
    Command(GAME, "window.enter", ("enter",), "network moves; accept", "net move"),
    Command(GAME, "play.toggle_mode", ("tab",), "play / review", "review"),
    Command(GAME, "count.toggle", ("c",), "count the board", "count"),
    Command(GAME, "start.ask", ("ctrl+n",), "new game", "new"),
    Command(GAME, "start.ask_strength", ("f2",), "how the network plays", "strength"),
    Command(SEE, "see.toggle_hints", ("space",), "all hints on / off", "hints"),
    Command(SEE, "see.peek", ("z",), "hold: the other way round", held=True),
    Command(SEE, "see.toggle_heat", ("r", "h"), "heat map", "heat"),
    Command(SEE, "see.toggle_labels", ("e",), "labeled candidates", "top"),
    Command(SEE, "see.more", ("+", "="), "one candidate more"),
    Command(SEE, "see.fewer", ("-",), "one candidate less"),
    Command(SEE, "see.raise_threshold", ("]",), "only more likely candidates"),
    Command(SEE, "see.lower_threshold", ("[",), "less likely ones too"),
    Command(SEE, "see.select", DIGITS, "point out candidate 1-9", ranked=True),
    Command(SEE, "see.play_candidate", tuple(f"shift+{digit}" for digit in DIGITS), "play it", ranked=True),
    Command(EXPLORE, "explore.hold_both", ("b",), "hold: what both colors expect", held=True),
    Command(EXPLORE, "explore.toggle_both", ("shift+b",), "both colors, to stay", "both"),
    Command(EXPLORE, "explore.toggle_continuations", ("l",), "likely continuations", "lines"),
    Command(EXPLORE, "explore.toggle_planes", ("v",), "what the network is given", "planes"),
    Command(EXPLORE, "explore.toggle_attribution", ("w",), "why there: what made it likely", "why"),
    Command(EXPLORE, "explore.toggle_territory", ("t",), "territory, an estimate", "territory"),
    Command(EXPLORE, "guess.toggle", ("g",), "guess the moves", "guess"),
    Command(EXPLORE, "guess.toggle_hard", ("shift+g",), "guess only the hard ones"),
    Command(TREE, "tree.toggle", ("ctrl+t",), "variation tree"),
    Command(TREE, "tree.move_up", ("ctrl+up",), "move this variation up", "up"),
    Command(TREE, "tree.move_down", ("ctrl+down",), "move it down", "down"),
    Command(TREE, "tree.make_main_line", ("ctrl+shift+up",), "make it the main line", "main"),
    Command(TREE, "tree.delete", ("delete",), "delete from this move on", "delete"),
    Command(TREE, "tree.restore", ("ctrl+shift+z",), "put back what was deleted"),
    Command(FILES, "file.open", ("ctrl+o", "ctrl+l"), "open (or drop a file)", "open"),
    Command(FILES, "file.save", ("ctrl+s",), "save", "save"),
    Command(FILES, "file.save_as", ("ctrl+shift+s",), "save under another name"),
    Command(FILES, "file.copy", ("ctrl+c",), "copy as SGF"),
    Command(FILES, "file.paste", ("ctrl+v",), "paste SGF"),
    Command(FILES, "file.previous_game", ("ctrl+page up",), "previous game or file"),
    Command(FILES, "file.next_game", ("ctrl+page down",), "next game or file"),
    Command(WINDOW, "look.toggle_coordinates", ("k",), "coordinates"),
    Command(WINDOW, "look.cycle_numbers", ("m",), "move numbers"),
    Command(WINDOW, "look.toggle_next_move", ("q",), "ring on the next move"),
    Command(WINDOW, "look.plain_board", ("f12",), "board only"),
    Command(WINDOW, "look.full_screen", ("f11",), "full screen"),
    Command(WINDOW, "look.next_theme", ("f10",), "colors"),
    Command(WINDOW, "look.toggle_sound", ("f9",), "sounds"),
    Command(WINDOW, "look.help", ("f1", "?"), "these keys", "?"),
    Command(WINDOW, "look.hold_help", ("x",), "hold: these keys", held=True),
    Command(WINDOW, "look.escape", ("escape",), "close, stop, back"),
    Command(WINDOW, "look.quit", ("ctrl+q",), "close; keeps the game"),
)
BY_NAME: Final = {command.name: command for command in COMMANDS}
BY_KEY: Final = {key: command for command in COMMANDS for key in command.keys}

# The button bar under the board, "|" for a gap; what does not fit is left out, from the right end on.
BAR: Final = (
    "step.to_start step.back_ten step.back step.forward step.forward_ten step.to_end | "
    "play.take_back play.pass_turn play.ask_to_resign window.enter | "
    "play.toggle_mode count.toggle look.help | file.open file.save start.ask start.ask_strength"
).split()
# The buttons under the panel: what to see.
TOOLS: Final = (
    "see.toggle_hints see.toggle_heat see.toggle_labels guess.toggle explore.toggle_both "
    "explore.toggle_continuations explore.toggle_planes explore.toggle_attribution explore.toggle_territory"
).split()
# The buttons in the head of the variation tree.
TREE_BAR: Final = "tree.move_up tree.move_down tree.make_main_line tree.delete".split()


def groups() -> dict[str, list[Command]]:
    """Return the commands by group, in the order of the table."""
    result: dict[str, list[Command]] = {}
    for command in COMMANDS:
        result.setdefault(command.group, []).append(command)
    return result


def shown_keys(command: Command) -> str:
    """Return a command's keys as help prints them: Ctrl+Left, 1-9."""
    if command.ranked:
        return command.keys[0][:-1].title() + "1-9"
    return " or ".join(_shown(key) for key in command.keys[:2])


def _shown(key: str) -> str:
    if len(key) == 1:
        return key.upper()
    words = key.replace("page up", "PgUp").replace("page down", "PgDn").split("+")
    return "+".join(word[0].upper() + word[1:] for word in words)

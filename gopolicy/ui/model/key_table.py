"""The one table of keys and buttons: what is pressed, which command it calls, and what help says.

Keys are written as people read them: `ctrl+shift+s`, `left`, `f1`, `wheel up`.  The window turns events into
them, help and the buttons print them.
"""

from typing import Final, NamedTuple

from gopolicy.ui.model.language import tr


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


STEP, PLAY, SEE, EXPLORE, EDIT, FILES, WINDOW = "Step", "Play", "See", "Explore", "Edit", "Records", "Window"
DIGITS: Final = tuple("123456789")
LONGEST_KEYS: Final = 12  # letters of two keys beside each other in help

COMMANDS: Final = (
    Command(STEP, "step.to_start", ("home", "ctrl+left"), "to the start", "|<"),
    Command(STEP, "step.back_ten", ("page up", "shift+left"), "ten moves back", "<<"),
    Command(STEP, "step.back", ("left", "wheel up"), "one move back", "<"),
    Command(STEP, "step.forward", ("right", "wheel down"), "one move forward", ">"),
    Command(STEP, "step.forward_ten", ("page down", "shift+right"), "ten moves forward", ">>"),
    Command(STEP, "step.to_end", ("end", "ctrl+right"), "to the end", ">|"),
    Command(STEP, "step.previous_variation", ("up",), "previous variation"),
    Command(STEP, "step.next_variation", ("down",), "next variation"),
    Command(STEP, "step.ask_number", ("ctrl+g",), "go to a move number"),
    Command(STEP, "step.next_surprise", ("n",), "next surprising move"),
    Command(STEP, "step.previous_surprise", ("shift+n",), "surprising move before"),
    Command(PLAY, "play.toggle_mode", ("tab",), "play or review", "Review"),
    Command(PLAY, "play.take_back", ("backspace", "ctrl+z", "u"), "take back (right click)", "Take back"),
    Command(PLAY, "play.pass_turn", ("p",), "pass (twice: score)", "Pass"),
    Command(PLAY, "play.ask_to_resign", ("ctrl+r",), "resign", "Resign"),
    Command(PLAY, "count.toggle", ("c",), "score the position", "Score"),
    Command(PLAY, "window.enter", ("enter",), "network moves; accept", "Network moves"),
    Command(PLAY, "start.ask", ("ctrl+n",), "new game", "New game"),
    Command(PLAY, "start.ask_strength", ("f2",), "how the network plays", "Strength"),
    Command(PLAY, "profiles.ask_player", ("shift+f2",), "whom the network plays like", "Play like"),
    Command(SEE, "see.toggle_hints", ("space",), "all hints on or off"),
    Command(SEE, "see.peek", ("z",), "hold: hints reversed", held=True),
    Command(SEE, "see.toggle_labels", ("e",), "candidates", "Candidates"),
    Command(SEE, "see.toggle_heat", ("r", "h"), "heat map, from 1 %", "Heat map"),
    Command(SEE, "see.more", ("+", "="), "one candidate more"),
    Command(SEE, "see.fewer", ("-",), "one candidate less"),
    Command(SEE, "see.raise_threshold", ("]",), "raise the least percent"),
    Command(SEE, "see.lower_threshold", ("[",), "lower the least percent"),
    Command(SEE, "see.select", DIGITS, "point out candidate 1-9", ranked=True),
    Command(SEE, "see.play_candidate", tuple(f"shift+{digit}" for digit in DIGITS), "play it", ranked=True),
    Command(EXPLORE, "explore.toggle_continuations", ("l",), "likely continuations", "Continuations"),
    Command(EXPLORE, "explore.toggle_both", ("shift+b",), "expected of both colors", "Both sides"),
    Command(EXPLORE, "explore.hold_both", ("b",), "hold: the same", held=True),
    Command(EXPLORE, "explore.toggle_attribution", ("w",), "what made a move likely", "Why"),
    Command(EXPLORE, "explore.toggle_territory", ("t",), "territory, an estimate", "Territory"),
    Command(EXPLORE, "explore.toggle_planes", ("v",), "input planes", "Planes"),
    Command(EXPLORE, "archive.toggle", ("a",), "played here, in an archive", "Archive"),
    Command(EXPLORE, "archive.mark_region", ("shift+a",), "in a region (or Shift+drag)"),
    Command(EXPLORE, "profiles.toggle", ("y",), "compare with a profile", "Compare"),
    Command(EXPLORE, "guess.toggle", ("g",), "guess the record's moves", "Guess"),
    Command(EXPLORE, "guess.toggle_hard", ("shift+g",), "guess only the hard ones"),
    Command(EXPLORE, "guess.practice", ("ctrl+p",), "practice problems"),
    Command(EXPLORE, "practice.add_position", ("ctrl+shift+p",), "position to practice"),
    Command(EDIT, "edit.comment", ("ctrl+e",), "edit the comment", "Edit"),
    Command(EDIT, "edit.toggle", ("f4",), "edit stones and markup", "Edit"),
    Command(EDIT, "edit.change_player", ("shift+p",), "the other color to play"),
    Command(EDIT, "edit.information", ("ctrl+i",), "names, komi, result"),
    Command(EDIT, "tree.move_up", ("ctrl+up",), "move this variation up", "up"),
    Command(EDIT, "tree.move_down", ("ctrl+down",), "move it down", "down"),
    Command(EDIT, "tree.make_main_line", ("ctrl+shift+up",), "make it the main line", "main"),
    Command(EDIT, "tree.delete", ("delete",), "delete from this move on", "delete"),
    Command(EDIT, "tree.restore", ("ctrl+shift+z",), "put back what was deleted"),
    Command(FILES, "file.open", ("ctrl+o", "ctrl+l"), "open (or drop a file)"),
    Command(FILES, "file.save", ("ctrl+s",), "save"),
    Command(FILES, "file.save_as", ("ctrl+shift+s",), "save under another name"),
    Command(FILES, "file.copy", ("ctrl+c",), "copy as SGF"),
    Command(FILES, "file.paste", ("ctrl+v",), "paste SGF, or its address"),
    Command(FILES, "file.previous_game", ("ctrl+page up",), "previous game or file"),
    Command(FILES, "file.next_game", ("ctrl+page down",), "next game or file"),
    Command(FILES, "games.show", ("ctrl+f",), "games of this file"),
    Command(FILES, "file.write_review", ("ctrl+w",), "review into the record"),
    Command(WINDOW, "menu.show", ("f3",), "everything else", "Menu"),
    Command(WINDOW, "look.show_comment", ("f5",), "comment", "Comment"),
    Command(WINDOW, "look.show_tree", ("f6",), "variations", "Variations"),
    Command(WINDOW, "look.show_surprise", ("f7",), "surprise of the moves", "Surprise"),
    Command(WINDOW, "look.toggle_coordinates", ("k",), "coordinates"),
    Command(WINDOW, "look.cycle_numbers", ("m",), "move numbers"),
    Command(WINDOW, "look.toggle_next_move", ("q",), "ring on the next move"),
    Command(WINDOW, "look.turn", ("f8",), "turn the board"),
    Command(WINDOW, "look.mirror", ("shift+f8",), "mirror the board"),
    Command(WINDOW, "look.plain_board", ("f12",), "board only"),
    Command(WINDOW, "look.full_screen", ("f11",), "full screen"),
    Command(WINDOW, "look.next_theme", ("f10",), "colors"),
    Command(WINDOW, "look.toggle_sound", ("f9",), "sounds"),
    Command(WINDOW, "look.help", ("f1", "?"), "all keys", "Help"),
    Command(WINDOW, "look.hold_help", ("x",), "hold: all keys", held=True),
    Command(WINDOW, "look.escape", ("escape",), "close, stop, back"),
    Command(WINDOW, "look.quit", ("ctrl+q",), "close the window"),
)
BY_NAME: Final = {command.name: command for command in COMMANDS}
BY_KEY: Final = {key: command for command in COMMANDS for key in command.keys}

# The buttons under the board, "|" for a gap; what does not fit is left out, from the right end on.
BAR: Final = (
    "menu.show | step.to_start step.back_ten step.back step.forward step.forward_ten step.to_end | "
    "play.take_back play.pass_turn play.ask_to_resign count.toggle window.enter | look.help"
).split()
# The rows of buttons under the panel: the mode and profiles, what to see, what to explore.
TOOLS: Final = (
    ("play.toggle_mode", "guess.toggle", "edit.toggle", "profiles.ask_player", "profiles.toggle"),
    ("see.toggle_labels", "see.toggle_heat", "explore.toggle_territory", "archive.toggle"),
    ("explore.toggle_continuations", "explore.toggle_both", "explore.toggle_attribution", "explore.toggle_planes"),
)
# The buttons in the head of the variation tree.
TREE_BAR: Final = "tree.move_up tree.move_down tree.make_main_line tree.delete".split()
TABS: Final = ("look.show_comment", "look.show_tree", "look.show_surprise")


def groups() -> dict[str, list[Command]]:
    """Return the commands by group, in the order of the table."""
    result: dict[str, list[Command]] = {}
    for command in COMMANDS:
        result.setdefault(command.group, []).append(command)
    return result


def shown_keys(command: Command) -> str:
    """Return a command's keys as help prints them: Ctrl+Left, 1-9."""
    if command.ranked:
        return _shown(command.keys[0])[:-1] + "1-9"
    first, *more = (_shown(key) for key in command.keys[:2])
    return tr(" or ").join([first, *(key for key in more if len(first) + len(key) < LONGEST_KEYS)])


def _shown(key: str) -> str:
    if len(key) == 1:
        return key.upper()
    words = key.replace("page up", "PgUp").replace("page down", "PgDn").split("+")
    return "+".join((tr(word[0].upper() + word[1:]) if len(word) > 1 else word.upper()) for word in words)

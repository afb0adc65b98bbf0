"""The one table of keys and buttons: what is pressed, which method of Actions it calls, and what help says.

Keys are written as people read them: `ctrl+shift+s`, `left`, `f1`, `wheel up`.  The controller turns them
into events, the help overlay and the button bar print them.
"""

from typing import Final, NamedTuple


class Command(NamedTuple):
    """A row of the table.

    method: of Actions; keys: any of them; text: what help says; label: of its button, "" for none.
    held: called with True when the key goes down and with False when it comes up.
    ranked: called with the digit that was pressed.
    """

    group: str
    method: str
    keys: tuple[str, ...]
    text: str
    label: str = ""
    held: bool = False
    ranked: bool = False


MOVE, GAME, HINTS, STUDY, FILES, WINDOW = "Step", "Play", "Hints", "Study", "Records", "Window"
DIGITS: Final = tuple("123456789")

COMMANDS: Final = (
    Command(MOVE, "to_start", ("home", "ctrl+left"), "to the start", "|<"),
    Command(MOVE, "back_ten", ("page up", "shift+left"), "ten moves back", "<<"),
    Command(MOVE, "back", ("left", "wheel up"), "one move back", "<"),
    Command(MOVE, "forward", ("right", "wheel down"), "one move forward", ">"),
    Command(MOVE, "forward_ten", ("page down", "shift+right"), "ten moves forward", ">>"),
    Command(MOVE, "to_end", ("end", "ctrl+right"), "to the end", ">|"),
    Command(MOVE, "previous_variation", ("up",), "previous variation"),
    Command(MOVE, "next_variation", ("down",), "next variation"),
    Command(MOVE, "go_to_move", ("ctrl+g",), "go to a move number"),
    Command(MOVE, "next_surprise", ("n",), "next surprising move"),
    Command(MOVE, "previous_surprise", ("shift+n",), "surprising move before"),
    Command(GAME, "take_back", ("backspace", "ctrl+z", "u"), "take back (right click)", "take back"),
    Command(GAME, "pass_turn", ("p",), "pass", "pass"),
    Command(GAME, "resign", ("ctrl+r",), "resign", "resign"),
    Command(GAME, "network_move", ("enter",), "network moves; accept", "net move"),
    Command(GAME, "toggle_mode", ("tab",), "play / review", "review"),
    Command(GAME, "count", ("c",), "count the board", "count"),
    Command(GAME, "new_game", ("ctrl+n",), "new game", "new"),
    Command(GAME, "strength", ("f2",), "how the network plays", "strength"),
    Command(HINTS, "toggle_hints", ("space",), "all hints on / off", "hints"),
    Command(HINTS, "peek", ("z",), "hold: the other way round", held=True),
    Command(HINTS, "toggle_heat", ("r", "h"), "heat map", "heat"),
    Command(HINTS, "toggle_labels", ("e",), "labeled candidates", "top"),
    Command(HINTS, "more", ("+", "="), "one candidate more"),
    Command(HINTS, "fewer", ("-",), "one candidate less"),
    Command(HINTS, "raise_threshold", ("]",), "only likelier candidates"),
    Command(HINTS, "lower_threshold", ("[",), "less likely ones too"),
    Command(HINTS, "candidate", DIGITS, "point out candidate 1-9", ranked=True),
    Command(HINTS, "play_candidate", tuple(f"shift+{digit}" for digit in DIGITS), "play it", ranked=True),
    Command(STUDY, "big_for_both", ("b",), "hold: big for both colors", held=True),
    Command(STUDY, "toggle_both", ("shift+b",), "big for both, to stay", "both"),
    Command(STUDY, "toggle_futures", ("l",), "likely futures", "futures"),
    Command(STUDY, "toggle_planes", ("v",), "what the network sees", "planes"),
    Command(STUDY, "toggle_saliency", ("w",), "why there: what made it likely", "why"),
    Command(STUDY, "toggle_territory", ("t",), "territory, an estimate", "territory"),
    Command(STUDY, "toggle_guess", ("g",), "guess the moves", "guess"),
    Command(STUDY, "toggle_hard_guess", ("shift+g",), "guess only the hard ones"),
    Command(FILES, "open_file", ("ctrl+o", "ctrl+l"), "open (or drop a file)", "open"),
    Command(FILES, "save", ("ctrl+s",), "save", "save"),
    Command(FILES, "save_as", ("ctrl+shift+s",), "save under another name"),
    Command(FILES, "copy", ("ctrl+c",), "copy as SGF"),
    Command(FILES, "paste", ("ctrl+v",), "paste SGF"),
    Command(FILES, "previous_game", ("ctrl+page up",), "previous game or file"),
    Command(FILES, "next_game", ("ctrl+page down",), "next game or file"),
    Command(WINDOW, "toggle_coordinates", ("k",), "coordinates"),
    Command(WINDOW, "cycle_numbers", ("m",), "move numbers"),
    Command(WINDOW, "toggle_next_move", ("q",), "ring on the next move"),
    Command(WINDOW, "plain_board", ("f12",), "board only"),
    Command(WINDOW, "full_screen", ("f11",), "full screen"),
    Command(WINDOW, "next_theme", ("f10",), "colors"),
    Command(WINDOW, "toggle_sound", ("f9",), "sounds"),
    Command(WINDOW, "help", ("f1", "?"), "these keys", "?"),
    Command(WINDOW, "hold_help", ("x",), "hold: these keys", held=True),
    Command(WINDOW, "escape", ("escape",), "close, stop, back"),
    Command(WINDOW, "quit", ("ctrl+q",), "close; keeps the game"),
)
BY_METHOD: Final = {command.method: command for command in COMMANDS}
BY_KEY: Final = {key: command for command in COMMANDS for key in command.keys}

# The button bar under the board, "|" for a gap; what does not fit is left out, from the right end on.
BAR: Final = (
    "to_start back_ten back forward forward_ten to_end | take_back pass_turn resign network_move | "
    "toggle_mode count help | open_file save new_game strength"
).split()
# The buttons under the panel: what to see.
TOOLS: Final = (
    "toggle_hints toggle_heat toggle_labels toggle_guess toggle_both toggle_futures toggle_planes toggle_saliency "
    "toggle_territory"
).split()


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

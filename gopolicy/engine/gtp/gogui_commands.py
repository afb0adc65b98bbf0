"""GoGui's extensions: faster navigation, setup, and analyze commands that draw on its board.

Reference: GoGui's manual, chapters "Analyze commands" and "Compatibility".
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from gopolicy.engine.candidates import Selection
from gopolicy.engine.gtp.arguments import SYNTAX_ERROR, color_at, integer_at, move_at, point_at, split_color
from gopolicy.engine.gtp.gtp_state import GtpState
from gopolicy.engine.gtp.protocol import GtpError
from gopolicy.engine.gtp.settings_commands import set_param
from gopolicy.engine.parameters import SETTINGS
from gopolicy.features.planes import FEATURES, OFFSETS, encode
from gopolicy.go.board import IllegalMoveError
from gopolicy.go.coords import BLACK, BOARD_SIZE, EMPTY, Color, Point, to_vertex

ANALYZE_COMMANDS: Final = """\
gfx/Policy heat map/gopolicy-gfx %m
pspairs/Top moves/gopolicy-top 10
dboard/Policy squares/gopolicy-dboard
var/Likely line/gopolicy-line 10
param/Parameters/gopolicy-param
plist/Dead stones/final_status_list dead
string/Score/final_score
"""
TINT_PROBABILITY: Final = 0.001
LABEL_PROBABILITY: Final = 0.01
TINT: Final = (np.array([255, 255, 255]), np.array([31, 119, 180]))  # unlikely, likely
LINE_MOVES: Final = 10


def analyze_commands(state: GtpState, arguments: list[str]) -> str:
    """`gogui-analyze_commands`: what GoGui offers in its menu, type/label/command."""
    planes = [
        f"gfx/Plane {offset + number - 1:02} {feature.name} {number}/gopolicy-plane {feature.name} {number}"
        for feature, offset in zip(FEATURES, OFFSETS.values(), strict=True)
        for number in range(1, feature.width + 1)
    ]
    return "\n".join([ANALYZE_COMMANDS.strip(), *planes])


def play_sequence(state: GtpState, arguments: list[str]) -> str:
    """`gogui-play_sequence COLOR VERTEX ...`: play all moves or none."""
    game = state.game.copy()
    for i in range(0, len(arguments), 2):
        try:
            game.play(move_at(arguments, i + 1, BOARD_SIZE), color_at(arguments, i))
        except IllegalMoveError:
            raise GtpError("illegal move") from None
    state.game = game
    return ""


def undo_moves(state: GtpState, arguments: list[str]) -> str:
    """`gg-undo [N]`: take back N moves (default 1) or none."""
    game = state.game.copy()
    count = integer_at(arguments, 0, 1)
    if count < 0:
        raise GtpError(SYNTAX_ERROR)
    if count > len(game.moves):
        raise GtpError("cannot undo")
    try:
        for _ in range(count):
            game.undo()
    except IllegalMoveError:
        raise GtpError("cannot undo") from None
    state.game = game
    return ""


def setup(state: GtpState, arguments: list[str]) -> str:
    """`gogui-setup COLOR VERTEX ...`: put stones down without playing; color e takes one away."""
    stones: dict[Point, Color] = {}
    for i in range(0, len(arguments), 2):
        is_empty = arguments[i].lower() in ("e", "empty")
        stones[point_at(arguments, i + 1, BOARD_SIZE)] = EMPTY if is_empty else color_at(arguments, i)
    try:
        state.game.set_stones(stones)
    except IllegalMoveError as error:
        raise GtpError(str(error)) from None
    return ""


def setup_player(state: GtpState, arguments: list[str]) -> str:
    """`gogui-setup_player COLOR`: say whose turn it is."""
    state.game.to_play = color_at(arguments, 0)
    return ""


def title(state: GtpState, arguments: list[str]) -> str:
    """`gogui-title`: what the window should be called."""
    return f"gopolicy {state.policy.name}"


def interrupt(state: GtpState, arguments: list[str]) -> str:
    """`gogui-interrupt`: promise that `# interrupt` ends an open response, as any line does."""
    return ""


def gfx(state: GtpState, arguments: list[str]) -> str:
    """`gopolicy-gfx [COLOR]`: tint by the fourth root of the probability, label from 1 % on."""
    color, _ = split_color(arguments)
    prediction = state.prediction(color)
    shown = prediction.candidates(threshold=TINT_PROBABILITY)
    if not shown:
        return "TEXT no move is expected"
    tinted: dict[str, list[str]] = {}
    for candidate in shown:
        share = (candidate.probability / shown[0].probability) ** 0.25
        red, green, blue = (TINT[0] + share * (TINT[1] - TINT[0])).round().astype(int)
        tinted.setdefault(f"#{red:02x}{green:02x}{blue:02x}", []).append(candidate.vertex)
    lines = [f"COLOR {tint} {' '.join(vertices)}" for tint, vertices in tinted.items()]
    labels = [f"{c.vertex} {100 * c.probability:.0f}%" for c in shown if c.probability >= LABEL_PROBABILITY]
    if labels:
        lines.append(f"LABEL {' '.join(labels)}")
    mass = 100 * prediction.mass(len(shown))
    return "\n".join([*lines, f"TEXT {len(shown)} shown = {mass:.0f} %; {prediction.entropy:.1f} bits"])


def top(state: GtpState, arguments: list[str]) -> str:
    """`gopolicy-top [N]`: the N most likely moves, point and percentage a line."""
    found = state.candidates(None, Selection(max_moves=integer_at(arguments, 0, 10)))
    return "\n".join(f"{c.vertex} {100 * c.probability:.1f}%" for c in found if c.move is not None)


def dboard(state: GtpState, arguments: list[str]) -> str:
    """`gopolicy-dboard`: the policy as squares in the color to play, the top move the full size."""
    policy = state.prediction().probabilities
    largest = max(float(policy.max()), 1e-9) * (1 if state.game.to_play == BLACK else -1)
    return "\n" + "\n".join(" ".join(f"{float(p) / largest:.3f}" for p in row) for row in policy)


def line(state: GtpState, arguments: list[str]) -> str:
    """`gopolicy-line [N]`: the next N moves, each the most likely."""
    from gopolicy.policy.continuations import Continuation

    continuation = Continuation(state.game_for(None))
    length = min(integer_at(arguments, 0, LINE_MOVES), BOARD_SIZE**2)
    for _ in state.extend([continuation], length):
        if state.is_interrupted():
            break
    return " ".join(to_vertex(move, BOARD_SIZE) for move in continuation.moves)


def plane(state: GtpState, arguments: list[str]) -> str:
    """`gopolicy-plane FEATURE [I]`: mark plane I (from 1) of a feature; a number names a plane of all (from 0)."""
    names = {feature.name.replace(" ", "-"): feature for feature in FEATURES}
    words = [word.lower() for word in arguments]
    planes = encode(state.game_for(None))
    if len(words) == 1 and words[0].isascii() and words[0].isdigit() and integer_at(words, 0) < len(planes):
        index = integer_at(words, 0)
    else:
        last = words[-1] if len(words) > 1 and words[-1].isascii() and words[-1].isdigit() else ""
        name = "-".join(words[:-1] if last else words)
        number = integer_at([last or "1"], 0)
        if name not in names or not 1 <= number <= names[name].width:
            widths = " ".join(f"{name}:{feature.width}" for name, feature in names.items())
            raise GtpError(f"no such plane; there are {widths}")
        index = OFFSETS[names[name].name] + number - 1
    feature = max((f for f in FEATURES if OFFSETS[f.name] <= index), key=lambda f: OFFSETS[f.name])
    points = " ".join(to_vertex(int(point), BOARD_SIZE) for point in np.flatnonzero(planes[index]))
    text = f"TEXT plane {index}: {feature.name} {index - OFFSETS[feature.name] + 1}, {feature.meaning}"
    return f"COLOR #1f77b4 {points}\n{text}" if points else text


def param(state: GtpState, arguments: list[str]) -> str:
    """`gopolicy-param [NAME VALUE]`: the parameters with their types, or change one."""
    if arguments:
        return set_param(state, arguments)
    lines = []
    for name, setting in SETTINGS.items():
        text = state.parameters.text(name)
        if text in ("true", "false"):
            lines.append(f"[bool] {name} {int(text == 'true')}")
        elif setting.choices:
            lines.append(f"[list/{'/'.join(setting.choices)}] {name} {text}")
        else:
            lines.append(f"{name} {text}")
    return "\n".join(lines)


COMMANDS: Final[dict[str, Callable[[GtpState, list[str]], str]]] = {
    "gogui-analyze_commands": analyze_commands,
    "gogui-play_sequence": play_sequence,
    "gogui-setup": setup,
    "gogui-setup_player": setup_player,
    "gogui-title": title,
    "gogui-interrupt": interrupt,
    "gg-undo": undo_moves,
    "gopolicy-gfx": gfx,
    "gopolicy-top": top,
    "gopolicy-dboard": dboard,
    "gopolicy-line": line,
    "gopolicy-plane": plane,
    "gopolicy-param": param,
}

"""Open the board window: play against the network, or step through games and see what it expects.

With --snapshot the window is drawn into a picture instead, and no display is needed.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gopolicy.commands import options
from gopolicy.errors import GopolicyError
from gopolicy.go.coords import BOARD_SIZE
from gopolicy.ui.model.language import ENGLISH, NAMES, no_font, of_environment, use

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gopolicy.go.coords import Move, Point, Size
    from gopolicy.go.game import Game
    from gopolicy.go.scoring import ScoringRules
    from gopolicy.policy import Policy, Settler
    from gopolicy.ui.model.candidate_lines import Line
    from gopolicy.ui.model.command_groups import CommandGroups
    from gopolicy.ui.model.preferences import Preferences
    from gopolicy.ui.model.settings import Settings
    from gopolicy.ui.model.tasks import Ending, Style

SNAPSHOT_SIZE = (1280, 860)
STATES = (
    "play",
    "review",
    "guess",
    "continuations",
    "planes",
    "attribution",
    "territory",
    "both",
    "archive",
    "count",
    "help",
    "new",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("game", nargs="?", type=Path, metavar="GAME", help="SGF file, folder, zip or tar to open")
    parser.add_argument("-sgf", dest="sgf", type=Path, metavar="GAME", help="the same")
    parser.add_argument(
        "--move", type=int, metavar="N", help="open the game after move N (query and explain: before it)"
    )
    parser.add_argument("--encoding", metavar="E", help="read files in this encoding (default: find out)")
    options.add_model(parser)
    options.add_profile(parser)
    options.add_symmetries(parser, default=None, note="default: 8 on a GPU, else 1")
    play = parser.add_argument_group(
        "play", "colors, komi and style are as they were the last time; the defaults are those of the first"
    )
    play.add_argument("--human", choices=("b", "w", "both", "none"), help="the colors you play (default: b)")
    play.add_argument(
        "--size", default=str(BOARD_SIZE), metavar="N", help="a new board, 2 to 25 each way: 13 or 19x13 (default: 19)"
    )
    play.add_argument("--komi", type=float, metavar="K", help="komi of a new game (default: 7.5)")
    play.add_argument("--handicap", type=int, default=0, metavar="H", help="handicap stones of a new game")
    temperature = "0 always plays the top move (default: 0.25)"
    play.add_argument("--temperature", type=float, metavar="T", help=temperature)
    play.add_argument(
        "--top-p", type=float, metavar="P", help="sample from the top moves of this share (default: 0.95)"
    )
    play.add_argument("--greedy-after", type=int, metavar="N", help="always the top move, from move N on")
    play.add_argument("--seed", type=int, metavar="S", help="the same seed plays the same moves")
    looks = parser.add_argument_group("looks", "what is not given is as it was the last time")
    looks.add_argument("--top", type=int, metavar="N", help="candidates labeled (default: 5)")
    looks.add_argument("--hints", choices=("on", "off"), help="show hints (default: off in play, on in review)")
    looks.add_argument("--theme", choices=("dark", "light", "paper"), help="colors (default: dark)")
    looks.add_argument("--language", metavar="L", help=f"of the window: {', '.join(NAMES)} (default: the locale's)")
    looks.add_argument("--no-sound", action="store_true", help="be silent")
    picture = parser.add_argument_group("pictures without a display")
    picture.add_argument("--snapshot", type=Path, metavar="OUT.png", help="draw the window into a file")
    picture.add_argument("--window", metavar="WxH", help="size in pixels (default: 1280x860)")
    picture.add_argument("--show", choices=STATES, help="what the window shows (default: review of a game, else play)")
    picture.add_argument("--archive", type=Path, metavar="CORPUS", help="with --show archive: the corpus to look in")
    picture.add_argument("--feature", type=int, metavar="N", help="with --show planes: the feature, from 1")
    picture.add_argument("--mouse", metavar="VERTEX", help="where the mouse is, such as Q16")


def run(args: argparse.Namespace) -> int:
    """Open the window, or draw it."""
    import os

    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    if not args.snapshot:
        from gopolicy.ui.window.closing import leave_on_signals

        leave_on_signals()
    from gopolicy.ui.drawing import fonts
    from gopolicy.ui.model.autosave import Autosave, default_folder
    from gopolicy.ui.model.command_groups import CommandGroups
    from gopolicy.ui.model.preferences import Preferences, default_path, load, save
    from gopolicy.ui.model.session import Session

    remembered = Preferences() if args.snapshot else load(default_path())
    autosave = Autosave(None if args.snapshot else default_folder())
    settings = _settings(args, remembered)
    if args.snapshot:
        options.check_outputs(args, options.picture_path(args.snapshot), inputs=(args.game, args.sgf))
    note = _use_language(settings.language or of_environment(os.environ))
    session = Session(settings, autosave=autosave, preferences=remembered)
    session.screen.writes = fonts.writes
    session.screen.say(note, warning=bool(note))
    session.opponent.first_seed = args.seed if args.seed is not None else int.from_bytes(os.urandom(4))
    commands = CommandGroups(session, args.encoding)
    game, network = args.game or args.sgf, _loader(args)
    size = None if args.window is None else _window_size(args.window)
    if args.snapshot:
        if game is not None and not commands.file.open_now(game, args.move):
            raise GopolicyError(session.screen.message.text)
        turns = session.cursor.total
        if game is not None and args.move is not None and not 0 <= args.move <= turns:
            raise options.OptionError(f"--move {args.move}: the game has {turns} moves")
        _draw_snapshot(args, commands, network, size or SNAPSHOT_SIZE)
        return 0
    from gopolicy.ui.window.app import App
    from gopolicy.ui.window.closing import leave_at_once

    if game is not None:
        commands.file.recovers = True
        commands.file.open_path(game, args.move)
    else:
        commands.file.offer_recovery()
        _show(commands, args)
    App(commands, network, size=size or remembered.size).run()
    save(remembered, session.settings, default_path())
    leave_at_once()


class LoadedNetwork:
    """A Policy with the judgments that play needs, as the window asks for them.

    profile: what the policy's was found by when it was loaded: a name or a file, None for none.
    """

    def __init__(self, policy: "Policy", profile: str | None = None) -> None:
        self.policy = policy
        self._loaded, self._loaded_by = policy.profile, profile
        self._others: dict[str, Policy] = {}
        self._settlers: dict[Size, Settler] = {}

    @property
    def name(self) -> str:
        """The network's name, without the package's."""
        return self.policy.name.removeprefix("gopolicy").strip()

    @property
    def profiles(self) -> tuple[str, ...]:
        """Names of the profiles that ship for its network, after that of another one that it was loaded with."""
        from gopolicy.profiles import network_digest, shipped_profiles

        base = network_digest(self.policy.with_profile(None).network)
        shipped = tuple(name for name, profile in shipped_profiles().items() if profile.facts.base == base)
        return shipped if self._loaded in ("", *shipped) else (self._loaded, *shipped)

    @property
    def profile(self) -> str:
        """Name of the one that it predicts and plays as, "" for none."""
        return self.policy.profile

    def use_profile(self, profile: str) -> None:
        """Predict and play as a profile from now on, "" for none."""
        self.policy.use_profile(self._found_by(profile))

    def _found_by(self, profile: str) -> str | None:
        return self._loaded_by if profile == self._loaded else profile or None

    def probabilities_as(self, profile: str, games: "Sequence[Game]") -> "NDArray[np.float32]":
        """Return what `probabilities_batch` would as a profile, "" for none."""
        if profile not in self._others:
            self._others[profile] = self.policy.with_profile(self._found_by(profile))
        return self._others[profile].probabilities_batch(list(games))

    def prepare(self, game: "Game") -> None:
        """Do once what a move needs, so that the first one takes no longer than others."""
        from gopolicy.go.scoring import scoring_rules

        self.pass_share(game, self.probabilities_batch([game])[0], scoring_rules(""))
        self._settler(game).at_once(game)

    def probabilities_batch(self, games: "Sequence[Game]") -> "NDArray[np.float32]":
        """Return float32 `[B, 19, 19]`."""
        return self.policy.probabilities_batch(list(games))

    def choose_move(self, game: "Game", style: "Style", rules: "ScoringRules", rng: "np.random.Generator") -> "Move":
        """Return a move in a style, None for a pass."""
        from gopolicy.policy import Passing, Sampling, choose_move

        sampling = Sampling(style.temperature, style.top_p, style.greedy_after)
        return choose_move(self.policy, game, rng, sampling, Passing(rules), settler=self._settler(game))

    def settle(self, game: "Game", rules: "ScoringRules", seconds: float, is_stopped: "Callable[[], bool]") -> "Ending":
        """Return how a game ends."""
        from gopolicy.ui.model.tasks import Ending

        settler = self._settler(game)
        if seconds > 0:
            found = settler.settle(game, seconds=seconds, is_stopped=is_stopped)
        else:
            found = settler.at_once(game)
        is_open = found.unsettled & ~found.dame  # dame are decided: nobody's, or worth one point to either
        return Ending(found.ownership, found.dead, found.seki, is_open)

    def pass_share(self, game: "Game", probabilities: "NDArray[np.float32]", rules: "ScoringRules") -> float:
        """Return the probability of a pass."""
        from gopolicy.policy.passing import with_pass
        from gopolicy.prediction import Prediction

        return with_pass(self._settler(game), game, Prediction(probabilities), rules).passing

    def _settler(self, game: "Game") -> "Settler":
        """Return what settles games of this size; the network knows one size only."""
        from gopolicy.policy import Settler

        if game.size not in self._settlers:
            self._settlers[game.size] = Settler(self.policy if game.size == BOARD_SIZE else None)
        return self._settlers[game.size]

    def continue_lines(
        self, game: "Game", moves: "Sequence[Point]", length: int, between: "Callable[[], None]"
    ) -> "list[Line]":
        """Return a line of up to `length` moves after each of `moves`."""
        from gopolicy.policy.continuations import Continuation, extend_lines
        from gopolicy.ui.model.candidate_lines import Line

        lines = [Continuation.after(game, move) for move in moves]
        for _ in extend_lines(self.policy, lines, length=length):
            between()
        return [Line(tuple(line.moves), tuple(line.probabilities)) for line in lines]

    def attribution(self, game: "Game", point: "Point") -> "NDArray[np.float32]":
        """Return what each plane's points add to a move's log probability: float32 `[planes, 19, 19]`, bits."""
        from gopolicy.explain.activations import Unit
        from gopolicy.explain.integrated_gradients import attribute
        from gopolicy.features import encode
        from gopolicy.go.game import Game

        return attribute(self.policy.network, encode(game), encode(Game()), Unit(point=point))


def _loader(args: argparse.Namespace) -> "Callable[[], LoadedNetwork]":
    """Return what loads the network; it is called in the window's worker thread, where torch is imported too."""

    def load() -> LoadedNetwork:
        import gc

        from gopolicy.go.game import Game
        from gopolicy.ui.window.worker import load_library

        game = Game()
        game.play(0)  # compiles the rules, or reads them compiled, before a click needs them
        game.why_illegal(1)
        load_library("torch", "lib/libtorch_python.so")

        from gopolicy.nn.gpu import best_device
        from gopolicy.policy import Policy

        symmetries = args.symmetries or (8 if best_device().type == "cuda" else 1)
        network = LoadedNetwork(Policy.load(args.model, symmetries=symmetries, profile=args.profile), args.profile)
        network.prepare(game)
        gc.freeze()  # else each full collection looks at all that torch is made of, and the window stands still
        return network

    return load


def _use_language(language: str) -> str:
    """Have the window in a language, English where no font has its characters; return why then, else ""."""
    from gopolicy.ui.drawing import fonts

    use(language)
    if fonts.writes(NAMES[language].own):
        return ""
    use(ENGLISH)
    return no_font(language)


def _settings(args: argparse.Namespace, remembered: "Preferences") -> "Settings":
    """Return the settings: what is remembered, and over it what the options say."""
    import math

    from gopolicy.features.planes import FEATURES
    from gopolicy.go.coords import handicap_points, parse_size
    from gopolicy.records.properties import LARGEST_KOMI
    from gopolicy.ui.model.settings import MOST_SHOWN, Mode, Settings
    from gopolicy.ui.model.tasks import Style

    options.check_seed(args)
    if args.feature is not None and not 1 <= args.feature <= len(FEATURES):
        raise options.OptionError(f"--feature {args.feature}: there are features 1 to {len(FEATURES)}")
    size = parse_size(args.size)
    if args.handicap:
        handicap_points(args.handicap, size)
    settings = Settings()
    remembered.apply(settings)
    settings.size, settings.handicap = size, args.handicap
    settings.human = args.human or settings.human
    settings.komi = settings.komi if args.komi is None else args.komi
    if args.komi is not None and not abs(args.komi) <= LARGEST_KOMI:
        raise options.OptionError(f"--komi {args.komi:g}: must be from -{LARGEST_KOMI} to {LARGEST_KOMI}")
    settings.theme = args.theme or settings.theme
    settings.language = args.language or settings.language
    settings.sound = settings.sound and not args.no_sound
    if args.top is not None:
        settings.top = min(max(args.top, 1), MOST_SHOWN)
    temperature = settings.style.temperature if args.temperature is None else args.temperature
    top_p = settings.style.top_p if args.top_p is None else args.top_p
    greedy_after = settings.style.greedy_after if args.greedy_after is None else args.greedy_after
    if not 0 <= temperature < math.inf or not 0 < top_p <= 1:
        raise options.OptionError("--temperature must not be negative, and --top-p must be above 0 and at most 1")
    settings.style = Style(temperature, top_p, greedy_after)
    if args.hints:
        for mode in (Mode.PLAY, Mode.REVIEW):
            settings.hints[mode].shown = args.hints == "on"
    return settings


def _window_size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal() and 100 <= int(width) <= 10_000 and 100 <= int(height) <= 10_000):
        raise GopolicyError(f"--window {text!r} is not a size such as 1280x860")
    return int(width), int(height)


def _draw_snapshot(
    args: argparse.Namespace, commands: "CommandGroups", load: "Callable[[], LoadedNetwork]", size: tuple[int, int]
) -> None:
    """Draw the window once all that it shows has been asked."""
    from gopolicy.go.coords import parse_vertex
    from gopolicy.ui.drawing.snapshot import save_snapshot

    session = commands.session
    network = None
    try:
        network = load()
        session.network_ready(network.name, network.profiles, network.profile)
    except (GopolicyError, OSError) as error:
        if args.model or args.profile:
            raise
        session.network_note = str(error)
    _show(commands, args)
    if args.mouse:
        session.screen.hover = parse_vertex(args.mouse, session.game.size)
    if network is not None:
        commands.queue.answer_all(network)
    save_snapshot(session, args.snapshot, size)


def _show(commands: "CommandGroups", args: argparse.Namespace) -> None:
    """Bring the window into the state that --show names."""
    from gopolicy.ui.model.screen import Call
    from gopolicy.ui.model.settings import Mode

    session = commands.session
    if args.show is None and not args.snapshot:
        return
    state = args.show or ("play" if session.mode is Mode.PLAY else "review")
    if state == "play":
        session.mode = Mode.PLAY
    elif state == "new":
        commands.start.ask()
    elif state == "help":
        commands.look.help()
    elif state == "count":
        commands.count.toggle()
    else:
        session.mode = Mode.REVIEW
        if state == "guess":
            commands.guess.toggle()
        elif state == "archive":
            _open_archive(commands, args.archive)
        elif state != "review":
            commands.call(Call(f"explore.toggle_{state}"))
        if args.feature is not None:
            commands.explore.choose_plane(args.feature - 1)
    session.screen.say("")


def _open_archive(commands: "CommandGroups", path: Path | None) -> None:
    from gopolicy.archive.exploration import Archive
    from gopolicy.ui.model.archive_view import ArchiveView

    if path is None:
        raise options.OptionError("--show archive needs --archive CORPUS")
    commands.archive.adopt(ArchiveView(Archive.open(path), path))

"""The next game, and how the network plays: the questions asked before."""

from contextlib import suppress
from dataclasses import replace
from typing import Final, NamedTuple

from gopolicy.go.coords import BOARD_SIZE, CoordinateError, handicap_points, parse_size, size_name
from gopolicy.records.properties import LARGEST_KOMI, is_komi
from gopolicy.records.tree import GameTree
from gopolicy.ui.model.dialogs import Dialog, Entry
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.leaving import Leaving
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import SEAT_NAMES, Settings, next_of
from gopolicy.ui.model.tasks import Style

SIZES: Final = (9, 13, BOARD_SIZE)
HANDICAPS: Final = (0, 2, 3, 4, 5, 6, 7, 8, 9)
TEMPERATURES: Final = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5)
SHARES: Final = (0.5, 0.8, 0.9, 0.95, 1.0)
GREEDY: Final = (None, 10, 20, 30, 50, 100)


class Level(NamedTuple):
    """A strength in words."""

    name: str
    style: Style


# Against the strongest they lose by 15, 35 and 80 points on average; ui/README.md has the measurements.
LEVELS: Final = (
    Level("strongest", Style(0.0, 1.0)),
    Level("strong", Style(0.25, 0.95)),
    Level("relaxed", Style(1.0, 0.8)),
    Level("beginner-friendly", Style(1.0, 0.95)),
)


def level_name(style: Style) -> str:
    """Return a style in words, its temperature where it is none of the levels."""
    known = next((level.name for level in LEVELS if level.style == style), None)
    return tr(known) if known else tr("own: temperature {number:g}", number=style.temperature)


class Starting:
    """The commands that begin a game and set how the network plays."""

    def __init__(self, session: Session, leaving: Leaving) -> None:
        self._session, self._leaving = session, leaving
        self._wanted = session.settings  # a copy, of the game that is being asked for
        self._size, self._komi = "", ""  # as they are typed

    def ask(self) -> None:
        """Ask how the next game is to be played; the one on the board goes on as it is until that one starts."""
        settings = self._wanted = replace(self._session.settings)

        def change_size(by: int) -> None:
            settings.size = next_of(SIZES, settings.size, by)
            self._size = size_name(settings.size)

        def change_handicap(by: int) -> None:
            settings.handicap = next_of(HANDICAPS, settings.handicap, by)

        def change_komi(by: int) -> None:
            self._set_komi(settings.komi + by)

        self._size, self._komi = size_name(settings.size), f"{settings.komi:g}"
        entries = [
            self._seat(settings, settings),
            Entry(tr("Board"), adjust=change_size, value=lambda: self._size, typed=self._type_size),
            Entry(tr("Komi"), adjust=change_komi, value=lambda: self._komi, typed=self._type_komi),
            Entry(tr("Handicap"), adjust=change_handicap, value=lambda: f"{settings.handicap or tr('none')}"),
            self._level(settings),
            Entry(tr("Start the game"), act=self.ask_and_begin),
            Entry(tr("Cancel"), act=self._close),
        ]
        note = tr("Up and Down choose, Left and Right change, digits type size and komi, Enter starts")
        self._session.screen.show(Dialog(tr("New game"), note, entries, enter_act=self.ask_and_begin))

    def _type_size(self, letters: str, first: bool) -> None:
        """Take a letter of the board's size, as an Entry's `typed` does."""
        self._size = _typed(self._size, letters, "0123456789x", first)[:5]
        with suppress(CoordinateError):
            self._wanted.size = parse_size(self._size)

    def _type_komi(self, letters: str, first: bool) -> None:
        """Take a letter of the komi, as an Entry's `typed` does."""
        self._komi = _typed(self._komi, letters.replace(",", "."), "0123456789.-", first)[:6]
        value = self._typed_komi()
        if value is not None and is_komi(value):
            self._wanted.komi = value

    def _typed_komi(self) -> float | None:
        try:
            return float(self._komi)
        except ValueError:
            return None

    def _set_komi(self, komi: float) -> None:
        self._wanted.komi = min(max(komi, -LARGEST_KOMI), LARGEST_KOMI)
        self._komi = f"{self._wanted.komi:g}"

    def ask_and_begin(self) -> None:
        """Start the game that was asked for; ask first what is to become of an unsaved one."""
        settings = self._wanted
        try:
            parse_size(self._size)
            if settings.handicap:
                handicap_points(settings.handicap, settings.size)
        except CoordinateError as error:
            self._session.screen.refuse(str(error))
            return
        if self._typed_komi() != settings.komi:
            self._session.screen.refuse(tr("{text} is no komi: a number such as 6.5", text=repr(self._komi)))
            return
        self._leaving.ask(tr("Start a new game"), self._begin_wanted)

    def _begin_wanted(self) -> None:
        for name in ("human", "size", "komi", "handicap", "style"):
            setattr(self._session.settings, name, getattr(self._wanted, name))
        self.begin()

    def begin(self) -> None:
        """Start a game with the settings; an unsaved one is left to be recovered."""
        self._close()
        self._session.leave_document()
        self._session.start_new()

    def as_white(self) -> None:
        """Start a game in which the network plays Black; ask first what is to become of an unsaved one."""
        self._wanted = replace(self._session.settings, human="w")
        self._leaving.ask(tr("Start a new game"), self._begin_wanted)

    def ask_strength(self) -> None:
        """Ask how strong the network is to play and who plays, in the game on the board."""
        session = self._session
        seat = self._seat(session.settings, session.tree)
        numbers = Entry(tr("In numbers ..."), act=self.ask_numbers)
        entries = [seat, self._level(session.settings), numbers, self._done()]
        session.screen.show(Dialog(tr("How the network plays"), "", entries, enter_act=self._close))

    def ask_numbers(self) -> None:
        """Ask for the numbers behind the strength."""
        settings = self._session.settings

        def change_temperature(by: int) -> None:
            style = settings.style
            settings.style = Style(next_of(TEMPERATURES, style.temperature, by), style.top_p, style.greedy_after)

        def change_share(by: int) -> None:
            style = settings.style
            settings.style = Style(style.temperature, next_of(SHARES, style.top_p, by), style.greedy_after)

        def change_greedy(by: int) -> None:
            style = settings.style
            settings.style = Style(style.temperature, style.top_p, next_of(GREEDY, style.greedy_after, by))

        def greedy() -> str:
            return tr("never") if settings.style.greedy_after is None else f"{settings.style.greedy_after}"

        entries = [
            Entry(tr("Temperature"), adjust=change_temperature, value=lambda: f"{settings.style.temperature:g}"),
            Entry(tr("Sample from top"), adjust=change_share, value=lambda: f"{100 * settings.style.top_p:g} %"),
            Entry(tr("Always the top move from move"), adjust=change_greedy, value=greedy),
            self._done(),
        ]
        note = tr("temperature 0: always the top move")
        self._session.screen.show(Dialog(tr("How the network plays"), note, entries, enter_act=self._close))

    def _done(self) -> Entry:
        return Entry(tr("Done"), act=self._close)

    def _seat(self, settings: Settings, board: Settings | GameTree) -> Entry:
        def adjust(by: int) -> None:
            settings.human = next_of(tuple(SEAT_NAMES), settings.human, by)
            if settings is self._session.settings:
                self._session.rename_players()

        def value() -> str:
            if board.size != BOARD_SIZE:
                return tr("both: the network is {size}x{size}", size=BOARD_SIZE)
            return tr(SEAT_NAMES[settings.human])

        return Entry(tr("You play"), adjust=adjust, value=value)

    def _level(self, settings: Settings) -> Entry:
        def adjust(by: int) -> None:
            now = next((level for level in LEVELS if level.style == settings.style), LEVELS[-1])
            settings.style = next_of(LEVELS, now, by).style

        return Entry(tr("The network plays"), adjust=adjust, value=lambda: level_name(settings.style))

    def _close(self) -> None:
        self._session.screen.show(None)


def _typed(now: str, letters: str, known: str, first: bool) -> str:
    """Return a value once letters were typed, those of `known`; the first ones take its place, "" is Backspace."""
    kept = "".join(letter for letter in letters if letter in known)
    return now[:-1] if not letters else kept if first and kept else now + kept

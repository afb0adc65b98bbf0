"""The next game, and how the network plays: the questions asked before."""

from typing import Final

from gopolicy.go.coords import BOARD_SIZE, CoordinateError, handicap_points
from gopolicy.ui.model.dialogs import Dialog, Entry
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import SEAT_NAMES, next_of
from gopolicy.ui.model.tasks import Style

SIZES: Final = (9, 13, BOARD_SIZE)
KOMIS: Final = (0.0, 0.5, 5.5, 6.5, 7.0, 7.5)
HANDICAPS: Final = (0, 2, 3, 4, 5, 6, 7, 8, 9)
TEMPERATURES: Final = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5)
SHARES: Final = (0.5, 0.8, 0.9, 0.95, 1.0)
GREEDY: Final = (None, 10, 20, 30, 50, 100)


class Starting:
    """The commands that begin a game and set how the network plays."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def ask(self) -> None:
        """Ask how the next game is to be played."""
        settings = self._session.settings

        def change_size(by: int) -> None:
            settings.size = next_of(SIZES, settings.size, by)

        def change_komi(by: int) -> None:
            settings.komi = next_of(KOMIS, settings.komi, by)

        def change_handicap(by: int) -> None:
            settings.handicap = next_of(HANDICAPS, settings.handicap, by)

        entries = [
            Entry("start the game", act=self.begin),
            self._seat(),
            Entry("board", adjust=change_size, value=lambda: f"{settings.size}"),
            Entry("komi", adjust=change_komi, value=lambda: f"{settings.komi}"),
            Entry("handicap", adjust=change_handicap, value=lambda: f"{settings.handicap}"),
            *self._style(),
        ]
        self._session.screen.show(Dialog("New game", "Left and Right change, Enter starts", entries))

    def begin(self) -> None:
        """Start a game with the settings; an unsaved one is left to be recovered."""
        session, settings = self._session, self._session.settings
        try:
            if settings.handicap:
                handicap_points(settings.handicap, settings.size)
        except CoordinateError as error:
            session.screen.refuse(str(error))
            return
        session.screen.show(None)
        session.leave_document()
        session.start_new()

    def ask_strength(self) -> None:
        """Ask how the network is to pick its moves and who plays, in the game on the board."""
        done = Entry("done", act=lambda: self._session.screen.show(None))
        entries = [done, self._seat(), *self._style()]
        note = "temperature 0: always the top move"
        self._session.screen.show(Dialog("How the network plays", note, entries))

    def _seat(self) -> Entry:
        settings = self._session.settings

        def adjust(by: int) -> None:
            settings.human = next_of(tuple(SEAT_NAMES), settings.human, by)

        return Entry("you play", adjust=adjust, value=lambda: SEAT_NAMES[settings.human])

    def _style(self) -> list[Entry]:
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
            return "never" if settings.style.greedy_after is None else f"{settings.style.greedy_after}"

        return [
            Entry("temperature", adjust=change_temperature, value=lambda: f"{settings.style.temperature:g}"),
            Entry("sample from top", adjust=change_share, value=lambda: f"{100 * settings.style.top_p:g} %"),
            Entry("always the top move from move", adjust=change_greedy, value=greedy),
        ]

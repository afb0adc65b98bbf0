"""How the board looks, and the window itself: coordinates, numbers, colors, help, full screen, closing."""

from typing import Final

from gopolicy.ui.model.dialogs import Dialog, Entry
from gopolicy.ui.model.figures import FIGURES
from gopolicy.ui.model.language import NAMES, current, no_font, tr, use
from gopolicy.ui.model.leaving import Leaving
from gopolicy.ui.model.requests import ToggleFullScreen
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import NUMBER_CHOICES, THEME_NAMES, Mode, Overlay, next_of

ALL: Final = NUMBER_CHOICES[-1]


class Appearance:
    """The commands that change how things look."""

    def __init__(self, session: Session, leaving: Leaving) -> None:
        self._session, self._leaving = session, leaving

    def toggle_coordinates(self) -> None:
        """Letters and numbers around the board."""
        self._session.settings.coordinates = not self._session.settings.coordinates
        self._session.screen.touch()

    def cycle_numbers(self) -> None:
        """Move numbers on no stone, the last 1, 10, 50, or all."""
        settings = self._session.settings
        settings.numbers = next_of(NUMBER_CHOICES, settings.numbers)
        shown = {0: tr("no move numbers"), ALL: tr("all move numbers")}
        last = tr("numbers on the last {count}", count=settings.numbers)
        self._session.screen.say(shown.get(settings.numbers, last))

    def toggle_next_move(self) -> None:
        """The record's next move as a dashed ring."""
        self._session.settings.next_move = not self._session.settings.next_move
        self._session.screen.touch()

    def plain_board(self) -> None:
        """Nothing but the board."""
        self._session.settings.plain = not self._session.settings.plain
        self._session.screen.say(tr("F12 or Escape brings everything back") if self._session.settings.plain else "")

    def toggle_sound(self) -> None:
        """Sounds."""
        settings = self._session.settings
        settings.sound = not settings.sound
        self._session.screen.say(tr("sounds on") if settings.sound else tr("sounds off"))

    def next_theme(self) -> None:
        """The next set of colors."""
        settings = self._session.settings
        settings.theme = next_of(THEME_NAMES, settings.theme)
        self._session.screen.say(tr("colors: {theme}", theme=tr(settings.theme)))

    def ask_language(self) -> None:
        """Ask in which language the window is to be."""
        entries = [self._language_entry(code) for code in NAMES]
        entries.append(Entry(tr("Cancel"), act=lambda: self._session.screen.show(None)))
        chosen = tuple(NAMES).index(current())
        self._session.screen.show(Dialog(tr("Language"), "", entries, chosen=chosen, light=True))

    def _language_entry(self, code: str) -> Entry:
        name = NAMES[code]
        if not self._session.screen.writes(name.own):
            return Entry(name.english, act=lambda: self._use_language(code), value=lambda: tr("no font here"))
        value = tr("now") if code == current() else ""
        return Entry(name.own, act=lambda: self._use_language(code), value=lambda: value)

    def _use_language(self, code: str) -> None:
        """Change to a language, if it can be written here."""
        session, name = self._session, NAMES[code]
        session.screen.show(None)
        if not session.screen.writes(name.own):
            session.screen.refuse(no_font(code))
            return
        use(code)
        session.settings.language = code
        session.rename_players()
        session.screen.say(tr("language: {language}", language=name.own))

    def help(self) -> None:
        """All keys."""
        self._session.screen.show_help(not self._session.screen.help_open)

    def hold_help(self, down: bool = True) -> None:
        """All keys, while the key is held."""
        self._session.screen.show_help(down)

    def about(self, place: int) -> None:
        """Say what a figure means."""
        self._session.screen.say(tr(FIGURES[place].sentence))

    def full_screen(self) -> None:
        """The whole screen, or a window."""
        self._session.screen.request(ToggleFullScreen())

    def escape(self) -> None:
        """Close what lies over the board, stop reading, or stop the network."""
        session, screen = self._session, self._session.screen
        if screen.dialog is not None:
            if screen.dialog.leave():
                screen.show(None)
        elif screen.help_open:
            screen.show_help(False)
        elif screen.loading:
            screen.stop_reading()
        elif session.view.overlay is Overlay.ARCHIVE and session.archive is not None and session.archive.leave_region():
            screen.say(tr("the whole board again"))
        elif session.view.overlay is not Overlay.NONE:
            session.view.clear()
        elif session.mode is Mode.COUNT:
            session.stop_counting()
        elif session.mode is Mode.EDIT:
            session.stop_editing()
        elif session.mode is Mode.GUESS:
            session.set_mode(Mode.REVIEW)
        elif session.network_to_play:
            session.opponent.stop(pause=True)
            screen.say(tr("the network waits: Enter lets it play"))
        elif session.settings.plain:
            session.settings.plain = False
        else:
            screen.say("")
        screen.touch()

    def quit(self) -> None:
        """Close the window, after asking what is to become of unsaved changes."""
        self._leaving.close()

    def turn(self) -> None:
        """Turn the board by a quarter."""
        self._session.settings.turns = (self._session.settings.turns + 1) % 4
        self._session.screen.touch()

    def mirror(self) -> None:
        """Mirror the board, left to right."""
        self._session.settings.mirrored = not self._session.settings.mirrored
        self._session.screen.touch()

    def show_comment(self) -> None:
        """The comment of the position."""
        self._session.screen.show_tab("comment")

    def show_tree(self) -> None:
        """The variations of the record."""
        self._session.screen.show_tab("tree")

    def show_surprise(self) -> None:
        """How expected the moves were."""
        self._session.screen.show_tab("surprise")

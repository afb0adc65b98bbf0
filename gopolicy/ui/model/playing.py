"""Playing: stones, passes, taking back, resigning, and the network's own moves."""

from gopolicy.go.board import IllegalMoveError
from gopolicy.go.coords import BLACK, Color, Move, to_vertex
from gopolicy.ui.model.counting import Counting
from gopolicy.ui.model.dialogs import Dialog, Entry
from gopolicy.ui.model.language import color_name, result_name, tr
from gopolicy.ui.model.requests import PlaySound
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Mode


class Playing:
    """The commands of play."""

    def __init__(self, session: Session, counting: Counting) -> None:
        self._session, self._counting = session, counting

    def play(self, move: Move, color: Color | None = None) -> bool:
        """Play for `color` (default: whose turn it is); return whether that was legal.  Says why if it was not."""
        session = self._session
        color = color or session.game.to_play
        try:
            captured = session.cursor.play(move, color)
        except IllegalMoveError as error:
            session.screen.refuse(f"{to_vertex(move, session.game.size)}: {tr(error.reason)}")
            return False
        session.screen.request(PlaySound("pass" if move is None else "capture" if captured else "stone"))
        session.opponent.stone_played()
        session.changed(session.cursor.node)
        session.moved(True)
        if move is None:
            session.screen.say(tr("{color} passes", color=color_name(color)))
        if session.game.is_over:
            self._counting.start()
        return True

    def play_for_person(self, move: Move) -> None:
        """Play what the person chose, unless it is the network's turn."""
        session = self._session
        if session.network_to_play:
            session.screen.say(tr("{color} is thinking", color=color_name(session.game.to_play)))
        elif self.play(move):
            session.opponent.paused = False

    def play_network_move(self, move: Move) -> None:
        """Play the network's move now."""
        session = self._session
        session.opponent.stop()
        color = session.game.to_play
        if not self.play(move):
            session.opponent.stop(pause=True)  # a record with an illegal move cannot be played on
        elif move is None and not session.game.is_over:
            name = f"{color_name(color)} ({session.network_name})"
            session.screen.say(tr("{color} passes: play on, or pass to score", color=name))

    def take_back(self) -> None:
        """Take back the last move; against the network, back to the person's own turn; when guessing, step back."""
        session = self._session
        if session.mode is Mode.GUESS:
            session.guessing.revealed = None
            session.moved(session.cursor.step(-1))
            return
        if session.mode is Mode.COUNT:
            session.stop_counting()
        humans = session.humans
        against = session.mode is Mode.PLAY and len(humans) == 1
        edits, left = session.cursor.edits, session.cursor.node
        if not session.cursor.take_back():
            session.screen.say(tr("no move to take back"))
            return
        changed = [session.cursor.node]
        if against and session.game.to_play not in humans and session.cursor.node.turn is not None:
            session.cursor.take_back()
            changed.append(session.cursor.node)
        if session.cursor.edits != edits or session.document.reopen(left):
            session.changed(*changed)
        session.moved(True)

    def pass_turn(self) -> None:
        """Pass."""
        session = self._session
        if session.mode in (Mode.COUNT, Mode.GUESS, Mode.EDIT):
            session.screen.say(tr("passing is for playing: Escape goes back to it"))
        elif session.is_over:
            self._counting.start()
        else:
            self.play_for_person(None)

    def ask_to_resign(self) -> None:
        """Resign, after asking."""
        session = self._session
        if session.mode is not Mode.PLAY or session.is_over or session.node_has_next:
            session.screen.say(tr("nothing to resign here: a game in play mode, at its end, can be resigned"))
            return
        stay = Entry(tr("No, play on"), act=lambda: session.screen.show(None))
        entries = [stay, Entry(tr("Resign"), act=self.resign)]
        result = session.tree.result if session.ends_here else ""
        note = tr("The record says {result}", result=result_name(result)) if result else ""
        session.screen.show(Dialog(tr("Resign this game?"), note, entries))

    def resign(self) -> None:
        """Resign for the person's color, or for the color to play; in a variation, that is no result of the game."""
        session = self._session
        session.screen.show(None)
        humans = session.humans
        loser = next(iter(humans)) if len(humans) == 1 else session.game.to_play
        name, result = color_name(loser), f"{'W' if loser == BLACK else 'B'}+R"
        if not session.ends_here:
            session.opponent.stop(pause=True)
            text = tr("{color} resigns: {result} in this variation only", color=name, result=result_name(result))
        else:
            session.finish(result)
            text = tr("{color} resigns: {result}.  Tab reviews, Ctrl+S saves", color=name, result=result_name(result))
        session.screen.say(text)

    def request_network_move(self) -> None:
        """Have the network move for whoever's turn it is."""
        session = self._session
        if not session.has_network:
            session.screen.say(session.why_no_hints(), warning=True)
        elif session.document.decided and not session.node_has_next:
            session.screen.say(tr("the game is over"))
        else:  # two passes alone can be played on
            session.mode = Mode.PLAY
            session.opponent.go_on(session.key)
            session.screen.touch()

    def toggle_mode(self) -> None:
        """Playing or reviewing."""
        session = self._session
        if session.mode is Mode.COUNT:
            session.stop_counting()
        session.opponent.paused = False
        session.set_mode(Mode.REVIEW if session.mode is Mode.PLAY else Mode.PLAY)
        if session.mode is Mode.REVIEW:
            session.screen.say(tr("review: step through the game with the arrows"))
        else:
            waits = session.game.to_play not in session.humans and session.node_has_next
            session.screen.say(tr("play from here: Enter has the network move") if waits else tr("play from here"))

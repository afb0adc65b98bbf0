"""The panel of the archive overlay: the moves that were played, beside the network's percents, and the latest games."""

from typing import Final

from gopolicy.archive.exploration import Continuation, GameReference
from gopolicy.go.coords import BLACK, COLOR_NAMES, WHITE
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.session import Session
from gopolicy.ui.panels.rows import Cell, Column
from gopolicy.ui.panels.wording import about, percent_text

MOST_MOVES: Final = 8  # listed above the games
LEAST_GAMES: Final = 3  # rows that the games need
PLACES: Final = (0.40, 0.57, 0.80, 1.0)  # where the columns behind the move end


def archive_rows(session: Session, column: Column) -> None:
    """The moves of the position, and the games of the chosen one where there is space for them."""
    column.title("PLAYED HERE")
    archive = session.archive
    found = None if archive is None else archive.found(session.key)
    if archive is None or found is None:
        column.add("looking it up", tone="muted")
        return
    mover = COLOR_NAMES[session.game.to_play].capitalize()
    if not found.count:
        column.wrapped(f"no game of {archive.path.name} had this position", tone="muted")
    else:
        games = f"{found.games:,} game{'s' * (found.games != 1)}"
        column.wrapped(f"in {games} of {archive.path.name}; {mover} to play", tone="muted", scale=0.92)
    if not found.continuations:
        return
    names = zip(("games", "won", "years", "network"), PLACES, strict=True)
    column.add(*(Cell(name, x, "right", "muted") for name, x in names), scale=0.92, call=about("network"))
    for index, move in enumerate(found.continuations[: max(3, min(MOST_MOVES, column.room // 2))]):
        column.add(*_move_cells(move), chosen=move is archive.chosen, call=Call("archive.choose_move", (index,)))
    if column.room >= LEAST_GAMES:
        archive_game_rows(session, column)


def archive_game_rows(session: Session, column: Column) -> None:
    """The latest games of the chosen move."""
    archive = session.archive
    if archive is None or archive.found(session.key) is None or archive.chosen is None or not archive.games:
        return
    column.title(f"LATEST GAMES WITH {archive.chosen.vertex.upper()}")
    for index, game in enumerate(archive.games[: max(2, column.room - 1)]):
        chosen = index == archive.game
        column.add(*_game_cells(game), chosen=chosen, scale=0.96, call=Call("archive.choose_game", (index,)))
    column.wrapped("Up and Down choose a game, Enter opens it here", tone="muted", scale=0.9)


def _move_cells(move: Continuation) -> list[Cell]:
    first, last = move.years
    years = "" if not last else f"{first}-{last % 100:02d}" if first != last else f"{last}"
    values = (
        f"{move.count:,}" if move.count else "none",
        "" if move.win_share is None else f"{100 * move.win_share:.0f} %",
        years,
        "" if move.probability is None else percent_text(move.probability),
    )
    cells = [
        Cell(value, x, "right", "" if value != "none" else "muted") for value, x in zip(values, PLACES, strict=True)
    ]
    return [Cell(move.vertex, 0.0, "left", "strong"), *cells]


def _game_cells(game: GameReference) -> list[Cell]:
    result = {BLACK: "B+", WHITE: "W+"}.get(game.winner or 0, "")
    players = f"{game.black or '?'} - {game.white or '?'}"
    return [
        Cell(f"{game.year or ''}", 0.0, "left", "muted"),
        Cell(players, 0.14),
        Cell(f"{result}  move {game.turn}".strip(), 1.0, "right", "muted"),
    ]

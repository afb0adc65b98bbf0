"""The panel of the archive overlay: the moves that were played, beside the network's percents, and the latest games."""

from typing import Final

from gopolicy.archive.exploration import Continuation, Exploration, GameReference
from gopolicy.go.coords import opponent
from gopolicy.ui.model.language import color_letter, color_name, tr
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.session import Session
from gopolicy.ui.panels.rows import Cell, Column
from gopolicy.ui.panels.wording import about, percent_text

MOST_MOVES: Final = 8  # listed above the games
ROOMY: Final = 8  # rows from which there is space for more than the moves
LEAST_GAMES: Final = 3  # rows that the games need
PLACES: Final = (0.40, 0.57, 0.80, 1.0)  # where the columns behind the move end


def archive_rows(session: Session, column: Column) -> None:
    """The moves of the position, and the games of the chosen one where there is space for them."""
    archive = session.archive
    region = None if archive is None else archive.region
    column.title(tr("Played here") if region is None else tr("Played in {region}", region=region.name))
    found = None if archive is None else archive.found(session.key)
    if archive is None or found is None:
        column.add(tr("looking it up") if region is None else tr("searching all games"), tone="muted")
        return
    if region is not None:
        _region_rows(session, found, column)
    else:
        _position_rows(session, found, column)
    if not found.continuations:
        return
    names = zip(
        (tr("games") if region is None else tr("times"), tr("won"), tr("years"), tr("network")), PLACES, strict=True
    )
    column.add(*(Cell(name, x, "right", "muted") for name, x in names), scale=0.92, call=about("network"))
    for index, move in enumerate(found.continuations[: max(3, min(MOST_MOVES, column.room // 2))]):
        mover = session.game.to_play if move.own else opponent(session.game.to_play)
        stone = None if region is None else mover
        call = Call("archive.choose_move", (index,))
        column.add(*_move_cells(move), chosen=move is archive.chosen, stone=stone, call=call)
    if column.room >= LEAST_GAMES:
        archive_game_rows(session, column)


def _position_rows(session: Session, found: Exploration, column: Column) -> None:
    assert session.archive is not None
    file = session.archive.path.name
    mover = color_name(session.game.to_play)
    if not found.count:
        column.wrapped(tr("no game of {file} had this position", file=file), tone="muted")
    else:
        text = tr("in {count:,} games of {file}; {color} to play", count=found.games, file=file, color=mover)
        column.wrapped(text, tone="muted", scale=0.92)
    if column.room >= ROOMY:
        column.add(Cell(tr("Search a region ..."), 0.0, "left", "accent"), scale=0.92, call=Call("archive.mark_region"))


def _region_rows(session: Session, found: Exploration, column: Column) -> None:
    assert session.archive is not None
    file = session.archive.path.name
    spacious = column.room >= ROOMY
    text = tr("no game of {file} had this region", file=file)
    if found.count:
        text = tr("{times:,} times in {count:,} games of {file}", times=found.count, count=found.games, file=file)
    column.wrapped(text, tone="muted", scale=0.92)
    if found.count and spacious:
        left = tr(
            "left as it is {unchanged:,} times, changed by a capture {captured:,} times",
            unchanged=found.unchanged,
            captured=found.captured,
        )
        column.wrapped(left, tone="muted", scale=0.92)
    if spacious:
        column.add(Cell(tr("The whole board again"), 0.0, "left", "accent"), scale=0.92, call=Call("look.escape"))


def archive_game_rows(session: Session, column: Column) -> None:
    """The latest games of the chosen move."""
    archive = session.archive
    if archive is None or archive.found(session.key) is None or archive.chosen is None or not archive.games:
        return
    column.title(tr("Latest games with {vertex}", vertex=archive.chosen.vertex))
    for index, game in enumerate(archive.games[: max(2, column.room - 1)]):
        chosen = index == archive.game
        column.add(*_game_cells(game), chosen=chosen, scale=0.96, call=Call("archive.choose_game", (index,)))
    column.wrapped(tr("Up and Down choose a game, Enter opens it here"), tone="muted", scale=0.9)


def _move_cells(move: Continuation) -> list[Cell]:
    first, last = move.years
    years = "" if not last else f"{first}-{last % 100:02d}" if first != last else f"{last}"
    values = (
        f"{move.count:,}" if move.count else tr("none"),
        "" if move.win_share is None else f"{100 * move.win_share:.0f} %",
        years,
        "" if move.probability is None else percent_text(move.probability),
    )
    cells = [
        Cell(value, x, "right", "muted" if x == PLACES[0] and not move.count else "")
        for value, x in zip(values, PLACES, strict=True)
    ]
    return [Cell(move.vertex, 0.0, "left", "strong"), *cells]


def _game_cells(game: GameReference) -> list[Cell]:
    result = f"{color_letter(game.winner)}+" if game.winner else ""
    players = f"{game.black or '?'} - {game.white or '?'}"
    return [
        Cell(f"{game.year or ''}", 0.0, "left", "muted"),
        Cell(players, 0.14),
        Cell(f"{result}  {tr('move {number}', number=game.turn)}".strip(), 1.0, "right", "muted"),
    ]

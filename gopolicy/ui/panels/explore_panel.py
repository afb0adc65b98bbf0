"""The panel while something is explored: guessing, continuations, planes, counting, territory, attribution."""

from typing import Final

from gopolicy.features import FEATURES
from gopolicy.go.coords import BLACK, COLORS, WHITE, Size, opponent, to_vertex
from gopolicy.ui.model.continuation_tree import OPEN_BITS, TreeMove
from gopolicy.ui.model.count import Count
from gopolicy.ui.model.guess_score import Guess
from gopolicy.ui.model.judging import expected_by_both
from gopolicy.ui.model.language import color_letter, color_name, result_name, tr
from gopolicy.ui.model.practice_round import WORDS
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.session import Session
from gopolicy.ui.panels.rows import Cell, Column, wrap
from gopolicy.ui.panels.wording import about, ordinal

LEAST_JOINT: Final = 0.01  # continuations below are not listed
SURE: Final = 0.3  # ownership from which a point is counted


def guess_rows(session: Session, column: Column) -> None:
    """The three-way score, and the answer to the last guess."""
    guessing, practice = session.guessing, session.practice
    answer = guessing.revealed
    if practice is not None:
        column.title(tr("Practice: {number} of {total} that are due", number=practice.number, total=practice.total))
    else:
        column.title(tr("Guess the move, hard ones only") if guessing.hard else tr("Guess the move"))
    color = color_name(session.color_to_play())
    if answer is None and practice is not None:
        column.wrapped(tr("Find {color}'s move.  Click the point.", color=color))
    elif answer is None:
        column.wrapped(tr("Where did {color} play?  Click the point.", color=color))
    else:
        _answer_rows(session, answer, column)
    if practice is not None:
        column.space(0.3)
        column.wrapped(tr("Right or Enter goes on, Escape ends; every answer is kept"), tone="muted", scale=0.9)
        return
    column.title(tr("Score on the same moves"))
    heads = Cell(tr("hits"), 0.68, "right", "muted"), Cell(tr("average"), 1.0, "right", "muted")
    column.add(*heads, scale=0.92, call=about("average"))
    for who, hits, mean in guessing.table:
        column.add(Cell(who, 0.0), Cell(hits, 0.68, "right"), Cell(mean, 1.0, "right"))
    column.space(0.3)
    column.wrapped(tr("average: how probable the network found each"), tone="muted", scale=0.9)
    column.wrapped(tr("Right or Enter goes on, G ends, Shift+G asks only the hard ones"), tone="muted", scale=0.9)


def _answer_rows(session: Session, answer: Guess, column: Column) -> None:
    size = session.game.size
    if session.practice is not None:
        column.wrapped(tr(WORDS[session.practice.grade]), tone="strong")
    else:
        played = to_vertex(answer.played, size)
        verdict = tr("Yes: that was played") if answer.hit else tr("The game: {vertex}", vertex=played)
        column.add(verdict, tone="strong")
    rows = [(tr("Y  you"), answer.guessed, answer.guessed_probability, answer.guessed_rank)]
    if session.practice is None or session.practice.has_game_move:
        rows.append((tr("G  the game"), answer.played, answer.played_probability, answer.played_rank))
    if answer.expected is not None:
        rows.append((tr("N  network"), answer.expected, answer.expected_probability, 1))
    for who, point, probability, rank in rows:
        place = f"{ordinal(rank)}, {100 * probability:.1f} %" if rank and probability > 0 else ""
        column.add(Cell(who, 0.0, "left", "muted"), Cell(to_vertex(point, size), 0.42), Cell(place, 1.0, "right"))


def continuation_rows(session: Session, column: Column) -> None:
    """The tree of lines with odds; a click shows a line on the board."""
    column.title(tr("Likely continuations"))
    continuations = session.view.continuations
    if continuations is None or continuations.bits is None:
        column.add(tr("the network is thinking"), tone="muted")
        return
    if continuations.bits > OPEN_BITS:
        column.wrapped(tr("wide open here: {bits:.1f} bits", bits=continuations.bits), tone="muted", scale=0.92)
    ends = continuations.ends
    shown = {id(move) for move in continuations.shown}
    rows = [move for move in continuations.rows if move.joint >= LEAST_JOINT or id(move) in shown]
    notes = (
        tr("Right: the odds of the whole line.  ? is where play stops being forced."),
        tr("Up and Down choose a line, Enter plays it."),
    )
    below = sum(len(wrap(note, column.rect.w, column.unit * 0.9)) for note in notes)
    for move in rows[: max(3, column.room - below)]:
        index = next(i for i, end in enumerate(ends) if move in end.line)
        column.add(
            Cell(_branch(move, session.game.size), min(0.075 * move.depth, 0.55)),
            Cell(_tail(move), 0.80, "right", "muted"),
            Cell(f"{100 * move.joint:.0f} %" if move.joint >= 0.01 else "<1 %", 1.0, "right"),
            scale=0.96,
            tone="strong" if id(move) in shown else "normal",
            chosen=bool(continuations.shown) and move is continuations.shown[-1],
            call=Call("explore.choose_continuation", (index,)),
        )
    column.space(0.3)
    for note in notes:
        column.wrapped(note, tone="muted", scale=0.9)


def _branch(move: TreeMove, size: Size) -> str:
    return f"{color_letter(move.color)} {to_vertex(move.point, size)}  {100 * move.probability:.0f} %"


def _tail(move: TreeMove) -> str:
    return "?" if move.open_end else ""


def plane_rows(session: Session, column: Column) -> None:
    """The features, with the chosen one's planes to pick."""
    overlay = session.view.planes
    column.title(tr("Input planes for {color}", color=color_name(session.game.to_play)))
    for index, feature in enumerate(FEATURES):
        chosen = index == overlay.feature
        column.add(
            Cell(str(index + 1) if index < 9 else "", 0.0, "left", "muted"),
            Cell(tr(feature.name), 0.08),
            Cell(tr("{count} planes", count=feature.width), 1.0, "right", "muted"),
            chosen=chosen,
            tone="strong" if chosen else "normal",
            call=Call("explore.choose_plane", (index,)),
        )
    feature = FEATURES[overlay.feature]
    column.space(0.3)
    column.wrapped(tr(feature.meaning), scale=0.94)
    if feature.width > 1 and column.room >= 2:
        if overlay.plane is None:
            which = tr("all its planes: the number is the value")
        else:
            which = tr("plane {number} alone", number=overlay.plane + 1)
        column.wrapped(which, tone="accent", scale=0.94)
    count = len(overlay.values(session.game))
    column.wrapped(tr("{count} points are set", count=count), tone="muted", scale=0.92)
    column.wrapped(tr("1-9 choose, Up and Down go through every plane"), tone="muted", scale=0.9)


def count_rows(session: Session, column: Column) -> None:
    """The score: what each color has, komi and the result."""
    count = session.count
    if count is None:
        return
    column.title(tr("Score"))
    _score_rows(count, column)
    column.space(0.4)
    if count.corrected:
        note = tr("dead stones as you marked them")
    elif count.open_points:
        note = tr("an estimate: {count} points, marked by a question mark, are not decided", count=count.open_points)
    elif count.estimated:
        note = tr("dead stones as the network finds them; a click corrects it")
    elif session.network_name:
        note = tr("the network is finding out which stones are dead")
    else:
        note = tr("click the dead stones")
    column.wrapped(note, tone="warning" if count.open_points else "muted", scale=0.94)
    column.wrapped(tr("Enter accepts, Escape goes on playing"), tone="muted", scale=0.94)


def _score_rows(count: Count, column: Column) -> None:
    points, by_territory = count.points, count.rules.territory
    for color in COLORS:
        detail = "+ " + tr("{count} prisoners", count=count.prisoners(color)) if by_territory else ""
        column.add(
            Cell(color_name(color), 0.0),
            Cell(f"{points[color]} {detail}".strip(), 1.0, "right"),
            stone=color,
        )
    if count.bonus:
        column.add(Cell(tr("handicap, to White"), 0.0, "left", "muted"), Cell(f"{count.bonus}", 1.0, "right"))
    column.add(Cell(tr("komi, to White"), 0.0, "left", "muted"), Cell(f"{count.komi:g}", 1.0, "right"))
    kind = tr("by territory") if by_territory else tr("by area")
    column.add(
        Cell(kind, 0.0, "left", "muted"), Cell(result_name(count.result), 1.0, "right"), tone="strong", scale=1.15
    )


def territory_rows(session: Session, column: Column) -> None:
    """The estimate of ownership in numbers."""
    column.title(tr("Territory, an estimate"))
    territory = session.view.territory
    if territory is None or territory.key != session.key:
        column.wrapped(tr("the network plays the game out"), tone="muted")
        return
    values = territory.ending.ownership
    for color, sign in ((BLACK, 1), (WHITE, -1)):
        column.add(
            Cell(color_name(color), 0.0),
            Cell(tr("{count} points", count=int((values * sign > SURE).sum())), 1.0, "right"),
            stone=color,
        )
    lead = float(values.sum()) - session.tree.komi - session.rules.bonus(session.tree.handicap)
    who = color_name(BLACK if lead > 0 else WHITE)
    cells = Cell(tr("expected lead"), 0.0, "left", "muted"), Cell(f"{who} {abs(lead):.1f}", 1.0, "right")
    column.add(*cells, tone="strong", call=about("expected lead"))
    count = int(territory.ending.is_open.sum())
    column.wrapped(
        tr("{count} points are not decided: a rough guide, not a score", count=count)
        if count
        else tr("every point is decided"),
        tone="muted",
        scale=0.92,
    )


def both_rows(session: Session, column: Column) -> None:
    """Where both want to play, and what only one of them wants."""
    column.title(tr("Expected of both colors"))
    own, other = session.prediction, session.other_prediction()
    if own is None or other is None:
        column.wrapped(session.why_no_hints() or tr("the network is thinking"), tone="muted")
        return
    both = expected_by_both(own, other)
    column.add(
        Cell(color_name(session.game.to_play), 0.66, "right", "muted"),
        Cell(color_name(opponent(session.game.to_play)), 1.0, "right", "muted"),
        scale=0.92,
    )
    for candidate in both.candidates(session.settings.top):
        assert candidate.move is not None
        row = own.probability(candidate.move), other.probability(candidate.move)
        column.add(
            Cell(str(candidate.rank), 0.0, "left", "muted"),
            Cell(candidate.vertex, 0.09, "left", "strong"),
            Cell(f"{100 * row[0]:.1f} %", 0.66, "right"),
            Cell(f"{100 * row[1]:.1f} %", 1.0, "right"),
        )
    column.space(0.3)
    column.wrapped(
        tr(
            "each as if it moved first: {own:.1f} and {other:.1f} bits.  "
            "A stone marks what is expected of that color only.",
            own=own.entropy,
            other=other.entropy,
        ),
        tone="muted",
        scale=0.92,
    )


def attribution_rows(session: Session, column: Column) -> None:
    """The candidates to choose from, and what each feature adds to the chosen one."""
    point = session.explained
    column.title(tr("What made it likely"))
    if point is None:
        column.wrapped(session.why_no_hints() or tr("the network is thinking"), tone="muted")
        return
    for candidate in session.candidates[:5]:
        column.add(
            Cell(str(candidate.rank), 0.0, "left", "muted"),
            Cell(candidate.vertex, 0.09, "left", "strong"),
            Cell(f"{100 * candidate.probability:.1f} %", 0.47, "right"),
            chosen=candidate.move == point,
            call=Call("see.select", (candidate.rank,)),
        )
    attribution = session.attribution
    if attribution is None:
        column.add(tr("following the gradients"), tone="muted")
        return
    column.space(0.3)
    heads = Cell(tr("feature"), 0.0, "left", "muted"), Cell(tr("bits"), 1.0, "right", "muted")
    column.add(*heads, scale=0.92, call=about("bits"))
    for name, bits in (row for row in attribution.by_feature.items() if abs(row[1]) >= 0.05):
        column.add(Cell(tr(name), 0.0), Cell(f"{bits:+.1f}", 1.0, "right"), scale=0.92)
    column.add(
        Cell(tr("all"), 0.0, "left", "strong"),
        Cell(f"{attribution.bits:+.1f}", 1.0, "right", "strong"),
        scale=0.92,
    )
    column.space(0.3)
    column.wrapped(
        tr(
            "More than on the empty board; 1 bit: twice as likely.  Blue raised it, orange lowered it.  "
            "Up and Down choose a move."
        ),
        tone="muted",
        scale=0.9,
    )

"""Numbers and moves as the window words them."""

from unicodedata import category

from gopolicy.go.coords import COLORS, Move, Size, to_vertex
from gopolicy.prediction import JudgedMove, Prediction
from gopolicy.ui.model.figures import PLACES
from gopolicy.ui.model.language import color_letter, color_name, tr
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.session import Session


def title(session: Session) -> str:
    """Return the window's title: a mark for unsaved changes, the players and the file."""
    names = " - ".join(session.tree.names.get(color, "") or color_name(color) for color in COLORS)
    file = session.document.path or session.document.playlist.path
    mark = "* " if session.document.dirty else ""
    text = f"{mark}{names} ({file.name}) - gopolicy" if file is not None else f"{mark}{names} - gopolicy"
    return "".join("\ufffd" if category(letter) in ("Cc", "Cs") else letter for letter in text)  # no system takes them


def percent(probability: float) -> str:
    """Return a probability as a label on the board shows it: 41, 5.2, or nothing below one percent."""
    value = 100 * probability
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}" if value >= 0.995 else ""


def percent_text(probability: float) -> str:
    """Return a probability as text: `41.0 %`, `<0.1 %`."""
    return f"{100 * probability:.1f} %" if probability >= 0.0005 else "<0.1 %"


def about(figure: str) -> Call:
    """Return what a row with a figure calls: a tip while the mouse rests on it, the same as a message at a click."""
    return Call("look.about", (PLACES[figure],))


def short_count(count: int) -> str:
    """Return a number in at most four signs: 7, 842, 1.2k, 23k, 301k, 4M."""
    if count < 1000:
        return str(count)
    if count < 9950:
        return f"{count / 1000:.1f}k"
    return f"{count / 1000:.0f}k" if count < 999_500 else f"{count / 1e6:.0f}M"


def ordinal(rank: int) -> str:
    """Return 1st, 2nd, 3rd, 11th."""
    if rank % 10 in (1, 2, 3) and rank % 100 not in (11, 12, 13):
        return (tr("{rank}st", rank=rank), tr("{rank}nd", rank=rank), tr("{rank}rd", rank=rank))[rank % 10 - 1]
    return tr("{rank}th", rank=rank)


def described(prediction: Prediction | None, move: Move, size: Size) -> str:
    """Return how a move stands in a prediction: `R14 (12th, 1.3 %)`."""
    vertex = to_vertex(move, size)
    if prediction is None or move is None:
        return vertex
    return f"{vertex} ({ordinal(prediction.rank(move))}, {percent_text(prediction.probability(move))})"


def judged_text(move: JudgedMove) -> str:
    """Return a played move with what was expected of it: `W R14 (12th, 1.3 %), 6.3 bits`."""
    place = f"{ordinal(move.rank)}, {percent_text(move.probability)}"
    return f"{color_letter(move.color)} {move.vertex} ({place}), {tr('{bits:.1f} bits', bits=move.bits)}"

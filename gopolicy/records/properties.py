"""What the properties of a node mean: board size, moves and setup as events, komi, handicap, result.

A property map holds, per identifier, the values as text.  Everything here forgives what people and programs
have written since 1987, and says in a warning what it made of it.  Komi in hundredths, in half points and
zero from Fox follow KataGo's reader.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from gopolicy.go.coords import (
    BLACK,
    BOARD_SIZE,
    EMPTY,
    MAX_SIZE,
    MIN_SIZE,
    SGF_LETTERS,
    WHITE,
    Color,
    CoordinateError,
    Move,
    Point,
    Size,
    columns_rows,
    parse_color,
    parse_sgf,
    parse_size,
    point_at,
    point_count,
    row_column,
    size_name,
    to_sgf,
)
from gopolicy.go.events import move_event, setup_event
from gopolicy.go.scoring import rules_name
from gopolicy.records.encoding import readable
from gopolicy.records.problems import BAD_SIZE, NOT_GO, RecordError, excerpt

Properties = dict[str, list[str]]

MOVES: Final = {"B": BLACK, "W": WHITE}
SETUPS: Final = {"AB": BLACK, "AW": WHITE, "AE": EMPTY}
_NUMBER = re.compile(r"-?(?:[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})(?![0-9])")
_RECTANGLE = re.compile(r"([a-zA-Z]{2}):([a-zA-Z]{2})")
_FRACTIONS: Final = {"半": 0.5, "반": 0.5, "½": 0.5, "1/2": 0.5, "¾": 0.75, "3/4": 0.75, "¼": 0.25, "1/4": 0.25}
_FRACTION = re.compile(rf"\s*[目子集집]?\s*({'|'.join(_FRACTIONS)})")
# Fox writes hundredths of a point, or of a Chinese stone that counts two points, which others write as it is.
_SCALED_KOMI: Final[dict[float, float]] = {
    3.75: 7.5,
    3.25: 6.5,
    2.75: 5.5,
    375: 7.5,
    750: 7.5,
    325: 6.5,
    650: 6.5,
    275: 5.5,
    550: 5.5,
    350: 7.0,
    700: 7.0,
    50: 0.5,
}
_KOMI_BY_RULES: Final = {"japanese": 6.5, "korean": 6.5}
_DEFAULT_KOMI: Final = 7.5
LARGEST_KOMI: Final = 150  # servers have given 100 points in place of stones


def first_value(properties: Mapping[str, list[str]], identifier: str) -> str:
    """Return the first value of a property as readable text on one line, without surrounding space, or ""."""
    values = properties.get(identifier)
    return readable(values[0]).strip().replace("\n", " ") if values else ""


def read_size(properties: Properties, warnings: list[str]) -> Size:
    """Return the board size of a root node, 19 where it says none.

    Raises RecordError for another game than Go and for boards that are not of 2 to 25 lines each way.
    """
    game = first_value(properties, "GM")
    if game not in ("", "1", "01"):
        raise RecordError(f"{NOT_GO}: GM[{excerpt(game)}]")
    text = first_value(properties, "SZ")
    numbers = list(dict.fromkeys(re.findall(r"[0-9]{1,4}", text)))
    if not numbers:
        if "SZ" in properties:
            warnings.append(f"board size SZ[{excerpt(text)}] read as {BOARD_SIZE}")
        return BOARD_SIZE
    try:
        return parse_size(numbers[0] if len(numbers) == 1 else text)
    except CoordinateError:
        raise RecordError(f"{BAD_SIZE}: SZ[{excerpt(text)}] is none from {MIN_SIZE} to {MAX_SIZE}") from None


@lru_cache
def plain_moves(size: Size) -> dict[tuple[str, str], int]:
    """Return the event of every well-written move: {("B", "pd"): event, ...}; to be read only."""
    columns, rows = columns_rows(size)
    values = ["", "tt"] if max(columns, rows) <= BOARD_SIZE else [""]
    values += [column + row for column in SGF_LETTERS[:columns] for row in SGF_LETTERS[:rows]]
    return {
        (letter, value): move_event(color, parse_sgf(value, size))
        for letter, color in MOVES.items()
        for value in values
    }


def move_of(value: str, size: Size, warnings: list[str]) -> Move:
    """Return the move that a B or W value names; blank and off the board is a pass, with a warning.

    Raises CoordinateError for what is no coordinate at all.
    """
    text = "".join(value.split())
    try:
        move = parse_sgf(text, size)
    except CoordinateError:
        if len(text) != 2 or not all(letter in SGF_LETTERS for letter in text.lower()):
            raise
        warnings.append(f"move [{excerpt(value)}] is off the {size_name(size)} board: read as a pass")
        return None
    if text == "" and value != "":
        warnings.append("blank move: read as a pass")
    elif text != text.lower():
        warnings.append(f"move [{value}] in capitals")
    return move


@lru_cache
def _plain_points(size: Size) -> dict[str, tuple[Point]]:
    return {to_sgf(point, size): (point,) for point in range(point_count(size))}


def setup_events(properties: Properties, size: Size, warnings: list[str]) -> list[int]:
    """Return the events of AB, AW and AE; rectangles are written out, what is no point is left out."""
    stones: dict[Point, Color] = {}
    known = _plain_points(size)
    for identifier, color in SETUPS.items():
        if identifier not in properties:
            continue
        for value in dict.fromkeys(properties[identifier]):
            points = known.get(value) or tuple(_points(value, size))
            if not points and value.strip():
                warnings.append(f"{identifier}[{excerpt(value)}] is no point of the board: left out")
            stones.update(dict.fromkeys(points, color))
    return [setup_event(color, point) for point, color in stones.items()]


def unread_setup(values: Iterable[str], size: Size) -> list[str]:
    """Return the values of AB, AW or AE that are no point of the board."""
    return [value for value in values if value.strip() and not any(True for _ in _points(value, size))]


def unread_move(properties: Properties, letter: str) -> str:
    """Return the value of a B or W that is read as a pass and not written as one, a point off the board, or ""."""
    text = "".join("".join(properties.get(letter, ())[:1]).split())
    return "" if text.lower() == "tt" else text


def _points(value: str, size: Size) -> Iterator[Point]:
    text = "".join(value.split())
    rectangle = _RECTANGLE.fullmatch(text)
    corners = []
    for corner in rectangle.groups() if rectangle else (text,):
        try:
            point = parse_sgf(corner, size)
        except CoordinateError:
            return
        if point is None:
            return
        corners.append(row_column(point, size))
    rows, columns = zip(*corners, strict=True)
    for row in range(min(rows), max(rows) + 1):
        for column in range(min(columns), max(columns) + 1):
            yield point_at(row, column, size)


def read_player(properties: Properties) -> Color | None:
    """Return the color that PL names, or None."""
    text = first_value(properties, "PL").lower()
    try:
        return parse_color({"1": "b", "2": "w"}.get(text, text))
    except CoordinateError:
        return None


def read_handicap(properties: Properties, warnings: list[str]) -> int:
    """Return the handicap, 0 for none, for one stone and for what is no number."""
    text = first_value(properties, "HA")
    number = _NUMBER.search(text)
    if text and not number:
        warnings.append(f"handicap HA[{excerpt(text)}] is no number: read as 0")
    stones = int(float(number.group())) if number else 0
    return stones if 2 <= stones <= MAX_SIZE * MAX_SIZE else 0


def is_komi(value: float) -> bool:
    """Return whether a komi can be set here: whole or half points, as many as are read back."""
    return abs(value) <= LARGEST_KOMI and (2 * value).is_integer()


def read_komi(properties: Properties, handicap: int, warnings: list[str]) -> float:
    """Return the komi; where the record has none, half a point with a handicap, else what the rules have."""
    text = first_value(properties, "KM")
    number = _NUMBER.search(text.replace(",", "."))
    komi = float(number.group()) if number else None
    if number and komi is not None and (fraction := _FRACTION.match(text, number.end())):
        komi += _FRACTIONS[fraction[1]]
    program = first_value(properties, "AP").lower()
    fox = "foxwq" in program
    set_here = komi == 50 and program.startswith("gopolicy:")  # the only scaled one that the window has
    if komi is not None and komi in _SCALED_KOMI and not set_here:
        return _SCALED_KOMI[komi]
    if komi is not None and abs(komi) <= LARGEST_KOMI and not (fox and komi == 0):
        return komi
    guess = 0.5 if handicap else _KOMI_BY_RULES.get(rules_name(first_value(properties, "RU")), _DEFAULT_KOMI)
    if "KM" in properties:
        warnings.append(f"komi KM[{excerpt(text)}] read as {guess:g}")
    return guess


_DRAWS = re.compile(r"^(?:0(?:\.0*)?$|draw|jigo|tie)|和棋|和局|平局|持碁|持棋|ジゴ|무승부|빅", re.IGNORECASE)
_WINNER = re.compile(r"black|white|[bw](?![a-z])|[黑黒白흑백]", re.IGNORECASE)
_WINNERS = {"b": "B", "w": "W", "黑": "B", "黒": "B", "흑": "B", "白": "W", "백": "W"}
# What follows the name of the one who lost, before anything else of who won.
_LOST = re.compile(
    r"(?:(?!\+|\bwin|\bwon\b|black|white|[胜勝승黑黒白흑백]).)*?"
    r"(?:resigns|resigned|loses|lost|forfeits|forfeited|认输|認輸|投了|負|负|패)",
    re.IGNORECASE,
)
_STANDARD = re.compile(r"([bw])(?:lack|hite)?\s*\+\s*(?:([rtf])|[0-9])", re.IGNORECASE)
_HOW = (
    ("R", re.compile(r"\+\s*r|resign|中[盘盤押]|中押|不计|不計|불계|投了|认输|認輸", re.IGNORECASE)),
    ("T", re.compile(r"\+\s*t|\btime|超[时時]|時間|时间|시간", re.IGNORECASE)),
    ("F", re.compile(r"\+\s*f|forfeit|反则|反則|반칙|弃权", re.IGNORECASE)),
)


def read_result(properties: Properties) -> str:
    """Return the result as SGF writes it: B+R, W+T, B+3.5, W+ (won, unknown how), 0, Void, or "" for unknown."""
    text = first_value(properties, "RE")
    if not text or text == "?":
        return ""
    if text.lower() == "void":
        return "Void"
    if _DRAWS.search(text):
        return "0"
    if standard := _STANDARD.match(text):
        return f"{standard[1].upper()}+{standard[2].upper() if standard[2] else _margin(text)}"
    winner = _WINNER.search(text)
    if not winner:
        return ""
    letter = _WINNERS[winner.group()[0].lower()]
    if _LOST.match(text, winner.end()):
        letter = "W" if letter == "B" else "B"
    for how, pattern in _HOW:
        if pattern.search(text):
            return f"{letter}+{how}"
    return f"{letter}+{_margin(text)}"


def _margin(text: str) -> str:
    number = re.search(r"[0-9]{1,9}(?:[.,][0-9]{1,9})?", text)
    if not number or "子" in text or "/" in text:  # a count in stones is no number of points
        return "0.5" if re.search(r"[+胜勝]\s*半目|반집", text) else ""
    half = 0.5 if re.match(r"\s*[目집]?\s*[半반]", text[number.end() :]) else 0.0
    return f"{float(number.group().replace(',', '.')) + half:g}"


_RANK = re.compile(r"(p?)([0-9]{1,2}) ?(k|gup|級|级|급|d|段|단|p)")
_YEAR = re.compile(r"(?<![0-9])(1[0-9]{3}|20[0-9]{2})(?![0-9])|(?<![0-9])(1[0-9]{3}|20[0-9]{2})(?=[0-9]{4}(?![0-9]))")
_PROFESSIONAL = 10  # added to the grade of a professional


@lru_cache(maxsize=10_000)
def rank_number(rank: str) -> int:
    """Return 1 to 9 for amateur dan, 11 to 19 for professionals, -1 to -30 for kyu, 0 for anything else."""
    found = _RANK.match(normalize("NFKC", rank[:20]).strip().lower())
    grade = int(found[2]) if found else 0
    if not found or not 1 <= grade <= 30:
        return 0
    if found[3] in ("k", "gup", "級", "级", "급"):
        return -grade
    if grade > 9:
        return 0
    return _PROFESSIONAL + grade if found[1] or found[3] == "p" else grade


@lru_cache(maxsize=10_000)
def year_of(date: str) -> int:
    """Return the first year from 1000 to 2099 in a date, 0 if there is none."""
    found = _YEAR.search(date[:200])
    return int(found[1] or found[2]) if found else 0

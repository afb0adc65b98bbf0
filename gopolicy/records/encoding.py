"""Bytes of a record as text, in whatever encoding they were written.

The order: a byte order mark; what the record declares (CA), if the bytes agree; UTF-8, if the bytes agree
and it is not by accident; the most likely of the East Asian and Cyrillic encodings; Latin-1, which never
fails.  A few bad bytes do not change the decision: names and comments get cut in the middle of a character.

A byte that means nothing in the encoding stays in the text, as the surrogate that Python's error handler
"surrogateescape" makes of it, so that saving writes it back; `readable` replaces such bytes for showing.
"""

import codecs
import re
from functools import lru_cache
from typing import Final

from gopolicy.records.problems import RecordError, excerpt

# Declared name -> the larger encoding that those who declare it mean.
_SUPERSETS: Final = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "ascii": "utf-8",
}
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CANDIDATES: Final = ("gb18030", "big5hkscs", "cp949", "cp932", "cp1251")
_LATIN: Final = "cp1252"
_DECLARED = re.compile(rb"[;\s\]]CA\s*\[\s*([\w.:-]*)\s*\]")
_SHIFTS = re.compile(rb"\x1b|~\{")  # to two bytes a character in ISO-2022 and HZ, all of them below 128
_OURS = re.compile(rb"AP\[gopolicy:")  # saved as UTF-8, whatever is in it
_FOX = re.compile(rb"AP\s*\[\s*foxwq", re.IGNORECASE)
# Bytes that can belong to characters of two bytes, the second of which may look like ASCII.
_RUN = re.compile(rb"[\x80-\xff](?:[\x80-\xff]|[\x30-\x7e](?=[\x80-\xff]))*[\x40-\x7e]?")
_CYRILLIC_WORD = re.compile("(?<![^ ])(?=[А-Яа-яЁё]*[аеёиоуыэюяАЕИОУЭЮЯ])[А-ЯЁа-яё][а-яё]{2,}(?![^ -~])")
# One accented letter between unaccented ones, where East Asian text has several such bytes in a row.
_LATIN_LETTER = re.compile(rb"[\xc0-\xff][\x40-\x7e]?")
KEEP: Final = "surrogateescape"
_UNREADABLE = re.compile("[\udc80-\udcff]+")
# What is left before a closing bracket of a UTF-8 character that was cut, by its lead byte and by more of it.
_CUT = re.compile(
    "(?<![\udc80-\udcff])(?:[\udcc2-\udcdf]|[\udce0-\udcef][\udc80-\udcbf]?|[\udcf0-\udcf4][\udc80-\udcbf]{0,2})(?=\\])"
)
_LONG_CUT = re.compile("(?<![\udc80-\udcff])[\udce0-\udcf4][\udc80-\udcbf]{1,2}(?=\\])")
# A character whose second byte is "]", where the record goes on as if the value had been closed: it was cut there.
_CUT_DOUBLE = "(?P<swallowing>[%s])(?=\\s*;?\\s*[A-Z]{1,2}\\s*\\[|\\s*\\)\\s*(?:\\(\\s*;|\\Z))"
# How many good characters outweigh a bad place: of what is declared, and of UTF-8 that is not.
_DECLARED_UTF_8, _DECLARED_OTHER, _NOT_DECLARED = 4, 10, 50
# Python's other codecs are no character sets (idna, unicode_escape), or lose the structure of a record (utf-7).
_CHARACTER_SETS = re.compile(r"utf-?(?:8|16|32)|ascii|gb|hz|big5|cp\d|euc|iso|johab|koi8|kz|mac|ptcp|shift_jis|tis")
_ENOUGH: Final = 0.25  # average weight below which text in an encoding makes no sense

# The characters seen most in names, ranks and comments on the game.
_COMMON: Final = frozenset(
    "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学么之都好"
    "看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动方期它头经长儿回位分爱老因很给名法间斯知"
    "世什两次使身者被高已亲其进此话常与活正感見這個們來時為國說學對會後過還從開現動頭經長兒愛給間話與進無點業東車馬門問題"
    "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文古力柯洁芈昱廷时越井裕太睿檀啸聂卫平"
    "張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭鄧許蘇盧蔣賈葉閻鍾陸龍萬錢湯喬賀賴龔"
    "朴崔趙曺李昌鎬世乭薫治勲武宮正樹小林光一加藤大竹英雄山田中村井上木下本高橋渡辺伊佐斎松清水石原藤川野島吉坂田栄男呉清源秀行名人"
    "黑白胜勝负負目半子盘盤局棋围圍段职業业级級中国國日本韩韓台湾灣杯赛賽决決战戰第届屆轮輪名人天元圣聖本因坊贴貼让讓先手执執手谷"
    "黒囲碁戦対級位棋院東京大阪関西"
)
_COMMON_HANGUL: Final = frozenset(
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지나원천방공현함변염여추도석선설마길연위표명기"
    "반왕금옥육인맹제모탁국창호세돌훈영수철환동준승상재희경미은혜병용규태광종형건우욱찬웅빈필범흑단급프로아마기원바둑대회전판결불계"
    "시간패의을를은는가에서고다로과와도만들그것수있하한해나라"
)


def decode(data: bytes, encoding: str | None = None) -> str:
    """Return the text of a file, with bytes that mean nothing kept.

    encoding: read it so, unless gopolicy wrote it; default: detect it.
    Raises RecordError for what is no encoding of text.
    """
    if encoding is not None:
        name = _codec_name(encoding)
        if not name:
            message = f"unknown encoding {excerpt(encoding)!r}; try utf-8, gb18030, big5, cp949 or cp932"
            raise RecordError(message)
        if _is_ours(data):
            name = "utf-8"
        return _decoded(data, name).removeprefix("\ufeff")
    if data.isascii() and b"\0" not in data[:64]:
        found = _declared(data) if _SHIFTS.search(data) else None
        return found or data.decode("ascii")
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], name)
    if data[1:2] == b"\0":
        return _decoded(data, "utf-16-le")
    if data[:1] == b"\0" and data[1:2] not in (b"", b"\0"):
        return _decoded(data, "utf-16-be")
    return _declared(data) or _unmarked(data)


def readable(text: str) -> str:
    """Return text with U+FFFD for each run of bytes that could not be read."""
    return _UNREADABLE.sub("\ufffd", text)


def text_bytes(text: str) -> bytes:
    """Return text as UTF-8, bytes that could not be read as they were."""
    try:
        return text.encode("utf-8", KEEP)
    except UnicodeEncodeError:  # half a character from elsewhere
        return text.encode("utf-8", "replace")


def _codec_name(encoding: str) -> str:
    """Return Python's name of a character set, "" for anything else."""
    try:
        name = codecs.lookup(encoding).name
    except (LookupError, UnicodeError, ValueError):
        return ""
    return name if _CHARACTER_SETS.match(name) else ""


def _decoded(data: bytes, name: str) -> str:
    try:
        text = data.decode(name, KEEP)
    except UnicodeDecodeError:  # a wrong byte below 128 has no surrogate
        text = data.decode(name, "replace")
    return _with_brackets(text, name)


def _with_brackets(text: str, name: str) -> str:
    """Return text with the brackets that characters of two bytes took which had been cut."""
    cut = _cut_double(name)
    return cut.sub(lambda found: chr(0xDC00 + found[1].encode(name)[0]) + "]", text) if cut else text


@lru_cache
def _cut_double(name: str) -> re.Pattern[str] | None:
    """Return what matches a character of two bytes that was cut and took the bracket behind it for its second."""
    if name.startswith("utf"):
        return None
    pairs = (bytes([lead, ord("]")]).decode(name, "ignore") for lead in range(0x81, 0xFF))
    swallowing = "".join(pair for pair in pairs if len(pair) == 1 and pair != "]")
    return re.compile(_CUT_DOUBLE % re.escape(swallowing)) if swallowing else None


def _is_ours(data: bytes) -> bool:
    return _OURS.search(data[:65536]) is not None and b"CA[UTF-8]" in data[:65536]


def _declared(data: bytes) -> str | None:
    """Return the text if the bytes agree with what the record says of itself."""
    if _FOX.search(data[:4096]) and (text := _mostly(data, "utf-8", _DECLARED_UTF_8)) is not None:
        return text
    if _is_ours(data):
        return _decoded(data, "utf-8")
    found = _DECLARED.search(data[:65536])
    name = _codec_name(found.group(1).decode("latin-1")) if found else ""
    if not name or name in ("iso8859-1", "cp1252"):
        return None  # many programs write Latin-1 there without looking at the bytes
    if name.startswith(("utf-16", "utf-32")):
        return None  # which such bytes cannot be
    name = _SUPERSETS.get(name, name)
    return _mostly(data, name, _DECLARED_UTF_8 if name == "utf-8" else _DECLARED_OTHER)


def _mostly(data: bytes, encoding: str, weight: int) -> str | None:
    """Return the text if at least `weight` characters are valid in `encoding` for each place that is not.

    Characters of UTF-8 that are cut off do not count, where there is a whole one or enough of them is left.
    """
    try:
        return _with_brackets(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        text = _decoded(data, encoding)
    bad = len(_UNREADABLE.findall(text)) + text.count("\ufffd")
    good = sum(not character.isascii() for character in _UNREADABLE.sub("", text))
    if encoding == "utf-8":
        bad -= len((_CUT if good else _LONG_CUT).findall(text)) if good or weight == _DECLARED_UTF_8 else 0
    return text if good >= weight * bad else None


def _unmarked(data: bytes) -> str:
    text = _mostly(data, "utf-8", _NOT_DECLARED)
    if text is not None and _is_deliberate(text):
        return text
    sample = [run.group() for _, run in zip(range(2000), _RUN.finditer(data), strict=False)]
    if all(_LATIN_LETTER.fullmatch(run) for run in sample):
        return _decoded(data, _LATIN)
    score, best = max((_score(sample, name), name) for name in _CANDIDATES)
    if score >= _ENOUGH:
        return _decoded(data, best)
    return _decoded(data, _LATIN) if text is None else text


def _is_deliberate(text: str) -> bool:
    """Return whether valid UTF-8 is no accident: GBK names of two characters can be Latin or Armenian ones too."""
    foreign = {character for character in readable(text) if not character.isascii()} - {"\ufffd"}
    if any(character >= "\u0800" for character in foreign):
        return True
    return all("\u00a0" <= character <= "\u017f" or "\u0370" <= character <= "\u045f" for character in foreign)


def _score(sample: list[bytes], encoding: str) -> float:
    """Return the average weight of the characters that `sample` is in `encoding`; 1 is text beyond doubt."""
    text = " ".join(run.decode(encoding, "replace") for run in sample)
    if encoding == "cp1251":  # bytes of any encoding make Cyrillic letters, but hardly words
        foreign = sum(not character.isascii() for character in text)
        return 0.7 * sum(len(word) for word in _CYRILLIC_WORD.findall(text)) / max(foreign, 1)
    weights = [_weight(character, encoding) for character in text if not character.isascii()]
    return sum(weights) / max(len(weights), 1)


@lru_cache(maxsize=20_000)
def _weight(character: str, encoding: str) -> float:
    """Return how much a character speaks for the encoding that produced it, at most 1."""
    if character == "\ufffd" or "\ue000" <= character <= "\uf8ff":
        return -1.0
    if "\u3040" <= character <= "\u30ff":
        return 1.0 if encoding == "cp932" else 0.0
    if "\uff61" <= character <= "\uff9f":
        return -0.5  # half-width kana: what the bytes of other encodings become
    if "\uac00" <= character <= "\ud7a3":
        if encoding != "cp949":
            return -0.5
        lead, trail = character.encode(encoding)  # below: syllables that are hardly ever written
        return 1.0 if character in _COMMON_HANGUL else 0.45 if lead >= 0xB0 and trail >= 0xA1 else -0.1
    if "\u4e00" <= character <= "\u9fff":
        return _ideograph_weight(character, encoding)
    return 0.2 if "\u3000" <= character <= "\u303f" or "\uff01" <= character <= "\uff5e" else -0.2


def _ideograph_weight(character: str, encoding: str) -> float:
    if encoding == "cp949":
        return 0.0  # Korean is written in hangul, with an ideograph here and there
    lead = character.encode(encoding)[0]
    first_level = {"gb18030": range(0xB0, 0xD8), "big5hkscs": range(0xA4, 0xC7), "cp932": range(0x88, 0x99)}[encoding]
    if lead not in first_level:
        return -0.1 if lead < first_level.start else 0.1
    return 0.9 if character in _COMMON else 0.4

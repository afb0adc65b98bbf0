"""Bytes of a record as text, whatever the writer's computer spoke.

The order: a byte order mark; what the record declares (CA), if the bytes agree; UTF-8, if the bytes agree
and it is not by accident; the likeliest of the East Asian and Cyrillic encodings; Latin-1, which never
fails.  A few bad bytes do not change the verdict: comments get cut in the middle of a character.
"""

import codecs
import re
from functools import lru_cache
from typing import Final

from gopolicy.records.problems import RecordError

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
_FOX = re.compile(rb"AP\s*\[\s*foxwq", re.IGNORECASE)
# Bytes that can belong to characters of two bytes, the second of which may look like ASCII.
_RUN = re.compile(rb"[\x80-\xff](?:[\x80-\xff]|[\x30-\x7e](?=[\x80-\xff]))*[\x40-\x7e]?")
_CYRILLIC_WORD = re.compile("(?<![^ ])(?=[А-Яа-яЁё]*[аеёиоуыэюяАЕИОУЭЮЯ])[А-ЯЁа-яё][а-яё]{2,}(?![^ -~])")
# One accented letter between unaccented ones, where East Asian text has several such bytes in a row.
_LATIN_LETTER = re.compile(rb"[\xc0-\xff][\x40-\x7e]?")
_BAD_SHARE: Final = 0.02  # of the non-ASCII characters: more than this, and the encoding is another one
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
    """Return the text of a file; bytes that mean nothing become U+FFFD.

    encoding: read it so; default: find out.  Raises RecordError if Python has no such encoding.
    """
    if encoding is not None:
        try:
            codecs.lookup(encoding)
        except LookupError:
            raise RecordError(f"unknown encoding {encoding!r}; try utf-8, gb18030, big5, cp949 or cp932") from None
        return data.decode(encoding, "replace").removeprefix("\ufeff")
    if data.isascii() and b"\0" not in data[:64]:
        return data.decode("ascii")
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    if data[1:2] == b"\0":
        return data.decode("utf-16-le", "replace")
    if data[:1] == b"\0" and data[1:2] not in (b"", b"\0"):
        return data.decode("utf-16-be", "replace")
    return _declared(data) or _unmarked(data)


def _declared(data: bytes) -> str | None:
    """Return the text if the bytes agree with what the record says of itself."""
    if _FOX.search(data[:4096]) and (text := _mostly(data, "utf-8")) is not None:
        return text
    found = _DECLARED.search(data[:65536])
    try:
        name = codecs.lookup(found.group(1).decode("ascii")).name if found else ""
        if name and b"(;[]".decode(name) != "(;[]":  # UTF-16 and the like, which such bytes cannot be
            name = ""
    except (LookupError, UnicodeError, ValueError):
        name = ""
    if not name or name in ("iso8859-1", "cp1252"):
        return None  # many programs write Latin-1 there without looking at the bytes
    return _mostly(data, _SUPERSETS.get(name, name))


def _mostly(data: bytes, encoding: str) -> str | None:
    """Return the text if all but a few characters are valid in `encoding`."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode(encoding, "replace")
    foreign = sum(not character.isascii() for character in text)
    return text if text.count("\ufffd") <= _BAD_SHARE * foreign else None


def _unmarked(data: bytes) -> str:
    text = _mostly(data, "utf-8")
    if text is not None and _is_deliberate(text):
        return text
    sample = [run.group() for _, run in zip(range(2000), _RUN.finditer(data), strict=False)]
    if all(_LATIN_LETTER.fullmatch(run) for run in sample):
        return data.decode(_LATIN, "replace")
    score, best = max((_score(sample, name), name) for name in _CANDIDATES)
    if score >= _ENOUGH:
        return data.decode(best, "replace")
    return data.decode(_LATIN, "replace") if text is None else text


def _is_deliberate(text: str) -> bool:
    """Return whether valid UTF-8 is no accident: GBK names of two characters can be Latin or Armenian ones too."""
    foreign = {character for character in text if not character.isascii()}
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

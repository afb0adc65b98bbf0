"""Addresses of records on the web, as people paste them."""

import re
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

WEB: Final = ("http", "https")
LONGEST_NAME: Final = 60  # letters
_GAME_PAGE: Final = re.compile(r"/game/(?:view/)?(\d+)(?:/.*)?")
_OGS: Final = ("online-go.com", "www.online-go.com")
_KEPT: Final = "%/:=&?~#+!$,;'@()*[]"  # beside letters and digits, in a path and a query


def record_address(text: str) -> str | None:
    """Return the address of a record that a text is, None if it is none.

    A game's page on OGS becomes the address of its record there.
    """
    text = text.strip()
    if any(letter.isspace() for letter in text) or not text.lower().startswith(("http://", "https://")):
        return None
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:  # a broken IPv6 address
        return None
    if not host:
        return None
    game = _GAME_PAGE.fullmatch(parts.path)
    if host in _OGS and game:
        return f"https://online-go.com/api/v1/games/{game[1]}/sgf"
    return urlunsplit(parts._replace(path=quote(parts.path, _KEPT), query=quote(parts.query, _KEPT), fragment=""))


def shown_address(address: str) -> str:
    """Return an address as the window shows it: without its scheme and what stands behind a question mark."""
    parts = urlsplit(address)
    text = (parts.hostname or "") + parts.path.rstrip("/")
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"

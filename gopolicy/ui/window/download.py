"""Fetching a record from the web: http and https only, bounded in bytes and time, given up when nobody waits."""

import http.client
import time
from collections.abc import Callable
from typing import IO, Final
from urllib import error, request

from gopolicy.errors import GopolicyError
from gopolicy.limits import MAX_FILE_BYTES
from gopolicy.ui.model.tasks import AbandonedError
from gopolicy.ui.model.web_address import WEB, shown_address

TIMEOUT: Final = 15.0  # seconds without a byte
LONGEST: Final = 300.0  # seconds in all
PART: Final = 1 << 16

OnProgress = Callable[[int, int | None], object]


class DownloadError(GopolicyError, OSError):
    """What cannot be fetched; the text names the address and says why."""


class _Redirects(request.HTTPRedirectHandler):
    """Follows redirects, but never to anything else than http and https."""

    def redirect_request(
        self,
        req: request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> request.Request | None:
        """Return the request for the new address; raise DownloadError for another scheme."""
        scheme = newurl.partition(":")[0].lower()
        if scheme not in WEB:
            raise DownloadError(f"redirected to {scheme!r}, which is not followed")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> request.OpenerDirector:
    """Return what opens addresses; unlike urllib's own it knows no files, data or FTP."""
    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler,
        request.UnknownHandler,
        request.HTTPHandler,
        request.HTTPSHandler,
        request.HTTPDefaultErrorHandler,
        _Redirects,
        request.HTTPErrorProcessor,
    ):
        opener.add_handler(handler())
    return opener


def download(
    address: str,
    on_progress: OnProgress,
    is_dropped: Callable[[], bool],
    *,
    most: int = MAX_FILE_BYTES,
    timeout: float = TIMEOUT,
) -> bytes:
    """Return what is at an address, as it is sent.

    on_progress: called with the bytes received and how many there will be, None if that is not said.
    is_dropped: whether nobody waits any more; AbandonedError is raised then.  most: bytes.  timeout: seconds.
    Raises DownloadError.
    """
    name = shown_address(address)
    asked = request.Request(address, headers={"User-Agent": "gopolicy", "Accept-Encoding": "identity"})
    try:
        with _opener().open(asked, timeout=timeout) as answer:
            data = _body(answer, on_progress, is_dropped, most)
    except error.HTTPError as problem:
        problem.close()
        raise DownloadError(f"{name}: the server says {problem.code} {_one_line(problem.reason)}") from None
    except TimeoutError:
        raise DownloadError(f"{name}: no answer in {timeout:g} seconds") from None
    except error.URLError as problem:
        reason = problem.reason
        why = f"no answer in {timeout:g} seconds" if isinstance(reason, TimeoutError) else _one_line(reason)
        raise DownloadError(f"{name}: cannot be fetched: {why}") from None
    except (OSError, http.client.HTTPException, ValueError) as problem:
        raise DownloadError(f"{name}: cannot be fetched: {_one_line(problem)}") from None
    if data.lstrip()[:1] == b"<":
        raise DownloadError(f"{name}: a web page, not a game record")
    return data


def _body(
    answer: http.client.HTTPResponse, on_progress: OnProgress, is_dropped: Callable[[], bool], most: int
) -> bytes:
    stated = answer.headers.get("Content-Length", "")
    length = int(stated) if stated.isdecimal() else None
    data, end = bytearray(), time.monotonic() + LONGEST
    if length is not None and length > most:
        raise DownloadError(f"more than {most:,} bytes")
    while part := answer.read1(PART):
        data += part
        if is_dropped():
            raise AbandonedError
        if len(data) > most:
            raise DownloadError(f"more than {most:,} bytes")
        if time.monotonic() > end:
            raise DownloadError(f"not complete after {LONGEST:g} seconds")
        on_progress(len(data), length)
    if length is not None and len(data) < length:
        raise DownloadError("the connection ended early")
    return bytes(data)


def _one_line(reason: object) -> str:
    text = getattr(reason, "strerror", None) or reason
    return " ".join(str(text).split()) or type(reason).__name__

"""Who may ask this server anything: this machine's browser, with the token of this start, from our own pages.

Against pages of other sites: the Host is ours (DNS rebinding), the Origin and Sec-Fetch-Site are ours (cross-site
requests), the cookie is HttpOnly and SameSite=Strict. Against what a diary may hold: a Content-Security-Policy without
inline script, no sniffing, no referrer, nothing kept in a cache. Bodies have a largest size, counted as they come.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from leao.core.files import LARGEST

HERE = "127.0.0.1"
NAMES = (HERE, "localhost")
SMALL = 4_000_000  # bytes of a body that is no file: a pasted diary has its own door
FILES = "/api/files"
READING = ("GET", "HEAD")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SHEET_POLICY = (  # of an answer's own page in its frame: styles within it, no script whatever it holds
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin"
)
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Key(NamedTuple):
    """The secret of one start of the server, and its port."""

    token: str
    port: int

    @classmethod
    def new(cls, port: int) -> Key:
        """Return a key that nobody can guess."""
        return cls(secrets.token_urlsafe(32), port)

    @property
    def cookie(self) -> str:
        """Name of the cookie: cookies do not part ports, names do."""
        return f"leao-{self.port}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """What a request may call this server."""
        return tuple(f"{name}:{self.port}" for name in NAMES)

    @property
    def address(self) -> str:
        """The address to open, the token in it."""
        return f"http://{HERE}:{self.port}/?token={self.token}"

    def is_ours(self, given: str | None) -> bool:
        """Return whether a token is this start's, in the same time for any guess."""
        return given is not None and hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode())


class Guard:
    """Middleware that lets through what is ours, and puts the headers on every answer."""

    def __init__(self, app: ASGIApp, key: Key) -> None:
        """Stand before ``app``."""
        self.app, self.key = app, key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it in one line."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        answer = self._refusal(scope, headers) or self._entry(scope) or self._stranger(headers)
        largest = LARGEST if scope["path"] == FILES else SMALL
        answer = answer or _too_large(headers, largest)
        if answer is not None:
            await answer(scope, receive, _with_headers(send))
            return
        counted = _Counted(receive, largest)
        with suppress(TooLargeError):
            await self.app(scope, counted, _with_headers(counted.unless_over(send)))
        if counted.over:
            await _large(largest)(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope, headers: Mapping[str, str]) -> Response | None:
        """Return the refusal of a request that another site caused, or that calls us by another name."""
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"host"]
        if len(hosts) != 1 or hosts[0].lower() not in self.key.hosts:
            return _line(421, "this server answers to 127.0.0.1 alone")
        site = headers.get("sec-fetch-site", "same-origin")
        origin = headers.get("origin")
        reads = scope["method"] in READING
        if site != "same-origin" and not (site == "none" and reads):
            return _line(403, "asked from another site")
        if origin is not None and origin.lower() != f"http://{hosts[0].lower()}":
            return _line(403, "asked from another site")
        if not reads and origin is None and "authorization" not in headers:
            return _line(403, "asked without an Origin; a program sends 'Authorization: Bearer TOKEN'")
        return None

    def _entry(self, scope: Scope) -> Response | None:
        """Return the cookie for the token of the address, which then leaves the address."""
        if scope["path"] != "/" or scope["method"] not in READING:
            return None
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token")
        if given is None:
            return None
        if not self.key.is_ours(given[0]):
            return _line(403, "another start's token; open the address that the terminal shows now")
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self.key.cookie, self.key.token, httponly=True, samesite="strict", path="/")
        return answer

    def _stranger(self, headers: Mapping[str, str]) -> Response | None:
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        if self.key.is_ours(bearer) or self.key.is_ours(_cookie(headers.get("cookie", ""), self.key.cookie)):
            return None
        return _line(403, "without the token; open the address that the terminal shows")


class TooLargeError(Exception):
    """A body that grew beyond what is allowed while it came."""


class _Counted:
    """Counts a body's bytes as they come; what was announced is no proof."""

    def __init__(self, receive: Receive, largest: int) -> None:
        self.receive, self.left = receive, largest

    @property
    def over(self) -> bool:
        return self.left < 0

    async def __call__(self) -> Message:
        message = await self.receive()
        self.left -= len(message.get("body", b""))
        if self.over:
            raise TooLargeError
        return message

    def unless_over(self, send: Send) -> Send:
        """Return ``send`` without what the application says of a body that was cut short: that is ours to say."""

        async def sent(message: Message) -> None:
            if not self.over:
                await send(message)

        return sent


def _too_large(headers: Mapping[str, str], largest: int) -> Response | None:
    length = headers.get("content-length", "0")
    if length.isdigit() and int(length) <= largest:
        return None
    return _large(largest)


def _large(largest: int) -> Response:
    return _line(413, f"more than {largest // 10**6} MB; split the file")


def _cookie(header: str, name: str) -> str | None:
    try:
        morsel = SimpleCookie(header).get(name)
    except CookieError:
        return None
    return None if morsel is None else morsel.value


def _line(status: int, text: str) -> Response:
    return PlainTextResponse(f"leao app: {text}\n", status)


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            raw: list[Any] = list(message.get("headers", []))
            there = {name.lower() for name, _ in raw}
            wanted = HEADERS | {"content-security-policy": POLICY}
            raw += [(k.encode(), v.encode()) for k, v in wanted.items() if k.encode() not in there]
            message = {**message, "headers": raw}
        await send(message)

    return sent

"""ASGI middleware around everything: security headers, a limit on request bodies, and doors that stay shut."""

from collections import Counter
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.door import BUSY
from ui import busy_page
from ui.limits import MAX_BODY
from ui.problems import MEDIA_TYPE, problem_bytes

CSP = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; font-src 'self' data:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Gradio doors that this page does not use: uploads, files by path, proxies, its own API description.
SHUT = (
    "/gradio_api/upload", "/gradio_api/file", "/gradio_api/proxy", "/gradio_api/component_server", "/gradio_api/info",
    "/gradio_api/openapi.json", "/gradio_api/runs", "/gradio_api/call", "/gradio_api/run", "/gradio_api/api",
    "/gradio_api/login", "/gradio_api/deep_link", "/gradio_api/vibe", "/gradio_api/mcp", "/upload", "/file", "/proxy",
    "/openapi.json", "/docs", "/redoc", "/login", "/monitoring", "/robots.txt",
)  # fmt: skip


class _TooLong(Exception):
    """The body went over the limit while being read."""


class SecurityHeaders:
    """Adds the headers that Gradio does not send; a page may bring a stricter policy of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, its answer with the headers added."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


PAGES, CONTRACT = frozenset({"", "form", "staff"}), "api"  # how the paths begin that take a thread


class Crowding:
    """Refuses what goes beyond so many at once, before a thread is taken: those in hand stay quick.

    The HTTP contract, the citizens' page, the form and the desk are counted apart: none of them shuts out another.
    """

    def __init__(self, app: ASGIApp, most: int, retry_after: int) -> None:
        self._app, self._most, self._retry_after = app, most, retry_after
        self._inside: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, passed on or told when to come back: a page by a page, a call by a problem document."""
        door = scope["path"].partition("/")[2].partition("/")[0] if scope["type"] == "http" else None
        if door != CONTRACT and door not in PAGES:
            await self._app(scope, receive, send)
        elif self._inside[door] >= self._most:
            await self._turn_away(door, scope["path"], send)
        else:
            self._inside[door] += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._inside[door] -= 1

    async def _turn_away(self, door: str, path: str, send: Send) -> None:
        later = {"Retry-After": str(self._retry_after)}
        if door == CONTRACT:
            told = problem_bytes(503, path, BUSY.format(seconds=self._retry_after))
            await _answer(send, 503, told, {"Content-Type": MEDIA_TYPE, **later})
        else:
            await _answer(send, 503, busy_page.busy_page(self._retry_after), {**busy_page.HEADERS, **later})


PEER = "bancheng.peer"  # where in the scope the address stands that the connection itself came from


class RememberPeer:
    """Keeps who connected, before a proxy's headers put the address of the one behind it in the place."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, with its peer noted."""
        await self._app({**scope, PEER: scope.get("client")}, receive, send)


class Gate:
    """Shuts unused doors and refuses bodies over the limit, whether announced or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, passed on or refused."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        if any(path == door or path.startswith((f"{door}/", f"{door}=")) for door in SHUT):
            await _problem(send, 404, path)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > MAX_BODY:
            await _problem(send, 413, path)
            return
        await self._counted(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the whole body first (it is small or refused), then let the application have it."""
        if scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self._app(scope, receive, send)
            return
        try:
            body = await _read(receive)
        except _TooLong:
            await _problem(send, 413, scope["path"])
            return
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replay, send)


async def _read(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return body
        chunk: bytes = message.get("body", b"")
        body += chunk
        if len(body) > MAX_BODY:
            raise _TooLong
        if not message.get("more_body", False):
            return body


async def _problem(send: Send, status: int, path: str) -> None:
    await _answer(send, status, problem_bytes(status, path), {"Content-Type": MEDIA_TYPE})


async def _answer(send: Send, status: int, body: bytes, headers: Mapping[str, str]) -> None:
    told = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    told.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})

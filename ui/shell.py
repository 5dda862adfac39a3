"""The document around Gradio's page: Chinese, ours from the first byte, and under a policy that names each inline script.

Gradio sends an English document with addresses of its makers in it and adds a page's own head only once its script
runs; styles and settings would come too late, and a policy would have to allow every inline script.
"""

import re
from base64 import b64encode
from hashlib import sha256

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.guards import CSP

_FOREIGN = re.compile(
    r'<meta\s+(?:property="og:|name="twitter:)[^>]*>|<link rel="manifest"[^>]*>|'
    r"<script>(?:(?!</script>).)*iframeResizer(?:(?!</script>).)*</script>",
    re.DOTALL,
)
_INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
_OPENING = (
    '<div id="bc-opening"><p>正在打开“办成”……</p><noscript><p>这个页面要用脚本，您的浏览器没有开。'
    "可以换一个浏览器，或者拨打 12345 政务服务便民热线。</p></noscript></div>"
)


class Shell:
    """Rewrites one page of Gradio's on its way out."""

    def __init__(self, app: ASGIApp, path: str, head: str) -> None:
        self._app, self._path, self._head = app, path, head

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; only a whole HTML page at the path is touched."""
        if scope["type"] != "http" or scope["path"] != self._path or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        start: Message = {}
        body = b""

        async def gather(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
            elif message["type"] == "http.response.body":
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    await self._answer(start, body, send)

        await self._app({**scope, "headers": plain}, receive, gather)

    async def _answer(self, start: Message, body: bytes, send: Send) -> None:
        headers = MutableHeaders(scope=start)
        if start["status"] == 200 and headers.get("content-type", "").startswith("text/html"):
            page = document(body.decode(), self._head)
            headers["Content-Security-Policy"] = policy(page)
            headers["Cache-Control"] = "no-cache"
            body = page.encode()
            headers["Content-Length"] = str(len(body))
        await send(start)
        await send({"type": "http.response.body", "body": body})


def document(page: str, head: str) -> str:
    """Gradio's document with our head first, in Chinese, with something to read until its script has run."""
    page = _FOREIGN.sub("", page).replace('lang="en"', 'lang="zh-CN"', 1).replace("<head>", f"<head>{head}", 1)
    return page.replace("<gradio-app", f"{_OPENING}<gradio-app", 1)


def policy(page: str) -> str:
    """The policy of all pages, with the inline scripts of this one by their digests instead of all of them."""
    digests = (b64encode(sha256(script.encode()).digest()).decode() for script in _INLINE.findall(page))
    named = " ".join(dict.fromkeys(f"'sha256-{digest}'" for digest in digests))
    return CSP.replace("script-src 'self' 'unsafe-inline'", f"script-src 'self' {named}")

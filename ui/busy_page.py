"""What a page answers while too many are being opened: whole in one document, so that it asks nothing more of the service."""

import re
from base64 import b64encode
from hashlib import sha256

from ui.assets import STATIC

_PAGE = (STATIC / "busy.html").read_text(encoding="utf-8")
_STYLE = re.search("<style>(.*?)</style>", _PAGE, re.DOTALL)
_DIGEST = b64encode(sha256(_STYLE[1].encode()).digest()).decode() if _STYLE else ""
CSP = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Content-Security-Policy": CSP}


def busy_page(seconds: int) -> bytes:
    """The page, in UTF-8; `seconds` until it is worth trying again."""
    return _PAGE.replace("{seconds}", str(seconds)).encode()

"""Who is at the desk: a name that the login gateway vouches for, or a signed cookie got with the trial token.

Without either setting the desk does not exist. Forms carry a secret of the browser that they must repeat (CSRF).
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from starlette.requests import Request
from starlette.responses import Response

from assistant.config import Settings
from ui.guards import PEER

COOKIE, FORM_COOKIE, FORM_FIELD = "bancheng_staff", "bancheng_staff_form", "form_key"
PATH = "/staff"
VALID = timedelta(hours=10)  # a working day
LONGEST_NAME = 60
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)


class Access:
    """Decides who asks; knows nothing about what is asked for."""

    def __init__(self, settings: Settings, clock: Clock = utc_now) -> None:
        self._token = settings.staff_token.get_secret_value() if settings.staff_token else None
        self._header, self._proxies = settings.staff_header, settings.staff_proxies
        self._key = hashlib.sha256(f"bancheng-staff\0{self._token}".encode()).digest()
        self._clock = clock

    @property
    def by_token(self) -> bool:
        """Whether the trial token opens the desk."""
        return self._token is not None

    @property
    def configured(self) -> bool:
        """Whether there is any way in at all."""
        return self.by_token or bool(self._header and self._proxies)

    def actor(self, request: Request) -> str | None:
        """The caseworker who asks, or None."""
        return self._vouched(request) or (self._signed(request.cookies.get(COOKIE, "")) if self.by_token else None)

    def _vouched(self, request: Request) -> str | None:
        """The name in the gateway's header, if it stands there once and the connection comes from the gateway."""
        client = request.scope.get(PEER) or request.scope.get("client")
        if not self._header or not client:
            return None
        try:
            trusted = any(ip_address(client[0]) in network for network in self._proxies)
        except ValueError:
            return None
        values = request.headers.getlist(self._header)
        return _name(values[0]) if trusted and len(values) == 1 else None

    def admits(self, token: str) -> bool:
        """Whether this is the trial token; takes the same time for every wrong one."""
        return self._token is not None and hmac.compare_digest(token.encode(), self._token.encode())

    def let_in(self, response: Response, name: str, secure: bool) -> None:
        """Give the browser a cookie that names its caseworker until the end of the working day."""
        body = json.dumps([name, int((self._clock() + VALID).timestamp())], ensure_ascii=False).encode()
        value = base64.urlsafe_b64encode(body).decode() + "." + self._mark(body)
        _set(response, COOKIE, value, secure, int(VALID.total_seconds()))

    def let_out(self, response: Response) -> None:
        """Take the cookies back."""
        for name in (COOKIE, FORM_COOKIE):
            response.delete_cookie(name, path=PATH, httponly=True, samesite="strict")

    def _signed(self, cookie: str) -> str | None:
        encoded, _, mark = cookie.partition(".")
        try:
            body = base64.urlsafe_b64decode(encoded.encode())
            if not hmac.compare_digest(mark.encode(), self._mark(body).encode()):
                return None
            name, until = json.loads(body)
        except ValueError:
            return None
        return name if self._clock().timestamp() < until else None

    def _mark(self, body: bytes) -> str:
        return hmac.new(self._key, body, hashlib.sha256).hexdigest()


def form_key(request: Request) -> str:
    """The secret that the forms of this browser repeat; a new one for a browser without."""
    return request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)


def keep_form_key(response: Response, key: str, secure: bool) -> None:
    """Leave the secret with the browser for the session."""
    _set(response, FORM_COOKIE, key, secure, None)


def from_our_form(request: Request, repeated: str) -> bool:
    """Whether a posted request comes from a form of ours: it repeats the cookie, and the browser calls it same-origin."""
    kept = request.cookies.get(FORM_COOKIE, "")
    site = request.headers.get("sec-fetch-site", "same-origin")  # browsers send it on https and loopback only
    return bool(kept) and hmac.compare_digest(kept.encode(), repeated.encode()) and site == "same-origin"


def named(text: str) -> str | None:
    """A name fit to stand in the audit: printable, not too long; None otherwise."""
    name = " ".join(text.split())
    return name if name and len(name) <= LONGEST_NAME and name.isprintable() else None


def _name(header: str) -> str | None:
    """A header as text: gateways send UTF-8, which HTTP reads as latin-1."""
    try:
        return named(header.encode("latin-1").decode("utf-8"))
    except UnicodeError:
        return None


def _set(response: Response, name: str, value: str, secure: bool, seconds: int | None) -> None:
    response.set_cookie(name, value, seconds, path=PATH, secure=secure, httponly=True, samesite="strict")

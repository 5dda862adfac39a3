"""Templates → responses. The one file that speaks Jinja2; everything is escaped, nothing is inline."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from assistant.model import Plan
from ui.markup import day, link
from ui.plan_view import plan_blocks

FOLDER = Path(__file__).parent
ASSETS = {"desk.css": "text/css", "desk.js": "text/javascript"}
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP, "Cache-Control": "no-store", "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}  # fmt: skip
NAV = (
    ("/staff/", "查指南"), ("/staff/themes", "一件事"), ("/staff/changes", "变化"), ("/staff/queue", "待办"),
    ("/staff/findings", "体检"), ("/staff/usage", "使用情况"),
)  # fmt: skip


class Seen(Protocol):
    """What a page needs to know of the request."""

    @property
    def actor(self) -> str:
        """Who is at the desk."""
        ...

    @property
    def key(self) -> str:
        """What forms repeat."""
        ...


def page(template: str, status: int = 200, call: Seen | None = None, **shown: Any) -> HTMLResponse:
    """A page from a template; `call` is None before anybody has logged in."""
    html = _environment.get_template(template).render(call=call, nav=NAV, status=status, **shown)
    return HTMLResponse(html, status, HEADERS)


def address(path: str, **query: Any) -> str:
    """An address of the desk with the parts of its query that say something."""
    said = {name: value for name, value in query.items() if value not in ("", None)}
    return f"/staff{path}" + (f"?{urlencode(said, doseq=True)}" if said else "")


def _outside(url: str | None, label: str) -> Markup:
    return Markup(link(url, label))


def _plan(plan: Plan) -> Markup:
    return Markup("".join(plan_blocks(plan)))


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _moment(value: datetime) -> str:
    return value.astimezone().strftime("%Y-%m-%d %H:%M")


def _make() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.globals.update(address=address, outside=_outside, plan_html=_plan, written=_written)
    made.filters.update(moment=_moment, day=lambda value: day(value) if isinstance(value, date) else value)
    return made


_environment = _make()

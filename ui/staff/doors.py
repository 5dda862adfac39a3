"""Every door of the desk is a row of a table; one function lets people in, records what they do, and tells faults."""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Literal, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from assistant.audit import Action, AuditLog
from assistant.errors import BadInput, NotFound
from assistant.safety.privacy import mask
from ui.staff.access import FORM_FIELD, PATH, Access, form_key, from_our_form, keep_form_key, utc_now
from ui.staff.pages import HEADERS, page

log = logging.getLogger(__name__)
LOGIN = f"{PATH}/login"
LONGEST = 200  # characters of a subject or detail in the audit
NOT_RECORDED = "操作记录写不进去，所以这一步没有做。请联系运维检查数据库或磁盘，再试一次。"


class Call(NamedTuple):
    """One request of a caseworker."""

    actor: str
    key: str  # what forms repeat
    path: Mapping[str, str]
    query: Mapping[str, str]
    form: FormData
    lists: Callable[[str], list[Any]]  # all values of a field of the query

    @property
    def today(self) -> date:
        """The day on which it is asked."""
        return date.today()

    def said(self, name: str) -> str:
        """A posted field as text; empty when it is missing."""
        value = self.form.get(name)
        return value.strip() if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        """A count in the query; 0 for anything else."""
        said = self.query.get(name, "")
        return int(said) if said.isdecimal() and len(said) < 7 else 0


class Door(NamedTuple):
    """One address: what is recorded of a visit, and what answers it.

    `recorded` names the fields that stand in the audit; none of them takes free words.
    """

    path: str
    verb: str
    answer: Callable[[Call], Response]
    method: Literal["GET", "POST"] = "GET"
    recorded: tuple[str, ...] = ()


def routes(doors: Iterable[Door], access: Access, audit: AuditLog) -> list[Route]:
    """The doors as routes, each behind the same threshold."""
    return [Route(door.path, _threshold(door, access, audit), methods=[door.method]) for door in doors]


def _threshold(door: Door, access: Access, audit: AuditLog) -> Callable[[Request], Any]:
    async def cross(request: Request) -> Response:
        actor = access.actor(request)
        if actor is None:
            return turned_away(request, access)
        form = await request.form() if door.method == "POST" else FormData()
        call = Call(
            actor, form_key(request), request.path_params, request.query_params, form, request.query_params.getlist
        )
        if door.method == "POST" and not from_our_form(request, call.said(FORM_FIELD)):
            return _fault(call, 403, "这张表单已经过期或者不是从工作台提交的，请退回上一页，刷新后再试。")
        response = await run_in_threadpool(_recorded, door, call, audit)
        keep_form_key(response, call.key, request.url.scheme == "https")
        return response

    return cross


def turned_away(request: Request, access: Access) -> Response:
    """To the login page, if there is one and a page was asked for; otherwise a plain no."""
    wants_page = request.method == "GET" and request.headers.get("sec-fetch-mode", "navigate") == "navigate"
    if access.by_token and wants_page:
        return RedirectResponse(LOGIN, 303, HEADERS)
    words = "还没有登录。请从单位的统一登录入口进来。" if not access.by_token else "登录已过期，请重新登录。"
    return page("fault.html", 401, words=words)


def _recorded(door: Door, call: Call, audit: AuditLog) -> Response:
    """What is done is on record before it is done."""
    subject = "/".join(call.path.values()) or "/".join(filter(None, map(call.said, ("kind", "key", "guide"))))
    fields = ((name, call.said(name) or call.query.get(name, "")) for name in door.recorded)
    detail = "; ".join(f"{name}={value}" for name, value in fields if value)
    try:
        audit.append(
            Action(
                at=utc_now(), actor=call.actor, verb=door.verb, subject=mask(subject).text[:LONGEST],
                detail=mask(detail).text[:LONGEST],
            )
        )  # fmt: skip
    except OSError as error:
        log.error("操作记录写不进去：%s", error)
        return _fault(call, 503, NOT_RECORDED)
    try:
        return door.answer(call)
    except NotFound as error:
        return _fault(call, 404, str(error))
    except BadInput as error:
        return _fault(call, 422, str(error))
    except OSError as error:
        log.error("工作台读写出错：%s", error)
        return _fault(call, 503, "数据读不出来或写不进去，这一步没有做成。请联系运维检查数据库或磁盘，再试一次。")


def _fault(call: Call, status: int, words: str) -> Response:
    return page("fault.html", status, call, words=words)

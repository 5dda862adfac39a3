"""The caseworkers' desk as an application of its own, mounted at /staff where a way in is configured."""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from assistant.audit import Action
from assistant.casework.records import Records
from assistant.config import Settings
from assistant.serving import Serving
from ui.limits import Buckets
from ui.metrics import Metrics
from ui.staff.access import FORM_FIELD, PATH, Access, form_key, from_our_form, keep_form_key, named, utc_now
from ui.staff.doors import LOGIN, NOT_RECORDED, routes
from ui.staff.pages import ASSETS, FOLDER, HEADERS, page
from ui.staff.reading import Reading
from ui.staff.upkeep import Upkeep
from ui.staff.visitors import Visitors
from ui.staff.workplace import Workplace

HOME = f"{PATH}/"
Answer = Callable[[Request], Awaitable[Response]]


def mount_staff(app: Starlette, serving: Serving, settings: Settings, records: Records, metrics: Metrics) -> None:
    """Open the desk at /staff; where no way in is configured, its addresses do not exist."""
    access = Access(settings)
    if not access.configured:
        return
    at = Workplace(serving, records, metrics)
    doors = (*Reading(at).doors, *Visitors(at).doors, *Upkeep(at).doors)
    open_routes = [Route("/assets/{name}", _asset), *(_entrance(access, records) if access.by_token else [])]
    inside = [*open_routes, *routes(doors, access, records.stores.audit)]
    app.mount(PATH, Starlette(routes=inside, exception_handlers={404: _nothing}))
    app.add_route(PATH, _home)


def _entrance(access: Access, records: Records) -> list[Route]:
    """Login and logout with the trial token."""
    attempts = Buckets(per_second=0.2, burst=5)

    async def ask(request: Request) -> Response:
        if access.actor(request):
            return RedirectResponse(HOME, 303, HEADERS)
        return _asking(request)

    async def enter(request: Request) -> Response:
        form = await request.form()
        said = {name: value for name, value in form.items() if isinstance(value, str)}
        if not from_our_form(request, said.get(FORM_FIELD, "")):
            return _asking(request, "登录页过期了，请再填一次。", 403)
        if not attempts.take(request.client.host if request.client else ""):
            return _asking(request, "试得太多了，请过一会儿再试。", 429)
        name = named(said.get("name", ""))
        if name is None:
            return _asking(request, "请写您的姓名或工号，60 个字以内；操作记录里用它。", 422)
        if not access.admits(said.get("token", "")):
            return _asking(request, "口令不对。请向管理员要试用口令。", 401)
        try:
            records.stores.audit.append(Action(at=utc_now(), actor=name, verb="login", subject=""))
        except OSError:
            return _asking(request, NOT_RECORDED, 503)
        response = RedirectResponse(HOME, 303, HEADERS)
        access.let_in(response, name, request.url.scheme == "https")
        return response

    async def leave(request: Request) -> Response:
        form = await request.form()
        if not from_our_form(request, str(form.get(FORM_FIELD, ""))):
            return RedirectResponse(HOME, 303, HEADERS)
        response = RedirectResponse(LOGIN, 303, HEADERS)
        access.let_out(response)
        return response

    return [
        Route("/login", ask, methods=["GET"]), Route("/login", enter, methods=["POST"]),
        Route("/logout", leave, methods=["POST"]),
    ]  # fmt: skip


def _asking(request: Request, fault: str = "", status: int = 200) -> Response:
    key = form_key(request)
    response = page("login.html", status, key=key, fault=fault)
    keep_form_key(response, key, request.url.scheme == "https")
    return response


async def _home(request: Request) -> Response:
    return RedirectResponse(HOME, 308, HEADERS)


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in ASSETS:
        return await _nothing(request, None)
    return FileResponse(FOLDER / "static" / name, media_type=ASSETS[name], headers={"Cache-Control": "no-cache"})


async def _nothing(request: Request, error: object) -> Response:
    return page("fault.html", 404, words="工作台没有这一页，请从上面的菜单进。")

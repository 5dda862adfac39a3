"""The operator's own port: metrics and health for everybody who reaches it, switches for who has the token."""

import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from assistant.audit import Action
from assistant.build import switch_generation
from assistant.config import Settings
from assistant.controls import Controls
from assistant.door import Door
from assistant.errors import AssistantError
from assistant.gaps import now
from assistant.kept import Stores
from assistant.serving import Serving
from ui.health import readiness
from ui.metrics import MEDIA_TYPE, Metrics
from ui.problems import MEDIA_TYPE as PROBLEM
from ui.problems import field_errors, problem

log = logging.getLogger(__name__)
Handler = Callable[[Request], Awaitable[Response]]


class Change(BaseModel):
    """What to change; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    notice: str | None = None
    refuse_below: float | None = None
    language_model: bool | None = None


class Switch(BaseModel):
    """Which generation to serve: a number that was built, or null for the one published before."""

    model_config = ConfigDict(extra="forbid")

    number: int | None


class Admin:
    """The switches of one process; every change is audited before it is made."""

    def __init__(self, serving: Serving, settings: Settings, stores: Stores, door: Door) -> None:
        self._serving, self._settings, self._stores, self._door = serving, settings, stores, door

    def state(self) -> dict[str, Any]:
        """What is switched how."""
        return {
            "controls": self._door.controls.current.model_dump(),
            **readiness(self._serving, self._stores, self._door),
        }

    def change(self, change: Change, actor: str) -> dict[str, Any]:
        """Set the named controls. To close the door must be possible without a database. Raises OSError, ValidationError."""
        named = change.model_dump(exclude_none=True)
        controls = Controls.model_validate({**self._door.controls.current.model_dump(), **named})
        try:
            self._audited(actor, "change_controls", "controls", str(named))
        except OSError as error:
            if set(named) != {"notice"} or not controls.notice:
                raise
            log.error("审计记不下，还是关了门：%s", error)
        self._door.controls.change(controls)
        return self.state()

    def switch(self, switch: Switch, actor: str) -> dict[str, Any]:
        """Publish another generation and serve it. Raises OSError, BadInput."""
        self._audited(actor, "switch_generation", "上一次发布的" if switch.number is None else str(switch.number), "")
        switch_generation(self._settings, switch.number)
        self._serving.refresh()
        return self.state()

    def _audited(self, actor: str, verb: str, subject: str, detail: str) -> None:
        self._stores.audit.append(
            Action(at=now(), actor=f"管理口令:{actor}", verb=verb, subject=subject, detail=detail)
        )


def create_admin(serving: Serving, settings: Settings, stores: Stores, door: Door, metrics: Metrics) -> Starlette:
    """The application of the admin port."""
    admin = Admin(serving, settings, stores, door)
    _add_gauges(metrics, serving, stores, door)

    async def metrics_text(request: Request) -> Response:
        return Response(metrics.text(serving.assistant.generation_number), media_type=MEDIA_TYPE)

    async def ready(request: Request) -> Response:
        return JSONResponse(readiness(serving, stores, door))

    async def alive(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def state(request: Request) -> Response:
        return JSONResponse(admin.state())

    async def change(request: Request) -> Response:
        asked = Change.model_validate_json(await request.body())
        return JSONResponse(await run_in_threadpool(admin.change, asked, _actor(request)))

    async def switch(request: Request) -> Response:
        asked = Switch.model_validate_json(await request.body())
        return JSONResponse(await run_in_threadpool(admin.switch, asked, _actor(request)))

    token = settings.admin_token.get_secret_value() if settings.admin_token else ""
    return Starlette(
        routes=[
            Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", metrics_text),
            Route("/admin/state", _guarded(state, token)),
            Route("/admin/controls", _guarded(change, token), methods=["PATCH"]),
            Route("/admin/generation", _guarded(switch, token), methods=["POST"]),
        ]
    )  # fmt: skip


def _guarded(handler: Handler, token: str) -> Handler:
    """Only with the token; faults as Chinese problem documents."""

    async def guarded(request: Request) -> Response:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not token or not hmac.compare_digest(given.encode(), token.encode()):
            return _problem(request, 401, "请带上管理口令（BANCHENG_ADMIN_TOKEN）：Authorization: Bearer 口令")
        try:
            return await handler(request)
        except ValidationError as error:
            return _problem(request, 422, field_errors([{**e, "loc": ("body", *e["loc"])} for e in error.errors()]))
        except OSError as error:
            return _problem(request, 503, f"没有改：审计或开关记不下。{error}")
        except AssistantError as error:
            return _problem(request, 409, str(error))

    return guarded


def _problem(request: Request, status: int, told: str) -> Response:
    return JSONResponse(problem(status, request.url.path, told), status, media_type=PROBLEM)


def _actor(request: Request) -> str:
    """Who says to be holding the token."""
    return request.headers.get("x-operator", "")[:40] or "没有写明"


def _add_gauges(metrics: Metrics, serving: Serving, stores: Stores, door: Door) -> None:
    metrics.gauge("problems", "要处理的问题数，详见 /readyz", lambda: len(readiness(serving, stores, door)["problems"]))
    metrics.gauge("store_problems", "数据库读、写出了几样问题", lambda: len(stores.keeper.problems))
    metrics.gauge("answers_running", "正在回答的问题", lambda: door.running)
    metrics.gauge("answers_waiting", "排队的问题", lambda: door.waiting)
    metrics.gauge("answers_turned_away", "排不上队、请市民过几秒再问的次数", lambda: door.turned_away)
    metrics.gauge("answers_late", "算得太久、停下请市民再问的次数", lambda: door.late)
    metrics.gauge("shut", "是否挂着停止服务的通知", lambda: bool(door.controls.current.notice))

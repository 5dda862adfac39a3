"""The HTTP contract (design §5): chat, search, guides, themes and plans, for other programs."""

import logging
import time
from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Form, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException

from assistant.errors import BadInput, NotFound, TurnedAway
from assistant.model import Plan, Reply
from assistant.serving import Serving
from assistant.takeaway.writing import Extension
from ui.conversation import converse
from ui.limits import MAX_BODY, Buckets
from ui.metrics import Metrics
from ui.problems import DOCUMENTED, MEDIA_TYPE, field_errors, problem
from ui.takeaway import attachment

log = logging.getLogger(__name__)
Short = Annotated[str, Field(max_length=100)]


class ChatRequest(BaseModel):
    """One question; `session_id` continues a conversation that this server knows."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    message: str
    session_id: Short | None = None
    jurisdiction: Short | None = Field(default=None, description="行政区划代码或地名")
    as_of: date | None = Field(default=None, description="按哪一天的规定回答，默认今天")


class ChatReply(Reply):
    """The reply, and the id under which the conversation goes on."""

    session_id: str


class PlanRequest(BaseModel):
    """What is known of a citizen: fact id → value, and the papers she has."""

    model_config = ConfigDict(extra="forbid")

    answers: dict[Short, Short] = Field(default_factory=dict, max_length=100)
    have: list[Short] = Field(default_factory=list, max_length=100, description="手里已有的材料名称")
    jurisdiction: Short | None = None
    as_of: date | None = None


def create_api(serving: Serving, metrics: Metrics, buckets: Buckets) -> FastAPI:
    """The application mounted at /api/v1."""

    def limited(request: Request) -> None:
        if not buckets.take(request.client.host if request.client else ""):
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": "5"})

    api = FastAPI(
        title="办成 Bancheng", version="1", docs_url=None, redoc_url=None, openapi_url="/openapi.json",
        dependencies=[Depends(limited)], responses=DOCUMENTED,
    )  # fmt: skip
    _add_error_handlers(api, metrics)
    _add_chat(api, serving, metrics, buckets)
    _add_lookups(api, serving)
    _add_takeaways(api, serving)
    return api


def _add_chat(api: FastAPI, serving: Serving, metrics: Metrics, buckets: Buckets) -> None:
    @api.post("/chat", response_model=ChatReply, summary="问一句")
    def chat(body: ChatRequest) -> JSONResponse:
        if body.session_id and not buckets.take_turn(body.session_id):
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": "5"})
        started = time.perf_counter()
        session, turn = converse(
            serving.assistant, body.session_id, body.message, body.jurisdiction or None, body.as_of
        )
        metrics.replied(turn, time.perf_counter() - started)
        content = {**turn.reply.model_dump(mode="json"), "session_id": session.session_id}
        return JSONResponse(content, headers={"X-Session-Id": session.session_id, "Cache-Control": "no-store"})


def _add_lookups(api: FastAPI, serving: Serving) -> None:
    @api.get("/search", summary="搜指南")
    def search(
        q: Annotated[str, Query(min_length=1, max_length=200)],
        jurisdiction: Annotated[str | None, Query(max_length=100)] = None,
        as_of: date | None = None,
        k: Annotated[int, Query(ge=1, le=50)] = 10,
    ) -> dict[str, Any]:
        return {"results": serving.assistant.search(q, jurisdiction or None, as_of, k)}

    @api.get("/guides/{adcode}/{item_id}", summary="看一份指南")
    def guide(adcode: str, item_id: str, as_of: date | None = None) -> dict[str, Any]:
        return serving.assistant.guide_view(adcode, item_id, as_of)

    @api.get("/themes", summary="有哪些“一件事”")
    def themes() -> dict[str, Any]:
        return {"themes": serving.assistant.themes_summary()}

    @api.post("/themes/{theme_id}/plan", response_model=Plan, summary="排“一件事”的计划")
    def plan(theme_id: str, body: PlanRequest) -> Plan:
        return serving.assistant.plan(theme_id, body.answers, body.jurisdiction or None, body.as_of, body.have)


def _add_takeaways(api: FastAPI, serving: Serving) -> None:
    """The plan as a file, made on the spot and not kept."""

    @api.post("/themes/{theme_id}/plan.{extension}", response_class=Response, summary="计划的打印页、PDF、日历或数据")
    def file(theme_id: str, extension: Extension, body: PlanRequest) -> Response:
        place = body.jurisdiction or None
        return attachment(serving.assistant.sheet(theme_id, body.answers, place, body.as_of, body.have), extension)

    @api.post("/themes/{theme_id}/take.{extension}", include_in_schema=False)
    def file_for_the_page(
        theme_id: str, extension: Extension, request: Annotated[str, Form(max_length=MAX_BODY)]
    ) -> Response:
        """The same for a form of a page, which cannot send JSON as its body."""
        try:
            body = PlanRequest.model_validate_json(request)
        except ValidationError as error:
            raise RequestValidationError([{**e, "loc": ("body", *e["loc"])} for e in error.errors()]) from error
        return file(theme_id, extension, body)


def _add_error_handlers(api: FastAPI, metrics: Metrics) -> None:
    def answer(
        request: Request, status: int, detail: str | None = None, headers: Mapping[str, str] | None = None
    ) -> JSONResponse:
        metrics.failed(status)
        content = problem(status, request.url.path, detail)
        return JSONResponse(content, status, headers=headers, media_type=MEDIA_TYPE)

    @api.exception_handler(BadInput)
    def bad_input(request: Request, error: BadInput) -> JSONResponse:
        return answer(request, 422, str(error))

    @api.exception_handler(NotFound)
    def not_found(request: Request, error: NotFound) -> JSONResponse:
        return answer(request, 404, str(error))

    @api.exception_handler(TurnedAway)
    def turned_away(request: Request, error: TurnedAway) -> JSONResponse:
        return answer(request, 503, str(error), {"Retry-After": str(error.retry_after)})

    @api.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return answer(request, 422, field_errors(list(error.errors())))

    @api.exception_handler(StarletteHTTPException)
    def refused(request: Request, error: StarletteHTTPException) -> JSONResponse:
        return answer(request, error.status_code, headers=error.headers)

    @api.exception_handler(Exception)
    def crashed(request: Request, error: Exception) -> JSONResponse:
        log.error("接口出错：%s", type(error).__name__)
        return answer(request, 500)

"""The one application: HTTP contract at /api/v1, health, the form's page, and the citizens' page at /."""

from typing import Annotated

from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import ValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException

from assistant.build import open_records
from assistant.config import Settings
from assistant.errors import BadInput, NotFound, TurnedAway
from assistant.kept import Stores
from assistant.serving import Serving
from ui.api import PlanRequest, create_api
from ui.assets import asset
from ui.citizen import create_page, mount
from ui.form_page import HEADERS, fault_page, form_page
from ui.guards import Crowding, Gate, SecurityHeaders
from ui.health import readiness
from ui.journal import Journal
from ui.limits import Buckets
from ui.metrics import Metrics
from ui.opinions import opinion_door
from ui.problems import MEDIA_TYPE, problem
from ui.staff.app import mount_staff
from ui.wording import OPEN_AGAIN, TOO_FAST


def create_app(serving: Serving, settings: Settings, stores: Stores) -> FastAPI:
    """Everything that one process serves."""
    app = FastAPI(title="办成 Bancheng", openapi_url=None, docs_url=None, redoc_url=None)
    metrics, buckets = Metrics(), Buckets()
    app.state.metrics = metrics
    _add_faults(app)
    _add_health(app, serving, stores)
    app.mount("/api/v1", create_api(serving, metrics, buckets))
    _add_form(app, serving, settings, buckets)
    app.add_route("/page/opinion", opinion_door(serving, stores.feedback, buckets), methods=["POST"])
    app.add_route("/page/{name}", asset)
    mount_staff(app, serving, settings, open_records(settings, stores), metrics)
    mount(app, create_page(serving, settings, metrics, buckets), settings)
    at_once = settings.answers_at_once + settings.answers_waiting
    app.add_middleware(Crowding, most=at_once, retry_after=max(1, round(2 * settings.answers_wait_seconds)))
    app.add_middleware(Gate)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Journal)
    return app


def _add_faults(app: FastAPI) -> None:
    """What no door answers for, such as a path with a line break in it."""

    @app.exception_handler(StarletteHTTPException)
    def refused(request: Request, error: StarletteHTTPException) -> JSONResponse:
        content = problem(error.status_code, request.url.path)
        return JSONResponse(content, error.status_code, headers=error.headers, media_type=MEDIA_TYPE)


def _add_health(app: FastAPI, serving: Serving, stores: Stores) -> None:
    """Answered without a thread: all of them may be taken by questions."""

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        return JSONResponse(readiness(serving, stores))


def _add_form(app: FastAPI, serving: Serving, settings: Settings, buckets: Buckets) -> None:
    """The form's page. Opened by a posted request: her answers stand in no address, no history and no log."""

    @app.post("/form")
    def form(
        request: Request, theme: Annotated[str, Form()] = "", situation: Annotated[str, Form()] = ""
    ) -> HTMLResponse:
        if not buckets.take(request.client.host if request.client else ""):
            return HTMLResponse(fault_page(TOO_FAST), 429, HEADERS)
        try:
            known = PlanRequest.model_validate_json(situation)
            plan = serving.assistant.plan(theme, known.answers, known.jurisdiction, known.as_of, known.have)
        except NotFound as error:
            return HTMLResponse(fault_page(str(error)), 404, HEADERS)
        except TurnedAway as error:
            return HTMLResponse(fault_page(str(error)), 503, {**HEADERS, "Retry-After": str(error.retry_after)})
        except (BadInput, ValidationError) as error:
            words = str(error) if isinstance(error, BadInput) else OPEN_AGAIN
            return HTMLResponse(fault_page(words), 422, HEADERS)
        return HTMLResponse(form_page(plan, settings.idle_seconds), headers=HEADERS)

    @app.get("/form")
    def nothing() -> Response:
        return RedirectResponse("/", 303)

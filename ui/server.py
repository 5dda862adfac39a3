"""The one application: HTTP contract at /api/v1, health and metrics, and the citizens' page at /."""

from fastapi import FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse

from assistant.assistant import Assistant
from assistant.config import Settings
from ui.api import create_api
from ui.citizen import create_page, mount
from ui.guards import Gate, SecurityHeaders
from ui.limits import Buckets
from ui.metrics import Metrics


def create_app(assistant: Assistant, settings: Settings) -> FastAPI:
    """Everything that one process serves."""
    app = FastAPI(title="办成 Bancheng", openapi_url=None, docs_url=None, redoc_url=None)
    metrics, buckets = Metrics(), Buckets()
    _add_health(app, assistant, metrics)
    app.mount("/api/v1", create_api(assistant, metrics, buckets))
    mount(app, create_page(assistant, settings, metrics, buckets))
    app.add_middleware(Gate)
    app.add_middleware(SecurityHeaders)
    return app


def _add_health(app: FastAPI, assistant: Assistant, metrics: Metrics) -> None:
    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    def readyz() -> JSONResponse:
        number = assistant.generation_number
        body = {"status": "ready" if number else "not_ready", "generation": number}
        return JSONResponse(body, 200 if number else 503)

    @app.get("/metrics")
    def metrics_text() -> PlainTextResponse:
        return PlainTextResponse(metrics.text(assistant.generation_number), media_type="text/plain; version=0.0.4")
